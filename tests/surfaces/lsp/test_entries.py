"""What can be asked of the agent from a selection and from others' diagnostics."""

import json
from typing import Any

import pytest

from bridge.harness.ids import Uri
from bridge.harness.session.transcript import user_message
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import PromptContext
from bridge.harness.workspace.views import HunkView
from bridge.protocol.commands import BY_NAME, AskHereCommand, PromptCommand, parse_arguments
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.params import CodeAction
from bridge.surfaces.lsp.review.entries import (
    ASKS,
    MESSAGE_LIMIT,
    MOST_FIXES,
    entries,
    instructions,
    on_instructions,
)
from bridge.surfaces.lsp.review.menu import TITLE_LIMIT
from bridge.surfaces.lsp.review.where import MOST_OPEN, place, whole_lines
from tests.surfaces.lsp.review_fakes import SESSION, SHOWS_HUNKS, URI, a_hunk, connected, kept

Json = dict[str, Any]
WIDTH = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def with_text(text: str, encoding: str = "utf-16") -> Context:
    """A connection whose client counts so, with one document open."""
    context, _, _ = connected(capabilities={"general": {"positionEncodings": [encoding]}})
    context.documents.opened(OpenDocument(URI, 1, text, "python"))
    return context


def span(first: int, column: int, last: int, end: int) -> Json:
    return {"start": {"line": first, "character": column}, "end": {"line": last, "character": end}}


def diagnostic(message: object = "undefined name 'x'", **more: object) -> Json:
    return {"range": span(3, 4, 3, 5), "severity": 1, "source": "pyflakes", "code": "F821", "message": message} | more


def offered(*diagnostics: Json, range_: Json | None = None, context: Context | None = None) -> list[Json]:
    asked = CodeAction.parse(
        {
            "textDocument": {"uri": URI},
            "range": range_ or span(3, 0, 3, 0),
            "context": {"diagnostics": list(diagnostics)},
        }
    )
    found = list(entries(context or connected()[0], URI, asked))
    for one in found:
        parse_arguments(BY_NAME[one["command"]["command"]], one["command"]["arguments"])
    return found


def argument(action: Json) -> Json:
    found: Json = action["command"]["arguments"][0]
    return found


def test_where_nothing_is_selected_and_nothing_is_wrong_there_is_nothing() -> None:
    assert offered() == []


def test_a_selection_can_be_asked_about() -> None:
    selection = span(2, 0, 5, 3)
    (action,) = offered(range_=selection)
    assert (action["title"], action["kind"]) == ("Ask agent…", "refactor")
    assert action["command"]["command"] == "harness.askHere"
    assert argument(action) == {"uri": URI, "range": selection}


def test_in_a_document_that_only_we_have_nothing_is_asked() -> None:
    context, _, _ = connected()
    ours = Uri("harness:/proposal/h/a.py")
    context.documents.opened(OpenDocument(ours, 1, "# agent: do it\n", "python"))
    everything = {"textDocument": {"uri": ours}, "range": span(0, 0, 1, 0), "context": {"diagnostics": [diagnostic()]}}
    assert list(entries(context, ours, CodeAction.parse(everything))) == []
    assert instructions(context, ours) == []


def test_the_client_is_given_its_own_spelling_of_the_uri() -> None:
    context, _, _ = connected()
    context.editor.spell(URI, "file:///w/a%2epy")
    found = offered(diagnostic(), range_=span(2, 0, 5, 3), context=context)
    assert [argument(action)["uri"] for action in found] == ["file:///w/a%2epy"] * 2


def test_a_diagnostic_of_another_source_can_be_fixed() -> None:
    (action,) = offered(diagnostic())
    assert (action["title"], action["kind"]) == ("Fix with agent: undefined name 'x'", "quickfix")
    assert action["command"]["command"] == "harness.prompt"
    text = "Fix this diagnostic: undefined name 'x' (pyflakes F821)"
    assert argument(action) == {"text": text, "uri": URI, "line": 3, "endLine": 3}


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (diagnostic(source=None, code=None), "undefined name 'x'"),
        (diagnostic(source=None), "undefined name 'x' (F821)"),
        (diagnostic(code=None), "undefined name 'x' (pyflakes)"),
        (diagnostic(code=7027), "undefined name 'x' (pyflakes 7027)"),
        (diagnostic(code={"value": "F821"}), "undefined name 'x' (pyflakes)"),
        (diagnostic({"kind": "markdown", "value": "no `x` here"}), "no `x` here (pyflakes F821)"),
        (diagnostic("first\n  second\n"), "first\\n  second (pyflakes F821)"),
        (diagnostic("a\u202eb\x1b[2J", source="l\nint"), "a\\u202eb\\x1b[2J (l\\nint F821)"),
    ],
)
def test_what_the_agent_is_told_of_it_is_one_line_in_which_all_can_be_seen(told: Json, text: str) -> None:
    (action,) = offered(told)
    assert argument(action)["text"] == f"Fix this diagnostic: {text}"


def test_a_long_message_is_cut_in_the_title_and_a_very_long_one_in_the_prompt() -> None:
    (action,) = offered(diagnostic("x" * 100_000, source=None, code=None))
    assert action["title"] == f"Fix with agent: {'x' * (TITLE_LIMIT - 1)}…"
    assert argument(action)["text"] == f"Fix this diagnostic: {'x' * (MESSAGE_LIMIT - 1)}…"


@pytest.mark.parametrize("told", [diagnostic(source="harness"), diagnostic(""), diagnostic(" \n")])
def test_our_own_diagnostics_and_empty_ones_have_no_fix(told: Json) -> None:
    assert offered(told) == []


def test_a_diagnostic_without_a_place_is_of_where_the_client_asks() -> None:
    (action,) = offered(diagnostic(range=None), range_=span(8, 2, 8, 2))
    assert (argument(action)["line"], argument(action)["endLine"]) == (8, 8)


def test_many_diagnostics_have_the_first_ones_entries() -> None:
    assert len(offered(*[diagnostic(f"number {n}") for n in range(500)])) == MOST_FIXES


def test_while_the_agent_works_nothing_else_is_asked() -> None:
    context, runtime, _ = connected()
    context.current = runtime.session(SESSION)
    assert len(offered(diagnostic(), range_=span(2, 0, 5, 3), context=context)) == 2
    runtime.turn = object()
    assert offered(diagnostic(), range_=span(2, 0, 5, 3), context=context) == []


@pytest.mark.parametrize(("ours", "titles"), [(False, []), (True, ["Ask agent…"])])
def test_a_model_without_free_words_is_asked_only_where_there_is_a_box_to_type_in(
    ours: bool, titles: list[str]
) -> None:
    context, runtime, _ = connected(capabilities=SHOWS_HUNKS if ours else None)
    runtime.free_words = False
    found = offered(diagnostic(), range_=span(2, 0, 5, 3), context=context)
    assert [action["title"] for action in found] == titles


@pytest.mark.parametrize(
    ("views", "waits"),
    [
        ([a_hunk("h", 1)], "1 change in a.py"),
        ([a_hunk("h", 1), a_hunk("i", 4)], "2 changes in a.py"),
        ([a_hunk("h", 1), a_hunk("i", 4, uri=Uri("file:///w/b.py"))], "2 changes in 2 files"),
    ],
)
def test_an_agent_that_waits_for_the_person_says_so_and_there_is_a_way_to_what_waits(
    views: list[HunkView], waits: str
) -> None:
    context, runtime, _ = connected(views, SHOWS_HUNKS)
    context.current = runtime.session(SESSION)
    runtime.turn = object()
    following, stop = on_instructions(context, URI, [], 3, 3)
    assert (following["title"], following["kind"], argument(following)) == (
        "Next hunk",
        "refactor",
        {"uri": URI, "line": 3},
    )
    assert stop["title"] == f"Stop the agent (it waits for you: {waits})"
    assert (stop["command"]["command"], argument(stop)) == ("harness.cancel", {"sessionId": SESSION})


def test_an_agent_that_goes_on_by_itself_waits_for_nobody() -> None:
    context, runtime, _ = connected([kept(a_hunk("h", 1))], SHOWS_HUNKS)
    context.current = runtime.session(SESSION)
    runtime.turn = object()
    assert [one["title"] for one in on_instructions(context, URI, [], 3, 3)] == ["Stop the agent"]


@pytest.mark.parametrize(
    ("range_", "lines"),
    [
        (span(2, 0, 5, 3), (2, 5)),
        (span(2, 4, 5, 0), (2, 4)),
        (span(2, 4, 2, 9), (2, 2)),
        (span(2, 0, 3, 0), (2, 2)),
        (span(0, 0, 0, 0), (0, 0)),
    ],
)
def test_a_selection_is_told_in_whole_lines(range_: Json, lines: tuple[int, int]) -> None:
    given = AskHereCommand.parse({"uri": URI, "range": range_})
    found = place(connected()[0], URI, given.range)
    assert (found.line, found.end) == (lines if range_["start"] != range_["end"] else (lines[0], None))
    assert (found.column, found.end_column) == (None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_are_told_in_characters_whatever_the_client_counts(encoding: str) -> None:
    def at(line: str, character: int) -> int:
        before = line[:character]
        return len(before.encode(f"{encoding}-le" if encoding != "utf-8" else encoding)) // WIDTH[encoding]

    context = with_text('é = "😀"\r\nb = é + "😀"\r\n', encoding)
    first, second = 'é = "😀"', 'b = é + "😀"'
    whole = AskHereCommand.parse({"uri": URI, "range": span(0, at(first, 4), 1, at(second, 11))})
    assert place(context, URI, whole.range) == PromptContext(URI, 0, 1, 4, 11, (URI,))
    to_line_start = AskHereCommand.parse({"uri": URI, "range": span(0, at(first, 6), 1, 0)})
    assert place(context, URI, to_line_start.range) == PromptContext(URI, 0, 0, 6, 7, (URI,))
    cursor = AskHereCommand.parse({"uri": URI, "range": span(1, at(second, 10), 1, at(second, 10))})
    assert place(context, URI, cursor.range) == PromptContext(URI, 1, None, 10, None, (URI,))


def test_what_is_past_the_text_is_told_as_its_end() -> None:
    context = with_text("a = 1\n")
    far = AskHereCommand.parse({"uri": URI, "range": span(0, 2, 0, 99)})
    assert place(context, URI, far.range) == PromptContext(URI, 0, 0, 2, 5, (URI,))


def test_of_open_documents_those_in_the_workspace_are_told_the_last_ones_of_many() -> None:
    context = with_text("a = 1\n")
    context.folders = Folders({"rootUri": "file:///w"})
    for name in ("harness:/proposal/h/a.py", "untitled:Untitled-1", "file:///elsewhere/secret.py"):
        context.documents.opened(OpenDocument(Uri(name), 1, "", "python"))
    assert whole_lines(context, URI, 2, None) == PromptContext(URI, 2, open=(URI,))
    many = [Uri(f"file:///w/{n}.py") for n in range(MOST_OPEN)]
    for uri in many:
        context.documents.opened(OpenDocument(uri, 1, "", "python"))
    assert whole_lines(context, URI, None, None).open == tuple(many)


def test_a_model_is_told_the_lines_from_one() -> None:
    context = PromptContext(URI, 2, 5)
    told = user_message(ASKS["Simplify"], context)["content"][1]["text"]
    assert told == f'<editor_context>{{"uri": "{URI}", "line": 3, "end": 6}}</editor_context>'


@pytest.mark.parametrize(
    ("context", "told"),
    [
        (PromptContext(URI, 2, 5, 0, 7, (URI,)), {"line": 3, "column": 1, "end": 6, "endColumn": 8, "open": [URI]}),
        (PromptContext(URI, 0, None, 4), {"line": 1, "column": 5}),
        (PromptContext(URI), {}),
    ],
)
def test_a_model_is_told_columns_from_one_and_only_what_is_known(context: PromptContext, told: Json) -> None:
    text = user_message("x", context)["content"][1]["text"]
    assert json.loads(text.removeprefix("<editor_context>").removesuffix("</editor_context>")) == {"uri": URI, **told}


def test_a_prompt_takes_the_lines_of_a_selection() -> None:
    assert PromptCommand.parse({"text": "x", "uri": URI, "line": 2, "endLine": 5}).end_line == 5
