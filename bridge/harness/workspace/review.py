"""The review: where proposals are shown, decided, applied and confirmed. Implements the Review port.

Under the policy *ask* nothing is written before its hunk is accepted. A rule or mode that allows an edit accepts all
its hunks at once, in its own name, by the same path.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import anyio
import anyio.to_thread

from bridge.harness.errors import FileProblem
from bridge.harness.ids import CallId, FileId, HunkId, ProposalId, Uri, new_id
from bridge.harness.isolate import isolate
from bridge.harness.ports.blobs import Blobs
from bridge.harness.ports.editor import Editor
from bridge.harness.ports.files import Files
from bridge.harness.ports.journal import Journal
from bridge.harness.ports.review import Origin
from bridge.harness.values.events import Decided, Event, HunkFresh, HunkStale, Placed, Proposed
from bridge.harness.values.proposals import (
    Actor,
    Decision,
    Draft,
    FileChange,
    FileDraft,
    Hunk,
    HunkOutcome,
    HunkState,
    Proposal,
    Verdict,
)
from bridge.harness.values.text import Sha, Span, TextChange
from bridge.harness.workspace.documents import DocumentEvent, Documents
from bridge.harness.workspace.hunks import Found, find_hunks
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.placing import Placer
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.spans import LineIndex, apply_step
from bridge.harness.workspace.text import sha
from bridge.harness.workspace.uris import to_path

BRIDGE = Actor("bridge", "harness-bridge")


@dataclass(frozen=True, slots=True)
class HunkView:
    """A hunk as surfaces show it: `span` is in lines of what stands now; `index` counts from 1 within its proposal."""

    hunk: Hunk
    state: HunkState
    span: Span
    index: int
    total: int
    title: str


@dataclass(frozen=True, slots=True)
class Outside:
    """What the review works with."""

    journal: Journal
    files: Files
    documents: Documents
    editor: Editor
    blobs: Blobs


class Reviewer:
    """One session's review. Decisions may come while the turn runs, from anyone."""

    def __init__(self, outside: Outside, moved: Callable[[Uri], None]) -> None:
        """`moved` is called when hunks of a file stand elsewhere than before, without any event of the log."""
        self._outside = outside
        self._moved = moved
        self._state = ReviewState()
        self._places = Places()
        self._placer = Placer(outside.journal, outside.files, outside.documents, outside.editor, self._places)
        self._changed = anyio.Event()
        self._deciding = anyio.Lock()
        self._send, self._late = anyio.create_memory_object_stream[HunkId](float("inf"))
        self._stop_listening = outside.documents.listen(self._on_document)

    def fold(self, event: Event) -> None:
        """Take in one event, and wake whoever waits for a decision."""
        self._state.fold(event)
        match event:
            case Decided(hunk=id_) | Placed(hunk=id_):
                if (hunk := self._state.hunks.get(id_)) is not None and self._state.states[id_].settled:
                    self._places.drop(hunk)
        self._changed.set()
        self._changed = anyio.Event()

    async def run(self) -> None:
        """Write down what changes of documents mean for the hunks. Runs as long as the session lives."""
        async with self._late:
            async for id_ in self._late:
                with isolate("recording whether a hunk fits"):  # the next change of the document tries again
                    await self._record_fit(id_)

    def close(self) -> None:
        """Stop listening to documents."""
        self._stop_listening()
        self._send.close()

    def proposal_of(self, call: CallId) -> Proposal | None:
        """See the port."""
        return self._state.by_call.get(call)

    async def propose(self, draft: Draft, origin: Origin) -> Proposal:
        """See the port."""
        known = ProposalId(new_id())
        bases = [await anyio.to_thread.run_sync(self._outside.blobs.put, file.base) for file in draft.files]
        # From here to `_track` nothing else runs: what is pending, and what stands, can't change under the hunks.
        found = [self._find(file, known) for file in draft.files]
        files = [_file_change(*parts) for parts in zip(draft.files, bases, found, strict=True)]
        proposal = Proposal(
            known, origin.session, origin.turn, origin.call, tuple(files), origin.policy, draft.title, draft.atomic
        )
        for file, places in zip(draft.files, found, strict=True):
            self._track(file, places)
        hunks = tuple(one.hunk for file in found for one in file)
        try:
            await self._outside.journal.append(Proposed(proposal, hunks))
        finally:
            for hunk in hunks:
                if hunk.id not in self._state.hunks:  # not recorded: not tracked
                    self._places.drop(hunk)
        for file in draft.files:
            self._tell_fit(self._places.tracked(file.uri))
        return proposal

    async def grant(self, proposal: ProposalId, rule: str) -> None:
        """See the port."""
        hunks = tuple(hunk.id for hunk in self._state.hunks_of(proposal))
        await self.decide(hunks, "accepted", Actor("rule", rule))

    async def settle(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        """See the port."""
        hunks = tuple(self._state.hunks_of(proposal))
        while not all(self._state.states[hunk.id].settled for hunk in hunks):
            await self._changed.wait()
        return self.outcomes(proposal)

    async def withdraw(self, proposal: ProposalId, reason: str) -> None:
        """See the port."""
        states = {hunk.id: self._state.states[hunk.id] for hunk in self._state.hunks_of(proposal)}
        await self.decide([id_ for id_, state in states.items() if state.open], "withdrawn", BRIDGE, reason)
        # Accepted, and nobody writes it any more: it must not be written when the session is next loaded.
        waiting = [id_ for id_, state in states.items() if not state.open and self._waits(id_)]
        await self._append(*(Placed(id_, "absent", reason) for id_ in waiting))

    def outcomes(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        """See the port."""
        return tuple(self._outcome(hunk.id) for hunk in self._state.hunks_of(proposal))

    def _waits(self, id_: HunkId) -> bool:
        state = self._state.states[id_]
        return state.placement == "absent" and not state.settled

    async def decide(
        self, ids: Sequence[HunkId], verdict: Verdict, by: Actor, reason: str = ""
    ) -> tuple[HunkOutcome, ...]:
        """Decide hunks. The first decision wins; a stale hunk is never accepted; accepted ones are applied, confirmed.

        The outcomes tell, in the order of `ids`, what stands.
        """
        async with self._deciding:  # between the look and the record nobody else decides
            refused = {id_: outcome for id_ in ids if (outcome := self._refusal(id_, verdict)) is not None}
            agreed = [id_ for id_ in dict.fromkeys(ids) if id_ not in refused]
            fits = [event for id_ in agreed for event in self._changed_fit(id_)]
            await self._append(*fits, *(Decided(id_, self._decision(id_, verdict, by, reason)) for id_ in agreed))
        if verdict == "accepted":
            await self._apply([self._state.hunks[id_] for id_ in agreed])
        return tuple(refused.get(id_) or self._outcome(id_) for id_ in ids)

    def views(self, uri: Uri | None = None) -> tuple[HunkView, ...]:
        """The hunks that are not settled, in order of place; of one file or of all."""
        found = [self.view(hunk) for hunk in self._state.live() if uri in (None, hunk.uri)]
        return tuple(sorted(found, key=lambda view: (view.hunk.uri, view.span.start, view.span.end)))

    def view(self, hunk: Hunk) -> HunkView:
        """One hunk as it stands now."""
        index, total = self._state.numbers[hunk.id]
        title = self._state.proposals[hunk.proposal].title
        return HunkView(hunk, self._state.states[hunk.id], self._places.lines(hunk), index, total, title)

    def find(self, id_: HunkId) -> HunkView | None:
        """A hunk by its id, settled or not."""
        hunk = self._state.hunks.get(id_)
        return self.view(hunk) if hunk is not None else None

    def text_of(self, uri: Uri) -> str | None:
        """The text that the hunks of a file stand in now."""
        return self._places.ground(uri)

    def pending_text(self, uri: Uri, text: str) -> str:
        """`text` with the session's own pending hunks applied: what its next call should see."""
        return apply_step(text, self._pending(uri, text))

    async def recover(self) -> None:
        """After a restart: find the hunks' places again, and look what became of writes that were under way (E3)."""
        for uri, hunks in groupby(sorted(self._state.live(), key=lambda h: h.uri), key=lambda h: h.uri):
            await self._recover_file(uri, tuple(hunks))

    async def _recover_file(self, uri: Uri, hunks: Sequence[Hunk]) -> None:
        for hunk in hunks:
            base = await anyio.to_thread.run_sync(self._outside.blobs.get, self._state.files[hunk.file].text)
            if base is not None and hunk.op != "create":
                self._places.stands(uri, base, None)
                self._places.add(uri, base, [Found(hunk, *LineIndex(base).offsets(hunk.span))])
        document = self._outside.documents.get(uri)
        if document is not None:
            self._on_document(DocumentEvent(uri, None, document, None))
        accepted = [hunk for hunk in hunks if not self._state.states[hunk.id].open]
        again = [hunk for hunk in accepted if not await self._stands_already(hunk)]
        if again:
            await self._apply(again)

    async def _stands_already(self, hunk: Hunk) -> bool:
        """E3: an intent without its `Placed`. Look: what was expected stands, or what was before, or neither."""
        intent = self._state.intent_of(hunk.id)
        if intent is None:
            return False
        text = await self._standing(hunk.uri)
        if text is not None and sha(text) == intent.expect:
            await self._outside.journal.append(Placed(hunk.id, "present", "seen after a restart"))
            return True
        if text is None and hunk.op == "delete":
            await self._outside.journal.append(Placed(hunk.id, "present", "seen after a restart"))
            return True
        if (text is None and hunk.op == "create") or (text is not None and sha(text) == intent.before):
            return False
        await self._outside.journal.append(Placed(hunk.id, "unverified", "the bridge stopped while it was written"))
        return True

    async def _standing(self, uri: Uri) -> str | None:
        document, path = self._outside.documents.get(uri), to_path(uri)
        if document is not None or path is None:
            return document.text if document else None
        try:
            return (await anyio.to_thread.run_sync(self._outside.files.read_text, path)).text
        except FileProblem:
            return None

    def _on_document(self, event: DocumentEvent) -> None:
        """An editor's text changed: move the hunks, and say which of them fit no more, or fit again."""
        if event.after is None or self._places.ground(event.uri) is None:
            return
        self._places.stands(event.uri, event.after.text, event.changes)
        self._tell_fit(self._places.tracked(event.uri))
        self._moved(event.uri)

    def _tell_fit(self, hunks: Iterable[Hunk]) -> None:
        """Have `run` record the hunks that fit no more, or fit again."""
        for hunk in hunks:
            if self._changed_fit(hunk.id):
                self._send.send_nowait(hunk.id)

    async def _record_fit(self, id_: HunkId) -> None:
        async with self._deciding:
            while event := self._changed_fit(id_):  # typing goes on while one is written
                await self._append(*event)

    def _changed_fit(self, id_: HunkId) -> tuple[Event, ...]:
        """What the log does not say yet of how an undecided hunk fits."""
        state = self._state.states.get(id_)
        if state is None or not state.open:
            return ()
        fit = self._places.fit(self._state.hunks[id_])
        if fit == state.stale:
            return ()
        return (HunkStale(id_, fit) if fit is not None else HunkFresh(id_),)

    async def _append(self, *events: Event) -> None:
        if events:
            await self._outside.journal.append(*events)

    def _find(self, draft: FileDraft, proposal: ProposalId) -> tuple[Found, ...]:
        return find_hunks(draft, self._pending(draft.uri, draft.base), FileId(new_id()), proposal)

    def _track(self, draft: FileDraft, found: Sequence[Found]) -> None:
        """The hunks' places: from the text that the tool read on to what stands now."""
        if draft.op == "create" or not found:
            return
        document = self._outside.documents.get(draft.uri)
        self._places.stands(draft.uri, document.text if document is not None else draft.base, None)
        self._places.add(draft.uri, draft.base, found)
        if document is not None:
            self._places.stands(draft.uri, document.text, None)

    def _pending(self, uri: Uri, text: str) -> tuple[TextChange, ...]:
        """What undecided and accepted but absent hunks would change in `text`; a look, nothing is moved by it."""
        changes = [
            change
            for hunk, change in self._places.changes_in(uri, text)
            if self._is_pending(self._state.states.get(hunk.id))
        ]
        return tuple(sorted(changes, key=lambda change: (change.start, change.end)))

    def _is_pending(self, state: HunkState | None) -> bool:
        return state is None or (not state.settled and state.placement == "absent")

    def _decision(self, id_: HunkId, verdict: Verdict, by: Actor, reason: str) -> Decision:
        """Who dismisses a hunk that no longer fits has written something else there: the model is told what."""
        if verdict == "rejected" and self._places.fit(self._state.hunks[id_]) == "overlap":
            why = reason or "the user changed these lines"
            reason = f"{why}. They now read:\n{self._current(id_)}"
        return Decision(verdict, by, reason)

    def _refusal(self, id_: HunkId, verdict: Verdict) -> HunkOutcome | None:
        state = self._state.states.get(id_)
        if state is None:
            return HunkOutcome(id_, "unknown", "there is no such hunk")
        if state.decision is not None:
            return HunkOutcome(id_, "already_decided", f"it was {state.decision.verdict} by {state.decision.by.name}")
        if verdict == "accepted" and self._places.fit(self._state.hunks[id_]) is not None:
            return HunkOutcome(id_, "stale", "the text changed here since it was proposed", self._current(id_))
        return None

    async def _apply(self, hunks: Iterable[Hunk]) -> None:
        """File after file, open documents first."""
        by_uri: dict[Uri, list[Hunk]] = {}
        for hunk in hunks:
            by_uri.setdefault(hunk.uri, []).append(hunk)
        for uri in sorted(by_uri, key=lambda uri: self._outside.documents.get(uri) is None):
            await self._placer.place(uri, by_uri[uri], self._new_text)
            self._tell_fit(self._places.tracked(uri))

    def _new_text(self, hunk: Hunk) -> str:
        decision = self._state.states[hunk.id].decision
        return decision.text if decision is not None and decision.text is not None else hunk.new

    def _current(self, id_: HunkId) -> str:
        return self._places.current(self._state.hunks[id_])

    def _outcome(self, id_: HunkId) -> HunkOutcome:
        state = self._state.states[id_]
        if state.decision is None:
            return HunkOutcome(id_, "absent", "nobody has decided yet")
        if state.decision.verdict != "accepted":
            return HunkOutcome(id_, state.decision.verdict, state.decision.reason)
        if state.stale is not None:
            why = "the file is gone" if state.stale == "gone" else "the text changed here before it could be applied"
            return HunkOutcome(id_, "stale", why, self._current(id_))
        if state.placement == "applying":
            return HunkOutcome(id_, "absent", "it waits for its file to be opened")
        placed = "absent" if state.placement == "removed" else state.placement
        return HunkOutcome(id_, placed, state.cause)


def _file_change(draft: FileDraft, base: Sha, found: Sequence[Found]) -> FileChange:
    file = found[0].hunk.file if found else FileId(new_id())
    ids = tuple(one.hunk.id for one in found)
    return FileChange(file, draft.op, draft.uri, draft.source, base, draft.form, ids)
