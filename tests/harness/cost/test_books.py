"""The books of a session: sums from every side, the same after a restart, and the limits."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.cost.books import Books, Call, Caps
from bridge.harness.cost.prices import FREE
from bridge.harness.ids import CallId, TurnId
from bridge.harness.session.records import decode, encode
from bridge.harness.values.events import (
    BudgetWarned,
    CallEnded,
    CallOpened,
    Compacted,
    Event,
    ItemDone,
    Recorded,
    Retried,
    StepEnded,
)
from bridge.harness.values.usage import Part, Price, Spent, Usage
from tests.harness.cost.samples import PRICE, TURN, FixedPrices, books, events, spend, views

MILLION = 1_000_000
"""Tokens; of input they cost 1.25 dollars here."""


def folded(log: Iterable[Event], caps: Caps) -> Books:
    """Books from a log, without any price list."""
    found = Books(FixedPrices({}), caps)
    for event in log:
        found.fold(event)
    return found


def reread(log: Iterable[Event]) -> list[Event]:
    """The events as they come back from the disk."""
    records = [decode(encode(Recorded(seq, 1.0, event))[:-1]) for seq, event in enumerate(log, start=1)]
    return [record.event for record in records if isinstance(record, Recorded)]


class TestSums:
    """What a report adds up."""

    @given(events())
    def test_each_view_adds_up_to_the_bill(self, log: list[Event]) -> None:
        report = folded(log, Caps()).report()
        for name, lines in views(report).items():
            assert sum((line.usage for line in lines), Usage()) == report.total.usage, name
            assert sum(line.dollars or Decimal(0) for line in lines) == (report.total.dollars or Decimal(0)), name
            if name != "part":
                assert sum(line.calls for line in lines) == report.total.calls, name
                assert sum(line.unpriced for line in lines) == report.total.unpriced, name
                assert sum(line.seconds for line in lines) == report.total.seconds, name

    @given(events())
    def test_what_tools_have_is_what_results_have(self, log: list[Event]) -> None:
        report = folded(log, Caps()).report()
        results = [line for line in report.by_part if line.name == "result"]
        named = sum((line.usage for line in report.by_tool), Usage())
        assert named.input <= sum(line.usage.input for line in results)
        assert all(line.estimated for line in report.by_tool)

    @given(events())
    def test_the_total_is_the_sum_of_what_was_billed(self, log: list[Event]) -> None:
        bills = [event.spent for event in log if isinstance(event, StepEnded | Compacted) and event.spent]
        total = folded(log, Caps()).report().total
        assert total.calls == len(bills)
        assert total.usage == sum((bill.usage for bill in bills if bill.usage), Usage())
        assert (total.dollars or 0) == sum(bill.dollars for bill in bills if bill.dollars is not None)
        assert total.unpriced == sum(bill.dollars is None for bill in bills)

    @given(events(), st.integers(0, 12))
    def test_a_restart_changes_nothing(self, log: list[Event], cut: int) -> None:
        caps = Caps(Decimal(1), 100_000)
        live, resumed = folded(log, caps), folded([*reread(log[:cut]), *log[cut:]], caps)
        assert live.report() == resumed.report()
        assert live.warning(TURN) == resumed.warning(TURN)
        assert [live.stop(model, "", 10) for model in ("gpt", "x")] == [
            resumed.stop(model, "", 10) for model in ("gpt", "x")
        ]

    def test_by_tool_is_what_its_results_cost_in_all_later_calls(self) -> None:
        session = books()
        for call, tool in enumerate(("grep", "grep", "read_file")):
            session.fold(CallOpened(TURN, CallId(f"c{call}"), tool, "read", "", {}))
        spend(session, Usage(1_000), Part("person", 500), Part("result", 500, "grep"))
        spend(
            session, Usage(3_000), Part("person", 500), Part("result", 500, "grep"), Part("result", 2_000, "read_file")
        )
        lines = {line.name: line for line in session.report().by_tool}
        assert {name: (line.calls, line.usage.input) for name, line in lines.items()} == {
            "grep": (2, 1_000),
            "read_file": (1, 2_000),
        }
        assert lines["grep"].dollars == Decimal("0.00125")

    def test_a_line_says_how_many_calls_of_unknown_price_it_has(self) -> None:
        session = books()
        parts = (Part("result", 10, "grep"), Part("result", 20, "read_file"), Part("result", 5, "grep"))
        spend(session, Usage(100), *parts, model="other")
        spend(session, Usage(100), Part("result", 10, "grep"))
        report = session.report()
        assert {line.name: (line.unpriced, line.dollars is None) for line in report.by_tool} == {
            "grep": (1, False),
            "read_file": (1, True),
        }
        assert {line.name: (line.calls, line.unpriced) for line in report.by_part} == {
            "result": (2, 1),
            "output": (2, 1),
        }

    def test_sub_agents_and_compactions_are_lines_of_their_own(self) -> None:
        session = books()
        spend(session, Usage(10))
        for call in (Call("gpt", Usage(100), agent="1.2"), Call("gpt", Usage(1_000), purpose="compaction")):
            event = Compacted(None, "command", "model", (), spent=session.bill(call))
            session.fold(event)
        report = session.report()
        assert {line.name: line.usage.input for line in report.by_agent} == {"session": 1_010, "1.2": 100}
        assert {line.name: line.usage.input for line in report.by_purpose} == {"step": 110, "compaction": 1_000}
        assert [(line.turn, line.total.usage.input) for line in report.by_turn] == [(TURN, 10), (None, 1_100)]

    def test_the_last_fifty_turns_are_shown_and_all_are_in_the_total(self) -> None:
        session = books()
        for turn in range(60):
            spend(session, Usage(1), turn=f"t{turn}")
        report = session.report()
        assert [line.turn for line in report.by_turn] == [f"t{turn}" for turn in range(10, 60)]
        assert report.total.usage.input == 60

    def test_tools_seconds_and_what_is_no_bill(self) -> None:
        session = books()
        session.fold(Retried(TURN, 1, "server", "again", 1, 0.5))
        session.fold(StepEnded(TURN, 1, "failed"))
        session.fold(CallEnded(CallId("c1"), "ok", "", seconds=0.25))
        report = session.report()
        assert (report.total.calls, report.tool_seconds, report.remark) == (0, 0.25, "")


class TestBill:
    """A call's price is fixed when it happens."""

    def test_the_bill_has_the_price_used_and_stays_when_prices_change(self) -> None:
        prices = FixedPrices({"gpt": PRICE})
        session = Books(prices, Caps())
        spent = session.bill(Call("gpt", Usage(MILLION, output=10), "priority", 2.5, "step", (Part("person", 1),), "1"))
        assert spent == Spent(
            "gpt",
            Usage(MILLION, output=10),
            Decimal("1.2501"),
            PRICE,
            "priority",
            2.5,
            "step",
            (Part("person", 1),),
            "1",
        )
        assert prices.asked == [("gpt", "priority", MILLION)]
        prices.prices = {"gpt": Price(Decimal(100), Decimal(100))}
        session.fold(StepEnded(TURN, 1, "completed", spent=spent))
        assert session.report().total.dollars == Decimal("1.2501")

    def test_what_is_unknown_is_none_and_never_zero(self) -> None:
        session = books()
        assert spend(session, Usage(10), model="other").dollars is None
        assert spend(session, None).dollars is None
        total = session.report().total
        assert (total.dollars, total.unpriced, total.calls) == (None, 2, 2)
        spend(session, Usage(MILLION))
        total = session.report().total
        assert (total.dollars, total.unpriced) == (Decimal("1.25"), 2)

    def test_a_model_in_the_daemon_costs_nothing_and_needs_no_remark(self) -> None:
        session = Books(FixedPrices({"offline": FREE}), Caps(Decimal(1), 10))
        assert spend(session, None, Part("person", 4_000), model="offline").dollars == 0
        report = session.report()
        assert (report.total.dollars, report.total.unpriced, report.remark) == (Decimal(0), 0, "")
        assert session.stop("offline", "", 4) is None


class TestLimits:
    """80 % is said once, 100 % stops before the next call."""

    def test_dollars(self) -> None:
        session = books(dollars="5")
        spend(session, Usage(3 * MILLION))
        assert session.warning(TURN) is None
        spend(session, Usage(MILLION // 5))
        warned = session.warning(TURN)
        assert warned == BudgetWarned(TURN, "dollars", Decimal("4.00"), Decimal(5))
        session.fold(warned)
        assert session.warning(TURN) is None
        assert session.stop("gpt", "", 400) is None
        spend(session, Usage(MILLION))
        assert session.stop("gpt", "", 0) == (
            "The session's budget of $5.00 is spent ($5.25): raise the budget in the settings, or go on in a new "
            "session."
        )
        assert session.warning(TURN) is None

    def test_tokens(self) -> None:
        session = books(tokens=1_000)
        spend(session, Usage(700, output=99))
        assert session.warning(TURN) is None
        spend(session, Usage(1))
        assert session.warning(TURN) == BudgetWarned(TURN, "tokens", Decimal(800), Decimal(1_000))
        assert session.stop("gpt", "", 4 * 200) is None
        assert session.stop("gpt", "", 4 * 201) == (
            "The next model call would send about 201 tokens, and of the session's budget of 1.0k tokens 200 are left: "
            "compact the conversation, raise the budget in the settings, or go on in a new session."
        )
        spend(session, Usage(0, output=200))
        assert session.stop("gpt", "", 0) == (
            "The session's budget of 1.0k tokens is spent (1.0k): raise the budget in the settings, or go on in a new "
            "session."
        )

    def test_both_limits_warn_one_after_the_other(self) -> None:
        session = books(dollars="0.001", tokens=1_000)
        spend(session, Usage(800))
        units = []
        while warned := session.warning(TURN):
            units.append(warned.unit)
            session.fold(warned)
        assert units == ["dollars", "tokens"]

    def test_a_limit_that_was_raised_warns_anew(self) -> None:
        log: list[Event] = [
            StepEnded(TURN, 1, "completed", spent=Spent("gpt", Usage(900), None)),
            BudgetWarned(TURN, "tokens", Decimal(900), Decimal(1_000)),
        ]
        assert folded(log, Caps(tokens=1_000)).warning(TURN) is None
        assert folded(log, Caps(tokens=2_000)).warning(TURN) is None
        assert folded(log, Caps(tokens=1_100)).warning(TURN) is not None

    def test_a_call_whose_input_alone_would_pass_the_limit_is_not_made(self) -> None:
        session = books(dollars="1")
        assert session.stop("gpt", "", 4 * 800_000) is None
        assert session.stop("gpt", "", 4 * 800_001) == (
            "The input of the next model call would cost about $1.00, and of the session's budget of $1.00 there is "
            "$1.00 left: compact the conversation, raise the budget in the settings, or go on in a new session."
        )

    def test_the_estimate_takes_as_much_from_the_cache_as_the_last_call_did(self) -> None:
        fresh, cached = books(dollars="1.90"), books(dollars="1.90")
        spend(fresh, Usage(MILLION))
        spend(cached, Usage(MILLION, MILLION // 2))
        # A million tokens cost 1.25 dollars, half of them from the cache 0.6875; 0.65 and 1.2125 are left.
        assert fresh.stop("gpt", "", 4 * MILLION) is not None
        assert cached.stop("gpt", "", 4 * MILLION) is None
        assert cached.stop("gpt", "", 8 * MILLION) is not None

    def test_the_estimate_is_by_the_ratio_learnt(self) -> None:
        session = books(tokens=10_000)
        spend(session, Usage(1_000), Part("person", 2_000))
        assert session.tokens_for("gpt", 18_000) == 9_000
        assert session.stop("gpt", "", 18_000) is None
        assert session.stop("gpt", "", 18_002) is not None

    def test_a_dollar_limit_cannot_hold_an_unknown_price_and_says_so(self) -> None:
        session = books(dollars="1")
        spend(session, Usage(MILLION), model="other")
        assert session.stop("other", "", 10**9) is None
        assert session.report().remark == (
            "The price of 1 model call is not known, so the budget of $1.00 can't be held: "
            "set a limit in tokens (`--token-budget`; `tokenBudget` in an editor), or a price (`prices` in an editor)."
        )

    def test_limits_count_an_estimate_of_calls_of_which_the_service_tells_nothing(self) -> None:
        """A person who cuts one call after another is billed for what was sent."""
        session = books(dollars="1", tokens=MILLION)
        spend(session, None, Part("person", 4 * 800_000))
        report = session.report()
        assert (report.total.usage, report.total.dollars, report.total.unpriced) == (Usage(), None, 1)
        assert (report.counted_tokens, report.counted_dollars) == (800_000, Decimal(1))
        assert report.remark == (
            "The service did not tell what 1 model call used: not in the figures, but a limit counts an estimate."
        )
        assert session.stop("gpt", "", 0) is not None
        warned = session.warning(TURN)
        assert warned is not None
        assert warned.unit == "dollars"

    @pytest.mark.parametrize("caps", [Caps(), Caps(None, None)])
    def test_without_a_limit_nothing_stops(self, caps: Caps) -> None:
        session = Books(FixedPrices({"gpt": PRICE}), caps)
        spend(session, Usage(10**9, output=10**9))
        assert session.stop("gpt", "", 10**9) is None
        assert session.warning(TURN) is None

    @given(st.integers(1, 10**6), st.lists(st.tuples(st.integers(0, 10**5), st.integers(0, 10**4)), max_size=20))
    def test_no_call_is_begun_at_or_above_the_limit(self, limit: int, calls: list[tuple[int, int]]) -> None:
        session = books(tokens=limit)
        for size, output in calls:
            spent = session.report().total.usage.total
            if session.stop("gpt", "", size) is None:
                assert spent < limit
                spend(session, Usage(size // 4, output=output), Part("person", size))
            else:
                assert spent + session.tokens_for("gpt", size) > limit or spent >= limit


def test_uses_of_the_services_own_tools_are_said() -> None:
    session = books()
    for kind in ("web_search_call", "message", "function_call", "web_search_call"):
        session.fold(ItemDone(TurnId("t1"), 1, {"type": kind}))
    assert session.report().remark == ("2 uses of the service's own tools may cost a fee that is not in the figures.")
