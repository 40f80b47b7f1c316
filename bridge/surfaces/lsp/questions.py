"""Questions to the person: approvals, and hunks that no code action can reach (files created, deleted or moved).

A client that answers `harness/session/request_permission` is asked so; any other by `window/showMessageRequest`, whose
first choice shows what it is about. What is no clear yes is a no; a client that goes away leaves the question open.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import anyio
from pydantic import ValidationError

from bridge.app import wording
from bridge.app.bus import Update
from bridge.harness.errors import AlreadyResolved, BridgeError, NotFound
from bridge.harness.ids import ApprovalId, HunkId, SessionId
from bridge.harness.isolate import isolate
from bridge.harness.values.approvals import Approval
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened, Decided, Proposed, Recorded
from bridge.harness.values.proposals import Hunk, Verdict
from bridge.protocol.permission import PermissionSelected, RequestPermissionResponse
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.peer import RemoteError
from bridge.surfaces.lsp.review.deciding import decide
from bridge.surfaces.lsp.review.show import WARNING, show_hunk, show_outcomes, show_preview, show_text
from bridge.surfaces.mapping.permission import request_permission

SHOW = "Show"
TRIES = 3
"""Times that a question is asked whose answer could not be recorded, as on a full disk."""


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
        if approval.id not in self._asking:
            self._context.tasks.start_soon(self._ask, approval)

    def ask_about_files(self, hunks: Sequence[Hunk]) -> None:
        """Whole files are asked about; clients that show hunks themselves, and scripts that follow updates, are not."""
        client = self._context.client
        if client.shows_hunks or client.wants_updates:
            return
        for hunk in hunks:
            if hunk.op != "edit" and hunk.id not in self._asking:
                self._context.tasks.start_soon(self._ask_about_file, hunk.id)

    async def _ask(self, approval: Approval) -> None:
        for _ in range(TRIES):
            answer: tuple[str, str] | None = None
            with isolate("a question"), self._taken_back(approval.id):
                answer = await self._choice(approval)
            # Outside of the scope: the record of this answer takes the question back too.
            if answer is None or await self._answer(approval.id, *answer):
                return

    async def _answer(self, known: ApprovalId, choice: str, reason: str) -> bool:
        """Whether it is settled, by this answer or by one from elsewhere: the first one wins."""
        try:
            await self._context.runtime.answer(known, choice, reason)
        except (AlreadyResolved, NotFound):
            pass
        except BridgeError as problem:
            show_text(self._context, f"The answer was not taken: {problem} {problem.hint}", kind=WARNING)
            return False
        return True

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
        title = wording.visible(approval.subject.title)
        text = f"{title}? ({wording.visible(approval.ruling.why.text)})"
        self._context.runtime.shown(approval.id)
        rows = [title, f"Why this asks: {approval.ruling.why.text}", *approval.subject.touches]
        details = "\n".join(map(wording.visible, rows))
        while True:
            chosen = await self.choose(text, [SHOW, *titles])
            if chosen != SHOW:
                return (titles[chosen], "") if chosen in titles else (no, "the question was put away")
            await show_preview(self._context, f"{approval.id}.txt", details + "\n")

    async def _ask_about_file(self, id_: HunkId) -> None:
        """Unasked it stays undecided: `harness.accept` and `harness.reject` decide it."""
        for _ in range(TRIES):
            title: str | None = None
            with isolate("a question about a file"), self._taken_back(id_), suppress(RemoteError):
                title = await self._file_choice(id_)
            # Outside of the scope, as above.
            if title is None or await self._decide_file(id_, title):
                return

    async def _file_choice(self, id_: HunkId) -> str:
        _, view = self._context.runtime.hunk(id_)
        text = f"{wording.visible(view.title)}: {wording.summary(view)}"
        while (title := await self.choose(text, [SHOW, "Accept", "Reject"])) == SHOW:
            await show_hunk(self._context, view)
        return title

    async def _decide_file(self, id_: HunkId, title: str) -> bool:
        reason = "" if title in ("Accept", "Reject") else "the question was put away"
        verdict: Verdict = "accepted" if title == "Accept" else "rejected"
        try:
            show_outcomes(self._context, await decide(self._context, [id_], verdict, reason))
        except BridgeError as problem:
            show_text(self._context, f"Not decided: {problem} {problem.hint}", kind=WARNING)
            return False
        return True

    @contextmanager
    def _taken_back(self, known: ApprovalId | HunkId) -> Iterator[None]:
        """A question that `_take_back` ends."""
        with anyio.CancelScope() as scope:
            self._asking[known] = scope
            try:
                yield
            finally:
                self._asking.pop(known, None)

    async def choose(self, text: str, titles: Sequence[str]) -> str:
        """`window/showMessageRequest`: the chosen title, or an empty string."""
        params = {"type": WARNING, "message": text, "actions": [{"title": title} for title in titles]}
        answer = await self._context.peer.request("window/showMessageRequest", params)
        title = str(answer.get("title")) if isinstance(answer, dict) else ""
        return title if title in titles else ""

    def _take_back(self, known: ApprovalId | HunkId) -> None:
        if (scope := self._asking.get(known)) is not None:
            scope.cancel()
