"""From a path to the folder that holds it, one component at a time, so that nothing can be swapped in between.

Every folder is opened relative to the one before, without following links; a link is read and walked like the path
itself. What leaves the root is refused, whether the path says so or a link in it. Where the system has no calls
relative to a folder (Windows), the path is resolved once and compared by components instead.
"""

import contextlib
import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.errors import FileProblem

HAS_DIR_FD = os.open in os.supports_dir_fd

O_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
O_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
O_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | O_NOFOLLOW

# As many as Linux follows before it says ELOOP.
_MOST_LINKS = 40
_NO_SUCH_FOLDER = (errno.ENOTDIR, errno.ELOOP)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads, all links followed: `name` in the folder `dir_fd`.

    Without folder calls `dir_fd` is None and `name` a whole path. `path` is the same in words. The name itself is no
    link when it is looked at; nothing needs to stand there.
    """

    dir_fd: int | None
    name: str
    path: Path

    def status(self) -> os.stat_result:
        """What stands here; FileProblem("file_missing") if nothing does."""
        try:
            return os.stat(self.name, dir_fd=self.dir_fd, follow_symlinks=False)
        except OSError as error:
            raise FileProblem.of(error, self.path) from None


def contains(root: Path, path: Path) -> bool:
    """Whether `path`, absolute and without "..", is `root` or lies below it: compared by components, never as text."""
    return ".." not in path.parts and path.is_relative_to(root)


@contextlib.contextmanager
def reach(root: Path, path: Path, *, make_folders: bool = False) -> Iterator[Place]:
    """The place of `path` in `root` (which is absolute and real), its folder held open meanwhile.

    `make_folders` makes the folders that are missing. FileProblem "outside_workspace" where the path or a link leads
    out, "file_missing" where a folder is missing, "file_unreadable" where one may not be entered.
    """
    names = _below(root, path)
    if not HAS_DIR_FD:
        yield _by_path(root, path, make_folders=make_folders)
        return
    walk = _Walk(root, path, names, make_folders)
    try:
        yield walk.run()
    finally:
        walk.close()


class _Walk:
    """One walk: the open folders from the root down, their names, and the names still to go."""

    def __init__(self, root: Path, path: Path, names: list[str], make_folders: bool) -> None:
        self._root = root
        self._path = path
        self._to_go = deque(names)
        self._make_folders = make_folders
        self._fds: list[int] = []
        self._names: list[str] = []
        self._links = 0

    def run(self) -> Place:
        """Walk to the last folder."""
        try:
            self._fds.append(os.open(self._root, os.O_RDONLY | O_DIRECTORY | O_SAFE))
            while self._to_go:
                name = self._to_go.popleft()
                if name == "..":
                    self._up()
                elif self._is_link(name):
                    self._follow(name)
                elif self._to_go:
                    self._enter(name)
                else:
                    return Place(self._fds[-1], name, self._root.joinpath(*self._names, name))
        except OSError as error:
            raise FileProblem.of(error, self._path) from None
        return Place(self._fds[-1], ".", self._root.joinpath(*self._names))

    def close(self) -> None:
        """Close every folder."""
        while self._fds:
            os.close(self._fds.pop())

    def _up(self) -> None:
        if not self._names:
            raise FileProblem("outside_workspace", self._path)
        self._names.pop()
        os.close(self._fds.pop())

    def _is_link(self, name: str) -> bool:
        try:
            found = os.stat(name, dir_fd=self._fds[-1], follow_symlinks=False)
        except FileNotFoundError:
            return False
        return stat.S_ISLNK(found.st_mode)

    def _follow(self, name: str) -> None:
        self._links += 1
        if self._links > _MOST_LINKS:
            raise FileProblem("file_unreadable", self._path, "its links lead in a circle.")
        target = Path(os.readlink(name, dir_fd=self._fds[-1]))
        if not target.is_absolute():
            self._to_go.extendleft(reversed(target.parts))
            return
        if not target.is_relative_to(self._root):
            raise FileProblem(
                "outside_workspace", self._path, f"its link {name} leads to {target}, outside the workspace."
            )
        while self._names:
            self._up()
        self._to_go.extendleft(reversed(target.relative_to(self._root).parts))

    def _enter(self, name: str) -> None:
        here = self._fds[-1]
        flags = os.O_RDONLY | O_DIRECTORY | O_SAFE
        try:
            opened = os.open(name, flags, dir_fd=here)
        except FileNotFoundError:
            if not self._make_folders:
                raise
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=here)
            opened = os.open(name, flags, dir_fd=here)
        except OSError as error:
            if error.errno not in _NO_SUCH_FOLDER:
                raise
            raise FileProblem("file_missing", self._path, f"{name} is no folder.") from None
        self._fds.append(opened)
        self._names.append(name)


def _below(root: Path, path: Path) -> list[str]:
    """The components of `path` below the root, given by its own name or by where that name leads."""
    if "\0" in str(path):
        raise FileProblem("file_missing", str(path).replace("\0", "?"), "that is not a path.")
    if not contains(root, path):
        raise FileProblem("outside_workspace", path)
    return list(path.relative_to(root).parts)


def _by_path(root: Path, path: Path, *, make_folders: bool) -> Place:
    try:
        real = path.resolve()
        if not contains(root, real):
            raise FileProblem("outside_workspace", path)
        if make_folders:
            real.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileProblem.of(error, path) from None
    return Place(None, str(real), real)
