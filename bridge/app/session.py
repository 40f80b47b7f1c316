"""One live session: its log, its owners of state, its engine, and the turn that runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import anyio
from anyio.abc import TaskGroup, TaskStatus

from bridge.app import wording
from bridge.app.bus import Bus, HunksMoved
from bridge.harness.engine.step import Stepper
from bridge.harness.engine.turn import Engine, close_turn, run_turn
from bridge.harness.errors import BridgeError, InternalError, NotAllowed, TryLater
from bridge.harness.execution.pipeline import Pipeline, Ports
from bridge.harness.ids import SessionId, TurnId, new_id
from bridge.harness.isolate import isolate
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.permissions.policy import Setting, hides
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.editor import Editor
from bridge.harness.ports.model import Model
from bridge.harness.session.log import SessionLog
from bridge.harness.session.transcript import Transcript
from bridge.harness.tools.contract import Context
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import Event, PolicySet, Prompt, PromptContext, Recorded, SessionOpened, TurnEnded
from bridge.harness.values.model import TextDelta
from bridge.harness.values.proposals import ReviewPolicy
from bridge.harness.workspace.applying import Outside
from bridge.harness.workspace.review import Reviewer
from bridge.harness.workspace.views import HunkView
from bridge.harness.workspace.workspace import Workspace


class Owner(Protocol):
    """Owns one part of a session's state, as a fold of its log."""

    def fold(self, event: Event) -> None:
        """Take in one event."""
        ...


class SessionJournal:
    """The one way into the log: written, then folded by every owner, then told. Implements the Journal port."""

    def __init__(self, session: SessionId, log: SessionLog, bus: Bus) -> None:
        """Owners are added while the session is built."""
        self._session = session
        self._log = log
        self._bus = bus
        self._owners: list[Owner] = []
        self._order = anyio.Lock()

    def own(self, *owners: Owner) -> None:
        """From now on these fold each event."""
        self._owners += owners

    def replay(self, records: Iterable[Recorded]) -> None:
        """Fold what a log holds; nobody is told. What a gap has orphaned is left out, the rest is folded."""
        for record in records:
            for owner in self._owners:
                with isolate(f"record {record.seq} of session {self._session}"):
                    owner.fold(record.event)

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """See the port."""
        async with self._order:
            records = await self._log.append(*events)
            # What is appended together is one fact: nobody is told of its first half while the second is not folded.
            for record in records:
                self._fold(record.event)
            for record in records:
                self._bus.publish(self._session, record)
            return records

    def _fold(self, event: Event) -> None:
        for owner in self._owners:
            owner.fold(event)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session is built from; the same for every session of a runtime."""

    bus: Bus
    clock: Clock
    model: Model
    registry: Registry
    setting: Callable[[Path], Setting]
    outside: Callable[[SessionJournal, Path], Outside]


class Choices:
    """What the person has chosen for the session, as a fold of its log."""

    def __init__(self, editor: Editor) -> None:
        """`editor` says whether *keep* can be had."""
        self._editor = editor
        self._policy: ReviewPolicy = "ask"

    @property
    def policy(self) -> ReviewPolicy:
        """The review policy of proposals that are made now: *ask* where the editor can't do *keep*."""
        return self._policy if self._editor.keeps else "ask"

    @property
    def can_keep(self) -> bool:
        """Whether the editor can do *keep*."""
        return self._editor.keeps

    def fold(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, SessionOpened | PolicySet):
            self._policy = "keep" if event.policy == "keep" else "ask"


class Turn:
    """A turn that runs. It goes on without whoever asked for it."""

    def __init__(self, id_: TurnId) -> None:
        """Not started yet."""
        self.id = id_
        self.interrupted = False
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._ended: TurnEnded | None = None
        self._problem: BridgeError | None = None

    def interrupt(self) -> None:
        """The person stops it: it is closed in the log as cancelled."""
        self.interrupted = True
        self._scope.cancel()

    @property
    def lost_end(self) -> bool:
        """It has ended, and that could not be recorded."""
        return self._problem is not None

    async def wait(self) -> TurnEnded:
        """How it ended. Raises `BridgeError` where its end could not be recorded."""
        await self._done.wait()
        return self._end()

    async def see_through(self) -> TurnEnded:
        """Wait for the end. Who is cancelled while waiting stops the turn, and still learns how it ended."""
        try:
            await self._done.wait()
        except anyio.get_cancelled_exc_class():
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


class Session:
    """A live session. A new one appends its `SessionOpened`; a stored one replays its records."""

    def __init__(self, id_: SessionId, cwd: str, log: SessionLog, parts: Parts) -> None:
        """`cwd` is the boundary of its workspace."""
        self.id = id_
        self.cwd = cwd
        self.turn: Turn | None = None
        self._to_recover = False
        self._lost_end = False
        self._going_on = anyio.Lock()
        self._log = log
        self.journal = SessionJournal(id_, log, parts.bus)
        outside = parts.outside(self.journal, Path(cwd))
        self.workspace = Workspace(Path(cwd), outside.files, outside.documents)
        self.transcript = Transcript()
        self.approvals = Approvals(self.journal)
        self.review = Reviewer(outside, lambda uri: parts.bus.publish(id_, HunksMoved(uri)))
        self.workspace.see_pending(self.review.pending_text, self.review.pending_files)
        self.journal.own(self.transcript, self.approvals, self.review)
        self.choices = Choices(outside.editor)
        self.journal.own(self.choices)
        self.engine = self._engine(parts)

    def _engine(self, parts: Parts) -> Engine:
        setting = parts.setting(Path(self.cwd))
        context = Context(self.workspace, lambda subject: hides(subject, setting))
        ports = Ports(self.id, parts.registry, context, self.journal, self.approvals, self.review)
        return Engine(
            root=self.cwd,
            transcript=self.transcript,
            journal=self.journal,
            registry=parts.registry,
            stepper=Stepper(parts.model, parts.registry, self.journal, self._live(parts.bus), self.transcript.known),
            pipeline=Pipeline(ports, lambda: setting, lambda: self.choices.policy),
            approvals=self.approvals,
            review=self.review,
            clock=parts.clock,
        )

    def _live(self, bus: Bus) -> Callable[[TextDelta], None]:
        return lambda delta: bus.publish(self.id, delta)

    @property
    def policy(self) -> ReviewPolicy:
        """The review policy of proposals that are made now."""
        return self.choices.policy

    async def set_policy(self, policy: ReviewPolicy) -> None:
        """The review policy of proposals from now on. Raises `NotAllowed` where the editor can't do it."""
        if policy == "keep" and not self.choices.can_keep:
            raise NotAllowed(
                "this editor can't review changes after they are made",
                hint="It has to declare `editorApply`: it must break its undo around each edit of ours.",
            )
        await self.journal.append(PolicySet(policy))

    @property
    def seq(self) -> int:
        """The sequence number of its last record."""
        return self._log.seq

    def replay(self, records: Iterable[Recorded]) -> None:
        """Become what a stored session was. Its turn, if one is open, is taken up by `go_on`."""
        self.journal.replay(records)
        self._to_recover = True

    async def prompt(self, text: str, context: PromptContext | None, group: TaskGroup) -> Turn:
        """Start a turn; it runs in `group`. Raises `TryLater` while another one runs."""
        if self._lost_end and self.turn is None:
            await close_turn(self.engine, "the turn's end could not be recorded when it came")
            self._lost_end = False
        if self.turn is not None or self.transcript.turn is not None:
            raise self._busy()
        return await self._start(Turn(TurnId(new_id())), lambda id_: Prompt(id_, text, context), group)

    async def go_on(self, group: TaskGroup) -> Turn | None:
        """After a restart: look what became of writes that were under way, then take up the open turn.

        A second time, as when another window loads a live session, nothing is looked at again: writes that are under
        way now would be made twice.
        """
        async with self._going_on:
            if self._to_recover:
                self._to_recover = False
                await self.review.recover()
            if self.transcript.turn is None or self.turn is not None:
                return None
            return await self._start(Turn(self.transcript.turn), lambda _: None, group)

    @property
    def awaited(self) -> list[HunkView]:
        """The hunks without which a running turn does not go on: under *keep* it waits for none."""
        return [view for view in self.review.views() if view.state.open and view.policy == "ask"]

    def interrupt(self) -> None:
        """Stop the running turn, if there is one."""
        if self.turn is not None:
            self.turn.interrupt()

    def close(self) -> None:
        """Let go of the log; the turn must have ended or been cancelled."""
        self.review.close()
        self._log.close()

    def _busy(self) -> TryLater:
        """Who asks meanwhile is told what the turn waits for, where that is the person."""
        if not (awaited := self.awaited):
            return TryLater("busy", "a turn is running in this session")
        message = f"the agent waits for your decision on {wording.changes(awaited)}"
        return TryLater("busy", message, hint="Accept or reject what waits, or stop the agent.")

    async def _start(self, turn: Turn, prompt: Callable[[TurnId], Prompt | None], group: TaskGroup) -> Turn:
        self.turn = turn

        async def run(*, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
            try:
                await turn.run(self.engine, prompt(turn.id), task_status=task_status)
            finally:
                self.turn = None
                self._lost_end = turn.lost_end

        await group.start(run)
        return turn
