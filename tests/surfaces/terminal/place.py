"""`harness-bridge run` as a process, in a workspace of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.corpora import PROJECT

BEFORE = b"one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n"
AFTER = b"ONE\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n"
EDIT = {
    "tool": "edit_file",
    "args": {
        "path": "a.txt",
        "edits": [{"old_text": "one", "new_text": "ONE"}, {"old_text": "five", "new_text": "FIVE"}],
    },
}
TALK = [{"say": "I change it.", "calls": [EDIT]}, {"say": "Told: {last_output}"}]


@dataclass(frozen=True)
class Place:
    """A workspace with one file, a script beside it, and the command line that uses both."""

    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "project"

    @property
    def file(self) -> Path:
        return self.workspace / "a.txt"

    def script(self, *steps: Any) -> None:
        (self.folder / "script.json").write_text(json.dumps({"turns": [{"steps": steps}]}))

    def arguments(self, *more: str) -> list[str]:
        places = ["--cwd", str(self.workspace), "--state-dir", str(self.folder / "state")]
        return ["-m", "bridge", "run", *places, "--script", str(self.folder / "script.json"), *more]

    def run(self, *more: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return bridge(self.arguments(*more), stdin)


def bridge(arguments: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=PROJECT, input=stdin, capture_output=True, encoding="utf-8", timeout=50, check=False
    )
