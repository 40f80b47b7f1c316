"""workspace/executeCommand `harness.*`: everything that a person needs, in any LSP client."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.app.session import Session
from bridge.harness.errors import NotFound
from bridge.harness.ids import HunkId, SessionId, Uri
from bridge.harness.values.events import PromptContext
from bridge.harness.values.proposals import Verdict
from bridge.harness.workspace.uris import to_path
from bridge.protocol import commands as wire
from bridge.protocol.base import Wire
from bridge.protocol.review import DecideReviewResponse
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.jsonrpc import invalid_params, wrong_fields
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.questions import Questions
from bridge.surfaces.lsp.review.deciding import decide
from bridge.surfaces.lsp.review.show import go_to, show_hunk, show_outcomes, show_text
from bridge.surfaces.mapping.review import hunk_view, outcome

REASONS = (
    "This is not what I asked for",
    "Out of scope: leave this part as it is",
    "It breaks behaviour that is needed",
    "Wrong approach: find another way",
    "Style: follow the code around it",
)
"""What a stock editor can't ask as free text has fixed choices; an instruction comment by the hunk is another way."""


class Commands:
    """The commands of one connection."""

    def __init__(self, context: Context, progress: Progress, questions: Questions) -> None:
        """One a connection."""
        self._context = context
        self._progress = progress
        self._questions = questions
        self._handlers: Mapping[str, Callable[[Any], Awaitable[Wire | None]]] = {
            "harness.prompt": self.prompt,
            "harness.accept": self.accept,
            "harness.reject": self.reject,
            "harness.rejectWithReason": self.reject_with_reason,
            "harness.acceptFile": self.accept_file,
            "harness.rejectFile": self.reject_file,
            "harness.show": self.show,
            "harness.next": self.next,
            "harness.cancel": self.cancel,
        }

    async def execute(self, _: Context, params: lsp.ExecuteCommand) -> Wire | None:
        """Validate the one argument, run."""
        command = wire.BY_NAME.get(params.command)
        if command is None:
            raise invalid_params([{"path": "command", "message": f"there is no command {params.command!r}"}])
        try:
            argument = wire.parse_arguments(command, params.arguments)
        except ValidationError as error:
            raise wrong_fields(error, "arguments") from None
        return await self._handlers[params.command](argument)

    async def prompt(self, given: wire.PromptCommand) -> Wire:
        """Begin a turn; answered at once, progress tells of it."""
        if not given.text.strip():
            raise invalid_params([{"path": "arguments.0.text", "message": "it has no text"}])
        where = PromptContext(_uri(given.uri), given.line) if given.uri else None
        session = await self._session(given)
        turn = await self._context.runtime.prompt(session.id, given.text, where)
        self._context.tasks.start_soon(self._progress.begin, session, turn, None)
        return wire.PromptStarted(session_id=session.id)

    async def accept(self, given: wire.HunkCommand) -> Wire:
        """Accept one hunk."""
        return await self._decide([HunkId(given.hunk_id)], "accepted")

    async def reject(self, given: wire.RejectCommand) -> Wire:
        """Reject one hunk; one that no longer fits is dismissed."""
        return await self._decide([HunkId(given.hunk_id)], "rejected", given.reason or "")

    async def reject_with_reason(self, given: wire.HunkCommand) -> Wire:
        """Ask why first. No choice, no rejection."""
        _, view = self._context.runtime.hunk(HunkId(given.hunk_id))
        reason = await self._questions.choose(f"Why reject hunk {view.index}/{view.total}?", REASONS)
        if not reason:
            return DecideReviewResponse(outcomes=())
        return await self._decide([view.hunk.id], "rejected", reason)

    async def accept_file(self, given: wire.FileCommand) -> Wire:
        """Accept what fits in a file, in one edit."""
        views = [view for _, view in self._context.runtime.hunks(_uri(given.uri)) if view.state.open]
        return await self._decide([view.hunk.id for view in views if not view.state.stale], "accepted")

    async def reject_file(self, given: wire.FileCommand) -> Wire:
        """Reject what is undecided in a file."""
        views = [view for _, view in self._context.runtime.hunks(_uri(given.uri)) if view.state.open]
        return await self._decide([view.hunk.id for view in views], "rejected")

    async def show(self, given: wire.HunkCommand) -> None:
        """Show the change."""
        await show_hunk(self._context, self._context.runtime.hunk(HunkId(given.hunk_id))[1])

    async def next(self, given: wire.NextCommand) -> Wire:
        """Go to the hunk after a hunk or a line: in the document, then in the others, then from the start."""
        found = [(session, view) for session, view in self._context.runtime.hunks() if view.state.open]
        if not found:
            show_text(self._context, "No hunk waits for you.")
            return wire.NextHunk()
        session, view = next(((s, v) for s, v in found if (v.hunk.uri, v.span.start) > self._from(given)), found[0])
        await go_to(self._context, view)
        return wire.NextHunk(hunk=hunk_view(session.id, view, self._context.editor.spelled(view.hunk.uri)))

    async def cancel(self, given: wire.CancelCommand) -> None:
        """Stop one session's turn, or all."""
        runtime = self._context.runtime
        chosen = [runtime.session(SessionId(given.session_id))] if given.session_id else runtime.sessions()
        for session in chosen:
            session.interrupt()

    async def _decide(self, ids: Sequence[HunkId], verdict: Verdict, reason: str = "") -> DecideReviewResponse:
        outcomes = await decide(self._context, ids, verdict, reason)
        if unknown := next((one for one in outcomes if one.outcome == "unknown"), None):
            raise NotFound("unknown_hunk", f"there is no hunk {unknown.hunk}")
        show_outcomes(self._context, outcomes)
        return DecideReviewResponse(outcomes=tuple(outcome(one) for one in outcomes))

    def _from(self, given: wire.NextCommand) -> tuple[str, int]:
        if given.hunk_id:
            _, view = self._context.runtime.hunk(HunkId(given.hunk_id))
            return view.hunk.uri, view.span.start
        return (_uri(given.uri), given.line or 0) if given.uri else ("", -1)

    async def _session(self, given: wire.PromptCommand) -> Session:
        """The named session, else the connection's current one, else a new one in the workspace of the document."""
        if given.session_id:
            return self._context.runtime.session(SessionId(given.session_id))
        if self._context.current is None:
            self._context.current = await self._context.runtime.new_session(str(self._workspace(given)))
        return self._context.current

    def _workspace(self, given: wire.PromptCommand) -> Path:
        root = self._context.folders.holding(to_path(given.uri) if given.uri else None)
        if root is None:
            raise invalid_params([{"path": "arguments.0.uri", "message": "the editor has no workspace folder open"}])
        return root

    def routes(self) -> list[Route]:
        """The route of all commands."""
        return [self._context.request("workspace/executeCommand", lsp.ExecuteCommand, self.execute)]


def _uri(given: str) -> Uri:
    return lsp.known_uri(given, "arguments.0.uri")
