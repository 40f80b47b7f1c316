"""What a session's model calls have used and cost, and the models that can be had."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import Many, Wire
from bridge.protocol.row import Method

UsageKind = TypeAliasType(
    "UsageKind",
    Annotated[
        Literal["turn", "model", "purpose", "agent", "tier", "part", "tool"],
        Field(
            description="What a line of a bill is for: a turn, a model, a purpose (steps of turns, compactions), an "
            "agent, a service tier, a part of what went to and fro, or a tool, whose results went to the model."
        ),
    ],
)

BudgetUnit = TypeAliasType(
    "BudgetUnit",
    Annotated[Literal["dollars", "tokens"], Field(description="What a limit counts.")],
)


class TokenCounts(Wire):
    """Tokens of model calls, as the service counted them."""

    input: int = Field(ge=0, description="Tokens sent; `cached` and `cacheWrite` are parts of them.")
    cached: int = Field(ge=0, description="Of those, read from the service's cache.")
    cache_write: int = Field(ge=0, description="Of those, written to the service's cache.")
    output: int = Field(ge=0, description="Tokens that came back; `reasoning` is a part of them.")
    reasoning: int = Field(ge=0, description="Of those, what the model thought.")


class UsageTotal(Wire):
    """What model calls used together. What is unknown is absent or counted, never taken for nothing."""

    calls: int = Field(ge=0, description="How many calls.")
    tokens: TokenCounts = Field(description="Their tokens, as far as the service told them.")
    dollars: str | None = Field(
        default=None,
        description="US dollars, a decimal number, of the calls whose price is known; absent where none is.",
    )
    unpriced: int = Field(ge=0, description="Calls whose price is not known: `dollars` is without them.")
    seconds: float = Field(ge=0, description="How long they took.")


class UsageLine(Wire):
    """A line of a bill. The lines of one kind add up to the total, but for turns that are long over and for tools."""

    kind: UsageKind = Field(description="What it is for.")
    name: str = Field(
        description="Such as the model or the tool. Of a turn its id, empty for what was used between turns."
    )
    total: UsageTotal = Field(description="Its share. Of a tool `calls` counts the calls of the tool.")
    estimated: bool = Field(description="Shared out by the bytes of what was sent: no service tells it exactly.")


class BudgetView(Wire):
    """A limit of the session: no model call is made that would pass it."""

    unit: BudgetUnit = Field(description="What it counts.")
    limit: str = Field(description="The limit, a decimal number.")
    spent: str = Field(
        description="What counts against it, a decimal number: with an estimate for calls of which the service told "
        "nothing, so it can be more than the total."
    )


class GetUsageRequest(Wire):
    """What has a session used?"""

    session_id: str = Field(description="Which session.")


class GetUsageResponse(Wire):
    """What a session's model calls used and cost, those of earlier daemons with them."""

    session_id: str = Field(description="Which session.")
    summary: str = Field(description="All of it in one line, for a person.")
    total: UsageTotal = Field(description="All calls.")
    lines: Many[UsageLine] = Field(
        description="The same in lines; at most 20 of each kind: the latest turns, and otherwise the largest."
    )
    budgets: Many[BudgetView] = Field(description="The limits that the session has.")
    tool_seconds: float = Field(ge=0, description="How long tools worked.")
    added: int = Field(ge=0, description="Lines that the changes added, of those that stand.")
    removed: int = Field(ge=0, description="Lines that they removed.")
    prices: Many[str] = Field(description="Where the prices are from.")
    remark: str | None = Field(default=None, description="What the figures do not hold, in words for a person.")


class ModelPrice(Wire):
    """US dollars for a million tokens, as decimal numbers."""

    input: str = Field(description="For what is sent.")
    output: str = Field(description="For what comes back.")
    cached: str | None = Field(default=None, description="For what is read from the cache; as `input` if absent.")
    cache_write: str | None = Field(default=None, description="For what is written to it; as `input` if absent.")
    source: str = Field(description="Where the price is from.")


class ModelView(Wire):
    """A model, as far as it is known."""

    id: str = Field(description="Its name, as the option `model` takes it.")
    window: int | None = Field(default=None, description="Its context window in tokens.")
    output: int | None = Field(default=None, description="Its longest answer in tokens.")
    efforts: Many[str] = Field(description="How hard it can think, in its service's words, the weakest first.")
    images: bool = Field(description="It looks at pictures.")
    price: ModelPrice | None = Field(default=None, description="What it costs; absent where that is not known.")
    fast_price: ModelPrice | None = Field(
        default=None, description="What it costs on the fast tier; absent where that is not known."
    )


class ListModelsRequest(Wire):
    """Which models are there?"""


class ListModelsResponse(Wire):
    """The models that are known. The option `model` takes others as well, if the service has them."""

    models: Many[ModelView] = Field(description="The models.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/usage/get",
        "client_to_server",
        "request",
        GetUsageRequest,
        GetUsageResponse,
        "none",
        "stable",
        "What a session's model calls have used and cost: the total, and its lines by turn, model, tool, agent and "
        "part. A price is fixed when the call is made; an unknown one stays unknown.",
    ),
    Method(
        "harness/model/list",
        "client_to_server",
        "request",
        ListModelsRequest,
        ListModelsResponse,
        "none",
        "stable",
        "The models that are known, and what they cost. Nothing is asked of any service.",
    ),
)
