"""Documents: the open ones, with every change as exact as the client tells it; and files that get other names or go."""

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.workspace.uris import canonical
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.sync import apply_events


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
    text, changes = apply_events(before.text, params.content_changes, context.editor.encoding)
    after = OpenDocument(uri, params.text_document.version, text, before.language)
    context.documents.changed(after, changes)


def did_close(context: Context, params: lsp.OnDocument) -> None:
    """The disk is the truth again."""
    context.documents.closed(Uri(canonical(params.text_document.uri)))


def did_save(context: Context, params: lsp.OnDocument) -> None:
    """Nothing to do: the buffer's text is known."""


def did_rename(context: Context, params: lsp.DidRenameFiles) -> None:
    """The person gave files other names: their hunks follow."""
    context.runtime.files_renamed([(canonical(one.old_uri), canonical(one.new_uri)) for one in params.files])


def did_delete(context: Context, params: lsp.DidDeleteFiles) -> None:
    """The person deleted files."""
    context.runtime.files_deleted([canonical(one.uri) for one in params.files])


def routes(context: Context) -> list[Route]:
    """The routes of this resource."""
    return [
        context.notification("textDocument/didOpen", lsp.DidOpen, did_open),
        context.notification("textDocument/didChange", lsp.DidChange, did_change),
        context.notification("textDocument/didClose", lsp.OnDocument, did_close),
        context.notification("textDocument/didSave", lsp.OnDocument, did_save),
        context.notification("workspace/didRenameFiles", lsp.DidRenameFiles, did_rename),
        context.notification("workspace/didDeleteFiles", lsp.DidDeleteFiles, did_delete),
    ]
