"""Requests: each is the one before with more at its end, and costs what is new in it."""

import json
import time
from collections.abc import Sequence

from bridge.harness.engine.request import Options, RequestBook, Sources
from bridge.harness.ids import CallId, TurnId
from bridge.harness.session.transcript import Transcript
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import (
    CallEnded,
    CallOpened,
    Compacted,
    Event,
    ItemDone,
    Note,
    Prompt,
    Steered,
    StepEnded,
    StepStarted,
)
from bridge.harness.values.model import Item, OutputSchema
from tests.harness.session.samples import SHA
from tests.support.fakes import ROOT, SESSION, TURN, FakeModel, FakeModels, FakeTool


def book(transcript: Transcript, options: Options | None = None) -> RequestBook:
    chosen = options or Options()
    models = FakeModels(FakeModel(name="first"), FakeModel(name="other"))
    registry = Registry([FakeTool("look"), FakeTool("act")])
    return RequestBook(Sources(SESSION, str(ROOT), transcript, registry, models, lambda: chosen))


def answer(number: int, output: str = "out") -> Sequence[Event]:
    """A step with some text, some reasoning and a call, and the call's output."""
    call = CallId(f"c{number}")
    return (
        StepStarted(TURN, number, SHA, "first"),
        ItemDone(TURN, number, {"type": "reasoning", "encrypted_content": "xyz", "summary": []}),
        ItemDone(TURN, number, {"type": "message", "role": "assistant", "content": []}),
        ItemDone(TURN, number, {"type": "function_call", "call_id": call, "name": "look", "arguments": "{}"}),
        CallOpened(TURN, call, "look", "other", "look", {}),
        StepEnded(TURN, number, "completed"),
        CallEnded(call, "ok", output),
    )


def size(items: Sequence[Item]) -> int:
    return sum(len(json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()) for item in items)


def test_the_sizes_of_the_parts_add_up_and_name_their_tools() -> None:
    transcript = Transcript.of([Prompt(TURN, "gö"), *answer(1), Note("seen"), Steered(TURN, "more")])
    asking = book(transcript).next()
    parts = {(part.kind, part.name): part.bytes for part in asking.parts}
    assert set(parts) == {
        ("instructions", ""),
        ("tools", ""),
        ("person", ""),
        ("reasoning", ""),
        ("assistant", ""),
        ("result", "look"),
        ("note", ""),
    }
    assert sum(parts.values()) == asking.size
    assert sum(parts.values()) - parts["instructions", ""] - parts["tools", ""] == size(asking.request.items)
    assert parts["person", ""] == size([transcript.items[0], transcript.items[-1]])


def test_the_account_kept_from_step_to_step_is_that_of_the_whole() -> None:
    transcript = Transcript.of([Prompt(TURN, "go")])
    kept = book(transcript)
    before: tuple[Item, ...] = ()
    for number in range(1, 6):
        for event in answer(number, "é" * number):
            transcript.fold(event)
        asking = kept.next()
        whole = book(transcript).next()
        assert (asking.sha, asking.size, asking.parts) == (whole.sha, whole.size, whole.parts)
        assert asking.request.items[: len(before)] == before
        assert all(old is new for old, new in zip(before, asking.request.items, strict=False))
        before = asking.request.items


def test_after_a_compaction_the_account_begins_anew() -> None:
    transcript = Transcript.of([Prompt(TURN, "go"), *answer(1)])
    kept = book(transcript)
    first = kept.next()
    transcript.fold(Compacted(TURN, "window", "service", ({"type": "compaction", "encrypted_content": "x"},)))
    second = kept.next()
    assert second.size < first.size
    assert [part.kind for part in second.parts] == ["instructions", "tools", "summary"]
    assert second.sha != first.sha


def test_what_a_request_hash_covers_is_what_is_sent() -> None:
    one, other = (Transcript.of([Prompt(TurnId("t"), text)]) for text in ("a", "b"))
    assert book(one).next().sha == book(one).next().sha
    assert book(one).next().sha != book(other).next().sha


def test_options_and_the_form_of_the_answer_are_in_the_request() -> None:
    wanted = OutputSchema("x", {})
    transcript = Transcript.of([Prompt(TURN, "go", schema=wanted)])
    asking = book(transcript, Options("other", "high", fast=True)).next()
    request = asking.request
    assert (asking.model.name, request.effort, request.fast, request.schema) == ("other", "high", True, wanted)
    assert (request.session, asking.tier, asking.number) == (SESSION, "priority", 1)


def test_two_megabytes_of_history_cost_next_to_nothing_a_step() -> None:
    transcript = Transcript.of([Prompt(TURN, "go")])
    for number in range(1, 101):
        for event in answer(number, "x" * 20_000):
            transcript.fold(event)
    kept = book(transcript)
    kept.next()
    assert kept.next().size > 2_000_000
    took = []
    for number in range(101, 111):
        for event in answer(number, "y" * 100):
            transcript.fold(event)
        began = time.perf_counter()
        kept.next()
        took.append(time.perf_counter() - began)
    assert min(took) < 0.001
