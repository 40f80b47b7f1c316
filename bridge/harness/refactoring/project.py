"""The project as the worker sees it: buffers over disk, each file read once as long as it does not change."""

import os
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.errors import FileProblem
from bridge.harness.refactoring.values import Refusal, Request, Skipped
from bridge.harness.values.text import Sha
from bridge.harness.workspace.text import decode, sha

Stamp = tuple[int, int, int]
"""What tells that a file on disk is another one now: change time in ns, size, inode."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A text with its own line endings, and its hash."""

    path: str
    text: str
    sha: Sha

    @property
    def crlf(self) -> bool:
        """Whether most of its lines end in CR LF."""
        return self.text.count("\r\n") * 2 > self.text.count("\n")


class Project:
    """One workspace. Lives as long as the worker; `take` brings it up to date for a request."""

    def __init__(self, root: Path) -> None:
        """Nothing is read yet."""
        self.root = root
        self.files: tuple[str, ...] = ()
        self.skipped: dict[str, str] = {}
        self._buffers: dict[str, SourceFile] = {}
        self._on_disk: dict[str, tuple[Stamp, SourceFile]] = {}

    def take(self, request: Request) -> None:
        """The files and buffers of this request; what it does not name is not there."""
        self.files = tuple(sorted({*request.files, *request.buffers}))
        self.skipped = {}
        self._buffers = {
            path: known
            if (known := self._buffers.get(path)) and known.text == text
            else SourceFile(path, text, sha(text))
            for path, text in request.buffers.items()
        }

    def read(self, path: str) -> SourceFile:
        """A file's text; Refusal names a file that can't be read."""
        if (buffer := self._buffers.get(path)) is not None:
            return buffer
        try:
            return self._read_disk(path)
        except OSError as error:
            raise Refusal(f"{path} can't be read: {error.strerror}.") from error
        except FileProblem as problem:
            raise Refusal(str(problem)) from problem

    def try_read(self, path: str) -> SourceFile | None:
        """The same; a file that can't be read is kept in `skipped`."""
        try:
            return self.read(path)
        except Refusal as refusal:
            self.skip(path, refusal.refused.why)
            return None

    def skip(self, path: str, why: str) -> None:
        """A file that could not be looked into; the person is told."""
        self.skipped.setdefault(path, why)

    def skipped_files(self) -> tuple[Skipped, ...]:
        """All of them, for an answer."""
        return tuple(Skipped(path, why) for path, why in sorted(self.skipped.items()))

    def _read_disk(self, path: str) -> SourceFile:
        full = self.root / path
        found = os.stat(full)
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        known = self._on_disk.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        text, _ = decode(full.read_bytes(), path)
        file = SourceFile(path, text, sha(text))
        self._on_disk[path] = (stamp, file)
        return file


def with_ends_of(old: SourceFile, new: str) -> str:
    r"""`new`, written with \n, with the line endings of the file that it replaces."""
    return new.replace("\n", "\r\n") if old.crlf else new
