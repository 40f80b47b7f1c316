"""How hunks are put before a person: nothing hidden, nothing endless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.app.wording import PREVIEW_LINES, PREVIEW_WIDTH, message, name, preview, summary, visible
from bridge.harness.values.proposals import Actor, Decision
from tests.surfaces.lsp.review_fakes import a_hunk, decided, stale


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain\n", "plain"),
        ("a\tb\r\n", "a\tb"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\x07b\x00c\x7fd\x9be", "a\\x07b\\x00c\\x7fd\\x9be"),
        ("over\rwritten", "over\\rwritten"),
        ("if admin\u202e\u2066// no\u2069", "if admin\\u202e\\u2066// no\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\x85d"),
        ("no\u00a0break", "no\\xa0break"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half \ud83d", "half \\ud83d"),
        ("grüße, 世界 \N{GRINNING FACE}", "grüße, 世界 \N{GRINNING FACE}"),
    ],
)
def test_what_would_not_be_seen_or_would_be_an_order_is_escaped(line: str, shown: str) -> None:
    assert visible(line) == shown


@given(st.text())
def test_no_control_format_or_separator_character_comes_through(text: str) -> None:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [c for c in visible(text) if unicodedata.category(c) in hidden and c != "\t"]


def test_a_hunk_is_shown_as_lines_that_go_and_lines_that_come() -> None:
    assert preview(a_hunk("h", 0, "one\ntwo\n", "uno\n")) == "- one\n- two\n+ uno"


def test_a_long_line_and_a_long_hunk_are_cut_and_say_so() -> None:
    shown = preview(a_hunk("h", 0, "x" * 1_000_000 + "\n", "y\n" * 1_000)).split("\n")
    assert shown[0] == "- " + "x" * PREVIEW_WIDTH + " …"
    assert len(shown) == PREVIEW_LINES + 1
    assert shown[-1] == f"… {1_001 - PREVIEW_LINES} lines more"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "a\n", "add 1 line"),
        ("", "a\nb\n", "add 2 lines"),
        ("a\n", "", "remove 1 line"),
        ("a\n", "b\n", "change 1 line"),
        ("a\nb\n", "c\nd\n", "change 2 lines"),
        ("a\n", "b\nc\n", "replace 1 line with 2"),
        ("a", "b", "change 1 line"),
    ],
)
def test_a_hunk_is_summed_up_by_its_lines(old: str, new: str, words: str) -> None:
    assert summary(a_hunk("h", 0, old, new)) == words


def test_whole_files_are_summed_up_by_what_becomes_of_them() -> None:
    assert summary(a_hunk("h", 0, "", "a\nb\n", op="create")) == "new file, 2 lines"
    assert summary(a_hunk("h", 0, "a\n", "", op="delete")) == "delete the file"
    assert summary(a_hunk("h", 0, "", "", op="move")) == "move the file"


def test_a_message_says_what_for_and_how_the_hunk_stands() -> None:
    view = a_hunk("h", 0)
    assert name(view) == "hunk 1/1"
    assert message(view) == "Edit a.py: hunk 1/1, change 1 line\n- old\n+ new"
    assert message(stale(view)).startswith("Edit a.py: hunk 1/1 no longer fits: the text changed here\n")
    accepted = decided(view, Decision("accepted", Actor("person", "editor")))
    assert message(accepted) == "Edit a.py: hunk 1/1 is being applied"


@pytest.mark.parametrize("hidden", ["\u115f", "\u3164", "\uffa0", "\U000e0100", "\u202e", "\u200b", "\x1b"])
def test_what_hides_in_a_line_is_escaped(hidden: str) -> None:
    shown = visible(f"a{hidden}b")
    assert hidden not in shown
    assert shown.startswith("a\\")
