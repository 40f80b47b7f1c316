"""After a restart: the hunks' places found again, and a look at what became of writes that were under way (E3)."""

from collections.abc import Sequence
from itertools import groupby

import anyio.to_thread

from bridge.harness.errors import FileProblem
from bridge.harness.ids import FileId, Uri
from bridge.harness.values.events import Placed
from bridge.harness.values.proposals import Hunk, PlacementKind
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.applying import Outside
from bridge.harness.workspace.hunks import Found
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.spans import LineIndex, apply_step
from bridge.harness.workspace.text import sha
from bridge.harness.workspace.uris import to_path

SEEN = "seen after a restart"


class Recovery:
    """One look at a session's live hunks."""

    def __init__(self, outside: Outside, state: ReviewState, places: Places) -> None:
        """Of one session, whose log was folded."""
        self._outside = outside
        self._state = state
        self._places = places

    async def find_places(self) -> None:
        """Every live hunk has its place again, in the text that it was computed on: the documents move it on."""
        live = sorted(self._state.live(), key=lambda hunk: (hunk.uri, hunk.file))
        for file, hunks in groupby(live, key=lambda hunk: hunk.file):
            await self._find(file, tuple(hunks))

    async def unfinished(self) -> list[Hunk]:
        """The hunks that should be in their files and are not, in order; of the others it is recorded what was seen."""
        under_way = [hunk for hunk in self._state.live() if self._state.states[hunk.id].placement == "applying"]
        wanted = [hunk for hunk in self._state.live() if self._state.states[hunk.id].to_be_placed]
        for hunk in under_way:
            await self._look(hunk)
        return [hunk for hunk in wanted if self._state.states[hunk.id].placement in ("absent", "applying")]

    async def _find(self, file: FileId, hunks: Sequence[Hunk]) -> None:
        """From the base, with what of its hunks stands in the file by now."""
        uri = self._state.files[file].uri
        base = await anyio.to_thread.run_sync(self._outside.blobs.get, self._state.files[file].text)
        if base is None:
            return
        index = LineIndex(base)
        text, moved = base, 0
        found: list[Found] = []
        written: list[Found] = []
        changes: list[TextChange] = []
        for hunk in sorted(hunks, key=lambda one: (one.span.start, one.span.end)):
            start, end = index.offsets(hunk.span)
            if self._state.states[hunk.id].stands:
                written.append(Found(hunk.inverse(), start + moved, start + moved + len(hunk.new)))
                changes.append(TextChange(start, end, hunk.new))
                moved += len(hunk.new) - (end - start)
            elif hunk.op != "create":
                found.append(Found(hunk, start + moved, end + moved))
        if found or written:
            text = apply_step(base, changes)
            self._places.stands(uri, text, None)
            self._places.add(uri, text, found)
            self._places.add(uri, text, written, written=True)

    async def _look(self, hunk: Hunk) -> None:
        """An intent without its `Placed`: what was expected stands, or what was before, or neither."""
        intent = self._state.intent_of(hunk.id)
        if intent is None:
            return
        text = await self.standing(hunk.uri)
        gone = text is None and (hunk.op == "create" if intent.undo else hunk.op == "delete")
        if gone or (text is not None and sha(text) == intent.expect):
            seen: PlacementKind = "removed" if intent.undo else "present"
        elif text is None or sha(text) == intent.before:
            if not intent.undo and (text is not None or hunk.op == "create"):
                return  # it was not written: again, by the same path
            seen = "present" if intent.undo else "unverified"
        else:
            seen = "unverified"
        cause = SEEN
        if seen == "unverified":
            cause = "the bridge stopped while it was written"
        elif intent.undo and seen == "present":
            cause = "it still stands: the bridge stopped before it was taken out"
        await self._outside.journal.append(Placed(hunk.id, seen, cause))

    async def standing(self, uri: Uri) -> str | None:
        """The text of a file: an editor's, or the disk's; None where it can't be read."""
        document, path = self._outside.documents.get(uri), to_path(uri)
        if document is not None or path is None:
            return document.text if document else None
        try:
            return (await anyio.to_thread.run_sync(self._outside.files.read_text, path)).text
        except FileProblem:
            return None
