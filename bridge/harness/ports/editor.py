"""The editor, as the review sees it: it is asked to change a document, and watched for what really happened."""

from dataclasses import dataclass
from typing import Protocol

from bridge.harness.ids import Uri
from bridge.harness.values.text import TextChange


@dataclass(frozen=True, slots=True)
class DocumentEdit:
    """Changes to one open document at one version. Offsets are in `text`, in characters; changes do not overlap."""

    uri: Uri
    version: int
    text: str
    changes: tuple[TextChange, ...]
    label: str


@dataclass(frozen=True, slots=True)
class EditReply:
    """What the editor said. `applied` is never proof: the text that follows is."""

    applied: bool
    reason: str = ""


class Editor(Protocol):
    """An attached client."""

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """Ask for one versioned edit of one document."""
        ...


class NoEditor:
    """No client is attached: nothing is open, so nothing can be applied."""

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """Always refused."""
        return EditReply(applied=False, reason=f"no editor has {edit.uri} open")
