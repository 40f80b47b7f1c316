"""What the person is told of decisions, and decisions whose request goes away."""

from collections.abc import Sequence

import anyio
import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import Actor, HunkOutcome, Verdict
from bridge.surfaces.lsp.review.deciding import decide
from bridge.surfaces.lsp.review.show import show_outcomes
from tests.surfaces.lsp.review_fakes import FakeRuntime, connected


class SlowRuntime(FakeRuntime):
    """Decides when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let = anyio.Event(), anyio.Event()

    async def decide(
        self, ids: Sequence[HunkId], verdict: Verdict, by: Actor, reason: str = ""
    ) -> tuple[HunkOutcome, ...]:
        self.begun.set()
        await self.let.wait()
        await super().decide(ids, verdict, by, reason)
        if self.refusals:
            raise self.refusals.pop()
        return tuple(HunkOutcome(id_, "present") for id_ in ids)


def said(*outcomes: HunkOutcome) -> list[str]:
    context, _, outbox = connected()
    show_outcomes(context, outcomes)
    return [m["params"]["message"] for m in outbox.sent]


def one(number: int, outcome: str, message: str = "") -> HunkOutcome:
    return HunkOutcome(HunkId(f"h{number}"), outcome, message)  # type: ignore[arg-type]


def test_what_went_as_the_person_wanted_is_not_said() -> None:
    assert said(one(1, "present"), one(2, "rejected", "out of scope"), one(3, "withdrawn")) == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("stale", "Not applied: why"),
        ("absent", "Not applied: why"),
        ("unverified", "Look at the file: why"),
        ("already_decided", "Already decided: why"),
        ("present", "Applied: why"),
    ],
)
def test_what_did_not_go_so_is_said_with_its_reason(outcome: str, words: str) -> None:
    assert said(one(1, outcome, "why")) == [words]


def test_many_hunks_that_were_not_applied_are_one_message() -> None:
    outcomes = [one(n, "stale", "the text changed here") for n in range(200)] + [one(200, "present")]
    assert said(*outcomes) == ["Not applied: the text changed here (and 199 of 201 hunks more)"]


@pytest.mark.anyio
async def test_a_decision_is_carried_out_although_its_request_is_cancelled() -> None:
    async with anyio.create_task_group() as tasks:
        runtime = SlowRuntime()
        context, _, _ = connected(tasks=tasks, runtime=runtime)
        with anyio.CancelScope() as request:
            tasks.start_soon(_cancel_when, runtime.begun, request)
            await decide(context, [HunkId("h")], "accepted")
        assert request.cancelled_caught
        runtime.let.set()
    assert runtime.decided == [(["h"], "accepted", "")]


@pytest.mark.anyio
async def test_a_decision_that_can_t_be_recorded_is_the_requests_own_failure() -> None:
    async with anyio.create_task_group() as tasks:
        runtime = SlowRuntime()
        runtime.refusals = [FileProblem("disk_full", "/log")]
        runtime.let.set()
        context, _, _ = connected(tasks=tasks, runtime=runtime)
        with pytest.raises(FileProblem):
            await decide(context, [HunkId("h")], "accepted")


async def _cancel_when(event: anyio.Event, scope: anyio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
