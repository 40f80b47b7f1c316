"""Pieces of messages on their way to the client: the first of a message goes at once, later ones are joined."""

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup

from bridge.harness.ids import SessionId
from bridge.harness.values.model import ReasoningDelta, TextDelta
from bridge.surfaces.lsp.joined import JOIN_S
from bridge.surfaces.mapping.pieces import PIECE, pieces

Piece = TextDelta | ReasoningDelta
Send = Callable[[SessionId, Piece, str], None]


@dataclass(slots=True)
class _Open:
    """The message that is being written: its first piece, and what waits of the later ones."""

    first: Piece
    texts: list[str] = field(default_factory=list)
    size: int = 0


class Deltas:
    """Joins the pieces of a message for at most `JOIN_S`, and up to what one update holds.

    Whoever sends another update of the session flushes first, so that everything stays in its order. What waits is
    never more than one update for each session, however slowly the client reads.
    """

    def __init__(self, tasks: Callable[[], TaskGroup], send: Send) -> None:
        """`send` is given a piece of the message, and the text that stands for all that were joined."""
        self._tasks = tasks
        self._send = send
        self._open: dict[SessionId, _Open] = {}
        self._waiting: set[SessionId] = set()
        self._runs = False

    def add(self, session: SessionId, piece: Piece) -> None:
        """Send it at once or soon. Called for each piece that a model sends: thousands a second."""
        now = self._open.get(session)
        if now is None or now.first.item != piece.item or type(now.first) is not type(piece):
            self.flush(session)
            self._open[session] = _Open(piece)
            self._tell(session, piece, piece.text)
            return
        now.texts.append(piece.text)
        now.size += len(piece.text)
        if now.size >= PIECE:
            self.flush(session)
        elif session not in self._waiting:
            self._wait(session)

    def flush(self, session: SessionId) -> None:
        """Send what waits of a session."""
        self._waiting.discard(session)
        now = self._open.get(session)
        if now is not None and now.texts:
            text, now.texts, now.size = "".join(now.texts), [], 0
            self._tell(session, now.first, text)

    def end(self, session: SessionId) -> None:
        """Send what waits; the next piece begins another message, whatever the service calls it."""
        self.flush(session)
        self._open.pop(session, None)

    def _tell(self, session: SessionId, piece: Piece, text: str) -> None:
        for part in pieces(text):
            self._send(session, piece, part)

    def _wait(self, session: SessionId) -> None:
        self._waiting.add(session)
        if not self._runs:
            self._runs = True
            self._tasks().start_soon(self._run)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await anyio.sleep(JOIN_S)
                for session in tuple(self._waiting):
                    self.flush(session)
        finally:
            self._runs = False
