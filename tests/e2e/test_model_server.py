"""The tests' model server says what the real service says: the openai SDK reads it, and its faults are faults."""

import contextlib
from collections.abc import Sequence
from typing import Any

import openai
import pytest
from openai.types.responses import ResponseInputItemParam

from tests.support import model_answers as answers
from tests.support.model_answers import Answer, Call, Message, Thought, said, text, tokens
from tests.support.model_server import ModelServer

ASKED: list[ResponseInputItemParam] = [{"role": "user", "content": "hi"}]
BROKEN = (openai.APIConnectionError, openai.APIError, ValueError)


def client(server: ModelServer) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.base_url, api_key="any", max_retries=0)


def kinds(server: ModelServer, **more: Any) -> list[str]:
    with client(server) as sdk, sdk.responses.create(model="m", input=ASKED, stream=True, **more) as stream:
        return [event.type for event in stream]


def test_the_sdk_reads_texts_calls_and_reasoning() -> None:
    usage = tokens(10, 5, cached=3, reasoning=2)
    several = said(Thought("I think about it", "secret"), Call("get", {"a": 1}), Call("put", "{]"), usage=usage)
    with ModelServer([text("Grüße an die Welt"), several]) as server, client(server) as sdk:
        with sdk.responses.stream(model="m", input=ASKED) as stream:
            assert [event.delta for event in stream if event.type == "response.output_text.delta"]
            assert stream.get_final_response().output_text == "Grüße an die Welt"
        with sdk.responses.stream(model="m", input=ASKED) as stream:
            summary = "".join(e.delta for e in stream if e.type == "response.reasoning_summary_text.delta")
            final = stream.get_final_response()
        assert summary == "I think about it"
        calls = [item for item in final.output if item.type == "function_call"]
        assert [(call.name, call.arguments) for call in calls] == [("get", '{"a": 1}'), ("put", "{]")]
        assert final.usage is not None
        assert final.usage.input_tokens_details.cached_tokens == 3
        assert server.connections == 1
        assert len(server.asked) == 2


def test_the_sdk_reads_chat_completions() -> None:
    answer = said(Message("I look."), Call("get", {"a": 1}), Call("put", {}))
    with ModelServer([answer, answer]) as server, client(server) as sdk:
        options: Any = {"include_usage": True}
        messages: list[Any] = [{"role": "user", "content": "hi"}]
        with sdk.chat.completions.stream(model="m", messages=messages, stream_options=options) as stream:
            for _ in stream:
                pass
            streamed = stream.get_final_completion()
        whole = sdk.chat.completions.create(model="m", messages=messages)
    for completion in (streamed, whole):
        message = completion.choices[0].message
        assert message.content == "I look."
        assert [call.function.arguments for call in message.tool_calls or ()] == ['{"a": 1}', "{}"]  # type: ignore[union-attr]
        assert completion.choices[0].finish_reason == "tool_calls"
        assert completion.usage


def test_a_response_is_kept_resumed_and_forgotten() -> None:
    with ModelServer() as server, client(server) as sdk:
        gate = server.gate()
        server.add(answers.held(text("hello"), gate, 4), text("again"))
        stream = sdk.responses.create(model="m", input=ASKED, stream=True, background=True)
        first = [next(stream).sequence_number for _ in range(4)]
        gate.reached()
        stream.close()
        assert server.request(1).left.wait(5)
        rest = [event.sequence_number for event in sdk.responses.retrieve("resp_0001", stream=True, starting_after=3)]
        assert [*first, *rest] == list(range(len(first) + len(rest)))
        more: list[ResponseInputItemParam] = [{"role": "user", "content": "more"}]
        assert sdk.responses.create(model="m", input=more, previous_response_id="resp_0001").output_text == "again"
        server.forget()
        with pytest.raises(openai.BadRequestError) as lost:
            sdk.responses.create(model="m", input=more, previous_response_id="resp_0001")
        assert lost.value.code == "previous_response_not_found"


@pytest.mark.parametrize(
    "answer",
    [
        answers.cut(text("x" * 100), 700),
        answers.cut(text("x" * 100), 700, reset=False),
        answers.cut_at(text("x"), 3),
        answers.dropped(),
        answers.dropped(reset=False),
        answers.garbage(),
        answers.rate_limited(retry_after="0"),
        answers.wrong_key(),
    ],
)
def test_faults_are_faults(answer: Answer) -> None:
    with ModelServer([answer, text("fine")]) as server:
        with pytest.raises(BROKEN):
            kinds(server)
        assert kinds(server)[-1] == "response.completed"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (answers.split(text("späte Größe")), ["response.created", "response.completed"]),
        (answers.unfinished(text("x")), ["response.created", "response.output_item.done"]),
        (answers.failed("server_error", "no"), ["response.created", "response.failed"]),
        (answers.incomplete("max_output_tokens", Message("x")), ["response.created", "response.incomplete"]),
    ],
)
def test_odd_streams_are_streams(answer: Answer, wanted: Sequence[str]) -> None:
    with ModelServer([answer]) as server:
        seen = kinds(server)
    assert [seen[0], seen[-1]] == wanted


def test_an_endless_stream_ends_when_its_client_leaves() -> None:
    with ModelServer([answers.endless()]) as server, client(server) as sdk:
        stream = sdk.responses.create(model="m", input=ASKED, stream=True)
        assert sum(1 for _ in zip(range(200), stream, strict=False)) == 200
        stream.close()
        assert server.request(1).left.wait(5)


@pytest.mark.parametrize(
    ("script", "item", "complaint"),
    [
        ([text("x")], {"type": "function_call", "call_id": "c", "name": "get", "arguments": "{}"}, "No tool output"),
        ([], ASKED[0], "no answer for model call 1"),
    ],
)
def test_what_no_service_takes_is_told_at_the_end(script: Sequence[Answer], item: Any, complaint: str) -> None:
    def run() -> None:
        with ModelServer(script) as server, client(server) as sdk, contextlib.suppress(openai.BadRequestError):
            sdk.responses.create(model="m", input=[item])

    with pytest.raises(AssertionError, match=complaint):
        run()
