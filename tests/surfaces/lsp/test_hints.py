"""Inlay hints: in half a line, what the agent wants, where it wants it."""

from typing import Any

import pytest

from bridge.harness.values.documents import OpenDocument
from bridge.harness.workspace.spans import Encoding
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.hints import inlay_hints
from bridge.surfaces.lsp.review.waiting import MOST_IN_A_FILE
from tests.surfaces.lsp.review_fakes import SHOWS_HUNKS, URI, a_hunk, connected, kept, stale

LAST = 10_000


def shown(view: HunkView, text: str) -> dict[str, Any]:
    context = opened(text, view)
    (hint,) = inlay_hints(context, URI, 0, LAST)
    return hint


def opened(text: str, *views: HunkView) -> Context:
    context, _, _ = connected(views)
    context.documents.opened(OpenDocument(URI, 1, text, "python"))
    return context


@pytest.mark.parametrize(
    ("view", "label"),
    [
        (a_hunk("h", 1, "a\nb\nc\n", "x\ny\n"), "▸ agent: replace 3 lines with 2"),
        (a_hunk("h", 1, "", "x\n"), "▸ agent: add 1 line"),
        (kept(a_hunk("h", 1, "a\n", "b\n")), "▸ agent: change 1 line, keep or undo"),
        (stale(a_hunk("h", 1)), "▸ agent: no longer fits"),
    ],
)
def test_a_hint_says_what_at_the_end_of_the_first_line(view: HunkView, label: str) -> None:
    hint = shown(view, "zero\none one\ntwo\nthree\nfour\n")
    assert (hint["label"], hint["position"]) == (label, {"line": 1, "character": 7})


def test_its_tooltip_is_the_change() -> None:
    assert shown(a_hunk("h", 0, "a\n", "b\x1b\n"), "a\n")["tooltip"] == "- a\n+ b\\x1b"


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 7), ("utf-16", 5), ("utf-32", 4)])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_the_place_counts_in_the_clients_units_and_without_the_line_end(
    encoding: Encoding, character: int, end: str
) -> None:
    context = opened("x\nab\N{GRINNING FACE}c" + end, a_hunk("h", 1))
    context.editor.encoding = encoding
    (hint,) = inlay_hints(context, URI, 0, LAST)
    assert hint["position"] == {"line": 1, "character": character}


@pytest.mark.parametrize(("text", "line"), [("a\nbb\n", 1), ("a\nbb", 1), ("", 0)])
def test_an_insertion_after_the_last_line_is_told_on_a_line_that_is_there(text: str, line: int) -> None:
    assert shown(a_hunk("h", 2, old=""), text)["position"] == {"line": line, "character": 2 * line}


def test_only_what_is_asked_for_is_told() -> None:
    context = opened("old\n" * 20, a_hunk("a", 2), a_hunk("b", 7), a_hunk("c", 12))
    found = [hint["position"]["line"] for hint in inlay_hints(context, URI, 3, 12)]
    assert found == [7, 12]


def test_a_closed_file_a_settled_one_and_a_client_that_shows_hunks_itself_have_none() -> None:
    context, runtime, _ = connected([a_hunk("h", 1)])
    assert inlay_hints(context, URI, 0, LAST) == []
    context = opened("a\n", kept(a_hunk("h", 0), "applying"))
    assert inlay_hints(context, URI, 0, LAST) == []
    context, _, _ = connected(runtime.views, SHOWS_HUNKS)
    context.documents.opened(OpenDocument(URI, 1, "a\nb\n", "python"))
    assert inlay_hints(context, URI, 0, LAST) == []


def test_a_range_full_of_hunks_has_a_bounded_list() -> None:
    context = opened("old\n" * 2000, *(a_hunk(f"h{n}", 2 * n) for n in range(1000)))
    found = inlay_hints(context, URI, 0, LAST)
    assert [hint["position"]["line"] for hint in found] == [2 * n for n in range(MOST_IN_A_FILE)]
