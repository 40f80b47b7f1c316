"""`harness/session/update` to clients that render sessions themselves."""

from bridge.app.bus import HunksMoved, Update
from bridge.harness.ids import SessionId
from bridge.harness.values.events import Recorded, SessionOpened
from bridge.harness.values.model import TextDelta
from bridge.protocol.update import SessionNotification, SessionUpdate
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.mapping.updates import delta, updates

METHOD = "harness/session/update"


class UpdateStream:
    """Sends what happens, in order; what has a `seq` is in the log already."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context

    def on_update(self, session: SessionId, update: Update) -> None:
        """Send one update."""
        match update:
            case TextDelta():
                self._send(session, None, delta(update))
            case Recorded(event=SessionOpened()):
                pass  # the answer to `session/new` tells it; the session is not listed yet
            case Recorded():
                self.record(session, update, replay=False)
            case HunksMoved():
                pass  # ranges follow the person's typing; `review/list` has them, and so has the next update of a hunk

    def record(self, session: SessionId, record: Recorded, *, replay: bool) -> None:
        """Send the updates of one record."""
        live = self._context.runtime.session(session)
        for update in updates(live, record.event, self._context.seen, replay):
            self._send(session, record.seq, update)

    def _send(self, session: SessionId, seq: int | None, update: SessionUpdate) -> None:
        body = SessionNotification(session_id=session, seq=seq, update=update)
        self._context.peer.notify(METHOD, body.dump())
