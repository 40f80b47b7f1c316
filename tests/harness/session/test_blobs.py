"""Texts beside the log."""

import stat
from pathlib import Path

import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.session.blobs import DiskBlobs

TEXT = "a\r\nb\N{GRINNING FACE}"


def test_a_text_comes_back_by_its_hash(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "state" / "blobs")
    assert blobs.get(blobs.put(TEXT)) == TEXT


def test_a_damaged_text_is_no_text_and_is_written_anew(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    sha = blobs.put(TEXT)
    (tmp_path / sha[:2] / sha).write_bytes(b"")
    assert blobs.get(sha) is None
    assert blobs.put(TEXT) == sha
    assert blobs.get(sha) == TEXT


def test_every_folder_that_is_made_is_private(tmp_path: Path) -> None:
    DiskBlobs(tmp_path / "state" / "blobs").put(TEXT)
    for folder in (tmp_path / "state", tmp_path / "state" / "blobs"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_the_disk_refuses_is_said_as_such(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file in the way")
    with pytest.raises(FileProblem):
        DiskBlobs(tmp_path / "blobs").put(TEXT)
