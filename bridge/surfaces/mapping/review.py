"""Hunks to the wire."""

from bridge.harness.ids import SessionId
from bridge.harness.values.proposals import HunkOutcome
from bridge.harness.workspace.review import HunkView
from bridge.protocol import review as wire


def hunk_view(session: SessionId, view: HunkView, spelled_uri: str) -> wire.HunkView:
    """A hunk as it stands. Its range is in whole lines, which are the same in every position encoding."""
    hunk, state = view.hunk, view.state
    return wire.HunkView(
        hunk_id=hunk.id,
        proposal_id=hunk.proposal,
        session_id=session,
        uri=spelled_uri,
        op=hunk.op,
        range=wire.Range(
            start=wire.Position(line=view.span.start, character=0), end=wire.Position(line=view.span.end, character=0)
        ),
        old_text=hunk.old,
        new_text=hunk.new,
        digest=hunk.digest,
        decision=state.decision.verdict if state.decision else None,
        placement=state.placement,
        fit="stale" if state.stale else "clean",
        stale_reason=state.stale,
        index=view.index - 1,
        total=view.total,
        title=view.title,
    )


def outcome(one: HunkOutcome) -> wire.HunkOutcome:
    """What came of one decision."""
    return wire.HunkOutcome(
        hunk_id=one.hunk,
        outcome=one.outcome,
        message=one.message or None,
        current_text=one.current if one.outcome == "stale" else None,
    )
