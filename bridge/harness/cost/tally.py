"""Running sums."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from bridge.harness.cost.attribution import Share
from bridge.harness.cost.values import NOTHING, Line
from bridge.harness.values.usage import Spent, Usage

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class Tally:
    """A sum of bills, or of shares of bills. Owned by the ledger."""

    calls: int = 0
    usage: Usage = NOTHING
    dollars: Decimal | None = None
    unpriced: int = 0
    seconds: float = 0.0
    estimated: bool = False

    def add(self, spent: Spent) -> None:
        """A whole call."""
        self.count(spent)
        self.seconds += spent.seconds
        self._sum(spent.usage, spent.dollars)

    def share(self, share: Share) -> None:
        """A part of a call, which is counted apart: a call may have several shares of one kind."""
        self.estimated = self.estimated or share.estimated
        self._sum(share.usage, share.dollars)

    def count(self, spent: Spent) -> None:
        """One call more."""
        self.calls += 1
        self.unpriced += spent.dollars is None

    def line(self, name: str) -> Line:
        """As it stands now."""
        return Line(name, self.calls, self.usage, self.dollars, self.unpriced, self.seconds, self.estimated)

    def _sum(self, usage: Usage | None, dollars: Decimal | None) -> None:
        self.usage += usage or Usage()
        if dollars is not None:
            self.dollars = (self.dollars or Decimal(0)) + dollars


class Tallies(Generic[K]):
    """Sums by some key, in the order in which the keys came. `keep` is how many of the last are kept, 0 for all."""

    def __init__(self, keep: int = 0) -> None:
        """Empty."""
        self._keep = keep
        self._tallies: dict[K, Tally] = {}

    def of(self, key: K) -> Tally:
        """The sum of a key, which may be new; the oldest one goes where there are too many."""
        if key not in self._tallies:
            self._tallies[key] = Tally()
            if self._keep and len(self._tallies) > self._keep:
                del self._tallies[next(iter(self._tallies))]
        return self._tallies[key]

    def lines(self, name: Callable[[K], str] = str) -> tuple[Line, ...]:
        """The dearest first."""
        found = [tally.line(name(key)) for key, tally in self._tallies.items()]
        return tuple(sorted(found, key=lambda line: (-(line.dollars or 0), -line.usage.total)))

    def items(self) -> tuple[tuple[K, Tally], ...]:
        """In their order."""
        return tuple(self._tallies.items())
