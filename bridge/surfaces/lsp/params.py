"""The params of the LSP messages that we serve: what we read of them, and no more. Strict, as all that comes in.

lsprotocol has these types too; importing it costs half a second and twenty megabytes (docs/decisions/0003), so it is
left to the pygls side, which is loaded when something needs it.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bridge.protocol.base import Many, Wire


def _whole(value: Any) -> Any:
    """Lua and JavaScript clients may write 3 as 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Uint = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Version = Annotated[int, BeforeValidator(_whole)]


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

    uri: str


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


class Diagnostic(Wire):
    """What tells our own diagnostics from others'."""

    source: str | None = None
    code: Any = None


class ActionContext(Wire):
    """What the client knows of the place."""

    diagnostics: Many[Diagnostic] = ()
    only: Many[str] | None = None


class CodeAction(OnDocument):
    """textDocument/codeAction."""

    range: Range
    context: ActionContext


class ExecuteCommand(Wire):
    """workspace/executeCommand."""

    command: str
    arguments: Many[Any] | None = None


class CancelProgress(Wire):
    """window/workDoneProgress/cancel."""

    token: int | str
