"""Files of our own beside the one that is written, gone afterwards, also after a crash.

A temporary file is locked while its writer lives; one that nobody holds is left over, and the next write in its folder
removes it. A backup is never removed that way: after a crash it may be the only copy of the old bytes.
"""

import contextlib
import os
import re
import secrets
import sys
from dataclasses import dataclass

from bridge.harness.workspace.disk.walk import O_SAFE

if sys.platform != "win32":
    import fcntl

_TEMPORARY = re.compile(r"\.harness-[0-9a-f]{16}\.tmp")
# Private until it has the target's own mode: its name is in a folder that others may read.
_PRIVATE = 0o600
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | O_SAFE


@dataclass(frozen=True, slots=True)
class Temporary:
    """A new file, open for writing, in the folder `dir_fd` (or, without folder calls, at the path `name`)."""

    fd: int
    name: str
    dir_fd: int | None

    def discard(self) -> None:
        """Close it, and remove what still has its name."""
        os.close(self.fd)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.name, dir_fd=self.dir_fd)


def make_temporary(dir_fd: int | None, folder: str, mode: int = _PRIVATE) -> Temporary:
    """A locked empty file beside the target; the umask takes its part of `mode`. `folder` is "" with folder calls."""
    while True:
        name = os.path.join(folder, f".harness-{secrets.token_hex(8)}.tmp")  # noqa: PTH118 a name, not a path
        fd = os.open(name, _CREATE, mode, dir_fd=dir_fd)
        temporary = Temporary(fd, name, dir_fd)
        try:
            ours = _lock(fd) and os.fstat(fd).st_nlink == 1
        except OSError:
            # No locks on this file system: nobody else can hold one either, so nobody removes the file.
            return temporary
        if ours:
            return temporary
        # Another writer's clean-up took it before it was locked.
        temporary.discard()


def make_backup(dir_fd: int | None, folder: str, data: bytes) -> Temporary:
    """The old bytes of a file that is about to be overwritten in place, on disk before the first of them changes."""
    name = os.path.join(folder, f".harness-{secrets.token_hex(8)}.backup")  # noqa: PTH118 a name, not a path
    backup = Temporary(os.open(name, _CREATE, _PRIVATE, dir_fd=dir_fd), name, dir_fd)
    try:
        write_all(backup.fd, data)
        os.fsync(backup.fd)
    except OSError:
        backup.discard()
        raise
    return backup


def remove_left_over(dir_fd: int | None, folder: str) -> None:
    """Remove temporary files whose writer is gone. What can't be removed stays: it is in nobody's way."""
    try:
        names = os.listdir(folder if dir_fd is None else dir_fd)  # noqa: PTH208 a descriptor has no path
    except OSError:
        return
    for name in filter(_TEMPORARY.fullmatch, names):
        with contextlib.suppress(OSError):
            path = os.path.join(folder, name)  # noqa: PTH118 a name, not a path
            fd = os.open(path, os.O_RDONLY | O_SAFE | getattr(os, "O_NONBLOCK", 0), dir_fd=dir_fd)
            try:
                if _lock(fd):
                    os.unlink(path, dir_fd=dir_fd)
            finally:
                os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte. A full disk shows as a short write first: the interpreter ignores SIGXFSZ."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _lock(fd: int) -> bool:
    """Whether the file is ours now. The lock ends with the process, however it ends."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
