"""The editor: what the daemon asks of a client that can do more than standard LSP. Ours; ACP has nothing like it."""

from pydantic import Field

from bridge.protocol.base import Many, Wire
from bridge.protocol.review import Range
from bridge.protocol.row import Method


class TextEdit(Wire):
    """A change of a text, as in LSP."""

    range: Range = Field(description="What is replaced.")
    new_text: str = Field(description="What comes in its place.")


class ApplyEditorRequest(Wire):
    """Change one open document."""

    uri: str = Field(description="The document, spelled as the client spells it.")
    version: int = Field(description="The version that the ranges are in.")
    edits: Many[TextEdit] = Field(description="The changes. They don't overlap; all ranges are in the text before.")
    undo_group: str = Field(
        description="Names the undo step. What has the same name is undone together; nothing else is part of it."
    )
    label: str = Field(description="What the change is for, in words for a person: the name of the undo step.")


class ApplyEditorResponse(Wire):
    """Whether the document was changed."""

    applied: bool = Field(
        description="Whether all of the edits were made. `false` means that none was; refuse where `version` is not "
        "the document's any more."
    )
    version: int | None = Field(default=None, description="The document's version after the change.")
    sha256: str | None = Field(
        default=None, description="SHA-256, hex, of the document's whole text after the change, in UTF-8."
    )
    reason: str | None = Field(default=None, description="Why it was refused, in words for a person.")


class SaveEditorRequest(Wire):
    """Save open documents."""

    uris: Many[str] = Field(description="The documents, spelled as the client spells them.")


class SaveEditorResponse(Wire):
    """What was saved."""

    saved: Many[str] = Field(description="Those of the documents that are on the disk now.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/editor/apply",
        "server_to_client",
        "request",
        ApplyEditorRequest,
        ApplyEditorResponse,
        "none",
        "experimental",
        "Change one open document, as one undo step of its own. Sent to clients with the capability `editorApply`. The "
        "change is announced by `textDocument/didChange` as any other; the daemon looks at what stands then.",
    ),
    Method(
        "harness/editor/save",
        "server_to_client",
        "request",
        SaveEditorRequest,
        SaveEditorResponse,
        "none",
        "experimental",
        "Save open documents after an edit, so that commands see what was accepted. Sent to clients with the "
        "capability `editorSave`, for documents that the setting `save` names.",
    ),
)
