"""The adapter: pieces of text, one plan however often it is asked for, and turns that are not its own."""

import pytest

from bridge.harness.ids import Uri
from bridge.harness.models.offline.model import DELTA_CHARACTERS, OTHER
from bridge.harness.session.transcript import user_message
from bridge.harness.values.events import PromptContext
from bridge.harness.values.model import Ended, ItemReady, TextDelta
from tests.harness.models.offline.playing import SETUP, play, step, told

pytestmark = pytest.mark.anyio

FOUND = "[definitions]\nsrc/a.py:12:5: function shop.a.total: def total(items):"
TWO = f"{FOUND}\nsrc/b.py:3:5: function shop.b.total: def total():"
REFUSED = "Error: `totl` is not defined.\nCandidates:\nsrc/a.py:12:5: function shop.a.total: def total(items):"
MIXED = """Rename `total` to `sum_up`: 1 accepted, 2 rejected, 1 stale
- hunk 1 of 4: accepted and applied
- hunk 2 of 4: rejected by the user: keep the docstring
- hunk 3 of 4: rejected by the user
- hunk 4 of 4: not applied: the user changed these lines meanwhile
  It now reads:
x = 1
Note: not changed: `total` in src/c.py:1
Note: not looked into: src/bad.py: it does not parse (line 3)"""


ASK = user_message("rename total to sum_up", None)


async def test_it_looks_then_acts_then_reports_what_became_of_each_hunk() -> None:
    _, calls, items = await step(ASK)
    assert calls == [("find_usages", {"symbol": "total"})]
    _, calls, items = await step(*told(items, FOUND))
    place = {"path": "src/a.py", "line": 12, "column": 5, "symbol": "total"}
    assert calls == [("refactor", {"action": "rename", **place, "new_name": "sum_up", "docs": True})]
    said, calls, _ = await step(*told(items, MIXED))
    assert calls == []
    first, *notes = said.splitlines()
    assert first == (
        "Rename `total` to `sum_up`: 1 of 4 changes were accepted and applied. You rejected 2 of 4 changes."
        " You said: keep the docstring. What you rejected stands as it was: where it is code, look whether it"
        " still fits. 1 change: not applied: the user changed these lines meanwhile."
    )
    assert notes == [
        "- not changed: `total` in src/c.py:1",
        "- not looked into: src/bad.py: it does not parse (line 3)",
    ]


async def test_text_comes_in_pieces_and_the_same_request_gives_the_same_bytes() -> None:
    events = await play(ASK)
    assert events == await play(ASK)
    pieces = [event.text for event in events if isinstance(event, TextDelta)]
    (message,) = [e.item for e in events if isinstance(e, ItemReady) and e.item["type"] == "message"]
    assert "".join(pieces) == message["content"][0]["text"]
    assert max(map(len, pieces)) == DELTA_CHARACTERS
    assert events[-1] == Ended("completed")


async def test_a_message_that_was_recorded_before_the_bridge_stopped_is_not_said_twice() -> None:
    _, calls, items = await step(ASK)
    message = next(item for item in items if item.get("role") == "assistant")
    assert (await step(ASK, message))[:2] == ("", calls)
    _, _, items = await step(*told(items, FOUND))
    _, _, items = await step(*told(items, MIXED))
    assert (await step(*items))[:2] == ("", [])


async def test_a_turn_with_calls_of_another_model_is_not_gone_on_with() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "grep", "arguments": "{}"}
    assert (await step(*told((ASK, call), "x")))[:2] == (OTHER, [])
    said, _, _ = await step(*told((ASK, call), "x"), {"role": "assistant", "type": "message", "content": []}, ASK)
    assert "I look where that is" in said


async def test_several_definitions_are_asked_about_and_the_answer_goes_on() -> None:
    _, _, items = await step(ASK)
    said, calls, items = await step(*told(items, TWO))
    assert calls == []
    assert (
        "1. function `shop.a.total`, src/a.py:12: `def total(items):`\n2. function `shop.b.total`, src/b.py:3" in said
    )
    for answer in ("2", "the one in b.py", "src/b.py", "shop.b.total", "the second", "option 2 please"):
        _, calls, _ = await step(*items, user_message(answer, None))
        assert calls[0][0] == "refactor", answer
        assert calls[0][1]["path"] == "src/b.py"
    for answer in ("3", "yes", "the function", "total", "both"):
        assert (await step(*items, user_message(answer, None)))[1] == [], answer


async def test_the_persons_file_and_the_place_in_it_decide() -> None:
    here = user_message("rename total to sum_up", PromptContext(Uri("file:///ws/src/b.py")))
    _, calls, items = await step(here)
    assert calls == [("find_usages", {"symbol": "total", "path": "file:///ws/src/b.py"})]
    _, calls, _ = await step(*told(items, TWO))
    assert calls[0][1]["path"] == "src/b.py"


async def test_what_is_refused_is_told_with_what_was_perhaps_meant() -> None:
    _, _, items = await step(user_message("rename totl to sum_up", None))
    said, _, items = await step(*told(items, REFUSED))
    assert said == "`totl` is not defined.\nDo you mean function `shop.a.total` in src/a.py? (yes/no)"
    assert (await step(*items, user_message("no", None)))[:2] == ("Nothing was changed.", [])
    assert (await step(*items, user_message("Yes, please.", None)))[1][0][1]["symbol"] == "total"


async def test_nothing_to_read_is_answered() -> None:
    assert await play() == [Ended("completed")]
    said, _, _ = await step(user_message("", None))
    assert SETUP in said


async def test_a_context_that_is_not_right_is_none() -> None:
    for text in ("{", "[]", '{"uri": 3}', '{"uri": "file:///a.py", "line": "x"}'):
        content = [{"type": "input_text", "text": "rename this to price"}]
        content.append({"type": "input_text", "text": f"<editor_context>{text}</editor_context>"})
        said, calls, _ = await step({"type": "message", "role": "user", "content": content})
        assert calls == []
        assert "where" in said
