"""Events to session updates: ACP's kinds, and ours beside them."""

from collections.abc import Iterator

from bridge.app.session import Session
from bridge.harness.ids import HunkId
from bridge.harness.values import events as core
from bridge.harness.values.model import ReasoningDelta, TextDelta
from bridge.protocol import update as wire
from bridge.protocol.content import TextContent
from bridge.protocol.toolcall import Content
from bridge.surfaces.mapping.config import chosen, config_options
from bridge.surfaces.mapping.model import item_updates, model_updates, queue_update
from bridge.surfaces.mapping.permission import approval_view
from bridge.surfaces.mapping.pieces import PIECE, bounded, cut, pieces
from bridge.surfaces.mapping.review import Seen, seen_view
from bridge.surfaces.mapping.spoken import was_said


def delta(piece: TextDelta | ReasoningDelta, text: str) -> wire.SessionUpdate:
    """A piece of a message that is being written, or of what the model thinks; `text` may join several."""
    if isinstance(piece, ReasoningDelta):
        return wire.AgentThoughtChunk(content=TextContent(text=text), message_id=piece.item)
    return wire.AgentMessageChunk(content=TextContent(text=text), message_id=piece.item)


def updates(session: Session, event: core.Event, seen: Seen, replay: bool) -> Iterator[wire.SessionUpdate]:
    """The updates of one event, in order. When a session is replayed, finished messages stand for their pieces."""
    match event:
        case core.Prompt() | core.Steered() | core.ItemDone() | core.Note() | core.TurnEnded():
            yield from _said(session, event, replay)
        case core.CallOpened() | core.CallStarted() | core.CallEnded():
            yield _call(event)
        case core.ApprovalOpened() | core.ApprovalClosed():
            yield _approval(event)
        case core.PolicySet() | core.OptionSet():
            yield wire.ConfigOptionUpdate(config_options=config_options(chosen(session), keeps=seen.keeps))
        case core.Queued() | core.Unqueued():
            yield queue_update(session)
        case (
            core.StepEnded()
            | core.Retried()
            | core.ModelSwitched()
            | core.FeatureLowered()
            | core.Compacted()
            | core.BudgetWarned()
        ):
            yield from model_updates(session, event, replay)
        case _:
            yield from _hunks(session, event, seen)


def _said(
    session: Session, event: core.Prompt | core.Steered | core.ItemDone | core.Note | core.TurnEnded, replay: bool
) -> Iterator[wire.SessionUpdate]:
    match event:
        case core.Prompt(turn=turn, text=text):
            yield wire.TurnStarted(turn_id=turn)
            yield from _words(text)
            if event.queued is not None:
                yield queue_update(session)
        case core.Steered(text=text):
            yield from _words(text)
        case core.ItemDone():
            yield from item_updates(event, replay)
        case core.Note(text=text):
            yield wire.NoteUpdate(text=cut(text, PIECE))
        case core.TurnEnded(turn=turn, stop=stop, message=message):
            if stop == "refusal" and was_said(session.transcript.items, message):
                message = ""  # it came as a message already
            yield wire.TurnEnded(turn_id=turn, stop_reason=stop, message=cut(message, PIECE) or None)


def _words(text: str) -> Iterator[wire.SessionUpdate]:
    for piece in pieces(text):
        yield wire.UserMessageChunk(content=TextContent(text=piece))


def _call(event: core.CallOpened | core.CallStarted | core.CallEnded) -> wire.SessionUpdate:
    match event:
        case core.CallOpened():
            return wire.ToolCallStart(
                tool_call_id=event.call,
                title=event.title,
                kind=event.kind,
                status="pending",
                raw_input=bounded(event.args),
            )
        case core.CallStarted(call=call):
            return wire.ToolCallProgress(tool_call_id=call, status="in_progress")
    shown = (Content(content=TextContent(text=cut(event.shown, PIECE))),) if event.shown else None
    return wire.ToolCallProgress(
        tool_call_id=event.call, status="completed" if event.status == "ok" else "failed", content=shown
    )


def _approval(event: core.ApprovalOpened | core.ApprovalClosed) -> wire.SessionUpdate:
    if isinstance(event, core.ApprovalOpened):
        return wire.ApprovalOpened(approval=approval_view(event.approval))
    answer = event.answer.choice if event.answer else None
    return wire.ApprovalClosed(approval_id=event.approval, state=event.state, option_id=answer)


def _hunks(session: Session, event: core.Event, seen: Seen) -> Iterator[wire.SessionUpdate]:
    ids: tuple[HunkId, ...] = ()
    match event:
        case core.Proposed(hunks=hunks):
            ids = tuple(hunk.id for hunk in hunks)
        case core.HunkSplit(hunk=hunk, children=children):
            # Its parts, and those that have another number now.
            ids = (hunk, *(session.review.siblings(hunk) if children else ()))
        case core.FileFollowed(file=file):
            ids = tuple(view.hunk.id for view in session.review.views() if view.hunk.file == file)
        case core.HunkStale(hunk=hunk) | core.HunkFresh(hunk=hunk) | core.Decided(hunk=hunk) | core.Placed(hunk=hunk):
            ids = (hunk,)
        case core.IntentMade(intent=intent):
            ids = intent.hunks
    for id_ in ids:
        if (view := session.review.find(id_)) is not None:
            yield wire.HunkUpdate(hunk=seen_view(session.id, view, seen))
