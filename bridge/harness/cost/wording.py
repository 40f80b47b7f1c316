"""What people read about cost: amounts, one-line sums, and sentences about budgets."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from bridge.harness.cost.values import Line, Report

UNKNOWN = "price unknown"

WHAT_TO_DO = "raise the budget in the settings, or go on in a new session."

MEND_PRICE = "set a limit in tokens (`--token-budget`; `tokenBudget` in an editor), or a price (`prices` in an editor)."
"""How the sentence about unknown prices ends, which is the first of a report's remark."""

_LEAST = Decimal("0.0001")

_SHOWN_S = 0.05
"""Below that a time would be shown as 0.0 s."""


def dollars(amount: Decimal) -> str:
    """`$12.35`; below a dollar with four decimals, because a call costs that little: `$0.0123`, but `$0.50`."""
    if amount == 0:
        return "$0"
    if amount < _LEAST:
        return "under $0.0001"
    step = Decimal("0.01") if amount >= 1 else _LEAST
    shown = f"{amount.quantize(step, ROUND_HALF_UP):,}"
    return f"${shown.removesuffix('00') if step == _LEAST else shown}"


def tokens(count: int) -> str:
    """`999`, `12.3k`, `1.23M`."""
    if count < 1_000:
        return str(count)
    if count < 999_950:
        return f"{count / 1_000:.1f}k"
    return f"{count / 1_000_000:.2f}M"


def plural(count: int, thing: str) -> str:
    """`1 call`, `3 calls`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def price(line: Line) -> str:
    """`$0.0123`, `price unknown`, or what is known and of how many calls the price is not."""
    if line.dollars is None:
        return UNKNOWN if line.calls else dollars(Decimal(0))
    if line.unpriced:
        return f"{dollars(line.dollars)} and {plural(line.unpriced, 'call')} of unknown price"
    return dollars(line.dollars)


def usage(line: Line) -> str:
    """`12.3k in (80 % cached), 1.2k out`."""
    used = line.usage
    cached = f" ({100 * used.cached // used.input} % cached)" if used.cached and used.input else ""
    return f"{tokens(used.input)} in{cached}, {tokens(used.output)} out"


def summary(line: Line, sources: Sequence[str] = ()) -> str:
    """One line: `3 model calls, 12.3k in (80 % cached), 1.2k out, $0.0123 (genai-prices 0.2.3)`."""
    whence = f" ({', '.join(sources)})" if sources and line.dollars is not None else ""
    return f"{plural(line.calls, 'model call')}, {usage(line)}, {price(line)}{whence}"


def session(report: Report) -> str:
    """All of it in one line: the summary; `model 41.2 s, tools 3.0 s, +12 −3 lines`, as far as there was any."""
    done = (
        f"model {report.total.seconds:.1f} s",
        f"tools {report.tool_seconds:.1f} s" if report.tool_seconds >= _SHOWN_S else "",
        f"+{report.added} −{report.removed} lines" if report.added or report.removed else "",
    )
    return f"{summary(report.total, report.prices)}; {', '.join(filter(None, done))}"


def spent_dollars(spent: Decimal, limit: Decimal) -> str:
    """Why there is no further call."""
    return f"The session's budget of {dollars(limit)} is spent ({dollars(spent)}): {WHAT_TO_DO}"


def spent_tokens(spent: int, limit: int) -> str:
    """Why there is no further call."""
    return f"The session's budget of {tokens(limit)} tokens is spent ({tokens(spent)}): {WHAT_TO_DO}"


def next_dollars(needed: Decimal, spent: Decimal, limit: Decimal) -> str:
    """Why the next call is not made: an estimate."""
    return (
        f"The input of the next model call would cost about {dollars(needed)}, and of the session's budget of "
        f"{dollars(limit)} there is {dollars(limit - spent)} left: compact the conversation, {WHAT_TO_DO}"
    )


def next_tokens(needed: int, spent: int, limit: int) -> str:
    """Why the next call is not made: an estimate."""
    return (
        f"The next model call would send about {tokens(needed)} tokens, and of the session's budget of "
        f"{tokens(limit)} tokens {tokens(limit - spent)} are left: compact the conversation, {WHAT_TO_DO}"
    )


def unpriced(calls: int, limit: Decimal | None) -> str:
    """That the dollars are not all."""
    held = "" if limit is None else f", so the budget of {dollars(limit)} can't be held"
    return f"The price of {plural(calls, 'model call')} is not known{held}: {MEND_PRICE}"


def without_prices(remark: str) -> str:
    """A report's remark without the sentence about unknown prices: the sum says it, and nobody has set a budget."""
    return remark.rpartition(MEND_PRICE)[2].strip()


def unmeasured(calls: int) -> str:
    """That the tokens are not all."""
    return (
        f"The service did not tell what {plural(calls, 'model call')} used: not in the figures, but a limit counts "
        "an estimate."
    )


def fees(calls: int) -> str:
    """That the service may bill more than tokens."""
    return f"{plural(calls, 'use')} of the service's own tools may cost a fee that is not in the figures."
