"""Words while a turn runs: heard at the next step, never lost, never given to another turn."""

from collections.abc import Sequence

import anyio
import pytest

from bridge.harness.errors import Stale
from bridge.harness.ids import TurnId
from bridge.harness.values.events import Prompt, Steered, TurnEnded
from bridge.harness.values.model import Item
from tests.support.fakes import DONE, TURN, FakeModel, FakeTool, Rig, Streamed, call_item, complaints, text_item

pytestmark = pytest.mark.anyio
FINISHED: Sequence[Streamed] = [text_item("done"), DONE]


def words(items: Sequence[Item]) -> list[str]:
    """What the person has said."""
    return [item["content"][0]["text"] for item in items if item.get("role") == "user"]


def steers(rig: list[Rig], text: str) -> Streamed:
    """The person says something at this moment of the model's answer."""

    async def say() -> None:
        await rig[0].steering.say(TURN, text, None)

    return say


async def test_words_are_heard_at_the_next_step() -> None:
    rigs: list[Rig] = []
    model = FakeModel([call_item("look"), steers(rigs, "only a.py"), DONE], [text_item("done"), DONE])
    rigs.append(Rig(model, FakeTool()))
    await rigs[0].turn()
    assert words(model.requests[1].items) == ["go", "only a.py"]
    assert complaints(model.requests[1].items) == []


async def test_a_turn_that_would_end_goes_on_with_words_that_nobody_has_answered() -> None:
    rigs: list[Rig] = []
    model = FakeModel([text_item("done"), steers(rigs, "and b.py"), DONE], [text_item("done too"), DONE])
    rigs.append(Rig(model))
    ended = await rigs[0].turn()
    assert ended.stop == "end_turn"
    assert words(model.requests[1].items) == ["go", "and b.py"]


async def test_words_in_the_moment_of_the_end_are_heard_or_refused_but_never_lost() -> None:
    """Said while the last event is being written: the turn goes on, or the person is told that it is over."""
    for delay in range(12):
        model = FakeModel(*[FINISHED] * 3)
        rig = Rig(model)
        refused = False
        async with anyio.create_task_group() as group:
            group.start_soon(rig.turn)
            await rig.journal.until(Prompt)
            for _ in range(delay):
                await anyio.lowlevel.checkpoint()
            try:
                await rig.steering.say(TURN, "wait", None)
            except Stale:
                refused = True
        assert refused == (not rig.journal.of(Steered))
        assert refused == ("wait" not in words(model.requests[-1].items))
        kinds = [kind for kind in rig.journal.kinds if kind in {"Steered", "TurnEnded"}]
        assert kinds == (["TurnEnded"] if refused else ["Steered", "TurnEnded"])


@pytest.mark.parametrize("turn", ["another", ""])
async def test_words_for_another_turn_are_refused(turn: str) -> None:
    model = FakeModel(["hold"])
    rig = Rig(model)
    async with anyio.create_task_group() as group:
        group.start_soon(rig.turn)
        await rig.journal.until(Prompt)
        with pytest.raises(Stale) as refused:
            await rig.steering.say(TurnId(turn), "wait", None)
        group.cancel_scope.cancel()
    assert refused.value.hint == "Send it as a prompt of its own."
    assert rig.journal.of(Steered) == []


async def test_after_its_end_a_turn_hears_nothing() -> None:
    rig = Rig(FakeModel([text_item("done"), DONE]))
    await rig.turn()
    with pytest.raises(Stale):
        await rig.steering.say(TURN, "wait", None)
    assert rig.journal.kinds[-1] == "TurnEnded"


async def test_words_during_a_wait_before_another_try_are_in_that_try() -> None:
    rig = Rig(FakeModel())
    rig.clock.hold = True
    model = FakeModel([RuntimeError()], [text_item("done"), DONE])
    rig.models._models = (model,)
    ended = await rig.turn()
    assert ended.stop == "failed", "a defect is no reason to try again"
    assert rig.journal.of(TurnEnded) == [ended]


async def test_a_prompt_that_is_taken_back_at_once_stands_all_the_same() -> None:
    rig = Rig(FakeModel(FINISHED))
    with anyio.CancelScope() as scope:
        scope.cancel()
        await rig.steering.begin(Prompt(TURN, "go"))
    assert words(rig.transcript.items) == ["go"]
