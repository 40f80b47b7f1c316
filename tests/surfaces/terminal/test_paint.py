"""Hunks and questions as lines of a terminal."""

import pytest

from bridge.surfaces.terminal.choices import HUNK_KEYS
from bridge.surfaces.terminal.output import Palette
from bridge.surfaces.terminal.paint import hunk_lines, legend, place, question_lines
from tests.surfaces.terminal.fakes import LINES, ROOT, a_hunk, a_question

PLAIN = Palette(coloured=False)
TEXT = "".join(LINES)


def test_a_hunk_shows_its_place_its_number_and_the_lines_around_it() -> None:
    assert list(hunk_lines(a_hunk(), TEXT, ROOT, PLAIN)) == [
        "── src/a.py:2 · hunk 1/3 · Edit src/a.py",
        "  1  one",
        "- 2  two",
        "+    TWO",
        "  3  three",
        "  4  four",
        "  5  five",
    ]


def test_an_insertion_shows_where_it_goes() -> None:
    lines = list(hunk_lines(a_hunk(oldText="", newText="x\ny\n", line=2), TEXT, ROOT, PLAIN))
    assert lines[1:] == ["  1  one", "  2  two", "+    x", "+    y", "  3  three", "  4  four", "  5  five"]


def test_a_new_file_is_shown_whole_without_context() -> None:
    hunk = a_hunk(op="create", oldText="", newText="a\nb\n", line=0)
    assert list(hunk_lines(hunk, None, ROOT, PLAIN)) == [
        "── src/a.py (new file) · hunk 1/3 · Edit src/a.py",
        "+    a",
        "+    b",
    ]


@pytest.mark.parametrize("text", [None, "quite\nanother\ntext\n", ""])
def test_where_the_old_text_does_not_stand_no_context_is_claimed(text: str | None) -> None:
    assert list(hunk_lines(a_hunk(), text, ROOT, PLAIN))[1:] == ["- 2  two", "+    TWO"]


def test_a_hunk_that_no_longer_fits_says_so() -> None:
    assert "no longer fits" in list(hunk_lines(a_hunk(fit="stale"), TEXT, ROOT, PLAIN))[1]


def test_what_the_tool_says_of_the_lines_stands_above_them() -> None:
    lines = list(hunk_lines(a_hunk(note="in a docstring\x1b[2J"), TEXT, ROOT, PLAIN))
    assert lines[1:3] == ["   note: in a docstring\\x1b[2J", "  1  one"]


def test_old_lines_are_red_and_new_ones_green_and_only_where_colours_are_wanted() -> None:
    lines = list(hunk_lines(a_hunk(), TEXT, ROOT, Palette(coloured=True)))
    assert "\x1b[31m- 2  two\x1b[0m" in lines
    assert "\x1b[32m+    TWO\x1b[0m" in lines
    assert not any("\x1b" in line for line in hunk_lines(a_hunk(), TEXT, ROOT, PLAIN))


@pytest.mark.parametrize("evil", ["\x1b[2J\x1b[H", "\x07", "\x9b31m", "\u202e", "\u200b", "a\rb", "\x00", "\udc80"])
def test_nothing_in_a_file_is_an_order_to_the_terminal(evil: str) -> None:
    hunk = a_hunk(newText=f"x = '{evil}'\n", title=f"Edit {evil}", uri="file:///project/%1B%5B2Ja.py")
    shown = "\n".join(hunk_lines(hunk, f"{evil}\n" + TEXT[4:], ROOT, PLAIN))
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_a_long_line_is_shown_to_its_end() -> None:
    hunk = a_hunk(newText="x" * 5000 + "END\n")
    assert any(line.endswith("END") for line in hunk_lines(hunk, TEXT, ROOT, PLAIN))


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("two\r\n", "two\n", ["- 2  two␍⏎", "+    two⏎"]),
        ("two\n", "two", ["- 2  two⏎", "+    two (no line end)"]),
        ("two\r\n", "TWO\r\n", ["- 2  two", "+    TWO"]),
    ],
)
def test_line_ends_are_shown_where_they_are_part_of_the_change(old: str, new: str, rows: list[str]) -> None:
    assert list(hunk_lines(a_hunk(oldText=old, newText=new), None, ROOT, PLAIN))[1:] == rows


def test_a_file_outside_the_workspace_is_named_in_full() -> None:
    assert place("file:///elsewhere/b.py", ROOT) == "/elsewhere/b.py"
    assert place("untitled:Untitled-1", ROOT) == "untitled:Untitled-1"


def test_a_question_shows_what_it_touches_and_why_it_is_asked() -> None:
    assert list(question_lines(a_question(), PLAIN)) == [
        "── Read ../secret?",
        "   asks because: to read outside the workspace asks",
        "   touches: read /secret",
    ]


def test_the_legend_fits_a_terminal_of_80_columns() -> None:
    text = legend(HUNK_KEYS, PLAIN)
    assert text.startswith("y accept  n reject")
    assert len(text) <= 80
