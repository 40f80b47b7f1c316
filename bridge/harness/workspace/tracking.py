"""What changes of documents and files mean for hunks: which fit no more, which were taken out again, which are back."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import anyio
import anyio.to_thread

from bridge.harness.errors import FileProblem
from bridge.harness.ids import FileId, HunkId, Uri
from bridge.harness.isolate import isolate
from bridge.harness.ports.files import Files
from bridge.harness.ports.journal import Journal
from bridge.harness.values.events import Event, FileFollowed, HunkFresh, HunkStale, Placed
from bridge.harness.values.proposals import Hunk
from bridge.harness.workspace.documents import DocumentEvent, Documents
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.steps import find_steps
from bridge.harness.workspace.uris import to_path

TAKEN_OUT = "the user took it out again"
PUT_BACK = "the user put it back"


class Tracker:
    """Moves the hunks' places as texts change, at once; writes down later, in `run`, what that means for them."""

    def __init__(
        self, journal: Journal, files: Files, documents: Documents, state: ReviewState, places: Places
    ) -> None:
        """Of one session. `changing` is held from the look at a hunk to the record of what was seen or decided."""
        self.changing = anyio.Lock()
        self._journal = journal
        self._files = files
        self._documents = documents
        self._state = state
        self._places = places
        self._send, self._late = anyio.create_memory_object_stream[Callable[[], Awaitable[None]]](float("inf"))

    def listen(self, moved: Callable[[Uri], None]) -> Callable[[], None]:
        """Hear of documents; the answer stops it. `moved` is called with each file whose hunks may have moved."""

        def heard(event: DocumentEvent) -> None:
            if self.hear(event):
                moved(event.uri)

        return self._documents.listen(heard)

    async def run(self) -> None:
        """Write down what was noticed. Runs as long as the session lives."""
        async with self._late:
            async for record in self._late:
                with isolate("recording what became of a hunk"):  # the next change of the document tries again
                    await record()

    def close(self) -> None:
        """Nothing more is noticed."""
        self._send.close()

    def hear(self, event: DocumentEvent) -> bool:
        """An editor's text changed; whether hunks may have moved."""
        if self._places.ground(event.uri) is None:
            if event.before is None and event.after is not None:
                self._look_for_moved(event.uri, event.after.text)
            return False
        if event.after is None:
            self._send.send_nowait(partial(self._look_at_disk, event.uri))
            return False
        self._places.stands(event.uri, event.after.text, event.changes)
        self.tell(self._places.tracked(event.uri))
        return True

    def tell(self, hunks: Iterable[Hunk]) -> None:
        """Have `run` record what the log does not say yet of these."""
        for hunk in hunks:
            if self.news_of(hunk.id) is not None:
                self._send.send_nowait(partial(self._record, hunk.id))

    def news_of(self, id_: HunkId) -> Event | None:
        """What the log does not say yet of how a hunk fits, or whether it stands.

        Under *keep* a hunk that did not fit when it was to be written stays stale: its call was told so.
        """
        state, hunk = self._state.states.get(id_), self._state.hunks.get(id_)
        if state is None or hunk is None:
            return None
        match state.placement:
            case "present" if self._is_taken_out(hunk):
                return Placed(id_, "removed", TAKEN_OUT)
            case "removed" if self._places.is_whole(hunk):
                return Placed(id_, "present", PUT_BACK)
            case "absent" if state.decision is None and state.policy != "keep":
                fit = self._places.fit(hunk)
                if fit != state.stale:
                    return HunkStale(id_, fit) if fit is not None else HunkFresh(id_)
        return None

    def _is_taken_out(self, hunk: Hunk) -> bool:
        """By the person: not by a later hunk that was written over it."""
        places = self._places
        gone = places.is_done(hunk) and not places.may_stand(hunk)
        return gone and not places.upon(hunk) and not self._is_replaced(hunk)

    def _is_replaced(self, hunk: Hunk) -> bool:
        """Whether a later proposal's hunk that stands has replaced this one's text, or put back what this one deleted.

        After a restart no place tells of that.
        """
        later = False
        for id_, other in self._state.hunks.items():
            upon = later and other.proposal != hunk.proposal and other.uri == hunk.uri
            undoes = hunk.new in other.old if hunk.new else hunk.old in other.new
            if upon and undoes and self._state.states[id_].stands:
                return not self._places.is_done(other)  # taken out too
            later = later or id_ == hunk.id
        return False

    def renamed(self, old: Uri, new: Uri) -> None:
        """The person gave a file, or a folder, another name: its hunks follow."""
        files = {hunk.file: hunk.uri for hunk in self._state.hunks.values() if _is_below(hunk.uri, old)}
        for file, uri in files.items():
            self._send.send_nowait(partial(self._follow, file, Uri(new + uri.removeprefix(old))))

    def deleted(self, uri: Uri) -> None:
        """The person deleted a file, or a folder."""
        for one in {hunk.uri for hunk in self._state.live() if _is_below(hunk.uri, uri)}:
            self._send.send_nowait(partial(self._look_at_disk, one))

    async def _record(self, id_: HunkId) -> None:
        async with self.changing:
            while (event := self.news_of(id_)) is not None:  # typing goes on while one is written
                await self._journal.append(event)

    async def _look_at_disk(self, uri: Uri) -> None:
        """No editor has the file open: what it left unsaved is gone, and the disk's text is the one that counts."""
        path = to_path(uri)
        if path is None or self._documents.get(uri) is not None:
            return
        try:
            text = (await anyio.to_thread.run_sync(self._files.read_text, path)).text
        except FileProblem as problem:
            if problem.kind == "file_missing":
                self._places.gone(uri)
        else:
            await find_steps(self._places.ground(uri), text)
            if self._documents.get(uri) is None:
                self._places.stands(uri, text, None)
        self.tell(tuple(self._places.tracked(uri)))

    def _look_for_moved(self, uri: Uri, text: str) -> None:
        """An editor opened a file: it may be one of ours under another name (the very text, and the old name gone)."""
        alike = self._places.standing(text)
        if len(alike) == 1 and self._documents.get(alike[0]) is None:  # of several nobody knows which it was
            self._send.send_nowait(partial(self._follow_if_gone, alike[0], uri))

    async def _follow_if_gone(self, old: Uri, new: Uri) -> None:
        path = to_path(old)
        if path is not None and not await anyio.to_thread.run_sync(self._files.exists, path):
            for file in {hunk.file for hunk in self._state.hunks.values() if hunk.uri == old}:
                await self._follow(file, new)

    async def _follow(self, file: FileId, uri: Uri) -> None:
        async with self.changing:
            if self._state.files[file].uri != uri:
                await self._journal.append(FileFollowed(file, uri))
        document = self._documents.get(uri)
        if document is not None:
            self._places.stands(uri, document.text, None)
        self.tell(tuple(self._places.tracked(uri)))


def _is_below(uri: Uri, folder: Uri) -> bool:
    return uri == folder or uri.startswith(f"{folder}/")
