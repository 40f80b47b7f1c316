"""Approvals as records: listed, answered, cancelled, replayed. Surfaces only project them."""

import logging
from collections.abc import Iterable
from dataclasses import replace

import anyio

from bridge.harness.errors import AlreadyResolved, BridgeError, NotFound
from bridge.harness.ids import ApprovalId
from bridge.harness.ports.journal import Journal
from bridge.harness.values.approvals import Answer, Approval
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened, Event

logger = logging.getLogger(__name__)


class Approvals:
    """The open questions of one session. Owned by the session; its state is a fold of the log."""

    def __init__(self, journal: Journal) -> None:
        """Empty; `fold` brings back what a log holds."""
        self._journal = journal
        self._all: dict[ApprovalId, Approval] = {}
        self._closed: dict[ApprovalId, anyio.Event] = {}
        self._shown: dict[ApprovalId, anyio.Event] = {}

    def fold(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case ApprovalOpened(approval=approval):
                self._all[approval.id] = approval
                self._closed[approval.id] = anyio.Event()
            case ApprovalClosed(approval=known, state=state, answer=answer) if known in self._all:
                self._all[known] = replace(self._all[known], state=state, answer=answer)
                self._closed[known].set()

    def pending(self) -> tuple[Approval, ...]:
        """The open questions, oldest first."""
        return tuple(approval for approval in self._all.values() if approval.state == "open")

    def find(self, call: str) -> Approval | None:
        """The question of a call, if one was asked."""
        return next((approval for approval in self._all.values() if approval.call == call), None)

    def known(self, id_: ApprovalId) -> bool:
        """Whether this session ever asked it."""
        return id_ in self._all

    async def ask(self, approval: Approval) -> Approval:
        """Open the question, unless it is open already (a resumed turn), and wait for its end."""
        if approval.id not in self._all:
            await self._journal.append(ApprovalOpened(approval))
        closed, shown = self._closed[approval.id], self._seen(approval.id)
        async with anyio.create_task_group() as group:
            group.start_soon(self._expire, approval, shown)
            await closed.wait()
            group.cancel_scope.cancel()
        return self._all[approval.id]

    def shown(self, known: ApprovalId) -> None:
        """A client has it on the screen: its deadline runs from the first time on (A4)."""
        self._open(known)
        self._seen(known).set()

    async def answer(self, known: ApprovalId, choice: str, reason: str = "") -> Approval:
        """The first answer wins; a later one raises `AlreadyResolved`. A choice that was not offered is no answer."""
        approval = self._open(known)
        offered = next((one for one in approval.choices if one.id == choice), None)
        if offered is None:
            raise NotFound(
                "unknown_approval", f"{choice!r} is not one of the choices", "Answer with an offered choice."
            )
        answer = Answer(choice, offered.kind.startswith("allow"), reason)
        await self._close(known, ApprovalClosed(known, "answered", answer))
        return self._all[known]

    async def cancel(self, which: Iterable[Approval]) -> None:
        """Nobody will answer: each becomes `cancelled`, which allows nothing."""
        for approval in which:
            if self._all[approval.id].state == "open":
                await self._close(approval.id, ApprovalClosed(approval.id, "cancelled"))

    async def _expire(self, approval: Approval, shown: anyio.Event) -> None:
        """Nothing expires into allow."""
        await shown.wait()
        await anyio.sleep(approval.deadline_s)
        if self._all[approval.id].state == "open":
            try:
                await self._close(approval.id, ApprovalClosed(approval.id, "expired"))
            except BridgeError as problem:  # it stays open, and can still be answered
                logger.warning("question %s can't be closed: %s", approval.id, problem)

    def _seen(self, known: ApprovalId) -> anyio.Event:
        return self._shown.setdefault(known, anyio.Event())

    def _open(self, known: ApprovalId) -> Approval:
        approval = self._all.get(known)
        if approval is None:
            raise NotFound("unknown_approval", f"there is no question {known}", "List the open ones.")
        if approval.state != "open":
            raise AlreadyResolved(f"the question was already {approval.state}")
        return approval

    async def _close(self, known: ApprovalId, closed: ApprovalClosed) -> None:
        """Taken out of the open ones before the first await: two answers at once can't both win.

        An answer that can't be recorded was not given: the question is open again, and nothing runs.
        """
        before = self._all[known]
        self._all[known] = replace(before, state=closed.state, answer=closed.answer)
        recorded = False
        try:
            await self._journal.append(closed)
            recorded = True
        finally:
            if not recorded:
                self._all[known] = before
