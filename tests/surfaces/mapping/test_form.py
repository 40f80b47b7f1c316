"""The name of the form that an answer is wanted in: services take few characters."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.surfaces.mapping.form import form_name


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({}, "answer"),
        ({"title": "Files"}, "Files"),
        ({"title": "The count of files!"}, "The_count_of_files"),
        ({"title": "…"}, "answer"),
        ({"title": 3}, "answer"),
        ({"title": "x" * 100}, "x" * 64),
    ],
)
def test_a_form_is_called_by_its_title(schema: dict[str, Any], name: str) -> None:
    assert form_name(schema) == name


@given(st.text())
def test_whatever_its_title_it_is_a_name_that_services_take(title: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", form_name({"title": title}))
