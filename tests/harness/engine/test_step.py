"""One model call: what is recorded of it, and the tool calls that run while it streams."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

import anyio
import pytest

from bridge.harness.cost.books import Caps
from bridge.harness.engine.gates import Limits
from bridge.harness.engine.hosted import NO
from bridge.harness.engine.request import Options
from bridge.harness.engine.step import NOT_RUN
from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import ModelProblem
from bridge.harness.execution.schedule import TOGETHER
from bridge.harness.permissions.policy import Setting
from bridge.harness.values.events import (
    ApprovalOpened,
    CallEnded,
    CallOpened,
    FeatureLowered,
    ItemDone,
    Prompt,
    StepEnded,
    TurnEnded,
)
from bridge.harness.values.model import (
    Ended,
    Item,
    ItemReady,
    Lowered,
    ModelEvent,
    ModelRequest,
    ReasoningDelta,
    TextDelta,
)
from bridge.harness.values.usage import Price, Usage
from tests.support.fakes import (
    DONE,
    ROOT,
    TURN,
    FakeModel,
    FakeTool,
    Given,
    Rig,
    Streamed,
    World,
    call_item,
    complaints,
    text_item,
)

pytestmark = pytest.mark.anyio
ALLOWED = Setting(ROOT, "bypass", trusted=True)
BYE: Sequence[Streamed] = [text_item("bye"), DONE]


class Held:
    """A tool's commit that waits until it is let go."""

    def __init__(self) -> None:
        self.begun = anyio.Event()
        self.go = anyio.Event()
        self.running = 0
        self.most = 0

    async def __call__(self, given: Given) -> str:
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.set()
        await self.go.wait()
        self.running -= 1
        return f"did {given.note}"


def ended(rig: Rig) -> str:
    (end,) = rig.journal.of(TurnEnded)
    assert complaints(rig.transcript.items) == []
    return str(end.stop)


# Calls while the model streams.


async def test_a_call_runs_while_the_model_still_streams() -> None:
    held = Held()
    held.go.set()
    model = FakeModel([call_item("look", "c1", note="1"), held.begun.wait, text_item("and"), DONE], BYE)
    rig = Rig(model, FakeTool(commits=held))
    await rig.turn()
    kinds = rig.journal.kinds
    assert kinds.index("CallEnded") < kinds.index("StepEnded")
    roles = [item.get("role") or item["type"] for item in model.requests[1].items]
    assert roles == ["user", "function_call", "assistant", "function_call_output"], "the answer's own items together"
    assert ended(rig) == "end_turn"


async def test_a_question_is_asked_while_the_model_still_streams() -> None:
    asked = anyio.Event()
    model = FakeModel([call_item("look"), asked.wait, DONE], BYE)
    rig = Rig(model, FakeTool(inside=False))
    async with anyio.create_task_group() as group:
        group.start_soon(rig.turn)
        question = await rig.journal.until(ApprovalOpened)
        assert rig.journal.of(StepEnded) == []
        asked.set()
        await rig.journal.until(StepEnded)
        await rig.approvals.answer(question.approval.id, "allow_once")
    assert ended(rig) == "end_turn"


async def test_a_note_and_words_of_others_come_after_the_answer_and_its_outputs() -> None:
    held = Held()

    async def steer() -> None:
        await held.begun.wait()
        await rig.steering.say(TURN, "also this", None)

    model = FakeModel([call_item("look", "c1"), steer, text_item("and"), held_go(held), DONE], BYE)
    rig = Rig(model, FakeTool(commits=held))
    await rig.turn()
    roles = [item.get("role") or item["type"] for item in model.requests[1].items]
    assert roles == ["user", "function_call", "assistant", "function_call_output", "user"]


def held_go(held: Held) -> Streamed:
    async def go() -> None:
        held.go.set()

    return go


@pytest.mark.parametrize(
    "end",
    [Ended("incomplete", reason="content_filter"), Ended("failed", "x", fault="bad_request"), ModelProblem("x"), None],
)
async def test_where_an_answer_breaks_off_what_has_begun_ends_and_nothing_else_begins(end: Streamed | None) -> None:
    held = Held()
    first: Sequence[Streamed] = [call_item("act", "c1", note="1"), call_item("act", "c2"), call_item("look", "c3")]
    model = FakeModel([*first, held.begun.wait, *([end] if end else [])], BYE)
    look = FakeTool("look")
    rig = Rig(model, FakeTool("act", "edit", safe=False, commits=held), look, setting=ALLOWED)
    async with anyio.create_task_group() as group:
        group.start_soon(rig.turn)
        await rig.journal.until(CallEnded, 2)
        assert {event.call for event in rig.journal.of(CallEnded)} == {"c2", "c3"}
        held.go.set()
    assert look.seen == []
    assert rig.outputs == [("c1", "did 1"), ("c2", NOT_RUN), ("c3", NOT_RUN)]
    assert complaints(rig.transcript.items) == []


async def test_a_thousand_calls_in_one_answer_run_a_few_at_a_time() -> None:
    held = Held()
    calls = [call_item("look", f"c{number}", note=str(number)) for number in range(1000)]
    model = FakeModel([*calls, held_go(held), DONE], BYE)
    rig = Rig(model, FakeTool(commits=held))
    await rig.turn()
    assert held.most == TOGETHER
    assert rig.outputs == [(f"c{number}", f"did {number}") for number in range(1000)]
    assert ended(rig) == "end_turn"


async def test_five_calls_in_a_row_that_mean_nothing_end_the_turn() -> None:
    broken = ItemReady({**call_item("look").item, "arguments": "{"})
    answers: list[Sequence[Streamed]] = [
        [call_item("look"), broken, call_item("nothing"), DONE],
        [call_item("look", wrong=1), broken, DONE],
        [broken, DONE],
    ]
    rig = Rig(FakeModel(*answers), FakeTool())
    await rig.turn()
    (end,) = rig.journal.of(TurnEnded)
    assert (end.stop, end.message) == (
        "max_turn_requests",
        "the model made 5 tool calls in a row that mean nothing",
    )
    assert complaints(rig.transcript.items) == []


async def test_one_good_call_between_bad_ones_is_enough() -> None:
    broken = ItemReady({**call_item("look").item, "arguments": "{"})
    answers: list[Sequence[Streamed]] = [[broken, broken, broken, broken, call_item("look"), DONE]] * 3
    rig = Rig(FakeModel(*answers, BYE), FakeTool())
    await rig.turn()
    assert ended(rig) == "end_turn"


async def test_a_call_that_was_cut_off_is_no_call() -> None:
    cut = ItemReady({**call_item("look").item, "status": "incomplete", "arguments": '{"pa'})
    rig = Rig(FakeModel([cut, Ended("incomplete", reason="max_output_tokens")], BYE), FakeTool())
    await rig.turn()
    assert rig.journal.of(CallOpened) == []
    assert ended(rig) == "end_turn"


async def test_a_call_of_a_custom_tool_has_an_output_of_its_kind() -> None:
    custom = ItemReady({"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "select 1"})
    model = FakeModel([custom, DONE], BYE)
    rig = Rig(model, FakeTool())
    await rig.turn()
    *_, output = model.requests[1].items
    assert (output["type"], output["call_id"]) == ("custom_tool_call_output", "c1")
    assert "there is no tool 'sql'" in output["output"]


async def test_a_call_that_the_stream_brings_twice_is_made_once() -> None:
    call = ItemReady({**call_item("look", "c1").item, "id": "fc_1"})
    other = ItemReady({**call_item("look", "c2").item, "id": "fc_1"})
    tool = FakeTool()
    rig = Rig(FakeModel([call, call, other, DONE], BYE), tool)
    await rig.turn()
    assert [known for known, _ in rig.outputs] == ["c1", "c2"]
    assert tool.seen.count("commit a.txt") == 2


async def test_a_call_that_comes_again_under_another_name_of_its_item_is_the_same_call() -> None:
    call = call_item("look", "c1").item
    again = [ItemReady({**call, "id": "fc_1", "status": "in_progress"}), ItemReady({**call, "id": "fc_2"})]
    tool = FakeTool()
    rig = Rig(FakeModel([*again, DONE], BYE), tool)
    await rig.turn()
    assert [known for known, _ in rig.outputs] == ["c1"]
    assert tool.seen.count("commit a.txt") == 1


@pytest.mark.parametrize(
    ("call", "output"),
    [
        (
            {"type": "apply_patch_call", "call_id": "c1", "operation": {}},
            {"type": "apply_patch_call_output", "call_id": "c1", "status": "failed", "output": NO},
        ),
        (
            {"type": "local_shell_call", "id": "l1", "call_id": "c1"},
            {"type": "local_shell_call_output", "id": "c1", "output": NO},
        ),
        (
            {"type": "mcp_approval_request", "id": "m1", "name": "pay"},
            {"type": "mcp_approval_response", "approval_request_id": "m1", "approve": False, "reason": NO},
        ),
    ],
)
async def test_a_tool_of_the_service_that_asks_us_gets_a_no_and_the_model_goes_on(call: Item, output: Item) -> None:
    model = FakeModel([ItemReady(call), call_item("look", "c9"), Ended("completed", response="r1")], BYE)
    rig = Rig(model, FakeTool())
    await rig.turn()
    assert model.requests[1].items[1] == call
    assert model.requests[1].items[3] == output
    assert model.requests[1].continues is None, "the service does not know this output"
    assert ended(rig) == "end_turn"


async def test_a_no_alone_is_sent_too() -> None:
    model = FakeModel([ItemReady({"type": "shell_call", "call_id": "c1"}), DONE], BYE)
    rig = Rig(model)
    await rig.turn()
    assert [item["type"] for item in model.requests[1].items[1:]] == ["shell_call", "shell_call_output"]


async def test_a_shell_of_the_service_that_answers_itself_needs_nothing_from_us() -> None:
    own: list[Item] = [{"type": f"shell_call{end}", "call_id": "c1"} for end in ("", "_output")]
    model = FakeModel([*map(ItemReady, own), text_item("done"), Ended("completed", response="r1")])
    rig = Rig(model)
    await rig.turn()
    assert [item["type"] for item in rig.transcript.items] == ["message", "shell_call", "shell_call_output", "message"]
    assert rig.transcript.continuation is not None


# What is recorded.


async def test_items_that_nobody_knows_are_kept_as_they_are() -> None:
    odd: Item = {"type": "from_the_future", "id": "f1", "deep": {"list": [1, None, "é"]}}
    model = FakeModel([ItemReady(odd), call_item("look"), DONE], BYE)
    rig = Rig(model, FakeTool())
    await rig.turn()
    assert model.requests[1].items[1] is odd


async def test_reasoning_is_heard_and_carried_on() -> None:
    thought: Item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"}
    delta = ReasoningDelta("rs_1", 0, "hm")
    model = FakeModel([delta, ItemReady(thought), call_item("look"), DONE], BYE)
    rig = Rig(model, FakeTool())
    await rig.turn()
    assert rig.deltas == [delta]
    assert model.requests[1].items[1] is thought


async def test_what_is_lowered_is_said_once_in_a_session_for_each_model_and_feature() -> None:
    notes = [Lowered("strict", "no"), Lowered("reasoning", "none")]
    model = FakeModel([*notes, call_item("look"), DONE], [*notes, *BYE], [*notes, *BYE])
    rig = Rig(model, FakeTool())
    await rig.turn()
    await rig.turn()
    assert rig.journal.of(FeatureLowered) == [
        FeatureLowered("fake", "strict", "no"),
        FeatureLowered("fake", "reasoning", "none"),
    ]


async def test_the_bill_of_a_call_is_in_the_log_with_what_its_input_was_made_of() -> None:
    usage = Usage(1000, 10, 0, 20, 5)
    end = Ended("completed", usage=usage, model="fake-2026", tier="priority")
    rig = Rig(FakeModel([call_item("look"), end], [text_item("bye"), end]), FakeTool(), world=World(price=PRICE))
    await rig.turn()
    first, second = [event.spent for event in rig.journal.of(StepEnded)]
    assert (first.model, first.tier, first.usage, first.purpose) == ("fake-2026", "priority", usage, "step")
    assert first.dollars is not None
    assert [part.kind for part in first.parts] == ["instructions", "tools", "person"]
    assert [(part.kind, part.name) for part in second.parts[3:]] == [("assistant", ""), ("result", "look")]


async def test_usage_that_the_service_does_not_tell_is_unknown_and_no_call_is_free_of_a_bill() -> None:
    broken: Sequence[Streamed] = [TextDelta("m", 0, "x"), ModelProblem("cut", fault="broken")]
    rig = Rig(FakeModel(broken, BYE), world=World(price=PRICE))
    await rig.turn()
    cut, whole = [event.spent for event in rig.journal.of(StepEnded)]
    assert (cut.usage, cut.dollars) == (None, None)
    assert (whole.usage, whole.dollars) == (None, None)


PRICE = Price(Decimal(1), Decimal(2), source="settings")


async def test_a_call_that_broke_before_it_said_anything_is_billed_as_unknown_where_the_service_had_taken_it() -> None:
    taken, refused = (ModelProblem("x", fault="bad_request") for _ in range(2))
    taken.begun = True
    for problem, bills in ((taken, 1), (refused, 0)):
        rig = Rig(FakeModel([problem]))
        await rig.turn()
        spent = [event.spent for event in rig.journal.of(StepEnded) if event.spent is not None]
        assert len(spent) == bills
        assert all(one.dollars is None for one in spent)


async def test_a_budget_warns_and_then_stops_the_turn_before_the_next_call() -> None:
    end = Ended("completed", usage=Usage(800_000, 0, 0, 50_000, 0))
    answers: list[Sequence[Streamed]] = [[call_item("look"), end]] * 3
    caps = Caps(dollars=Decimal(1))
    model = FakeModel(*answers)
    rig = Rig(model, FakeTool(), world=World(caps=caps, price=PRICE))
    await rig.turn()
    assert rig.journal.kinds.count("BudgetWarned") == 1
    assert ended(rig) == "max_turn_requests"
    assert len(model.requests) == 2


async def test_an_answer_that_only_refuses_is_a_refusal() -> None:
    refusal = {
        "type": "message",
        "id": "m",
        "role": "assistant",
        "content": [{"type": "refusal", "refusal": "I won't"}],
    }
    rig = Rig(FakeModel([ItemReady(refusal), DONE]))
    await rig.turn()
    (end,) = rig.journal.of(TurnEnded)
    assert (end.stop, end.message) == ("refusal", "I won't")


async def test_a_refusal_beside_words_ends_the_turn_as_usual() -> None:
    content = [{"type": "output_text", "text": "Half of it."}, {"type": "refusal", "refusal": "Not that."}]
    rig = Rig(FakeModel([ItemReady({"type": "message", "id": "m", "role": "assistant", "content": content}), DONE]))
    await rig.turn()
    assert ended(rig) == "end_turn"


@pytest.mark.parametrize(
    "content",
    [None, [], 5, {"a": 1}, ["text"], [{"type": "output_text"}], [{"type": "output_text", "text": None}], [{}]],
)
async def test_a_message_of_an_odd_shape_breaks_nothing(content: object) -> None:
    rig = Rig(FakeModel([ItemReady({"type": "message", "role": "assistant", "content": content}), DONE]))
    await rig.turn()
    assert ended(rig) == "end_turn"


async def test_a_message_that_is_finished_is_not_partial_whatever_its_pieces_were_called() -> None:
    cut: Sequence[Streamed] = [
        TextDelta("other name", 0, "hello"),
        text_item("hello"),
        ModelProblem("x", fault="broken"),
    ]
    rig = Rig(FakeModel(cut, BYE))
    await rig.turn()
    assert len(rig.journal.of(ItemDone)) == 2


async def test_a_model_that_never_stops_is_stopped_with_the_time_of_the_turn() -> None:
    held = Held()
    answer: list[Streamed] = [call_item("look", "c1", note="1"), TextDelta("m", 0, "and so on"), "hold"]
    model = FakeModel(answer)
    rig = Rig(model, FakeTool(commits=held), limits=Limits(seconds=0.05))
    async with anyio.create_task_group() as group:
        group.start_soon(rig.turn)
        ended_step = await rig.journal.until(StepEnded)
        assert rig.journal.of(CallEnded) == [], "a call has all the time that it needs"
        held.go.set()
    assert (ended_step.status, ended_step.reason) == ("incomplete", "time")
    (end,) = rig.journal.of(TurnEnded)
    assert (end.stop, end.message) == (
        "max_turn_requests",
        "the turn's time was over while the model still answered",
    )
    assert rig.outputs == [("c1", "did 1")]
    assert complaints(rig.transcript.items) == []


async def test_text_without_end_is_not_held_for_ever() -> None:
    much = TextDelta("m", 0, "x" * (1 << 20))
    rig = Rig(FakeModel([much] * 100))
    await rig.turn()
    (end,) = rig.journal.of(TurnEnded)
    assert (end.stop, end.message) == ("failed", "the model wrote more than 4 MB and did not stop")
    assert len(rig.deltas) == 4


async def test_a_bill_stands_although_the_turn_is_stopped_in_that_moment() -> None:
    usage = Usage(1000, 0, 0, 20, 0)
    scope = anyio.CancelScope()

    class Late(FakeModel):
        async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
            yield text_item("done")
            scope.cancel()
            yield Ended("completed", usage=usage)

    rig = Rig(Late())
    with scope:
        await run_turn(rig.engine, Prompt(TURN, "go"), lambda: True)
    (step,) = rig.journal.of(StepEnded)
    assert step.spent is not None
    assert step.spent.usage == usage


# What the service stores.


async def test_the_next_call_builds_on_a_stored_answer() -> None:
    model = FakeModel([text_item("hm"), call_item("look"), Ended("completed", response="r1")], BYE)
    rig = Rig(model, FakeTool())
    await rig.turn()
    continues = model.requests[1].continues
    assert continues is not None
    assert (continues.id, continues.count) == ("r1", 3)
    assert [item["type"] for item in model.requests[1].items[3:]] == ["function_call_output"]


async def test_a_call_id_of_ours_can_not_be_built_on() -> None:
    stored = Ended("completed", response="r1")
    model = FakeModel(
        [call_item("look", "c1"), stored], [call_item("look", "c1"), Ended("completed", response="r2")], BYE
    )
    rig = Rig(model, FakeTool())
    await rig.turn()
    assert [request.continues and request.continues.id for request in model.requests] == [None, "r1", None]


async def test_another_model_builds_on_nothing() -> None:
    model = FakeModel([call_item("look"), Ended("completed", response="r1")], BYE)
    rig = Rig(model, FakeTool())

    async def choose() -> None:
        rig.options = Options(model="other")

    model.answers[0] = [choose, *model.answers[0]]
    other = FakeModel(BYE, name="other")
    rig.models._models = (model, other)
    await rig.turn()
    (asked,) = other.requests
    assert asked.continues is None
