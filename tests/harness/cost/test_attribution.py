"""Shares of a bill add up to it, to the token and to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.cost.attribution import shares, split, split_dollars
from bridge.harness.cost.billing import dollars, tokens_cost
from bridge.harness.values.usage import Part, Price, Spent, Usage
from tests.harness.cost.samples import PRICE, amounts, bills


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (10, [1, 1, 1], (4, 3, 3)),
        (100, [600, 300, 100], (60, 30, 10)),
        (1, [1, 99], (0, 1)),
        (5, [0, 0], (0, 5)),
        (0, [3, 4], (0, 0)),
    ],
)
def test_a_number_is_split_by_largest_remainder(total: int, weights: list[int], expected: tuple[int, ...]) -> None:
    assert split(total, weights) == expected


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=20))
def test_split_numbers_add_up_and_are_next_to_the_exact_share(total: int, weights: list[int]) -> None:
    found = split(total, weights)
    assert sum(found) == total
    if whole := sum(weights):
        for number, weight in zip(found, weights, strict=True):
            assert abs(number * whole - total * weight) < whole


@given(amounts, st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_split_dollars_add_up(total: Decimal, weights: list[int]) -> None:
    found = split_dollars(total, weights)
    assert sum(found) == total
    assert min(found) >= 0


@given(bills())
def test_the_shares_of_a_bill_are_the_bill(spent: Spent) -> None:
    found = shares(spent)
    if spent.usage is None:
        assert found == ()
        return
    assert sum((share.usage for share in found), Usage()) == spent.usage
    if spent.dollars is None:
        assert {share.dollars for share in found} == {None}
    else:
        assert sum(share.dollars for share in found if share.dollars is not None) == spent.dollars
        assert spent.price is not None
        *inputs, output = found
        assert [share.dollars for share in inputs] == [tokens_cost(share.usage, spent.price) for share in inputs]
        assert output.dollars == dollars(output.usage, spent.price)
    for share in found:
        assert share.usage.cached + share.usage.cache_write <= share.usage.input


def test_input_goes_by_bytes_and_output_as_it_was_told() -> None:
    usage = Usage(1_000, 500, 0, 40, 30)
    parts = (Part("instructions", 100), Part("result", 300, "grep"), Part("note", 0))
    instructions, result, output = shares(Spent("gpt", usage, dollars(usage, PRICE), PRICE, parts=parts))
    assert (instructions.usage, result.usage) == (Usage(250, 125), Usage(750, 375))
    assert (instructions.estimated, result.estimated, output.estimated) == (True, True, False)
    assert (result.name, result.tool) == ("result", "grep")
    assert output.usage == Usage(output=40, reasoning=30)
    # 375 fresh and 375 cached tokens at 1.25 and 0.125 dollars a million; 40 tokens at 10 dollars.
    assert result.dollars == Decimal("0.000515625")
    assert output.dollars == Decimal("0.0004")


def test_a_call_without_known_parts_is_not_estimated() -> None:
    found = shares(Spent("gpt", Usage(10, output=2), Decimal("0.01"), PRICE))
    assert [(share.name, share.usage.total, share.estimated) for share in found] == [
        ("input", 10, False),
        ("output", 2, False),
    ]


def test_the_fee_of_the_request_is_with_the_output() -> None:
    usage, price = Usage(10, output=2), Price(Decimal(1), Decimal(1), request=Decimal("0.005"))
    _, output = shares(Spent("gpt", usage, dollars(usage, price), price, parts=(Part("person", 7),)))
    assert output.dollars == Decimal("0.005002")
