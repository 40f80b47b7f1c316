"""Approvals as records: asked, shown, answered once, cancelled, expired, brought back."""

from dataclasses import replace

import anyio
import pytest

from bridge.harness.errors import AlreadyResolved, FileProblem, NotFound
from bridge.harness.ids import ApprovalId, CallId
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.values.approvals import Approval
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened
from tests.harness.session.samples import APPROVAL
from tests.support.fakes import FakeJournal

pytestmark = pytest.mark.anyio
ID = APPROVAL.id


class Desk:
    """Approvals on a journal, and what `ask` gave back."""

    def __init__(self) -> None:
        self.journal = FakeJournal()
        self.approvals = Approvals(self.journal)
        self.journal.owners.append(self.approvals)
        self.closed: list[Approval] = []

    async def ask(self, approval: Approval = APPROVAL) -> None:
        self.closed.append(await self.approvals.ask(approval))


@pytest.mark.parametrize(("choice", "allowed"), [("allow_once", True), ("reject_once", False)])
async def test_an_answer_is_recorded_and_given_to_who_asked(choice: str, allowed: bool) -> None:
    desk = Desk()
    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask)
        await desk.journal.until(ApprovalOpened)
        assert [one.id for one in desk.approvals.pending()] == [ID]
        await desk.approvals.answer(ID, choice, "because")
    (closed,) = desk.closed
    assert closed.state == "answered"
    assert closed.answer is not None
    assert (closed.answer.allowed, closed.answer.reason) == (allowed, "because")
    assert desk.approvals.pending() == ()
    assert desk.journal.kinds == ["ApprovalOpened", "ApprovalClosed"]


async def test_the_first_of_two_answers_at_once_wins_and_only_that_one_is_recorded() -> None:
    desk = Desk()
    said: list[str] = []

    async def answer(choice: str) -> None:
        try:
            await desk.approvals.answer(ID, choice)
            said.append(choice)
        except AlreadyResolved:
            said.append("too late")

    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask)
        await desk.journal.until(ApprovalOpened)
        group.start_soon(answer, "reject_once")
        group.start_soon(answer, "allow_once")
    assert sorted(said) == ["reject_once", "too late"]
    assert [event.answer.choice for event in desk.journal.of(ApprovalClosed)] == ["reject_once"]
    with pytest.raises(AlreadyResolved, match="answered"):
        await desk.approvals.answer(ID, "allow_once")


async def test_a_choice_that_was_not_offered_is_no_answer() -> None:
    desk = Desk()
    await desk.journal.append(ApprovalOpened(APPROVAL))
    with pytest.raises(NotFound, match="allow_always"):
        await desk.approvals.answer(ID, "allow_always")
    assert [one.id for one in desk.approvals.pending()] == [ID]


async def test_an_unknown_question_is_not_found() -> None:
    desk = Desk()
    with pytest.raises(NotFound):
        await desk.approvals.answer(ApprovalId("nobody"), "allow_once")
    with pytest.raises(NotFound):
        desk.approvals.shown(ApprovalId("nobody"))
    assert not desk.approvals.known(ApprovalId("nobody"))


async def test_a_cancelled_question_allows_nothing_and_can_not_be_answered_later() -> None:
    desk = Desk()
    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask)
        await desk.journal.until(ApprovalOpened)
        await desk.approvals.cancel(desk.approvals.pending())
    assert [(one.state, one.answer) for one in desk.closed] == [("cancelled", None)]
    await desk.approvals.cancel([APPROVAL])
    assert desk.journal.kinds == ["ApprovalOpened", "ApprovalClosed"]
    with pytest.raises(AlreadyResolved, match="cancelled"):
        await desk.approvals.answer(ID, "allow_once")


async def test_the_deadline_runs_only_once_somebody_was_shown_the_question() -> None:
    desk = Desk()
    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask, replace(APPROVAL, deadline_s=0.0))
        await desk.journal.until(ApprovalOpened)
        await anyio.wait_all_tasks_blocked()
        assert [one.id for one in desk.approvals.pending()] == [ID]
        desk.approvals.shown(ID)
        desk.approvals.shown(ID)
    assert [(one.state, one.answer) for one in desk.closed] == [("expired", None)]


async def test_an_answer_that_can_not_be_recorded_was_not_given() -> None:
    desk = Desk()
    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask)
        await desk.journal.until(ApprovalOpened)
        desk.journal.refuse = lambda _: True
        with pytest.raises(FileProblem):
            await desk.approvals.answer(ID, "allow_once")
        await anyio.wait_all_tasks_blocked()
        assert desk.closed == []
        assert [one.id for one in desk.approvals.pending()] == [ID]
        desk.journal.refuse = lambda _: False
        await desk.approvals.answer(ID, "reject_once")
    assert desk.closed[0].answer is not None
    assert not desk.closed[0].answer.allowed


async def test_an_expiry_that_can_not_be_recorded_leaves_the_question_open_and_takes_nothing_down() -> None:
    desk = Desk()
    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask, replace(APPROVAL, deadline_s=0.0))
        await desk.journal.until(ApprovalOpened)
        desk.journal.refuse = lambda _: True
        desk.approvals.shown(ID)
        await anyio.wait_all_tasks_blocked()
        desk.journal.refuse = lambda _: False
        await desk.approvals.answer(ID, "allow_once")
    assert [one.state for one in desk.closed] == ["answered"]


async def test_a_question_of_an_earlier_life_is_asked_again_under_its_own_id() -> None:
    desk = Desk()
    desk.approvals.fold(ApprovalOpened(APPROVAL))
    assert desk.approvals.find(CallId("c1")) == APPROVAL
    async with anyio.create_task_group() as group:
        group.start_soon(desk.ask)
        await anyio.wait_all_tasks_blocked()
        await desk.approvals.answer(ID, "allow_once")
    assert desk.journal.kinds == ["ApprovalClosed"]
    assert [one.id for one in desk.closed] == [ID]


async def test_a_question_that_was_answered_in_an_earlier_life_is_not_asked_again() -> None:
    desk = Desk()
    desk.approvals.fold(ApprovalOpened(APPROVAL))
    desk.approvals.fold(ApprovalClosed(ID, "answered", None))
    await desk.ask()
    assert desk.closed[0].state == "answered"
    assert desk.journal.kinds == []


async def test_the_end_of_a_question_that_a_gap_swallowed_is_skipped() -> None:
    desk = Desk()
    desk.approvals.fold(ApprovalClosed(ID, "cancelled"))
    assert desk.approvals.pending() == ()
