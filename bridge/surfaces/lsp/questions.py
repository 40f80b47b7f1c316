"""Questions to the person: approvals, and hunks that no code action can reach (files created, deleted or moved).

A client that answers `harness/session/request_permission` is asked so; any other by `window/showMessageRequest`, whose
first choice shows what it is about. What is no clear yes is a no; a client that goes away leaves the question open.
"""

from collections.abc import Mapping, Sequence

import anyio
from pydantic import ValidationError

from bridge.app import wording
from bridge.app.bus import Update
from bridge.harness.errors import BridgeError
from bridge.harness.ids import ApprovalId, HunkId, SessionId
from bridge.harness.isolate import isolate
from bridge.harness.values.approvals import Approval
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened, Decided, Proposed, Recorded
from bridge.harness.values.proposals import Actor, Hunk
from bridge.protocol.permission import PermissionSelected, RequestPermissionResponse
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.peer import RemoteError
from bridge.surfaces.lsp.review.show import show_hunk, show_preview
from bridge.surfaces.mapping.permission import request_permission

SHOW = "Show"
WARNING = 2
PERSON = Actor("person", "editor")


class Questions:
    """Asks what is open; takes a question back when it is answered elsewhere or cancelled."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context
        self._asking: dict[ApprovalId | HunkId, anyio.CancelScope] = {}

    def on_update(self, _session: SessionId, update: Update) -> None:
        """Ask, or take back."""
        match update:
            case Recorded(event=ApprovalOpened(approval=approval)):
                self.ask(approval)
            case Recorded(event=ApprovalClosed(approval=known)):
                self._take_back(known)
            case Recorded(event=Proposed(hunks=hunks)):
                self.ask_about_files(hunks)
            case Recorded(event=Decided(hunk=known)):
                self._take_back(known)

    def ask(self, approval: Approval) -> None:
        """Ask a question that is open, a new one or one of an earlier life of the bridge."""
        self._context.tasks.start_soon(self._ask, approval)

    def ask_about_files(self, hunks: Sequence[Hunk]) -> None:
        """Whole files are asked about; clients with updates render these hunks themselves."""
        for hunk in hunks:
            if hunk.op != "edit" and not self._context.client.wants_updates:
                self._context.tasks.start_soon(self._ask_about_file, hunk.id)

    async def _ask(self, approval: Approval) -> None:
        with anyio.CancelScope() as scope, isolate("a question"):
            self._asking[approval.id] = scope
            try:
                choice, reason = await self._choice(approval)
                await self._context.runtime.answer(approval.id, choice, reason)
            except BridgeError:
                pass  # answered elsewhere meanwhile: the first answer won
            finally:
                self._asking.pop(approval.id, None)

    async def _choice(self, approval: Approval) -> tuple[str, str]:
        no = next(choice.id for choice in approval.choices if choice.kind == "reject_once")
        try:
            if self._context.client.answers_permissions:
                return await self._permission(approval, no)
            return await self._message(approval, no)
        except RemoteError as error:
            return no, f"the client could not ask: {error.message}"

    async def _permission(self, approval: Approval, no: str) -> tuple[str, str]:
        raw = await self._context.peer.request(
            "harness/session/request_permission", request_permission(approval).dump()
        )
        try:
            outcome = RequestPermissionResponse.parse(raw).outcome
        except ValidationError:
            return no, "the client's answer was malformed"
        if isinstance(outcome, PermissionSelected) and outcome.option_id in {c.id for c in approval.choices}:
            return outcome.option_id, ""
        return no, "the question was put away"

    async def _message(self, approval: Approval, no: str) -> tuple[str, str]:
        titles = {choice.title: choice.id for choice in approval.choices}
        text = f"{approval.subject.title}? ({approval.ruling.why.text})"
        self._context.runtime.shown(approval.id)
        details = "\n".join(
            [approval.subject.title, f"Why this asks: {approval.ruling.why.text}", *approval.subject.touches]
        )
        while True:
            title = await self.choose(text, [SHOW, *titles])
            if title != SHOW:
                return (titles[title], "") if title in titles else (no, "the question was put away")
            await show_preview(self._context, f"{approval.id}.txt", details + "\n")

    async def _ask_about_file(self, id_: HunkId) -> None:
        with anyio.CancelScope() as scope, isolate("a question about a file"):
            self._asking[id_] = scope
            try:
                await self._decide_file(id_)
            except RemoteError:
                pass  # it stays undecided and visible; `harness.accept` and `harness.reject` decide it
            finally:
                self._asking.pop(id_, None)

    async def _decide_file(self, id_: HunkId) -> None:
        _, view = self._context.runtime.hunk(id_)
        choices: Mapping[str, str] = {"Accept": "accepted", "Reject": "rejected"}
        text = f"{view.title}: {wording.summary(view)}"
        while (title := await self.choose(text, [SHOW, *choices])) == SHOW:
            await show_hunk(self._context, view)
        if title == "Accept":
            await self._context.runtime.decide([id_], "accepted", PERSON)
        else:
            reason = "" if title == "Reject" else "the question was put away"
            await self._context.runtime.decide([id_], "rejected", PERSON, reason)

    async def choose(self, text: str, titles: Sequence[str]) -> str:
        """`window/showMessageRequest`: the chosen title, or an empty string."""
        params = {"type": WARNING, "message": text, "actions": [{"title": title} for title in titles]}
        answer = await self._context.peer.request("window/showMessageRequest", params)
        title = str(answer.get("title")) if isinstance(answer, dict) else ""
        return title if title in titles else ""

    def _take_back(self, known: ApprovalId | HunkId) -> None:
        if (scope := self._asking.get(known)) is not None:
            scope.cancel()
