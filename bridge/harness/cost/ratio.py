"""How many bytes of JSON a token is, learnt from what the service counts. There is no tokenizer in the daemon."""

from bridge.harness.cost.names import family
from bridge.harness.values.usage import Spent

START = 4.0
"""Bytes a token, before the model has been called: what English and code come to."""

LEAST, MOST = 1.0, 16.0
"""No text is outside of this. Pictures are, and say nothing about text."""

NEWEST = 0.5
"""How much the newest call counts against all before it: what is in a context changes as a session goes on."""


class Ratios:
    """By model; snapshots of one model share theirs."""

    def __init__(self) -> None:
        """Nothing learnt."""
        self._ratios: dict[str, float] = {}

    def learn(self, spent: Spent) -> None:
        """From a call of which both the bytes and the tokens of its input are known."""
        size = sum(part.bytes for part in spent.parts)
        if spent.usage is None or spent.usage.input <= 0 or size <= 0:
            return
        measured = min(max(size / spent.usage.input, LEAST), MOST)
        model = family(spent.model)
        former = self._ratios.get(model, measured)
        self._ratios[model] = former + NEWEST * (measured - former)

    def of(self, model: str) -> float:
        """Bytes a token."""
        return self._ratios.get(family(model), START)

    def tokens(self, model: str, size: int) -> int:
        """About how many tokens so many bytes are, rounded up."""
        return -int(-size // self.of(model))
