"""What a client's initializationOptions make of the settings of the environment."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.app.reading import Unfit, address
from bridge.app.settings import NO_SERVICE, Settings
from bridge.harness.cost.wording import dollars
from bridge.harness.values.usage import Price
from bridge.protocol.handshake import InitializationOptions, PriceSetting

SOURCE = "settings"
"""Where a price is from that a person has set."""

NO_BUDGET = "there is no budget now"
NO_TOKENS = "there is no budget of tokens now"

AS_GIVEN = (
    "model",
    "review",
    "save",
    "api",
    "fallback",
    "effort",
    "fast",
    "store",
    "background",
    "token_budget",
    "steps",
    "minutes",
    "window",
    "hosted_tools",
)
"""Options that are settings of the same name and shape."""


def configured(settings: Settings, options: InitializationOptions) -> tuple[Settings, tuple[str, ...]]:
    """What the client set goes before the environment; and what of it could not be used, a sentence each."""
    remarks = list(settings.remarks)
    given: dict[str, Any] = {name: value for name in AS_GIVEN if (value := getattr(options, name)) not in (None, "")}
    given |= dict(_converted(options))
    if options.base_url:
        try:
            given["base_url"] = address(options.base_url)
        except Unfit as wrong:
            given["base_url"] = ""
            remarks.append(f"initializationOptions.baseUrl: it is not {wrong}; {NO_SERVICE}.")
    return replace(settings, **given), tuple(remarks)


def without_limits(settings: Settings, unlimited: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each limit that the client set and that can't be used: what holds in its place."""
    known = settings.token_budget
    held = {
        "budget": f"the environment's budget of {dollars(settings.budget)} holds" if settings.budget else NO_BUDGET,
        "tokenBudget": f"the environment's budget of {known} tokens holds" if known else NO_TOKENS,
    }
    return (f"{wrong}; {held[name]}" for name, wrong in unlimited.items())


def _converted(options: InitializationOptions) -> Iterator[tuple[str, Any]]:
    if options.state_dir:
        yield "state_dir", Path(options.state_dir).expanduser()
    if options.script:
        yield "script", Path(options.script).expanduser()
    if options.budget is not None:
        yield "budget", _decimal(options.budget)
    if options.prices is not None:
        yield "prices", _prices(options.prices)


def _prices(given: Mapping[str, PriceSetting]) -> dict[str, Price]:
    return {
        name: Price(
            input=_decimal(one.input),
            output=_decimal(one.output),
            cached=_decimal(one.cached) if one.cached is not None else None,
            cache_write=_decimal(one.cache_write) if one.cache_write is not None else None,
            request=_decimal(one.request or 0),
            source=SOURCE,
        )
        for name, one in given.items()
    }


def _decimal(number: float) -> Decimal:
    """The number as it was written: 0.1 is a tenth."""
    return Decimal(str(number))
