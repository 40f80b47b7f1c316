"""Positions in editors' units, and places that move while a person types."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.spans import (
    Encoding,
    LineIndex,
    Moved,
    Overlapped,
    Tracked,
    apply_step,
    refine,
    shift,
    track,
    transition,
)
from bridge.harness.workspace.text import split_lines

TEXT = "one\ntwo\nthree\nfour\n"
TWO = (4, 8)


def moved(text: str, span: tuple[int, int], *changes: TextChange) -> Moved | Overlapped:
    return shift(*span, transition(text, changes))


@pytest.mark.parametrize(
    ("encoding", "character", "offset"),
    [("utf-8", 4, 1), ("utf-16", 2, 1), ("utf-32", 1, 1), ("utf-8", 3, 0), ("utf-16", 1, 0), ("utf-16", 99, 3)],
)
def test_a_position_counts_in_the_editors_units_and_is_clamped(encoding: Encoding, character: int, offset: int) -> None:
    assert LineIndex("😀aé\r\nx").offset(0, character, encoding) == offset


def test_a_position_past_the_text_is_its_end_and_one_past_a_line_is_before_its_line_end() -> None:
    index = LineIndex("ab\r\nc")
    assert (index.offset(7, 0, "utf-16"), index.offset(0, 4, "utf-16")) == (5, 2)
    assert (index.position(3, "utf-16"), index.position(99, "utf-16")) == ((0, 2), (1, 1))


def test_one_column_past_a_line_is_behind_its_carriage_return_as_neovim_counts_in_mixed_files() -> None:
    index = LineIndex("ab\r\nc\n")
    assert (index.offset(0, 3, "utf-16"), index.offset(1, 2, "utf-16")) == (3, 5)


@given(st.text("aé😀\n\r", max_size=30), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_and_offsets_are_inverse_but_inside_line_ends(text: str, encoding: Encoding) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        if text[max(offset - 1, 0) : offset + 1] != "\r\n":
            assert index.offset(*index.position(offset, encoding), encoding) == offset


@given(st.lists(st.sampled_from(["a\n", "\n", "bc\r\n"]), max_size=8), st.sampled_from(["", "end"]))
def test_line_spans_and_offsets_are_inverse(lines: list[str], last: str) -> None:
    text = "".join(lines) + last
    index, count = LineIndex(text), len(split_lines(text))
    for start in range(count + 1):
        for end in range(start, count + 1):
            assert index.lines(*index.offsets(Span(start, end))) in (Span(start, end), Span(len(lines), len(lines)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (TextChange(0, 0, "new\n"), Moved(8, 12)),
        (TextChange(4, 4, "new\n"), Moved(8, 12)),
        (TextChange(8, 8, "new\n"), Moved(4, 8)),
        (TextChange(0, 4, ""), Moved(0, 4)),
        (TextChange(8, 14, "3\n"), Moved(4, 8)),
        (TextChange(3, 3, "\n"), Moved(5, 9)),
        (TextChange(4, 4, "x"), Overlapped(4, 9)),
        (TextChange(5, 6, ""), Overlapped(4, 7)),
        (TextChange(3, 4, ""), Overlapped(0, 7)),
        (TextChange(7, 8, ""), Overlapped(4, 7)),
    ],
)
def test_touching_is_not_overlapping_but_typing_in_the_lines_is(
    change: TextChange, expected: Moved | Overlapped
) -> None:
    assert moved(TEXT, TWO, change) == expected


def test_two_insertions_at_one_point_overlap_and_a_change_beside_one_does_not() -> None:
    assert isinstance(moved(TEXT, (4, 4), TextChange(4, 4, "new\n")), Overlapped)
    assert moved(TEXT, (4, 4), TextChange(0, 4, "1\n")) == Moved(2, 2)
    assert moved(TEXT, (4, 4), TextChange(4, 8, "2\n")) == Moved(4, 4)
    assert isinstance(moved(TEXT, (4, 4), TextChange(0, 8, "x\n")), Overlapped)


def test_one_coarse_change_around_a_hunk_is_refined_to_what_was_typed() -> None:
    coarse = TextChange(0, len(TEXT), "ONE\nzero\ntwo\nthree\nfour!\n")
    assert moved(TEXT, TWO, coarse) == Moved(9, 13)
    assert moved(TEXT, TWO, TextChange(0, 14, "one\ntwO\nthree\n")) == Overlapped(4, 8)


def test_an_insertion_stays_where_the_editor_says_among_equal_lines() -> None:
    assert moved("x\nx\n", (2, 4), TextChange(0, 0, "x\n")) == Moved(4, 6)


@settings(max_examples=200)
@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_a_refined_change_makes_the_same_text(text: str, new: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    step = list(refine(text, TextChange(start, end, new)))
    assert apply_step(text, step) == text[:start] + new + text[end:]
    assert all(a.end <= b.start for a, b in itertools.pairwise(step))


@given(st.integers(0, 10**9))
def test_a_moved_span_holds_the_text_that_it_held(seed: int) -> None:
    rng = random.Random(seed)
    lines = [f"l{n}\n" for n in range(12)]
    text, index = "".join(lines), LineIndex("".join(lines))
    start, end = index.offsets(Span(*sorted(rng.sample(range(13), 2))))
    changes, now = [], text
    for number in range(rng.randrange(1, 5)):
        at, to = sorted(rng.choices(range(len(now) + 1), k=2))
        changes.append(TextChange(at, min(to, at + 6), rng.choice(["", "n", f"new{number}\n", now[at:to] + "\nq"])))
        now = apply_step(now, changes[-1:])
    result = transition(text, changes)
    assert result.after == now
    place = shift(start, end, result)
    if isinstance(place, Moved):
        assert now[place.start : place.end] == text[start:end]


@pytest.mark.parametrize(
    "damage",
    [
        TextChange(5, 6, "W"),
        TextChange(4, 8, ""),
        TextChange(4, 4, "x"),
        TextChange(3, 4, ""),
        TextChange(7, 8, ""),
        TextChange(0, 19, "all\ngone\n"),
        TextChange(2, 10, "\n"),
    ],
)
def test_a_damaged_place_is_whole_again_when_the_person_undoes_it(damage: TextChange) -> None:
    old = TEXT[slice(*TWO)]
    done = transition(TEXT, [damage])
    tracked = track(Tracked(*TWO), done, old)
    assert tracked.damaged
    undo = TextChange(damage.start, damage.start + len(damage.text), TEXT[damage.start : damage.end])
    above = transition(done.after, [undo, TextChange(0, 0, "above\n")])
    assert track(tracked, above, old) == Tracked(10, 14)


def test_a_damaged_place_stays_so_while_the_old_text_stands_twice_or_not_as_whole_lines() -> None:
    done = transition(TEXT, [TextChange(4, 8, "")])
    tracked = track(Tracked(*TWO), done, "two\n")
    for wrong in ("two\ntwo\n", "xtwo\n", "tw\n"):
        assert track(tracked, transition(done.after, [TextChange(4, 4, wrong)]), "two\n").damaged


def test_a_place_between_lines_is_whole_again_when_nothing_else_stands_there() -> None:
    typed = transition(TEXT, [TextChange(4, 4, "new\n")])
    tracked = track(Tracked(4, 4), typed, "")
    assert tracked == Tracked(4, 8, damaged=True)
    assert track(tracked, transition(typed.after, [TextChange(4, 8, "")]), "") == Tracked(4, 4)
