"""Hunks, and what became of them, to the wire."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.harness.ids import HunkId, SessionId, Uri
from bridge.harness.values.proposals import HunkOutcome
from bridge.harness.workspace.views import HunkView
from bridge.protocol import review as wire


@dataclass(frozen=True, slots=True)
class Seen:
    """What the wire needs of a client: its spelling of a URI, the version that it has open, if it has, and what it can.

    `keeps`: its sessions can have the review policy *keep*.
    """

    spelled: Callable[[Uri], str]
    version: Callable[[Uri], int | None]
    keeps: bool = False


def hunk_view(session: SessionId, view: HunkView, spelled_uri: str, version: int | None = None) -> wire.HunkView:
    """A hunk as it stands. Its range is in whole lines, which are the same in every position encoding.

    `version` is the open document's; None for a closed file.
    """
    hunk, state = view.hunk, view.state
    return wire.HunkView(
        hunk_id=hunk.id,
        proposal_id=hunk.proposal,
        session_id=session,
        uri=spelled_uri,
        to_uri=view.to_uri,
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
        policy=view.policy,
        atomic=view.atomic,
        parent_id=hunk.parent,
        note=hunk.note or None,
        version=version,
    )


def seen_view(session: SessionId, view: HunkView, seen: Seen) -> wire.HunkView:
    """`hunk_view` for a client with documents."""
    return hunk_view(session, view, seen.spelled(view.hunk.uri), seen.version(view.hunk.uri))


def outcome(one: HunkOutcome, asked: HunkId | None = None) -> wire.HunkOutcome:
    """What came of one decision. `asked` is the hunk that was named, where a part of it was decided."""
    current = one.current if one.outcome == "stale" or (one.outcome == "refused" and one.current) else None
    return wire.HunkOutcome(
        hunk_id=asked or one.hunk,
        outcome=one.outcome,
        message=one.message or None,
        current_text=current,
        decided_id=one.hunk if asked not in (None, one.hunk) else None,
        blocked_by=one.blockers or None,
    )
