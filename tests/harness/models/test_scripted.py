"""The scripted model: what it plays, where it goes on, and what it says of a script that is not right."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.ids import Uri
from bridge.harness.models.scripted import DELTA_CHARACTERS, Script, ScriptedModel, load_script
from bridge.harness.session.transcript import user_message
from bridge.harness.values.events import PromptContext
from bridge.harness.values.model import Ended, Item, ItemReady, ModelEvent, ModelRequest, TextDelta

pytestmark = pytest.mark.anyio


def model(*turns: dict[str, Any]) -> ScriptedModel:
    return ScriptedModel(Script.model_validate({"turns": turns}))


async def play(one: ScriptedModel, *items: Item) -> list[ModelEvent]:
    with anyio.fail_after(5):
        return [event async for event in one.stream(ModelRequest("", items, ()))]


def items(events: list[ModelEvent]) -> list[Item]:
    return [event.item for event in events if isinstance(event, ItemReady)]


def words(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


ASK = user_message("please rename it", None)
TWO = {
    "steps": [{"say": "I look.", "calls": [{"tool": "read_file", "args": {"path": "a"}}]}, {"say": "{last_output}."}]
}


async def test_a_step_comes_as_pieces_of_text_then_its_items_then_the_end() -> None:
    text = "x" * (2 * DELTA_CHARACTERS + 1)
    events = await play(model({"steps": [{"say": text}]}), ASK)
    assert [type(event) for event in events] == [TextDelta, TextDelta, TextDelta, ItemReady, Ended]
    assert words(events) == text
    assert [event.offset for event in events if isinstance(event, TextDelta)] == [0, 24, 48]
    assert items(events)[0]["content"][0]["text"] == text
    assert events[-1] == Ended("completed")


async def test_the_step_is_found_from_the_request_alone() -> None:
    first = items(await play(model(TWO), ASK))
    output = {"type": "function_call_output", "call_id": first[-1]["call_id"], "output": "the text"}
    assert words(await play(model(TWO), ASK, *first, output)) == "the text."
    assert words(await play(model(TWO), ASK)) == "I look."


async def test_the_same_request_plays_the_same_bytes() -> None:
    assert await play(model(TWO), ASK) == await play(model(TWO), ASK)


async def test_each_prompt_begins_a_turn_anew_and_no_call_id_comes_twice() -> None:
    first = items(await play(model(TWO), ASK))
    again = items(await play(model(TWO), ASK, *first, ASK))
    assert [item["type"] for item in again] == ["message", "function_call"]
    assert first[-1]["call_id"] != again[-1]["call_id"]


async def test_the_first_turn_that_matches_is_played() -> None:
    one = model({"when": "^rename", "steps": [{"say": "no"}]}, {"when": "ren.me", "steps": [{"say": "yes"}]}, TWO)
    assert words(await play(one, ASK)) == "yes"
    assert words(await play(one, user_message("rename", PromptContext(Uri("file:///a"), 3)))) == "no"


async def test_a_prompt_that_nothing_is_written_for_is_answered_all_the_same() -> None:
    assert words(await play(model({"when": "zzz", "steps": []}), ASK)) == "The script has nothing for this."


async def test_after_its_last_step_it_says_nothing_more() -> None:
    one = model({"steps": [{"say": "all"}]})
    events = await play(one, ASK, *items(await play(one, ASK)))
    assert (words(events), events[-1]) == ("", Ended("completed"))


async def test_a_step_that_fails_fails_as_a_model_service_does() -> None:
    with pytest.raises(ModelProblem, match="overloaded"):
        await play(model({"steps": [{"fail": "overloaded"}]}), ASK)


async def test_a_step_that_holds_can_be_cancelled() -> None:
    with anyio.move_on_after(0.01) as scope:
        await play(model({"steps": [{"hold": True}]}), ASK)
    assert scope.cancelled_caught


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not right at its start: Invalid JSON"),
        ("[]", "not right at its start"),
        ("{}", "not right at turns: Field required"),
        ('{"turns": [{"steps": [{"says": "x"}]}]}', r"not right at turns.0.steps.0.says: Extra inputs"),
        ('{"turns": [{"steps": [{"calls": [{"args": {}}]}]}]}', r"turns.0.steps.0.calls.0.tool: Field required"),
        ('{"turns": [{"when": "(", "steps": []}]}', r"turns.0.when: Value error, not a regular expression"),
    ],
)
async def test_what_is_wrong_in_a_script_is_said_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text)
    with pytest.raises(ModelProblem, match=complaint) as refused:
        load_script(path)
    assert str(path) in str(refused.value)


async def test_bytes_that_are_no_text_and_a_missing_script_are_said_too(tmp_path: Path) -> None:
    (tmp_path / "script.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ModelProblem, match="Invalid JSON"):
        load_script(tmp_path / "script.json")
    with pytest.raises(ModelProblem, match="can't be read: No such file"):
        load_script(tmp_path / "none.json")
