"""An editor in memory that imitates what was measured of Neovim, and read of VS Code, under workspace/applyEdit."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import anyio
import anyio.lowlevel

from bridge.harness.ids import Uri
from bridge.harness.ports.editor import DocumentEdit, EditReply
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.spans import LineIndex, apply_step

# Seconds after which Neovim sends what has changed.
DEBOUNCE_S = 0.15


@dataclass(frozen=True)
class Manner:
    """How an editor behaves.

    `sync`: each change exactly; all since the last flush as one `coarse` change; the `whole` text.
    `stale`: an edit for an old version is skipped with `applied: true` (Neovim), or refused (VS Code).
    `tells`: its changes at once, hence before it answers, or batched, hence after.
    `first_version`: Neovim checks no version that is 0, and puts the edit at the old lines of the new text.
    `fixeol`: a text without a final newline is shown with one.
    """

    sync: Literal["exact", "coarse", "whole"] = "exact"
    stale: Literal["skips", "refuses"] = "refuses"
    tells: Literal["before", "after"] = "before"
    answer: Literal["true", "refuses", "lies", "says nothing", "breaks off"] = "true"
    first_version: int = 1
    fixeol: bool = False


VSCODE = Manner()
NEOVIM = Manner(stale="skips", tells="after", fixeol=True)
NEOVIM_COARSE = Manner(sync="coarse", stale="skips", tells="after", fixeol=True)
WHOLE_TEXTS = Manner(sync="whole")
"""An editor that knows no incremental sync."""


@dataclass
class Buffer:
    """A text with its version and its undo steps; `coarse` covers what the bridge was not told of."""

    text: str
    version: int
    told: str
    undo: list[str] = field(default_factory=list)
    exact: list[TextChange] = field(default_factory=list)
    coarse: tuple[int, int, int] | None = None


class FakeEditor:
    """Implements the Editor port. `meanwhile` happens when the next edit arrives, `afterwards` when it was made."""

    def __init__(self, documents: Documents, manner: Manner, trace: list[str]) -> None:
        self.buffers: dict[Uri, Buffer] = {}
        self.meanwhile: list[Callable[[], None]] = []
        self.afterwards: list[Callable[[], None]] = []
        self.edits: list[DocumentEdit] = []
        self.saved: list[Uri] = []
        self.held: anyio.Event | None = None
        self.manner = manner
        self._documents = documents
        self._trace = trace

    @property
    def keeps(self) -> bool:
        """See the port: one that makes an edit of version 0 unchecked can't."""
        return self.manner.first_version > 0

    async def save(self, uris: Sequence[Uri]) -> None:
        """See the port: the fake has no disk, so only who was asked is kept."""
        if self.held is not None:
            await self.held.wait()
        self.saved += uris

    def open(self, uri: Uri, text: str) -> None:
        """didOpen."""
        if self.manner.fixeol and text and not text.endswith("\n"):
            text += "\r\n" if "\r\n" in text else "\n"
        self.buffers[uri] = Buffer(text, self.manner.first_version, text)
        self._documents.opened(OpenDocument(uri, self.manner.first_version, text))

    def close(self, uri: Uri) -> str:
        """didClose; the text that was not saved is the answer."""
        self.flush(uri)
        self._documents.closed(uri)
        return self.buffers.pop(uri).text

    def text(self, uri: Uri) -> str:
        """What the person sees."""
        return self.buffers[uri].text

    def type(self, uri: Uri, *changes: TextChange) -> None:
        """The person changes the text: one undo step, each change in the text that the one before left."""
        buffer = self.buffers[uri]
        buffer.undo.append(buffer.text)
        for change in changes:
            self._change(buffer, change)
        if self.manner.tells == "before" and self.manner.sync != "coarse":
            self.flush(uri)

    def undo(self, uri: Uri) -> None:
        """One step back; told as one change of all that differs."""
        buffer = self.buffers[uri]
        if buffer.undo:
            text = buffer.undo.pop()
            start = _alike(buffer.text, text)
            end = _alike(buffer.text[start:][::-1], text[start:][::-1])
            self._change(buffer, TextChange(start, len(buffer.text) - end, text[start : len(text) - end]))
            self.flush(uri)

    def flush(self, uri: Uri) -> None:
        """didChange for all that the bridge was not told of."""
        buffer = self.buffers.get(uri)
        if buffer is None or buffer.coarse is None:
            return
        start, old_end, new_end = buffer.coarse
        changes: list[TextChange] | None = buffer.exact
        if self.manner.sync == "coarse":
            changes = [TextChange(start, old_end, buffer.text[start:new_end])]
        elif self.manner.sync == "whole":
            changes = [TextChange(0, len(buffer.told), buffer.text)]
        buffer.told, buffer.exact, buffer.coarse = buffer.text, [], None
        self._documents.changed(OpenDocument(uri, buffer.version, buffer.text), changes)

    async def apply(self, edit: DocumentEdit) -> EditReply:
        """See the port."""
        await anyio.lowlevel.checkpoint()
        self._trace.append("edit")
        self.edits.append(edit)
        self._happen(self.meanwhile)
        buffer = self.buffers.get(edit.uri)
        if self.manner.answer == "refuses" or buffer is None:
            return EditReply(applied=False, reason="the buffer is read-only")
        unchecked = edit.version == 0 and self.manner.stale == "skips"
        if edit.version != buffer.version and not unchecked:
            self._tell_soon(edit.uri)
            return EditReply(applied=self.manner.stale == "skips")
        if self.manner.answer != "lies":
            self._make(buffer, edit)
        self._happen(self.afterwards)
        self._tell_soon(edit.uri)
        if self.manner.answer == "breaks off":
            raise ConnectionResetError
        if self.manner.answer == "says nothing":
            return EditReply(applied=False, reason="the editor did not answer")
        return EditReply(applied=True)

    def _make(self, buffer: Buffer, edit: DocumentEdit) -> None:
        """At the lines that the edit names, from the last to the first; what lies past the end is clamped."""
        buffer.undo.append(buffer.text)
        sent = LineIndex(edit.text)
        here = LineIndex(buffer.text)
        for change in reversed(edit.changes):
            start = here.offset(*sent.position(change.start, "utf-32"), "utf-32")
            end = here.offset(*sent.position(change.end, "utf-32"), "utf-32")
            self._change(buffer, TextChange(start, end, change.text))

    def _change(self, buffer: Buffer, change: TextChange) -> None:
        start, old_end, new_end = buffer.coarse or (change.start, change.start, change.start)
        if change.end > new_end:
            old_end, new_end = old_end + change.end - new_end, change.end
        new_end += len(change.text) - (change.end - change.start)
        buffer.coarse = (min(start, change.start), old_end, new_end)
        buffer.exact.append(change)
        buffer.text = apply_step(buffer.text, [change])
        buffer.version += 1

    def _tell_soon(self, uri: Uri) -> None:
        if self.manner.tells == "before":
            self.flush(uri)
        else:
            asyncio.get_running_loop().call_later(DEBOUNCE_S, self.flush, uri)

    def _happen(self, things: list[Callable[[], None]]) -> None:
        todo = tuple(things)
        things.clear()
        for happens in todo:
            happens()


def _alike(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
