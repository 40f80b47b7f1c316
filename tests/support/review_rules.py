"""I1 to I7 of bridge/harness/values/proposals.py, looked for in a log at every event, and in the places of hunks."""

import itertools

from bridge.harness.ids import HunkId
from bridge.harness.values.events import (
    Decided,
    Event,
    HunkFresh,
    HunkSplit,
    HunkStale,
    IntentMade,
    Placed,
    Proposed,
    Recorded,
)
from bridge.harness.values.proposals import SPLIT, Decision, Hunk, HunkState, Intent, digest
from bridge.harness.workspace.applying import UNDONE
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.tracking import PUT_BACK, TAKEN_OUT
from tests.support.review_desk import Desk

WHILE_TAKEN_OUT = "it still stands"
SEEN = (
    ("present", "removed", TAKEN_OUT),
    ("removed", "present", PUT_BACK),
    ("present", "removed", UNDONE),  # the person had done so already
)


class Rules:
    """Reads one session's log, as far as it has got, and goes on from there the next time."""

    def __init__(self) -> None:
        self._state = ReviewState()
        self._read = 0
        self._split: HunkId | None = None

    def check(self, records: list[Recorded]) -> None:
        """All that is new in the log."""
        for record in records[self._read :]:
            self._event(record.event)
            self._state.fold(record.event)
            self._states()
        self._read = len(records)

    def _event(self, event: Event) -> None:
        if self._split is not None:
            assert isinstance(event, Decided), "I7: a split retires its parent"
            assert (event.hunk, event.decision.verdict, event.decision.reason) == (self._split, "withdrawn", SPLIT)
            self._split = None
        match event:
            case Proposed(hunks=hunks):
                for hunk in hunks:
                    _check_digest(hunk)
            case HunkSplit(hunk=parent, children=children):
                self._check_split(parent, children)
            case Decided(hunk=id_, decision=decision):
                self._check_decision(self._state.states[id_], decision)
            case IntentMade(intent=intent):
                self._check_intent(intent)
            case HunkStale(hunk=id_):
                assert self._state.states[id_].placement in ("absent", "applying"), "I3: a stale hunk is absent"
            case HunkFresh(hunk=id_):
                assert self._state.states[id_].stale is not None
            case Placed():
                self._check_placed(event)

    def _check_split(self, id_: HunkId, children: tuple[Hunk, ...]) -> None:
        parent, state = self._state.hunks[id_], self._state.states[id_]
        assert state.open, "I7: only what waits is split"
        self._split = id_
        assert len({child.id for child in children} | set(self._state.hunks)) == len(children) + len(self._state.hunks)
        for child in children:
            _check_digest(child)
            assert (child.parent, child.proposal, child.file, child.op) == (
                id_,
                parent.proposal,
                parent.file,
                parent.op,
            )
        if len(children) > 1:
            assert "".join(child.old for child in children) == parent.old
            assert "".join(child.new for child in children) == parent.new
            assert [child.span.start for child in children] == sorted(child.span.start for child in children)

    def _check_decision(self, state: HunkState, decision: Decision) -> None:
        before = state.decision
        undone = before is not None and state.policy == "keep" and before.verdict == "accepted" and state.stands
        assert before is None or (undone and decision.verdict == "rejected"), "I2: a decision is set once"
        assert decision.verdict != "accepted" or state.stale is None, "I3: a stale hunk is never accepted"

    def _check_intent(self, intent: Intent) -> None:
        for id_ in intent.hunks:
            state = self._state.states[id_]
            verdict = None if state.decision is None else state.decision.verdict
            if intent.undo:
                assert state.stands or state.placement == "applying"
                assert verdict == ("rejected" if state.policy == "keep" else "accepted"), "nobody wanted it out"
            else:
                assert verdict == "accepted" or (verdict is None and state.policy == "keep"), "nobody wanted it"
                assert state.stale is None, "I3: a stale hunk is not written"

    def _check_placed(self, event: Placed) -> None:
        before = self._state.states[event.hunk].placement
        seen = (before, event.placement, event.cause) in SEEN
        fine = before == "applying" or event.placement == "absent" or seen or "already" in event.cause
        assert fine or (before == "present" and event.cause.startswith(WHILE_TAKEN_OUT)), (before, event)

    def _states(self) -> None:
        for id_, state in self._state.states.items():
            accepted = state.decision is not None and state.decision.verdict == "accepted"
            assert state.placement == "absent" or accepted or state.policy == "keep", "I1"
            assert state.stale is None or state.placement == "absent", "I3"
            assert not (accepted and state.open)
            assert id_ in self._state.leaves[self._state.hunks[id_].proposal] or state.decision or self._split == id_


def check_places(desk: Desk) -> None:
    """I3 and I6, for all hunks that have a place, once what was noticed is recorded."""
    state, places = desk.review._state, desk.review._places
    for uri in {hunk.uri for hunk in state.hunks.values()}:
        standing: list[tuple[int, int]] = []
        waiting: list[tuple[int, int]] = []  # a later one may wait on lines that an earlier one has brought
        for hunk in places.tracked(uri):
            at, now = places.at(hunk), state.states[hunk.id]
            text = places.ground(uri)
            assert at is not None
            assert text is not None
            if not at.damaged:
                assert text[at.start : at.end] == hunk.old, "a place is whole where its very text stands"
                (standing if now.stands else waiting).append((at.start, at.end))
            waits = now.decision is None and now.policy == "ask" and now.placement == "absent"
            if waits and desk.documents.get(uri) is not None:  # nobody watches a closed file
                assert now.stale == places.fit(hunk), "I3: what the log says is what is seen"
        for spans in (standing, waiting):
            assert all(one[1] <= other[0] for one, other in itertools.pairwise(sorted(spans))), "I6"


def check_splits(desk: Desk) -> None:
    """I7: the parts stand in their parent's place, in order."""
    state = desk.review._state
    for split in desk.journal.of(HunkSplit):
        assert isinstance(split, HunkSplit)
        leaves = state.leaves[state.hunks[split.hunk].proposal]
        assert split.hunk not in leaves
        known = [leaves.index(child.id) for child in split.children if child.id in leaves]
        assert known == sorted(known)


def _check_digest(hunk: Hunk) -> None:
    assert hunk.digest == digest(hunk.op, hunk.uri, hunk.old, hunk.new), "I4"
