"""The disk, as the workspace sees it. All calls block: run them in a thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bridge.harness.values.text import Sha, TextForm


@dataclass(frozen=True, slots=True)
class FileText:
    """A text file as read: `sha` is of the raw bytes, `text` keeps its own line endings."""

    text: str
    form: TextForm
    sha: Sha


@dataclass(frozen=True, slots=True)
class DirEntry:
    """One name in a folder."""

    name: str
    is_dir: bool
    size: int


class Files(Protocol):
    """Reads and atomic writes. Every method raises `FileProblem`; nothing is half written."""

    def read_text(self, path: Path) -> FileText:
        """The whole file, decoded byte-exactly; binary, huge and special files are refused."""
        ...

    def exists(self, path: Path) -> bool:
        """Whether something stands at the path, a broken link included."""
        ...

    def write_text(self, path: Path, text: str, form: TextForm, expected: Sha | None) -> Sha:
        """Replace the file whose bytes hash to `expected` (None: that must not exist), atomically; the new hash."""
        ...

    def check_writable(self, path: Path) -> None:
        """Raises where the file, or its folder, could not be written now."""
        ...

    def remove(self, path: Path, expected: Sha) -> None:
        """Delete the file whose bytes hash to `expected`."""
        ...

    def list_dir(self, path: Path) -> Iterator[DirEntry]:
        """The names in a folder, sorted."""
        ...
