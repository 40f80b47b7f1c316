"""The log file of one session: append, and read back. One writer at a time, held by a lock on the file itself."""

import fcntl
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import anyio
import anyio.to_thread

from bridge.harness.errors import FileProblem, NotFound, SessionLocked
from bridge.harness.ports.clock import Clock
from bridge.harness.session.folders import make_private
from bridge.harness.session.records import Unreadable, decode, encode
from bridge.harness.values.events import Event, Recorded

logger = logging.getLogger(__name__)


SMALLEST = 64
"""Bytes; no record's line is shorter. A run of garbage may have swallowed so many records, and their numbers."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds: the events in order, the lines that could not be read, and whether it may be written.

    `last_seq` is no less than any number that a line of the file may have had, so that none is given twice.
    """

    records: tuple[Recorded, ...]
    gaps: tuple[str, ...]
    read_only: bool
    good_bytes: int
    last_seq: int


def read_log(path: Path) -> Loaded:
    """Read a log. A torn last line is left out and counted in no gap; a bad line in the middle is a gap, no more."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileProblem.of(error, path) from error
    whole = raw.rfind(b"\n") + 1
    records: list[Recorded] = []
    gaps: list[str] = []
    newer = False
    last = 0
    for number, line in enumerate(raw[:whole].split(b"\n")[:-1], start=1):
        match decode(line):
            case Recorded() as record:
                records.append(record)
                last = max(last, record.seq)
            case Unreadable(reason, is_newer, seq):
                gaps.append(f"line {number}: {reason}")
                newer = newer or is_newer
                last = max(last, seq) if seq else last + 1 + len(line) // SMALLEST
    return Loaded(tuple(records), tuple(gaps), newer, whole, last)


class SessionLog:
    """The writer. Implements the Journal port."""

    def __init__(self, path: Path, clock: Clock, fd: int, seq: int) -> None:
        """Use `create` or `resume`."""
        self._path = path
        self._clock = clock
        self._order = anyio.Lock()
        self._seq = seq
        self._fd = fd
        self._size = os.fstat(fd).st_size

    @classmethod
    def create(cls, path: Path, clock: Clock) -> Self:
        """A new, empty log; folders are made 0700."""
        try:
            make_private(path.parent)
            fd = _open(path, os.O_CREAT | os.O_EXCL)
            _sync_folder(path.parent)
        except OSError as error:
            raise FileProblem.of(error, path) from error
        return cls(path, clock, fd, 0)

    @classmethod
    def resume(cls, path: Path, clock: Clock) -> tuple[Self, Loaded]:
        """Open an existing log for writing. A torn tail is cut off before anything is appended."""
        fd = _open(path, 0)
        try:
            loaded = read_log(path)
            if loaded.read_only:
                raise FileProblem(
                    "read_only", path, "the session was written by a newer version; it can be read, not continued"
                )
            _cut(fd, loaded.good_bytes, path)
        except FileProblem:
            os.close(fd)
            raise
        for gap in loaded.gaps:
            logger.warning("session log %s: %s", path.name, gap)
        return cls(path, clock, fd, loaded.last_seq), loaded

    @property
    def seq(self) -> int:
        """The sequence number of the last record."""
        return self._seq

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """See the Journal port. On failure the file is cut back to what it was, and nothing was recorded."""
        async with self._order:
            now = round(self._clock.now(), 6)  # as it is written: who reads it back later sees the same
            records = tuple(Recorded(self._seq + n, now, event) for n, event in enumerate(events, start=1))
            body = b"".join(map(encode, records))
            if any(event.durable for event in events):
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self._write, body, True)
            else:
                self._write(body, False)
            self._seq += len(records)
            return records

    def close(self) -> None:
        """Let go of the file and of its lock. What is appended later is refused; a second time is no error."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _write(self, body: bytes, sync: bool) -> None:
        if self._fd < 0:
            raise NotFound("unknown_session", f"the session {self._path.stem} is closed")
        _cut(self._fd, self._size, self._path)  # what an earlier failure may have left
        try:
            _write_all(self._fd, body)
            if sync:
                os.fsync(self._fd)
        except OSError as error:
            with suppress(FileProblem):
                _cut(self._fd, self._size, self._path)
            raise FileProblem.of(error, self._path) from error
        self._size += len(body)


def _open(path: Path, flags: int) -> int:
    """Open for appending, and lock. The lock ends with the process, however it ends."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND | flags, 0o600)
    except OSError as error:
        raise FileProblem.of(error, path) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        raise SessionLocked(path.stem) from error
    except OSError as error:
        os.close(fd)
        raise FileProblem.of(error, path) from error
    return fd


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on disk only when its folder is."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _cut(fd: int, size: int, path: Path) -> None:
    """Drop what stands beyond `size` bytes, if anything does."""
    try:
        if os.fstat(fd).st_size > size:
            os.ftruncate(fd, size)
    except OSError as error:
        raise FileProblem.of(error, path) from error


def _write_all(fd: int, body: bytes) -> None:
    """os.write may write less than it was given (a file-size limit shows as a short write): go on until done."""
    view = memoryview(body)
    while view:
        view = view[os.write(fd, view) :]
