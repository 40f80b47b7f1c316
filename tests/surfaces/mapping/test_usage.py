"""A session's report on the wire: nothing is lost, nothing unknown is made up, and there is an end to it."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bridge.harness.cost.values import Caps, Line, Report, TurnLine
from bridge.harness.ids import TurnId
from bridge.harness.values.model import ModelInfo
from bridge.harness.values.usage import Price, Usage
from bridge.protocol import usage as wire
from bridge.protocol.base import Wire, strict
from bridge.surfaces.mapping.usage import MOST_LINES, decimal, model_view, usage_view
from tests.surfaces.lsp.review_fakes import SESSION

BILL = Line("session", 3, Usage(1200, 800, 100, 60, 40), Decimal("0.01230"), seconds=4.5)


def held(message: Wire) -> dict[str, Any]:
    dumped = message.dump()
    with strict():
        assert type(message).parse(dumped).dump() == dumped
    return dumped


def told(report: Report) -> dict[str, Any]:
    return held(usage_view(SESSION, report, "all in one line"))


def test_the_total_has_all_kinds_of_tokens_and_the_exact_amount() -> None:
    view = told(Report(BILL, prices=("a list",)))
    assert view["total"] == {
        "calls": 3,
        "tokens": {"input": 1200, "cached": 800, "cacheWrite": 100, "output": 60, "reasoning": 40},
        "dollars": "0.0123",
        "unpriced": 0,
        "seconds": 4.5,
    }
    assert (view["summary"], view["prices"], view["budgets"], view["lines"]) == ("all in one line", ["a list"], [], [])
    assert "remark" not in view


def test_an_unknown_price_is_absent_and_counted() -> None:
    view = told(Report(replace(BILL, dollars=None, unpriced=3), remark="The price of 3 calls is not known."))
    assert "dollars" not in view["total"]
    assert view["total"]["unpriced"] == 3
    assert view["remark"] == "The price of 3 calls is not known."


def test_every_kind_of_line_is_there() -> None:
    line = replace(BILL, name="x")
    report = Report(
        BILL,
        by_turn=(TurnLine(TurnId("t1"), BILL), TurnLine(None, BILL), TurnLine(TurnId("t2"), BILL)),
        by_model=(line,),
        by_purpose=(line,),
        by_agent=(line,),
        by_tier=(line,),
        by_part=(replace(line, estimated=True),),
        by_tool=(line,),
    )
    lines = told(report)["lines"]
    names = [(row["kind"], row["name"]) for row in lines]
    assert names[:3] == [("turn", "t2"), ("turn", ""), ("turn", "t1")], "the latest first"
    assert [kind for kind, _ in names[3:]] == ["model", "purpose", "agent", "tier", "part", "tool"]
    assert [row["kind"] for row in lines if row["estimated"]] == ["part"]


def test_limits_are_told_with_what_is_spent_of_them() -> None:
    report = Report(BILL, caps=Caps(Decimal("5.00"), 100_000), counted_dollars=Decimal("0.50"), counted_tokens=9000)
    assert told(report)["budgets"] == [
        {"unit": "dollars", "limit": "5", "spent": "0.5"},
        {"unit": "tokens", "limit": "100000", "spent": "9000"},
    ]


def test_the_work_of_tools_and_the_lines_that_stand_are_told() -> None:
    view = told(Report(BILL, tool_seconds=3.5, added=12, removed=3))
    assert (view["toolSeconds"], view["added"], view["removed"]) == (3.5, 12, 3)


def test_a_long_session_has_a_bounded_report_with_its_largest_lines() -> None:
    many = tuple(replace(BILL, name=f"tool_{n}" + "x" * 50, usage=Usage(input=n)) for n in range(500))
    turns = tuple(TurnLine(TurnId(f"01K9Z7Q4M8W3T5R6Y7V8N9{n:04}"), BILL) for n in range(500))
    report = Report(BILL, turns, many, many, many, many, many, many)
    view = told(report)
    assert len(json.dumps(view)) < 64 << 10
    tools = [row["name"][:8] for row in view["lines"] if row["kind"] == "tool"]
    assert tools == [f"tool_{n}" for n in range(499, 499 - MOST_LINES, -1)]
    assert view["lines"][0]["name"].endswith("0499")


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("5.00", "5"), ("1E+2", "100"), ("0.00000125", "0.00000125"), ("12.3400", "12.34")],
)
def test_a_number_is_written_as_people_write_it(value: str, text: str) -> None:
    assert decimal(Decimal(value)) == text


def test_a_model_has_its_price_where_it_is_known() -> None:
    price = Price(Decimal("0.25"), Decimal(2), Decimal("0.025"), source="a list")
    view = held(model_view(ModelInfo("m", 400_000, 128_000, ("low", "high"), images=True), price, None))
    assert view["price"] == {"input": "0.25", "output": "2", "cached": "0.025", "source": "a list"}
    assert "fastPrice" not in view
    assert (view["window"], view["efforts"], view["images"]) == (400_000, ["low", "high"], True)
    unknown = held(model_view(ModelInfo("own"), None, None))
    assert unknown == {"id": "own", "efforts": [], "images": False}
    assert wire.ModelView.parse(unknown).price is None
