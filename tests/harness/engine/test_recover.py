"""What is done about a failed call: the table of systems.md §3."""

from collections.abc import Sequence
from typing import Any

import pytest

from bridge.harness.engine.gates import Stop
from bridge.harness.engine.recover import (
    CONTINUATIONS,
    FAULT_TRIES,
    LONGEST_WAIT,
    RATE_TRIES,
    Compact,
    Failure,
    GiveUp,
    GoOn,
    Remedy,
    Switch,
    Tries,
    Wait,
    recover,
)
from bridge.harness.errors import ModelFault


def remedies(failure: Failure, fallback: str = "", luck: float = 1.0) -> Sequence[Remedy]:
    """What is done about the same failure again and again, until nothing is."""
    found: list[Remedy] = []
    tries = Tries()
    while True:
        found.append(remedy := recover(failure, tries, fallback, luck))
        if isinstance(remedy, GiveUp):
            return found
        tries = remedy.tries


def waits(failure: Failure, luck: float = 1.0) -> list[float]:
    return [remedy.seconds for remedy in remedies(failure, luck=luck) if isinstance(remedy, Wait)]


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        ("rate_limited", 5),
        ("server", 3),
        ("timeout", 3),
        ("broken", 3),
        ("network", 3),
        ("forgotten", 1),
        ("quota", 0),
        ("auth", 0),
        ("bad_request", 0),
        ("setup", 0),
        ("gone", 0),
    ],
)
def test_a_fault_is_tried_again_so_often_and_then_told(fault: ModelFault, times: int) -> None:
    *tried, last = remedies(Failure("it failed", fault))
    assert [one.attempt for one in tried if isinstance(one, Wait)] == list(range(1, times + 1))
    assert len(tried) == times
    assert isinstance(last, GiveUp)
    assert last.stop == Stop("failed", "it failed")


def test_the_numbers_are_those_of_the_systems_page() -> None:
    assert (RATE_TRIES, FAULT_TRIES, CONTINUATIONS) == (5, 3, 3)


@pytest.mark.parametrize("fault", ["rate_limited", "server", "network"])
def test_each_wait_is_longer_and_luck_makes_it_up_to_half_as_long(fault: ModelFault) -> None:
    longest, shortest = waits(Failure("x", fault), luck=1.0), waits(Failure("x", fault), luck=0.0)
    assert longest == sorted(longest)
    assert longest[0] < longest[-1]
    assert shortest == [seconds / 2 for seconds in longest]


def test_a_refused_connection_is_tried_again_quickly() -> None:
    assert sum(waits(Failure("x", "network"))) < 1


@pytest.mark.parametrize("fault", ["rate_limited", "server"])
@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_the_service_is_never_asked_sooner_than_it_wants(fault: ModelFault, luck: float) -> None:
    found = waits(Failure("x", fault, retry_after=7.0), luck)
    assert all(7.0 < seconds <= 8.0 for seconds in found)


def test_a_service_that_wants_a_very_long_wait_is_not_waited_for() -> None:
    (last,) = remedies(Failure("too many requests.", "rate_limited", retry_after=2 * LONGEST_WAIT))
    assert last == GiveUp(Stop("failed", "too many requests. The service asks to wait for 20 minutes."))


def test_no_wait_that_the_service_asks_for_is_a_wait_of_zero() -> None:
    assert waits(Failure("x", "rate_limited", retry_after=0.0))[0] > 0


def test_too_long_a_context_is_made_smaller_once() -> None:
    first, last = remedies(Failure("too long", "context_too_long"))
    assert isinstance(first, Compact)
    assert last == GiveUp(Stop("failed", "too long"))


def test_a_model_that_is_gone_is_replaced_once() -> None:
    first, last = remedies(Failure("gpt is gone", "gone"), fallback="mini")
    assert isinstance(first, Switch)
    assert first.model == "mini"
    assert last == GiveUp(Stop("failed", "gpt is gone"))


def test_a_turn_switches_once_whatever_succeeded_meanwhile() -> None:
    (last,) = [recover(Failure("gone", "gone"), Tries(switched=True).anew(), "mini", 1.0)]
    assert isinstance(last, GiveUp)


def test_an_answer_that_was_cut_off_is_continued_three_times() -> None:
    *tried, last = remedies(Failure("", None, "max_output_tokens"))
    assert [type(one) for one in tried] == [GoOn] * 3
    assert last == GiveUp(Stop("max_tokens", "the answer was cut off at the limit of its length"))


@pytest.mark.parametrize(
    ("reason", "stop"), [("content_filter", "refusal"), ("length", "max_tokens"), ("", "max_tokens")]
)
def test_any_other_incomplete_answer_ends_the_turn(reason: str, stop: Any) -> None:
    assert recover(Failure("why", None, reason), Tries(), "", 1.0) == GiveUp(Stop(stop, "why"))


@pytest.mark.parametrize(
    ("message", "told"),
    [("no key", "no key. Set one."), ("no key.", "no key. Set one."), ("no key. Set one.", "no key. Set one.")],
)
def test_what_to_do_is_told_once(message: str, told: str) -> None:
    (last,) = remedies(Failure(message, "auth", hint="Set one."))
    assert last == GiveUp(Stop("failed", told))


def test_after_a_whole_answer_the_counts_start_anew() -> None:
    tries = Tries(limited=5, failed=3, forgotten=1, continued=3, compacted=1)
    assert tries.anew() == Tries()
