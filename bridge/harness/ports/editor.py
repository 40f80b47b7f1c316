"""The editor, as the review sees it: it is asked to change a document, and watched for what really happened."""

from collections.abc import Sequence
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
    """An attached client.

    `keeps`: it breaks its undo before and after an edit of ours, so one edit is one step back whatever the person is
    doing; and it makes an edit only of the very version that is named, 0 included. Only then is the review policy
    *keep* offered.
    """

    @property
    def keeps(self) -> bool:
        """See above."""
        ...

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """Ask for one versioned edit of one document."""
        ...

    async def save(self, uris: Sequence[Uri]) -> None:
        """Ask for documents to be saved; nothing happens in an editor that can't be asked."""
        ...


class NoEditor:
    """No client is attached: nothing is open, so nothing can be applied."""

    keeps = False

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """Always refused."""
        return EditReply(applied=False, reason=f"no editor has {edit.uri} open")

    async def save(self, uris: Sequence[Uri]) -> None:
        """Nothing is open."""
