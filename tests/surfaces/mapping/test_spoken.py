"""What the agent has said, out of the items of a conversation."""

from typing import Any

import pytest

from bridge.harness.engine.mending import BROKEN, CUT_OFF
from bridge.surfaces.mapping.spoken import last_answer, was_said, worked

Item = dict[str, Any]

CALL: Item = {"type": "function_call", "call_id": "c", "name": "read_file", "arguments": "{}"}
OUTPUT: Item = {"type": "function_call_output", "call_id": "c", "output": "text"}
THOUGHT: Item = {"type": "reasoning", "summary": []}


def says(text: str, status: str = "completed") -> Item:
    return {
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [{"type": "output_text", "text": text}],
    }


def half(text: str) -> Item:
    return says(text, "incomplete")


def told(text: str, role: str = "developer") -> Item:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


ASKED = told("do it", "user")


@pytest.mark.parametrize(
    ("items", "answer"),
    [
        ([says("One.")], "One."),
        ([half("One, "), told(BROKEN), says("two.")], "One, two."),
        ([half("One, "), told(BROKEN), half("two, "), told(BROKEN), THOUGHT, says("three.")], "One, two, three."),
        ([says("One, "), told(CUT_OFF), says("two.")], "One, two."),
        ([half("One, ")], "One, "),
        ([half("One, "), told(BROKEN), says("")], "One, "),
        ([says("I look."), CALL, OUTPUT, says("Done.")], "Done."),
        ([half("I loo"), told(BROKEN), says("k."), CALL, OUTPUT, says("Done.")], "Done."),
        ([half("I loo"), told(BROKEN), CALL, OUTPUT, says("Done.")], "Done."),
        ([says("I look."), CALL, OUTPUT], "I look."),
        ([says("A remark."), told("news"), says("Done.")], "Done."),
        ([], ""),
        ([says("")], ""),
        ([{"role": "assistant", "content": None}], ""),
        ([{"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}], "No."),
    ],
)
def test_the_last_answer_is_whole_and_nothing_but_it(items: list[Item], answer: str) -> None:
    assert last_answer([ASKED, half("Of an earlier turn"), ASKED, *items]) == answer


def test_work_is_that_of_this_turn() -> None:
    assert worked([ASKED, CALL, OUTPUT])
    assert not worked([ASKED, CALL, OUTPUT, ASKED, says("Hi.")])


def test_what_was_said_is_known_by_its_very_words() -> None:
    items = [ASKED, says("No."), ASKED]
    assert was_said(items, "No.")
    assert not was_said(items, "No")
    assert not was_said(items, "do it"), "the person said that"
