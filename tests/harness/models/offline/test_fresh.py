"""Requests, answers and traps as very different people word them: most are understood, none is taken for another."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.harness.models.offline.conversation import Place
from bridge.harness.models.offline.memory import Memory, Option, Question, Renamed, Step
from bridge.harness.models.offline.outputs import Target
from bridge.harness.models.offline.reading import read
from bridge.harness.models.offline.talking import Said, turn
from bridge.harness.models.offline.wishes import Subject, Wish
from tests.harness.models.offline.table import ASKS, edits, rows, told

FRESH = Path(__file__).parent / "fresh_phrasings.txt"
NO_EDIT = "no edit"
LEAST_UNDERSTOOD = 0.9
"""Of the requests. What is missed is asked about, or answered with what can be said."""

CART = Target("shop/cart.py", 4, 5, "method", "Cart.total")
BASKET = Target("shop/basket.py", 9, 5, "method", "Basket.total")
RENAME = Wish("rename", Subject("total"), new="grand_total")
WHICH = Memory(question=Question((Option(CART.name, (RENAME,), CART), Option(BASKET.name, (RENAME,), BASKET))))
PLACE = Place("file:///project/shop/cart.py", 1, 1)


def test_requests_as_different_people_word_them(capsys: pytest.CaptureFixture[str]) -> None:
    table = list(rows(FRESH))
    assert len({prompt for prompt, _ in table}) == len(table)
    clear = [(told(read(prompt)), wanted) for prompt, wanted in table if wanted != NO_EDIT]
    understood = sum(reading == wanted for reading, wanted in clear)
    asked = sum(reading == ASKS for reading, _ in clear)
    wrong = [
        (prompt, told(read(prompt))) for prompt, wanted in table if edits(read(prompt)) and told(read(prompt)) != wanted
    ]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{understood} of {len(clear)} requests understood, {asked} asked about;"
            f" {len(table) - len(clear)} traps, {len(wrong)} wrong edits\n"
        )
    assert wrong == []
    assert understood >= LEAST_UNDERSTOOD * len(clear)


def begun(prompt: str, memory: Memory, place: Place | None = None) -> Step | Said:
    """What a prompt leads to first: a step, or a message at once."""
    plan = turn(prompt, place, memory, "")
    try:
        return next(plan)
    except StopIteration as end:
        said: Said = end.value
        return said


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ("the second one", BASKET),
        ("2", BASKET),
        ("number two... I mean 2", None),
        ("the first please", CART),
        ("1st", CART),
        ("first one, thanks", CART),
        ("the one in shop/cart.py", CART),
        ("basket.py", BASKET),
        ("the last one", BASKET),
        ("Basket.total", BASKET),
        ("the Basket one", BASKET),
        ("take the second", BASKET),
        ("the third one", None),
        ("both", None),
        ("all of them", None),
        ("neither", None),
        ("none of them", None),
        ("not the first", None),
        ("don't use the first", None),
        ("anything but the first", None),
        ("the first and the second", None),
        ("the first, but only in tests", None),
        ("wait", None),
        ("yes", None),
        ("what is the difference?", None),
        ("the method", None),
    ],
)
def test_an_answer_chooses_one_of_two_or_nothing(answer: str, target: Target | None) -> None:
    first = begun(answer, WHICH)
    chosen = first.calls[0] if isinstance(first, Step) else None
    assert (chosen and (chosen[0], chosen[1]["path"])) == (("refactor", target.path) if target else None)


@pytest.mark.parametrize("answer", ["rename price to amount", "rename price to amount instead"])
def test_another_request_is_no_answer(answer: str) -> None:
    first = begun(answer, WHICH)
    assert isinstance(first, Step)
    assert first.calls == (("find_usages", {"symbol": "price"}),)


RENAMED = Memory(
    target=replace(CART, name="Cart.grand_total"), renamed=Renamed("total", replace(CART, name="Cart.grand_total"))
)


@pytest.mark.parametrize(
    ("prompt", "new"),
    [
        ("now rename it back", "total"),
        ("rename it back to what it was", "total"),
        ("rename grand_total back", "total"),
        ("change it back please", "total"),
        ("rename it back to summe", "summe"),
        ("rename price back", None),
        ("change Cart.price back", None),
        ("don't rename it back", None),
        ("why did you rename it back?", None),
    ],
)
def test_only_what_was_renamed_is_renamed_back(prompt: str, new: str | None) -> None:
    first = begun(prompt, RENAMED, PLACE)
    changed = [args for tool, args in first.calls if tool == "refactor"] if isinstance(first, Step) else []
    assert [(args["symbol"], args["new_name"]) for args in changed] == ([("grand_total", new)] if new else [])


def test_another_name_goes_back_when_its_old_one_is_said() -> None:
    first = begun("rename price back to amount", RENAMED, PLACE)
    assert isinstance(first, Step)
    assert first.calls[0][1]["symbol"] == "price"


@pytest.mark.parametrize("prompt", ["never mind", "forget it", "Nothing, thanks"])
def test_a_dismissal_is_taken_as_one(prompt: str) -> None:
    first = begun(prompt, RENAMED)
    assert isinstance(first, Said)
    assert first.text == "Nothing was done."
