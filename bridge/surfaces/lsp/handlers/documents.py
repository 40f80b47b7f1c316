"""Document synchronisation: the open documents, with every change as exact as the client tells it."""

from collections.abc import Sequence

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Encoding, LineIndex, apply_step
from bridge.harness.workspace.uris import canonical
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route


def did_open(context: Context, params: lsp.DidOpen) -> None:
    """The document's text, from now on the truth."""
    document = params.text_document
    uri = canonical(document.uri)
    context.editor.spell(uri, document.uri)
    version = context.editor.version(document.version)
    context.documents.opened(OpenDocument(uri, version, document.text, document.language_id))


def did_change(context: Context, params: lsp.DidChange) -> None:
    """Changes one after another, each in the text that the one before left."""
    uri = canonical(params.text_document.uri)
    before = context.documents.get(uri)
    if before is None:
        return
    text, changes = _changed(context, before.text, params.content_changes)
    after = OpenDocument(uri, params.text_document.version, text, before.language)
    context.documents.changed(after, changes)


def did_close(context: Context, params: lsp.OnDocument) -> None:
    """The disk is the truth again."""
    context.documents.closed(Uri(canonical(params.text_document.uri)))


def did_save(context: Context, params: lsp.OnDocument) -> None:
    """Nothing to do: the buffer's text is known."""


def _changed(context: Context, text: str, events: Sequence[lsp.ContentChange]) -> tuple[str, list[TextChange]]:
    """The text after the events, and each event as a change of the text that the one before it left.

    Editors tell many changes at once from the last to the first, as when a document is formatted. One that ends where
    the one before begins, or above, finds its lines unchanged: one line index serves such a run, and the text is put
    together once.
    """
    changes: list[TextChange] = []
    run: list[TextChange] = []
    index, encoding = LineIndex(text), context.editor.encoding
    for event in events:
        if run and not _is_above(event, index.position(run[-1].start, encoding)):
            text, run = apply_step(text, run[::-1]), []
            index = LineIndex(text)
        run.append(_change(index, len(text), event, encoding))
        changes.append(run[-1])
    return apply_step(text, run[::-1]), changes


def _is_above(event: lsp.ContentChange, top: tuple[int, int]) -> bool:
    return event.range is not None and (event.range.end.line, event.range.end.character) <= top


def _change(index: LineIndex, length: int, event: lsp.ContentChange, encoding: Encoding) -> TextChange:
    """A whole-document event replaces everything; it is refined by lines where hunks are moved."""
    if event.range is None:
        return TextChange(0, length, event.text)
    start = index.offset(event.range.start.line, event.range.start.character, encoding)
    end = index.offset(event.range.end.line, event.range.end.character, encoding)
    return TextChange(start, max(start, end), event.text)


def routes(context: Context) -> list[Route]:
    """The routes of this resource."""
    return [
        context.notification("textDocument/didOpen", lsp.DidOpen, did_open),
        context.notification("textDocument/didChange", lsp.DidChange, did_change),
        context.notification("textDocument/didClose", lsp.OnDocument, did_close),
        context.notification("textDocument/didSave", lsp.OnDocument, did_save),
    ]
