"""Bytes a token, learnt from what the service counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.cost.ratio import LEAST, MOST, START, Ratios
from bridge.harness.values.usage import Part, Spent, Usage


def call(model: str, size: int, tokens: int | None) -> Spent:
    """A call that sent so many bytes, in two parts."""
    parts = (Part("tools", size // 2), Part("person", size - size // 2))
    return Spent(model, None if tokens is None else Usage(tokens), None, parts=parts)


def test_before_the_first_call_it_is_four_bytes_and_tokens_round_up() -> None:
    ratios = Ratios()
    assert ratios.of("gpt") == START
    assert [ratios.tokens("gpt", size) for size in (0, 1, 4, 5, 4_000)] == [0, 1, 1, 2, 1_000]


def test_the_first_call_replaces_the_guess_and_later_ones_weigh_half() -> None:
    ratios = Ratios()
    ratios.learn(call("gpt", 3_000, 1_000))
    assert ratios.of("gpt") == pytest.approx(3.0)
    ratios.learn(call("gpt", 5_000, 1_000))
    assert ratios.of("gpt") == pytest.approx(4.0)
    assert ratios.tokens("gpt", 400) == 100


def test_each_model_has_its_own_and_snapshots_share_one() -> None:
    ratios = Ratios()
    ratios.learn(call("gpt-5.4-2026-03-05", 2_000, 1_000))
    assert [ratios.of(name) for name in ("gpt-5.4", "openai/gpt-5.4", "gpt-5.5")] == [2.0, 2.0, START]


@pytest.mark.parametrize("spent", [call("gpt", 100, None), call("gpt", 100, 0), call("gpt", 0, 100)])
def test_a_call_that_says_nothing_teaches_nothing(spent: Spent) -> None:
    ratios = Ratios()
    ratios.learn(spent)
    assert ratios.of("gpt") == START


@given(st.lists(st.tuples(st.integers(0, 10**9), st.none() | st.integers(0, 10**7)), max_size=20))
def test_it_stays_within_what_text_can_be(calls: list[tuple[int, int | None]]) -> None:
    ratios = Ratios()
    for size, tokens in calls:
        ratios.learn(call("gpt", size, tokens))
    assert LEAST <= ratios.of("gpt") <= MOST
