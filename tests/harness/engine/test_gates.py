"""What stops a turn before its next model call."""

from dataclasses import replace

import pytest

from bridge.harness.engine.gates import Limits, Standing, Stop, gate

GOOD = Standing(steps=1, seconds=1.0)


def test_nothing_stops_a_turn_that_has_just_begun() -> None:
    assert gate(GOOD, Limits()) is None


@pytest.mark.parametrize(
    ("at", "stop"),
    [
        (replace(GOOD, steps=100), Stop("max_turn_requests", "it has made all the model calls that it may (100)")),
        (replace(GOOD, seconds=3600), Stop("max_turn_requests", "the turn ran for 60 minutes, which is its limit")),
        (
            replace(GOOD, malformed=5),
            Stop("max_turn_requests", "the model made 5 tool calls in a row that mean nothing"),
        ),
        (
            replace(GOOD, misfits=4, misfit="it is not JSON"),
            Stop("failed", "the model did not answer in the form that was asked for: it is not JSON"),
        ),
        (replace(GOOD, budget="The budget is spent."), Stop("max_turn_requests", "The budget is spent.")),
    ],
)
def test_each_limit_stops_it_with_its_reason(at: Standing, stop: Stop) -> None:
    assert gate(at, Limits()) == stop


@pytest.mark.parametrize(
    "at", [replace(GOOD, steps=99), replace(GOOD, seconds=3599), replace(GOOD, malformed=4), replace(GOOD, misfits=3)]
)
def test_just_below_a_limit_nothing_stops_it(at: Standing) -> None:
    assert gate(at, Limits()) is None


def test_other_limits_count_where_they_are_set() -> None:
    limits = Limits(steps=2, seconds=90, malformed=1, misfits=0)
    assert gate(replace(GOOD, steps=2), limits) is not None
    assert gate(replace(GOOD, seconds=90), limits) == Stop(
        "max_turn_requests", "the turn ran for 2 minutes, which is its limit"
    )
    assert gate(replace(GOOD, malformed=1), limits) is not None
    assert gate(replace(GOOD, misfits=1), limits) is not None
