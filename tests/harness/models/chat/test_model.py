"""The Chat Completions adapter against a real server on loopback: what it sends, and what it makes of the answers."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import anyio
import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.models.chat.model import ChatModel
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.values.model import (
    Effort,
    Ended,
    Item,
    ItemReady,
    Lowered,
    ModelEvent,
    ModelInfo,
    ModelRequest,
    OutputSchema,
    ReasoningDelta,
    TextDelta,
)
from bridge.harness.values.usage import Usage
from tests.support import model_answers as answers
from tests.support.model_answers import JSON, SSE, Answer, Json, Reply
from tests.support.model_server import ModelServer

pytestmark = pytest.mark.anyio

HELLO: Item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}
TOOL: Item = {
    "type": "function",
    "name": "read_file",
    "description": "Read.",
    "parameters": {"type": "object", "properties": {}},
    "strict": True,
}
REQUEST = ModelRequest("Be good.", (HELLO,), (TOOL,), session="s")


@asynccontextmanager
async def chat(server: ModelServer, info: ModelInfo | None = None, **more: Any) -> AsyncIterator[ChatModel]:
    """The adapter on this server."""
    model = ChatModel(Endpoint("m", info or ModelInfo("m"), server.base_url, **more))
    try:
        yield model
    finally:
        await model.aclose()


async def heard(model: ChatModel, request: ModelRequest = REQUEST) -> list[ModelEvent]:
    with anyio.fail_after(20):
        return [event async for event in model.stream(request)]


async def ask(answer: Answer, request: ModelRequest = REQUEST, info: ModelInfo | None = None) -> list[ModelEvent]:
    with ModelServer([answer]) as server:
        async with chat(server, info) as model:
            return await heard(model, request)


def chunks(*deltas: Json, finish: str | None = "stop", done: bool = True, **last: Any) -> Answer:
    """A stream of these deltas, as they are."""
    rows: list[Json] = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    if finish:
        rows.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}], **last})
    acts = [f"data: {json.dumps(row)}\n\n".encode() for row in rows]
    return lambda _: Reply(headers=SSE, acts=(*acts, b"data: [DONE]\n\n") if done else acts)


def items(events: Sequence[ModelEvent]) -> list[Item]:
    return [event.item for event in events if isinstance(event, ItemReady)]


def end(events: Sequence[ModelEvent]) -> Ended:
    last = events[-1]
    assert isinstance(last, Ended)
    assert sum(isinstance(event, Ended) for event in events) == 1
    return last


async def test_what_is_sent() -> None:
    with ModelServer([answers.text("Hi.")], key="k-of-the-test") as server:
        async with chat(server, key=lambda: "k-of-the-test") as model:
            await heard(
                model, replace(REQUEST, effort="high", fast=True, schema=OutputSchema("out", {"type": "object"}))
            )
    (request,) = server.asked
    assert request.path.endswith("/v1/chat/completions")
    assert request.body == {
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "reasoning_effort": "high",
        "service_tier": "priority",
        "tools": [
            {"type": "function", "function": {key: value for key, value in TOOL.items() if key != "type"}},
        ],
        "parallel_tool_calls": True,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "out", "schema": {"type": "object"}, "strict": True},
        },
        "messages": [{"role": "system", "content": "Be good."}, {"role": "user", "content": "hello"}],
    }


async def test_text_comes_in_pieces_and_as_an_item() -> None:
    events = await ask(answers.text("Grüße, 世界 and more of it.", answers.tokens(40, 9, cached=30, reasoning=4)))
    pieces = [event for event in events if isinstance(event, TextDelta)]
    (item,) = items(events)
    assert len(pieces) > 1
    assert {piece.item for piece in pieces} == {item["id"]}
    assert [piece.offset for piece in pieces] == [
        sum(len(one.text) for one in pieces[:at]) for at in range(len(pieces))
    ]
    assert item["content"] == [{"type": "output_text", "text": "Grüße, 世界 and more of it."}]
    assert (item["type"], item["role"], item["status"]) == ("message", "assistant", "completed")
    assert end(events) == Ended("completed", usage=Usage(40, 30, 0, 9, 4), model="m", tier="default")


async def test_bytes_cut_anywhere_are_the_same() -> None:
    answer = answers.said(
        answers.Thought("hmm 世界"), answers.Message("Grüße"), answers.Call("read_file", {"path": "ü"})
    )
    whole, cut = await ask(answer), await ask(answers.split(answer))
    assert [type(event) for event in whole] == [type(event) for event in cut]
    assert [bare(item) for item in items(whole)] == [bare(item) for item in items(cut)]


def bare(item: Item) -> Item:
    return {key: value for key, value in item.items() if key != "id"}


async def test_calls_become_items() -> None:
    events = await ask(answers.calls(("read_file", {"path": "a"}), ("read_file", {"path": "b"}), say="I look."))
    message, *calls = items(events)
    assert message["content"][0]["text"] == "I look."
    assert [(call["type"], call["name"], json.loads(call["arguments"])) for call in calls] == [
        ("function_call", "read_file", {"path": "a"}),
        ("function_call", "read_file", {"path": "b"}),
    ]
    assert len({call["call_id"] for call in calls}) == 2
    assert end(events).status == "completed"


async def test_a_call_is_given_while_the_next_one_is_still_written() -> None:
    with ModelServer() as server:
        gate = server.gate()
        both = answers.calls(("read_file", {"path": "a"}), ("read_file", {"path": "b"}))
        server.add(answers.held(both, gate, after=-3))
        async with chat(server) as model:
            with anyio.fail_after(20):
                events = model.stream(REQUEST)
                first = await anext(events)
                assert isinstance(first, ItemReady)
                assert json.loads(first.item["arguments"]) == {"path": "a"}
                gate.open_all()
                assert [type(event) async for event in events] == [ItemReady, Ended]


async def test_reasoning_is_told_by_either_name() -> None:
    for name in ("reasoning_content", "reasoning"):
        events = await ask(chunks({name: "let me "}, {name: "think"}, {"content": "Hi."}))
        thought, message = items(events)
        assert [event.text for event in events if isinstance(event, ReasoningDelta)] == ["let me ", "think"]
        assert thought["summary"] == [{"type": "summary_text", "text": "let me think"}]
        assert message["content"][0]["text"] == "Hi."


async def test_a_refusal_is_a_message() -> None:
    events = await ask(chunks({"refusal": "I can't."}))
    assert items(events)[0]["content"] == [{"type": "refusal", "refusal": "I can't."}]
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["I can't."]


@pytest.mark.parametrize(("finish", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter")])
async def test_an_answer_that_was_cut_is_incomplete(finish: str, reason: str) -> None:
    part = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "read_file", "arguments": '{"pa'}}]}
    events = await ask(chunks({"content": "So far"}, part, finish=finish))
    assert [item["type"] for item in items(events)] == ["message"]
    assert (end(events).status, end(events).reason) == ("incomplete", reason)


async def test_any_other_end_is_complete() -> None:
    for finish in ("stop", "tool_calls", "function_call", "eos"):
        assert end(await ask(chunks({"content": "x"}, finish=finish))).status == "completed"


async def test_a_server_that_does_not_stream() -> None:
    message = {
        "role": "assistant",
        "content": "Here.",
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "read_file", "arguments": "{}"}}],
    }
    body = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}], "service_tier": "flex"}
    told = {"usage": {"prompt_tokens": 7, "completion_tokens": 2}}
    events = await ask(lambda _: Reply(headers=JSON, acts=(json.dumps(body | told).encode(),), whole=True))
    assert [item["type"] for item in items(events)] == ["message", "function_call"]
    assert end(events) == Ended("completed", usage=Usage(input=7, output=2), tier="flex")


@pytest.mark.parametrize("kind", ["text/plain", ""])
async def test_a_stream_that_is_called_something_else(kind: str) -> None:
    events = await ask(lambda request: replace(chunks({"content": "x"})(request), headers={"content-type": kind}))
    assert items(events)[0]["content"][0]["text"] == "x"


async def test_a_page_for_people_is_no_answer() -> None:
    page = Reply(headers={"content-type": "text/html"}, acts=(b"<html>Please log in.</html>",), whole=True)
    with pytest.raises(ModelProblem, match="A web page came") as problem:
        await ask(lambda _: page)
    assert problem.value.fault == "bad_request"
    assert "base URL" in problem.value.hint


async def test_content_of_parts_and_no_choices_at_all() -> None:
    empty = answers.with_bytes(chunks({"content": [{"type": "text", "text": "Hi"}]}), b'data: {"choices": []}\n\n', 1)
    events = await ask(empty)
    assert items(events)[0]["content"][0]["text"] == "Hi"


async def test_usage_that_is_not_told_or_zero_is_unknown() -> None:
    assert end(await ask(chunks({"content": "x"}))).usage is None
    assert end(await ask(chunks({"content": "x"}, usage={"prompt_tokens": 0, "completion_tokens": 0}))).usage is None


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (chunks({"content": "x"}, finish=None), "broken"),
        (chunks({"content": "x"}, finish=None, done=False), "broken"),
        (answers.cut_at(answers.text("some words of it"), 2), "broken"),
        (answers.garbage(), "broken"),
        (answers.dropped(), "network"),
        (answers.rate_limited(), "rate_limited"),
        (answers.no_quota(), "quota"),
        (answers.wrong_key(), "auth"),
        (answers.too_long(), "context_too_long"),
        (answers.no_model("m"), "gone"),
        (answers.status(503), "server"),
    ],
)
async def test_failures(answer: Answer, fault: str) -> None:
    with pytest.raises(ModelProblem) as problem:
        await ask(answer)
    assert problem.value.fault == fault


async def test_a_failure_that_the_stream_reports() -> None:
    row = json.dumps({"error": {"message": "Overloaded", "type": "overloaded_error"}})
    broken = answers.with_bytes(answers.text("some words"), f"data: {row}\n\n".encode(), after=2)
    with pytest.raises(ModelProblem, match="Overloaded") as problem:
        await ask(broken)
    assert problem.value.fault == "server"


async def test_a_key_is_not_repeated_in_a_failure_of_the_stream() -> None:
    row = json.dumps({"error": {"message": "no k0-of-the-test here", "type": "server_error"}})
    with ModelServer([answers.with_bytes(answers.text("some words"), f"data: {row}\n\n".encode(), after=2)]) as server:
        async with chat(server, key=lambda: "k0-of-the-test") as model:
            with pytest.raises(ModelProblem, match=r"no \[key\] here"):
                await heard(model)


@pytest.mark.parametrize(
    ("answer", "begun"),
    [
        (chunks({"role": "assistant"}, finish=None), True),
        (answers.cut_at(answers.text("some words of it"), 2), True),
        (answers.dropped(), False),
        (answers.status(503), False),
    ],
)
async def test_whether_the_service_had_taken_the_call(answer: Answer, begun: bool) -> None:
    with pytest.raises(ModelProblem) as problem:
        await ask(answer)
    assert problem.value.begun is begun


async def test_the_tier_that_was_asked_for_is_reported_where_the_server_says_none() -> None:
    fast = replace(REQUEST, fast=True)
    refused = answers.error(400, "Unknown parameter: 'service_tier'.")
    with ModelServer([answers.text("Hi."), answers.text("Hi."), refused, answers.text("Hi.")]) as server:
        async with chat(server) as model:
            ends = [end(await heard(model, one)) for one in (fast, REQUEST, fast)]
    assert [one.tier for one in ends] == ["priority", "default", "default"]


REFUSALS = {
    "effort": "Unrecognized request argument supplied: reasoning_effort",
    "parallel calls": "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.",
    "token counts": "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs'}]",
    "fast tier": "Unknown parameter: 'service_tier'.",
    "tools": "registry.example/tiny does not support tools",
    "strict schemas": "Unknown field: tools.0.function.strict",
    "structured output": "This model does not support `response_format` of type json_schema",
}
FULL = replace(REQUEST, effort="low", fast=True, schema=OutputSchema("out", {"type": "object"}))
KEYS = {
    "effort": "reasoning_effort",
    "parallel calls": "parallel_tool_calls",
    "token counts": "stream_options",
    "fast tier": "service_tier",
    "tools": "tools",
    "structured output": "response_format",
}


@pytest.mark.parametrize("feature", REFUSALS)
async def test_what_a_server_refuses_is_left_out_and_said(feature: str) -> None:
    refusal = answers.error(400, REFUSALS[feature])
    with ModelServer([refusal, answers.text("Hi."), answers.text("Hi again.")]) as server:
        async with chat(server) as model:
            first = await heard(model, FULL)
            second = await heard(model, FULL)
    assert [event.feature for event in first if isinstance(event, Lowered)] == [feature]
    assert [event.feature for event in second if isinstance(event, Lowered)] == [feature]
    assert len(server.asked) == 3
    full, *without = (request.body for request in server.asked)
    if feature == "strict schemas":
        assert '"strict": true' in json.dumps(full)
        assert '"strict": true' not in json.dumps(without)
    else:
        assert KEYS[feature] in full
        assert all(KEYS[feature] not in body for body in without)


async def test_a_refusal_of_what_was_not_asked_for_is_a_failure() -> None:
    with pytest.raises(ModelProblem, match="response_format"):
        await ask(answers.error(400, REFUSALS["structured output"]))


async def test_each_thing_is_left_out_once() -> None:
    with ModelServer([answers.error(400, REFUSALS["effort"])] * 2) as server:
        async with chat(server) as model:
            with pytest.raises(ModelProblem):
                await heard(model, replace(REQUEST, effort="low"))
    assert len(server.asked) == 2


async def test_a_model_that_calls_tools_only_without_thinking() -> None:
    info = ModelInfo("gpt-6-luna", efforts=("none", "low", "medium", "high"))
    words = "Function tools with reasoning_effort are not supported for gpt-6-luna in /v1/chat/completions."
    with ModelServer([answers.error(400, words), answers.text("Hi.")]) as server:
        async with chat(server, info) as model:
            events = await heard(model)
    assert server.asked[1].body["reasoning_effort"] == "none"
    assert isinstance(events[0], Lowered)


@pytest.mark.parametrize(
    ("effort", "efforts", "word", "said"),
    [
        ("max", ("low", "high", "xhigh"), "xhigh", False),
        ("max", ("low", "medium", "high"), "high", True),
        ("low", ("high",), "high", True),
        ("high", (), "high", False),
        ("max", (), "high", True),
    ],
)
async def test_effort_is_lowered_openly(effort: Effort, efforts: tuple[str, ...], word: str, said: bool) -> None:
    with ModelServer([answers.text("Hi.")]) as server:
        async with chat(server, ModelInfo("m", efforts=efforts)) as model:
            events = await heard(model, replace(REQUEST, effort=effort))
    assert server.asked[0].body["reasoning_effort"] == word
    assert any(isinstance(event, Lowered) for event in events) is said


async def test_tools_of_the_service_are_said_to_be_left_out() -> None:
    with ModelServer([answers.text("Hi.")]) as server:
        async with chat(server, hosted_tools=({"type": "web_search"},)) as model:
            events = await heard(model)
    assert [event.feature for event in events if isinstance(event, Lowered)] == ["built-in tools"]


async def test_each_body_begins_as_the_one_before_it() -> None:
    call: Item = {"type": "function_call", "call_id": "a", "name": "read_file", "arguments": "{}"}
    output: Item = {"type": "function_call_output", "call_id": "a", "output": "text"}
    more: list[tuple[Item, ...]] = [
        (),
        (call, output),
        ({**call, "call_id": "b"}, {**output, "call_id": "b"}),
        (HELLO,),
    ]
    history: tuple[Item, ...] = (HELLO,)
    with ModelServer([answers.text("x")] * 6) as server:
        async with chat(server) as model:
            for new in more:
                history += new
                await heard(model, replace(REQUEST, items=history))
            await heard(model, replace(REQUEST, items=(HELLO,), session="other"))
            await heard(model, replace(REQUEST, items=(output, *history)))
        raw = [request.raw for request in server.asked]
    for before, after in pairwise(raw[:4]):
        assert after.startswith(before.removesuffix(b"]}"))
    assert [message["role"] for message in server.asked[3].items] == [
        *("system", "user", "assistant", "tool", "assistant", "tool", "user"),
    ]
    assert raw[4] == raw[0]
    assert raw[5] == raw[3]


async def test_there_is_no_compaction_of_its_own() -> None:
    assert await ChatModel(Endpoint("m", ModelInfo("m"))).compact(REQUEST) is None


async def test_who_stops_listening_gives_the_connection_back() -> None:
    with ModelServer() as server:
        gate = server.gate()
        server.add(answers.held(answers.text("a long text that goes on"), gate, after=2))
        async with chat(server) as model:
            with anyio.fail_after(20):
                events = model.stream(REQUEST)
                await anext(events)
                await events.aclose()
                await anyio.to_thread.run_sync(server.asked[0].left.wait, 10)
    assert server.asked[0].left.is_set()
