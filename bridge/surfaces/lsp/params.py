"""The params of the LSP messages that we serve: what we read of them, and no more. Strict, as all that comes in.

lsprotocol has these types too; importing it costs half a second and twenty megabytes (docs/decisions/0003), so it is
left to the pygls side, which is loaded when something needs it.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from bridge.harness.ids import Uri
from bridge.harness.workspace.uris import canonical
from bridge.protocol.base import Many, Wire
from bridge.surfaces.lsp.jsonrpc import invalid_params

MOST_DIGITS = 12
"""Of a cursor; no list is longer."""


def _whole(value: Any) -> Any:
    """Lua and JavaScript clients may write 3 as 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_uri(value: str) -> str:
    canonical(value)  # a ValueError where it can't be taken apart
    return value


Uint = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Version = Annotated[int, BeforeValidator(_whole)]
FileUri = Annotated[str, AfterValidator(_is_uri)]


class Position(Wire):
    """A place; `character` counts in the negotiated encoding."""

    line: Uint
    character: Uint


class Range(Wire):
    """[start, end)."""

    start: Position
    end: Position


class DocumentId(Wire):
    """A document by its URI."""

    uri: FileUri


class VersionedId(DocumentId):
    """A document at a version."""

    version: Version


class DocumentItem(VersionedId):
    """A document with its text."""

    text: str
    language_id: str = ""


class DidOpen(Wire):
    """textDocument/didOpen."""

    text_document: DocumentItem


class ContentChange(Wire):
    """A change of a range, or of the whole text where there is none."""

    text: str
    range: Range | None = None


class DidChange(Wire):
    """textDocument/didChange."""

    text_document: VersionedId
    content_changes: Many[ContentChange]


class OnDocument(Wire):
    """textDocument/didClose, didSave and codeLens."""

    text_document: DocumentId


class Markup(Wire):
    """A text with the way in which it is written."""

    value: str


class Diagnostic(Wire):
    """One of ours or of others'; `message` may be a markup since LSP 3.18."""

    source: str | None = None
    code: Any = None
    message: str | Markup = ""
    range: Range | None = None

    @property
    def text(self) -> str:
        """The message."""
        return self.message if isinstance(self.message, str) else self.message.value


class ActionContext(Wire):
    """What the client knows of the place."""

    diagnostics: Many[Diagnostic] = ()
    only: Many[str] | None = None
    trigger_kind: Uint | None = None


class CodeAction(OnDocument):
    """textDocument/codeAction."""

    range: Range
    context: ActionContext


class InlayHint(OnDocument):
    """textDocument/inlayHint."""

    range: Range


class VirtualDocument(Wire):
    """workspace/textDocumentContent."""

    uri: str


class FileRename(Wire):
    """A file or folder that has another name now."""

    old_uri: FileUri
    new_uri: FileUri


class DidRenameFiles(Wire):
    """workspace/didRenameFiles."""

    files: Many[FileRename]


class FileDelete(Wire):
    """A file or folder that is gone."""

    uri: FileUri


class DidDeleteFiles(Wire):
    """workspace/didDeleteFiles."""

    files: Many[FileDelete]


class ExecuteCommand(Wire):
    """workspace/executeCommand."""

    command: str
    arguments: Many[Any] | None = None


class CancelProgress(Wire):
    """window/workDoneProgress/cancel."""

    token: int | str


def known_uri(uri: str, path: str) -> Uri:
    """A URI in our spelling; raises -32602 for the field `path` where it can't be taken apart."""
    try:
        return canonical(uri)
    except ValueError as error:
        raise invalid_params([{"path": path, "message": f"this is no URI: {error}"}]) from None


def place_in_list(cursor: str | None) -> int:
    """Where a page begins; raises -32602 for a cursor that we did not give."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= MOST_DIGITS):
        raise invalid_params([{"path": "cursor", "message": "this is no `nextCursor` of an earlier page"}])
    return int(cursor)
