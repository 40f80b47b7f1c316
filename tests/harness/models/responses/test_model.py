"""The Responses adapter over real HTTP: what it reports, what it asks for, and what it does without."""

from collections.abc import Callable
from typing import Any

import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.models.responses.abilities import COOLING_SECONDS
from bridge.harness.models.responses.model import ResponsesModel
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import Refused
from bridge.harness.values.model import (
    Continuation,
    Ended,
    ItemReady,
    Lowered,
    ModelEvent,
    ModelInfo,
    ModelRequest,
    OutputSchema,
    ServiceCompaction,
    TextDelta,
)
from bridge.harness.values.usage import Usage
from tests.harness.models.responses.asking import (
    call,
    completed,
    created,
    endpoint,
    gathered,
    message,
    request,
    user,
    written,
)
from tests.harness.models.service.loopback import Asked, Loopback, Says, refusing, says, says_json, serving

TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}, "strict": True}
DONE = says(created(), *written("Hi"), completed([message("Hi")]))


def refusal(status: int = 400, **error: Any) -> Says:
    """An HTTP error."""
    return says_json({"error": {"message": "no", **error}}, status)


async def asked(
    answers: list[Says],
    *requests: ModelRequest,
    made: Callable[[str], Endpoint] = endpoint,
    clock: list[float] | None = None,
) -> tuple[list[list[ModelEvent]], Loopback]:
    """The events of each request to one model that is answered so."""
    now = clock or [0.0]
    async with serving(answers) as server:
        model = ResponsesModel(made(server.url), clock=lambda: now[0])
        try:
            return [await gathered(model, one) for one in requests], server
        finally:
            await model.aclose()


def lowered(events: list[ModelEvent]) -> list[str]:
    """The features that were said to be lowered."""
    return [event.feature for event in events if isinstance(event, Lowered)]


@pytest.mark.anyio
async def test_text_and_calls_are_reported() -> None:
    done = {"type": "response.output_item.done", "output_index": 1, "item": call('{"a":1}'), "sequence_number": 9}
    answer = says(created(), *written("Hello, you"), done, completed([message("Hello, you"), call()]))
    [events], _ = await asked([answer], request(session="s1"))
    assert events == [
        TextDelta("msg_1", 0, "Hel"),
        TextDelta("msg_1", 3, "lo,"),
        TextDelta("msg_1", 6, " yo"),
        TextDelta("msg_1", 9, "u"),
        ItemReady(message("Hello, you")),
        ItemReady(call('{"a":1}'), 9),
        Ended("completed", usage=Usage(10, 4, 0, 3, 2), model="gpt-test-1", tier="default"),
    ]


@pytest.mark.anyio
async def test_a_request_has_its_keys_in_a_fixed_order_and_the_input_last() -> None:
    first = request(user("a"), tools=(TOOL,), session="s1", effort="medium")
    second = request(*first.items, message("Hi"), user("b"), tools=first.tools, session="s1", effort="medium")
    _, server = await asked([DONE, DONE], first, second)
    assert server.asked[0].path == "/responses"
    assert list(server.asked[0].body.items())[:-1] == [
        ("model", "gpt-test"),
        ("instructions", "Be brief."),
        ("tools", [TOOL]),
        ("parallel_tool_calls", True),
        ("reasoning", {"effort": "medium", "summary": "auto"}),
        ("include", ["reasoning.encrypted_content"]),
        ("store", False),
        ("prompt_cache_key", "s1"),
        ("stream", True),
    ]
    assert server.asked[1].raw.startswith(server.asked[0].raw.removesuffix(b"]}"))
    assert server.connections == 1


@pytest.mark.anyio
async def test_built_in_tools_and_the_form_of_the_answer_are_asked_for() -> None:
    def made(url: str) -> Endpoint:
        return endpoint(url, hosted_tools=({"type": "web_search"},))

    schema = OutputSchema("report", {"type": "object"})
    _, server = await asked([DONE], request(tools=(TOOL,), schema=schema), made=made)
    body = server.asked[0].body
    assert body["tools"] == [TOOL, {"type": "web_search"}]
    assert body["text"] == {
        "format": {"type": "json_schema", "name": "report", "schema": {"type": "object"}, "strict": True}
    }


@pytest.mark.anyio
async def test_of_a_known_model_that_does_not_reason_no_reasoning_is_asked_for() -> None:
    def made(url: str) -> Endpoint:
        return endpoint(url, info=ModelInfo("gpt-4.1", window=1000))

    [events], server = await asked([DONE], request(effort="high"), made=made)
    assert lowered(events) == ["effort"]
    assert not {"reasoning", "include"} & set(server.asked[0].body)


@pytest.mark.anyio
async def test_what_the_service_lacks_is_left_out_said_and_not_asked_again() -> None:
    answers = [
        refusal(param="parallel_tool_calls"),
        refusal(422, message="Unknown parameter: 'prompt_cache_key'"),
        refusal(param="reasoning.effort", message="Unsupported value. Supported values are: 'low', 'medium'"),
        refusal(param="reasoning", message="Unknown parameter: 'reasoning'"),
        refusal(param="tools[0].strict", message="Extra inputs are not permitted"),
        refusal(param="text.format", message="Unknown"),
        DONE,
        DONE,
    ]
    one = request(tools=(TOOL,), session="s", effort="high", schema=OutputSchema("x", {}))
    [first, second], server = await asked(answers, one, one)
    assert lowered(first) == [
        "parallel calls",
        "prompt cache key",
        "effort",
        "reasoning",
        "strict schemas",
        "structured output",
    ]
    assert lowered(second) == []
    assert server.asked[3].body["reasoning"]["effort"] == "medium"
    assert list(server.asked[-1].body) == ["model", "instructions", "tools", "store", "stream", "input"]
    assert "strict" not in server.asked[-1].body["tools"][0]
    assert isinstance(second[-1], Ended)


@pytest.mark.anyio
async def test_built_in_tools_that_the_service_lacks_are_left_out() -> None:
    def made(url: str) -> Endpoint:
        return endpoint(url, hosted_tools=({"type": "web_search"},))

    no = refusal(param="tools[1].type", message="Invalid value: 'web_search'.")
    [events], server = await asked([no, DONE], request(tools=(TOOL,)), made=made)
    assert lowered(events) == ["built-in tools"]
    assert server.asked[1].body["tools"] == [TOOL]


@pytest.mark.anyio
async def test_reasoning_of_another_service_is_left_out_of_this_session() -> None:
    history = (user("a"), {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "x"}, call())
    no = refusal(code="invalid_encrypted_content", message="The encrypted content x could not be verified.")
    [events, _], server = await asked([no, DONE, DONE], request(*history, session="s"), request(*history, session="t"))
    assert lowered(events) == ["carried reasoning"]
    kinds = [[item["type"] for item in body["input"]] for body in server.bodies()]
    assert kinds == [
        ["message", "reasoning", "function_call"],
        ["message", "function_call"],
        ["message", "reasoning", "function_call"],
    ]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (refusal(message="what?"), "bad_request"),
        (refusal(401), "auth"),
        (refusal(429, code="insufficient_quota"), "quota"),
        (refusal(500), "server"),
        (refusal(code="context_length_exceeded"), "context_too_long"),
        (Says(), "broken"),
        (says(created(), *written("Hi")), "broken"),
        (Says([b"data: rubbish\n\n"]), "broken"),
        (Says([b"data: {}\n\n"], cut=True), "broken"),
        (Says(cut=True), "network"),
        (Says([b'{"id": '], headers={"content-type": "application/json"}), "broken"),
    ],
)
async def test_what_goes_wrong_is_raised_once(answer: Says, fault: str) -> None:
    async with serving([answer, DONE]) as server:
        model = ResponsesModel(endpoint(server.url))
        with pytest.raises(ModelProblem) as caught:
            await gathered(model, request())
        await model.aclose()
        assert caught.value.fault == fault
        assert caught.value.begun is (b"data: {}\n\n" in answer.pieces or len(answer.pieces) > 1)
        assert len(server.asked) == 1


@pytest.mark.anyio
async def test_a_feature_is_lowered_once_and_then_it_is_a_failure() -> None:
    no = refusal(param="parallel_tool_calls")
    with pytest.raises(Refused):
        await asked([no, no], request(tools=(TOOL,)))


def storing(url: str) -> Endpoint:
    """An endpoint that stores."""
    return endpoint(url, store=True)


@pytest.mark.anyio
async def test_where_responses_are_stored_only_what_is_new_is_sent() -> None:
    items = (user("a"), message("Hi"), user("b"))
    [events], server = await asked([DONE], request(*items, continues=Continuation("resp_0", 2)), made=storing)
    body = server.asked[0].body
    assert (body["store"], body["previous_response_id"]) == (True, "resp_0")
    assert body["input"] == [user("b")]
    assert isinstance(events[-1], Ended)
    assert events[-1].response == "resp_1"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "no",
    [
        refusal(code="previous_response_not_found", message="Previous response with id 'resp_0' not found."),
        refusal(404, message="Response with id 'resp_0' not found."),
        refusal(param="previous_response_id", message="not found"),
    ],
)
async def test_a_forgotten_response_is_said_and_everything_is_sent(no: Says) -> None:
    items = (user("a"), message("Hi"), user("b"))
    one = request(*items, continues=Continuation("resp_0", 2))
    [events], server = await asked([no, DONE], one, made=storing)
    assert lowered(events) == ["stored responses"]
    assert server.asked[1].body["input"] == list(items)
    assert "previous_response_id" not in server.asked[1].body
    assert isinstance(events[-1], Ended)


@pytest.mark.anyio
async def test_a_service_that_does_not_store_is_asked_without() -> None:
    no = refusal(param="store", message="store is not supported")
    one = request(user("a"), user("b"), continues=Continuation("resp_0", 1))
    [first, second], server = await asked([no, DONE, DONE], one, one, made=storing)
    assert (lowered(first), lowered(second)) == (["stored responses"], [])
    for sent in server.bodies()[1:]:
        assert not {"store", "previous_response_id"} & set(sent)
        assert len(sent["input"]) == 2
    assert isinstance(second[-1], Ended)
    assert second[-1].response == ""


@pytest.mark.anyio
async def test_the_fast_tier_cools_down_after_429() -> None:
    clock = [100.0]
    tier = says(completed([message("Hi")], service_tier="priority"))
    one = request(fast=True)
    async with serving([tier, refusal(429, code="rate_limit_exceeded"), DONE, DONE, DONE]) as server:
        model = ResponsesModel(endpoint(server.url), clock=lambda: clock[0])
        first = await gathered(model, one)
        second = await gathered(model, one)
        clock[0] += COOLING_SECONDS - 1
        third = await gathered(model, one)
        clock[0] += 2
        await gathered(model, one)
        await model.aclose()
    assert isinstance(first[-1], Ended)
    assert first[-1].tier == "priority"
    assert (lowered(second), lowered(third)) == (["fast tier"], [])
    assert isinstance(second[-1], Ended)
    tiers = [sent.get("service_tier") for sent in server.bodies()]
    assert tiers == ["priority", "priority", None, None, "priority"]


@pytest.mark.anyio
async def test_429_at_the_usual_tier_is_raised_with_its_wait() -> None:
    with pytest.raises(ModelProblem) as caught:
        await asked([says_json({"error": {"message": "slow"}}, 429, {"retry-after": "4"})], request())
    assert (caught.value.fault, caught.value.retry_after) == ("rate_limited", 4.0)


@pytest.mark.anyio
async def test_a_server_that_does_not_stream_is_read_too() -> None:
    [events], _ = await asked([says_json(completed([message("Hi"), call()])["response"])], request())
    assert [event.item["type"] for event in events if isinstance(event, ItemReady)] == ["message", "function_call"]
    assert isinstance(events[-1], Ended)
    [events], _ = await asked([says_json({"error": {"message": "it burns", "code": "server_error"}})], request())
    [end] = events
    assert isinstance(end, Ended)
    assert (end.status, end.fault) == ("failed", "server")


@pytest.mark.anyio
async def test_a_stream_that_stays_open_behind_its_end_is_not_waited_for() -> None:
    stays = Says([*says(created(), completed()).pieces], holds=True)
    [first, second], server = await asked([stays, DONE], request(), request())
    assert isinstance(first[-1], Ended)
    assert isinstance(second[-1], Ended)
    assert server.connections == 2


@pytest.mark.anyio
async def test_what_comes_behind_the_end_is_nothing() -> None:
    cut = Says([*says(created(), completed()).pieces, b"data: rubb", b"ish\n\n"], cut=True)
    [events], _ = await asked([cut], request())
    assert [type(event) for event in events] == [Ended]


@pytest.mark.anyio
async def test_a_key_is_not_repeated_in_the_first_failure() -> None:
    secret = "plain" + "9f8e7d6c5b4a"
    failure = says({"type": "error", "message": f"the key {secret} is bad", "code": "server_error"})
    [[end]], _ = await asked([failure], request(), made=lambda url: endpoint(url, key=lambda: secret))
    assert isinstance(end, Ended)
    assert end.message == "The model service failed: the key [key] is bad"


@pytest.mark.anyio
async def test_compaction_is_the_services_own() -> None:
    output = [user("a"), {"type": "compaction", "id": "cmp", "encrypted_content": "x"}]
    used = {"input_tokens": 9, "output_tokens": 1}
    async with serving([says_json({"object": "response.compaction", "output": output, "usage": used})]) as server:
        model = ResponsesModel(endpoint(server.url))
        found = await model.compact(request(user("a"), message("Hi"), session="s"))
        await model.aclose()
    assert found == ServiceCompaction(tuple(output), Usage(9, 0, 0, 1, 0))
    assert server.asked[0].path == "/responses/compact"
    assert server.asked[0].body == {
        "model": "gpt-test",
        "instructions": "Be brief.",
        "input": [user("a"), message("Hi")],
    }


@pytest.mark.anyio
@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_service_without_compaction_is_asked_once(status: int) -> None:
    async with serving([Says(status=status)]) as server:
        model = ResponsesModel(endpoint(server.url))
        assert [await model.compact(request()) for _ in range(2)] == [None, None]
        await model.aclose()
    assert len(server.asked) == 1


@pytest.mark.anyio
async def test_a_compaction_that_fails_now_may_work_later() -> None:
    answers = [refusal(500), refusal(400), says_json({"output": []}), refusal(401)]
    async with serving(answers) as server:
        model = ResponsesModel(endpoint(server.url))
        assert [await model.compact(request()) for _ in range(3)] == [None, None, None]
        with pytest.raises(ModelProblem, match="key"):
            await model.compact(request())
        await model.aclose()


@pytest.mark.anyio
async def test_a_compaction_is_not_had_where_nothing_listens() -> None:
    with refusing() as url, pytest.raises(ModelProblem) as caught:
        await ResponsesModel(endpoint(url)).compact(request())
    assert caught.value.fault == "network"


@pytest.mark.anyio
async def test_a_thousand_items_are_sent_as_they_are() -> None:
    items = tuple(user(f"line {number} 東京") for number in range(1000))

    def answer(asked: Asked) -> Says:
        assert asked.body["input"] == list(items)
        return DONE

    async with serving(answer) as server:
        model = ResponsesModel(endpoint(server.url))
        assert isinstance((await gathered(model, request(*items)))[-1], Ended)
        await model.aclose()


def test_the_model_tells_what_it_is() -> None:
    model = ResponsesModel(endpoint("http://127.0.0.1:1/v1"))
    assert (model.name, model.info.window, model.free_words) == ("gpt-test", 100_000, True)


@pytest.mark.anyio
async def test_the_tier_that_was_asked_for_is_reported_where_the_service_says_none() -> None:
    refused = refusal(param="service_tier")
    fast, usual = request(fast=True), request()
    found, _ = await asked([DONE, DONE, refused, DONE], fast, usual, fast)
    ends = [events[-1] for events in found]
    assert [end.tier for end in ends if isinstance(end, Ended)] == ["priority", "default", "default"]
