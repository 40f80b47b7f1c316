"""The price list that comes with genai-prices. The only module that imports it: about 220 ms, so it is loaded late."""

from datetime import UTC, datetime
from decimal import Decimal

from genai_prices import __version__, data_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

from bridge.harness.cost.names import USUAL_TIERS
from bridge.harness.values.usage import Price

SOURCE = f"genai-prices {__version__}"

CLOSED = frozenset({"anthropic", "google", "openai"})
"""Makers whose models cost their list price or about it whoever passes them on: nobody else has them to run."""

OPEN_MODELS = "gpt-oss"
"""OpenAI's open models, which anybody runs: what they cost somewhere else says nothing."""


def price(model: str, base_url: str, tier: str, input_tokens: int) -> Price | None:
    """The list price now of a call of that size. None: the list has none for this model or tier at this service."""
    found = _find(model, base_url)
    if found is None:
        return None
    provider, known = found
    now = datetime.now(UTC)
    if tier in USUAL_TIERS:
        return _flat(known.get_prices(now), tier, input_tokens)
    context = {"service_tier": tier}
    variants = [variant for variant in known.price_variants or () if variant.when == context]
    own = any(known is one for one in provider.models)  # what a reseller's tiers cost, the maker's list does not say
    if not own or not any(variant.constraint is None or variant.constraint.active(now) for variant in variants):
        return None
    return _flat(known.get_prices(now, context), tier, input_tokens)


def _find(model: str, base_url: str) -> tuple[Provider, ModelInfo] | None:
    """The model as the service at that address offers it; at an unknown address as its maker does."""
    prices = data_snapshot.get_snapshot()
    try:
        provider = prices.find_provider(None, None, base_url)
    except LookupError:
        return _passed_on(model)
    try:
        return prices.find_provider_model(model, provider, None, None)
    except LookupError:
        return None


def _passed_on(model: str) -> tuple[Provider, ModelInfo] | None:
    """At a proxy, or a service that is not in the list: `maker/model` or `model`, if its maker is a closed one."""
    name = model.rpartition("/")[2]
    try:
        provider, known = data_snapshot.get_snapshot().find_provider_model(name, None, None, None)
    except LookupError:
        return None
    if provider.id not in CLOSED or name.lower().startswith(OPEN_MODELS):
        return None
    return provider, known


def _flat(prices: ModelPrice, tier: str, input_tokens: int) -> Price | None:
    """The list's price for calls of that size. None where it can't be told by input, cache and output."""
    usual, output = _at(prices.input_mtok, input_tokens), _at(prices.output_mtok, input_tokens)
    if usual is None or output is None or prices.output_reasoning_mtok is not None:
        return None
    thousand_requests = _at(prices.requests_kcount, input_tokens) or Decimal(0)
    return Price(
        usual,
        output,
        cached=_at(prices.cache_read_mtok, input_tokens),
        cache_write=_at(prices.cache_write_mtok, input_tokens),
        request=thousand_requests / 1000,
        source=SOURCE,
        tier=tier,
    )


def _at(listed: Decimal | TieredPrices | None, input_tokens: int) -> Decimal | None:
    """The price that holds for a call of that size: the step that it has passed holds for all its tokens."""
    if not isinstance(listed, TieredPrices):
        return listed
    passed = [step.price for step in listed.tiers if input_tokens > step.start]
    return passed[-1] if passed else listed.base
