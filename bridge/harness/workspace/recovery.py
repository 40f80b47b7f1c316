"""After a restart: the hunks' places found again, and a look at what became of writes that were under way (E3)."""

from collections.abc import Sequence
from itertools import groupby

import anyio.to_thread

from bridge.harness.errors import FileProblem
from bridge.harness.ids import FileId, HunkId, Uri
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
        """From the base, with what of its hunks stands in the file by now.

        Parts are found in the place of the hunk that they come from: their own spans say nothing where that was to be
        put over other text than the base's. What they replace is in the text, then, as it was when they were made.
        """
        uri = self._state.files[file].uri
        base = await anyio.to_thread.run_sync(self._outside.blobs.get, self._state.files[file].text)
        if base is None:
            return
        index = LineIndex(base)
        found: list[Found] = []
        written: list[Found] = []
        changes: list[TextChange] = []
        moved = 0
        for root, parts in self._families(file, hunks):
            start, end = index.offsets(root.span)
            piece = ""
            for hunk in parts:
                at = start + moved + len(piece)
                if self._state.states[hunk.id].stands:
                    written.append(Found(hunk.inverse(), at, at + len(hunk.new)))
                    piece += hunk.new
                else:
                    old = hunk.old if hunk.op == "edit" else ""  # a whole file has no place in itself
                    found.append(Found(hunk, at, at + len(old)))
                    piece += old
            if piece != base[start:end]:
                changes.append(TextChange(start, end, piece))
                moved += len(piece) - (end - start)
        wanted = {hunk.id for hunk in hunks}
        text = apply_step(base, changes)
        self._places.stands(uri, text, None)
        self._places.add(uri, text, [one for one in found if one.hunk.id in wanted and one.hunk.op != "create"])
        self._places.add(uri, text, [one for one in written if one.hunk.id in wanted], written=True)

    def _families(self, file: FileId, live: Sequence[Hunk]) -> list[tuple[Hunk, list[Hunk]]]:
        """The proposed hunks of a file that are live, or have live parts, by place; each with its parts in order."""
        roots = {root.id: root for root in map(self._state.root_of, live)}
        parts: dict[HunkId, list[Hunk]] = {id_: [] for id_ in roots}
        for hunk in self._state.hunks_of(live[0].proposal):
            if hunk.file == file and (root := self._state.root_of(hunk).id) in parts:
                parts[root].append(hunk)
        by_place = sorted(roots.values(), key=lambda one: (one.span.start, one.span.end))
        return [(root, parts[root.id]) for root in by_place]

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
