"""The bytes of requests: each begins as the former one did, and items go back in a form that services take."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.models.responses.body import SESSIONS, Bodies, dumped, fresh, serialised
from tests.harness.models.responses.asking import call, message, user

OPTIONS = {"store": False, "stream": True}


def thought(name: str = "rs_1", **more: Any) -> dict[str, Any]:
    """A reasoning item that can go back."""
    return {"type": "reasoning", "id": name, "summary": [], "encrypted_content": "gAAA", **more}


def output(name: str = "call_fc_1") -> dict[str, Any]:
    """A tool's output."""
    return {"type": "function_call_output", "call_id": name, "output": "ok"}


def sent(*items: dict[str, Any], **more: Any) -> list[Any]:
    """The items as they are sent."""
    found: list[Any] = json.loads(b"[" + fresh(items, **more) + b"]")
    return found


ITEMS = st.one_of(
    st.builds(user, st.text(max_size=20)),
    st.builds(message, st.text(max_size=20)),
    st.builds(call),
    st.builds(output),
    st.builds(thought),
    st.just({"type": "reasoning", "id": "rs_2", "summary": []}),
    st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=4),
)


@given(items=st.lists(ITEMS, max_size=12), steps=st.lists(st.integers(0, 12), max_size=5))
def test_each_body_is_the_former_with_more_at_its_end(items: list[dict[str, Any]], steps: list[int]) -> None:
    bodies, tools = Bodies(), ({"type": "function", "name": "look", "strict": True},)
    former = b""
    for step in [*sorted(min(step, len(items)) for step in steps), len(items)]:
        now = tuple(items[:step])
        head = bodies.head("s", "m", "Be brief.", tools)
        joined = bytes(bodies.input("s", now))
        body = bodies.body(head, OPTIONS, joined)
        assert body.startswith(former)
        assert joined == bytes(fresh(now))
        assert list(json.loads(body)) == ["model", "instructions", "tools", "store", "stream", "input"]
        former = body.removesuffix(b"]}")


def test_what_is_kept_is_not_serialised_again() -> None:
    bodies, first = Bodies(), user("a")
    bodies.input("s", (first,))
    first["content"] = "changed behind our back"
    assert b"changed" not in bodies.input("s", (first, user("b")))
    assert b"changed" in bodies.input("other", (first,))


def test_a_history_that_is_another_one_is_built_anew() -> None:
    bodies, first, second = Bodies(), user("a"), user("b")
    bodies.input("s", (first, second))
    assert bytes(bodies.input("s", (second,))) == serialised(second)
    assert bytes(bodies.input("s", (user("b"),))) == serialised(second)
    assert bytes(bodies.input("s", ())) == b""


def test_only_some_sessions_are_kept() -> None:
    bodies, item = Bodies(), user("a")
    for number in range(SESSIONS + 3):
        bodies.input(f"s{number}", (item,))
        bodies.head(f"s{number}", "m", "i", ())
    assert len(bodies._inputs) == SESSIONS
    assert len(bodies._heads) <= SESSIONS


def test_the_head_follows_its_parts() -> None:
    bodies = Bodies()
    tool = {"type": "function", "name": "look", "strict": True}
    assert bodies.head("s", "m", "i", (tool,)) == (
        b'{"model":"m","instructions":"i","tools":[{"type":"function","name":"look","strict":true}]'
    )
    assert b"strict" not in bodies.head("s", "m", "i", (tool,), strict=False)
    assert bodies.head("s", "m", "", ()) == b'{"model":"m"'
    assert bodies.head("s", "m", "new", (tool,)).startswith(b'{"model":"m","instructions":"new"')


def test_keys_of_ours_and_nulls_do_not_go_back() -> None:
    item = message("a") | {"step": 3, "phase": None, "unknown": {"kept": None}}
    item["content"].append({"type": "refusal", "refusal": "no", "parsed": None})
    [found] = sent(item)
    assert "step" not in found
    assert "phase" not in found
    assert found["unknown"] == {"kept": None}
    assert found["content"][1] == {"type": "refusal", "refusal": "no"}


def test_items_that_nobody_knows_go_back_as_they_came() -> None:
    item = {"type": "from_the_future", "id": "x", "content": "text", "deep": [{"a": None}]}
    assert sent(item) == [item]


def test_reasoning_goes_back_encrypted_before_what_follows_it() -> None:
    items = [user("a"), thought(), call(), output(), thought("rs_2", status=None), message("b"), user("c")]
    found = sent(*items)
    assert [item["type"] for item in found] == [item["type"] for item in items]
    assert found[4] == thought("rs_2")


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ([user("a"), thought()], ["message"]),
        ([user("a"), thought(), user("b")], ["message", "message"]),
        ([thought(), output(), message("x")], ["function_call_output", "message"]),
        ([thought(), thought("rs_2"), call()], ["reasoning", "reasoning", "function_call"]),
        ([{"type": "reasoning", "summary": []}, call()], ["function_call"]),
        ([{"type": "reasoning", "encrypted_content": None}, call()], ["function_call"]),
        ([thought(), {"type": "mcp_approval_request", "id": "m"}], ["reasoning", "mcp_approval_request"]),
        ([thought(), {"type": "mcp_approval_response", "approve": True}], ["mcp_approval_response"]),
        ([thought(), {"role": "user", "content": "x"}], [None]),
    ],
)
def test_reasoning_that_can_not_go_back_is_left_out(items: list[dict[str, Any]], kept: list[str | None]) -> None:
    assert [item.get("type") for item in sent(*items)] == kept


def test_without_reasoning_nothing_is_tied_to_it() -> None:
    found = sent(thought(), call(), message("a"), {"type": "web_search_call", "id": "ws"}, reasoning=False)
    assert [item.get("id") for item in found] == [None, None, "ws"]
    bodies, items = Bodies(), (thought(), call())
    assert b"reasoning" in bodies.input("s", items)
    assert b"reasoning" not in bodies.input("s", items, reasoning=False)


def test_text_that_is_none_is_escaped() -> None:
    assert json.loads(dumped({"a": "\ud800ü"})) == {"a": "\ud800ü"}
    assert dumped({"a": "ü"}) == '{"a":"ü"}'.encode()
