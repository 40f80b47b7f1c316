"""What happens in sessions, told to whoever listens: surfaces, recorders. The log has been written before."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.harness.ids import SessionId, Uri
from bridge.harness.isolate import isolate
from bridge.harness.values.events import Recorded
from bridge.harness.values.model import ReasoningDelta, TextDelta


@dataclass(frozen=True, slots=True)
class HunksMoved:
    """Hunks of a file stand elsewhere now. Not in the log: derived from the editor's text."""

    uri: Uri


Update = Recorded | TextDelta | ReasoningDelta | HunksMoved
Listener = Callable[[SessionId, Update], None]


class Bus:
    """Ordered fan-out. Listeners are called at once and must not block."""

    def __init__(self) -> None:
        """Nobody listens."""
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of everything; the answer stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, session: SessionId, update: Update) -> None:
        """Tell all, in the order of subscription. A listener that fails takes neither the turn nor the others down."""
        for listener in tuple(self._listeners):
            with isolate("a listener on the bus"):
                listener(session, update)
