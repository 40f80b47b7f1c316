"""Events of every kind, doubled, missing and unknown ones: what is reported of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.errors import ModelProblem
from bridge.harness.models.responses.reading import Reader
from bridge.harness.models.service.sse import ITEM_LIMIT
from bridge.harness.values.model import Begun, Ended, ItemReady, ModelEvent, ReasoningDelta, TextDelta
from tests.harness.models.responses.asking import call, completed, created, message, numbered, written


def read(*events: dict[str, Any], **more: Any) -> list[ModelEvent]:
    """What these events say, read one by one."""
    reader = Reader(**more)
    return [found for event in events for found in reader.read([event])]


def items(found: list[ModelEvent]) -> list[Any]:
    """The items of it."""
    return [event.item for event in found if isinstance(event, ItemReady)]


def texts(found: list[ModelEvent]) -> list[tuple[int, str]]:
    """The pieces of text of it."""
    return [(event.offset, event.text) for event in found if isinstance(event, TextDelta)]


def done(item: dict[str, Any], index: int = 0) -> dict[str, Any]:
    """The end of an item."""
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def added(item: dict[str, Any], index: int = 0) -> dict[str, Any]:
    """The beginning of an item."""
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def delta(kind: str, text: str, index: int = 0, **more: Any) -> dict[str, Any]:
    """A piece of an item."""
    return {"type": f"response.{kind}.delta", "output_index": index, "item_id": f"i{index}", "delta": text, **more}


def test_offsets_count_over_the_parts_of_an_item() -> None:
    found = read(
        added({"type": "message", "id": "a"}),
        delta("output_text", "Zü", content_index=0),
        delta("output_text", "🙂", content_index=1),
        added({"type": "reasoning", "id": "b"}, 1),
        delta("reasoning_summary_text", "one", 1, summary_index=0),
        delta("output_text", "x", content_index=1),
        delta("reasoning_summary_text", "two", 1, summary_index=1),
        delta("refusal", "no", content_index=2),
    )
    assert found == [
        TextDelta("a", 0, "Zü"),
        TextDelta("a", 2, "🙂"),
        ReasoningDelta("b", 0, "one"),
        TextDelta("a", 3, "x"),
        ReasoningDelta("b", 3, "two"),
        TextDelta("a", 4, "no"),
    ]


def test_an_item_may_change_its_id_while_it_is_written() -> None:
    begun = added({"type": "message", "id": "first"})
    found = read(
        begun, delta("output_text", "a") | {"item_id": "second"}, delta("output_text", "b"), done(message("ab"))
    )
    assert [event.item for event in found if isinstance(event, TextDelta)] == ["first", "first"]


def test_events_that_come_twice_are_read_once() -> None:
    events = numbered([created(), *written("Hello"), done(call(), 1), completed([message("Hello"), call()])])
    twice = [event for event in events for _ in range(2)]
    assert read(*twice) == read(*events)
    replayed = events[:6] + events[2:]
    assert read(*replayed) == read(*events)


def test_events_that_are_all_numbered_alike_are_all_read() -> None:
    found = read(
        *(event | {"sequence_number": 0} for event in (delta("output_text", "ha"), delta("output_text", "ha")))
    )
    assert texts(found) == [(0, "ha"), (2, "ha")]


def test_an_item_that_ends_twice_is_reported_once() -> None:
    assert items(read(done(call()), done(call()), completed([call()]))) == [call()]
    assert items(read(done(call()), done(call(name="fc_2")), completed())) == [call(), call(name="fc_2")]


@pytest.mark.parametrize("place", [{}, {"output_index": 7}])
def test_an_item_that_ends_again_with_another_status_is_reported_once(place: dict[str, int]) -> None:
    running = call() | {"status": "in_progress"}
    assert items(read(done(running), done(call()) | place, completed([call()]))) == [running]
    without = {key: value for key, value in call().items() if key != "status"}
    assert items(read(done(without), done(call()) | place, completed([call()]))) == [without]


def test_text_that_deltas_left_out_is_filled_in() -> None:
    whole = {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hello"}
    assert texts(read(delta("output_text", "He", content_index=0), whole)) == [(0, "He"), (2, "llo")]
    assert texts(read(delta("output_text", "Hx", content_index=0), whole)) == [(0, "Hx")]
    assert texts(read(whole)) == [(0, "Hello")]


def test_items_are_built_where_only_deltas_come() -> None:
    found = read(
        delta("reasoning_summary_text", "hm", 0, summary_index=0),
        added({"type": "message", "id": "m", "role": "assistant"}, 1),
        delta("output_text", "Hel", 1, content_index=0),
        delta("output_text", "lo", 1, content_index=0),
        delta("refusal", "no", 1, content_index=1),
        added({"type": "function_call", "id": "f", "call_id": "c", "name": "look", "arguments": ""}, 2),
        delta("function_call_arguments", '{"a"', 2),
        delta("function_call_arguments", ":1}", 2),
        added({"type": "custom_tool_call", "id": "t", "call_id": "d", "name": "run"}, 3),
        delta("custom_tool_call_input", "ls", 3),
        added({"type": "web_search_call", "id": "w", "status": "in_progress"}, 4),
        completed(),
    )
    assert items(found) == [
        {"id": "i0", "type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [
                {"type": "output_text", "text": "Hello", "annotations": []},
                {"type": "refusal", "refusal": "no"},
            ],
        },
        {
            "id": "f",
            "type": "function_call",
            "call_id": "c",
            "name": "look",
            "arguments": '{"a":1}',
            "status": "completed",
        },
        {"id": "t", "type": "custom_tool_call", "call_id": "d", "name": "run", "input": "ls", "status": "completed"},
        {"id": "w", "type": "web_search_call", "status": "in_progress"},
    ]
    assert isinstance(found[-1], Ended)


def test_of_an_incomplete_answer_no_half_call_is_built() -> None:
    whole = {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": "{}"}
    end = completed(status="incomplete", incomplete_details={"reason": "max_output_tokens"})
    found = read(
        added(call("") | {"status": "in_progress"}),
        delta("function_call_arguments", '{"a"'),
        added(call("", "fc_2"), 1),
        whole,
        delta("output_text", "Hel", 2, content_index=0),
        end,
    )
    assert [item["type"] for item in items(found)] == ["function_call", "message"]
    assert items(found)[0]["arguments"] == "{}"
    assert items(found)[1]["status"] == "incomplete"
    last = found[-1]
    assert isinstance(last, Ended)
    assert (last.status, last.reason) == ("incomplete", "max_output_tokens")


def test_items_that_stand_only_in_the_end_are_reported_there() -> None:
    unknown = {"type": "from_the_future", "id": "u", "deep": {"x": 1}}
    found = read(*written("Hi"), completed([message("Hi"), call(), unknown]))
    assert items(found) == [message("Hi"), call(), unknown]


def test_many_calls_at_once() -> None:
    calls = [call(name=f"fc_{number}") for number in range(1000)]
    found = read(*(done(item, index) for index, item in enumerate(calls)), completed(calls))
    assert items(found) == calls


def test_items_that_share_an_index_are_all_reported() -> None:
    one, two = call(name="fc_1"), call(name="fc_2")
    found = read(added(one), done(one), added(two), done(two), completed([one, two]))
    assert items(found) == [one, two]


def test_what_is_not_known_says_nothing() -> None:
    strange: list[dict[str, Any]] = [
        {"type": "keepalive"},
        {"type": "response.from_the_future", "delta": 3, "error": {"code": "x"}},
        {"type": None},
        {"type": ["x"]},
        {},
        {"type": "response.output_text.delta", "delta": None},
        {"type": "response.output_text.delta", "delta": ""},
        {"type": "response.output_text.done"},
        {"type": "response.output_item.done", "item": "text"},
        {"type": "response.output_item.added"},
        {"type": "response.function_call_arguments.delta", "delta": 1},
        {"type": "response.reasoning_text.delta"},
        {"type": "response.created", "response": 1},
    ]
    assert read(*strange) == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "code": "server_error", "message": "it burns", "param": None},
        {"type": "error", "error": {"type": "server_error", "message": "it burns"}},
        {"error": {"message": "it burns"}},
        {"error": "it burns"},
        {
            "type": "response.failed",
            "response": {"status": "failed", "error": {"code": "server_error", "message": "it burns"}},
        },
    ],
)
def test_every_form_of_failure_is_the_end(event: dict[str, Any]) -> None:
    found = read(created(), event, delta("output_text", "never"), kept=True)
    [end] = found
    assert isinstance(end, Ended)
    assert (end.status, end.fault, end.response) == ("failed", "server", "resp_1" if "response" not in event else "")
    assert "it burns" in end.message


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("rate_limit_exceeded", "rate_limited"),
        ("context_length_exceeded", "context_too_long"),
        ("insufficient_quota", "quota"),
        ("server_error", "server"),
        ("something_new", "server"),
    ],
)
def test_the_code_of_a_failure_is_its_fault(code: str, fault: str) -> None:
    event = {"type": "response.failed", "response": {"status": "failed", "error": {"code": code, "message": "m"}}}
    [end] = read(event)
    assert isinstance(end, Ended)
    assert end.fault == fault


def test_a_response_that_was_cancelled_has_failed() -> None:
    [end] = read({"type": "response.cancelled", "response": {"status": "cancelled"}})
    assert isinstance(end, Ended)
    assert end.status == "failed"
    assert "cancelled" in end.message


def test_a_response_that_is_not_kept_has_no_name() -> None:
    [stored] = read(completed(), kept=True)
    [not_stored] = read(completed())
    assert isinstance(stored, Ended)
    assert isinstance(not_stored, Ended)
    assert (stored.response, not_stored.response) == ("resp_1", "")


@pytest.mark.parametrize(
    "used",
    [None, {}, {"input_tokens": 0, "output_tokens": 0}, {"input_tokens": None, "input_tokens_details": None}, "many"],
)
def test_usage_that_was_not_counted_is_none(used: Any) -> None:
    [end] = read(completed(usage=used))
    assert isinstance(end, Ended)
    assert end.usage is None


def test_in_background_the_beginning_is_reported() -> None:
    assert read(created(), created(), background=True) == [Begun("resp_1")]
    assert read(created()) == []


def test_a_taken_up_response_reports_only_what_is_new() -> None:
    events = numbered(
        [created(), *written("one", 0, "m1"), *written("two", 1, "m2"), completed([message("one", "m1")])]
    )
    reader = Reader(after=7)
    reader.follow("resp_1")
    assert items(reader.read(events[8:])) == [message("two", "m2")]
    assert reader.sequence == len(events) - 1


def test_a_body_in_one_piece_is_read_as_a_stream() -> None:
    reader = Reader(kept=True)
    found = reader.read_whole(completed([message("Hi"), call()])["response"])
    assert items(found) == [message("Hi"), call()]
    assert isinstance(found[-1], Ended)
    assert Reader().read_whole({"error": {"message": "no"}})[0].status == "failed"  # type: ignore[union-attr]
    assert Reader().read_whole({"id": "r", "status": "queued"}) == [Begun("r")]


KINDS = sorted(Reader()._handlers)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.sampled_from(["", "message", "reasoning", "function_call", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "id", "status", "output", "error", "usage", "content"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
KEYS = ("delta", "text", "item", "response", "output_index", "content_index", "arguments", "item_id", "sequence_number")


@given(
    st.lists(st.fixed_dictionaries({"type": st.sampled_from(KINDS)}, optional=dict.fromkeys(KEYS, VALUES)), max_size=8)
)
def test_events_of_a_wrong_form_do_no_harm(events: list[dict[str, Any]]) -> None:
    reader = Reader()
    for found in reader.read(events):
        assert isinstance(found, TextDelta | ReasoningDelta | ItemReady | Ended)
    if reader.end is None:
        assert isinstance(reader.read([completed()])[-1], Ended)


@given(st.dictionaries(st.sampled_from(["id", "status", "output", "error", "usage", "model"]), VALUES))
def test_a_body_of_a_wrong_form_does_no_harm(body: dict[str, Any]) -> None:
    for found in Reader().read_whole({"output": []} | body):
        assert isinstance(found, Begun | ItemReady | Ended)


def test_a_body_that_is_no_response_is_broken() -> None:
    with pytest.raises(ModelProblem, match="no response") as caught:
        Reader().read_whole({"detail": "what?"})
    assert caught.value.fault == "broken"


def test_a_model_that_never_stops_is_stopped() -> None:
    reader, piece = Reader(), "x" * (4 * 1024 * 1024)
    with pytest.raises(ModelProblem, match="longer than") as caught:
        reader.read([delta("output_text", piece)] * (ITEM_LIMIT // len(piece) + 1))
    assert caught.value.fault == "broken"
