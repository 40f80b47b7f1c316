"""Items become messages that any server takes: each call with its output behind it, and nothing empty."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.models.chat.messages import NO_FILE, NO_IMAGE, NO_OUTPUT, groups, messages

Json = dict[str, Any]


def converted(*items: Json) -> list[Json]:
    """All messages of a conversation."""
    return [message for group in groups(items) for message in messages(group)]


def said(role: str, *texts: str) -> Json:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text} for text in texts]}


def call(id_: str, name: str = "read_file", arguments: str = "{}") -> Json:
    return {"type": "function_call", "call_id": id_, "name": name, "arguments": arguments}


def output(id_: str, text: str = "done") -> Json:
    return {"type": "function_call_output", "call_id": id_, "output": text}


def test_a_conversation_with_calls() -> None:
    made = converted(
        said("developer", "be brief"),
        said("user", "look", "here"),
        {"type": "reasoning", "id": "rs_1", "summary": []},
        said("assistant", "I look."),
        call("a", arguments='{"path": "x"}'),
        call("b", "grep"),
        output("a", "one"),
        output("b", "two"),
        said("assistant", "Done."),
        said("user", "thanks"),
    )
    assert made == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "look\nhere"},
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "read_file", "arguments": '{"path": "x"}'}},
                {"id": "b", "type": "function", "function": {"name": "grep", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "one"},
        {"role": "tool", "tool_call_id": "b", "content": "two"},
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": "thanks"},
    ]


def test_what_the_person_said_between_a_call_and_its_output_stands_behind_the_output() -> None:
    made = converted(call("a"), said("user", "stop"), output("a"))
    assert [message["role"] for message in made] == ["assistant", "tool", "user"]


def test_calls_one_after_the_other_are_two_messages() -> None:
    made = converted(call("a"), output("a"), call("b"), output("b"))
    assert [message["role"] for message in made] == ["assistant", "tool", "assistant", "tool"]


def test_a_message_may_be_a_text_without_type() -> None:
    assert converted({"role": "user", "content": "hello"}) == [{"role": "user", "content": "hello"}]


def test_pictures_go_as_parts_and_what_can_not_go_is_named() -> None:
    parts = [
        {"type": "input_text", "text": "see"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "low"},
        {"type": "input_image", "file_id": "file-1"},
        {"type": "input_file", "file_id": "file-2"},
    ]
    (message,) = converted({"type": "message", "role": "user", "content": parts})
    assert message["content"] == [
        {"type": "text", "text": "see"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
        {"type": "text", "text": NO_IMAGE},
        {"type": "text", "text": NO_FILE},
    ]


def test_a_picture_in_an_output_is_named() -> None:
    parts = [{"type": "input_text", "text": "here"}, {"type": "input_image", "image_url": "data:,"}]
    made = converted(call("a"), {"type": "function_call_output", "call_id": "a", "output": parts})
    assert made[-1]["content"] == f"here\n{NO_IMAGE}"


def test_a_refusal_is_what_the_assistant_said() -> None:
    refusal = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}
    assert converted(refusal) == [{"role": "assistant", "content": "No."}]


def test_a_custom_tool_is_a_function_of_one_text() -> None:
    made = converted(
        {"type": "custom_tool_call", "call_id": "a", "name": "patch", "input": "*** Begin"},
        {"type": "custom_tool_call_output", "call_id": "a", "output": "ok"},
    )
    assert made[0]["tool_calls"][0]["function"] == {"name": "patch", "arguments": '{"input": "*** Begin"}'}
    assert made[1] == {"role": "tool", "tool_call_id": "a", "content": "ok"}


def test_arguments_that_are_no_object_become_one() -> None:
    for arguments, sent in (("", "{}"), ("[1]", '{"(not an object)": "[1]"}'), ('{"a', '{"(not an object)": "{\\"a"}')):
        made = converted(call("a", arguments=arguments), output("a"))
        assert made[0]["tool_calls"][0]["function"]["arguments"] == sent


def test_an_output_without_its_call_is_left_out_and_a_call_without_output_gets_one() -> None:
    assert converted(output("z"), said("user", "x")) == [{"role": "user", "content": "x"}]
    assert converted(call("a"), said("user", "x"))[1] == {"role": "tool", "tool_call_id": "a", "content": NO_OUTPUT}


IDS = st.sampled_from(["a", "b", "c", "d"])
TEXTS = st.sampled_from(["", "x", "two words"])
ITEMS = st.lists(
    st.one_of(
        st.builds(said, st.sampled_from(["user", "assistant", "developer"]), TEXTS),
        st.builds(call, IDS, arguments=st.sampled_from(["{}", "", "[", '{"x": 1}'])),
        st.builds(output, IDS, TEXTS),
        st.sampled_from([{"type": "reasoning", "id": "r"}, {"type": "compaction"}, {"type": "web_search_call"}]),
    ),
    max_size=16,
)


@given(ITEMS)
def test_whatever_the_items_the_messages_hold_together(items: list[Json]) -> None:
    made = converted(*items)
    for number, message in enumerate(made):
        assert message.get("content") or message.get("tool_calls"), "an empty message"
        ids = [each["id"] for each in message.get("tool_calls", ())]
        assert len(ids) == len(set(ids))
        behind = made[number + 1 : number + 1 + len(ids)]
        assert [each.get("tool_call_id") for each in behind] == ids
    called = sum(len(message.get("tool_calls", ())) for message in made)
    assert sum(message["role"] == "tool" for message in made) == called


@given(ITEMS)
def test_groups_hold_every_item_once_and_in_order(items: list[Json]) -> None:
    assert [item for group in groups(items) for item in group] == items


@given(ITEMS)
def test_every_text_of_the_person_is_told(items: list[Json]) -> None:
    wanted = [item["content"][0]["text"] for item in items if item.get("role") == "user"]
    told = [message["content"] for message in converted(*items) if message["role"] == "user"]
    assert told == [text for text in wanted if text]
