"""Code lenses: a hunk is decided where it stands, and no document has more of them than a person can look at."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.workspace.views import HunkView
from bridge.protocol.commands import BY_NAME, parse_arguments
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.entries import MOST_INSTRUCTIONS
from bridge.surfaces.lsp.review.lenses import code_lenses
from bridge.surfaces.lsp.review.waiting import MOST_IN_A_FILE
from tests.surfaces.lsp.review_fakes import SESSION, SHOWS_HUNKS, URI, a_hunk, connected, kept, stale


def with_text(context: Context, text: str) -> None:
    context.documents.opened(OpenDocument(URI, 1, text, "python"))


def rows(context: Context, near: int = 0) -> list[tuple[int, str]]:
    """Line and title of each lens, in the order in which an editor shows those of a line."""
    found = code_lenses(context, URI, near)
    places = [(one["range"]["start"]["line"], one["range"]["start"]["character"]) for one in found]
    assert len(set(places)) == len(places)
    assert all(one["range"]["start"] == one["range"]["end"] for one in found)
    ordered = sorted(zip(places, found, strict=True), key=lambda row: row[0])
    return [(place[0], one["command"]["title"]) for place, one in ordered]


def titles(context: Context) -> list[str]:
    return [title for _, title in rows(context)]


def argument(lens: dict[str, Any]) -> Any:
    return lens["command"]["arguments"][0]


def numbered(view: HunkView, index: int, total: int) -> HunkView:
    return replace(view, index=index, total=total)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (a_hunk("h", 3), ["Accept", "Reject", "2/5", "Show"]),
        (kept(a_hunk("h", 3)), ["Keep", "Undo", "2/5", "Show"]),
        (stale(a_hunk("h", 3)), ["Dismiss", "Apply anyway", "2/5", "Show"]),
        (stale(a_hunk("h", 3), "gone"), ["Dismiss", "2/5", "Show"]),
    ],
    ids=["ask", "keep", "stale", "gone"],
)
def test_a_hunk_has_its_decisions_its_number_and_a_look_above_its_first_line(view: HunkView, words: list[str]) -> None:
    context, _, _ = connected([numbered(view, 2, 5)])
    assert rows(context) == [(3, word) for word in words]


def test_each_lens_is_a_published_command_on_its_hunk() -> None:
    context, _, _ = connected([a_hunk("a", 1), stale(a_hunk("b", 3)), kept(a_hunk("c", 5))])
    found = code_lenses(context, URI, 0)
    for lens in found:
        parse_arguments(BY_NAME[lens["command"]["command"]], lens["command"]["arguments"])
    assert [argument(lens)["hunkId"] for lens in found] == ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    assert [lens["command"]["command"] for lens in found[:4]] == [
        "harness.accept",
        "harness.reject",
        "harness.next",
        "harness.show",
    ]
    assert [lens["command"]["command"] for lens in found[4:6]] == ["harness.reject", "harness.applyAnyway"]


def test_what_is_decided_or_waits_for_nobody_has_none() -> None:
    context, _, _ = connected([kept(a_hunk("h", 3), "applying"), a_hunk("new", 0, op="create")])
    assert rows(context) == []


def test_a_client_that_shows_hunks_itself_has_those_of_instructions_alone() -> None:
    context, _, _ = connected([a_hunk("h", 1)], SHOWS_HUNKS)
    with_text(context, "# agent: do it\nold\n")
    assert titles(context) == ["Ask agent: do it"]


@pytest.mark.parametrize(("text", "line"), [("a\nb\n", 1), ("a\nb", 1), ("", 0)])
def test_an_insertion_after_the_last_line_has_its_lenses_on_a_line_that_is_there(text: str, line: int) -> None:
    context, _, _ = connected([a_hunk("h", 2, old="")])
    with_text(context, text)
    assert {place for place, _ in rows(context)} == {line}


def test_two_hunks_on_one_line_have_their_lenses_one_after_the_other() -> None:
    context, _, _ = connected([a_hunk("a", 3, old=""), a_hunk("b", 3)])
    assert rows(context) == [(3, word) for word in ["Accept", "Reject", "1/1", "Show"] * 2]
    assert [argument(lens)["hunkId"] for lens in code_lenses(context, URI, 0)] == ["a"] * 4 + ["b"] * 4


def test_of_too_many_hunks_the_nearest_have_lenses_and_one_says_how_many_there_are_more() -> None:
    context, _, _ = connected([a_hunk(f"h{n}", 2 * n) for n in range(500)])
    found = code_lenses(context, URI, 600)
    more, *rest = found
    assert more["command"]["title"] == "300 more hunks in this file"
    assert more["range"]["start"]["line"] == 0
    assert len(rest) == 4 * MOST_IN_A_FILE
    assert argument(rest[0])["hunkId"] == "h200"
    assert argument(more) == {"hunkId": argument(rest[-1])["hunkId"]}
    assert more["command"]["command"] == "harness.next"


def test_a_lens_stands_on_each_instruction() -> None:
    context, _, _ = connected()
    with_text(context, "x\n# agent: do it\n")
    (lens,) = code_lenses(context, URI, 0)
    assert lens["range"]["start"] == {"line": 1, "character": 0}
    assert lens["command"]["command"] == "harness.prompt"
    assert code_lenses(context, Uri("file:///w/closed.py"), 0) == []


def test_while_the_agent_works_an_instruction_offers_to_stop_it() -> None:
    context, runtime, _ = connected()
    context.current = runtime.session(SESSION)
    with_text(context, "# agent: do it\n")
    assert titles(context) == ["Ask agent: do it"]
    runtime.turn = object()
    assert titles(context) == ["Agent is working — stop"]


def test_a_document_full_of_instructions_has_a_bounded_list() -> None:
    context, _, _ = connected()
    with_text(context, "# agent: do it\n" * 50_000)
    assert len(code_lenses(context, URI, 0)) == MOST_INSTRUCTIONS
