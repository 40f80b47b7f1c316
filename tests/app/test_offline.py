"""The offline engine on the real runtime: real tools, a real worker, files on disk. Changes are accepted by mode."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from bridge.app.bootstrap import running
from bridge.app.bus import Bus, Update
from bridge.app.models import SETUP
from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.app.settings import Settings
from bridge.harness.ids import SessionId
from bridge.harness.ports.editor import NoEditor
from bridge.harness.values.events import PromptContext, Proposed, Recorded
from bridge.harness.values.proposals import Actor
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.uris import to_uri

pytestmark = pytest.mark.anyio

BASKET = '''\
"""A basket, and `total` of it."""
import sys
import os


def total(items):
    result = 0
    for item in items:
        result = result + item
    return result


class Basket:
    def __init__(self, items):
        self.items = items

    def total(self, tax=0):
        return total(self.items) * (1 + tax)


print(os.sep)
'''
SHOP = "from basket import Basket, total\n\nprint(total([1]), Basket([1]).total())\n"
OTHER = "def total():\n    return 1\n"


class Talk:
    """A person's prompts and what they hear."""

    def __init__(self, runtime: Runtime, session: Session, root: Path) -> None:
        self.runtime, self.session, self.root = runtime, session, root
        self.proposed = anyio.Event()
        runtime.bus.subscribe(self.hear)

    async def say(self, text: str, context: PromptContext | None = None) -> str:
        """The last message of the turn. What is asked about all the same, such as a deletion, is accepted."""
        turn = await self.runtime.prompt(self.session.id, text, context)
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(self._accept)
                assert (await turn.wait()).stop == "end_turn"
                group.cancel_scope.cancel()
        last = self.session.transcript.items[-1]
        assert last["role"] == "assistant"
        said: str = last["content"][0]["text"]
        return said

    async def _accept(self) -> None:
        """Accept what is proposed for a person to decide, as it comes."""
        while True:
            await self.proposed.wait()
            self.proposed = anyio.Event()
            hunks = [view.hunk.id for view in self.session.review.views() if view.state.open and view.policy == "ask"]
            await self.runtime.decide(hunks, "accepted", Actor("person", "test"))

    def hear(self, _: SessionId, update: Update) -> None:
        """Told of all that happens."""
        if isinstance(update, Recorded) and isinstance(update.event, Proposed):
            self.proposed.set()

    def at(
        self, file: str, line: int, column: int | None = None, *, end: tuple[int, int] | None = None
    ) -> PromptContext:
        """A place, counted from 1."""
        uri = to_uri(self.root / file)
        more = (end[0] - 1, end[1] - 1) if end else (None, None)
        return PromptContext(uri, line - 1, more[0], None if column is None else column - 1, more[1])

    def text(self, file: str) -> str:
        return (self.root / file).read_text()


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    root = tmp_path / "ws"
    root.mkdir()
    (root / "basket.py").write_text(BASKET)
    (root / "shop.py").write_text(SHOP)
    settings = Settings(tmp_path / "state", mode="accept_edits")
    async with running(settings, NoEditor(), Documents(), Bus()) as runtime:
        yield Talk(runtime, await runtime.new_session(str(root)), root)


async def test_a_class_is_renamed_in_all_files_and_renamed_back(talk: Talk) -> None:
    said = await talk.say("please rename the class Basket to Cart")
    assert "all 3 changes were accepted and applied" in said
    assert "class Cart:" in talk.text("basket.py")
    assert "from basket import Cart, total" in talk.text("shop.py")
    assert "Rename" in await talk.say("now rename it back")
    assert (talk.text("basket.py"), talk.text("shop.py")) == (BASKET, SHOP)
    assert "undo in your editor" in await talk.say("undo that")


async def test_of_several_definitions_one_is_asked_for_and_the_answer_is_taken(talk: Talk) -> None:
    said = await talk.say("rename total to grand_total")
    assert "1. function `basket.total`, basket.py:6" in said
    assert "2. method `basket.Basket.total`, basket.py:17" in said
    assert talk.text("basket.py") == BASKET
    assert "accepted" in await talk.say("the second one")
    assert "    def grand_total(self, tax=0):" in talk.text("basket.py")
    assert "\ndef total(items):" in talk.text("basket.py")


@pytest.mark.parametrize("answer", ["1", "the function", "function", "basket.total", "the first one please"])
async def test_an_answer_may_be_a_number_a_kind_or_a_name(talk: Talk, answer: str) -> None:
    await talk.say("rename total to grand_total")
    assert "accepted" in await talk.say(answer)
    assert "\ndef grand_total(items):" in talk.text("basket.py")


async def test_no_answer_is_no_change_and_another_request_goes_before_the_question(talk: Talk) -> None:
    await talk.say("rename total to grand_total")
    assert await talk.say("no") == "Nothing was changed."
    await talk.say("rename total to grand_total")
    assert "defined here" in await talk.say("where is Basket?")
    assert "don't understand" in await talk.say("2")
    assert talk.text("basket.py") == BASKET


async def test_the_definition_in_the_persons_file_wins(talk: Talk) -> None:
    (talk.root / "other.py").write_text(OTHER)
    assert "accepted" in await talk.say("rename total to unit", talk.at("other.py", 2, 1))
    assert talk.text("other.py").startswith("def unit():")
    assert talk.text("basket.py") == BASKET


async def test_a_kind_a_holder_or_a_file_says_which(talk: Talk) -> None:
    assert "accepted" in await talk.say("rename Basket's total method to sum_up")
    assert "def sum_up(self" in talk.text("basket.py")
    assert "accepted" in await talk.say("rename the function total in basket.py to add_up")
    assert "def add_up(items)" in talk.text("basket.py")


async def test_this_is_the_name_at_the_cursor(talk: Talk) -> None:
    assert "accepted" in await talk.say("rename this to outcome", talk.at("basket.py", 7, 6))
    assert talk.text("basket.py").count("outcome") == 4
    assert "No name stands" in await talk.say("rename this to x2", talk.at("basket.py", 4, 1))


async def test_a_comment_speaks_of_what_is_below_it(talk: Talk) -> None:
    (talk.root / "other.py").write_text(f"# agent: rename this to unit\n{OTHER}")
    assert "accepted" in await talk.say("rename this to unit", talk.at("other.py", 1))
    assert "def unit():" in talk.text("other.py")


async def test_a_parameter_is_renamed_in_its_function_alone(talk: Talk) -> None:
    assert "accepted" in await talk.say("rename parameter items of function total to lines", talk.at("basket.py", 6, 5))
    assert "def total(lines):" in talk.text("basket.py")
    assert "def __init__(self, items):" in talk.text("basket.py")


async def test_two_requests_and_it(talk: Talk) -> None:
    said = await talk.say("rename the class Basket to Cart and then move it to cart.py")
    assert "class Cart" in talk.text("cart.py"), said
    assert "class" not in talk.text("basket.py")


async def test_what_fails_stops_what_follows(talk: Talk) -> None:
    said = await talk.say("rename nothing_like_it to x9 and then organise imports of basket.py")
    assert "is not defined" in said
    assert "So I did not organise imports of `basket.py`." in said
    assert talk.text("basket.py") == BASKET


async def test_selected_code_becomes_a_function(talk: Talk) -> None:
    said = await talk.say("extract this into add_up", talk.at("basket.py", 8, 5, end=(9, 31)))
    assert "def add_up(" in talk.text("basket.py"), said
    assert "Nothing is selected" in await talk.say("extract this into add_up", talk.at("basket.py", 8, 5))


async def test_lines_become_a_function(talk: Talk) -> None:
    said = await talk.say("extract lines 8-9 of basket.py into a function called add_up")
    assert "def add_up(" in talk.text("basket.py"), said


async def test_a_part_of_a_line_is_asked_about(talk: Talk) -> None:
    column = BASKET.splitlines()[17].index("(1 + tax)") + 1
    where = talk.at("basket.py", 18, column, end=(18, column + len("(1 + tax)")))
    assert "1. a function" in await talk.say("extract this into k", where)
    assert "accepted" in await talk.say("a variable", where)
    assert "k = 1 + tax" in talk.text("basket.py")


async def test_imports_of_one_file_and_of_all(talk: Talk) -> None:
    assert "In which file?" in await talk.say("organise imports")
    said = await talk.say("organise imports in all files")
    assert "Organise the imports of basket.py" in said
    assert "1 of 2 files are already organised." in said
    assert "import sys" not in talk.text("basket.py")


async def test_a_parameter_is_added_after_it_is_asked_what_callers_pass(talk: Talk) -> None:
    said = await talk.say("add a parameter scale to the function total")
    assert "`scale` has no default." in said
    said = await talk.say("default 1")
    assert "def total(items, scale=1):" in talk.text("basket.py"), said
    await talk.say("remove the parameter scale from the function total")
    assert "def total(items):" in talk.text("basket.py")


async def test_a_default_is_changed(talk: Talk) -> None:
    said = await talk.say("change the default of tax in Basket.total to 0.5")
    assert "def total(self, tax=0.5):" in talk.text("basket.py"), said
    assert "has no parameter `nope`; it has `tax`" in await talk.say("remove the parameter nope from Basket.total")


async def test_uses_are_shown_and_one_of_the_list_can_be_meant(talk: Talk) -> None:
    said = await talk.say("who uses total?")
    assert "shop.py:3" in said
    assert "accepted" in await talk.say("rename the second one to sum_up")
    assert "def sum_up(self" in talk.text("basket.py")


async def test_a_name_that_is_not_there_is_told_with_what_is_like_it(talk: Talk) -> None:
    assert "Do you mean class `basket.Basket`" in await talk.say("rename Baskt to Cart")
    assert "accepted" in await talk.say("yes")
    assert "class Cart" in talk.text("basket.py")


async def test_what_is_understood_in_part_is_asked_about(talk: Talk) -> None:
    said = await talk.say("rename Basket to Cart except in shop.py")
    assert "but not “except in shop.py”" in said
    assert (talk.text("basket.py"), talk.text("shop.py")) == (BASKET, SHOP)
    assert "accepted" in await talk.say("yes")
    assert "Cart" in talk.text("shop.py")


async def test_how_and_not_are_no_requests(talk: Talk) -> None:
    assert "To do it, say: rename `Basket` to `Cart`" in await talk.say("how do I rename Basket to Cart?")
    assert "I did nothing" in await talk.say("don't rename Basket to Cart")
    assert "don't understand" in await talk.say("yes")
    assert talk.text("basket.py") == BASKET


async def test_what_is_not_understood_is_answered_with_what_is(talk: Talk) -> None:
    said = await talk.say("make it faster", talk.at("basket.py", 6, 5))
    assert "rename `total` to `grand_total`" in said
    assert said.endswith(SETUP)
    assert "Hello" in await talk.say("hi there")


async def test_a_file_is_renamed(talk: Talk) -> None:
    said = await talk.say("rename basket.py to cart.py")
    assert (talk.root / "cart.py").exists(), said
    assert "from cart import" in talk.text("shop.py")
    said = await talk.say("rename it back")
    assert (talk.root / "basket.py").exists(), said


async def test_a_session_goes_on_after_it_was_loaded_again(talk: Talk) -> None:
    await talk.say("rename total to grand_total")
    await talk.runtime.close_session(talk.session.id)
    talk.session, _ = await talk.runtime.load_session(talk.session.id)
    assert "accepted" in await talk.say("2")
    assert "def grand_total(self, tax=0):" in talk.text("basket.py")
