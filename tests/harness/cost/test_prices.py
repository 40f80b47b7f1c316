"""Whose price holds for a call."""

import subprocess
import sys
from decimal import Decimal

import pytest
from genai_prices import data_snapshot
from genai_prices.types import ModelPrice, Tier, TieredPrices

from bridge.harness.cost import genai
from bridge.harness.cost.billing import dollars
from bridge.harness.cost.prices import FREE, KnownPrices
from bridge.harness.values.usage import Price, Usage

OPENAI = "https://api.openai.com/v1"
OWN = Price(Decimal(1), Decimal(2), source="settings")


def test_a_model_of_the_list_has_its_price_and_says_where_it_is_from() -> None:
    price = KnownPrices({}, OPENAI).price("gpt-5", "")
    assert price is not None
    assert (price.input, price.cached, price.output) == (Decimal("1.25"), Decimal("0.125"), Decimal(10))
    assert price.source.startswith("genai-prices ")


@pytest.mark.parametrize("model", ["gpt-5-2025-08-07", "openai/gpt-5", "openai/gpt-5-2025-08-07"])
def test_snapshots_and_names_with_their_maker_are_the_same_model(model: str) -> None:
    prices = KnownPrices({})
    assert prices.price(model, "") == prices.price("gpt-5", "")


@pytest.mark.parametrize("model", ["", "no-such-model", "llama3.1:8b", "gpt", "ft:my-own"])
def test_what_the_list_does_not_have_is_unknown(model: str) -> None:
    assert KnownPrices({}, OPENAI).price(model, "") is None
    assert KnownPrices({}).price(model, "") is None


@pytest.mark.parametrize("tier", ["default", "auto", "standard"])
def test_the_usual_tier_has_many_names(tier: str) -> None:
    usual, named = KnownPrices({}, OPENAI).price("gpt-5", ""), KnownPrices({}, OPENAI).price("gpt-5", tier)
    assert usual is not None
    assert named is not None
    assert (usual.input, usual.output, usual.cached) == (named.input, named.output, named.cached)


def test_another_tier_has_its_own_price_or_none() -> None:
    prices = KnownPrices({}, OPENAI)
    usual, fast = prices.price("gpt-5", ""), prices.price("gpt-5", "priority")
    assert usual is not None
    assert fast is not None
    assert fast.input > usual.input
    assert fast.tier == "priority"
    assert prices.price("gpt-5-pro", "") is not None
    assert prices.price("gpt-5-pro", "priority") is None
    assert prices.price("gpt-5", "galactic") is None


def test_a_long_context_has_the_price_of_its_step_from_the_first_token_after_it() -> None:
    known = data_snapshot.get_snapshot().find_provider_model("gpt-5.4", None, "openai", None)[1]
    assert isinstance(known.prices, ModelPrice)
    listed = known.prices.input_mtok
    assert isinstance(listed, TieredPrices)
    step = listed.tiers[0]
    prices = KnownPrices({}, OPENAI)
    below, above = prices.price("gpt-5.4", "", step.start), prices.price("gpt-5.4", "", step.start + 1)
    assert below is not None
    assert above is not None
    assert (below.input, above.input) == (listed.base, step.price)
    assert above.output > below.output


@pytest.mark.parametrize(("size", "expected"), [(0, 1), (100, 1), (101, 2), (200, 2), (201, 3), (10**9, 3)])
def test_of_several_steps_the_last_one_passed_holds(size: int, expected: int) -> None:
    listed = TieredPrices(Decimal(1), [Tier(100, Decimal(2)), Tier(200, Decimal(3))])
    assert genai._at(listed, size) == expected
    assert genai._at(Decimal(7), size) == 7
    assert genai._at(None, size) is None


@pytest.mark.parametrize(
    ("base_url", "model", "known"),
    [
        ("https://api.groq.com/openai/v1", "openai/gpt-oss-20b", True),
        ("https://openrouter.ai/api/v1", "openai/gpt-5.6-sol", True),
        ("https://api.deepseek.com", "gpt-5", False),
        ("http://127.0.0.1:4000/v1", "gpt-5", True),
        ("http://127.0.0.1:4000/v1", "openai/gpt-5", True),
        ("http://127.0.0.1:4000/v1", "gpt-oss-20b", False),
        ("http://127.0.0.1:4000/v1", "deepseek-v4-flash", False),
    ],
)
def test_the_price_is_that_of_the_service_that_is_asked(base_url: str, model: str, known: bool) -> None:
    assert (KnownPrices({}, base_url).price(model, "") is not None) is known


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5-2025-08-07", "openai/gpt-5", "openai/gpt-5-2025-08-07"])
def test_the_persons_own_price_wins_under_any_spelling(model: str) -> None:
    assert KnownPrices({"gpt-5": OWN}, OPENAI).price(model, "default") == OWN


def test_the_closest_spelling_wins() -> None:
    snapshot = Price(Decimal(3), Decimal(4))
    prices = KnownPrices({"gpt-5": OWN, "gpt-5-2025-08-07": snapshot})
    assert (prices.price("gpt-5-2025-08-07", ""), prices.price("gpt-5", "")) == (snapshot, OWN)


def test_an_own_price_holds_for_the_tier_that_it_is_for() -> None:
    fast = Price(Decimal(9), Decimal(9))
    prices = KnownPrices({"gpt-5": OWN, "mine": OWN, "mine@priority": fast}, OPENAI)
    assert (prices.price("mine", ""), prices.price("mine", "priority"), prices.price("mine", "flex")) == (
        OWN,
        fast,
        None,
    )
    listed = prices.price("gpt-5", "priority")
    assert listed is not None
    assert listed.source.startswith("genai-prices")


def test_models_in_the_daemon_are_free_unless_the_person_says_otherwise() -> None:
    assert KnownPrices({}).price("offline", "") == FREE
    assert KnownPrices({"scripted": OWN}).price("scripted", "") == OWN


def test_the_list_is_loaded_late_and_not_for_own_prices() -> None:
    """In a process of its own: here it is loaded already."""
    code = (
        "import sys\n"
        "from decimal import Decimal\n"
        "from bridge.harness.cost.books import Books, Caps\n"
        "from bridge.harness.cost.prices import KnownPrices\n"
        "from bridge.harness.values.usage import Price\n"
        "prices = KnownPrices({'mine': Price(Decimal(1), Decimal(1))})\n"
        "Books(prices, Caps()).stop('mine', '', 10)\n"
        "prices.price('mine', ''), prices.price('offline', '')\n"
        "print('genai_prices' in sys.modules)\n"
        "prices.warm()\n"
        "print('genai_prices' in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    assert run.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("usage", "price", "expected"),
    [
        (Usage(), OWN, "0"),
        (Usage(1_000_000), OWN, "1"),
        (Usage(10, output=5, reasoning=5), OWN, "0.00002"),
        (Usage(10, 10), Price(Decimal(1), Decimal(2), cached=Decimal("0.1")), "0.000001"),
        (Usage(10, 0, 10), Price(Decimal(1), Decimal(2), cache_write=Decimal("1.25")), "0.0000125"),
        (Usage(10, 4, 3, 2), Price(Decimal(1), Decimal(2)), "0.000014"),
        (Usage(), Price(Decimal(0), Decimal(0), request=Decimal("0.005")), "0.005"),
    ],
)
def test_the_sum_of_a_call_is_exact(usage: Usage, price: Price, expected: str) -> None:
    assert dollars(usage, price) == Decimal(expected)
