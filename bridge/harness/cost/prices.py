"""Whose price holds for a call: the person's own, else the list's."""

from collections.abc import Mapping
from decimal import Decimal

from bridge import lazy
from bridge.harness.cost.names import USUAL_TIERS, spellings
from bridge.harness.values.usage import Price

IN_PROCESS = frozenset({"offline", "scripted"})
"""Models that run in the daemon itself."""

FREE = Price(Decimal(0), Decimal(0), source="runs in the daemon")

_LIST = "bridge.harness.cost.genai"


class KnownPrices:
    """Implements the port `Prices` for the service at `base_url`."""

    def __init__(self, overrides: Mapping[str, Price], base_url: str = "") -> None:
        """`overrides` by model; the price for another tier than the usual one stands under `model@tier`."""
        self._overrides = overrides
        self._base_url = base_url

    def price(self, model: str, tier: str, input_tokens: int = 0) -> Price | None:
        """See the port. The first call for a model of a service loads the list: about 220 ms, once."""
        if own := self._own(model, tier):
            return own
        if model in IN_PROCESS:
            return FREE
        listed: Price | None = lazy.load(_LIST).price(model, self._base_url, tier, input_tokens)
        return listed

    def warm(self) -> None:
        """Load the list now; for a thread, while nobody waits for it."""
        lazy.load(_LIST)

    def _own(self, model: str, tier: str) -> Price | None:
        suffix = "" if tier in USUAL_TIERS else f"@{tier}"
        names = (name + suffix for name in spellings(model))
        return next((self._overrides[name] for name in names if name in self._overrides), None)
