"""One live session: its log, its owners of state, its engine, and the turn that runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup, TaskStatus

from bridge import lazy
from bridge.app import wording
from bridge.app.bus import Bus, HunksMoved
from bridge.app.choices import Choices, checked
from bridge.app.journal import SessionJournal
from bridge.app.turns import Queue
from bridge.app.turns import Turn as Turn
from bridge.harness.cost.books import Books, Caps
from bridge.harness.engine.compacting import Compactor
from bridge.harness.engine.compacting import Parts as CompactorParts
from bridge.harness.engine.engine import Engine
from bridge.harness.engine.gates import Limits
from bridge.harness.engine.request import Options, RequestBook, Sources
from bridge.harness.engine.steering import Steering
from bridge.harness.engine.step import Live, Stepper
from bridge.harness.engine.step import Parts as StepParts
from bridge.harness.engine.turn import close_turn
from bridge.harness.errors import AlreadyResolved, BridgeError, NotAllowed, TryLater
from bridge.harness.execution.pipeline import Pipeline, Ports
from bridge.harness.ids import PromptId, SessionId, TurnId, new_id
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.permissions.policy import Setting, hides
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.model import Models, Prices
from bridge.harness.session.log import SessionLog
from bridge.harness.session.transcript import Transcript
from bridge.harness.tools.contract import Context
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import (
    Compacted,
    OptionName,
    PolicySet,
    Prompt,
    PromptContext,
    Queued,
    Recorded,
    Unqueued,
)
from bridge.harness.values.model import OutputSchema
from bridge.harness.values.proposals import ReviewPolicy
from bridge.harness.workspace.applying import Outside
from bridge.harness.workspace.review import Reviewer
from bridge.harness.workspace.views import HunkView
from bridge.harness.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session is built from; the same for every session of a runtime.

    `caps` are a session's budget, `options` where it begins, `fallback` the model for one that is gone.
    """

    bus: Bus
    clock: Clock
    models: Models
    prices: Prices
    registry: Registry
    setting: Callable[[Path], Setting]
    outside: Callable[[SessionJournal, Path], Outside]
    limits: Limits = field(default_factory=Limits)
    caps: Caps = field(default_factory=Caps)
    options: Options = field(default_factory=Options)
    fallback: str = ""


class Session:
    """A live session. A new one appends its `SessionOpened`; a stored one replays its records."""

    def __init__(self, id_: SessionId, cwd: str, log: SessionLog, parts: Parts) -> None:
        """`cwd` is the boundary of its workspace."""
        self.id = id_
        self.cwd = cwd
        self.turn: Turn | None = None
        self._compacting: anyio.CancelScope | None = None
        self._closing = False
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
        self.choices = Choices(outside.editor, parts.options)
        self.models = parts.models
        self.books = Books(parts.prices, parts.caps)
        self._queue = Queue()
        self.journal.own(self.choices, self.books, self._queue)
        self.engine = self._engine(parts)

    def _engine(self, parts: Parts) -> Engine:
        setting = parts.setting(Path(self.cwd))
        context = Context(self.workspace, lambda subject: hides(subject, setting))
        ports = Ports(self.id, parts.registry, context, self.journal, self.approvals, self.review, parts.clock)
        pipeline = Pipeline(ports, lambda: setting, lambda: self.choices.policy)
        compactor = Compactor(
            CompactorParts(self.journal, context, parts.registry, self.review.views, self.books, parts.clock)
        )
        self.journal.own(compactor)
        return Engine(
            transcript=self.transcript,
            journal=self.journal,
            requests=RequestBook(self._sources(parts)),
            stepper=Stepper(
                StepParts(
                    self.transcript,
                    self.journal,
                    parts.registry,
                    pipeline,
                    self.books,
                    parts.clock,
                    self._live(parts.bus),
                )
            ),
            steering=Steering(self.journal, self.transcript),
            pipeline=pipeline,
            approvals=self.approvals,
            review=self.review,
            books=self.books,
            compactor=compactor,
            clock=parts.clock,
            limits=parts.limits,
            fallback=parts.fallback,
        )

    def _sources(self, parts: Parts) -> Sources:
        return Sources(
            session=self.id,
            root=self.cwd,
            transcript=self.transcript,
            registry=parts.registry,
            models=parts.models,
            options=lambda: self.choices.options,
        )

    def _live(self, bus: Bus) -> Live:
        return lambda delta: bus.publish(self.id, delta)

    @property
    def options(self) -> Options:
        """With what model calls are made now."""
        return self.choices.options

    @property
    def queue(self) -> tuple[Queued, ...]:
        """The messages that wait for a turn of their own, the oldest first."""
        return self._queue.waiting

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

    async def prompt(
        self, text: str, context: PromptContext | None, schema: OutputSchema | None, group: TaskGroup
    ) -> Turn:
        """Start a turn; it runs in `group`. Raises `TryLater` while another one runs."""
        await _check(schema)
        if self._lost_end and self.turn is None:
            await close_turn(self.engine, "the turn's end could not be recorded when it came")
            self._lost_end = False
        if not self._idle:
            raise self._busy()
        return await self._start(Turn(TurnId(new_id())), lambda id_: Prompt(id_, text, context, schema), group)

    async def steer(self, text: str, turn: TurnId, context: PromptContext | None) -> None:
        """Words for the running turn. Raises `Stale` where that turn does not run any more."""
        await self.engine.steering.say(turn, text, context)

    async def enqueue(
        self, text: str, context: PromptContext | None, schema: OutputSchema | None, group: TaskGroup
    ) -> PromptId:
        """A message for a turn of its own, after the one that runs; at once where none does."""
        await _check(schema)
        known = PromptId(new_id())
        await self.journal.append(Queued(known, text, context, schema))
        await self._start_next(group)
        return known

    async def unqueue(self, known: PromptId) -> None:
        """Take a message back. Raises `AlreadyResolved` where it does not wait any more."""
        if self._queue.take(known) is None:
            raise AlreadyResolved("that message does not wait any more: its turn has begun, or it was taken back")
        try:
            await self.journal.append(Unqueued(known))
        except BridgeError:
            self._queue.put_back(known)
            raise

    async def compact(self, group: TaskGroup) -> Compacted | None:
        """Make the conversation smaller. None: it can't be, or it was stopped. Raises `TryLater` while a turn runs."""
        if not self._idle:
            raise self._busy()
        made: Compacted | None = None
        try:
            with anyio.CancelScope() as self._compacting:
                asking = self.engine.requests.next()
                made = await self.engine.compactor.now(None, "command", asking.request, asking.model)
        finally:
            self._compacting = None
            with anyio.CancelScope(shield=True):  # who asked may be gone: what waited begins all the same
                await self._start_next(group)
        return made

    async def set_option(self, name: OptionName, value: str) -> None:
        """From the next model call on. Raises `NotAllowed` for a value that the option can't have."""
        await self.journal.append(checked(name, value))

    async def go_on(self, group: TaskGroup) -> Turn | None:
        """After a restart: look what became of writes that were under way, then take up the open turn, or the queue.

        A second time, as when another window loads a live session, nothing is looked at again: writes that are under
        way now would be made twice.
        """
        async with self._going_on:
            if self._to_recover:
                self._to_recover = False
                await self.review.recover()
            if self.turn is not None:
                return None
            if self.transcript.turn is None:
                return await self._start_next(group)
            return await self._start(Turn(self.transcript.turn), lambda _: None, group)

    @property
    def awaited(self) -> list[HunkView]:
        """The hunks without which a running turn does not go on: under *keep* it waits for none."""
        return [view for view in self.review.views() if view.state.open and view.policy == "ask"]

    def interrupt(self) -> None:
        """Stop what runs, if anything does."""
        if self.turn is not None:
            self.turn.interrupt()
        if self._compacting is not None:
            self._compacting.cancel()

    async def stop(self) -> None:
        """Interrupt what runs, and see it ended; what is queued stays so."""
        self._closing = True
        self.interrupt()
        if self.turn is not None:
            await self.turn.wait()

    def leave(self) -> None:
        """The bridge is about to end: what runs is suspended by that, and not stopped."""
        if self.turn is not None:
            self.turn.leave()

    def close(self) -> None:
        """Let go of the log; the turn must have ended or been cancelled."""
        self._closing = True
        self.review.close()
        self._log.close()

    @property
    def _idle(self) -> bool:
        return self.turn is None and self.transcript.turn is None and self._compacting is None

    def _busy(self) -> TryLater:
        """Who asks meanwhile is told what the turn waits for, where that is the person."""
        if self._compacting is not None:
            return TryLater("busy", "the conversation is being made smaller", hint="Wait for it, or stop it.")
        if not (awaited := self.awaited):
            return TryLater("busy", "a turn is running in this session")
        message = f"the agent waits for your decision on {wording.changes(awaited)}"
        return TryLater("busy", message, hint="Accept or reject what waits, or stop the agent.")

    async def _start(
        self, turn: Turn, prompt: Callable[[TurnId], Prompt | None], group: TaskGroup, queued: PromptId | None = None
    ) -> Turn:
        self.turn = turn

        async def run(*, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
            try:
                await turn.run(self.engine, prompt(turn.id), task_status=task_status)
            finally:
                self.turn = None
                self._lost_end = turn.lost_end
                if queued is not None:
                    self._queue.put_back(queued)
            await self._start_next(group)

        await group.start(run)
        return turn

    async def _start_next(self, group: TaskGroup) -> Turn | None:
        """The message that has waited longest gets its turn, if nothing else runs."""
        if self._closing or self._lost_end or not self._idle or not self.queue:
            return None
        queued = self.queue[0]
        self._queue.take(queued.id)
        return await self._start(
            Turn(TurnId(new_id())),
            lambda id_: Prompt(id_, queued.text, queued.context, queued.schema, queued.id),
            group,
            queued.id,
        )


async def _check(schema: OutputSchema | None) -> None:
    if schema is None:
        return
    form = await anyio.to_thread.run_sync(lazy.load, "bridge.harness.engine.schema")
    if flaw := form.flaw(schema):
        raise NotAllowed(f"that is no JSON schema: {flaw}", hint="Correct it, and send the prompt again.")
