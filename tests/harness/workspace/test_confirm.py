"""What became of an edit, read from the text that stands."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.confirm import confirm, heal
from bridge.harness.workspace.diff import shortest_diff
from bridge.harness.workspace.spans import LineIndex, apply_step
from bridge.harness.workspace.text import split_lines

BEFORE = "".join(f"line {n}\n" for n in range(10))


class LineEdit(NamedTuple):
    """Lines [start, end) become `lines`; `typed` by the person, else by the agent's hunk."""

    start: int
    end: int
    lines: list[str]
    typed: bool


def changes(text: str, edits: Sequence[LineEdit]) -> list[TextChange]:
    index = LineIndex(text)
    return [TextChange(*index.offsets(Span(edit.start, edit.end)), "".join(edit.lines)) for edit in edits]


HUNKS = changes(BEFORE, [LineEdit(2, 3, ["two\n"], False), LineEdit(6, 6, ["six and a half\n"], False)])
AFTER = apply_step(BEFORE, HUNKS)


def test_the_text_with_or_without_the_edit_is_known_at_once() -> None:
    assert confirm(BEFORE, HUNKS, AFTER) == ("present", "present")
    assert confirm(BEFORE, HUNKS, BEFORE) == ("absent", "absent")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_final_newline_added_by_the_editor_is_not_a_change(end: str) -> None:
    before, hunk = "a\nb\nc", [TextChange(0, 2, "A\n")]
    assert confirm(before, hunk, "A\nb\nc" + end) == ("present",)
    assert confirm(before, hunk, "a\nb\nc" + end) == ("absent",)


def test_typing_elsewhere_in_the_same_moment_does_not_hide_the_edit() -> None:
    typed = "top\n" + AFTER.replace("line 9", "line nine")
    assert confirm(BEFORE, HUNKS, typed) == ("present", "present")
    assert confirm(BEFORE, HUNKS, "top\n" + BEFORE) == ("absent", "absent")


def test_each_hunk_is_judged_by_itself() -> None:
    assert confirm(BEFORE, HUNKS, AFTER.replace("two\n", "two!\n")) == ("unverified", "present")
    assert confirm(BEFORE, HUNKS, BEFORE.replace("line 2\n", "line 2!\n")) == ("unverified", "absent")


@pytest.mark.parametrize("above", [1, 2, 5])
def test_an_edit_on_the_wrong_line_is_neither_present_nor_absent(above: int) -> None:
    moved = [f"typed {n}\n" for n in range(above)] + split_lines(BEFORE)
    moved[5:6] = ["five\n"]
    hunk = changes(BEFORE, [LineEdit(5, 6, ["five\n"], False)])
    assert confirm(BEFORE, hunk, "".join(moved)) == ("unverified",)


def random_lines(rng: random.Random, alphabet: Sequence[str], run: int) -> list[str]:
    size, lines = rng.randrange(5, 120), list[str]()
    while len(lines) < size:
        lines += [rng.choice(alphabet)] * rng.choice([1, 1, 1, 2, 3, run])
    return lines[:size]


def random_edits(rng: random.Random, lines: Sequence[str], alphabet: Sequence[str]) -> list[LineEdit]:
    hunks, typing = rng.randrange(1, 4), rng.randrange(1, 4)
    points = sorted(rng.sample(range(len(lines) + 1), min(len(lines) + 1, 2 * (hunks + typing))))
    kinds = [False] * hunks + [True] * typing
    rng.shuffle(kinds)
    edits = []
    for start, stop, typed in zip(points[::2], points[1::2], kinds, strict=False):
        end = min(stop, start + rng.randrange(4))
        old, new = list(lines[start:end]), list[str]()
        for _ in range(rng.randrange(4)):
            new.append(rng.choice(alphabet) if rng.random() < 0.6 else f"x{rng.randrange(1000)}\n")
        if new != old and not (new and old and (new[0] == old[0] or new[-1] == old[-1])):
            edits.append(LineEdit(start, end, new, typed))
    return edits


def typing_needed(before: str, after: str) -> int:
    found = shortest_diff(split_lines(before), split_lines(after))
    return sum((c.a.end - c.a.start) + (c.b.end - c.b.start) for c in found)


THREE_LINES = ["a\n", "b\n", "c\n"]
MANY_LINES = [f"line {n}\n" for n in range(200)]


@pytest.mark.parametrize(
    ("alphabet", "run", "share"),
    [
        pytest.param(THREE_LINES, 50, 0.5, id="three lines, runs of 50"),
        pytest.param(THREE_LINES, 3, 0.1, id="three lines"),
        pytest.param(MANY_LINES, 3, 0.03, id="many lines"),
    ],
)
def test_among_repeated_lines_the_answer_is_right_or_withheld(alphabet: list[str], run: int, share: float) -> None:
    """Wrong is an answer against the truth, unless the other reading explains the text with no more typing: then the
    person has typed the very edit, or taken it back, and no reader of the text could know.
    """
    rng, seen = random.Random(20), Counter[str]()
    for _ in range(700):
        lines = random_lines(rng, alphabet, run)
        before, edits = "".join(lines), random_edits(rng, lines, alphabet)
        hunks = changes(before, [edit for edit in edits if not edit.typed])
        with_edit = apply_step(before, hunks)
        texts = {
            "present": apply_step(before, changes(before, edits)),
            "absent": apply_step(before, changes(before, [edit for edit in edits if edit.typed])),
        }
        for truth, text in texts.items():
            needed = {"present": typing_needed(with_edit, text), "absent": typing_needed(before, text)}
            for finding in confirm(before, hunks, text):
                mimic = finding not in (truth, "unverified") and needed[finding] <= needed[truth]
                seen["mimic" if mimic else "right" if finding == truth else finding] += 1
    total = seen.total()
    print(f"unverified {seen['unverified'] / total:.1%}, mimicked {seen['mimic'] / total:.2%} of {total}")  # noqa: T201
    assert seen["present"] == seen["absent"] == 0
    assert seen["unverified"] <= share * total
    assert seen["mimic"] <= 0.01 * total


def misplaced(before: str, edits: Sequence[LineEdit]) -> tuple[str, str]:
    """(the typed text with the hunks at their old line numbers, as Neovim does at version 0; what should stand)."""
    lines = split_lines(apply_step(before, changes(before, [edit for edit in edits if edit.typed])))
    for edit in reversed([edit for edit in edits if not edit.typed]):
        lines[edit.start : edit.end] = edit.lines
    return "".join(lines), apply_step(before, changes(before, edits))


HUNK = LineEdit(5, 6, ["five\n"], False)


@pytest.mark.parametrize(
    "typed",
    [
        LineEdit(0, 0, ["new\n"], True),
        LineEdit(1, 1, ["new\n", "newer\n"], True),
        LineEdit(0, 2, [], True),
        LineEdit(2, 3, [], True),
        LineEdit(8, 8, ["new\n"], True),
        LineEdit(8, 10, [], True),
    ],
)
def test_an_edit_at_old_line_numbers_is_healed(typed: LineEdit) -> None:
    edits = sorted([HUNK, typed])
    observed, wanted = misplaced(BEFORE, edits)
    assert heal(BEFORE, changes(BEFORE, [HUNK]), observed) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(LineEdit(4, 4, ["new\n", "newer\n"], True), id="typed lines were overwritten"),
        pytest.param(LineEdit(6, 6, ["new\n"], True), id="typed right below: nothing tells how far the edit reached"),
        pytest.param(LineEdit(0, 6, [], True), id="the text is too short now: the edit went to its end"),
    ],
)
def test_what_cannot_be_known_is_not_healed(typed: LineEdit) -> None:
    lines = split_lines(apply_step(BEFORE, changes(BEFORE, [typed])))
    lines[5:6] = HUNK.lines
    assert heal(BEFORE, changes(BEFORE, [HUNK]), "".join(lines)) is None


def test_text_without_the_edit_is_not_healed() -> None:
    assert heal(BEFORE, changes(BEFORE, [HUNK]), BEFORE) is None
    assert heal(BEFORE, changes(BEFORE, [HUNK]), "line 0\n") is None


@pytest.mark.parametrize(("alphabet", "run"), [(THREE_LINES, 50), (THREE_LINES, 3), (MANY_LINES, 1)])
def test_a_healed_text_is_never_a_wrong_one(alphabet: list[str], run: int) -> None:
    rng, seen = random.Random(3), Counter[str]()
    for _ in range(700):
        lines = random_lines(rng, alphabet, run)
        edits = [whole_lines(rng, edit) if edit.typed else edit for edit in random_edits(rng, lines, alphabet)]
        hunks = changes("".join(lines), [edit for edit in edits if not edit.typed])
        observed, wanted = misplaced("".join(lines), edits)
        healed = heal("".join(lines), hunks, observed)
        seen["none" if healed is None else "right" if healed == wanted else "wrong"] += 1
    print(f"healed {seen['right']}, left alone {seen['none']}")  # noqa: T201
    assert seen["wrong"] == 0
    assert seen["right"] > 0


def whole_lines(rng: random.Random, edit: LineEdit) -> LineEdit:
    """Typing as heal expects it: lines inserted, or lines deleted, not one put in the place of another."""
    return edit._replace(lines=[]) if rng.random() < 0.5 else edit._replace(end=edit.start)
