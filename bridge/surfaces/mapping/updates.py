"""Events to session updates: ACP's kinds, and ours beside them."""

from collections.abc import Iterator

from bridge.app.session import Session
from bridge.harness.ids import HunkId
from bridge.harness.values import events as core
from bridge.harness.values.model import TextDelta
from bridge.protocol import update as wire
from bridge.protocol.content import TextContent
from bridge.protocol.toolcall import Content
from bridge.surfaces.mapping.config import config_options
from bridge.surfaces.mapping.permission import approval_view
from bridge.surfaces.mapping.review import Seen, seen_view


def delta(piece: TextDelta) -> wire.SessionUpdate:
    """A piece of a message that is being written."""
    return wire.AgentMessageChunk(content=TextContent(text=piece.text), message_id=piece.item)


def updates(session: Session, event: core.Event, seen: Seen, replay: bool) -> Iterator[wire.SessionUpdate]:
    """The updates of one event, in order. When a session is replayed, finished messages stand for their pieces."""
    match event:
        case core.Prompt(turn=turn, text=text):
            yield wire.TurnStarted(turn_id=turn)
            yield wire.UserMessageChunk(content=TextContent(text=text))
        case core.ItemDone(item=item) if replay and item.get("role") == "assistant":
            text = "".join(str(part.get("text", "")) for part in item.get("content", ()))
            yield wire.AgentMessageChunk(content=TextContent(text=text), message_id=str(item.get("id", "")) or None)
        case core.CallOpened():
            yield _call_opened(event)
        case core.CallStarted(call=call):
            yield wire.ToolCallProgress(tool_call_id=call, status="in_progress")
        case core.CallEnded():
            yield _call_ended(event)
        case core.Note(text=text):
            yield wire.NoteUpdate(text=text)
        case core.ApprovalOpened() | core.ApprovalClosed():
            yield _approval(event)
        case core.PolicySet():
            yield wire.ConfigOptionUpdate(config_options=config_options(session.policy, keeps=seen.keeps))
        case core.TurnEnded(turn=turn, stop=stop, message=message):
            yield wire.TurnEnded(turn_id=turn, stop_reason=stop, message=message or None)
        case _:
            yield from _hunks(session, event, seen)


def _call_opened(event: core.CallOpened) -> wire.ToolCallStart:
    return wire.ToolCallStart(
        tool_call_id=event.call, title=event.title, kind=event.kind, status="pending", raw_input=dict(event.args)
    )


def _call_ended(event: core.CallEnded) -> wire.ToolCallProgress:
    shown = (Content(content=TextContent(text=event.shown)),) if event.shown else None
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
