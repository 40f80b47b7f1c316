"""Refactorings as entries of the menus: where they are offered, of which kind, and what they ask."""

from typing import Any

import pytest

from bridge.harness.ids import Uri
from bridge.harness.models.offline.reading import Understood, read
from bridge.harness.values.documents import OpenDocument
from bridge.protocol.commands import BY_NAME, RefactorCommand, Refactoring, parse_arguments
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.handlers.language import Language
from bridge.surfaces.lsp.params import CodeAction
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.review.costs import Costs
from bridge.surfaces.lsp.review.publisher import Publisher
from bridge.surfaces.lsp.review.refactorings import EXTRACTIONS, KINDS, LARGEST_TEXT, OF_A_NAME, PROMPTS, worded
from bridge.surfaces.lsp.review.refresh import Refresher
from bridge.surfaces.lsp.review.shown import Shown
from bridge.surfaces.lsp.review.virtual import VirtualDocuments
from tests.surfaces.lsp.review_fakes import SESSION, SHOWS_HUNKS, connected

Json = dict[str, Any]

SHOP = Uri("file:///w/shop.py")
SCRIPT = Uri("file:///w/shop.ts")
TEXT = """\
import os
from shop import prices

def total(items):
    sum_ = prices.sum_up(items)
    return sum_ * 2

class Basket:
    pass
"""
CODE = "import { sum } from './sum'\nexport function total(items) { return sum(items) }\n"

RENAME = ("Ask agent: Rename `{}`…", "refactor.rewrite")
FUNCTION = ("Ask agent: Extract function", "refactor.extract.function")
VARIABLE = ("Ask agent: Extract variable", "refactor.extract.variable")
INLINE = ("Ask agent: Inline `{}`", "refactor.inline")
IMPORTS = ("Ask agent: Organise imports", "source.organizeImports.harness")
MOVE = ("Ask agent: Move `{}`…", "refactor.move")
SELECTION = ("Ask agent…", "refactor")


def of(row: tuple[str, str], name: str) -> tuple[str, str]:
    return row[0].format(name), row[1]


def editing(capabilities: Json | None = None) -> Context:
    """A client with a Python file and a TypeScript file open."""
    context, _, _ = connected(capabilities=capabilities)
    context.documents.opened(OpenDocument(SHOP, 1, TEXT, "python"))
    context.documents.opened(OpenDocument(SCRIPT, 1, CODE, "typescript"))
    return context


def menu(
    context: Context, uri: Uri, *place: int, only: list[str] | None = None, trigger: int | None = None
) -> list[Json]:
    """The code actions for a cursor (line, character) or a selection (line, character, line, character)."""
    line, character, *end = place
    last, behind = end or (line, character)
    asked: Json = {"diagnostics": []}
    asked |= {"only": only} if only is not None else {}
    asked |= {"triggerKind": trigger} if trigger is not None else {}
    range_ = {"start": {"line": line, "character": character}, "end": {"line": last, "character": behind}}
    documents = VirtualDocuments(context)
    shown = Shown(Publisher(context), Refresher(context, documents), documents)
    params = CodeAction.parse({"textDocument": {"uri": uri}, "range": range_, "context": asked})
    return Language(context, Progress(context), shown, Costs(context)).actions(context, params)


def rows(actions: list[Json]) -> list[tuple[str, str]]:
    for one in actions:
        parse_arguments(BY_NAME[one["command"]["command"]], one["command"]["arguments"])
    return [(one["title"], one["kind"]) for one in actions]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((3, 4), [of(RENAME, "total"), of(INLINE, "total"), of(MOVE, "total")]),
        ((3, 0), [of(MOVE, "total")]),
        ((3, 12), [of(RENAME, "items"), of(MOVE, "total")]),
        ((3, 4, 3, 9), [SELECTION, of(RENAME, "total"), of(INLINE, "total"), of(MOVE, "total")]),
        ((4, 6), [of(RENAME, "sum_"), of(INLINE, "sum_")]),
        ((4, 20), [of(RENAME, "sum_up")]),
        ((5, 5), []),
        ((7, 8), [of(RENAME, "Basket"), of(MOVE, "Basket")]),
        ((4, 0, 5, 0), [SELECTION, FUNCTION]),
        ((5, 11, 5, 19), [SELECTION, FUNCTION, VARIABLE]),
        ((5, 18, 5, 19), [SELECTION, VARIABLE]),
        ((3, 0, 6, 0), [SELECTION]),
        ((0, 8), [of(RENAME, "os"), IMPORTS]),
        ((1, 0, 2, 0), [SELECTION, IMPORTS]),
        ((99, 99), []),
    ],
)
def test_each_entry_stands_where_it_applies(place: tuple[int, ...], expected: list[tuple[str, str]]) -> None:
    assert rows(menu(editing(), SHOP, *place)) == expected


def test_of_other_languages_there_is_what_we_can_do() -> None:
    context = editing()
    assert rows(menu(context, SCRIPT, 1, 17)) == [of(RENAME, "total")]
    assert rows(menu(context, SCRIPT, 0, 0)) == [IMPORTS]
    assert rows(menu(context, SCRIPT, 1, 38, 1, 48)) == [SELECTION]


def test_there_are_none_in_other_files_in_closed_ones_and_in_huge_ones() -> None:
    context = editing()
    context.documents.opened(OpenDocument(Uri("file:///w/a.txt"), 1, TEXT, "text"))
    context.documents.opened(OpenDocument(Uri("file:///w/b.py"), 1, TEXT + "#" * LARGEST_TEXT, "python"))
    for name in ("a.txt", "b.py", "closed.py"):
        assert menu(context, Uri(f"file:///w/{name}"), 3, 4) == []


def test_while_the_agent_works_there_are_none() -> None:
    context, runtime, _ = connected()
    context.documents.opened(OpenDocument(SHOP, 1, TEXT, "python"))
    context.current = runtime.session(SESSION)
    assert rows(menu(context, SHOP, 3, 4))
    runtime.turn = object()
    assert [one["title"] for one in menu(context, SHOP, 3, 4)] == ["Stop the agent"]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["refactor"], [SELECTION, FUNCTION, VARIABLE]),
        (["refactor.extract"], [FUNCTION, VARIABLE]),
        (["refactor.extract.function"], [FUNCTION]),
        (["refactor.ext"], []),
        (["quickfix"], []),
        (["quickfix", "refactor.extract.variable"], [VARIABLE]),
        (["source"], [IMPORTS]),
        ([""], [SELECTION, FUNCTION, VARIABLE, IMPORTS]),
        ([], []),
    ],
)
def test_a_client_gets_the_kinds_that_it_asks_for(only: list[str], expected: list[tuple[str, str]]) -> None:
    assert rows(menu(editing(), SHOP, 5, 11, 5, 19, only=only)) == expected


@pytest.mark.parametrize(
    ("only", "trigger", "ours", "stock"),
    [
        (["source"], 1, True, True),
        (["source"], None, True, True),
        (["source.organizeImports.harness"], 1, True, True),
        (["source.organizeImports"], 1, True, False),
        (["source.organizeImports"], None, True, False),
        (["source.organizeImports"], 2, False, False),
        (["source"], 2, False, False),
        (["source.fixAll"], 1, False, False),
    ],
)
def test_nothing_that_runs_at_each_save_is_given_imports_to_organise(
    only: list[str], trigger: int | None, ours: bool, stock: bool
) -> None:
    for capabilities, offered in ((SHOWS_HUNKS, ours), (None, stock)):
        found = rows(menu(editing(capabilities), SHOP, 5, 0, only=only, trigger=trigger))
        assert found == ([IMPORTS] if offered else [])


def test_an_editor_that_asks_by_itself_gets_what_a_selection_can_become_and_nothing_for_a_cursor() -> None:
    context = editing()
    assert menu(context, SHOP, 3, 4, trigger=2) == []
    assert rows(menu(context, SHOP, 5, 11, 5, 19, trigger=2)) == [SELECTION, FUNCTION, VARIABLE]


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 9), ("utf-16", 7), ("utf-32", 6)])
def test_places_are_told_in_the_clients_units_and_its_spelling(encoding: str, start: int) -> None:
    context, _, _ = connected(capabilities={"general": {"positionEncodings": [encoding]}})
    context.documents.opened(OpenDocument(SHOP, 1, "'😀' + total\n", "python"))
    context.editor.spell(SHOP, "file:///w/sh%6fp.py")
    (action,) = menu(context, SHOP, 0, start + 1)
    (argument,) = action["command"]["arguments"]
    range_ = {"start": {"line": 0, "character": start}, "end": {"line": 0, "character": start + 5}}
    assert argument == {"uri": "file:///w/sh%6fp.py", "range": range_, "action": "rename"}


def test_every_refactoring_has_a_kind_and_a_prompt() -> None:
    known = set(RefactorCommand.model_json_schema()["$defs"]["Refactoring"]["enum"])
    assert set(KINDS) == set(PROMPTS) == known


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (worded("rename", name="total", new_name="sum_up"), "Rename `total` to `sum_up`"),
        (worded("extract_function"), "Extract the selected code into a function"),
        (worded("extract_variable", new_name="half"), "Extract the selected code into a variable named `half`"),
        (worded("inline", name="half"), "Inline `half`"),
        (worded("organise_imports"), "Organise the imports of this file"),
        (worded("move", name="total", to="shop/prices.py"), "Move `total` to `shop/prices.py`"),
    ],
)
def test_the_agent_is_asked_in_plain_words(told: str, words: str) -> None:
    assert told == words


@pytest.mark.parametrize(
    ("action", "kind", "into"),
    [
        ("rename", "rename", ""),
        ("extract_function", "extract", "function"),
        ("extract_variable", "extract", "variable"),
        ("inline", "inline", ""),
        ("organise_imports", "organise_imports", ""),
        ("move", "move", ""),
    ],
)
def test_the_offline_engine_understands_each_prompt(action: Refactoring, kind: str, into: str) -> None:
    assert action in PROMPTS
    understood = read(worded(action, name="total", new_name="sum_up", to="shop/prices.py"))
    assert isinstance(understood, Understood)
    (wish,) = understood.wishes
    assert (wish.kind, wish.into, wish.sure) == (kind, into, True)
    assert wish.subject.name == ("total" if action in OF_A_NAME else "")
    assert wish.new == ("sum_up" if action == "rename" or action in EXTRACTIONS else "")
    assert wish.to == ("shop/prices.py" if action == "move" else "")
