"""Accepted hunks to their files, over many files: all looked at first, open documents before closed files, all or none
where a change is meant as a whole; and hunks out of their files again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import anyio.to_thread

from bridge.harness.errors import FileProblem
from bridge.harness.ids import HunkId, ProposalId, Uri
from bridge.harness.ports.blobs import Blobs
from bridge.harness.ports.editor import Editor
from bridge.harness.ports.files import Files
from bridge.harness.ports.journal import Journal
from bridge.harness.values.events import Event, HunkStale, IntentMade, Placed, Recorded
from bridge.harness.values.proposals import Hunk, HunkOutcome, Op
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.placing import Around, Placer
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.steps import find_steps
from bridge.harness.workspace.uris import to_path

SaveRule = Literal["clean", "always", "never"]
"""Which documents are saved after an accept: those that had no unsaved work, all, or none (review rules, case 6)."""

UNDONE = "it was taken out again"
ROLLED_BACK = "rolled back, as the change is meant as a whole"


@dataclass(frozen=True, slots=True)
class Outside:
    """What the review works with."""

    journal: Journal
    files: Files
    documents: Documents
    editor: Editor
    blobs: Blobs
    save: SaveRule = "clean"


class TakingOut:
    """The log's words for writing a hunk's inverse: done, the hunk is removed; failed, it is where it was."""

    def __init__(self, journal: Journal, cause: str = UNDONE) -> None:
        """`cause` is why."""
        self._journal = journal
        self._cause = cause

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """See the Journal port."""
        return await self._journal.append(*(self._reworded(event) for event in events))

    def _reworded(self, event: Event) -> Event:
        match event:
            case Placed(hunk=hunk, placement="present"):
                return Placed(hunk, "removed", self._cause)
            case Placed(hunk=hunk, placement="absent", cause=cause):
                return Placed(hunk, "present", f"it still stands: {cause}")
            case IntentMade(intent=intent):
                return IntentMade(replace(intent, undo=True))
            case HunkStale(hunk=hunk, reason="gone"):
                return Placed(hunk, "removed", "its file is gone")
            case HunkStale(hunk=hunk):
                return Placed(hunk, "present", "it still stands: the text changed here")
        return event


class Applier:
    """Writes hunks of a session. Decisions have been recorded before it is called."""

    def __init__(self, outside: Outside, state: ReviewState, places: Places) -> None:
        """Of one session."""
        self._outside = outside
        self._state = state
        self._places = places
        self._writing: dict[Uri, anyio.Lock] = {}
        around = Around(
            outside.files, outside.documents, outside.editor, places, lambda hunk: state.files[hunk.file].form
        )
        self._placer = Placer(outside.journal, around)

    async def apply(self, hunks: Iterable[Hunk]) -> None:
        """Write them: each atomic proposal by itself, then the others, open documents first."""
        rest: list[Hunk] = []
        whole: dict[ProposalId, list[Hunk]] = {}
        for hunk in hunks:
            atomic = self._state.proposals[hunk.proposal].atomic
            (whole.setdefault(hunk.proposal, []) if atomic else rest).append(hunk)
        for group in whole.values():
            await self._place_all(group)
            await self._roll_back_broken(group)
        await self._place_all(rest)

    async def take_out(self, hunks: Sequence[Hunk], cause: str = UNDONE) -> None:
        """Write their inverses. Those on which others of them stand are free once these are out."""
        placer = self._placer.taking_out(TakingOut(self._outside.journal, cause))
        left = list(hunks)
        while free := [hunk for hunk in left if self._places.is_whole(hunk) or hunk.op == "delete"]:
            left = [hunk for hunk in left if hunk not in free]
            for uri, group in self._by_file(free, gone="create"):
                await self._place(placer, uri, [hunk.inverse() for hunk in group])

    async def written(self, uris: Iterable[Uri]) -> None:
        """Until nothing of these files is being written or saved."""
        for uri in uris:
            async with self._writing.setdefault(uri, anyio.Lock()):
                pass

    async def check_writable(self, uris: Iterable[Uri]) -> None:
        """Raises `FileProblem` for the first of these files that no editor has open and that can't be written."""
        for uri in uris:
            path = to_path(uri)
            if path is not None and self._outside.documents.get(uri) is None:
                await anyio.to_thread.run_sync(self._outside.files.check_writable, path)

    async def problems(self, hunks: Sequence[Hunk]) -> dict[HunkId, HunkOutcome]:
        """A dry run: which of these could not be written now, and why."""
        found: dict[HunkId, HunkOutcome] = {}
        for uri, group in self._by_file(hunks):
            try:
                await self._look(uri, group)
            except FileProblem as problem:
                found.update({hunk.id: HunkOutcome(hunk.id, "refused", str(problem)) for hunk in group})
                continue
            for hunk in group:
                if self._places.fit(hunk) is not None:
                    current = self._places.current(hunk)
                    found[hunk.id] = HunkOutcome(hunk.id, "stale", "the text changed here since", current)
        return found

    async def _look(self, uri: Uri, hunks: Sequence[Hunk]) -> None:
        """What stands in the file now; raises `FileProblem` where it can't be read or written."""
        path = to_path(uri)
        if self._outside.documents.get(uri) is not None or path is None or hunks[0].op == "create":
            return
        await anyio.to_thread.run_sync(self._outside.files.check_writable, path)
        text = (await anyio.to_thread.run_sync(self._outside.files.read_text, path)).text
        await find_steps(self._places.ground(uri), text)
        self._places.stands(uri, text, None)

    async def _place_all(self, hunks: Iterable[Hunk]) -> None:
        for uri, group in self._by_file(hunks):
            await self._place(self._placer, uri, group)

    async def _place(self, placer: Placer, uri: Uri, hunks: Sequence[Hunk]) -> None:
        """Write, and save where the rule says so: what runs next sees the disk."""
        async with self._writing.setdefault(uri, anyio.Lock()):
            clean = await self._is_clean(uri)
            await placer.place(uri, hunks)
            if clean and any(self._state.states[hunk.id].placement in ("present", "removed") for hunk in hunks):
                await self._outside.editor.save([uri])

    async def _is_clean(self, uri: Uri) -> bool:
        """Whether the document may be saved after the edit: so that what runs next sees it on disk."""
        document, path = self._outside.documents.get(uri), to_path(uri)
        if document is None or path is None or self._outside.save == "never":
            return False
        if self._outside.save == "always":
            return True
        try:
            return (await anyio.to_thread.run_sync(self._outside.files.read_text, path)).text == document.text
        except FileProblem:
            return False

    async def _roll_back_broken(self, hunks: Sequence[Hunk]) -> None:
        """All or none: where one could not be written, the others are taken out, if they still stand as written."""
        states = self._state.states
        broken = [hunk for hunk in hunks if states[hunk.id].placement != "present"]
        if broken:
            why = states[broken[0].id].cause or "a part of it does not fit any more"
            cause = f"{ROLLED_BACK}: {why}"
            await self.take_out([hunk for hunk in hunks if states[hunk.id].placement == "present"], cause)

    def _by_file(self, hunks: Iterable[Hunk], gone: Op = "delete") -> list[tuple[Uri, list[Hunk]]]:
        """File by file, open documents first; what is deleted last, so that its text stands elsewhere by then."""
        by_uri: dict[Uri, list[Hunk]] = {}
        for hunk in hunks:
            by_uri.setdefault(hunk.uri, []).append(hunk)
        is_open = self._outside.documents.get
        return sorted(by_uri.items(), key=lambda row: (row[1][0].op == gone, is_open(row[0]) is None))
