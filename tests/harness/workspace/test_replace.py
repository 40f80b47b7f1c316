"""Exact replacement, and what a refusal tells the model."""

import pytest

from bridge.harness.errors import EditMismatch
from bridge.harness.values.text import Edit
from bridge.harness.workspace.replace import apply_edits
from bridge.harness.workspace.text import form_of


def apply(text: str, *edits: tuple[str, str] | Edit) -> str:
    return apply_edits(text, [e if isinstance(e, Edit) else Edit(*e) for e in edits], form_of(text))


def refusal(text: str, *edits: tuple[str, str] | Edit) -> EditMismatch:
    with pytest.raises(EditMismatch) as refused:
        apply(text, *edits)
    return refused.value


@pytest.mark.parametrize(
    ("text", "old", "new", "after"),
    [
        ("a\r\nb\r\nc\r\n", "a\nb\n", "x\ny\nz\n", "x\r\ny\r\nz\r\nc\r\n"),
        ("a\r\nb\r\n", "a\r\nb", "x", "x\r\n"),
        ("a\nb\n", "b", "x\r\ny", "a\nx\ny\n"),
        ("a\nb", "a", "A", "A\nb"),
        ("a\nb", "b", "b\nc\n", "a\nb\nc\n"),
        # Mixed: kept lines keep their end, new ones take that of the line they replace, else of the one before.
        ("a\r\nb\nc\r\n", "a\nb\nc\n", "a\nX\nY\nc\n", "a\r\nX\nY\nc\r\n"),
        ("a\r\nb\nc\r\n", "b\n", "b\nx\n", "a\r\nb\nx\nc\r\n"),
        ("a\r\nb\nc\r\n", "c", "x\nc", "a\r\nb\nx\r\nc\r\n"),
        ("a\nb\r\nc", "c", "c\nd", "a\nb\r\nc\r\nd"),
        ("a\nb\r\n", "a\n", "", "b\r\n"),
    ],
)
def test_the_files_own_line_ends_are_matched_and_written(text: str, old: str, new: str, after: str) -> None:
    assert apply(text, (old, new)) == after


def test_each_edit_is_made_on_the_result_of_the_one_before() -> None:
    assert apply("one\n", ("one", "two"), ("two", "three")) == "three\n"


def test_all_places_are_replaced_only_when_asked() -> None:
    assert apply("a a\r\na\r\n", Edit("a", "b\n", replace_all=True)) == "b\r\n b\r\n\r\nb\r\n\r\n"
    assert apply("aaa", Edit("aa", "b", replace_all=True)) == "ba"


def test_an_ambiguous_text_is_refused_with_count_and_lines() -> None:
    refused = refusal("x = 1\ny = 2\nx = 1\n", ("x = 1", "x = 2"))
    assert (refused.reason, refused.count, refused.lines) == ("ambiguous", 2, (1, 3))
    assert "2 places, at lines 1, 3" in refused.message
    assert refusal("aaa", ("aa", "b")).count == 2


@pytest.mark.parametrize("edits", [[("a", "a")], [("a\r\n", "a\n")], [("a", "b"), ("b", "a")]])
def test_an_edit_that_changes_nothing_is_refused(edits: list[tuple[str, str]]) -> None:
    assert refusal("a\n", *edits).reason == "no_change"


def test_the_failing_edit_is_named_among_several() -> None:
    assert refusal("a b\n", ("a", "A"), ("zzz", "Z")).message.startswith("Edit 2 of 2: ")


@pytest.mark.parametrize(
    ("text", "old", "quoted"),
    [
        ("def f():\n\treturn 1\n", "def f():\n    return 1\n", "1: def f():\n2: \treturn 1"),
        ("  abc\n", "abc\n  ", "1:   abc"),
        ("cafe\u0301\n", "café", "1: cafe\u0301"),
    ],
)
def test_a_near_miss_is_refused_and_shows_the_lines_as_they_stand(text: str, old: str, quoted: str) -> None:
    refused = refusal(text, (old, "x"))
    assert refused.reason == "not_found"
    assert "only in white space or Unicode form" in refused.message
    assert quoted in refused.message


def test_a_wrong_text_shows_the_nearest_lines() -> None:
    text = "import os\n\ndef compute_total(items):\n    return sum(items)\n"
    assert "3: def compute_total(items):" in refusal(text, ("def compute_total(item):\n    pass\n", "")).message
    assert "nor anything like it" in refusal(text, ("class Zebra: ...", "")).message


@pytest.mark.parametrize("old", ["", " \n"])
def test_a_text_that_names_no_place_is_refused(old: str) -> None:
    assert refusal("a\n", (old, "b")).reason == "not_found"
