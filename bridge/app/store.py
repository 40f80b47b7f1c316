"""Where sessions lie on disk: one folder a workspace, one log a session."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bridge.harness.errors import NotFound
from bridge.harness.ids import SessionId
from bridge.harness.session.records import decode
from bridge.harness.values.events import (
    Compacted,
    Decided,
    HunkFresh,
    HunkStale,
    IntentMade,
    Note,
    OptionSet,
    Placed,
    PolicySet,
    Prompt,
    Recorded,
    SessionOpened,
    TurnEnded,
    Unqueued,
)

HEAD_BYTES = 64 << 10
"""How much of a log is read to list it: the opening, and the first prompt."""

TAIL_BYTES = 64 << 10
"""How much of its end; twice as much, and again, where a record is larger."""

OUTSIDE_TURNS = (
    Compacted,
    Decided,
    HunkFresh,
    HunkStale,
    IntentMade,
    Note,
    OptionSet,
    Placed,
    PolicySet,
    Unqueued,
)
"""Events that may also come when no turn is open; the others come within one, end it, or wait for one (`Queued`)."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A stored session. `updated` is Unix time; `open_turn`: a turn was not ended."""

    id: SessionId
    cwd: str
    title: str
    updated: float
    open_turn: bool


class Store:
    """The session files below the state folder."""

    def __init__(self, state_dir: Path) -> None:
        """Nothing is made until a session is."""
        self._root = state_dir / "sessions"
        self.blobs = state_dir / "blobs"

    def path_for(self, session: SessionId, cwd: str) -> Path:
        """Where a new session's log goes."""
        folder = hashlib.sha256(os.path.normpath(cwd).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return self._root / folder / f"{session}.jsonl"

    def find(self, session: SessionId) -> Path:
        """The log of a stored session; the id is a name, never a path."""
        if session.isalnum():
            for path in self._root.glob(f"*/{session}.jsonl"):
                return path
        raise NotFound("unknown_session", f"there is no session {session}")

    def list(self, cwd: str | None = None) -> list[SessionInfo]:
        """The stored sessions, the newest first; of one workspace or of all."""
        pattern = f"{self.path_for(SessionId('x'), cwd).parent.name}/*.jsonl" if cwd else "*/*.jsonl"
        found = (info for path in self._root.glob(pattern) if (info := _info(path)) is not None)
        return sorted(found, key=lambda info: (info.updated, info.id), reverse=True)


def _info(path: Path) -> SessionInfo | None:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            head = file.read(HEAD_BYTES)
            open_turn = _is_open(file, status.st_size)
    except OSError:
        return None
    opened: SessionOpened | None = None
    prompt = ""
    for record in _records(head.split(b"\n")):
        if isinstance(record.event, SessionOpened):
            opened = record.event
        if isinstance(record.event, Prompt):
            prompt = record.event.text
            break
    if opened is None:
        return None
    title = prompt.strip().split("\n", 1)[0][:80]
    return SessionInfo(opened.session, opened.cwd, title, status.st_mtime, open_turn)


def _is_open(file: BinaryIO, size: int) -> bool:
    """Look back from the end to the first record that tells."""
    length = TAIL_BYTES
    while True:
        file.seek(max(0, size - length))
        lines = file.read(length).split(b"\n")
        for record in _records(reversed(lines)):
            if not isinstance(record.event, OUTSIDE_TURNS):
                return not isinstance(record.event, TurnEnded | SessionOpened)
        if length >= size:
            return False
        length *= 2


def _records(lines: Iterable[bytes]) -> Iterator[Recorded]:
    for line in lines:
        if line.startswith(b"{") and isinstance(record := decode(line), Recorded):
            yield record
