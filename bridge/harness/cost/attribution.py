"""Whose tokens they are: a call's bill over the parts of its input and its output. Pure.

A service counts the input as a whole. Its parts get shares of it by their bytes, which is an estimate; the shares add
up to the bill, to the token and to the last digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import mul

from bridge.harness.cost.billing import PER_MILLION, counts, rates
from bridge.harness.values.usage import Part, Price, Spent, Usage

OUTPUT = "output"
"""What the model wrote, and the fee of the request: as the service told, no estimate."""

UNDIVIDED = "input"
"""Input of calls of which the parts are not known: as the service told, no estimate."""

SMALLEST = -11
"""Of money, as a power of ten."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a part has of a call's bill. `tool` is whose result it is. `dollars` None: the call's price is not known."""

    name: str
    usage: Usage
    dollars: Decimal | None
    tool: str = ""
    estimated: bool = True


def shares(spent: Spent) -> tuple[Share, ...]:
    """The bill of a call in parts; none where the service did not tell what the call used."""
    usage = spent.usage
    if usage is None:
        return ()
    whole = Usage(usage.input, usage.cached, usage.cache_write)
    parts = [part for part in spent.parts if part.bytes > 0]
    usages = [*(_divide(whole, parts) if parts else [whole]), Usage(output=usage.output, reasoning=usage.reasoning)]
    amounts: Sequence[Decimal | None] = [None] * len(usages)
    if spent.dollars is not None:
        amounts = split_dollars(spent.dollars, _weights(usages, spent.price))
    named: list[tuple[str, str, bool]] = [
        (part.kind, part.name if part.kind == "result" else "", True) for part in parts
    ]
    whose = [*(named or [(UNDIVIDED, "", False)]), (OUTPUT, "", False)]
    return tuple(
        Share(name, used, amount, tool, estimated)
        for (name, tool, estimated), used, amount in zip(whose, usages, amounts, strict=True)
    )


def split(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` in whole numbers in proportion to the weights, by largest remainder: they add up to it.

    No number is above its exact share rounded up, or below it rounded down. Where no weight is above 0 the last one
    gets all. Neither total nor weights are negative.
    """
    whole = sum(weights)
    if whole == 0:
        return (*(0 for _ in weights[:-1]), total)
    floors = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda at: -(total * weights[at] % whole))
    for at in by_rest[: total - sum(floors)]:
        floors[at] += 1
    return tuple(floors)


def split_dollars(total: Decimal, weights: Sequence[int]) -> tuple[Decimal, ...]:
    """The same for money, to the billionth of a cent or the last digit of `total`, whichever is smaller."""
    unit = min(_exponent(total), SMALLEST)
    return tuple(Decimal(count).scaleb(unit) for count in split(int(total.scaleb(-unit)), weights))


def _divide(whole: Usage, parts: Sequence[Part]) -> list[Usage]:
    """Each part's input, and of that what was read from the cache and written to it, in the same proportion."""
    tokens = split(whole.input, [part.bytes for part in parts])
    cached = split(whole.cached, tokens)
    fresh = [own - read for own, read in zip(tokens, cached, strict=True)]
    written = split(whole.cache_write, [max(rest, 0) for rest in fresh])
    return [Usage(*kinds) for kinds in zip(tokens, cached, written, strict=True)]


def _weights(usages: Sequence[Usage], price: Price | None) -> list[int]:
    """What the tokens of each cost at the price of then, in some unit; the fee of the request is with the last."""
    if price is None:
        return [usage.total for usage in usages]
    listed = rates(price)
    unit = min(*map(_exponent, listed), _exponent(price.request) - PER_MILLION)
    units = [int(rate.scaleb(-unit)) for rate in listed]
    weights = [sum(map(mul, counts(usage), units)) for usage in usages]
    weights[-1] += int(price.request.scaleb(-unit - PER_MILLION))
    return weights


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
