"""Turns that run, and messages that wait for one."""

import anyio
from anyio.abc import TaskStatus

from bridge.harness.engine.engine import Engine
from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import BridgeError, InternalError
from bridge.harness.ids import PromptId, TurnId
from bridge.harness.isolate import isolate
from bridge.harness.values.events import Event, Prompt, Queued, TurnEnded, Unqueued


class Turn:
    """A turn that runs. It goes on without whoever asked for it."""

    def __init__(self, id_: TurnId) -> None:
        """Not started yet."""
        self.id = id_
        self.interrupted = False
        self._left = False
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._ended: TurnEnded | None = None
        self._problem: BridgeError | None = None

    def interrupt(self) -> None:
        """The person stops it: it is closed in the log as cancelled."""
        self.interrupted = True
        self._scope.cancel()

    def leave(self) -> None:
        """The bridge is about to end: who waited for the turn goes, and does not stop it by that."""
        self._left = True

    @property
    def lost_end(self) -> bool:
        """It has ended, and that could not be recorded."""
        return self._problem is not None

    async def wait(self) -> TurnEnded:
        """How it ended. Raises `BridgeError` where its end could not be recorded."""
        await self._done.wait()
        return self._end()

    async def see_through(self) -> TurnEnded:
        """Wait for the end. Who is cancelled while waiting stops the turn, and still learns how it ended.

        Not when the bridge is about to end (`leave`): then the turn is suspended, and goes on another time.
        """
        try:
            await self._done.wait()
        except anyio.get_cancelled_exc_class():
            if self._left:
                raise
            self.interrupt()
            with anyio.CancelScope(shield=True):
                await self._done.wait()
        return self._end()

    def _end(self) -> TurnEnded:
        if self._problem is not None:
            raise self._problem
        return self._ended or TurnEnded(self.id, "cancelled")

    async def run(self, engine: Engine, prompt: Prompt | None, *, task_status: TaskStatus[None]) -> None:
        """Run to the end."""
        try:
            with isolate("a turn") as fault, self._scope:
                task_status.started()
                self._ended = await run_turn(engine, prompt, lambda: self.interrupted)
            if isinstance(fault.error, BridgeError):
                self._problem = fault.error
            elif fault.error is not None:
                self._problem = InternalError(f"the turn failed (incident {fault.incident})")
        finally:
            self._done.set()


class Queue:
    """The messages that wait for a turn of their own, as a fold of the session's log."""

    def __init__(self) -> None:
        """Empty."""
        self._waiting: dict[PromptId, Queued] = {}
        self._taken: dict[PromptId, Queued] = {}

    @property
    def waiting(self) -> tuple[Queued, ...]:
        """The oldest first."""
        return tuple(self._waiting.values())

    def take(self, known: PromptId) -> Queued | None:
        """Out of the queue before the log says so: its turn can't begin while it is taken back, nor the reverse."""
        taken = self._waiting.pop(known, None)
        if taken is not None:
            self._taken[known] = taken
        return taken

    def put_back(self, known: PromptId) -> None:
        """To its start, unless the log says what became of it: that it was taken could not be recorded."""
        if (taken := self._taken.pop(known, None)) is not None:
            self._waiting = {known: taken, **self._waiting}

    def fold(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Queued(id=known):
                self._waiting[known] = event
            case Unqueued(id=known):
                self._forget(known)
            case Prompt(queued=known) if known is not None:
                self._forget(known)

    def _forget(self, known: PromptId) -> None:
        self._waiting.pop(known, None)
        self._taken.pop(known, None)
