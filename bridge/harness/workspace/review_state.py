"""The review as a fold of the log: proposals, hunks, and what became of each."""

from collections.abc import Iterator
from dataclasses import replace

from bridge.harness.ids import CallId, FileId, HunkId, IntentId, ProposalId, Uri
from bridge.harness.values.events import Decided, Event, HunkFresh, HunkStale, IntentMade, Placed, Proposed
from bridge.harness.values.proposals import FileChange, Hunk, HunkState, Intent, Proposal


class ReviewState:
    """Owned by the review; changed by `fold` alone. Ids keep the order in which hunks were proposed.

    `numbers` are (which, of how many) within the proposal, counted from 1.
    """

    def __init__(self) -> None:
        """Nothing was proposed."""
        self.proposals: dict[ProposalId, Proposal] = {}
        self.by_call: dict[CallId, Proposal] = {}
        self.files: dict[FileId, FileChange] = {}
        self.hunks: dict[HunkId, Hunk] = {}
        self.states: dict[HunkId, HunkState] = {}
        self.intents: dict[IntentId, Intent] = {}
        self.numbers: dict[HunkId, tuple[int, int]] = {}
        self._live: dict[HunkId, Hunk] = {}

    def fold(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Proposed(proposal=proposal, hunks=hunks):
                self.proposals[proposal.id] = self.by_call[proposal.call] = proposal
                self.files.update({file.id: file for file in proposal.files})
                self.hunks.update({hunk.id: hunk for hunk in hunks})
                self.states.update({hunk.id: HunkState() for hunk in hunks})
                self.numbers.update({hunk.id: (n, len(hunks)) for n, hunk in enumerate(hunks, start=1)})
                self._live.update({hunk.id: hunk for hunk in hunks})
            case HunkStale(hunk=hunk, reason=reason):
                self._set(hunk, stale=reason, placement="absent")
            case HunkFresh(hunk=hunk):
                self._set(hunk, stale=None)
            case Decided(hunk=hunk, decision=decision):
                self._set(hunk, decision=decision)
            case IntentMade(intent=intent):
                self.intents[intent.id] = intent
                for hunk in intent.hunks:
                    self._set(hunk, placement="applying")
            case Placed(hunk=hunk, placement=placement, cause=cause):
                self._set(hunk, placement=placement, cause=cause)

    def live(self) -> tuple[Hunk, ...]:
        """The hunks that are not settled: cost grows with what is open, not with history."""
        return tuple(self._live.values())

    def hunks_of(self, proposal: ProposalId) -> Iterator[Hunk]:
        """All hunks of a proposal, in order."""
        return (self.hunks[hunk] for file in self.proposals[proposal].files for hunk in file.hunks)

    def intent_of(self, hunk: HunkId) -> Intent | None:
        """The last intent that was to write a hunk."""
        return next((i for i in reversed(self.intents.values()) if hunk in i.hunks), None)

    def uris(self) -> frozenset[Uri]:
        """The files with live hunks."""
        return frozenset(hunk.uri for hunk in self._live.values())

    def _set(self, id_: HunkId, **changes: object) -> None:
        if id_ not in self.states:  # its proposal stood in a line of the log that can't be read
            return
        self.states[id_] = replace(self.states[id_], **changes)  # type: ignore[arg-type]
        if self.states[id_].settled:
            self._live.pop(id_, None)
