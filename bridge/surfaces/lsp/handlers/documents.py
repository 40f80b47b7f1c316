"""Document synchronisation: the open documents, with every change as exact as the client tells it."""

from collections.abc import Sequence

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import LineIndex, apply_step
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
    changes = []
    for event in events:
        change = _change(context, text, event)
        text = apply_step(text, [change])
        changes.append(change)
    return text, changes


def _change(context: Context, text: str, event: lsp.ContentChange) -> TextChange:
    """A whole-document event replaces everything; it is refined by lines where hunks are moved."""
    if event.range is None:
        return TextChange(0, len(text), event.text)
    index, encoding = LineIndex(text), context.editor.encoding
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
