"""The calls of one step: what runs together, what waits, and the order in which the model hears of it."""

from collections.abc import Sequence

import anyio
import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.execution.schedule import TOGETHER, run_calls
from bridge.harness.permissions.policy import Setting
from bridge.harness.values.events import CallEnded, CallOpened, ItemDone, Proposed
from tests.support.fakes import ROOT, TURN, FakeTool, Given, Rig, complaints

pytestmark = pytest.mark.anyio
ALLOWED = Setting(ROOT, "bypass", trusted=True)


class Gauge:
    """A tool's commit that waits until it is let go, and knows how many are in it."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.most = 0
        self.go = anyio.Event()

    async def __call__(self, given: Given) -> str:
        self.running.append(given.note)
        self.most = max(self.most, len(self.running))
        await self.go.wait()
        self.running.remove(given.note)
        return f"did {given.note}"


async def opened(rig: Rig, *calls: tuple[str, str]) -> list[CallOpened]:
    """A step's calls, (tool, note), in the log as the model's answer leaves them."""
    made = [rig.opened(tool, f"c{number}", note=note) for number, (tool, note) in enumerate(calls)]
    for call in made:
        item = {"type": "function_call", "call_id": call.call, "name": call.tool, "arguments": "{}"}
        await rig.journal.append(ItemDone(TURN, 1, item), call)
    return made


def ended(rig: Rig) -> list[str]:
    return [event.call for event in rig.journal.of(CallEnded)]


async def test_safe_calls_run_together_but_only_so_many_at_once() -> None:
    gauge = Gauge()
    rig = Rig(None, FakeTool(commits=gauge))
    calls = await opened(rig, *(("look", str(number)) for number in range(20)))
    async with anyio.create_task_group() as group:
        group.start_soon(run_calls, rig.pipeline, calls)
        await anyio.wait_all_tasks_blocked()
        assert len(gauge.running) == TOGETHER == 8
        gauge.go.set()
    assert gauge.most == TOGETHER
    assert len(ended(rig)) == 20


async def test_an_unsafe_call_runs_alone_and_holds_back_all_behind_it() -> None:
    look, act = Gauge(), Gauge()
    rig = Rig(None, FakeTool(commits=look), FakeTool("act", "edit", safe=False, commits=act), setting=ALLOWED)
    calls = await opened(rig, ("look", "1"), ("look", "2"), ("act", "3"), ("act", "4"), ("look", "5"))
    async with anyio.create_task_group() as group:
        group.start_soon(run_calls, rig.pipeline, calls)
        await anyio.wait_all_tasks_blocked()
        assert (look.running, act.running) == (["1", "2"], [])
        look.go.set()
        await anyio.wait_all_tasks_blocked()
        assert (look.running, act.running) == ([], ["3"])
        act.go.set()
    assert act.most == 1
    assert ended(rig)[2:] == ["c2", "c3", "c4"]


async def test_the_model_hears_of_calls_in_their_order_whichever_ends_first() -> None:
    slow = anyio.Event()

    async def commits(given: Given) -> str:
        if given.note == "slow":
            await slow.wait()
        return f"did {given.note}"

    rig = Rig(None, FakeTool(commits=commits))
    calls = await opened(rig, ("look", "slow"), ("look", "quick"))
    async with anyio.create_task_group() as group:
        group.start_soon(run_calls, rig.pipeline, calls)
        await rig.journal.until(CallEnded)
        slow.set()
    assert ended(rig) == ["c1", "c0"]
    assert rig.outputs == [("c0", "did slow"), ("c1", "did quick")]
    assert complaints(rig.transcript.items) == []


def edits(*titles: str) -> Sequence[tuple[str, str]]:
    return [("act", title) for title in titles]


async def test_the_edits_of_a_step_are_all_shown_before_any_is_decided() -> None:
    rig = Rig(None, FakeTool("act", "edit", safe=False, edits=True))
    calls = await opened(rig, *edits("one", "two", "three"))
    async with anyio.create_task_group() as group:
        group.start_soon(run_calls, rig.pipeline, calls)
        await anyio.wait_all_tasks_blocked()
        assert rig.review.open == ["act one", "act two", "act three"]
        assert ended(rig) == []
        for title in ("act three", "act one", "act two"):
            rig.review.decide(title)
    assert [call for call, _ in rig.outputs] == ["c0", "c1", "c2"]


async def test_an_edit_of_lines_that_are_undecided_waits_for_them_and_is_prepared_anew() -> None:
    tool = FakeTool("act", "edit", safe=False, edits=True)
    rig = Rig(None, tool)
    calls = await opened(rig, *edits("one", "overlap"))
    async with anyio.create_task_group() as group:
        group.start_soon(run_calls, rig.pipeline, calls)
        await anyio.wait_all_tasks_blocked()
        assert rig.review.open == ["act one"]
        rig.review.decide("act one")
        await rig.journal.until(Proposed, 2)
        assert tool.seen == ["prepare one", "prepare overlap", "prepare overlap"]
        rig.review.decide("act overlap")
    assert len(rig.outputs) == 2


async def test_an_edit_that_overlaps_what_no_call_of_the_step_waits_for_is_told_so() -> None:
    rig = Rig(None, FakeTool("act", "edit", safe=False, edits=True))
    (earlier,) = await opened(rig, ("act", "earlier"))
    await rig.pipeline.approve(earlier)
    call = rig.opened("act", "c9", note="overlap")
    with anyio.fail_after(5):
        await run_calls(rig.pipeline, [call])
    (end,) = rig.journal.of(CallEnded)
    assert (end.call, end.status) == ("c9", "error")
    assert "not decided" in end.output


async def test_a_call_with_an_effect_waits_until_the_edits_before_it_are_settled() -> None:
    tool = FakeTool("run", "edit", safe=False)
    rig = Rig(None, FakeTool("act", "edit", safe=False, edits=True), tool)
    rig.setting = Setting(ROOT, "default")
    calls = await opened(rig, ("act", "one"), ("run", "tests"))
    async with anyio.create_task_group() as group:
        group.start_soon(run_calls, rig.pipeline, calls)
        await anyio.wait_all_tasks_blocked()
        (asked,) = rig.approvals.pending()
        await rig.approvals.answer(asked.id, "allow_once")
        await anyio.wait_all_tasks_blocked()
        assert tool.seen == ["prepare tests", "prepare tests"], "looked at again after the yes, not run"
        rig.review.decide("act one")
    assert tool.seen == ["prepare tests", "prepare tests", "commit tests"]


async def test_a_defect_in_one_call_leaves_the_others_alone() -> None:
    async def commits(given: Given) -> str:
        if given.note == "bad":
            raise RuntimeError
        return "fine"

    rig = Rig(None, FakeTool(commits=commits))
    await run_calls(rig.pipeline, await opened(rig, ("look", "1"), ("look", "bad"), ("look", "3")))
    assert [output == "fine" for _, output in rig.outputs] == [True, False, True]


async def test_a_log_that_is_full_is_not_hidden() -> None:
    rig = Rig(None, FakeTool())
    calls = await opened(rig, ("look", "1"), ("look", "2"))
    rig.journal.refuse = lambda _: True
    with pytest.raises(ExceptionGroup) as refused:
        await run_calls(rig.pipeline, calls)
    assert refused.group_contains(FileProblem)
