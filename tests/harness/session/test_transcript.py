"""The conversation as a fold of the log: always a history that a model service takes."""

import itertools
import random

import pytest

from bridge.harness.ids import CallId, TurnId
from bridge.harness.session.transcript import LOST, Transcript
from bridge.harness.values.events import (
    CallEnded,
    CallOpened,
    CallStarted,
    Event,
    ItemDone,
    Note,
    Prompt,
    StepStarted,
    TurnEnded,
)
from tests.harness.session.samples import SHA
from tests.support.fakes import complaints, outputs

TURN = TurnId("t1")


def asked(*calls: str) -> list[Event]:
    """A step in which the model asks for these calls."""
    events: list[Event] = [StepStarted(TURN, 1, SHA)]
    for call in calls:
        events.append(ItemDone(TURN, 1, {"type": "function_call", "call_id": call, "name": "x", "arguments": "{}"}))
        events.append(CallOpened(TURN, CallId(call), "x", "other", "x", {}))
    return events


def ended(call: str) -> CallEnded:
    return CallEnded(CallId(call), "ok", f"out {call}")


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_outputs_stand_in_the_order_of_their_calls_however_they_came(order: tuple[str, ...]) -> None:
    events = [Prompt(TURN, "go"), *asked("a", "b", "c"), *map(ended, order)]
    transcript = Transcript.of(events)
    assert outputs(transcript.items) == [("a", "out a"), ("b", "out b"), ("c", "out c")]
    assert transcript.calls == {}


def test_a_note_during_a_call_is_said_after_its_output() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *asked("a", "b"), ended("b"), Note("undone"), ended("a")])
    assert complaints(transcript.items) == []
    assert transcript.items[-1]["role"] == "developer"


def test_a_note_between_turns_is_said_at_once() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), TurnEnded(TURN, "end_turn"), Note("undone")])
    assert transcript.items[-1]["role"] == "developer"


def test_every_log_with_gaps_folds_to_a_valid_history_that_only_grows() -> None:
    whole: list[Event] = [Prompt(TURN, "one")]
    for step in range(3):
        calls = [f"{step}{name}" for name in "abc"]
        whole += [*asked(*calls), CallStarted(CallId(calls[1])), *map(ended, reversed(calls)), Note("n")]
    whole += [TurnEnded(TURN, "end_turn"), Prompt(TurnId("t2"), "two"), TurnEnded(TurnId("t2"), "cancelled")]
    rng = random.Random(7)
    for _ in range(300):
        kept = [event for event in whole if rng.random() > 0.2]
        if not isinstance(kept[-1], TurnEnded):
            continue
        transcript, before = Transcript(), 0
        for event in kept:
            seen = list(transcript.items)
            transcript.fold(event)
            assert transcript.items[: len(seen)] == seen
            before = len(seen)
        assert before <= len(transcript.items)
        assert complaints(transcript.items) == []


def test_a_call_whose_end_was_lost_is_said_to_be_lost() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *asked("a"), TurnEnded(TURN, "failed")])
    assert outputs(transcript.items) == [("a", LOST)]


def test_the_title_is_the_first_line_of_the_first_prompt() -> None:
    transcript = Transcript.of([Prompt(TURN, "\n  rename it \nplease"), Prompt(TURN, "more")])
    assert transcript.title == "rename it "
