"""One file written whole or not at all, with its mode, owner, attributes and links as they were."""

import contextlib
import errno
import os
import stat
from pathlib import Path

from bridge.harness.errors import FileProblem, Stale
from bridge.harness.values.text import Sha
from bridge.harness.workspace.disk.temporary import (
    Temporary,
    make_backup,
    make_temporary,
    remove_left_over,
    write_all,
)
from bridge.harness.workspace.disk.walk import HAS_DIR_FD, O_SAFE, Place
from bridge.harness.workspace.text import sha_bytes

_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_NEW_FILE = 0o666
_CHUNK = 1 << 20
# Opening a pipe or a terminal must neither wait nor make it ours.
_O_READ = os.O_RDONLY | O_SAFE | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
# Rights that were given to other bytes; and no attribute is worth a failed write.
_NOT_KEPT = frozenset({"security.capability", "security.ima", "security.evm"})
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF})


def read_regular(place: Place, limit: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a regular file of at most `limit` bytes, and its status; its size is looked at before it is read."""
    _check_regular(place, place.status(), limit)
    try:
        fd = os.open(place.name, _O_READ, dir_fd=place.dir_fd)
        try:
            status = os.fstat(fd)
            _check_regular(place, status, limit)
            raw = _read_all(fd, limit)
        finally:
            os.close(fd)
    except OSError as error:
        raise FileProblem.of(error, place.path) from None
    if len(raw) > limit:
        raise _too_large(place, len(raw), limit)
    return raw, status


def replace(place: Place, expected: Sha, data: bytes, limit: int) -> Sha:
    """Put `data` in the place of the bytes that hash to `expected`; Stale where others stand, FileProblem on failure.

    A file with several names, or whose owner we could not keep, is written in place with the old bytes backed up
    beside it; any other is replaced by renaming. A file that is read-only stays so, for root too.
    """
    raw, status = read_regular(place, limit)
    if sha_bytes(raw) != expected:
        raise Stale(f"{place.path} has changed since it was read.")
    _check_writable(place, status)
    try:
        remove_left_over(place.dir_fd, folder_of(place))
        if status.st_nlink > 1 or not _can_keep_owner(status):
            _write_in_place(place, status, raw, data)
        else:
            _write_and_rename(place, status, data)
    except OSError as error:
        raise _write_problem(error, place) from None
    return sha_bytes(data)


def create(place: Place, data: bytes, mode: int | None) -> Sha:
    """A new file, its mode left to the umask unless one is given; Stale where something stands already."""
    try:
        remove_left_over(place.dir_fd, folder_of(place))
        temporary = make_temporary(place.dir_fd, folder_of(place), _NEW_FILE)
        try:
            write_all(temporary.fd, data)
            if mode is not None and HAS_DIR_FD:
                os.fchmod(temporary.fd, mode)
            os.fsync(temporary.fd)
            _link_or_rename(temporary, place)
        finally:
            temporary.discard()
        _sync_folder(place)
    except FileExistsError:
        raise Stale(f"{place.path} exists already.") from None
    except OSError as error:
        raise _write_problem(error, place) from None
    return sha_bytes(data)


def remove(place: Place, expected: Sha, limit: int) -> None:
    """Remove the file whose bytes hash to `expected`; Stale where others stand."""
    raw, status = read_regular(place, limit)
    if sha_bytes(raw) != expected:
        raise Stale(f"{place.path} has changed since it was read.")
    _check_writable(place, status)
    _check_same(place, status)
    try:
        os.unlink(place.name, dir_fd=place.dir_fd)
        _sync_folder(place)
    except OSError as error:
        raise _write_problem(error, place) from None


def check_writable(place: Place) -> None:
    """FileProblem "read_only" where the file or its folder can't be written now."""
    _check_writable(place, place.status())
    if not os.access(folder_of(place) or ".", os.W_OK, dir_fd=place.dir_fd):
        raise FileProblem("read_only", place.path, f"its folder {Path(place.path).parent} can't be written.")


def folder_of(place: Place) -> str:
    """What names in the place's folder begin with: nothing, where they are relative to its descriptor."""
    return "" if place.dir_fd is not None else str(place.path.parent)


def _read_all(fd: int, limit: int) -> bytes:
    """At most one byte more than the limit: a file that grows is noticed, not followed."""
    chunks: list[bytes] = []
    left = limit + 1
    while left > 0 and (chunk := os.read(fd, min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _check_regular(place: Place, status: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise FileProblem("file_unreadable", place.path, "it is a folder.")
    if not stat.S_ISREG(status.st_mode):
        raise FileProblem("file_unreadable", place.path, "it is not a regular file.")
    if status.st_size > limit:
        raise _too_large(place, status.st_size, limit)


def _too_large(place: Place, size: int, limit: int) -> FileProblem:
    return FileProblem("file_too_large", place.path, f"it has {size} bytes; the limit is {limit}.")


def _check_writable(place: Place, status: os.stat_result) -> None:
    own = os.access in os.supports_effective_ids
    if status.st_mode & _ANY_WRITE and os.access(place.name, os.W_OK, dir_fd=place.dir_fd, effective_ids=own):
        return
    raise FileProblem("read_only", place.path, "the file is read-only.")


def _check_same(place: Place, status: os.stat_result) -> None:
    """The last look before the name is taken: the very file that was read, untouched since."""
    now = place.status()
    if (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) != (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
    ):
        raise Stale(f"{place.path} changed while it was being written.")


def _can_keep_owner(status: os.stat_result) -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return True
    return status.st_uid == os.geteuid() and status.st_gid in {os.getegid(), *os.getgroups()}


def _write_and_rename(place: Place, status: os.stat_result, data: bytes) -> None:
    temporary = make_temporary(place.dir_fd, folder_of(place))
    try:
        write_all(temporary.fd, data)
        _keep_attributes(place, temporary, status)
        os.fsync(temporary.fd)
        _check_same(place, status)
        os.replace(temporary.name, place.name, src_dir_fd=place.dir_fd, dst_dir_fd=place.dir_fd)
    finally:
        temporary.discard()
    _sync_folder(place)


def _keep_attributes(place: Place, temporary: Temporary, status: os.stat_result) -> None:
    """Owner first: to give a file away clears bits of its mode. Then extended attributes, access lists among them."""
    if not HAS_DIR_FD:
        return
    made = os.fstat(temporary.fd)
    if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
        os.fchown(temporary.fd, status.st_uid, status.st_gid)
    os.fchmod(temporary.fd, stat.S_IMODE(status.st_mode))
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            _keep_extended(place, temporary)


def _keep_extended(place: Place, temporary: Temporary) -> None:
    fd = os.open(place.name, _O_READ, dir_fd=place.dir_fd)
    try:
        for name in os.listxattr(fd):
            if name not in _NOT_KEPT:
                with contextlib.suppress(OSError):
                    os.setxattr(temporary.fd, name, os.getxattr(fd, name))
    finally:
        os.close(fd)


def _write_in_place(place: Place, status: os.stat_result, old: bytes, data: bytes) -> None:
    """All names of the file see the new bytes. The backup goes once either the new or the old bytes stand whole."""
    _check_same(place, status)
    backup = make_backup(place.dir_fd, folder_of(place), old)
    try:
        fd = os.open(place.name, os.O_WRONLY | O_SAFE, dir_fd=place.dir_fd)
        try:
            _overwrite_or_restore(fd, old, data)
        finally:
            os.close(fd)
    except _Torn as torn:
        os.close(backup.fd)
        says = f"it was overwritten in part ({torn.__cause__}); its old bytes are beside it in {backup.name}."
        raise FileProblem("disk_full", place.path, says) from None
    except OSError:
        backup.discard()
        raise
    backup.discard()


class _Torn(Exception):
    """Neither the new bytes nor the old ones could be written whole."""


def _overwrite_or_restore(fd: int, old: bytes, data: bytes) -> None:
    try:
        _overwrite(fd, data)
    except OSError:
        try:
            _overwrite(fd, old)
        except OSError as error:
            raise _Torn from error
        raise


def _overwrite(fd: int, data: bytes) -> None:
    os.lseek(fd, 0, os.SEEK_SET)
    write_all(fd, data)
    os.ftruncate(fd, len(data))
    os.fsync(fd)


def _link_or_rename(temporary: Temporary, place: Place) -> None:
    """Give the file its name only if nothing has it: a link can't overwrite, a rename can."""
    folder = place.dir_fd
    try:
        os.link(temporary.name, place.name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if _exists(place):
            raise FileExistsError from None
        os.replace(temporary.name, place.name, src_dir_fd=folder, dst_dir_fd=folder)


def _exists(place: Place) -> bool:
    try:
        place.status()
    except FileProblem:
        return False
    return True


def _sync_folder(place: Place) -> None:
    """The new name itself on disk. Some file systems can't, and need not."""
    if place.dir_fd is None:
        return
    try:
        os.fsync(place.dir_fd)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def _write_problem(error: OSError, place: Place) -> FileProblem:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return FileProblem("read_only", place.path, f"its folder {Path(place.path).parent} can't be written.")
    return FileProblem.of(error, place.path)
