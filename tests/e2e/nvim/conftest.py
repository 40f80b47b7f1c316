"""One workspace and one editor a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nvim import Neovim, Place
from tests.support.nvim_tiers import ACTIONS, Tier


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The folders."""
    return Place(tmp_path)


@pytest.fixture
def tier() -> Tier:
    """How hunks are decided: a stock Neovim's code actions, where a test does not name another way."""
    return ACTIONS


@pytest.fixture
def nvim(place: Place, tier: Tier) -> Iterator[Neovim]:
    """The editor, with nothing open."""
    with Neovim(place, tier.config, tier.setup) as editor:
        yield editor
