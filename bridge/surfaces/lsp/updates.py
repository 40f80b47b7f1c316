"""`harness/session/update` to clients that render sessions themselves."""

from collections.abc import Iterable

from bridge.app.bus import HunksMoved, Update
from bridge.harness.ids import SessionId
from bridge.harness.values.events import Compacted, ItemDone, Recorded, SessionOpened, StepEnded, StepStarted
from bridge.harness.values.model import ReasoningDelta, TextDelta
from bridge.protocol.update import SessionNotification, SessionUpdate
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.deltas import Deltas, Piece
from bridge.surfaces.mapping.model import usage_update, whole_item
from bridge.surfaces.mapping.updates import delta, updates

METHOD = "harness/session/update"


class UpdateStream:
    """Sends what happens, in order; what has a `seq` is in the log already."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context
        self._deltas = Deltas(lambda: context.tasks, self._send_piece)
        self._in_pieces: set[tuple[SessionId, type[Piece]]] = set()

    def on_update(self, session: SessionId, update: Update) -> None:
        """Send one update."""
        match update:
            case TextDelta() | ReasoningDelta():
                self._deltas.add(session, update)
            case Recorded(event=SessionOpened()):
                pass  # the answer to `session/new` tells it; the session is not listed yet
            case Recorded():
                self.record(session, update, replay=False)
            case HunksMoved():
                pass  # ranges follow the person's typing; `review/list` has them, and so has the next update of a hunk

    def record(self, session: SessionId, record: Recorded, *, replay: bool) -> None:
        """Send the updates of one record."""
        live = self._context.runtime.session(session)
        if isinstance(record.event, StepStarted):
            self._deltas.end(session)
        else:
            self._deltas.flush(session)
        for update in updates(live, record.event, self._context.seen, replay):
            self._send(session, record.seq, update)
        if not replay:
            self._whole(session, record)

    def replay(self, session: SessionId, records: Iterable[Recorded]) -> None:
        """Send a session's history, then what it has used, as it is now."""
        last: StepEnded | Compacted | None = None
        for record in records:
            self.record(session, record, replay=True)
            if isinstance(record.event, StepEnded | Compacted):
                last = record.event
        if last is not None:
            for update in usage_update(self._context.runtime.session(session), last):
                self._send(session, None, update)

    def _whole(self, session: SessionId, record: Recorded) -> None:
        """A message that did not come in pieces: some servers send it only when it is finished."""
        match record.event:
            case StepStarted():
                self._in_pieces -= {(session, TextDelta), (session, ReasoningDelta)}
            case ItemDone(item=item):
                kind = ReasoningDelta if item.get("type") == "reasoning" else TextDelta
                if (session, kind) not in self._in_pieces:
                    for update in whole_item(item):
                        self._send(session, record.seq, update)

    def _send_piece(self, session: SessionId, piece: Piece, text: str) -> None:
        self._in_pieces.add((session, type(piece)))
        self._send(session, None, delta(piece, text))

    def _send(self, session: SessionId, seq: int | None, update: SessionUpdate) -> None:
        body = SessionNotification(session_id=session, seq=seq, update=update)
        self._context.peer.notify(METHOD, body.dump())
