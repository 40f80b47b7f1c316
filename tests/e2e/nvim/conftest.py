"""One workspace and one editor a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nvim import Neovim, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The folders."""
    return Place(tmp_path)


@pytest.fixture
def nvim(place: Place) -> Iterator[Neovim]:
    """The editor, with nothing open."""
    with Neovim(place) as editor:
        yield editor
