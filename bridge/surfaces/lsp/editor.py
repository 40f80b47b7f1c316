"""The client as the review's editor: one versioned `workspace/applyEdit` for one document."""

from typing import Any

from bridge.harness.ids import Uri
from bridge.harness.ports.editor import DocumentEdit, EditReply
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Encoding, LineIndex, refine
from bridge.surfaces.lsp.peer import Peer, RemoteError

REPLY_S = 30.0
"""An editor that shows a dialog first may take its time; one that never answers is not waited for longer."""


class LspEditor:
    """Implements the Editor port: offsets to positions, and the client's own spelling of URIs."""

    def __init__(self, peer: Peer) -> None:
        """The client is known later."""
        self._peer = peer
        self.encoding: Encoding = "utf-16"
        self._first_version = 0
        self._spelling: dict[Uri, str] = {}

    def know(self, name: str, encoding: Encoding) -> None:
        """What the client calls itself, and the units that it counts columns in."""
        self.encoding = encoding
        self._first_version = 1 if name == "Neovim" else 0

    def version(self, told: int) -> int:
        """A document's version, such that the client refuses an edit for an older one.

        Neovim gives a document the version 0 until its first change, and then its change count, which is 3 or more; it
        checks only versions above 0. Any number between has 0 checked as well.
        """
        return max(told, self._first_version)

    def spell(self, uri: Uri, spelling: str) -> None:
        """The client writes this URI so: editors compare URIs as text."""
        self._spelling[uri] = spelling

    def spelled(self, uri: Uri) -> str:
        """The URI as the client writes it."""
        return self._spelling.get(uri, uri)

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """See the port. No label and no metadata: some clients fail on fields that they don't know."""
        document = {"uri": self.spelled(edit.uri), "version": self.version(edit.version)}
        changes = [{"textDocument": document, "edits": self._edits(edit)}]
        try:
            reply = await self._peer.request("workspace/applyEdit", {"edit": {"documentChanges": changes}}, REPLY_S)
        except (RemoteError, TimeoutError) as error:
            return EditReply(applied=False, reason=str(error) or "the editor did not answer")
        if not isinstance(reply, dict):
            return EditReply(applied=False, reason="the editor's answer was malformed")
        return EditReply(reply.get("applied") is True, str(reply.get("failureReason") or ""))

    def _edits(self, edit: DocumentEdit) -> list[dict[str, Any]]:
        index = LineIndex(edit.text)
        changes = edit.changes
        if _has_mixed_ends(edit.text):
            # An editor that normalises line ends in new text (Neovim) would change those of replaced lines: spare them.
            changes = tuple(piece for change in changes for piece in refine(edit.text, change))
        return [self._text_edit(index, change) for change in changes]

    def _text_edit(self, index: LineIndex, change: TextChange) -> dict[str, Any]:
        return {"range": to_range(index, change.start, change.end, self.encoding), "newText": change.text}


def to_range(index: LineIndex, start: int, end: int, encoding: Encoding) -> dict[str, Any]:
    """The LSP range of [start, end)."""
    first, last = index.position(start, encoding), index.position(end, encoding)
    return {
        "start": {"line": first[0], "character": first[1]},
        "end": {"line": last[0], "character": last[1]},
    }


def _has_mixed_ends(text: str) -> bool:
    carriage = text.count("\r\n")
    return 0 < carriage < text.count("\n")
