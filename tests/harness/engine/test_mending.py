"""Recovery through the whole loop: what was tried again, what was said of it, and what ran only once."""

from collections.abc import Sequence

import anyio
import pytest

from bridge.harness.engine.mending import BROKEN, CUT_OFF
from bridge.harness.errors import ModelFault, ModelProblem
from bridge.harness.values.events import (
    Compacted,
    ItemDone,
    ModelSwitched,
    Retried,
    StepEnded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import Ended, Item, ItemReady, TextDelta
from tests.support.fakes import (
    DONE,
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
HELLO: Sequence[Streamed] = [text_item("hello"), DONE]


def said(items: Sequence[Item], role: str) -> list[str]:
    """The messages of one speaker."""
    return [item["content"][0]["text"] for item in items if item.get("role") == role]


def problem(fault: ModelFault, retry_after: float | None = None) -> ModelProblem:
    return ModelProblem(f"{fault}!", fault=fault, retry_after=retry_after)


def ended(rig: Rig) -> tuple[str, str]:
    (end,) = rig.journal.of(TurnEnded)
    assert complaints(rig.transcript.items) == []
    return end.stop, end.message


@pytest.mark.parametrize("fault", ["rate_limited", "server", "timeout", "network", "broken"])
async def test_what_may_pass_is_tried_again_and_is_no_error_of_the_turn(fault: ModelFault) -> None:
    model = FakeModel([problem(fault)], [Ended("failed", f"{fault}!", fault=fault)], HELLO)
    rig = Rig(model)
    await rig.turn()
    assert ended(rig) == ("end_turn", "")
    retried = rig.journal.of(Retried)
    assert [(one.fault, one.message, one.attempt) for one in retried] == [
        (fault, f"{fault}!", 1),
        (fault, f"{fault}!", 2),
    ]
    assert rig.clock.slept == [one.wait for one in retried]
    assert len({str(request.items) for request in model.requests}) == 1
    assert rig.journal.kinds.index("Retried") > rig.journal.kinds.index("StepEnded")


async def test_retry_after_is_honoured() -> None:
    rig = Rig(FakeModel([problem("rate_limited", 11.0)], HELLO))
    await rig.turn()
    (waited,) = rig.clock.slept
    assert 11.0 <= waited <= 12.0


async def test_after_the_last_try_the_turn_ends_with_the_reason() -> None:
    model = FakeModel(*[[problem("rate_limited")]] * 9)
    rig = Rig(model)
    await rig.turn()
    assert ended(rig) == ("failed", "rate_limited!")
    assert (len(model.requests), len(rig.clock.slept)) == (6, 5)


async def test_a_whole_answer_in_between_gives_all_tries_back() -> None:
    fails: list[Sequence[Streamed]] = [[problem("server")]] * 3
    rig = Rig(FakeModel(*fails, [call_item("look"), DONE], *fails, HELLO), FakeTool())
    await rig.turn()
    assert ended(rig) == ("end_turn", "")
    assert len(rig.clock.slept) == 6


@pytest.mark.parametrize("fault", ["auth", "quota", "bad_request", "setup"])
async def test_what_no_try_mends_is_told_at_once_with_what_to_do(fault: ModelFault) -> None:
    model = FakeModel([ModelProblem("the key is wrong", kind="model_auth", hint="Set another key.", fault=fault)])
    rig = Rig(model)
    await rig.turn()
    assert ended(rig) == ("failed", "the key is wrong. Set another key.")
    assert (len(model.requests), rig.clock.slept) == (1, [])


async def test_partial_text_is_kept_marked_and_the_model_told_of_it() -> None:
    cut: Sequence[Streamed] = [TextDelta("m1", 0, "Hel"), TextDelta("m1", 3, "lo wo"), problem("broken")]
    model = FakeModel(cut, [text_item("rld"), DONE])
    rig = Rig(model)
    await rig.turn()
    partial, whole = rig.journal.of(ItemDone)
    assert (partial.item["status"], partial.item["content"][0]["text"]) == ("incomplete", "Hello wo")
    assert rig.journal.kinds.index("ItemDone") < rig.journal.kinds.index("StepEnded")
    assert "status" not in whole.item
    second = model.requests[1].items
    assert said(second, "assistant") == ["Hello wo"]
    assert said(second, "developer") == [BROKEN]
    assert ended(rig) == ("end_turn", "")


async def test_an_answer_cut_off_at_its_limit_is_continued_with_all_that_came() -> None:
    cut = Ended("incomplete", reason="max_output_tokens")
    model = FakeModel([text_item("one"), cut], [text_item("two"), cut], [text_item("three"), DONE])
    rig = Rig(model)
    await rig.turn()
    assert ended(rig) == ("end_turn", "")
    assert said(model.requests[2].items, "assistant") == ["one", "two"]
    assert said(model.requests[2].items, "developer") == [CUT_OFF] * 2
    assert rig.journal.of(Retried) == []


async def test_an_answer_that_is_always_cut_off_ends_the_turn() -> None:
    cut: Sequence[Streamed] = [text_item("more"), Ended("incomplete", reason="max_output_tokens")]
    model = FakeModel(*[cut] * 9)
    rig = Rig(model)
    await rig.turn()
    assert ended(rig)[0] == "max_tokens"
    assert len(model.requests) == 4


async def test_a_model_that_is_gone_is_replaced_for_the_turn_and_the_history_says_so() -> None:
    first = FakeModel([ModelProblem("gpt is gone", fault="gone")], HELLO, name="gpt")
    other = FakeModel([call_item("look"), DONE], HELLO, name="mini")
    rig = Rig(first, FakeTool(), world=World(others=(other,)))
    await rig.turn()
    assert ended(rig) == ("end_turn", "")
    (switched,) = rig.journal.of(ModelSwitched)
    assert (switched.model, switched.why) == ("mini", "gpt is gone")
    assert "mini" in said(other.requests[0].items, "developer")[0]
    assert [event.model for event in rig.journal.of(StepStarted)] == ["gpt", "mini", "mini"]
    rig.journal.records.clear()
    await rig.turn()
    assert [event.model for event in rig.journal.of(StepStarted)] == ["gpt"], "the next turn tries the first again"


@pytest.mark.parametrize("others", [(), (FakeModel([ModelProblem("mini is gone", fault="gone")], name="mini"),)])
async def test_a_model_that_is_gone_with_no_other_left_ends_the_turn(others: tuple[FakeModel, ...]) -> None:
    rig = Rig(FakeModel([ModelProblem("gpt is gone", fault="gone")], name="gpt"), world=World(others=others))
    await rig.turn()
    assert ended(rig) == ("failed", f"{'mini' if others else 'gpt'} is gone")


async def test_a_response_that_the_service_has_forgotten_is_asked_for_with_the_whole_history() -> None:
    stored = Ended("completed", response="r1")
    model = FakeModel([call_item("look"), stored], [problem("forgotten")], HELLO)
    rig = Rig(model, FakeTool())
    await rig.turn()
    assert ended(rig) == ("end_turn", "")
    assert [request.continues and request.continues.id for request in model.requests] == [None, "r1", None]
    assert model.requests[1].items == model.requests[2].items
    assert rig.clock.slept == [0.0]
    assert [one.fault for one in rig.journal.of(Retried)] == ["forgotten"]


async def test_what_an_answer_did_before_it_was_refused_as_too_long_stays_in_the_history() -> None:
    async def commits(given: Given) -> str:
        return f"{given.note} " + "x" * 30_000

    calls: list[Sequence[Streamed]] = [[call_item("look", note=f"{number}"), DONE] for number in range(8)]
    summary: Sequence[Streamed] = [text_item("what was done"), DONE]
    paid: Sequence[Streamed] = [call_item("look", "pays", note="paid"), problem("context_too_long")]
    model = FakeModel(*calls, paid, summary, HELLO)
    rig = Rig(model, FakeTool(commits=commits))
    await rig.turn()
    assert [item.get("call_id") for item in model.requests[-1].items].count("pays") == 2, "the call and its output"
    assert ended(rig) == ("end_turn", "")


async def test_too_long_a_history_is_made_smaller_and_asked_again() -> None:
    async def commits(given: Given) -> str:
        return f"{given.note} " + "x" * 30_000

    calls: list[Sequence[Streamed]] = [[call_item("look", note=f"{number}"), DONE] for number in range(8)]
    summary: Sequence[Streamed] = [text_item("what was done"), DONE]
    model = FakeModel(*calls, [problem("context_too_long")], summary, HELLO)
    rig = Rig(model, FakeTool(commits=commits))
    await rig.turn()
    (compacted,) = rig.journal.of(Compacted)
    assert compacted.cause == "overflow"
    assert len(str(model.requests[-1].items)) < len(str(model.requests[8].items)) / 2
    assert ended(rig) == ("end_turn", "")


async def test_too_long_a_history_that_can_not_be_made_smaller_ends_the_turn() -> None:
    rig = Rig(FakeModel([problem("context_too_long")]))
    await rig.turn()
    stop, message = ended(rig)
    assert stop == "failed"
    assert message == "context_too_long! The conversation can't be made smaller."


async def test_a_call_that_ran_before_the_break_is_not_run_again() -> None:
    ran: list[str] = []

    async def commits(given: Given) -> str:
        ran.append(given.note)
        done.set()
        return f"did {given.note}"

    done = anyio.Event()
    model = FakeModel([call_item("act", "c1", note="one"), done.wait, problem("broken")], HELLO)
    rig = Rig(model, FakeTool("act", safe=True, commits=commits))
    await rig.turn()
    assert ran == ["one"]
    assert rig.outputs == [("c1", "did one")]
    assert ended(rig) == ("end_turn", "")


async def test_a_break_after_reasoning_leaves_no_reasoning_without_what_it_led_to() -> None:
    thought = ItemReady({"type": "reasoning", "id": "rs_1", "summary": []})
    model = FakeModel([thought, problem("broken")], [thought, text_item("so"), DONE])
    rig = Rig(model)
    await rig.turn()
    assert [item["type"] for item in model.requests[1].items] == ["message"]
    assert [item["type"] for item in rig.transcript.items] == ["message", "reasoning", "message"]


async def test_a_failed_call_is_in_the_log_with_its_fault() -> None:
    rig = Rig(FakeModel([problem("server")], HELLO))
    await rig.turn()
    failed, whole = rig.journal.of(StepEnded)
    assert (failed.status, failed.fault, failed.message, failed.spent) == ("failed", "server", "server!", None)
    assert (whole.status, whole.fault) == ("completed", None)
