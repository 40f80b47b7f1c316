"""Where sessions lie on disk: one folder a workspace, one log a session."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.errors import NotFound
from bridge.harness.ids import SessionId
from bridge.harness.session.records import decode
from bridge.harness.values.events import Prompt, Recorded, SessionOpened, TurnEnded

HEAD_BYTES = 64 << 10
"""How much of a log is read to list it: the opening, and the first prompt."""

TAIL_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A stored session. `updated` is Unix time; `open_turn`: its last record is not the end of a turn."""

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
        folder = hashlib.sha256(cwd.encode("utf-8", "surrogateescape")).hexdigest()[:16]
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
        updated = path.stat().st_mtime
        head, tail = _ends(path)
    except OSError:
        return None
    records = list(_records(head))
    opened = next((r.event for r in records if isinstance(r.event, SessionOpened)), None)
    if opened is None:
        return None
    prompt = next((r.event.text for r in records if isinstance(r.event, Prompt)), "")
    last = next(reversed(list(_records(tail))), None)
    open_turn = last is not None and not isinstance(last.event, TurnEnded | SessionOpened)
    return SessionInfo(opened.session, opened.cwd, prompt.strip().split("\n", 1)[0][:80], updated, open_turn)


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return head, file.read()


def _records(raw: bytes) -> Iterator[Recorded]:
    for line in raw.split(b"\n"):
        if line.startswith(b"{") and isinstance(record := decode(line), Recorded):
            yield record
