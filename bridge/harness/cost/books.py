"""A session's books: what its model calls used and cost, as a fold of its log; and whether there may be another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from bridge.harness.cost import wording
from bridge.harness.cost.billing import dollars, tokens_cost
from bridge.harness.cost.changes import Changes
from bridge.harness.cost.ledger import Ledger
from bridge.harness.cost.names import family
from bridge.harness.cost.prices import FREE
from bridge.harness.cost.ratio import Ratios
from bridge.harness.cost.values import Call as Call
from bridge.harness.cost.values import Caps as Caps
from bridge.harness.cost.values import Line as Line
from bridge.harness.cost.values import Report as Report
from bridge.harness.cost.values import TurnLine as TurnLine
from bridge.harness.ids import TurnId
from bridge.harness.ports.model import Prices
from bridge.harness.values.events import BudgetWarned, CallEnded, CallOpened, Compacted, Event, ItemDone, StepEnded
from bridge.harness.values.usage import Price, Spent, Usage

WARN_AT = Decimal("0.8")
"""The part of a limit at which the person is told."""

Unit = Literal["dollars", "tokens"]

HOSTED = frozenset({"web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call"})
"""Items of tools that the service runs itself and bills by use, which its usage does not tell."""


class Books:
    """Owned by the session; what has been spent is a fold of the log, so that it survives a restart.

    A dollar limit can't hold calls of unknown price: these are not stopped, and the report says so. A token limit
    holds always. A call of which the service tells no usage, such as one that was cut, counts against the limits, and
    only there, by an estimate of its input.
    """

    def __init__(self, prices: Prices, caps: Caps) -> None:
        """Empty; `fold` brings back what a log holds. The limits are those of now, whatever they were."""
        self._prices = prices
        self._caps = caps
        self._ledger = Ledger()
        self._changes = Changes()
        self._ratios = Ratios()
        self._newest: dict[str, Usage] = {}
        self._warned: set[tuple[Unit, Decimal]] = set()
        self._unknown_price = 0
        self._unmeasured = 0
        self._guessed_tokens = 0
        self._guessed_dollars = Decimal(0)
        self._hosted = 0
        self._tool_seconds = 0.0

    def fold(self, event: Event) -> None:
        """Take in one event; kinds that say nothing about cost are skipped."""
        match event:
            case StepEnded(turn=turn, spent=Spent() as spent) | Compacted(turn=turn, spent=Spent() as spent):
                self._add(turn, spent)
            case CallOpened(tool=tool):
                self._ledger.tool(tool)
            case CallEnded(seconds=seconds):
                self._tool_seconds += seconds
            case ItemDone(item=item):
                self._hosted += item.get("type") in HOSTED
            case BudgetWarned(unit=unit, limit=limit):
                self._warned.add((unit, limit))
            case _:
                self._changes.fold(event)

    def bill(self, call: Call) -> Spent:
        """The bill of a call at the prices of now, for the event that says that the call is over."""
        price = self._prices.price(call.model, call.tier, call.usage.input if call.usage else 0)
        cost: Decimal | None = None
        if price == FREE:
            cost = Decimal(0)
        elif price is not None and call.usage is not None:
            cost = dollars(call.usage, price)
        return Spent(
            call.model,
            call.usage,
            cost,
            price=price,
            tier=call.tier,
            seconds=call.seconds,
            purpose=call.purpose,
            parts=call.parts,
            agent=call.agent,
        )

    def tokens_for(self, model: str, size: int) -> int:
        """About how many tokens `size` bytes of JSON are for this model."""
        return self._ratios.tokens(model, size)

    def stop(self, model: str, tier: str, size: int, unbilled: Sequence[Usage | None] = ()) -> str | None:
        """Why the next call, with `size` bytes of JSON to send, must not be made: a sentence. None: it may.

        `unbilled` are such calls that were made and are on no bill yet; None: of that size.
        """
        needed = self.tokens_for(model, size)
        tokens, paid = self._counted_tokens, self._counted_dollars
        for usage in unbilled:
            price = self._prices.price(model, tier, usage.input if usage else needed)
            tokens += usage.total if usage else needed
            paid += dollars(usage, price) if usage and price else self._input_cost(model, price, needed)
        return self._stop_by_tokens(needed, tokens) or self._stop_by_dollars(model, tier, needed, paid)

    def warning(self, turn: TurnId) -> BudgetWarned | None:
        """What is to be said now, once for each limit, when 80 % of it are spent. Said is what is in the log."""
        spent: Mapping[Unit, Decimal] = {"dollars": self._counted_dollars, "tokens": Decimal(self._counted_tokens)}
        limits: Mapping[Unit, Decimal | int | None] = {"dollars": self._caps.dollars, "tokens": self._caps.tokens}
        for unit, cap in limits.items():
            limit = Decimal(cap or 0)
            if limit > 0 and spent[unit] >= WARN_AT * limit and (unit, limit) not in self._warned:
                return BudgetWarned(turn, unit, spent[unit], limit)
        return None

    def report(self) -> Report:
        """All of it."""
        added, removed = self._changes.lines
        return replace(
            self._ledger.report(),
            tool_seconds=self._tool_seconds,
            added=added,
            removed=removed,
            caps=self._caps,
            counted_dollars=self._counted_dollars,
            counted_tokens=self._counted_tokens,
            remark=self._remark(),
        )

    @property
    def _counted_dollars(self) -> Decimal:
        return (self._ledger.total.dollars or Decimal(0)) + self._guessed_dollars

    @property
    def _counted_tokens(self) -> int:
        return self._ledger.total.usage.total + self._guessed_tokens

    def _add(self, turn: TurnId | None, spent: Spent) -> None:
        self._ledger.add(turn, spent)
        if spent.usage is not None:
            self._ratios.learn(spent)
            self._newest[family(spent.model)] = spent.usage
            self._unknown_price += spent.dollars is None
        elif spent.price != FREE:
            self._unmeasured += 1
            guessed = self._ratios.tokens(spent.model, sum(part.bytes for part in spent.parts))
            self._guessed_tokens += guessed
            self._guessed_dollars += self._input_cost(spent.model, spent.price, guessed)

    def _stop_by_tokens(self, needed: int, spent: int) -> str | None:
        limit = self._caps.tokens
        if limit is None or spent + needed <= limit > spent:
            return None
        return wording.spent_tokens(spent, limit) if spent >= limit else wording.next_tokens(needed, spent, limit)

    def _stop_by_dollars(self, model: str, tier: str, needed: int, spent: Decimal) -> str | None:
        limit = self._caps.dollars
        if limit is None:
            return None
        if spent >= limit:
            return wording.spent_dollars(spent, limit)
        cost = self._input_cost(model, self._prices.price(model, tier, needed), needed)
        return wording.next_dollars(cost, spent, limit) if spent + cost > limit else None

    def _input_cost(self, model: str, price: Price | None, tokens: int) -> Decimal:
        """Of a call, if as much of it is read from the cache as of the last one. An unknown price holds nothing."""
        if price is None:
            return Decimal(0)
        newest = self._newest.get(family(model), Usage())
        cached = tokens * min(newest.cached, newest.input) // newest.input if newest.input else 0
        return tokens_cost(Usage(tokens, cached), price) + price.request

    def _remark(self) -> str:
        sentences = (
            wording.unpriced(self._unknown_price, self._caps.dollars) if self._unknown_price else "",
            wording.unmeasured(self._unmeasured) if self._unmeasured else "",
            wording.fees(self._hosted) if self._hosted else "",
        )
        return " ".join(filter(None, sentences))
