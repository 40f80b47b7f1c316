"""The bills of a session, added up from every side."""

from dataclasses import replace

from bridge.harness.cost.attribution import OUTPUT, UNDIVIDED, shares
from bridge.harness.cost.tally import Tallies, Tally
from bridge.harness.cost.values import Report, TurnLine
from bridge.harness.ids import TurnId
from bridge.harness.values.usage import Spent

TURNS = 50
"""How many of the last turns a report shows."""

USUAL = "default"
"""The name of the usual service tier."""

HERE = "session"
"""The name of the session's own turns among its agents."""

_PARTS = ("instructions", "tools", "person", "assistant", "reasoning", "result", "note", "summary", UNDIVIDED, OUTPUT)
"""The order in which parts are shown."""


class Ledger:
    """Owned by the books."""

    def __init__(self) -> None:
        """Nothing spent."""
        self.total = Tally()
        self._turns: Tallies[TurnId | None] = Tallies(TURNS)
        self._models: Tallies[str] = Tallies()
        self._purposes: Tallies[str] = Tallies()
        self._agents: Tallies[str] = Tallies()
        self._tiers: Tallies[str] = Tallies()
        self._parts: Tallies[str] = Tallies()
        self._tools: Tallies[str] = Tallies()
        self._sources: dict[str, None] = {}

    def add(self, turn: TurnId | None, spent: Spent) -> None:
        """A call that is over."""
        for tally in (
            self.total,
            self._turns.of(turn),
            self._models.of(spent.model),
            self._purposes.of(spent.purpose),
            self._agents.of(spent.agent or HERE),
            self._tiers.of(spent.tier or USUAL),
        ):
            tally.add(spent)
        self._divide(spent)
        if spent.price is not None and spent.price.source:
            self._sources[spent.price.source] = None

    def tool(self, name: str) -> None:
        """A call of a tool."""
        self._tools.of(name).calls += 1

    def report(self) -> Report:
        """The sums as they stand; what is no sum of bills is left for the books."""
        parts = {line.name: line for line in self._parts.lines()}
        return Report(
            self.total.line(HERE),
            by_turn=tuple(TurnLine(turn, tally.line(turn or "")) for turn, tally in self._turns.items()),
            by_model=self._models.lines(),
            by_purpose=self._purposes.lines(),
            by_agent=self._agents.lines(),
            by_tier=self._tiers.lines(),
            by_part=tuple(parts[name] for name in _PARTS if name in parts),
            by_tool=tuple(replace(line, estimated=True) for line in self._tools.lines()),
            prices=tuple(self._sources),
        )

    def _divide(self, spent: Spent) -> None:
        parts = shares(spent)
        for share in parts:
            self._parts.of(share.name).share(share)
            if share.tool:
                self._tools.of(share.tool).share(share)
        for name in {share.name for share in parts}:
            self._parts.of(name).count(spent)
        if spent.dollars is None:
            for tool in {share.tool for share in parts if share.tool}:
                self._tools.of(tool).unpriced += 1
