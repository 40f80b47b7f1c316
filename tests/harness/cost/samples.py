"""Bills for tests, and prices that never change."""

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import strategies as st

from bridge.harness.cost.billing import dollars
from bridge.harness.cost.books import Books, Call, Caps, Report
from bridge.harness.cost.values import Line
from bridge.harness.ids import TurnId
from bridge.harness.values.events import Compacted, Event, StepEnded
from bridge.harness.values.usage import Part, Price, Spent, Usage

TURN = TurnId("t1")
PRICE = Price(Decimal("1.25"), Decimal(10), Decimal("0.125"), source="a list")


class FixedPrices:
    """The port `Prices`: a price for each model of a table, on every tier."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self.prices = prices
        self.asked: list[tuple[str, str, int]] = []

    def price(self, model: str, tier: str, input_tokens: int = 0) -> Price | None:
        self.asked.append((model, tier, input_tokens))
        return self.prices.get(model)


def books(*, dollars: str | None = None, tokens: int | None = None) -> Books:
    """Books that know the price of "gpt" alone."""
    return Books(FixedPrices({"gpt": PRICE}), Caps(None if dollars is None else Decimal(dollars), tokens))


def spend(books: Books, usage: Usage | None, *parts: Part, model: str = "gpt", turn: str = "t1") -> Spent:
    """One call, billed and in the books."""
    spent = books.bill(Call(model, usage, seconds=1.5, parts=parts))
    books.fold(StepEnded(TurnId(turn), 1, "completed", spent=spent))
    return spent


amounts = st.decimals(min_value=0, max_value=1000, places=4)
prices = st.builds(
    Price,
    amounts,
    amounts,
    st.none() | amounts,
    st.none() | amounts,
    st.just(Decimal(0)) | st.decimals(min_value=0, max_value=1, places=3),
    st.sampled_from(["settings", "a list"]),
)
parts = st.lists(
    st.builds(
        Part,
        st.sampled_from(["instructions", "tools", "person", "assistant", "reasoning", "result", "note", "summary"]),
        st.integers(0, 2_000_000),
        st.sampled_from(["", "grep", "read_file"]),
    ),
    max_size=12,
).map(tuple)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """As a service counts: what is a part of another is not more than it."""
    whole, output = draw(st.integers(0, 2_000_000)), draw(st.integers(0, 200_000))
    cached = draw(st.integers(0, whole))
    return Usage(whole, cached, draw(st.integers(0, whole - cached)), output, draw(st.integers(0, output)))


@st.composite
def bills(draw: st.DrawFn) -> Spent:
    """Any call: with and without usage, with and without a price."""
    usage, price = draw(st.none() | usages()), draw(st.none() | prices)
    return Spent(
        draw(st.sampled_from(["gpt", "gpt-mini", "other/gpt"])),
        usage,
        None if usage is None or price is None else dollars(usage, price),
        price,
        draw(st.sampled_from(["", "priority"])),
        draw(st.sampled_from([0.0, 0.25, 2.0])),
        draw(st.sampled_from(["step", "compaction"])),
        draw(parts),
        draw(st.sampled_from(["", "1", "1.2"])),
    )


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """The end of calls and compactions of a session."""
    found: list[Event] = []
    for spent in draw(st.lists(bills(), max_size=12)):
        turn = TurnId(draw(st.sampled_from(["t1", "t2"])))
        if spent.purpose == "compaction":
            found.append(Compacted(draw(st.sampled_from([turn, None])), "window", "model", (), spent=spent))
        else:
            found.append(StepEnded(turn, 1, "completed", spent=spent))
    return found


def views(report: Report) -> dict[str, tuple[Line, ...]]:
    """The lists of lines that each add up to the whole bill."""
    return {
        "turn": tuple(line.total for line in report.by_turn),
        "model": report.by_model,
        "purpose": report.by_purpose,
        "agent": report.by_agent,
        "tier": report.by_tier,
        "part": report.by_part,
    }
