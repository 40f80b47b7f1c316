"""The `Files` port on the real disk."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.errors import FileProblem
from bridge.harness.ports.files import DirEntry, FileText
from bridge.harness.values.text import Sha, TextForm
from bridge.harness.workspace.disk import write
from bridge.harness.workspace.disk.walk import O_DIRECTORY, O_SAFE, Place, contains, reach
from bridge.harness.workspace.text import decode, encode, sha_bytes

# Bytes. More than any source file; what is larger is data, and grep can read it.
SIZE_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class DiskStat:
    """What a path leads to. `links` > 1: the same bytes have other names, and a write changes them all."""

    path: Path
    size: int
    mode: int
    links: int
    is_dir: bool


class DiskFiles:
    """Reads and atomic writes below one folder, the boundary that is fixed when a session starts.

    Writes, and reads of a path inside, never leave it: not through "..", a link, or a folder that is swapped meanwhile.
    A path that is outside by its own name can be read only; whoever asks has had it judged under that name.
    """

    def __init__(self, root: Path, limit: int = SIZE_LIMIT) -> None:
        """`root` exists; both its own name and the one it leads to are known. `limit` in bytes, for one file."""
        self._named_root = root.absolute()
        self._root = root.resolve(strict=True)
        self._limit = limit

    def read_text(self, path: Path) -> FileText:
        """The whole file. FileProblem: missing, binary, too large, unreadable (a folder, pipe or device too)."""
        with reach(*self._to_read(path)) as place:
            raw, status = write.read_regular(place, self._limit)
        text, form = decode(raw, str(path), stat.S_IMODE(status.st_mode))
        return FileText(text, form, sha_bytes(raw))

    def write_text(self, path: Path, text: str, form: TextForm, expected: Sha | None) -> Sha:
        """Replace the file whose bytes hash to `expected`; None: create it, and the folders that it needs.

        An existing file keeps its mode, a new one gets the form's, or what the umask leaves. A link is kept and its
        target written. Stale where other bytes stand; FileProblem "read_only", "disk_full" and those of reading.
        """
        data = encode(text, form)
        with reach(self._root, self._inside(path), make_folders=expected is None) as place:
            if expected is None:
                return write.create(place, data, form.mode)
            return write.replace(place, expected, data, self._limit)

    def check_writable(self, path: Path) -> None:
        """FileProblem "read_only" where the file or its folder can't be written, "file_missing" where there is none."""
        with reach(self._root, self._inside(path)) as place:
            write.check_writable(place)

    def remove(self, path: Path, expected: Sha) -> None:
        """Delete the file whose bytes hash to `expected`; of a link its target."""
        with reach(self._root, self._inside(path)) as place:
            write.remove(place, expected, self._limit)

    def exists(self, path: Path) -> bool:
        """Whether something stands at the path; a link that leads nowhere, or out of the workspace, does."""
        try:
            with reach(*self._to_read(path)) as place:
                place.status()
        except FileProblem as problem:
            return problem.kind != "file_missing" or os.path.lexists(path)  # which takes any error as a no
        return True

    def stat(self, path: Path) -> DiskStat:
        """What the path leads to; FileProblem where it leads to nothing."""
        with reach(*self._to_read(path)) as place:
            found = place.status()
            is_dir = stat.S_ISDIR(found.st_mode)
            return DiskStat(place.path, found.st_size, stat.S_IMODE(found.st_mode), found.st_nlink, is_dir)

    def list_dir(self, path: Path) -> Iterator[DirEntry]:
        """The names in a folder, sorted; links as what they are, with the size of their own text."""
        with reach(*self._to_read(path)) as place:
            entries = _entries(place)
        yield from sorted(entries, key=lambda entry: entry.name)

    def _inside(self, path: Path) -> Path:
        """The path below the real root; FileProblem("outside_workspace") where it is below neither name of the root."""
        path = Path(os.path.abspath(path))  # noqa: PTH100 ".." is taken out as text, before any link is followed
        if contains(self._root, path):
            return path
        if contains(self._named_root, path):
            return self._root / path.relative_to(self._named_root)
        raise FileProblem("outside_workspace", path)

    def _to_read(self, path: Path) -> tuple[Path, Path]:
        """The boundary for reading this path, and the path below it."""
        try:
            return self._root, self._inside(path)
        except FileProblem:
            path = Path(os.path.abspath(path))  # noqa: PTH100 as above
            return Path(path.anchor), path


def _entries(place: Place) -> list[DirEntry]:
    try:
        if place.dir_fd is None:
            return [_entry(entry) for entry in os.scandir(place.name)]
        fd = os.open(place.name, os.O_RDONLY | O_DIRECTORY | O_SAFE, dir_fd=place.dir_fd)
        try:
            return [_entry(entry) for entry in os.scandir(fd)]
        finally:
            os.close(fd)
    except NotADirectoryError:
        raise FileProblem("file_unreadable", place.path, "it is not a folder.") from None
    except OSError as error:
        raise FileProblem.of(error, place.path) from None


def _entry(entry: os.DirEntry[str]) -> DirEntry:
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        size = 0
    return DirEntry(entry.name, is_dir=entry.is_dir(follow_symlinks=False), size=size)
