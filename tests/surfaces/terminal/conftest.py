"""What the tests of the terminal share."""

from pathlib import Path

import pytest

from tests.surfaces.terminal.place import BEFORE, TALK, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A workspace, with a script that talks and edits."""
    found = Place(tmp_path)
    found.workspace.mkdir()
    found.file.write_bytes(BEFORE)
    found.script(*TALK)
    return found
