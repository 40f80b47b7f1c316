"""What is read of a client, whatever it sends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.surfaces.lsp.client import Client

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["capabilities", "window", "showDocument", "support", "workDoneProgress", "workspace", "codeLens"]
KEYS += ["experimental", "harness", "protocolVersion", "permissions", "updates", "general", "positionEncodings"]
KEYS += ["clientInfo", "name", "initializationOptions", "model", "script", "stateDir"]
KEYS += ["editorApply", "editorSave", "review", "save"]
NEAR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "utf-8", "utf-32", "scripted"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON) | st.dictionaries(st.sampled_from(KEYS), NEAR))
def test_whatever_a_client_says_of_itself_it_is_a_client(initialize: dict[str, Any]) -> None:
    client = Client.of(initialize)
    assert client.encoding in ("utf-8", "utf-16", "utf-32")
    assert isinstance(client.answers_permissions, bool)
    assert isinstance(client.wants_updates, bool)
    assert isinstance(client.applies_edits, bool)
    assert isinstance(client.saves, bool)
    assert isinstance(client.shows_hunks, bool)


@pytest.mark.parametrize(
    "caps", [None, [], "all", 1, {"window": None}, {"window": []}, {"window": {"showDocument": 1}}]
)
def test_a_malformed_capability_is_an_absent_one(caps: Any) -> None:
    client = Client.of({"capabilities": caps})
    assert (client.shows_documents, client.shows_progress, client.refreshes_lenses) == (False, False, False)


@pytest.mark.parametrize(
    "harness",
    [
        True,
        [],
        {},
        {"protocolVersion": "1"},
        {"protocolVersion": True},
        {"protocolVersion": 1, "permissions": "yes"},
        {"protocolVersion": 1, "editorApply": 1},
    ],
)
def test_a_malformed_capability_of_ours_makes_it_a_stock_editor(harness: Any) -> None:
    client = Client.of({"capabilities": {"experimental": {"harness": harness}}})
    assert client.harness is None
    assert not client.answers_permissions
    assert not client.wants_updates
    assert not client.applies_edits


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("editorApply", (True, False, False)),
        ("editorSave", (False, True, False)),
        ("review", (False, False, True)),
        ("updates", (False, False, False)),
    ],
)
def test_a_client_can_do_what_it_declares_and_nothing_else(name: str, found: tuple[bool, bool, bool]) -> None:
    client = Client.of({"capabilities": {"experimental": {"harness": {"protocolVersion": 1, name: True}}}})
    assert (client.applies_edits, client.saves, client.shows_hunks) == found
    client = Client.of({"capabilities": {"experimental": {"harness": {"protocolVersion": 1, name: False}}}})
    assert (client.applies_edits, client.saves, client.shows_hunks) == (False, False, False)


def test_unknown_fields_of_a_newer_client_do_no_harm() -> None:
    harness = {"protocolVersion": 7, "updates": True, "hologram": {"deep": [1]}}
    client = Client.of({"capabilities": {"experimental": {"harness": harness, "other": 1}}})
    assert client.wants_updates
    assert not client.answers_permissions


@pytest.mark.parametrize(
    ("encodings", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32", "utf-8"], "utf-32"),
        (["latin-1", "utf-8"], "utf-8"),
        (["latin-1"], "utf-16"),
        ([], "utf-16"),
        (None, "utf-16"),
        ("utf-8", "utf-16"),
        ([None, 8, "utf-8"], "utf-8"),
    ],
)
def test_the_first_encoding_that_both_know_is_taken(encodings: Any, chosen: str) -> None:
    assert Client.of({"capabilities": {"general": {"positionEncodings": encodings}}}).encoding == chosen


@pytest.mark.parametrize(("info", "name"), [({"name": "Neovim"}, "Neovim"), (None, ""), ("x", ""), ({"name": 3}, "3")])
def test_the_name_is_what_the_client_calls_itself(info: Any, name: str) -> None:
    assert Client.of({"clientInfo": info}).name == name


def test_settings_that_are_wrong_are_told_and_left_out_together() -> None:
    client = Client.of({"initializationOptions": {"model": "scripted", "script": 3}})
    assert client.options.model is None
    assert client.complaint.startswith("initializationOptions.script: ")
    assert "left out" in client.complaint


def test_the_policy_and_what_is_saved_are_settings() -> None:
    harness = {"protocolVersion": 1, "editorApply": True}
    able = {"experimental": {"harness": harness}}
    client = Client.of({"capabilities": able, "initializationOptions": {"review": "keep", "save": "never"}})
    assert (client.options.review, client.options.save, client.complaint) == ("keep", "never", "")
    stock = Client.of({"initializationOptions": {"review": "keep"}})
    assert "needs an editor that declares `editorApply`" in stock.complaint
    wrong = Client.of({"initializationOptions": {"review": "allow"}})
    assert wrong.options.review is None
    assert wrong.complaint.startswith("initializationOptions.review: ")


@pytest.mark.parametrize("options", [None, [], "scripted", 1, {}, {"model": None}, {"unknown": 1}])
def test_no_settings_are_no_complaint(options: Any) -> None:
    assert Client.of({"initializationOptions": options}).complaint == ""
