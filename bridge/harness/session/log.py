"""The log file of one session: append, and read back. One writer at a time, held by a lock beside the file."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
from filelock import FileLock, Timeout

from bridge.harness.errors import FileProblem, SessionLocked
from bridge.harness.ports.clock import Clock
from bridge.harness.session.records import Unreadable, decode, encode
from bridge.harness.values.events import Event, Recorded

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds: the events in order, the lines that could not be read, and whether it may be written."""

    records: tuple[Recorded, ...]
    gaps: tuple[str, ...]
    read_only: bool
    good_bytes: int
    last_seq: int


def read_log(path: Path) -> Loaded:
    """Read a log. A torn last line is left out and counted in no gap; a bad line in the middle is a gap, no more."""
    raw = path.read_bytes()
    whole = raw.rfind(b"\n") + 1
    records: list[Recorded] = []
    gaps: list[str] = []
    newer = False
    for number, line in enumerate(raw[:whole].split(b"\n")[:-1], start=1):
        match decode(line):
            case Recorded() as record:
                records.append(record)
            case Unreadable(reason, is_newer):
                gaps.append(f"line {number}: {reason}")
                newer = newer or is_newer
    last = max((record.seq for record in records), default=0)
    return Loaded(tuple(records), tuple(gaps), newer, whole, last + len(gaps))


class SessionLog:
    """The writer. Implements the Journal port."""

    def __init__(self, path: Path, clock: Clock, lock: FileLock, seq: int) -> None:
        """Use `create` or `resume`."""
        self._path = path
        self._clock = clock
        self._file_lock = lock
        self._order = anyio.Lock()
        self._seq = seq
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @classmethod
    def create(cls, path: Path, clock: Clock) -> "SessionLog":
        """A new, empty log; folders are made 0700."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(path, clock, _locked(path), 0)

    @classmethod
    def resume(cls, path: Path, clock: Clock) -> "tuple[SessionLog, Loaded]":
        """Open an existing log for writing. A torn tail is cut off before anything is appended."""
        lock = _locked(path)
        loaded = read_log(path)
        if loaded.read_only:
            lock.release()
            raise FileProblem(
                "read_only", path, "the session was written by a newer version; it can be read, not continued"
            )
        for gap in loaded.gaps:
            logger.warning("session log %s: %s", path.name, gap)
        if path.stat().st_size > loaded.good_bytes:
            os.truncate(path, loaded.good_bytes)
        return cls(path, clock, lock, loaded.last_seq), loaded

    @property
    def seq(self) -> int:
        """The sequence number of the last record."""
        return self._seq

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """See the Journal port. On failure the file is cut back to what it was, and nothing was recorded."""
        async with self._order:
            now = self._clock.now()
            records = tuple(Recorded(self._seq + n, now, event) for n, event in enumerate(events, start=1))
            body = b"".join(map(encode, records))
            if any(event.durable for event in events):
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self._write, body, True)
            else:
                self._write(body, False)
            self._seq += len(records)
            return records

    def _write(self, body: bytes, sync: bool) -> None:
        before = os.fstat(self._fd).st_size
        try:
            for piece in _pieces(self._fd, body):
                logger.debug("%s: %d bytes", self._path.name, piece)
            if sync:
                os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, before)
            raise FileProblem.of(error, self._path) from error

    def close(self) -> None:
        """Let go of the file and of its lock."""
        os.close(self._fd)
        self._file_lock.release()


def _pieces(fd: int, body: bytes) -> Iterator[int]:
    """os.write may write less than it was given (a file-size limit shows as a short write): go on until done."""
    view = memoryview(body)
    while view:
        written = os.write(fd, view)
        view = view[written:]
        yield written


def _locked(path: Path) -> FileLock:
    lock = FileLock(f"{path}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SessionLocked(path.stem) from error
    return lock
