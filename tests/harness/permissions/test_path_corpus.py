"""Every row of the path corpus: the workspace says what a path is, the policy judges it, the disk does it or refuses.

Under the corpus's mode (edits inside run without a question). Its `.agent` is our `.harness`; a row with a `cwd` gives
its path below that, for our tools have no working folder to be moved.
"""

import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bridge.harness.errors import BridgeError
from bridge.harness.permissions.policy import Setting, decide
from bridge.harness.values.policy import Effect, Rule, Subj, SubjectKind
from bridge.harness.workspace.disk.files import DiskFiles
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.text import form_of
from bridge.harness.workspace.workspace import Location, Workspace
from tests.support.corpora import load_rows, ran

CORPUS = "security/path.jsonl"
ROWS = load_rows(CORPUS)
SIZES = {"10G": 10 << 30}


class Case:
    """One row, its folders made."""

    def __init__(self, row: dict[str, Any], root: Path) -> None:
        self.row = row
        self.root = root
        self.after: list[str] = []
        for line in row["setup"]:
            if line.startswith("after_approval: "):
                self.after = line.removeprefix("after_approval: ").split("; ")
            else:
                self.make(line)
        self.files = DiskFiles(root / "work")
        self.workspace = Workspace(root / "work", self.files, Documents())

    def make(self, line: str) -> None:
        """One operation of the setup language."""
        word, _, rest = line.replace(".agent", ".harness").partition(" ")
        first, _, content = rest.partition(" ")
        path = self.root / first
        path.parent.mkdir(parents=True, exist_ok=True)
        match word:
            case "dir":
                path.mkdir(parents=True, exist_ok=True)
            case "file" | "rawfile":
                path.write_text(content, encoding="utf-8")
            case "secretfile":
                path.write_text("s3cret", encoding="utf-8")
            case "sparse":
                path.touch()
                os.truncate(path, SIZES[content])
            case "fifo":
                os.mkfifo(path)
            case "socket":
                self._socket(path)
            case "git":
                subprocess.run(["git", "init", "-q", str(path)], check=True, env=os.environ | {"HOME": str(self.root)})
            case _:
                self._move(word, path, content)

    def _move(self, word: str, path: Path, content: str) -> None:
        target = content.removeprefix("-> ")
        match word:
            case "symlink":
                path.symlink_to(target)
            case "hardlink":
                os.link(self.root / target, path)
            case "rename":
                path.rename(self.root / target)
            case "rm":
                path.unlink()
            case "rmdir":
                path.rmdir()
            case _:
                raise AssertionError(f"the setup has an unknown word: {word}")

    def _socket(self, path: Path) -> None:
        """A socket's path may not be long: it is made beside, by a short name."""
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(path.name)
        finally:
            os.chdir(here)

    def expand(self, text: str) -> str:
        """The corpus's names for folders, and ours for its `.agent`."""
        places = {"$ROOT": self.root, "$OUT": self.root / "outside", "$HOMEDIR": self.root / "home"}
        for name, path in {"$WS": self.root / "work", **places}.items():
            text = text.replace(name, str(path))
        return text.replace(".agent", ".harness")

    def judge(self) -> Effect:
        """What becomes of the row's operation; a clean error counts as "deny"."""
        path = self.expand(self.row["path"])
        if "cwd" in self.row:
            path = f"{self.expand(self.row['cwd'])}/{path}"
        try:
            place = self.workspace.locate(path)
            subject = Subj(self.kind(place), str(place.path), str(place.resolved), place.inside)
            ruling = decide("tool", [subject], self.setting())
            if ruling.effect == "allow":
                self.do(place)
        except BridgeError:
            return "deny"
        return ruling.effect

    def kind(self, place: Location) -> SubjectKind:
        op: str = self.row["op"]
        if op in ("write", "create"):
            return "edit" if os.path.lexists(place.path) else "create"
        kinds: dict[str, SubjectKind] = {"read": "read", "list": "list", "delete": "delete"}
        return kinds[op]

    def setting(self) -> Setting:
        given = self.row.get("rules", {})
        pairs = [text.split(":", 1) for text in given.get("deny", ())]
        rules = tuple(Rule("deny", tool, pattern, "user") for tool, pattern in pairs)
        own = (self.root / "home/.config/agent", self.root / "home/.local/share/agent", Path("/etc/agent"))
        forbidden = tuple(Path(self.expand(str(folder))) for folder in own)
        return Setting(self.root / "work", "accept_edits", rules, forbidden, trusted=True)

    def do(self, place: Location) -> None:
        """The operation itself, as the tools and the review do it: a change is for the text that was read before."""
        found = None
        if self.row["op"] == "write" and self.files.exists(place.path):
            found = self.files.read_text(place.path)
        for line in self.after:
            self.make(line)
        if self.row["op"] == "read":
            self.files.read_text(place.path)
        elif self.row["op"] == "list":
            list(self.files.list_dir(place.path))
        elif found is not None:
            self.files.write_text(place.path, "changed\n", found.form, found.sha)
        else:
            self.files.write_text(place.path, "new\n", form_of("new\n"), None)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['id']}-{row['class']}" for row in ROWS])
@pytest.mark.timeout(10)
def test_a_path_is_judged_as_the_row_says(row: dict[str, Any], tmp_path: Path) -> None:
    case = Case(row, tmp_path)
    outside = snapshot(tmp_path / "outside")
    assert case.judge() in {row["expect"], *row.get("acceptable", ())}, row["why"]
    assert snapshot(tmp_path / "outside") == outside, "nothing outside was touched"
    ran(CORPUS, row["id"])


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
