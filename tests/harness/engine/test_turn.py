"""The turn loop: how it ends, whatever happens to it, and the history that it leaves."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import anyio
import pytest

from bridge.harness.engine.gates import Limits
from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import FileProblem, ModelProblem
from bridge.harness.ids import CallId
from bridge.harness.models.scripted import ScriptedCall, ScriptedStep
from bridge.harness.permissions.policy import Setting
from bridge.harness.values.events import (
    ApprovalClosed,
    ApprovalOpened,
    CallEnded,
    CallOpened,
    CallStarted,
    Event,
    ItemDone,
    Prompt,
    Proposed,
    StepEnded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import Ended, ItemReady, TextDelta
from tests.support.fakes import (
    DONE,
    ROOT,
    TURN,
    FakeModel,
    FakeTool,
    Given,
    Rig,
    Streamed,
    call_item,
    complaints,
    scripted,
    text_item,
)

pytestmark = pytest.mark.anyio


def last(rig: Rig) -> tuple[str, str]:
    """How the turn ended, by the log."""
    (end,) = rig.journal.of(TurnEnded)
    assert rig.journal.kinds[-1] == "TurnEnded"
    assert complaints(rig.transcript.items) == []
    assert rig.transcript.calls == {}
    assert rig.transcript.turn is None
    return end.stop, end.message


# How turns end.


async def test_a_turn_with_tools_goes_on_until_the_model_asks_for_none() -> None:
    look = ScriptedCall(tool="look", args={"note": "n"})
    rig = Rig(scripted(ScriptedStep(say="I look.", calls=(look,)), ScriptedStep(say="{last_output}!")), FakeTool())
    ended = await rig.turn()
    assert last(rig) == ("end_turn", "")
    assert ended.stop == "end_turn"
    assert rig.journal.kinds == [
        "Prompt",
        "StepStarted",
        "ItemDone",
        "ItemDone",
        "CallOpened",
        "StepEnded",
        "CallJudged",
        "CallEnded",
        "StepStarted",
        "ItemDone",
        "StepEnded",
        "TurnEnded",
    ]
    assert rig.transcript.items[-1]["content"][0]["text"] == "did n!"


async def test_the_words_are_in_the_log_before_the_model_is_called() -> None:
    seen: list[list[str]] = []

    class Watching(FakeModel):
        def stream(self, request: Any) -> Any:
            seen.append(list(rig.journal.kinds))
            return super().stream(request)

    rig = Rig(Watching([text_item("hi"), DONE]))
    await rig.turn()
    assert seen == [["Prompt", "StepStarted"]]


async def test_a_prompt_that_can_not_be_recorded_reaches_no_model() -> None:
    model = FakeModel()
    rig = Rig(model)
    rig.journal.refuse = lambda event: isinstance(event, Prompt)
    with pytest.raises(FileProblem):
        await rig.turn()
    assert (model.requests, rig.journal.events) == ([], [])


@pytest.mark.parametrize(
    ("answer", "stop", "message"),
    [
        ([text_item("cut"), Ended("incomplete", "length")], "max_tokens", "length"),
        ([Ended("failed", "too odd", fault="bad_request")], "failed", "too odd"),
        ([Ended("failed", "overloaded")], "failed", "overloaded"),
        ([ModelProblem("no route")], "failed", "no route"),
        ([text_item("half")], "failed", "the model's stream broke off"),
        ([], "failed", "the model's stream broke off"),
    ],
)
async def test_an_answer_that_is_not_whole_ends_the_turn(answer: Sequence[Streamed], stop: str, message: str) -> None:
    rig = Rig(FakeModel(*[answer] * 4))  # some are worth another try
    await rig.turn()
    assert last(rig) == (stop, message)


async def test_after_so_many_model_calls_the_turn_ends() -> None:
    steps = [ScriptedStep(calls=(ScriptedCall(tool="look"),))] * 9
    rig = Rig(scripted(*steps), FakeTool(), limits=Limits(steps=3))
    await rig.turn()
    assert last(rig) == ("max_turn_requests", "it has made all the model calls that it may (3)")
    assert len(rig.journal.of(StepStarted)) == 3


async def test_after_so_much_time_the_turn_ends_before_the_next_model_call() -> None:
    async def commits(given: Given) -> str:
        rig.clock.time += 61
        return "late"

    steps = [ScriptedStep(calls=(ScriptedCall(tool="look"),))] * 9
    rig = Rig(scripted(*steps), FakeTool(commits=commits), limits=Limits(seconds=120))
    await rig.turn()
    assert last(rig) == ("max_turn_requests", "the turn ran for 2 minutes, which is its limit")
    assert len(rig.journal.of(StepStarted)) == 2


async def test_text_is_heard_while_it_is_written_and_only_the_whole_of_it_is_kept() -> None:
    deltas = [TextDelta("m", 0, "he"), TextDelta("m", 2, "llo")]
    rig = Rig(FakeModel([*deltas, text_item("hello"), DONE]))
    await rig.turn()
    assert rig.deltas == deltas
    assert [event.item["content"][0]["text"] for event in rig.journal.of(ItemDone)] == ["hello"]


# What goes wrong.


@pytest.mark.parametrize("where", ["model", "pipeline"])
async def test_a_defect_ends_the_turn_as_failed_with_an_incident(where: str, caplog: pytest.LogCaptureFixture) -> None:
    model = FakeModel([call_item("look"), DONE]) if where == "pipeline" else FakeModel([RuntimeError("boom")])
    rig = Rig(model, FakeTool())
    if where == "pipeline":
        rig.journal.refuse = crash_at_call_judged
    ended = await rig.turn()
    stop, message = last(rig)
    assert (stop, ended.stop) == ("failed", "failed")
    assert "boom" not in message
    assert message.partition("(incident ")[2][:8] in caplog.text


def crash_at_call_judged(event: Event) -> bool:
    if isinstance(event, CallEnded) and event.status == "ok":
        raise RuntimeError("boom")
    return False


async def test_a_log_that_is_full_for_a_while_ends_the_turn_with_the_reason_and_valid_history() -> None:
    rig = Rig(FakeModel([call_item("look", "c1"), call_item("look", "c2"), DONE]), FakeTool())
    rig.journal.refuse = lambda event: isinstance(event, CallEnded) and event.status == "ok"
    ended = await rig.turn()
    assert ended.stop == "failed"
    assert "the disk did not take the bytes" in ended.message
    assert last(rig) == ("failed", ended.message)
    assert all("the turn failed" in output for _, output in rig.outputs)


async def test_a_log_that_stays_full_is_told_to_who_waits_and_the_turn_can_be_taken_up_again() -> None:
    rig = Rig(FakeModel([text_item("hi"), DONE], [text_item("again"), DONE]))
    rig.journal.refuse = lambda event: not isinstance(event, Prompt)
    with pytest.raises(FileProblem):
        await rig.turn()
    assert rig.journal.kinds == ["Prompt"]
    rig.journal.refuse = lambda _: False
    ended = await run_turn(rig.engine, None, lambda: False)
    assert ended.stop == "end_turn"


# What the model sends.


@pytest.mark.parametrize("second", ["c1", ""])
async def test_a_call_id_that_was_used_before_is_replaced_so_that_no_old_answer_counts(second: str) -> None:
    """Servers that number calls anew in each answer exist; an approval is found by its call."""
    again_c1 = call_item("look", "c1") if second else _without_id()
    answers: list[Sequence[Streamed]] = [[call_item("look", "c1"), DONE], [again_c1, DONE], [text_item("done"), DONE]]
    tool = FakeTool(inside=False)
    rig = Rig(FakeModel(*answers), tool)
    async with anyio.create_task_group() as group:
        group.start_soon(rig.turn)
        first = await rig.journal.until(ApprovalOpened)
        await rig.approvals.answer(first.approval.id, "allow_once")
        again = await rig.journal.until(ApprovalOpened, 2)
        assert tool.seen.count("commit a.txt") == 1
        await rig.approvals.answer(again.approval.id, "reject_once")
    assert last(rig)[0] == "end_turn"
    assert tool.seen.count("commit a.txt") == 1
    assert len({call for call, _ in rig.outputs}) == 2


def _without_id() -> ItemReady:
    return ItemReady({"type": "function_call", "name": "look", "arguments": "{}"})


async def test_two_calls_of_one_answer_with_one_id_are_two_calls() -> None:
    two = [call_item("look", "c1", note=note) for note in ("one", "two")]
    rig = Rig(FakeModel([*two, DONE], [text_item("x"), DONE]), FakeTool())
    await rig.turn()
    assert last(rig)[0] == "end_turn"
    assert len(rig.outputs) == 2


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("{", "not JSON"),
        ('{"note": NaN}', "not JSON"),
        ('{"note": 1e999}', "not JSON"),
        ('{"note": "\\ud800"}', "not JSON"),
        ('{"note": ' + "9" * 5000 + "}", "not JSON"),
        ("[" * 5000, "not JSON"),
        ('{"note": ' + "[" * 300 + "]" * 300 + "}", "nested too deeply"),
        ("[1]", "not an object"),
        ("null", "not an object"),
    ],
    ids=lambda raw: raw[:20],
)
async def test_arguments_that_are_no_json_object_are_told_to_the_model(raw: str, words: str) -> None:
    broken = ItemReady({**call_item("look").item, "arguments": raw})
    rig = Rig(FakeModel([broken, DONE], [text_item("sorry"), DONE]), FakeTool())
    await rig.turn()
    assert last(rig)[0] == "end_turn"
    ((_, output),) = rig.outputs
    assert words in output


async def test_the_prefix_of_a_request_never_changes_and_history_only_grows() -> None:
    answers: list[Sequence[Streamed]] = [[call_item("look"), call_item("look"), DONE] for _ in range(4)]
    model = FakeModel(*answers, [text_item("done"), DONE])
    rig = Rig(model, FakeTool("look"), FakeTool("act"))
    await rig.turn()
    as_sent = [json.dumps([request.instructions, request.tools]) for request in model.requests]
    assert len(as_sent) == 5
    assert len(set(as_sent)) == 1
    for before, after in zip(model.requests, model.requests[1:], strict=False):
        assert json.dumps(after.items).startswith(json.dumps(before.items)[:-1])
        assert complaints(after.items) == []


# Interruption and suspension.

ACT = FakeTool("act", "edit", safe=False, edits=True)


async def _hold(given: Given) -> str:
    await anyio.sleep_forever()
    raise AssertionError


async def shown(rig: Rig) -> None:
    await rig.journal.until(Proposed, 2)


async def asked(rig: Rig) -> None:
    await rig.journal.until(ApprovalOpened)


async def blocked(rig: Rig) -> None:
    await rig.journal.until(StepStarted)
    await anyio.wait_all_tasks_blocked()


SITUATIONS: dict[str, Callable[[], Rig]] = {
    "model stream": lambda: Rig(
        FakeModel([TextDelta("m", 0, "h"), call_item("look"), "hold"]), FakeTool(commits=_hold)
    ),
    "safe tools": lambda: Rig(FakeModel([call_item("look"), call_item("look"), DONE]), FakeTool(commits=_hold)),
    "tool with an effect": lambda: Rig(
        FakeModel([call_item("act"), call_item("act"), DONE]),
        FakeTool("act", "edit", safe=False, commits=_hold),
        setting=Setting(ROOT, "bypass"),
    ),
    "preparation": lambda: Rig(FakeModel([call_item("look"), DONE]), FakeTool(prepares=_hold)),
    "question": lambda: Rig(FakeModel([call_item("look"), call_item("look"), DONE]), FakeTool(inside=False)),
    "review": lambda: Rig(FakeModel([call_item("act", note="one"), call_item("act", note="two"), DONE]), ACT),
}


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_an_interrupted_turn_ends_as_cancelled_at_once_with_valid_history(situation: str) -> None:
    rig = SITUATIONS[situation]()
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: True)
        await blocked(rig)
        with anyio.fail_after(0.5):
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await rig.journal.until(TurnEnded)
    assert last(rig) == ("cancelled", "")
    assert all(output.startswith("Cancelled by the user.") for _, output in rig.outputs)
    assert rig.approvals.pending() == ()
    assert rig.review.open == []
    assert [event.state for event in rig.journal.of(ApprovalClosed)] == ["cancelled"] * len(
        rig.journal.of(ApprovalOpened)
    )


async def test_an_interrupted_call_that_had_begun_is_said_to_have_begun() -> None:
    rig = SITUATIONS["tool with an effect"]()
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: True)
        await rig.journal.until(CallStarted)
        group.cancel_scope.cancel()
    (_, first), (_, second) = rig.outputs
    assert "It had begun" in first
    assert "It had begun" not in second


class Stopper:
    """Cancels as soon as the last model call is over: the next thing that waits is the turn's end."""

    def __init__(self, scope: anyio.CancelScope) -> None:
        self._scope = scope

    def fold(self, event: Event) -> None:
        if isinstance(event, StepEnded):
            self._scope.cancel()


async def test_an_interruption_in_the_last_moment_leaves_no_open_turn() -> None:
    """Cancelled while the end is being written down: without it the session would be busy for ever."""
    rig = Rig(FakeModel([text_item("done"), DONE]))
    async with anyio.create_task_group() as group:
        rig.journal.owners.append(Stopper(group.cancel_scope))
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: True)
    assert last(rig) == ("end_turn", "")


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_a_suspended_turn_writes_nothing(situation: str) -> None:
    rig = SITUATIONS[situation]()
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: False)
        await blocked(rig)
        before = list(rig.journal.events)
        group.cancel_scope.cancel()
    assert rig.journal.events == before
    assert rig.transcript.turn == TURN


async def suspended(rig: Rig, until: Callable[[Rig], Any]) -> list[Event]:
    """The log of a turn that was stopped in the middle."""
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, Prompt(TURN, "go"), lambda: False)
        await until(rig)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    return list(rig.journal.events)


async def test_a_resumed_turn_asks_the_same_question_under_the_same_id_once() -> None:
    tool = FakeTool(inside=False)
    events = await suspended(Rig(FakeModel([call_item("look"), DONE]), tool), asked)
    rig = Rig(FakeModel([text_item("done"), DONE]), tool, events=events)
    (known,) = rig.approvals.pending()
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, None, lambda: False)
        await anyio.wait_all_tasks_blocked()
        assert [one.id for one in rig.approvals.pending()] == [known.id]
        await rig.approvals.answer(known.id, "allow_once")
    assert last(rig)[0] == "end_turn"
    assert len(rig.journal.of(ApprovalOpened)) == 1
    assert tool.seen.count("commit a.txt") == 1


async def test_an_answer_given_just_before_the_end_counts_after_it_and_only_once() -> None:
    tool = FakeTool(inside=False)
    before = Rig(FakeModel([call_item("look"), DONE]), tool)
    events = await suspended(before, asked)
    (known,) = before.approvals.pending()
    answered = Rig(None, events=events)
    await answered.approvals.answer(known.id, "allow_once")
    rig = Rig(FakeModel([text_item("done"), DONE]), tool, events=answered.journal.events)
    await run_turn(rig.engine, None, lambda: False)
    assert last(rig)[0] == "end_turn"
    assert tool.seen.count("commit a.txt") == 1


async def test_a_resumed_turn_keeps_the_hunks_that_were_shown() -> None:
    events = await suspended(SITUATIONS["review"](), shown)
    rig = Rig(FakeModel([text_item("done"), DONE]), ACT, events=events)
    async with anyio.create_task_group() as group:
        group.start_soon(run_turn, rig.engine, None, lambda: False)
        await anyio.wait_all_tasks_blocked()
        assert rig.review.open == ["act one", "act two"]
        rig.review.decide("act two", "rejected")
        rig.review.decide("act one")
    assert last(rig)[0] == "end_turn"
    assert len(rig.journal.of(Proposed)) == 2


async def test_a_call_that_had_begun_when_the_bridge_stopped_is_unknown_and_never_repeated() -> None:
    tool = FakeTool("act", "edit", safe=False)
    item = call_item("act", "c1").item
    opened = CallOpened(TURN, CallId("c1"), "act", "edit", "act", {})
    events = [Prompt(TURN, "go"), ItemDone(TURN, 1, item), opened, CallStarted(CallId("c1"))]
    rig = Rig(FakeModel([text_item("I look."), DONE]), tool, setting=Setting(ROOT, "bypass"), events=events)
    await run_turn(rig.engine, None, lambda: False)
    assert last(rig)[0] == "end_turn"
    assert tool.seen == []
    assert [event.status for event in rig.journal.of(CallEnded)] == ["unknown"]


async def test_there_is_nothing_to_take_up_where_no_turn_is_open() -> None:
    with pytest.raises(ValueError, match="no open turn"):
        await run_turn(Rig().engine, None, lambda: False)
