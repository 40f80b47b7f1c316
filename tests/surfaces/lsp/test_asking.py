"""Refactorings as commands: what is asked of the agent, and of the person first where a name is missing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import PromptContext
from bridge.harness.workspace.documents import Documents
from bridge.protocol import commands as wire
from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.handlers.asking import NOTHING_FITS, WHAT_TO_DO, Asking
from bridge.surfaces.lsp.jsonrpc import Response, RpcError
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.questions import Questions
from bridge.surfaces.lsp.queued import Queue
from bridge.surfaces.lsp.review.code import PYTHON, SCRIPT, Language
from bridge.surfaces.lsp.review.entries import ASKS
from bridge.surfaces.lsp.review.naming import IN_COMMENT, MOST_MODULES, in_own_case, private_or_not
from bridge.surfaces.lsp.review.wanted import CHANGED_MEANWHILE, LONGEST_PATH
from tests.surfaces.lsp.fakes import FakeOutbox
from tests.surfaces.lsp.review_fakes import SESSION, FakeRuntime, connected

Json = dict[str, Any]

SHOP = Uri("file:///w/shop/basket.py")
TEXT = "class Basket:\n    def sumUp(self, items):\n        return sum(items)\n"
NAME = (1, 8, 1, 13)


def span(first: int, column: int, last: int, end: int) -> Json:
    return {"start": {"line": first, "character": column}, "end": {"line": last, "character": end}}


@dataclass
class Desk:
    """The commands, and both ends of their connection."""

    asking: Asking
    runtime: FakeRuntime
    outbox: FakeOutbox
    peer: Peer
    documents: Documents

    async def refactor(self, action: str, place: tuple[int, int, int, int] = NAME, **more: str) -> Json:
        """The command's answer."""
        argument = {"uri": SHOP, "range": span(*place), "action": action, **more}
        return (await self.asking.refactor(wire.RefactorCommand.parse(argument))).dump()

    async def ask_here(self, selection: Json) -> Json:
        """The answer of *Ask agent…* on a selection."""
        return (await self.asking.ask_here(wire.AskHereCommand.parse({"uri": SHOP, "range": selection}))).dump()

    async def answer(self, number: int, result: object) -> Json:
        """Answer what the client was asked; the question."""
        request = (await self.outbox.until(number + 1))[number]
        self.peer.deliver(Response(request["id"], result=result))
        params: Json = request["params"]
        return params


@asynccontextmanager
async def desk(text: str = TEXT, shows: bool = True) -> AsyncIterator[Desk]:
    """A client with one Python file open."""
    async with anyio.create_task_group() as tasks:
        capabilities = {"window": {"showDocument": {"support": shows}}}
        context, runtime, outbox = connected(capabilities=capabilities, tasks=tasks)
        context.folders = Folders({"rootUri": "file:///w"})
        context.current = runtime.session(SESSION)
        context.documents.opened(OpenDocument(SHOP, 7, text, "python"))
        asking = Asking(context, Progress(context), Questions(context), Queue(context))
        yield Desk(asking, runtime, outbox, context.peer, context.documents)
        tasks.cancel_scope.cancel()


def at(line: int, column: int) -> PromptContext:
    return PromptContext(SHOP, line, None, column, None, (SHOP,))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("action", "place", "more", "text", "where"),
    [
        ("rename", NAME, {"newName": "sum_up"}, "Rename `sumUp` to `sum_up`", at(1, 8)),
        ("rename", (1, 10, 1, 10), {"newName": "sum_up"}, "Rename `sumUp` to `sum_up`", at(1, 10)),
        ("inline", NAME, {}, "Inline `sumUp`", at(1, 8)),
        ("move", (0, 6, 0, 12), {"to": "shop/b.py"}, "Move `Basket` to `shop/b.py`", at(0, 6)),
        ("organise_imports", (0, 0, 0, 0), {}, "Organise the imports of this file", at(0, 0)),
        (
            "extract_variable",
            (2, 15, 2, 25),
            {},
            "Extract the selected code into a variable",
            PromptContext(SHOP, 2, 2, 15, 25, (SHOP,)),
        ),
        (
            "extract_function",
            (2, 0, 3, 0),
            {"newName": "total"},
            "Extract the selected code into a function named `total`",
            PromptContext(SHOP, 2, 2, 0, 25, (SHOP,)),
        ),
    ],
)
async def test_a_refactoring_is_a_turn_with_plain_words_and_its_place(
    action: str, place: tuple[int, int, int, int], more: dict[str, str], text: str, where: PromptContext
) -> None:
    async with desk() as here:
        assert await here.refactor(action, place, **more) == {"sessionId": SESSION}
    assert here.runtime.prompts == [(text, where)]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("action", "place", "more", "field"),
    [
        ("rename", NAME, {"newName": "class"}, "newName"),
        ("rename", NAME, {"newName": "a b"}, "newName"),
        ("rename", NAME, {"newName": ""}, "newName"),
        ("extract_function", (2, 0, 3, 0), {"newName": "1"}, "newName"),
        ("rename", (2, 8, 2, 8), {"newName": "x"}, "range"),
        ("rename", (9, 0, 9, 0), {}, "range"),
        ("move", (0, 6, 0, 6), {"to": " "}, "to"),
        ("move", (0, 6, 0, 6), {"to": "a\nb"}, "to"),
        ("move", (0, 6, 0, 6), {"to": "`a`.py"}, "to"),
        ("move", (0, 6, 0, 6), {"to": "a" * (LONGEST_PATH + 1)}, "to"),
        ("inline", NAME, {"uri": "file:///w/closed.py"}, "uri"),
        ("inline", NAME, {"uri": "file:///w/a.txt"}, "uri"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    action: str, place: tuple[int, int, int, int], more: dict[str, str], field: str
) -> None:
    async with desk() as here:
        here.documents.opened(OpenDocument(Uri("file:///w/a.txt"), 1, TEXT, "text"))
        with pytest.raises(RpcError) as refused:
            await here.refactor(action, place, **more)
    (row,) = refused.value.data["errors"]
    assert row["path"] == f"arguments.0.{field}"
    assert here.runtime.prompts == []


@pytest.mark.anyio
async def test_a_name_that_is_given_to_an_action_without_one_is_left_out() -> None:
    async with desk() as here:
        await here.refactor("inline", newName="class", to="\n")
    assert here.runtime.prompts == [("Inline `sumUp`", at(1, 8))]


@pytest.mark.anyio
async def test_a_new_name_is_asked_for_with_a_few_to_choose_from() -> None:
    told: list[Json] = []
    async with desk() as here:

        async def go() -> None:
            told.append(await here.refactor("rename"))

        async with anyio.create_task_group() as asking:
            asking.start_soon(go)
            question = await here.answer(0, {"title": "sum_up"})
        assert question["message"] == "Rename sumUp to what?"
        assert [row["title"] for row in question["actions"]] == ["sum_up", IN_COMMENT, "_sumUp"]
    assert told == [{"sessionId": SESSION}]
    assert here.runtime.prompts == [("Rename `sumUp` to `sum_up`", at(1, 8))]


@pytest.mark.anyio
async def test_a_module_is_asked_for_with_the_open_ones_of_the_workspace() -> None:
    async with desk() as here:
        for name in ("file:///w/a.py", "file:///w/shop/prices.py", "file:///w/b.txt", "file:///else/c.py"):
            here.documents.opened(OpenDocument(Uri(name), 1, "", "python"))
        async with anyio.create_task_group() as asking:
            asking.start_soon(here.refactor, "move", (0, 6, 0, 12))
            question = await here.answer(0, {"title": "shop/prices.py"})
        assert question["message"] == "Move Basket to which module?"
        assert [row["title"] for row in question["actions"]] == ["a.py", "shop/prices.py", IN_COMMENT]
    assert [text for text, _ in here.runtime.prompts] == ["Move `Basket` to `shop/prices.py`"]


@pytest.mark.anyio
async def test_of_many_open_modules_the_last_ones_can_be_chosen() -> None:
    async with desk() as here:
        for number in range(MOST_MODULES + 3):
            here.documents.opened(OpenDocument(Uri(f"file:///w/{number}.py"), 1, "", "python"))
        async with anyio.create_task_group() as asking:
            asking.start_soon(here.refactor, "move", (0, 6, 0, 12))
            question = await here.answer(0, None)
        found = [row["title"] for row in question["actions"]]
    assert found == [*(f"{number}.py" for number in range(3, MOST_MODULES + 3)), IN_COMMENT]


@pytest.mark.anyio
@pytest.mark.parametrize("reply", [None, {"title": "something else"}])
async def test_a_question_that_is_put_away_starts_nothing(reply: object) -> None:
    told: list[Json] = []
    async with desk() as here:

        async def go() -> None:
            told.append(await here.refactor("rename"))

        async with anyio.create_task_group() as asking:
            asking.start_soon(go)
            await here.answer(0, reply)
    assert (told, here.runtime.prompts) == ([{}], [])


@pytest.mark.anyio
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
async def test_a_comment_is_begun_above_the_line_with_the_cursor_at_its_end(ending: str) -> None:
    async with desk(TEXT.replace("\n", ending)) as here, anyio.create_task_group() as asking:
        asking.start_soon(here.refactor, "rename")
        await here.answer(0, {"title": IN_COMMENT})
        edit = await here.answer(1, {"applied": True})
        shown = await here.answer(2, {"success": True})
    (change,) = edit["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": SHOP, "version": 7}
    comment = "    # agent: rename sumUp to "
    assert change["edits"] == [{"range": span(1, 0, 1, 0), "newText": comment + ending}]
    assert shown["uri"] == SHOP
    assert shown["selection"] == span(1, len(comment), 1, len(comment))
    assert here.runtime.prompts == []


@pytest.mark.anyio
async def test_a_comment_that_the_editor_does_not_take_is_told() -> None:
    async with desk() as here:
        async with anyio.create_task_group() as asking:
            asking.start_soon(here.refactor, "move", (0, 6, 0, 12))
            await here.answer(0, {"title": IN_COMMENT})
            await here.answer(1, {"applied": False, "failureReason": "the buffer is locked"})
        said = (await here.outbox.until(3))[2]
    assert said["params"]["message"] == "Nothing was written: the buffer is locked"


@pytest.mark.anyio
@pytest.mark.parametrize("title", ["sum_up", IN_COMMENT])
async def test_a_text_that_changes_while_the_question_is_open_is_told(title: str) -> None:
    async with desk() as here:
        async with anyio.create_task_group() as asking:
            asking.start_soon(here.refactor, "rename")
            await here.outbox.until(1)
            here.documents.changed(OpenDocument(SHOP, 8, "\n" + TEXT, "python"), None)
            await here.answer(0, {"title": title})
        said = (await here.outbox.until(2))[1]
    assert said["params"]["message"] == CHANGED_MEANWHILE
    assert here.runtime.prompts == []


@pytest.mark.anyio
async def test_a_prompt_goes_with_its_range_before_its_lines() -> None:
    async with desk() as here:
        given = {"text": "go", "uri": SHOP, "line": 9, "endLine": 9, "range": span(1, 8, 2, 0)}
        await here.asking.prompt(wire.PromptCommand.parse(given))
        await here.asking.prompt(wire.PromptCommand.parse({"text": "go", "range": span(1, 8, 2, 0)}))
    assert here.runtime.prompts == [("go", PromptContext(SHOP, 1, 1, 8, 27, (SHOP,))), ("go", None)]


@pytest.mark.parametrize(
    ("language", "name", "cased", "marked"),
    [
        (PYTHON, "total", [], ["_total"]),
        (PYTHON, "_total", [], ["total"]),
        (PYTHON, "sumUp", ["sum_up"], ["_sumUp"]),
        (PYTHON, "_sumUp", ["_sum_up"], ["sumUp"]),
        (PYTHON, "Basket", [], ["_Basket"]),
        (PYTHON, "__total", [], []),
        (PYTHON, "_class", [], []),
        (SCRIPT, "sum_up", ["sumUp"], []),
        (SCRIPT, "sumUp", [], []),
        (SCRIPT, "x__", ["x"], []),
    ],
)
def test_names_are_offered_in_the_languages_own_case_and_private_or_not(
    language: Language, name: str, cased: list[str], marked: list[str]
) -> None:
    assert list(in_own_case(language, name)) == cased
    assert list(private_or_not(language, name)) == marked


SUM = span(2, 15, 2, 25)


@pytest.mark.anyio
async def test_what_any_model_can_do_with_a_selection_is_chosen_from_a_list() -> None:
    async with desk() as here, anyio.create_task_group() as asking:
        asking.start_soon(here.ask_here, SUM)
        question = await here.answer(0, {"title": "Simplify"})
    assert (question["message"], [row["title"] for row in question["actions"]]) == (WHAT_TO_DO, list(ASKS))
    assert here.runtime.prompts == [(ASKS["Simplify"], PromptContext(SHOP, 2, 2, 15, 25, (SHOP,)))]


@pytest.mark.anyio
async def test_a_model_without_free_words_is_asked_for_what_it_can_do_there() -> None:
    async with desk() as here, anyio.create_task_group() as asking:
        here.runtime.free_words = False
        asking.start_soon(here.ask_here, SUM)
        question = await here.answer(0, {"title": "Ask agent: Extract variable"})
    titles = ["Ask agent: Extract function", "Ask agent: Extract variable"]
    assert (question["message"], [row["title"] for row in question["actions"]]) == (WHAT_TO_DO, titles)
    place = PromptContext(SHOP, 2, 2, 15, 25, (SHOP,))
    assert here.runtime.prompts == [("Extract the selected code into a variable", place)]


@pytest.mark.anyio
async def test_where_it_can_do_nothing_that_is_said() -> None:
    async with desk() as here:
        here.runtime.free_words = False
        assert await here.ask_here(span(1, 4, 1, 6)) == {}
        (said,) = await here.outbox.until(1)
    assert said["params"]["message"] == NOTHING_FITS
    assert here.runtime.prompts == []
