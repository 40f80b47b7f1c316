"""workspace/executeCommand `harness.*`: everything that a person needs, in any LSP client."""

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from bridge.app import wording
from bridge.app.session import Session
from bridge.harness.errors import NotFound
from bridge.harness.ids import HunkId, SessionId, Uri
from bridge.harness.values.proposals import HunkOutcome, Verdict
from bridge.harness.workspace.views import HunkView
from bridge.protocol import commands as wire
from bridge.protocol.base import Wire
from bridge.protocol.review import DecideReviewResponse
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.handlers.asking import Asking
from bridge.surfaces.lsp.handlers.meanwhile import Meanwhile
from bridge.surfaces.lsp.jsonrpc import invalid_params, wrong_fields
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.questions import Questions
from bridge.surfaces.lsp.queued import Queue
from bridge.surfaces.lsp.review.deciding import apply_anyway, decide, stood_on, undo
from bridge.surfaces.lsp.review.show import go_to, show_hunk, show_outcomes, show_text
from bridge.surfaces.lsp.review.shown import Shown
from bridge.surfaces.mapping.review import outcome, seen_view

REASONS = (
    "This is not what I asked for",
    "Out of scope: leave this part as it is",
    "It breaks behaviour that is needed",
    "Wrong approach: find another way",
    "Style: follow the code around it",
)
"""What a stock editor can't ask as free text has fixed choices; an instruction comment by the hunk is another way."""


Place = tuple[str, int, int, str]
"""Hunks in their order: file, first line, line after the last, id."""


class Commands:
    """The commands of one connection."""

    def __init__(self, context: Context, progress: Progress, questions: Questions, queue: Queue, shown: Shown) -> None:
        """One a connection."""
        self._context = context
        self._asking = Asking(context, progress, questions, queue)
        self._shown = shown
        self._handlers: Mapping[str, Callable[[Any], Awaitable[Wire | None]]] = {
            **self._asking.handlers,
            **Meanwhile(context).handlers,
            "harness.accept": self.accept,
            "harness.reject": self.reject,
            "harness.rejectWithReason": self.reject_with_reason,
            "harness.applyAnyway": self.apply_anyway,
            "harness.undo": self.undo,
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

    async def accept(self, given: wire.HunkCommand) -> Wire:
        """Accept one hunk."""
        return await self._decide([HunkId(given.hunk_id)], "accepted")

    async def reject(self, given: wire.RejectCommand) -> Wire:
        """Reject one hunk; one that no longer fits is dismissed."""
        return await self._decide([HunkId(given.hunk_id)], "rejected", given.reason or "")

    async def reject_with_reason(self, given: wire.HunkCommand) -> Wire:
        """Ask why first. No choice, no rejection."""
        _, view = self._context.runtime.hunk(HunkId(given.hunk_id))
        question = f"Why {wording.words(view).reject.lower()} {wording.name(view)}?"
        reason = await self._asking.choose(question, REASONS)
        if not reason:
            return DecideReviewResponse(outcomes=())
        return await self._decide([view.hunk.id], "rejected", reason)

    async def apply_anyway(self, given: wire.HunkCommand) -> Wire:
        """Accept a hunk that no longer fits, over what stands there."""
        found = await apply_anyway(self._context, HunkId(given.hunk_id))
        show_outcomes(self._context, [found])
        return DecideReviewResponse(outcomes=(outcome(found, HunkId(given.hunk_id)),))

    async def undo(self, given: wire.HunkCommand) -> Wire:
        """Take a hunk out of the text again."""
        return self._told(await self._with_later_ones(await undo(self._context, [HunkId(given.hunk_id)])))

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
        found = self._after(self._from(given))
        if found is None:
            show_text(self._context, "No hunk waits for you.")
            return wire.NextHunk()
        session, view = found
        self._shown.look_near(view.hunk.uri, view.span.start)
        await go_to(self._context, view)
        return wire.NextHunk(hunk=seen_view(session.id, view, self._context.seen))

    async def cancel(self, given: wire.CancelCommand) -> None:
        """Stop one session's turn, or all."""
        runtime = self._context.runtime
        chosen = [runtime.session(SessionId(given.session_id))] if given.session_id else runtime.sessions()
        for session in chosen:
            session.interrupt()

    async def _decide(self, ids: Sequence[HunkId], verdict: Verdict, reason: str = "") -> DecideReviewResponse:
        outcomes = await decide(self._context, ids, verdict, reason)
        return self._told(await self._with_later_ones(outcomes, reason))

    def _told(self, outcomes: Sequence[HunkOutcome]) -> DecideReviewResponse:
        if unknown := next((one for one in outcomes if one.outcome == "unknown"), None):
            raise NotFound("unknown_hunk", f"there is no hunk {unknown.hunk}")
        show_outcomes(self._context, outcomes)
        return DecideReviewResponse(outcomes=tuple(outcome(one) for one in outcomes))

    async def _with_later_ones(self, outcomes: Sequence[HunkOutcome], reason: str = "") -> Sequence[HunkOutcome]:
        """Where later hunks stand on those that should go: undo them together, if the person says so."""
        ids, why = stood_on(outcomes)
        if not ids:
            return outcomes
        together = f"Undo these {len(ids)} together"
        if await self._asking.choose(wording.visible(why), (together,)) != together:
            return outcomes
        return [*(one for one in outcomes if one.hunk not in ids), *await undo(self._context, ids, reason)]

    def _after(self, here: Place) -> tuple[Session, HunkView] | None:
        found = {_place(view): (one, view) for one, view in self._context.runtime.hunks() if view.state.open}
        places = sorted(found)
        return found[next((place for place in places if place > here), places[0])] if places else None

    def _from(self, given: wire.NextCommand) -> Place:
        if given.hunk_id:
            return _place(self._context.runtime.hunk(HunkId(given.hunk_id))[1])
        return (_uri(given.uri), given.line or 0, sys.maxsize, "") if given.uri else ("", -1, 0, "")

    def routes(self) -> list[Route]:
        """The route of all commands."""
        return [self._context.request("workspace/executeCommand", lsp.ExecuteCommand, self.execute)]


def _uri(given: str) -> Uri:
    return lsp.known_uri(given, "arguments.0.uri")


def _place(view: HunkView) -> Place:
    return view.hunk.uri, view.span.start, view.span.end, view.hunk.id
