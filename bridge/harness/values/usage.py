"""What model calls use and cost. Fixed when it happens, with the price used; what is unknown is None, never zero."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

PartKind = Literal["instructions", "tools", "person", "assistant", "reasoning", "result", "note", "summary"]
"""What a request's input is made of. `result` is the output of a tool, which the part then names."""

Purpose = Literal["step", "compaction"]
"""What a model call was made for."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of model calls as the service counted them.

    `cached` and `cache_write` are parts of `input`, `reasoning` is a part of `output`.
    """

    input: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        """All tokens in and out."""
        return self.input + self.output

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.cached + other.cached,
            self.cache_write + other.cache_write,
            self.output + other.output,
            self.reasoning + other.reasoning,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of each kind, and for each request.

    `input` is for what is neither read from the cache nor written to it. None: the same as `input` for `cached` and
    `cache_write`. `source` says where it is from ("settings", "genai-prices 0.2.3"), `tier` for which service tier.
    """

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    cache_write: Decimal | None = None
    request: Decimal = Decimal(0)
    source: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a request's input: how many bytes of JSON it had. `name` is the tool's, where it is a result."""

    kind: PartKind
    bytes: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """The bill of one model call. `usage` None: the service did not tell. `dollars` None: the price is not known.

    `parts` are what its input was made of; `tier` is the service tier that was billed; `seconds` is how long it took.
    `agent` is empty for the session's own turns, else the path of the sub-agent.
    """

    model: str
    usage: Usage | None
    dollars: Decimal | None
    price: Price | None = None
    tier: str = ""
    seconds: float = 0.0
    purpose: Purpose = "step"
    parts: tuple[Part, ...] = ()
    agent: str = ""
