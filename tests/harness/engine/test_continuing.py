"""A turn taken up after the bridge has stopped: in the background the very answer that was under way."""

from collections.abc import Callable, Sequence

import anyio
import pytest

from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import ModelProblem
from bridge.harness.values.events import Event, ItemDone, Prompt, ResponseBegun, Retried, StepEnded, StepStarted
from bridge.harness.values.model import Begun, Ended, ItemReady, OutputSchema, Resume
from tests.support.fakes import DONE, TURN, FakeModel, FakeTool, Given, Rig, Streamed, call_item, complaints, text_item

pytestmark = pytest.mark.anyio


GO = Prompt(TURN, "go")


async def stopped(rig: Rig, at: Callable[[Rig], bool], prompt: Prompt = GO) -> list[Event]:
    """The log of a turn whose bridge was stopped when `at` was so, and nothing could go on."""
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, prompt, lambda: False)
        with anyio.fail_after(5):
            while not at(rig):
                await anyio.lowlevel.checkpoint()
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    return list(rig.journal.events)


async def on(rig: Rig) -> None:
    with anyio.fail_after(5):
        await run_turn(rig.engine, None, lambda: False)
    assert complaints(rig.transcript.items) == []


def sequenced(ready: ItemReady, number: int) -> ItemReady:
    return ItemReady(ready.item, number)


async def background(*more: ItemReady, prompt: Prompt = GO) -> list[Event]:
    """A background answer of which some items had come."""
    answer: list[Streamed] = [Begun("r1"), *more, "hold"]
    rig = Rig(FakeModel(answer), FakeTool())
    return await stopped(
        rig, lambda rig: len(rig.journal.of(ItemDone)) == len(more) and rig.transcript.step == 1, prompt
    )


async def test_an_answer_that_goes_on_in_the_background_is_taken_up_where_it_was() -> None:
    events = await background(sequenced(text_item("one"), 4))
    rest: list[Streamed] = [sequenced(text_item("two"), 9), Ended("completed", response="r1")]
    model = FakeModel(rest)
    rig = Rig(model, events=events)
    await on(rig)
    assert [request.resume for request in model.requests] == [Resume("r1", 4)]
    assert [event.item["content"][0]["text"] for event in rig.journal.of(ItemDone)] == ["one", "two"]
    assert len(rig.journal.of(StepStarted)) == len(rig.journal.of(ResponseBegun)) == len(rig.journal.of(StepEnded)) == 1
    assert rig.transcript.continuation is not None


async def test_the_last_words_of_an_answer_may_have_come_before_the_restart() -> None:
    schema = OutputSchema("n", {"type": "object", "required": ["n"]})
    events = await background(sequenced(text_item('{"n": 1}'), 4), prompt=Prompt(TURN, "go", schema=schema))
    model = FakeModel([Ended("completed", response="r1")])
    rig = Rig(model, events=events)
    await on(rig)
    assert len(model.requests) == 1, "what was said has the form that was asked for: nothing is asked again"


async def test_items_that_come_a_second_time_are_in_the_history_once_and_their_calls_run_once() -> None:
    ran: list[str] = []

    async def commits(given: Given) -> str:
        ran.append(given.note)
        return "done"

    call, text = sequenced(call_item("look", "c1", note="1"), 3), sequenced(text_item("two"), 8)
    before = Rig(FakeModel([Begun("r1"), call, "hold"]), FakeTool(commits=commits))
    events = await stopped(before, lambda rig: bool(rig.outputs) or bool(ran))
    model = FakeModel([Begun("r1"), call, text, DONE], [text_item("bye"), DONE])
    rig = Rig(model, FakeTool(commits=commits), events=events)
    await on(rig)
    assert ran == ["1"]
    assert rig.outputs == [("c1", "done")]
    assert [request.resume for request in model.requests] == [Resume("r1", 3), None]
    assert len(rig.journal.of(ResponseBegun)) == 1


@pytest.mark.parametrize("fault", ["forgotten", "gone"])
async def test_an_answer_that_the_service_does_not_have_any_more_is_asked_for_anew(fault: str) -> None:
    events = await background(sequenced(text_item("one"), 4))
    lost = ModelProblem("no such response", fault="gone" if fault == "gone" else "forgotten")
    model = FakeModel([lost], [text_item("again"), DONE])
    rig = Rig(model, events=events)
    await on(rig)
    assert [request.resume for request in model.requests] == [Resume("r1", 4), None]
    assert [event.fault for event in rig.journal.of(Retried)] == ["forgotten"]
    assert [event.step for event in rig.journal.of(StepStarted)] == [1, 2]


async def test_an_answer_that_ended_with_the_bridge_is_closed_and_asked_for_anew() -> None:
    before = Rig(FakeModel([text_item("one"), "hold"]))
    events = await stopped(before, lambda rig: bool(rig.journal.of(ItemDone)))
    model = FakeModel([text_item("two"), DONE])
    rig = Rig(model, events=events)
    await on(rig)
    cut, whole = rig.journal.of(StepEnded)
    assert (cut.status, cut.fault, cut.message) == ("failed", "broken", "the bridge stopped while the model answered")
    assert cut.spent is not None, "what it has cost is not known, and not nothing"
    assert cut.spent.usage is None
    assert whole.status == "completed"
    assert [request.resume for request in model.requests] == [None]


async def test_calls_of_an_answer_that_ended_with_the_bridge_go_on() -> None:
    """The model has asked for them in full, and a person may have been asked already."""
    tool = FakeTool(inside=False)
    before = Rig(FakeModel([call_item("look", "c1"), "hold"]), tool)
    events = await stopped(before, lambda rig: bool(rig.approvals.pending()))
    rig = Rig(FakeModel([text_item("bye"), DONE]), tool, events=events)
    async with anyio.create_task_group() as group:
        group.start_soon(on, rig)
        await anyio.wait_all_tasks_blocked()
        (asked,) = rig.approvals.pending()
        await rig.approvals.answer(asked.id, "allow_once")
    assert tool.seen.count("commit a.txt") == 1
    assert rig.outputs == [("c1", "did a.txt")]


@pytest.mark.parametrize("items", [0, 1, 3])
async def test_the_history_after_taking_up_is_that_of_an_answer_that_was_never_cut(items: int) -> None:
    came = [sequenced(text_item("one"), 2), sequenced(call_item("look", "c1"), 5), sequenced(text_item("two"), 7)]
    bye: Sequence[ItemReady | Ended] = [text_item("bye"), DONE]
    whole = Rig(FakeModel([Begun("r1"), *came, DONE], bye), FakeTool())
    await whole.turn()
    events = await background(*came[:items])
    rig = Rig(FakeModel([*came[items:], DONE], bye), FakeTool(), events=events)
    await on(rig)
    assert rig.transcript.items == whole.transcript.items


async def test_a_call_of_a_tool_of_the_service_has_its_no_although_the_bridge_was_killed_in_between() -> None:
    answer: list[Streamed] = [ItemReady({"type": "shell_call", "call_id": "c1"}), "hold"]
    killed = Rig(FakeModel(answer))
    events = await stopped(killed, lambda rig: len(rig.journal.of(ItemDone)) == 1)
    model = FakeModel([text_item("done"), DONE])
    rig = Rig(model, events=events)
    await on(rig)
    assert [item["type"] for item in model.requests[0].items[1:3]] == ["shell_call", "shell_call_output"]
