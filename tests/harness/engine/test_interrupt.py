"""Stopped in every state: a terminal event within half a second, and a history that a service takes."""

from collections.abc import AsyncIterator, Callable, Sequence

import anyio
import pytest

from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import ModelProblem
from bridge.harness.values.events import (
    CallEnded,
    ItemDone,
    Prompt,
    Recorded,
    Retried,
    StepEnded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import ModelEvent, ModelRequest, ServiceCompaction, TextDelta
from tests.support.fakes import DONE, TURN, FakeModel, FakeTool, Given, Rig, Streamed, call_item, complaints, text_item

pytestmark = pytest.mark.anyio


class Stubborn(FakeModel):
    """Its connection takes for ever to close, whoever asks."""

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        try:
            async for event in super().stream(request):
                yield event
        finally:
            await anyio.sleep_forever()


class Compacting(FakeModel):
    """The service is at its own compaction for ever."""

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        await anyio.sleep_forever()
        return None


async def interrupted(rig: Rig, when: Callable[[], object]) -> None:
    """The person stops the turn when `when` is true and nothing else can happen."""
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: True)
        with anyio.fail_after(5):
            while not when():
                await anyio.lowlevel.checkpoint()
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(0.5):
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await rig.journal.until(TurnEnded)
    assert [event.stop for event in rig.journal.of(TurnEnded)] == ["cancelled"]
    assert rig.journal.kinds[-1] == "TurnEnded"
    assert complaints(rig.transcript.items) == []
    assert rig.transcript.open_step is None


async def test_in_a_stream_what_had_come_of_a_message_is_kept_and_marked() -> None:
    rig = Rig(FakeModel([TextDelta("m", 0, "half a "), TextDelta("m", 7, "word"), "hold"]))
    await interrupted(rig, lambda: len(rig.deltas) == 2)
    (kept,) = rig.journal.of(ItemDone)
    assert (kept.item["status"], kept.item["content"][0]["text"]) == ("incomplete", "half a word")
    (ended,) = rig.journal.of(StepEnded)
    assert (ended.status, ended.message) == ("failed", "Cancelled by the user")
    *_, message, note = rig.transcript.items
    assert message == kept.item
    assert note["content"][0]["text"] == "Your last message was not finished. Cancelled by the user."


async def test_a_connection_that_does_not_close_holds_nobody_up() -> None:
    rig = Rig(Stubborn([TextDelta("m", 0, "x"), call_item("look"), "hold"]), FakeTool())
    rig.journal.owners.append(Slow())
    await interrupted(rig, lambda: rig.deltas)


class Slow:
    """Nothing; it stands where an owner of state would."""

    def fold(self, event: object) -> None:
        """Take in one event."""


async def test_in_the_middle_of_a_write_the_stream_is_closed_and_the_turn_ends() -> None:
    """The turn is stopped while an item is being recorded, not while the service is waited for."""
    closed = anyio.Event()

    class Closing(FakeModel):
        async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
            try:
                async for event in super().stream(request):
                    yield event
            finally:
                closed.set()

    rig = Rig(Closing([text_item("one"), text_item("two"), DONE]))
    writing = anyio.Event()
    append = rig.journal.append

    class Stuck:
        async def append(self, *events: object) -> tuple[Recorded, ...]:
            if any(isinstance(event, ItemDone) for event in events):
                writing.set()
                await anyio.sleep_forever()
            return await append(*events)  # type: ignore[arg-type]

    rig.journal.append = Stuck().append  # type: ignore[method-assign]
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: True)
        await writing.wait()
        with anyio.fail_after(0.5):
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await closed.wait()
                await rig.journal.until(TurnEnded)


async def test_in_the_wait_before_another_try() -> None:
    rig = Rig(FakeModel([ModelProblem("busy", fault="rate_limited", retry_after=30.0)]))
    rig.clock.hold = True
    await interrupted(rig, lambda: rig.clock.slept)
    assert len(rig.journal.of(Retried)) == 1


async def test_in_a_compaction() -> None:
    async def commits(given: Given) -> str:
        return "x" * 30_000

    calls: list[Sequence[Streamed]] = [[call_item("look", note=f"{number}"), DONE] for number in range(8)]
    model = Compacting(*calls, [ModelProblem("too long", fault="context_too_long")])
    rig = Rig(model, FakeTool(commits=commits))
    await interrupted(rig, lambda: len(model.requests) == 9)
    assert "Compacted" not in rig.journal.kinds


async def test_in_a_tool_while_the_model_still_streams() -> None:
    async def hangs(given: Given) -> str:
        await anyio.sleep_forever()
        return ""

    rig = Rig(FakeModel([call_item("look", "c1"), call_item("look", "c2"), "hold"]), FakeTool(commits=hangs))
    await interrupted(rig, lambda: len(rig.transcript.calls) == 2)
    assert [event.status for event in rig.journal.of(CallEnded)] == ["cancelled"] * 2
    assert rig.journal.kinds.index("StepEnded") < rig.journal.kinds.index("CallEnded")


async def test_the_next_turn_goes_on_from_there() -> None:
    model = FakeModel([TextDelta("m", 0, "half"), call_item("look", "c1"), "hold"], [text_item("whole"), DONE])
    rig = Rig(model, FakeTool(inside=False))
    await interrupted(rig, rig.approvals.pending)
    ended = await rig.turn("again")
    assert ended.stop == "end_turn"
    assert complaints(model.requests[1].items) == []
    assert len(rig.journal.of(StepStarted)) == 2
