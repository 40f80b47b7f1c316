"""The review as a fold of the log: proposals, hunks, and what became of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bridge.harness.ids import CallId, FileId, HunkId, ProposalId, Uri
from bridge.harness.values.events import (
    Decided,
    Event,
    FileFollowed,
    HunkFresh,
    HunkSplit,
    HunkStale,
    IntentMade,
    Placed,
    Proposed,
)
from bridge.harness.values.proposals import FileChange, Hunk, HunkState, Intent, Proposal


class ReviewState:
    """Owned by the review; changed by `fold` alone.

    `leaves` are the hunks of each proposal that are decided, in order: a hunk that was split is not among them, its
    children are. `numbers` are (which, of how many) of a leaf within its proposal, counted from 1; a hunk that was
    split keeps the number that it had.
    """

    def __init__(self) -> None:
        """Nothing was proposed."""
        self.proposals: dict[ProposalId, Proposal] = {}
        self.by_call: dict[CallId, Proposal] = {}
        self.files: dict[FileId, FileChange] = {}
        self.hunks: dict[HunkId, Hunk] = {}
        self.states: dict[HunkId, HunkState] = {}
        self.leaves: dict[ProposalId, list[HunkId]] = {}
        self.numbers: dict[HunkId, tuple[int, int]] = {}
        self._intents: dict[HunkId, Intent] = {}
        self._live: dict[HunkId, Hunk] = {}

    def fold(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Proposed(proposal=proposal, hunks=hunks):
                self.proposals[proposal.id] = self.by_call[proposal.call] = proposal
                self.files.update({file.id: file for file in proposal.files})
                self.leaves[proposal.id] = []
                self._add(hunks, HunkState(policy=proposal.policy))
                self._number(proposal.id, [hunk.id for hunk in hunks])
            case HunkSplit(hunk=parent, children=children):
                self._split(parent, children)
            case FileFollowed(file=file, uri=uri):
                self._follow(file, uri)
            case HunkStale(hunk=hunk, reason=reason):
                self._set(hunk, stale=reason, placement="absent")
            case HunkFresh(hunk=hunk):
                self._set(hunk, stale=None)
            case Decided(hunk=hunk, decision=decision):
                self._set(hunk, decision=decision)
            case IntentMade(intent=intent):
                for hunk in intent.hunks:
                    self._intents[hunk] = intent
                    self._set(hunk, placement="applying")
            case Placed(hunk=hunk, placement=placement, cause=cause):
                self._set(hunk, placement=placement, cause=cause)

    def live(self) -> tuple[Hunk, ...]:
        """The hunks that are not settled, or wait for the person: cost grows with what is open, not with history."""
        return tuple(self._live.values())

    def hunks_of(self, proposal: ProposalId) -> Iterator[Hunk]:
        """All hunks of a proposal, in order."""
        return (self.hunks[hunk] for hunk in self.leaves[proposal])

    def together(self, ids: Iterable[HunkId], *, standing: bool = False) -> tuple[HunkId, ...]:
        """These, each once, and what is decided with them: a file that goes elsewhere is deleted where it was and
        created where it will be, or neither. `standing`: only those that stand are added, else those without decision.
        """
        found = dict.fromkeys(ids)
        for id_ in tuple(found):
            hunk = self.hunks.get(id_)
            if hunk is not None and hunk.op in ("create", "delete"):
                found |= dict.fromkeys(other for other in self._other_half(hunk) if self._wants(other, standing))
        return tuple(found)

    def _other_half(self, hunk: Hunk) -> Iterator[HunkId]:
        mine = self.files[hunk.file]
        for file in self.proposals[hunk.proposal].files:
            if mine.to_uri == file.uri or file.to_uri == mine.uri:
                yield from (leaf.id for leaf in self.hunks_of(hunk.proposal) if leaf.file == file.id)

    def _wants(self, id_: HunkId, standing: bool) -> bool:
        state = self.states[id_]
        return state.stands if standing else state.decision is None

    def root_of(self, hunk: Hunk) -> Hunk:
        """The hunk that the tool proposed, of which this is a part; or it itself."""
        while hunk.parent is not None and hunk.parent in self.hunks:
            hunk = self.hunks[hunk.parent]
        return hunk

    def intent_of(self, hunk: HunkId) -> Intent | None:
        """The last intent that was to write a hunk, or to take it out."""
        return self._intents.get(hunk)

    def _add(self, hunks: Sequence[Hunk], state: HunkState) -> None:
        for hunk in hunks:
            self.hunks[hunk.id], self.states[hunk.id] = hunk, state
            self._live[hunk.id] = hunk

    def _number(self, proposal: ProposalId, leaves: list[HunkId]) -> None:
        self.leaves[proposal] = leaves
        self.numbers.update({hunk: (n, len(leaves)) for n, hunk in enumerate(leaves, start=1)})

    def _split(self, parent: HunkId, children: Sequence[Hunk]) -> None:
        """Children begin as their parent stands: under *keep* its text is in the file."""
        if parent not in self.states:
            return
        self._add(children, replace(self.states[parent], decision=None, stale=None))
        proposal = self.hunks[parent].proposal
        leaves = self.leaves[proposal]
        at = leaves.index(parent)
        self._number(proposal, [*leaves[:at], *(child.id for child in children), *leaves[at + 1 :]])

    def _follow(self, file: FileId, uri: Uri) -> None:
        if file not in self.files:
            return
        self.files[file] = replace(self.files[file], uri=uri)
        for id_, hunk in self.hunks.items():
            if hunk.file == file:
                self.hunks[id_] = replace(hunk, uri=uri)
                if id_ in self._live:
                    self._live[id_] = self.hunks[id_]

    def _set(self, id_: HunkId, **changes: object) -> None:
        if id_ not in self.states:  # its proposal stood in a line of the log that can't be read
            return
        self.states[id_] = state = replace(self.states[id_], **changes)  # type: ignore[arg-type]
        if state.settled and not state.open:
            self._live.pop(id_, None)
        else:
            self._live.setdefault(id_, self.hunks[id_])
