"""The review, as the pipeline sees it."""

from dataclasses import dataclass
from typing import Protocol

from bridge.harness.ids import CallId, ProposalId, SessionId, TurnId
from bridge.harness.values.proposals import Draft, HunkOutcome, Policy, Proposal


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose proposal it is, and under which policy it will be settled."""

    session: SessionId
    turn: TurnId
    call: CallId
    policy: Policy


class Review(Protocol):
    """Where proposals are decided, applied and confirmed."""

    async def propose(self, draft: Draft, origin: Origin) -> Proposal:
        """Record and show the hunks of a draft.

        Raises `Stale` where what the draft was computed on is not what is pending now: prepare it again; and
        `OverlapsPending` where it changes lines that undecided hunks of the same session change or add.
        """
        ...

    def proposal_of(self, call: CallId) -> Proposal | None:
        """What a call proposed, in this run of the bridge or in an earlier one."""
        ...

    async def grant(self, proposal: ProposalId, rule: str) -> None:
        """A rule or mode that the person chose accepts all of it; recorded as decided by that rule."""
        ...

    async def settle(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        """Wait until every hunk is settled; the outcomes in order."""
        ...

    def outcomes(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        """What has become of each hunk so far, in order."""
        ...

    async def withdraw(self, proposal: ProposalId, reason: str) -> None:
        """Nobody will decide the rest: undecided hunks are withdrawn."""
        ...

    def news(self) -> str:
        """What the person did with hunks whose calls are over, for the model; empty where it knows all."""
        ...
