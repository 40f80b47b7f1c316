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
    Compacted,
    Event,
    FeatureLowered,
    ItemDone,
    ModelSwitched,
    Note,
    OptionSet,
    Prompt,
    ResponseBegun,
    Steered,
    StepEnded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import Continuation, Item, OutputSchema, Resume
from tests.harness.session.samples import SHA
from tests.support.fakes import complaints, outputs

TURN = TurnId("t1")


def asked(*calls: str) -> list[Event]:
    """A step in which the model asks for these calls."""
    events: list[Event] = [StepStarted(TURN, 1, SHA)]
    for call in calls:
        events.append(ItemDone(TURN, 1, {"type": "function_call", "call_id": call, "name": "x", "arguments": "{}"}))
        events.append(CallOpened(TURN, CallId(call), "x", "other", "x", {}))
    return [*events, StepEnded(TURN, 1, "completed")]


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


# While the model answers.

MESSAGE: Item = {"type": "message", "role": "assistant", "content": []}
THOUGHT: Item = {"type": "reasoning", "summary": []}
CUT: Item = {**MESSAGE, "status": "incomplete"}


def items(*done: Item, number: int = 1) -> list[Event]:
    """What a model has said so far."""
    return [StepStarted(TURN, number, SHA), *(ItemDone(TURN, number, item) for item in done)]


def roles(transcript: Transcript) -> list[str]:
    return [str(item.get("role") or item["type"]) for item in transcript.items]


def test_the_items_of_an_answer_stand_together_whatever_comes_in_between() -> None:
    first, *_ = asked("a")[1:2]
    events = [Prompt(TURN, "go"), StepStarted(TURN, 1, SHA), first, ended("a"), Note("n"), Steered(TURN, "s")]
    transcript = Transcript.of(events)
    assert roles(transcript) == ["user", "function_call"]
    transcript.fold(ItemDone(TURN, 1, MESSAGE))
    transcript.fold(StepEnded(TURN, 1, "completed"))
    assert roles(transcript) == ["user", "function_call", "assistant", "function_call_output", "developer", "user"]


def test_words_between_two_steps_are_said_at_once() -> None:
    transcript = Transcript.of(
        [Prompt(TURN, "go"), *items(MESSAGE), StepEnded(TURN, 1, "completed"), Steered(TURN, "s")]
    )
    assert roles(transcript) == ["user", "assistant", "user"]


def test_words_wait_for_the_outputs_of_calls() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *asked("a"), Steered(TURN, "s")])
    assert roles(transcript) == ["user", "function_call"]
    transcript.fold(ended("a"))
    assert roles(transcript)[2:] == ["function_call_output", "user"]


@pytest.mark.parametrize(
    ("done", "whole", "kept"),
    [
        ((THOUGHT, MESSAGE), False, ["reasoning", "assistant"]),
        ((THOUGHT,), False, []),
        ((THOUGHT,), True, ["reasoning"]),
        ((THOUGHT, THOUGHT, MESSAGE, THOUGHT), False, ["reasoning", "reasoning", "assistant"]),
        ((THOUGHT, CUT), False, ["assistant"]),
        ((MESSAGE, THOUGHT), True, ["assistant", "reasoning"]),
    ],
)
def test_reasoning_is_kept_with_what_it_led_to(done: tuple[Item, ...], whole: bool, kept: list[str]) -> None:
    end = StepEnded(TURN, 1, "completed" if whole else "failed")
    transcript = Transcript.of([Prompt(TURN, "go"), *items(*done), end])
    assert roles(transcript)[1:] == kept


def test_reasoning_that_nothing_ended_is_left_out_at_the_next_step() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *items(THOUGHT), *items(MESSAGE, number=2)])
    assert roles(transcript) == ["user", "assistant"]


# What the service keeps.


def test_a_whole_answer_can_be_built_on_up_to_its_own_last_item() -> None:
    transcript = Transcript.of(
        [Prompt(TURN, "go"), *asked("a")[:-1], ended("a"), StepEnded(TURN, 1, "completed", response="r")]
    )
    assert transcript.continuation == Continuation("r", 2)
    assert roles(transcript)[2:] == ["function_call_output"]


@pytest.mark.parametrize(
    "then",
    [
        Compacted(TURN, "window", "service", ()),
        StepEnded(TURN, 2, "failed", response="r2"),
        StepEnded(TURN, 2, "incomplete", response="r2"),
        StepEnded(TURN, 2, "completed"),
    ],
)
def test_a_compaction_or_an_answer_that_is_not_kept_can_not_be_built_on(then: Event) -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *items(MESSAGE), StepEnded(TURN, 1, "completed", response="r")])
    assert transcript.continuation is not None
    transcript.fold(then)
    assert transcript.continuation is None


def test_an_answer_under_way_says_how_it_is_taken_up() -> None:
    events = [Prompt(TURN, "go"), StepStarted(TURN, 1, SHA)]
    transcript = Transcript.of(events)
    assert transcript.open_step is not None
    assert (transcript.open_step.count, transcript.open_step.resume) == (1, None)
    for event in (ResponseBegun(TURN, 1, "r"), ItemDone(TURN, 1, MESSAGE, 7), ItemDone(TURN, 1, MESSAGE, 3)):
        transcript.fold(event)
    assert transcript.open_step is not None
    assert transcript.open_step.resume == Resume("r", 7)
    transcript.fold(StepEnded(TURN, 1, "completed"))
    assert transcript.open_step is None


# Compaction.


def test_a_compaction_replaces_what_it_stands_for_and_keeps_what_was_said_meanwhile() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *asked("a"), ended("a")])
    before = transcript.items
    transcript.fold(Steered(TURN, "wait"))
    summary: Item = {"type": "compaction", "encrypted_content": "x"}
    transcript.fold(Compacted(TURN, "window", "service", (summary,), count=3))
    assert roles(transcript) == ["compaction", "user"]
    assert transcript.items is not before, "who has counted the old list begins anew"


def test_without_a_count_it_stands_for_everything() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *items(MESSAGE), StepEnded(TURN, 1, "completed")])
    transcript.fold(Compacted(TURN, "command", "rule", (MESSAGE,)))
    assert transcript.items == [MESSAGE]


def test_a_log_with_a_gap_before_a_compaction_leaves_no_output_without_its_call() -> None:
    transcript = Transcript.of(
        [Prompt(TURN, "go"), *asked("a"), Compacted(TURN, "window", "rule", (MESSAGE,), count=2)]
    )
    transcript.fold(ended("a"))
    assert complaints(transcript.items) == []


# The turn's own state.


def test_a_fallback_is_said_and_holds_for_its_turn() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), ModelSwitched(TURN, "mini", "gpt is gone")])
    assert transcript.fallback == "mini"
    assert "mini" in transcript.items[-1]["content"][0]["text"]
    transcript.fold(TurnEnded(TURN, "end_turn"))
    assert transcript.fallback == ""


def test_a_model_that_the_person_chooses_is_taken_before_the_fallback() -> None:
    transcript = Transcript.of(
        [Prompt(TURN, "go"), ModelSwitched(TURN, "mini", "gpt is gone"), OptionSet("model", "x")]
    )
    assert transcript.fallback == ""


def test_the_form_of_the_answer_is_that_of_the_open_turn() -> None:
    wanted = OutputSchema("x", {})
    transcript = Transcript.of([Prompt(TURN, "go", schema=wanted)])
    assert transcript.schema == wanted
    transcript.fold(TurnEnded(TURN, "end_turn"))
    assert transcript.schema is None


def test_what_is_lowered_is_known_by_model() -> None:
    transcript = Transcript.of([FeatureLowered("gpt", "strict", "no")])
    assert transcript.lowered == {("gpt", "strict")}
