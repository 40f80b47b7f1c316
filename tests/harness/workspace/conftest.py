"""A workspace folder that every user can enter."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.workspace.child import NOBODY


@pytest.fixture
def folder() -> Iterator[Path]:
    """Owned by nobody where the tests run as root: pytest's own folders are closed to other users."""
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    path = base / "workspace"
    path.mkdir(mode=0o755)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    yield path
    path.chmod(0o755)
    shutil.rmtree(base)
