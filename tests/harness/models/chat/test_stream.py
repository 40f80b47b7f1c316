"""Whatever a server puts into its chunks: an answer, or a failure that says so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.errors import ModelProblem
from bridge.harness.models.chat.stream import Answer, usage
from bridge.harness.models.service.sse import ITEM_LIMIT
from bridge.harness.values.model import Ended, ItemReady, ModelEvent, TextDelta
from bridge.harness.values.usage import Usage

Json = dict[str, Any]

SCRAPS: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "x", 0, -1, 2.5, True, [], {}, [None], [[]], {"x": 1}, "stop", "length"]
)
VALUES = st.one_of(SCRAPS, st.lists(SCRAPS, max_size=2))


def objects(*names: str, inside: st.SearchStrategy[Any] = VALUES) -> st.SearchStrategy[Json]:
    """Objects that have some of these keys."""
    return st.dictionaries(st.sampled_from(names), inside, max_size=len(names))


CALLS = st.lists(objects("index", "id", "function", inside=st.one_of(VALUES, objects("name", "arguments"))), max_size=3)
DELTAS = objects(
    *("role", "content", "refusal", "reasoning", "reasoning_content", "tool_calls"), inside=st.one_of(VALUES, CALLS)
)
CHOICES = objects("index", "delta", "message", "finish_reason", inside=st.one_of(VALUES, DELTAS))
USAGES = objects("prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details")
CHUNKS = objects(
    *("choices", "usage", "model", "service_tier", "error", "type"),
    inside=st.one_of(VALUES, USAGES, st.lists(CHOICES, max_size=2)),
)


def read(chunks: list[Json]) -> list[ModelEvent]:
    answer = Answer()
    return [event for chunk in chunks for event in answer.chunk(chunk)] + list(answer.end())


@given(st.lists(CHUNKS, max_size=6))
def test_nothing_but_a_failure_of_the_model_is_raised(chunks: list[Json]) -> None:
    try:
        events = read(chunks)
    except ModelProblem:
        return
    assert isinstance(events[-1], Ended)
    written: dict[str, str] = {}
    for event in events:
        if isinstance(event, TextDelta):
            assert event.text
            assert event.offset == len(written.get(event.item, ""))
            written[event.item] = written.get(event.item, "") + event.text
        if isinstance(event, ItemReady) and event.item["type"] == "message":
            (part,) = event.item["content"]
            assert part.get("text", part.get("refusal")) == written.pop(event.item["id"])
        if isinstance(event, ItemReady) and event.item["type"] == "function_call":
            assert all(isinstance(event.item[key], str) for key in ("call_id", "name", "arguments"))
            assert event.item["call_id"]
    assert not written


def test_what_is_written_in_turns_becomes_items_in_turn() -> None:
    deltas: list[Json] = [{"reasoning": "a"}, {"content": "b"}, {"reasoning": "c"}, {"content": "d"}, {"refusal": "e"}]
    chunks: list[Json] = [{"choices": [{"delta": delta}]} for delta in deltas]
    events = read([*chunks, {"choices": [{"delta": {}, "finish_reason": "stop"}]}])
    kinds = [event.item["type"] for event in events if isinstance(event, ItemReady)]
    assert kinds == ["reasoning", "message", "reasoning", "message", "message"]


@pytest.mark.parametrize("name", ["reasoning", "content"])
def test_a_model_that_never_stops_is_stopped(name: str) -> None:
    half: Json = {"choices": [{"delta": {name: "x" * (ITEM_LIMIT // 2)}}]}
    with pytest.raises(ModelProblem, match="longer than") as caught:
        read([half, half, {"choices": [{"delta": {name: "x"}}]}])
    assert caught.value.fault == "broken"


def test_a_second_choice_is_not_mixed_in() -> None:
    rows: list[Json] = [{"index": 0, "delta": {"content": "x"}}, {"index": 1, "delta": {"content": "y"}}]
    done = {"choices": [{"index": 0, "finish_reason": "stop"}]}
    events = read([*({"choices": [row]} for row in rows), done])
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["x"]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, None),
        ({}, None),
        ("many", None),
        ({"prompt_tokens": 5}, Usage(input=5)),
        ({"prompt_tokens": 5, "prompt_tokens_details": None, "completion_tokens": None}, Usage(input=5)),
        ({"prompt_tokens": 9, "prompt_cache_hit_tokens": 4}, Usage(input=9, cached=4)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cache_write_tokens": 4}}, Usage(input=9, cache_write=4)),
    ],
)
def test_usage(told: Any, found: Usage | None) -> None:
    assert usage(told) == found
