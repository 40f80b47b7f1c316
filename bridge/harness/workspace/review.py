"""The review: where proposals are shown, decided, applied and confirmed. Implements the Review port.

Under the policy *ask* nothing is written before its hunk is accepted; under *keep* hunks are written at once, and then
kept or taken out. A rule or mode that allows an edit accepts all its hunks at once, in its own name, by the same path.
"""

from collections.abc import Callable, Sequence

import anyio
import anyio.to_thread

from bridge.harness.errors import AlreadyResolved, NotFound, Stale, TryLater
from bridge.harness.ids import CallId, FileId, HunkId, ProposalId, Uri, new_id
from bridge.harness.ports.review import Origin
from bridge.harness.values.events import (
    Decided,
    Event,
    FileFollowed,
    HunkSplit,
    Placed,
    Proposed,
)
from bridge.harness.values.proposals import (
    SPLIT,
    Actor,
    Decision,
    Draft,
    FileChange,
    FileDraft,
    Hunk,
    HunkOutcome,
    HunkState,
    Part,
    Proposal,
    Verdict,
)
from bridge.harness.values.text import Sha, TextChange
from bridge.harness.workspace import carving
from bridge.harness.workspace.applying import Applier, Outside
from bridge.harness.workspace.diff import LARGE
from bridge.harness.workspace.documents import DocumentEvent
from bridge.harness.workspace.hunks import Found, find_hunks, line_changes
from bridge.harness.workspace.news import News
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.recovery import Recovery
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.spans import apply_step
from bridge.harness.workspace.steps import find_steps
from bridge.harness.workspace.tracking import Tracker
from bridge.harness.workspace.verdicts import Verdicts
from bridge.harness.workspace.views import HunkView, Views

BRIDGE = Actor("bridge", "harness-bridge")

MOST_SETTLED = 1000
"""Hunks that were written and settled whose places are still known: they can be undone, and their undoing is noticed.
The oldest are let go of first: each costs microseconds for every key that is typed."""


class Reviewer:
    """One session's review. Decisions may come while the turn runs, from anyone."""

    def __init__(self, outside: Outside, moved: Callable[[Uri], None]) -> None:
        """`moved` is called when hunks of a file stand elsewhere than before, without any event of the log."""
        self._outside = outside
        self._state = ReviewState()
        self._places = Places()
        self._applier = Applier(outside, self._state, self._places)
        self._tracker = Tracker(outside.journal, outside.files, outside.documents, self._state, self._places)
        self._verdicts = Verdicts(self._state, self._places)
        self._views = Views(self._state, self._places)
        self._news = News(self._state, self._places)
        self._settled: dict[HunkId, None] = {}
        self._changed = anyio.Event()
        self._stop_listening = self._tracker.listen(moved)

    def fold(self, event: Event) -> None:
        """Take in one event, and wake whoever waits for a decision."""
        before = self._state.states.get(event.hunk) if isinstance(event, Placed) else None
        match event:
            case FileFollowed(file=file, uri=uri) if file in self._state.files:
                self._places.rename(self._state.files[file].uri, uri)
        self._state.fold(event)
        self._news.fold(event, before)
        match event:
            case HunkSplit(hunk=id_, children=children) if id_ in self._state.hunks:
                self._places.split(self._state.hunks[id_], children)
            case Decided(hunk=id_) | Placed(hunk=id_) if id_ in self._state.hunks:
                self._track_on(self._state.hunks[id_], self._state.states[id_])
        self._changed.set()
        self._changed = anyio.Event()

    def _track_on(self, hunk: Hunk, state: HunkState) -> None:
        """A hunk that was written is tracked on, to be undone; one that is settled otherwise needs no place."""
        if state.stands:
            self._places.turn(hunk)
        if not state.settled or state.open:
            return
        if state.placement in ("present", "removed"):
            self._settled[hunk.id] = None
            hunk = self._state.hunks[next(iter(self._settled))]
            if len(self._settled) <= MOST_SETTLED:
                return
        self._settled.pop(hunk.id, None)
        self._places.drop(hunk)

    async def run(self) -> None:
        """Write down what changes of documents mean for the hunks. Runs as long as the session lives."""
        await self._tracker.run()

    def close(self) -> None:
        """Stop listening to documents."""
        self._stop_listening()
        self._tracker.close()

    def proposal_of(self, call: CallId) -> Proposal | None:
        """See the port."""
        return self._state.by_call.get(call)

    async def propose(self, draft: Draft, origin: Origin) -> Proposal:
        """See the port."""
        if draft.atomic:
            await self._applier.check_writable([file.uri for file in draft.files if file.op != "create"])
        known = ProposalId(new_id())
        bases = [await anyio.to_thread.run_sync(self._outside.blobs.put, file.base) for file in draft.files]
        await self._diff_large(draft)
        # From here to `_track` nothing else runs: what is pending, and what stands, can't change under the hunks.
        found = [self._find(file, known) for file in draft.files]
        files = [_file_change(*parts) for parts in zip(draft.files, bases, found, strict=True)]
        whose = (known, origin.session, origin.turn, origin.call)
        proposal = Proposal(*whose, tuple(files), origin.policy, draft.title, draft.atomic, remarks=draft.remarks)
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
            self._tracker.tell(self._places.tracked(file.uri))
        if proposal.policy == "keep":
            await self._apply(hunks)
        return proposal

    async def grant(self, proposal: ProposalId, rule: str) -> None:
        """See the port."""
        hunks = tuple(hunk.id for hunk in self._state.hunks_of(proposal))
        for one in await self.decide(hunks, "accepted", Actor("rule", rule)):
            if self._state.states[one.hunk].decision is None:  # it can't be done, and nobody else will decide
                await self.decide([one.hunk], "withdrawn", BRIDGE, one.message)

    async def settle(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        """See the port."""
        while not all(self._state.states[hunk.id].settled for hunk in self._state.hunks_of(proposal)):
            await self._changed.wait()
        await self._applier.written({hunk.uri for hunk in self._state.hunks_of(proposal)})
        return self.outcomes(proposal)

    async def withdraw(self, proposal: ProposalId, reason: str) -> None:
        """See the port."""
        states = {hunk.id: self._state.states[hunk.id] for hunk in self._state.hunks_of(proposal)}
        undecided = [id_ for id_, state in states.items() if state.open and not state.stands]
        await self.decide(undecided, "withdrawn", BRIDGE, reason)
        # To be written, and nobody writes it any more: it must not be written when the session is next loaded.
        waiting = [id_ for id_, state in states.items() if state.to_be_placed and state.placement == "absent"]
        await self._append(*(Placed(id_, "absent", reason) for id_ in waiting))

    def outcomes(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        """See the port."""
        return tuple(self._verdicts.outcome(hunk.id) for hunk in self._state.hunks_of(proposal))

    def news(self) -> str:
        """See the port."""
        return self._news.text()

    async def decide(
        self, ids: Sequence[HunkId], verdict: Verdict, by: Actor, reason: str = ""
    ) -> tuple[HunkOutcome, ...]:
        """Decide hunks. The first decision wins; a stale hunk is never accepted; accepted ones are applied, confirmed.

        A hunk that stands already, under *keep*, stays when it is accepted and is taken out when it is rejected. The
        outcomes tell, in the order of `ids`, what stands.
        """
        async with self._tracker.changing:  # between the look and the record nobody else decides
            together = self._state.together(ids)
            refused = self._verdicts.refusals(together, verdict)
            if verdict == "accepted":
                refused |= await self._atomic_refusals([id_ for id_ in together if id_ not in refused])
            agreed = [id_ for id_ in together if id_ not in refused]
            fits = [event for id_ in agreed if (event := self._tracker.news_of(id_)) is not None]
            decided = [Decided(id_, self._verdicts.decision(id_, verdict, by, reason)) for id_ in agreed]
            standing = [self._state.hunks[id_] for id_ in agreed if self._state.states[id_].stands]
            await self._append(*fits, *decided)
        if verdict == "accepted":
            await self._apply([self._state.hunks[id_] for id_ in agreed if self._state.states[id_].to_be_placed])
        else:
            await self._take_out(standing)
        return tuple(refused.get(id_) or self._verdicts.outcome(id_) for id_ in ids)

    async def carve(self, id_: HunkId, part: Part) -> HunkId:
        """A part of an undecided hunk, or another text for it, as a hunk of its own, to be decided by its id.

        Raises `BridgeError` where the hunk can't be carved so; then nothing has changed.
        """
        carving.check(part)
        async with self._tracker.changing:
            hunk, state = self._state.hunks.get(id_), self._state.states.get(id_)
            if hunk is None or state is None:
                raise NotFound("unknown_hunk", f"there is no hunk {id_}")
            if state.decision is not None:
                raise AlreadyResolved(f"it was {state.decision.verdict} by {state.decision.by.name}")
            if not state.open:
                raise TryLater("busy", "the hunk is being written")
            children, chosen = self._carved(hunk, state, part)
            if children != (hunk,):
                withdrawn = Decided(id_, Decision("withdrawn", BRIDGE, SPLIT))
                await self._append(HunkSplit(id_, children), withdrawn)
            self._tracker.tell(children)
            return children[chosen].id

    def _carved(self, hunk: Hunk, state: HunkState, part: Part) -> tuple[tuple[Hunk, ...], int]:
        if not part.anyway and self._places.is_tracked(hunk) and not self._places.is_whole(hunk):
            raise Stale(
                "the text changed here", hint="Look at what stands there now; then apply it anyway, or reject it."
            )
        if part.lines is not None:
            return carving.by_lines(hunk, part.lines)
        if state.stands:
            raise AlreadyResolved("it is in the file already: edit it there", hint="Keep it or undo it.")
        if part.text is not None:
            return (carving.with_text(hunk, part.text, self._state.files[hunk.file].form),), 0
        if state.stale is None:
            return (hunk,), 0
        region, ground = self._places.region(hunk), self._places.ground(hunk.uri)
        standing = None if region is None or ground is None else ground[region.start : region.end]
        return (carving.over(hunk, standing),), 0

    async def undo(self, ids: Sequence[HunkId], by: Actor, reason: str = "") -> tuple[HunkOutcome, ...]:
        """Take hunks that stand out of their files again. One on which a later hunk stands needs that one taken out
        with it; the outcome names it, and nothing is done to either.
        """
        async with self._tracker.changing:
            together = self._state.together(ids, standing=True)
            refused = self._verdicts.undo_refusals(together)
            agreed = [id_ for id_ in together if id_ not in refused]
            keeping = [id_ for id_ in agreed if self._state.states[id_].may_become_rejected]
            await self._append(*(Decided(id_, Decision("rejected", by, reason)) for id_ in keeping))
        await self._take_out([self._state.hunks[id_] for id_ in agreed])
        return tuple(refused.get(id_) or self._verdicts.outcome_of_undo(id_) for id_ in ids)

    def views(self, uri: Uri | None = None) -> tuple[HunkView, ...]:
        """The hunks that are not settled, or wait for the person, in order of place; of one file or of all."""
        return self._views.all(uri)

    def in_order(self, uri: Uri | None = None) -> list[Hunk]:
        """The hunks of `views`, not looked at yet."""
        return self._views.in_order(uri)

    def view(self, hunk: Hunk) -> HunkView:
        """One hunk as it stands now."""
        return self._views.of(hunk)

    def find(self, id_: HunkId) -> HunkView | None:
        """A hunk by its id, settled or not."""
        return self._views.find(id_)

    def siblings(self, id_: HunkId) -> tuple[HunkId, ...]:
        """All hunks of the same proposal, in order."""
        return tuple(hunk.id for hunk in self._state.hunks_of(self._state.hunks[id_].proposal))

    def current(self, id_: HunkId) -> str:
        """The text that stands at a hunk's place."""
        return self._places.current(self._state.hunks[id_])

    def text_of(self, uri: Uri) -> str | None:
        """The text that the hunks of a file stand in now."""
        return self._places.ground(uri)

    def pending_text(self, uri: Uri, text: str) -> str:
        """`text` with the session's own pending hunks applied: what its next call should see."""
        return apply_step(text, self._pending(uri, text))

    def pending_files(self) -> tuple[Uri, ...]:
        """The files that `pending_text` changes."""
        pending = (hunk.uri for hunk in self._state.live() if self._is_pending(self._state.states[hunk.id]))
        return tuple(dict.fromkeys(pending))

    def renamed(self, old: Uri, new: Uri) -> None:
        """The person gave a file or a folder another name."""
        self._tracker.renamed(old, new)

    def deleted(self, uri: Uri) -> None:
        """The person deleted a file or a folder."""
        self._tracker.deleted(uri)

    async def recover(self) -> None:
        """After a restart: find the hunks' places again, and look what became of writes that were under way (E3)."""
        recovery = Recovery(self._outside, self._state, self._places)
        await recovery.find_places()
        for document in self._outside.documents.all():
            self._tracker.hear(DocumentEvent(document.uri, None, document, None))
        await self._apply(await recovery.unfinished())

    async def _apply(self, hunks: Sequence[Hunk]) -> None:
        await self._applier.apply(hunks)
        self._tell_beside(hunks)

    async def _take_out(self, hunks: Sequence[Hunk]) -> None:
        await self._applier.take_out(hunks)
        self._tell_beside(hunks)

    def _tell_beside(self, hunks: Sequence[Hunk]) -> None:
        """What a write means for the other hunks of its file; of a closed one nobody else tells."""
        for uri in {hunk.uri for hunk in hunks}:
            self._tracker.tell(tuple(self._places.tracked(uri)))

    async def _atomic_refusals(self, ids: Sequence[HunkId]) -> dict[HunkId, HunkOutcome]:
        """Where a change is meant as a whole, nothing of it is written unless all that was accepted can be."""
        whole: dict[ProposalId, list[Hunk]] = {}
        for id_ in ids:
            hunk, state = self._state.hunks[id_], self._state.states[id_]
            if self._state.proposals[hunk.proposal].atomic and not state.stands:
                whole.setdefault(hunk.proposal, []).append(hunk)
        refused: dict[HunkId, HunkOutcome] = {}
        for hunks in whole.values():
            problems = await self._applier.problems(hunks)
            if problems:
                why = next(iter(problems.values())).message
                others = "nothing was written, as the change is meant as a whole and a part of it can't be"
                refused |= {hunk.id: HunkOutcome(hunk.id, "refused", f"{others}: {why}") for hunk in hunks} | problems
        return refused

    async def _diff_large(self, draft: Draft) -> None:
        """What the hunks and their places will be made of is found in a thread where texts are large."""
        for file in draft.files:
            if len(file.old) + len(file.new) > LARGE:
                await anyio.to_thread.run_sync(line_changes, file.old, file.new)
            document = self._outside.documents.get(file.uri)
            if document is not None:
                await find_steps(file.base, document.text)

    async def _append(self, *events: Event) -> None:
        if events:
            await self._outside.journal.append(*events)

    def _find(self, draft: FileDraft, proposal: ProposalId) -> tuple[Found, ...]:
        """Raises `Stale` where pending hunks that the tool read are decided, or fit no more, by now."""
        pending = self._pending(draft.uri, draft.base)
        if draft.op == "edit" and apply_step(draft.base, pending) != draft.old:
            raise Stale("what you had proposed for this file was decided on, or changed, meanwhile")
        return find_hunks(draft, pending, FileId(new_id()), proposal)

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


def _file_change(draft: FileDraft, base: Sha, found: Sequence[Found]) -> FileChange:
    file = found[0].hunk.file if found else FileId(new_id())
    ids = tuple(one.hunk.id for one in found)
    return FileChange(file, draft.op, draft.uri, draft.source, base, draft.form, ids, draft.to_uri)
