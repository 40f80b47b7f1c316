"""Code actions, lenses, inlay hints, virtual documents, progress cancellation: what an editor asks by itself."""

from collections.abc import Sequence
from typing import Any

from bridge.harness.workspace.uris import canonical
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.review.actions import code_actions
from bridge.surfaces.lsp.review.costs import Costs
from bridge.surfaces.lsp.review.entries import entries
from bridge.surfaces.lsp.review.hints import inlay_hints
from bridge.surfaces.lsp.review.lenses import code_lenses
from bridge.surfaces.lsp.review.publisher import SOURCE
from bridge.surfaces.lsp.review.shown import Shown


class Language:
    """The handlers of this resource."""

    def __init__(self, context: Context, progress: Progress, shown: Shown, costs: Costs) -> None:
        """One a connection."""
        self._context = context
        self._costs = costs
        self._progress = progress
        self._shown = shown

    def actions(self, _: Context, params: lsp.CodeAction) -> list[dict[str, Any]]:
        """The actions of the kinds that are asked for."""
        uri, first = canonical(params.text_document.uri), params.range.start.line
        self._shown.look_near(uri, first)
        codes = frozenset(str(d.code) for d in params.context.diagnostics if d.source == SOURCE)
        found = code_actions(self._context, uri, first, params.range.end.line, codes)
        found += entries(self._context, uri, params)
        only = params.context.only
        return found if only is None else [one for one in found if _wanted(one["kind"], only)]

    def lenses(self, _: Context, params: lsp.OnDocument) -> list[dict[str, Any]]:
        """See review.lenses."""
        uri = canonical(params.text_document.uri)
        return code_lenses(self._context, uri, self._shown.publisher.near(uri))

    def hints(self, _: Context, params: lsp.InlayHint) -> list[dict[str, Any]]:
        """See review.hints and review.costs."""
        uri, first, last = canonical(params.text_document.uri), params.range.start.line, params.range.end.line
        return [*inlay_hints(self._context, uri, first, last), *self._costs.hints(uri, first, last)]

    async def content(self, _: Context, params: lsp.VirtualDocument) -> dict[str, str]:
        """See review.virtual."""
        return {"text": await self._shown.documents.text(params.uri)}

    def cancel_progress(self, _: Context, params: lsp.CancelProgress) -> None:
        """The person pressed stop."""
        self._progress.cancel(params.token)

    def routes(self) -> list[Route]:
        """The routes of this resource."""
        context = self._context
        return [
            context.request("textDocument/codeAction", lsp.CodeAction, self.actions),
            context.request("textDocument/codeLens", lsp.OnDocument, self.lenses),
            context.request("textDocument/inlayHint", lsp.InlayHint, self.hints),
            context.request("workspace/textDocumentContent", lsp.VirtualDocument, self.content),
            context.notification("window/workDoneProgress/cancel", lsp.CancelProgress, self.cancel_progress),
        ]


def _wanted(kind: str, only: Sequence[str]) -> bool:
    """LSP: a kind contains its sub-kinds."""
    return any(not name or kind == name or kind.startswith(f"{name}.") for name in only)
