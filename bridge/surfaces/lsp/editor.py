"""The client as the review's editor: one versioned edit for one document, and saving.

A client that declares `editorApply` is sent `harness/editor/apply`, any other `workspace/applyEdit`.
"""

import logging
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from bridge.harness.ids import Uri, new_id
from bridge.harness.ports.editor import DocumentEdit, EditReply
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Encoding, LineIndex, refine
from bridge.protocol import editor as wire
from bridge.surfaces.lsp.peer import Peer, RemoteError

logger = logging.getLogger(__name__)

REPLY_S = 30.0
"""An editor that shows a dialog first may take its time; one that never answers is not waited for longer."""

MALFORMED = "the editor's answer was malformed"


class LspEditor:
    """Implements the Editor port: offsets to positions, and the client's own spelling of URIs."""

    def __init__(self, peer: Peer, reply_s: float = REPLY_S) -> None:
        """The client is known later. Its answers are waited for `reply_s` seconds."""
        self._peer = peer
        self._reply_s = reply_s
        self.encoding: Encoding = "utf-16"
        self._first_version = 0
        self._applies = False
        self._saves = False
        self._spelling: dict[Uri, str] = {}

    def know(self, name: str, encoding: Encoding, *, applies: bool = False, saves: bool = False) -> None:
        """What the client calls itself, the units that it counts columns in, and which requests of ours it answers."""
        self.encoding = encoding
        self._applies, self._saves = applies, saves
        self._first_version = 1 if name == "Neovim" and not applies else 0

    @property
    def keeps(self) -> bool:
        """See the port: edits that nobody asked for in this moment need undo steps of their own."""
        return self._applies

    def version(self, told: int) -> int:
        """A document's version, such that the client refuses an edit for an older one.

        Neovim gives a document the version 0 until its first change, and then its change count, which is 3 or more; it
        checks only versions above 0. Any number between has 0 checked as well. A client of ours checks every version.
        """
        return max(told, self._first_version)

    def spell(self, uri: Uri, spelling: str) -> None:
        """The client writes this URI so: editors compare URIs as text."""
        self._spelling[uri] = spelling

    def spelled(self, uri: Uri) -> str:
        """The URI as the client writes it."""
        return self._spelling.get(uri, uri)

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """See the port."""
        try:
            return await (self._apply(edit) if self._applies else self._apply_by_lsp(edit))
        except (RemoteError, TimeoutError) as error:
            return EditReply(applied=False, reason=str(error) or "the editor did not answer")

    async def save(self, uris: Sequence[Uri]) -> None:
        """See the port. What was not saved stays unsaved: the person sees that in their editor."""
        if not (self._saves and uris):
            return
        params = wire.SaveEditorRequest(uris=tuple(map(self.spelled, uris)))
        try:
            raw = await self._peer.request("harness/editor/save", params.dump(), self._reply_s)
            saved = set(wire.SaveEditorResponse.parse(raw).saved)
        except (RemoteError, TimeoutError, ValidationError) as error:
            logger.warning("the editor was asked to save %s: %s", ", ".join(params.uris), str(error) or "no answer")
            return
        if left := [uri for uri in params.uris if uri not in saved]:
            logger.warning("the editor did not save %s", ", ".join(left))

    async def _apply(self, edit: DocumentEdit) -> EditReply:
        params = wire.ApplyEditorRequest(
            uri=self.spelled(edit.uri),
            version=edit.version,
            edits=tuple(wire.TextEdit.parse(one) for one in self._edits(edit)),
            undo_group=new_id(),
            label=edit.label,
        )
        raw = await self._peer.request("harness/editor/apply", params.dump(), self._reply_s)
        try:
            reply = wire.ApplyEditorResponse.parse(raw)
        except ValidationError:
            return EditReply(applied=False, reason=MALFORMED)
        if reply.applied and reply.version is not None and reply.version <= edit.version:
            reason = f"the editor says that it applied the edit and that the version is {reply.version}"
            return EditReply(applied=False, reason=reason)
        return EditReply(reply.applied, reply.reason or "")

    async def _apply_by_lsp(self, edit: DocumentEdit) -> EditReply:
        """No label and no metadata: some clients fail on fields that they don't know."""
        document = {"uri": self.spelled(edit.uri), "version": self.version(edit.version)}
        changes = [{"textDocument": document, "edits": self._edits(edit)}]
        reply = await self._peer.request("workspace/applyEdit", {"edit": {"documentChanges": changes}}, self._reply_s)
        if not isinstance(reply, dict):
            return EditReply(applied=False, reason=MALFORMED)
        return EditReply(reply.get("applied") is True, str(reply.get("failureReason") or ""))

    def _edits(self, edit: DocumentEdit) -> list[dict[str, Any]]:
        index = LineIndex(edit.text)
        changes = edit.changes
        if _has_mixed_ends(edit.text):
            # An editor that normalises line ends in new text (Neovim) would change those of replaced lines: spare them.
            changes = tuple(piece for change in changes for piece in refine(edit.text, change))
        return [self._text_edit(index, change) for change in _within(edit.text, changes)]

    def _text_edit(self, index: LineIndex, change: TextChange) -> dict[str, Any]:
        return {"range": to_range(index, change.start, change.end, self.encoding), "newText": change.text}


def to_range(index: LineIndex, start: int, end: int, encoding: Encoding) -> dict[str, Any]:
    """The LSP range of [start, end)."""
    first, last = index.position(start, encoding), index.position(end, encoding)
    return {
        "start": {"line": first[0], "character": first[1]},
        "end": {"line": last[0], "character": last[1]},
    }


def _within(text: str, changes: Sequence[TextChange]) -> Sequence[TextChange]:
    """Lines that are added after the last one, as an insertion in front of the last line's end: the same text.

    For one behind it Neovim, whose buffers have no line there, would leave an empty line at the end.
    """
    if not changes:
        return changes
    *others, last = changes
    ending = "\r\n" if text.endswith("\r\n") else "\n"
    at = len(text) - len(ending)
    appends = last.start == len(text) and text.endswith(ending) and last.text.endswith(ending)
    if not appends or (others and others[-1].end > at):
        return changes
    return [*others, TextChange(at, at, ending + last.text.removesuffix(ending))]


def _has_mixed_ends(text: str) -> bool:
    carriage = text.count("\r\n")
    return 0 < carriage < text.count("\n")
