"""Whatever a model streams and whatever becomes of its calls: the history is valid, and only grows."""

from collections.abc import Sequence
from typing import Any

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import ModelProblem
from bridge.harness.permissions.policy import Setting
from bridge.harness.values.events import CallEnded, CallOpened, CallStarted, Compacted, ItemDone, Prompt, TurnEnded
from bridge.harness.values.model import Ended, ItemReady, Lowered, ReasoningDelta, TextDelta
from tests.support.fakes import DONE, ROOT, TURN, FakeModel, FakeTool, Given, Rig, Streamed, complaints

IDS = st.sampled_from(["a", "b", "c", "d", ""])


def call(name: str, known: str, arguments: str, status: str) -> ItemReady:
    return ItemReady(
        {"type": "function_call", "call_id": known, "name": name, "arguments": arguments, "status": status}
    )


def message(known: str, text: str) -> ItemReady:
    content = [{"type": "output_text", "text": text}]
    return ItemReady({"type": "message", "id": known, "role": "assistant", "content": content})


CALLS = st.builds(
    call,
    st.sampled_from(["look", "act", "edit", "nothing"]),
    IDS,
    st.sampled_from(["{}", '{"note": "ok"}', '{"note": "bad"}', '{"note": "slow"}', "{", "[]", '{"x": 1}']),
    st.sampled_from(["completed", "completed", "completed", "incomplete"]),
)
EVENTS = st.one_of(
    CALLS,
    CALLS,
    st.builds(message, IDS, st.text(max_size=5)),
    st.builds(TextDelta, IDS, st.just(0), st.text(min_size=1, max_size=5)),
    st.builds(ReasoningDelta, IDS, st.just(0), st.text(max_size=5)),
    st.just(ItemReady({"type": "reasoning", "summary": []})),
    st.just(ItemReady({"type": "web_search_call", "id": "w"})),
    st.just(ItemReady({})),
    st.just(Lowered("x", "y")),
)
ENDS: st.SearchStrategy[Sequence[Streamed]] = st.sampled_from(
    [
        (DONE,),
        (DONE,),
        (Ended("completed", response="r"),),
        (Ended("incomplete", reason="max_output_tokens"),),
        (Ended("failed", "no", fault="server"),),
        (ModelProblem("no", fault="broken"),),
        (ModelProblem("no", fault="rate_limited"),),
        (ModelProblem("no", fault="context_too_long"),),
        (ModelProblem("no", fault="forgotten"),),
        (ModelProblem("no", fault="auth"),),
        (ValueError("a defect"),),
        (),
    ]
)
ANSWERS = st.lists(st.tuples(st.lists(EVENTS, max_size=6), ENDS).map(lambda two: [*two[0], *two[1]]), max_size=8)


async def behaves(given: Given) -> str:
    if given.note == "bad":
        raise ValueError(given.note)
    if given.note == "slow":
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
    return "done"


BYE: Sequence[Streamed] = [message("z", "bye"), DONE]


def rig_for(answers: Sequence[Sequence[Any]], model: FakeModel | None = None) -> tuple[Rig, FakeModel]:
    played = model or FakeModel(*answers, *[BYE] * 9)
    tools = (
        FakeTool("look", commits=behaves),
        FakeTool("act", "edit", safe=False, commits=behaves),
        FakeTool("edit", "edit", safe=False, edits=True),
    )
    return Rig(played, *tools, setting=Setting(ROOT, "bypass", trusted=True)), played


def check(rig: Rig, model: FakeModel) -> None:
    """What must hold of a turn that is over."""
    assert complaints(rig.transcript.items) == []
    assert (rig.transcript.turn, rig.transcript.open_step) == (None, None)
    compacted = bool(rig.journal.of(Compacted))
    for before, after in zip(model.requests, model.requests[1:], strict=False):
        assert complaints(after.items) == []
        assert compacted or after.items[: len(before.items)] == before.items
        assert after.continues is None or after.continues.count <= len(after.items)
    opened = [event.call for event in rig.journal.of(CallOpened)]
    ended = [event.call for event in rig.journal.of(CallEnded)]
    started = [event.call for event in rig.journal.of(CallStarted)]
    assert len(set(opened)) == len(opened)
    assert sorted(ended) == sorted(opened)
    assert len(set(started)) == len(started), "nothing is run twice"
    assert len(rig.journal.of(TurnEnded)) == 1


@settings(max_examples=150, deadline=None)
@given(ANSWERS)
def test_any_stream_leaves_a_history_that_a_service_takes(answers: list[list[Any]]) -> None:
    rig, model = rig_for(answers)
    anyio.run(rig.turn)
    check(rig, model)


@settings(max_examples=150, deadline=None)
@given(ANSWERS, st.integers(0, 60), st.booleans())
def test_any_moment_of_stopping_leaves_one_too(answers: list[list[Any]], moment: int, person: bool) -> None:
    """The person stops the turn, or the bridge stops and another one takes it up."""
    rig, model = rig_for(answers)

    async def stop() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: person)
            for _ in range(moment):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

    anyio.run(stop)
    if rig.transcript.turn is None:
        if rig.journal.of(Prompt):
            check(rig, model)
        return
    assert not person
    first = list(rig.journal.events)
    again, played = rig_for((), FakeModel(*[BYE] * 9))
    for record in rig.journal.records:
        again.journal.records.append(record)
        for owner in again.journal.owners:
            owner.fold(record.event)

    async def go_on() -> None:
        with anyio.fail_after(5):
            for title in again.review.open:
                again.review.decide(title)
            await run_turn(again.engine, None, lambda: False)

    anyio.run(go_on)
    check(again, played)
    assert again.journal.events[: len(first)] == first
    assert [event for event in again.journal.of(ItemDone) if event in first] == rig.journal.of(ItemDone)
