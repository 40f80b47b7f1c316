"""The sum of a call: exact, in US dollars."""

from decimal import Decimal
from typing import NamedTuple

from bridge.harness.values.usage import Price, Usage

PER_MILLION = -6
"""Prices are for a million tokens: the power of ten that makes them prices of a token."""


class Counts(NamedTuple):
    """Tokens by what they cost; no token is counted twice."""

    fresh: int
    cached: int
    written: int
    output: int


class Rates(NamedTuple):
    """What a million of each costs, in the same order."""

    fresh: Decimal
    cached: Decimal
    written: Decimal
    output: Decimal


def counts(usage: Usage) -> Counts:
    """Reasoning is a part of the output. More cached tokens than input, as a faulty service may tell, are as told."""
    fresh = max(usage.input - usage.cached - usage.cache_write, 0)
    return Counts(fresh, usage.cached, usage.cache_write, usage.output)


def rates(price: Price) -> Rates:
    """What has no price of its own costs as much as other input."""
    cached = price.input if price.cached is None else price.cached
    written = price.input if price.cache_write is None else price.cache_write
    return Rates(price.input, cached, written, price.output)


def tokens_cost(usage: Usage, price: Price) -> Decimal:
    """What these tokens cost, without the fee of the request."""
    pairs = zip(counts(usage), rates(price), strict=True)
    return sum((count * rate for count, rate in pairs), Decimal(0)).scaleb(PER_MILLION)


def dollars(usage: Usage, price: Price) -> Decimal:
    """What these tokens and the one request cost."""
    return tokens_cost(usage, price) + price.request
