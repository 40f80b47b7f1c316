"""What a client's options make of the settings of the environment."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.app.settings import Settings
from bridge.harness.values.usage import Price
from bridge.protocol.export.examples import HANDSHAKE
from bridge.protocol.handshake import InitializationOptions
from bridge.surfaces.lsp.configured import configured

AROUND = Settings(Path("/state"), model="from-outside", steps=7, budget=Decimal(3), remarks=("told before",))


def settings(**options: Any) -> Settings:
    found, remarks = configured(AROUND, InitializationOptions.parse(options))
    assert remarks == ("told before",)
    return found


@pytest.mark.parametrize(
    ("option", "given", "name", "value"),
    [
        ("model", "gpt-5", "model", "gpt-5"),
        ("script", "/s.json", "script", Path("/s.json")),
        ("stateDir", "/elsewhere", "state_dir", Path("/elsewhere")),
        ("baseUrl", "http://localhost:8000/v1/", "base_url", "http://localhost:8000/v1"),
        ("api", "chat", "api", "chat"),
        ("fallback", "other", "fallback", "other"),
        ("effort", "max", "effort", "max"),
        ("fast", True, "fast", True),
        ("fast", False, "fast", False),
        ("store", True, "store", True),
        ("background", True, "background", True),
        ("hostedTools", ["web_search"], "hosted_tools", ("web_search",)),
        ("budget", 0.1, "budget", Decimal("0.1")),
        ("budget", 2, "budget", Decimal(2)),
        ("tokenBudget", 1000, "token_budget", 1000),
        ("steps", 5, "steps", 5),
        ("minutes", 1.5, "minutes", 1.5),
        ("window", 32_000, "window", 32_000),
        ("review", "keep", "review", "keep"),
        ("save", "never", "save", "never"),
    ],
)
def test_an_option_is_the_setting_of_its_name(option: str, given: Any, name: str, value: object) -> None:
    assert getattr(settings(**{option: given}), name) == value


def test_every_option_of_the_protocol_is_a_setting() -> None:
    known = set(Settings.__dataclass_fields__)
    assert set(InitializationOptions.model_fields) <= known


def test_what_is_left_out_or_empty_is_the_environments() -> None:
    assert settings(model="", fallback="") == AROUND
    assert settings() == AROUND


def test_a_price_is_exactly_what_was_written_and_says_where_it_is_from() -> None:
    given = {"m": {"input": 0.1, "output": 4, "cached": 0}, "n": {"input": 1.25, "output": 10.0}}
    prices = settings(prices=given).prices
    assert prices["m"] == Price(Decimal("0.1"), Decimal(4), Decimal(0), source="settings")
    assert prices["n"].cached is None


def test_an_address_that_is_none_is_told_and_nothing_is_sent_to_another_one() -> None:
    found, remarks = configured(AROUND, InitializationOptions.parse({"baseUrl": "localhost:8000", "steps": 9}))
    assert (found.base_url, found.steps) == ("", 9)
    assert remarks[0] == "told before"
    assert remarks[1].startswith("initializationOptions.baseUrl: it is not an address")


def test_the_example_of_the_reference_is_one_that_can_be_used() -> None:
    _, remarks = configured(AROUND, InitializationOptions.parse(HANDSHAKE["InitializationOptions"]))
    assert remarks == ("told before",)
