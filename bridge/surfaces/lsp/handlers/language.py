"""Code actions, code lenses, progress cancellation: what an editor asks by itself."""

from collections.abc import Sequence
from typing import Any

from bridge.harness.workspace.uris import canonical
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.review.actions import code_actions, code_lenses
from bridge.surfaces.lsp.review.publisher import SOURCE, Publisher


class Language:
    """The handlers of this resource."""

    def __init__(self, context: Context, progress: Progress, publisher: Publisher) -> None:
        """One a connection."""
        self._context = context
        self._progress = progress
        self._publisher = publisher

    def actions(self, _: Context, params: lsp.CodeAction) -> list[dict[str, Any]]:
        """The actions of the kinds that are asked for."""
        uri = canonical(params.text_document.uri)
        self._publisher.look_near(uri, params.range.start.line)
        codes = frozenset(str(d.code) for d in params.context.diagnostics if d.source == SOURCE)
        found = code_actions(self._context, uri, params.range.start.line, params.range.end.line, codes)
        only = params.context.only
        return found if only is None else [one for one in found if _wanted(one["kind"], only)]

    def lenses(self, _: Context, params: lsp.OnDocument) -> list[dict[str, Any]]:
        """See review.actions."""
        return code_lenses(self._context, canonical(params.text_document.uri))

    def cancel_progress(self, _: Context, params: lsp.CancelProgress) -> None:
        """The person pressed stop."""
        self._progress.cancel(params.token)

    def routes(self) -> list[Route]:
        """The routes of this resource."""
        context = self._context
        return [
            context.request("textDocument/codeAction", lsp.CodeAction, self.actions),
            context.request("textDocument/codeLens", lsp.OnDocument, self.lenses),
            context.notification("window/workDoneProgress/cancel", lsp.CancelProgress, self.cancel_progress),
        ]


def _wanted(kind: str, only: Sequence[str]) -> bool:
    """LSP: a kind contains its sub-kinds."""
    return any(not name or kind == name or kind.startswith(f"{name}.") for name in only)
