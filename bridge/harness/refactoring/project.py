"""The project as the worker sees it: buffers over disk, each file read once as long as it does not change."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

from bridge.harness.errors import FileProblem
from bridge.harness.refactoring.values import PYTHON, SCRIPT, Point, Refusal, Request, Skipped
from bridge.harness.values.text import Sha
from bridge.harness.workspace.text import decode, sha, split_lines

SIZE_LIMIT = 10_000_000
"""Bytes of a file that is looked into; the workspace reads none that is larger, either."""

Stamp = tuple[int, int, int]
"""What tells that a file on disk is another one now: change time in ns, size, inode."""

_LINE_END = re.compile("\n")


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

    def bounds(self, line: int) -> tuple[int, int]:
        """Where a line, counted from 1, begins and ends, without its line end. Refusal where there is none."""
        starts = _starts(self.text)
        if not 1 <= line <= len(starts):
            raise Refusal(f"{self.path} has {len(starts)} lines; there is no line {line}.")
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(self.text)
        return start, start + len(self.text[start:end].rstrip("\r\n"))

    def offset(self, at: Point) -> int:
        """Where a point lies in the text, in characters. A column past the end of its line is the end of the line.

        Refusal where there is no such line.
        """
        start, end = self.bounds(at.line)
        return min(start + max(at.column - 1, 0), end)

    def point(self, offset: int) -> Point:
        """The line and column of an offset."""
        starts = _starts(self.text)
        line = bisect_right(starts, offset)
        return Point(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """A line, counted from 1, without blanks around it."""
        start, end = self.bounds(number)
        return self.text[start:end].strip()


@lru_cache(maxsize=512)
def _starts(text: str) -> list[int]:
    """Where each line begins. Lines end in LF alone, as everywhere in the bridge: a lone CR is a character."""
    return [0, *(found.end() for found in _LINE_END.finditer(text))]


class Project:
    """One workspace. Lives as long as the worker; `take` brings it up to date for a request."""

    def __init__(self, root: Path) -> None:
        """Nothing is read yet."""
        self.root = root
        self.files: tuple[str, ...] = ()
        self.skipped: dict[str, str] = {}
        self._listed: set[str] = set()
        self._buffers: dict[str, SourceFile] = {}
        self._on_disk: dict[str, tuple[Stamp, SourceFile]] = {}

    def take(self, request: Request) -> None:
        """The files and buffers of this request; what it does not name is not there."""
        self._listed = {*request.files, *request.buffers}
        self.files = tuple(sorted(self._listed))
        self.skipped = {}
        self._buffers = {
            path: known
            if (known := self._buffers.get(path)) and known.text == text
            else SourceFile(path, text, sha(text))
            for path, text in request.buffers.items()
        }
        self._on_disk = {path: known for path, known in self._on_disk.items() if path in self._listed}

    def python_files(self) -> tuple[str, ...]:
        """The paths of Python files, sorted."""
        return tuple(path for path in self.files if path.endswith(PYTHON))

    def script_files(self) -> tuple[str, ...]:
        """The paths of JavaScript and TypeScript files, sorted."""
        return tuple(path for path in self.files if path.endswith(SCRIPT))

    def read(self, path: str) -> SourceFile:
        """A file's text; Refusal names a file that can't be read.

        Of the workspace only listed files are read. An absolute path is one outside of it, such as a library's.
        """
        if (buffer := self._buffers.get(path)) is not None:
            return buffer
        if path not in self._listed and not Path(path).is_absolute():
            raise Refusal(f"{path} is not among the files that may be read.")
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
        """A file that could not be looked into; the person is told. A path that `why` begins with is not said twice."""
        self.skipped.setdefault(path, why.removeprefix(f"{path}: ").removeprefix(f"{path} "))

    def skipped_files(self) -> tuple[Skipped, ...]:
        """All of them, for an answer."""
        return tuple(Skipped(path, why) for path, why in sorted(self.skipped.items()))

    def _read_disk(self, path: str) -> SourceFile:
        full = self.root / path
        found = full.stat()
        if not S_ISREG(found.st_mode):
            raise FileProblem("file_unreadable", path, "it is not a file.")
        if found.st_size > SIZE_LIMIT:
            raise FileProblem("file_too_large", path)
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        known = self._on_disk.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        text, _ = decode(full.read_bytes(), path)
        file = SourceFile(path, text, sha(text))
        self._on_disk[path] = (stamp, file)
        return file


def with_ends_of(old: SourceFile, new: str) -> str:
    r"""`new`, written with \n, with the line endings of the file that it replaces.

    Where that one mixes them, a line that has not changed keeps its own, and a new one has the end of most lines.
    """
    crlf = old.text.count("\r\n")
    if crlf == 0:
        return new
    if crlf == old.text.count("\n"):
        return new.replace("\n", "\r\n")
    before = split_lines(old.text)
    lines = [line[:-1] + "\r\n" if old.crlf and line.endswith("\n") else line for line in split_lines(new)]
    matcher = SequenceMatcher(None, [line.replace("\r\n", "\n") for line in before], split_lines(new), autojunk=False)
    for block in matcher.get_matching_blocks():
        lines[block.b : block.b + block.size] = before[block.a : block.a + block.size]
    return "".join(lines)
