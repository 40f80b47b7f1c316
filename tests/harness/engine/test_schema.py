"""Answers in a form that was asked for."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bridge.harness.engine.schema import flaw, misfit
from bridge.harness.values.events import Note, TurnEnded
from bridge.harness.values.model import OutputSchema
from tests.support.corpora import PROJECT
from tests.support.fakes import DONE, FakeModel, FakeTool, Rig, Streamed, call_item, complaints, text_item

WANTED = OutputSchema(
    "count",
    {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False},
)


@pytest.mark.parametrize("text", ['{"n": 1}', ' {"n": -3}\n'])
def test_what_fits_has_nothing_wrong(text: str) -> None:
    assert misfit(WANTED, text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("I think {}", "not JSON"),
        ('```json\n{"n": 1}\n```', "not JSON"),
        ('{"n": "1"}', "$.n: '1' is not of type 'integer'"),
        ("{}", "'n' is a required property"),
        ('{"n": 1, "m": 2}', "'m' was unexpected"),
        ("[" * 100_000, "not JSON"),
    ],
    ids=lambda text: text[:12],
)
def test_what_does_not_fit_is_told(text: str, words: str) -> None:
    assert words in misfit(WANTED, text)


@pytest.mark.parametrize("schema", [{"type": "objekt"}, {"properties": 3}, {"minimum": "x"}])
def test_a_schema_that_is_none_is_seen(schema: Mapping[str, Any]) -> None:
    assert flaw(OutputSchema("x", schema)).startswith("$")
    assert flaw(WANTED) == ""


def test_what_a_schema_points_to_is_never_fetched() -> None:
    wanted = OutputSchema("x", {"$ref": "http://127.0.0.1:9/never.json"})
    assert "points to what is not in it" in misfit(wanted, "{}")


def test_the_loop_does_not_load_the_validator() -> None:
    code = "import sys, bridge.harness.engine.turn; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


@pytest.mark.anyio
async def test_the_last_answer_has_the_form_that_was_asked_for() -> None:
    model = FakeModel([text_item("Let me look."), call_item("look"), DONE], [text_item('{"n": 2}'), DONE])
    rig = Rig(model, FakeTool())
    ended = await rig.turn(schema=WANTED)
    assert ended.stop == "end_turn"
    assert [request.schema for request in model.requests] == [WANTED, WANTED]
    assert json.loads(rig.transcript.items[-1]["content"][0]["text"]) == {"n": 2}
    assert rig.journal.of(Note) == []


@pytest.mark.anyio
async def test_an_answer_in_another_form_is_asked_for_again_with_what_is_wrong() -> None:
    model = FakeModel([text_item("two"), DONE], [text_item('{"n": "2"}'), DONE], [text_item('{"n": 2}'), DONE])
    rig = Rig(model)
    ended = await rig.turn(schema=WANTED)
    assert ended.stop == "end_turn"
    first, second = [note.text for note in rig.journal.of(Note)]
    assert "it is not JSON" in first
    assert "is not of type 'integer'" in second
    assert complaints(model.requests[-1].items) == []


@pytest.mark.anyio
async def test_a_model_that_never_answers_in_the_form_fails_the_turn() -> None:
    answers: list[Sequence[Streamed]] = [[text_item("two"), DONE]] * 9
    model = FakeModel(*answers)
    rig = Rig(model)
    await rig.turn(schema=WANTED)
    (end,) = rig.journal.of(TurnEnded)
    assert end.stop == "failed"
    assert end.message.startswith("the model did not answer in the form that was asked for: it is not JSON")
    assert len(model.requests) == 4, "asked again three times"


@pytest.mark.anyio
async def test_the_next_turn_has_no_form() -> None:
    model = FakeModel([text_item('{"n": 2}'), DONE], [text_item("free words"), DONE])
    rig = Rig(model)
    await rig.turn(schema=WANTED)
    ended = await rig.turn()
    assert ended.stop == "end_turn"
    assert model.requests[-1].schema is None
