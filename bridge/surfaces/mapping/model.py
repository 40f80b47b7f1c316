"""What happens around model calls, as session updates: usage, retries, other models, compaction, budgets."""

from collections.abc import Iterator

from bridge.app.session import Session
from bridge.harness.cost.values import Report
from bridge.harness.ids import TurnId
from bridge.harness.values import events as core
from bridge.harness.values.model import Item
from bridge.harness.values.usage import Spent
from bridge.protocol import update as wire
from bridge.protocol.content import TextContent
from bridge.surfaces.mapping.pieces import FIELD, cut, pieces
from bridge.surfaces.mapping.service import service_call
from bridge.surfaces.mapping.spoken import texts
from bridge.surfaces.mapping.usage import decimal

MOST_NAMED = 50
"""Of a list that is told with an update; the others are left out."""

ModelEvent = (
    core.StepEnded | core.Retried | core.ModelSwitched | core.FeatureLowered | core.Compacted | core.BudgetWarned
)


def model_updates(session: Session, event: ModelEvent, replay: bool) -> Iterator[wire.SessionUpdate]:
    """The updates of one event. In a replay usage is left out: it is told at its end, as it is then."""
    match event:
        case core.Retried():
            yield wire.Retrying(
                turn_id=event.turn, attempt=event.attempt, wait_seconds=event.wait, message=cut(event.message, FIELD)
            )
        case core.ModelSwitched(turn=turn, model=model, why=why):
            yield wire.ModelSwitched(turn_id=turn, model=model, why=cut(why, FIELD))
        case core.FeatureLowered(model=model, feature=feature, why=why):
            yield wire.FeatureLowered(model=model, feature=feature, why=cut(why, FIELD))
        case core.BudgetWarned():
            yield wire.BudgetWarning(
                turn_id=event.turn, unit=event.unit, spent=decimal(event.spent), limit=decimal(event.limit)
            )
        case core.Compacted():
            yield _compacted(event)
    if not replay and isinstance(event, core.StepEnded | core.Compacted):
        yield from usage_update(session, event)


def usage_update(session: Session, event: core.StepEnded | core.Compacted) -> Iterator[wire.SessionUpdate]:
    """What the session has used when this call is over; nothing where the service did not tell."""
    spent = event.spent
    used = _conversation(event, spent) if spent is not None else None
    if used is None:
        return
    report = session.books.report()
    dollars = report.total.dollars
    yield wire.UsageUpdate(
        used=used,
        size=session.models.named(session.options.model).info.window or 0,
        cost=wire.Cost(amount=float(dollars), currency="USD") if dollars is not None else None,
        meta=wire.UsageUpdateMeta(harness=_note(report, event.turn)),
    )


def queue_update(session: Session) -> wire.QueueUpdate:
    """What waits in the session."""
    waits = session.queue[:MOST_NAMED]
    return wire.QueueUpdate(
        queue=tuple(wire.QueuedPrompt(prompt_id=one.id, text=cut(one.text, FIELD)) for one in waits)
    )


def item_updates(event: core.ItemDone, replay: bool) -> Iterator[wire.SessionUpdate]:
    """What the service did by itself; in a replay messages and thoughts too, for the pieces that they came in."""
    item = event.item
    if (call := service_call(item, f"{event.turn}-{event.step}-{event.sequence}")) is not None:
        yield call
    elif replay:
        yield from whole_item(item)


def whole_item(item: Item) -> Iterator[wire.SessionUpdate]:
    """A message or a thought that is finished, in as few updates as there is room in."""
    known = str(item.get("id", "")) or None
    if item.get("role") == "assistant":
        for piece in pieces(texts(item.get("content"))):
            yield wire.AgentMessageChunk(content=TextContent(text=piece), message_id=known)
    elif item.get("type") == "reasoning" and (thought := texts(item.get("summary"))):
        for piece in pieces(thought):
            yield wire.AgentThoughtChunk(content=TextContent(text=piece), message_id=known)


def _compacted(event: core.Compacted) -> wire.Compacted:
    files = event.files[:MOST_NAMED]
    return wire.Compacted(cause=event.cause, by=event.by, before=event.before, after=event.after, files=files)


def _conversation(event: core.StepEnded | core.Compacted, spent: Spent) -> int | None:
    """Tokens of the conversation when the call is over: what was sent, with the answer."""
    if isinstance(event, core.Compacted):
        return event.after
    return spent.usage.total if spent.usage is not None else None


def _note(report: Report, turn: TurnId | None) -> wire.UsageNote:
    line = next((one.total for one in report.by_turn if turn is not None and one.turn == turn), None)
    return wire.UsageNote(
        tokens=report.total.usage.total,
        turn_id=turn if line is not None else None,
        turn_tokens=line.usage.total if line is not None else None,
        turn_dollars=decimal(line.dollars) if line is not None and line.dollars is not None else None,
        unpriced=report.total.unpriced,
    )
