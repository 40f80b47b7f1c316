"""The bills of recorded calls, against the price list's own sum (the-field.md, T16)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import genai_prices
import pytest

from bridge.harness.cost.books import Books, Call, Caps
from bridge.harness.cost.prices import KnownPrices
from bridge.harness.ids import TurnId
from bridge.harness.values.events import StepEnded
from bridge.harness.values.usage import Part, Usage
from tests.support.corpora import corpus_path, ran

CORPUS = "recordings"
CENT = Decimal("0.01")

# Recordings name their host, or in brackets what stood in for it. What stood on the recorder's own machine is no
# service of the list.
ADDRESSES: Mapping[str | None, str] = {
    None: "https://api.openai.com/v1",
    "(azure)": "https://recorded.openai.azure.com/openai/v1",
    "(open-responses)": "http://localhost:1234/v1",
    "localhost:8787": "http://localhost:8787/v1",
}


@dataclass(frozen=True)
class Recording:
    """What a service said that it used. `base_url` is where it was asked."""

    name: str
    base_url: str
    model: str
    tier: str
    usage: Usage


def recordings() -> list[Recording]:
    """Those that tell a model and its usage."""
    found = []
    for folder in sorted(corpus_path(CORPUS).iterdir()):
        if folder.is_dir():
            said, meta = (json.loads((folder / name).read_text("utf-8")) for name in ("expected.json", "meta.json"))
            if said.get("usage") and said.get("model"):
                found.append(_recording(folder.name, said, meta.get("host")))
    return found


def _recording(name: str, said: Mapping[str, Any], host: str | None) -> Recording:
    counts = {key: value or 0 for key, value in said["usage"].items()}
    usage = Usage(
        counts["input_tokens"],
        counts["cached_tokens"],
        counts["cache_write_tokens"],
        counts["output_tokens"],
        counts["reasoning_tokens"],
    )
    address = ADDRESSES.get(host, f"https://{host}/v1")
    return Recording(name, address, said["model"], said.get("service_tier") or "", usage)


def listed(recording: Recording) -> Decimal | None:
    """The oracle: the sum that genai-prices itself makes, found by address alone."""
    used = recording.usage
    counts = genai_prices.Usage(
        input_tokens=used.input,
        cache_read_tokens=used.cached,
        cache_write_tokens=used.cache_write,
        output_tokens=used.output,
    )
    try:
        sums = genai_prices.calc_price(counts, recording.model, provider_api_url=recording.base_url)
    except LookupError:
        return None
    return sums.total_price


def test_each_bill_equals_the_lists_own_sum() -> None:
    priced = unpriced = 0
    for recording in recordings():
        bill = Books(KnownPrices({}, recording.base_url), Caps()).bill(
            Call(recording.model, recording.usage, recording.tier)
        )
        expected = listed(recording)
        if expected is None and not recording.base_url.startswith("http://localhost"):
            assert bill.dollars is None, recording
            unpriced += 1
        elif expected is not None:
            assert bill.dollars == expected, recording
            assert bill.price is not None
            assert bill.price.source, recording
            priced += 1
        ran(CORPUS, recording.name)
    assert priced > 380
    assert unpriced <= 3


def test_a_session_of_all_of_them_adds_up_to_the_cent() -> None:
    """By model, and by tool and part: what was billed is what is shown, however it is looked at."""
    from_openai = [one for one in recordings() if one.base_url == ADDRESSES[None]]
    books = Books(KnownPrices({}, ADDRESSES[None] or ""), Caps())
    parts = (Part("instructions", 9_000), Part("tools", 7_001), Part("person", 333), Part("result", 5_557, "grep"))
    oracle, by_model = Decimal(0), dict[str, Decimal]()
    for number, one in enumerate(from_openai):
        spent = books.bill(Call(one.model, one.usage, one.tier, parts=parts[: number % 5]))
        books.fold(StepEnded(TurnId(f"t{number % 7}"), 1, "completed", spent=spent))
        cost = listed(one) or Decimal(0)
        oracle += cost
        by_model[one.model] = by_model.get(one.model, Decimal(0)) + cost
    report = books.report()
    assert report.total.dollars is not None
    assert report.total.dollars.quantize(CENT) == oracle.quantize(CENT)
    assert report.total.dollars == oracle
    assert {line.name: line.dollars for line in report.by_model} == by_model
    assert sum(line.dollars or Decimal(0) for line in report.by_part) == oracle
    assert sum(line.total.dollars or Decimal(0) for line in report.by_turn) == oracle
    assert report.total.unpriced == 0


@pytest.mark.parametrize("model", ["zai-org/glm-4.7-flash", "mistralai/ministral-3-14b-reasoning"])
def test_a_model_on_ones_own_machine_has_no_known_price(model: str) -> None:
    assert [one.name for one in recordings() if one.model == model]
    assert KnownPrices({}, ADDRESSES["(open-responses)"]).price(model, "") is None


def test_a_cap_in_dollars_stops_before_the_call_after_it_and_after_a_restart_too() -> None:
    """Recorded calls one after another, as one session that may cost a tenth of a dollar."""
    cap, log, paid = Caps(Decimal("0.10")), list[StepEnded](), Decimal(0)
    prices = KnownPrices({}, ADDRESSES[None] or "")
    books = Books(prices, cap)
    warned = None
    for one in (one for one in recordings() if one.base_url == ADDRESSES[None]):
        if books.stop(one.model, one.tier, 0) is not None:
            break
        assert paid < Decimal("0.10")
        spent = books.bill(Call(one.model, one.usage, one.tier))
        log.append(StepEnded(TurnId("t1"), 1, "completed", spent=spent))
        books.fold(log[-1])
        paid += listed(one) or Decimal(0)
        if (warning := books.warning(TurnId("t1"))) is not None:
            assert warned is None
            warned = paid
            books.fold(warning)
    assert warned is not None
    assert warned >= Decimal("0.08")
    assert paid >= Decimal("0.10")
    resumed = Books(prices, cap)
    for event in log:
        resumed.fold(event)
    assert resumed.report().total.dollars == paid
    assert resumed.stop("gpt-5", "", 0) is not None
