"""One model call: stream it, record its items, and run the tool calls that it asks for while it goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import anyio

from bridge.harness.cost.books import Books, Call
from bridge.harness.engine.answer import Answer
from bridge.harness.engine.calls import read_call, with_own_id
from bridge.harness.engine.hosted import Unanswered
from bridge.harness.engine.recover import TIME, Failure
from bridge.harness.engine.request import Asking
from bridge.harness.engine.streams import closing
from bridge.harness.errors import CATALOGUE, ModelFault, ModelProblem
from bridge.harness.execution.pipeline import Pipeline
from bridge.harness.execution.schedule import Schedule
from bridge.harness.ids import TurnId
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.journal import Journal
from bridge.harness.session.transcript import OUTPUTS, Transcript
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import (
    CallEnded,
    CallOpened,
    FeatureLowered,
    ItemDone,
    Note,
    ResponseBegun,
    StepEnded,
    StepStarted,
)
from bridge.harness.values.model import (
    Begun,
    Ended,
    Item,
    ItemReady,
    Lowered,
    ReasoningDelta,
    TextDelta,
)
from bridge.harness.values.usage import Spent

Live = Callable[[TextDelta | ReasoningDelta], None]
"""Told of text while it is written. Not durable: the finished item is."""

TIME_OVER = Ended("incomplete", "the turn's time was over while the model still answered", reason=TIME)
BROKE_OFF = "the model's stream broke off"
NOT_RUN = "Not run: the model's answer broke off."


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a model call; the tool calls that it made are over.

    `failure` is None where the answer is whole. `called`: it asked for tools, here or before the bridge was stopped;
    `sound` says of each call here whether it meant something. `text` is the last message, `refusal` what it says where
    it is nothing but a refusal; `partial`: a message broke off.
    """

    failure: Failure | None
    called: bool
    sound: tuple[bool, ...]
    text: str = ""
    refusal: str = ""
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """What steps are made with, all of one session."""

    transcript: Transcript
    journal: Journal
    registry: Registry
    pipeline: Pipeline
    books: Books
    clock: Clock
    live: Live


class Stepper:
    """Makes model calls for one session."""

    def __init__(self, parts: Parts) -> None:
        """No call yet."""
        self._parts = parts
        self._answer: Answer | None = None

    async def run(self, turn: TurnId, asking: Asking, room: float) -> Step:
        """One call; its answer may take `room` seconds, its tool calls as long as they need.

        Where the stream breaks, tool calls that have begun run to their end, and no other ever runs.
        """
        answer = self._answer = Answer(turn, asking, self._parts.clock.monotonic())
        if asking.request.resume is None:
            await self._parts.journal.append(StepStarted(turn, asking.number, asking.sha, asking.model.name))
        answer.take_up(self._parts.transcript.items[len(asking.request.items) :])
        async with anyio.create_task_group() as group:
            calls = Schedule(self._parts.pipeline, group)
            end, failure = TIME_OVER, _failure(TIME_OVER)
            with anyio.move_on_after(room):
                end, failure = await self._stream(answer, calls)
            dropped = (
                calls.drop() if failure is not None else ()
            )  # before anything is waited for: none begins meanwhile
            refused = self._refusals()
            partial = await self._end(turn, end, refused)
            await self._drop(dropped)
        said = self._parts.transcript.items[len(asking.request.items) :]
        called = any(item.get("type") in OUTPUTS for item in said) or bool(refused)
        return Step(failure, called, tuple(answer.sound), answer.text, answer.refusal, partial)

    async def break_off(self, turn: TurnId, why: str) -> None:
        """End the step that was under way when its turn was stopped; what had come of a message is kept, and marked."""
        if self._parts.transcript.open_step is None:
            return
        if await self._end(turn, Ended("failed", why, fault="broken"), self._refusals()):
            await self._parts.journal.append(Note(f"Your last message was not finished. {why}."))

    async def _stream(self, answer: Answer, calls: Schedule) -> tuple[Ended, Failure | None]:
        """Record what comes, and start its calls; how the stream ended, and why that is no whole answer."""
        end = Ended("failed", BROKE_OFF, fault="broken")
        asking, live = answer.asking, self._parts.live
        try:
            async with closing(asking.model.stream(asking.request)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        answer.piece(event)
                        live(event)
                    elif isinstance(event, ReasoningDelta):
                        answer.heard = True
                        live(event)
                    elif isinstance(event, Ended):
                        end = event
                    else:
                        await self._take_in(answer, calls, event)
        except ModelProblem as problem:
            answer.heard |= problem.begun
            fault: ModelFault = "forgotten" if asking.request.resume and problem.fault == "gone" else problem.fault
            hint = "" if problem.hint == CATALOGUE["model_failed"] else problem.hint
            failure = Failure(str(problem), fault, "", problem.retry_after, hint)
            return Ended("failed", str(problem), fault=fault), failure
        return end, _failure(end)

    async def _take_in(self, answer: Answer, calls: Schedule, event: Begun | ItemReady | Lowered) -> None:
        answer.heard = True
        turn, number, model = answer.turn, answer.asking.number, answer.asking.model.name
        match event:
            case ItemReady():
                await self._record(answer, calls, event)
            case Begun(id=response) if answer.asking.request.resume is None:
                await self._parts.journal.append(ResponseBegun(turn, number, response))
            case Lowered(feature=feature, why=why) if (model, feature) not in self._parts.transcript.lowered:
                await self._parts.journal.append(FeatureLowered(model, feature, why))

    async def _record(self, answer: Answer, calls: Schedule, ready: ItemReady) -> None:
        item, resume = ready.item, answer.asking.request.resume
        turn, number = answer.turn, answer.asking.number
        if answer.again(item) or (resume is not None and 0 <= ready.sequence <= resume.after):
            return  # it is in the log already
        if item.get("type") == "message":
            answer.message(item)
        if item.get("type") not in OUTPUTS:
            await self._parts.journal.append(ItemDone(turn, number, item, ready.sequence))
        elif item.get("status") != "incomplete":  # a call that is cut off is none
            own = with_own_id(item, self._parts.transcript.known)
            answer.ours |= own is not item
            opened, sound = read_call(own, turn, self._parts.registry)
            answer.sound.append(sound)
            await self._parts.journal.append(ItemDone(turn, number, own, ready.sequence), opened)
            calls.add(opened)

    def _refusals(self) -> list[Item]:
        """The outputs that the answer's calls of the service's own tools lack; also where a restart lies in between."""
        step, unanswered = self._parts.transcript.open_step, Unanswered()
        for item in self._parts.transcript.items[step.count :] if step is not None else ():
            unanswered.take_in(item)
        return unanswered.refusals()

    async def _end(self, turn: TurnId, end: Ended, refusals: Sequence[Item]) -> bool:
        """Record the end and its bill; whether there was a message that broke off."""
        answer, self._answer = self._answer, None
        number = self._parts.transcript.step
        partial = [ItemDone(turn, number, item) for item in answer.unfinished()] if answer else []
        refused = [ItemDone(turn, number, item) for item in refusals]
        # With an id of ours the service would not know the call that an output is for.
        response = "" if answer is None or answer.ours or refused else end.response
        spent = self._bill(answer, end)
        ended = StepEnded(turn, number, end.status, end.message, end.reason, end.fault, response, spent)
        with anyio.CancelScope(shield=True):  # what it has cost stands, however soon the turn is stopped
            await self._parts.journal.append(*partial, *refused, ended)
            if (warned := self._parts.books.warning(turn)) is not None:
                await self._parts.journal.append(warned)
        return bool(partial)

    def _bill(self, answer: Answer | None, end: Ended) -> Spent | None:
        """None where the service has not taken the call on; what it used without telling is unknown, not nothing."""
        if answer is None:  # the bridge stopped while the call was under way
            return self._parts.books.bill(Call(self._parts.transcript.model, None))
        if end.status == "failed" and end.usage is None and not answer.heard:
            return None
        asking, seconds = answer.asking, self._parts.clock.monotonic() - answer.began
        model, tier = end.model or asking.model.name, end.tier or asking.tier
        return self._parts.books.bill(Call(model, end.usage, tier, seconds, parts=asking.parts))

    async def _drop(self, calls: tuple[CallOpened, ...]) -> None:
        """Part of a broken or cut answer: never run, and said so."""
        for opened in calls:
            await self._parts.journal.append(CallEnded(opened.call, "cancelled", NOT_RUN))


def _failure(end: Ended) -> Failure | None:
    if end.status == "completed":
        return None
    if end.status == "incomplete":
        return Failure(end.message, None, end.reason)
    return Failure(end.message or "the service reported a failure", end.fault or "server")
