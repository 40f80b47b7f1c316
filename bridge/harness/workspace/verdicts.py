"""What can be decided of a hunk, and what came of it, in words for the person and the model."""

from collections.abc import Iterable, Sequence

from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import Actor, Decision, HunkOutcome, OutcomeKind, PlacementKind, Verdict
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.review_state import ReviewState


class Verdicts:
    """Looks only; nothing is changed here."""

    def __init__(self, state: ReviewState, places: Places) -> None:
        """Of one session."""
        self._state = state
        self._places = places

    def refusals(self, ids: Iterable[HunkId], verdict: Verdict) -> dict[HunkId, HunkOutcome]:
        """The hunks that can't be decided so, and why."""
        chosen = list(ids)
        found = {id_: outcome for id_ in chosen if (outcome := self._refusal(id_, verdict)) is not None}
        if verdict == "rejected":
            standing = [id_ for id_ in chosen if id_ not in found and self._state.states[id_].stands]
            found |= self.undo_refusals(standing)
        return found

    def undo_refusals(self, ids: Sequence[HunkId]) -> dict[HunkId, HunkOutcome]:
        """The hunks that can't be taken out, or not without others, and why."""
        return {id_: outcome for id_ in ids if (outcome := self._undo_refusal(id_, set(ids))) is not None}

    def decision(self, id_: HunkId, verdict: Verdict, by: Actor, reason: str) -> Decision:
        """Who dismisses a hunk that no longer fits has written something else there: the model is told what."""
        state = self._state.states[id_]
        if verdict == "rejected" and not state.stands and self._places.fit(self._state.hunks[id_]) == "overlap":
            why = reason or "the user changed these lines"
            reason = f"{why}. They now read:\n{self._current(id_)}"
        return Decision(verdict, by, reason)

    def outcome(self, id_: HunkId) -> HunkOutcome:
        """What became of a hunk so far."""
        state = self._state.states[id_]
        if state.stale is not None and (state.decision is None or state.decision.verdict == "accepted"):
            why = "the file is gone" if state.stale == "gone" else "the text changed here before it could be applied"
            return HunkOutcome(id_, "stale", why, self._current(id_))
        if state.decision is None:
            if not state.settled:
                return HunkOutcome(id_, "absent", "nobody has decided yet")
            return HunkOutcome(id_, _placed(state.placement), state.cause, reviewed=False)
        if state.decision.verdict == "accepted":
            if state.placement == "applying":
                return HunkOutcome(id_, "absent", "it waits for its file to be opened")
            return HunkOutcome(id_, _placed(state.placement), state.cause, self._own_text(id_))
        if state.stands:
            return HunkOutcome(id_, "refused", state.cause or "it still stands", self._current(id_))
        seen = state.decision.by.kind == "person"
        return HunkOutcome(id_, state.decision.verdict, state.decision.reason, self._own_text(id_), reviewed=seen)

    def outcome_of_undo(self, id_: HunkId) -> HunkOutcome:
        """What became of a hunk that was to be taken out."""
        state = self._state.states[id_]
        if state.stands:
            return HunkOutcome(id_, "refused", state.cause or "it still stands", self._current(id_))
        return HunkOutcome(id_, _placed(state.placement), state.cause)

    def _refusal(self, id_: HunkId, verdict: Verdict) -> HunkOutcome | None:
        state = self._state.states.get(id_)
        if state is None:
            return HunkOutcome(id_, "unknown", "there is no such hunk")
        if state.decision is not None:
            return HunkOutcome(id_, "already_decided", f"it was {state.decision.verdict} by {state.decision.by.name}")
        if not state.open:
            return self.outcome(id_) if state.settled else HunkOutcome(id_, "refused", "it is being written")
        if verdict == "accepted" and not state.stands and self._places.fit(self._state.hunks[id_]) is not None:
            return HunkOutcome(id_, "stale", "the text changed here since it was proposed", self._current(id_))
        return None

    def _undo_refusal(self, id_: HunkId, together: set[HunkId]) -> HunkOutcome | None:
        hunk, state = self._state.hunks.get(id_), self._state.states.get(id_)
        if hunk is None or state is None:
            return HunkOutcome(id_, "unknown", "there is no such hunk")
        if not state.stands:
            return HunkOutcome(id_, "refused", "it does not stand in the file")
        if hunk.op == "delete" or self._places.is_whole(hunk):
            return None
        if not self._places.is_tracked(hunk):
            return HunkOutcome(id_, "refused", "where it stands is not known any more: undo it by hand")
        upon = [other for other in self._places.upon(hunk) if self._state.states[other].stands]
        blockers = tuple(other for other in upon if other not in together)
        if blockers:
            count = "a later hunk stands" if len(blockers) == 1 else f"{len(blockers)} later hunks stand"
            why = f"{count} on it: undo them together"
            return HunkOutcome(id_, "refused", why, self._current(id_), blockers)
        if upon:
            return None
        return HunkOutcome(id_, "stale", "the text changed here since: undo it by hand", self._current(id_))

    def _own_text(self, id_: HunkId) -> str:
        """What was decided, where it is not what was proposed: a part of it, or the person's own text."""
        hunk = self._state.hunks[id_]
        return hunk.new if hunk.parent is not None else ""

    def _current(self, id_: HunkId) -> str:
        return self._places.current(self._state.hunks[id_])


def _placed(placement: PlacementKind) -> OutcomeKind:
    return "absent" if placement == "applying" else placement
