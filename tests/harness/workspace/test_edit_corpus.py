"""Every row of the edit corpus, byte for byte: decode, replace, encode, write."""

import base64
import os
import resource
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from bridge.harness.errors import BridgeError
from bridge.harness.values.text import Edit
from bridge.harness.workspace.disk.files import DiskFiles
from bridge.harness.workspace.replace import apply_edits
from bridge.harness.workspace.text import form_of
from tests.harness.workspace.child import NOBODY, Ended, become_nobody, die_at, in_child
from tests.support.corpora import load_rows, ran

CORPUS = "security/edit.jsonl"
ROWS = load_rows(CORPUS)


class Case:
    """One row, set up in a folder. The setup is a list of `name` or `name=value`."""

    def __init__(self, row: dict[str, Any], folder: Path) -> None:
        self.row = row
        self.folder = folder
        self.file = folder / "file.txt"
        self.setup = dict(part.partition("=")[::2] for part in row.get("setup", "").split(";"))
        self.before = base64.b64decode(row["before_b64"])
        self.file.write_bytes(self.before)
        if os.geteuid() == 0 and "nonroot" in self.setup:
            os.chown(self.file, NOBODY, NOBODY)
        self._prepare()
        self.status = self.file.stat()

    def _prepare(self) -> None:
        if "hardlink" in self.setup:
            os.link(self.file, self.folder / "other.txt")
        if "chown" in self.setup:
            if os.geteuid() != 0:
                pytest.skip("only root can give a file away")
            os.chown(self.file, *map(int, self.setup["chown"].split(":")))
        if "mode" in self.setup:
            self.file.chmod(int(self.setup["mode"], 8))
        if "dirmode" in self.setup:
            self.folder.chmod(int(self.setup["dirmode"], 8))

    def edit(self) -> None:
        """What the edit tool and the review do to a closed file, in the process that the row asks for."""
        if "nonroot" in self.setup:
            become_nobody()
        if "umask" in self.setup:
            os.umask(int(self.setup["umask"], 8))
        files = DiskFiles(self.folder)
        found = files.read_text(self.file)
        text = apply_edits(found.text, [Edit(e["old"], e["new"]) for e in self.row["edits"]], found.form)
        if "enospc" in self.setup:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
        if "kill_before_rename" in self.setup:
            die_at("os.rename")
        files.write_text(self.file, text, found.form, found.sha)
        if "umask" in self.setup:
            files.write_text(self.folder / "new.txt", text, form_of(text), None)

    def run(self) -> Ended:
        """The edit, in a child where it changes the process."""
        if self.setup.keys() & {"nonroot", "umask", "enospc", "kill_before_rename"}:
            return in_child(self.edit)
        try:
            self.edit()
        except BridgeError as error:
            return Ended(0, error.kind, error.message)
        return Ended(0, "", "")


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_an_edit_leaves_the_bytes_and_the_file_as_the_row_says(row: dict[str, Any], folder: Path) -> None:
    case = Case(row, folder)
    ended = case.run()
    now, status = case.file.read_bytes(), case.file.stat()
    assert (status.st_mode, status.st_uid, status.st_gid) == (
        case.status.st_mode,
        case.status.st_uid,
        case.status.st_gid,
    )
    if row["expect"] == "bytes":
        assert (ended.kind, now) == ("", base64.b64decode(row["after_b64"])), ended.message
    else:
        assert (now, status.st_ino, status.st_mtime_ns) == (case.before, case.status.st_ino, case.status.st_mtime_ns)
        assert_refused(case, ended)
    assert_extras(case)
    ran(CORPUS, row["id"])


def assert_refused(case: Case, ended: Ended) -> None:
    if "kill_before_rename" in case.setup:
        assert ended.signal == signal.SIGKILL
        files = DiskFiles(case.folder)
        found = files.read_text(case.file)
        files.write_text(case.file, found.text + "later\n", found.form, found.sha)
    else:
        kinds = {"enospc": "disk_full", "nonroot": "read_only"}
        expected = next((kind for name, kind in kinds.items() if name in case.setup), None)
        assert ended.kind == (expected or ("file_binary" if "binary" in case.row["why"] else "tool_input"))
        assert str(case.file) in ended.message or ended.kind == "tool_input"


def assert_extras(case: Case) -> None:
    names = {path.name for path in case.folder.iterdir()}
    if "hardlink" in case.setup:
        assert (case.folder / "other.txt").read_bytes() == case.file.read_bytes()
        assert DiskFiles(case.folder).stat(case.file).links == 2
    if "umask" in case.setup:
        assert stat.S_IMODE((case.folder / "new.txt").stat().st_mode) == 0o600
    if "dirmode" in case.setup:
        assert stat.S_IMODE(case.folder.stat().st_mode) == int(case.setup["dirmode"], 8)
    assert names <= {"file.txt", "other.txt", "new.txt"}, "nothing of ours is left beside the file"
