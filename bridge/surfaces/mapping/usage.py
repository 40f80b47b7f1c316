"""What a session has used and cost, and the models that there are, to the wire."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bridge.harness.cost.values import Line, Report
from bridge.harness.ids import SessionId
from bridge.harness.values.model import ModelInfo
from bridge.harness.values.usage import Price, Usage
from bridge.protocol import usage as wire

MOST_LINES = 20
"""Of each kind: a report stays below 64 KiB."""


def usage_view(session: SessionId, report: Report, summary: str) -> wire.GetUsageResponse:
    """A session's report; `summary` is all of it in one line."""
    return wire.GetUsageResponse(
        session_id=session,
        summary=summary,
        total=_total(report.total),
        lines=tuple(_lines(report)),
        budgets=tuple(_budgets(report)),
        tool_seconds=report.tool_seconds,
        added=report.added,
        removed=report.removed,
        prices=report.prices,
        remark=report.remark or None,
    )


def model_view(info: ModelInfo, price: Price | None, fast: Price | None) -> wire.ModelView:
    """A model, with its price on the usual and on the fast tier."""
    return wire.ModelView(
        id=info.id,
        window=info.window,
        output=info.output,
        efforts=info.efforts,
        images=info.images,
        price=_price(price),
        fast_price=_price(fast),
    )


def decimal(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros at its end."""
    return format(value.normalize(), "f")


def _lines(report: Report) -> Iterator[wire.UsageLine]:
    turns = [_line("turn", one.total, one.turn or "") for one in report.by_turn[-MOST_LINES:]]
    yield from reversed(turns)
    kinds: Sequence[tuple[wire.UsageKind, Sequence[Line]]] = (
        ("model", report.by_model),
        ("purpose", report.by_purpose),
        ("agent", report.by_agent),
        ("tier", report.by_tier),
        ("part", report.by_part),
        ("tool", report.by_tool),
    )
    for kind, lines in kinds:
        largest = sorted(lines, key=lambda line: line.usage.total, reverse=True)[:MOST_LINES]
        yield from (_line(kind, line, line.name) for line in largest)


def _line(kind: wire.UsageKind, line: Line, name: str) -> wire.UsageLine:
    return wire.UsageLine(kind=kind, name=name, total=_total(line), estimated=line.estimated)


def _total(line: Line) -> wire.UsageTotal:
    return wire.UsageTotal(
        calls=line.calls,
        tokens=_tokens(line.usage),
        dollars=_decimal(line.dollars),
        unpriced=line.unpriced,
        seconds=line.seconds,
    )


def _tokens(usage: Usage) -> wire.TokenCounts:
    return wire.TokenCounts(
        input=usage.input,
        cached=usage.cached,
        cache_write=usage.cache_write,
        output=usage.output,
        reasoning=usage.reasoning,
    )


def _budgets(report: Report) -> Iterator[wire.BudgetView]:
    caps = report.caps
    if caps.dollars is not None:
        yield wire.BudgetView(unit="dollars", limit=decimal(caps.dollars), spent=decimal(report.counted_dollars))
    if caps.tokens is not None:
        yield wire.BudgetView(unit="tokens", limit=str(caps.tokens), spent=str(report.counted_tokens))


def _price(price: Price | None) -> wire.ModelPrice | None:
    if price is None:
        return None
    return wire.ModelPrice(
        input=decimal(price.input),
        output=decimal(price.output),
        cached=_decimal(price.cached),
        cache_write=_decimal(price.cache_write),
        source=price.source,
    )


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else decimal(value)
