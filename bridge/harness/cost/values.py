"""What goes into a session's books, and what they show: frozen."""

from dataclasses import dataclass
from decimal import Decimal

from bridge.harness.ids import TurnId
from bridge.harness.values.usage import Part, Purpose, Usage

NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Caps:
    """The budget of a session: US dollars, and tokens in and out. None: no limit."""

    dollars: Decimal | None = None
    tokens: int | None = None


NO_LIMIT = Caps()


@dataclass(frozen=True, slots=True)
class Call:
    """A model call that is over, to be billed.

    `model` and `tier` are what the service says that it used, else what it was asked for. `usage` is None where the
    service told none. `seconds` is how long the call took.
    """

    model: str
    usage: Usage | None
    tier: str = ""
    seconds: float = 0.0
    purpose: Purpose = "step"
    parts: tuple[Part, ...] = ()
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report.

    `calls` are model calls; in a line about a tool, calls of the tool. `dollars` is what the calls with a known price
    cost, None where there is none of these; `unpriced` is how many model calls are not in it. `seconds` is how long
    they took. `estimated`: the tokens and dollars are a share by bytes, and `calls` how many calls had such a part.
    """

    name: str
    calls: int = 0
    usage: Usage = NOTHING
    dollars: Decimal | None = None
    unpriced: int = 0
    seconds: float = 0.0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class TurnLine:
    """What a turn took; `turn` None for compactions between turns."""

    turn: TurnId | None
    total: Line


@dataclass(frozen=True, slots=True)
class Report:
    """What a session has used and cost so far.

    `total` is the bill. The lines of `by_model`, `by_purpose`, `by_agent`, `by_tier` and `by_part` each add up to it;
    `by_part` are the parts of the input (estimated) and the output. `by_tool` are the tools' shares of the input, over
    all model calls that were sent their results: a closer look at what `by_part` calls "result". `by_turn` are the last
    turns, the newest at the end. `tool_seconds` is how long tools worked, `added` and `removed` are lines of the hunks
    that stand, `prices` where the prices were from. `counted_dollars` and `counted_tokens` are what counts against
    `caps`: the total, and an estimate for calls of which the service told nothing. `remark` says in a sentence or more
    what the figures do not hold.
    """

    total: Line
    by_turn: tuple[TurnLine, ...] = ()
    by_model: tuple[Line, ...] = ()
    by_purpose: tuple[Line, ...] = ()
    by_agent: tuple[Line, ...] = ()
    by_tier: tuple[Line, ...] = ()
    by_part: tuple[Line, ...] = ()
    by_tool: tuple[Line, ...] = ()
    tool_seconds: float = 0.0
    added: int = 0
    removed: int = 0
    prices: tuple[str, ...] = ()
    caps: Caps = NO_LIMIT
    counted_dollars: Decimal = Decimal(0)
    counted_tokens: int = 0
    remark: str = ""
