"""What people read about cost."""

from decimal import Decimal

import pytest

from bridge.harness.cost import wording
from bridge.harness.cost.values import Line, Report
from bridge.harness.values.usage import Usage


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0"),
        ("0.000", "$0"),
        ("0.00004", "under $0.0001"),
        ("0.00995", "$0.01"),
        ("0.0123", "$0.0123"),
        ("0.99", "$0.99"),
        ("0.99999", "$1.00"),
        ("0.0120", "$0.0120"),
        ("1", "$1.00"),
        ("12.345", "$12.35"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_dollars(amount: str, shown: str) -> None:
    assert wording.dollars(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (999, "999"), (1_000, "1.0k"), (12_345, "12.3k"), (999_949, "999.9k"), (999_950, "1.00M")],
)
def test_tokens(count: int, shown: str) -> None:
    assert wording.tokens(count) == shown


LINE = Line("session", 3, Usage(12_345, 9_876, 0, 1_234, 800), Decimal("0.0123"), seconds=41.24)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (LINE, "3 model calls, 12.3k in (80 % cached), 1.2k out, $0.0123 (genai-prices 0.2.3)"),
        (Line("session", 1, Usage(10, output=2), None, 1), "1 model call, 10 in, 2 out, price unknown"),
        (
            Line("session", 4, Usage(10, output=2), Decimal("0.5"), 1),
            "4 model calls, 10 in, 2 out, $0.50 and 1 call of unknown price (genai-prices 0.2.3)",
        ),
        (Line("session"), "0 model calls, 0 in, 0 out, $0"),
    ],
)
def test_summary(line: Line, shown: str) -> None:
    assert wording.summary(line, ["genai-prices 0.2.3"]) == shown


@pytest.mark.parametrize(
    ("report", "shown"),
    [
        (
            Report(LINE, tool_seconds=3, added=12, removed=3, prices=("a list",)),
            f"{wording.summary(LINE, ['a list'])}; model 41.2 s, tools 3.0 s, +12 −3 lines",
        ),
        (
            Report(Line("session", 1, Usage(10, output=2), None, 1, 0.5)),
            "1 model call, 10 in, 2 out, price unknown; model 0.5 s",
        ),
        (
            Report(Line("session", 1, Usage(10, output=2), None, 1, 0.5), tool_seconds=0.04),
            "1 model call, 10 in, 2 out, price unknown; model 0.5 s",
        ),
        (Report(Line("session"), removed=1), "0 model calls, 0 in, 0 out, $0; model 0.0 s, +0 −1 lines"),
    ],
)
def test_a_session_in_one_line(report: Report, shown: str) -> None:
    assert wording.session(report) == shown


@pytest.mark.parametrize("others", ["", wording.unmeasured(1), f"{wording.unmeasured(1)} {wording.fees(2)}"])
@pytest.mark.parametrize("limit", [None, Decimal(5)])
def test_the_sentence_about_prices_can_be_left_out_of_a_remark(others: str, limit: Decimal | None) -> None:
    remark = f"{wording.unpriced(1, limit)} {others}".strip()
    assert "--token-budget" in remark
    assert wording.without_prices(remark) == wording.without_prices(others) == others
