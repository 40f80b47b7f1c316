"""What the service did by itself is shown as a call that is over, whatever its item holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.protocol.base import strict
from bridge.protocol.update import SessionNotification
from bridge.surfaces.mapping.pieces import ONE_LINE
from bridge.surfaces.mapping.service import service_call

KNOWN = "turn-1-7"


def told(item: dict[str, Any]) -> dict[str, Any]:
    """The update of an item, held to the published models."""
    call = service_call(item, KNOWN)
    assert call is not None
    message = SessionNotification(session_id="s", update=call).dump()
    with strict():
        assert SessionNotification.parse(message).dump() == message
    update: dict[str, Any] = message["update"]
    return update


@pytest.mark.parametrize(
    ("item", "kind", "title"),
    [
        (
            {"type": "web_search_call", "action": {"type": "search", "query": "pep 8"}},
            "search",
            "Search the web: pep 8",
        ),
        (
            {"type": "web_search_call", "action": {"type": "search", "queries": ["a", "b"]}},
            "search",
            "Search the web: a, b",
        ),
        (
            {"type": "web_search_call", "action": {"type": "open_page", "url": "https://a.example"}},
            "fetch",
            "Open https://a.example",
        ),
        (
            {"type": "web_search_call", "action": {"type": "find_in_page", "pattern": "x", "url": "https://a.example"}},
            "search",
            "Find “x” in https://a.example",
        ),
        ({"type": "file_search_call", "queries": ["how", "why"]}, "search", "Search the service's files: how, why"),
        ({"type": "code_interpreter_call", "code": "1 + 1"}, "execute", "Run code at the service"),
        ({"type": "image_generation_call", "revised_prompt": "a cat"}, "other", "Make a picture: a cat"),
        ({"type": "mcp_call", "server_label": "docs", "name": "look"}, "other", "docs: look"),
        ({"type": "mcp_list_tools", "server_label": "docs", "tools": []}, "other", "docs: which tools it has"),
        (
            {"type": "mcp_approval_request", "server_label": "docs", "name": "look"},
            "other",
            "docs: look (the service asks whether it may)",
        ),
        (
            {"type": "shell_call", "action": {"commands": ["ls", "pwd"]}},
            "execute",
            "Run at the service: ls, pwd",
        ),
        ({"type": "local_shell_call", "action": {"command": ["ls", "-l"]}}, "execute", "Run at the service: ls, -l"),
        ({"type": "apply_patch_call", "operation": {"path": "a.py"}}, "edit", "Patch a.py"),
        ({"type": "tool_search_call"}, "search", "Search among the tools"),
        ({"type": "computer_call"}, "other", "Computer"),
        ({"type": "time_travel_call"}, "other", "Time travel"),
    ],
)
def test_a_call_of_the_service_has_a_title_and_one_of_acps_kinds(item: dict[str, Any], kind: str, title: str) -> None:
    update = told({**item, "id": "ws_1", "status": "completed"})
    assert update["sessionUpdate"] == "tool_call"
    assert (update["toolCallId"], update["kind"], update["title"]) == ("ws_1", kind, title)
    assert update["status"] == "completed"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "completed"),
        ({"status": "searching"}, "completed"),
        ({"status": "failed"}, "failed"),
        ({"status": "incomplete"}, "failed"),
        ({"error": "no such tool"}, "failed"),
    ],
)
def test_it_is_over_well_or_not(more: dict[str, Any], status: str) -> None:
    assert told({"type": "mcp_call", **more})["status"] == status


def test_what_came_of_it_is_shown_but_no_picture() -> None:
    update = told({"type": "code_interpreter_call", "code": "print(1)", "result": "A" * 5_000_000, "output": "1"})
    (shown,) = update["content"]
    assert shown["content"]["text"] == "print(1)\n1"
    picture = told({"type": "image_generation_call", "result": "A" * 5_000_000})
    assert len(json.dumps(picture)) < 1000
    failed = told({"type": "mcp_call", "error": {"code": 3, "message": "no such tool"}})
    assert failed["content"][0]["content"]["text"] == "no such tool"


def test_a_call_without_an_id_has_the_name_of_its_place() -> None:
    assert told({"type": "web_search_call"})["toolCallId"] == KNOWN
    assert told({"type": "shell_call", "call_id": "c"})["toolCallId"] == "c"


@pytest.mark.parametrize(
    "item",
    [
        {"type": "message", "role": "assistant"},
        {"type": "reasoning"},
        {"type": "function_call", "call_id": "c"},
        {"type": "custom_tool_call", "call_id": "c"},
        {"type": "function_call_output"},
        {"type": "compaction"},
        {"type": 7},
        {},
    ],
)
def test_everything_else_is_none(item: dict[str, Any]) -> None:
    assert service_call(item, KNOWN) is None


FIELDS = ["action", "type", "query", "queries", "url", "code", "error", "output", "status", "id", "operation", "name"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)
KINDS = st.sampled_from(
    ["web_search_call", "file_search_call", "mcp_call", "shell_call", "apply_patch_call", "image_generation_call"]
)


@given(KINDS, st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_its_fields_hold_it_is_told_on_one_short_line(kind: str, fields: dict[str, Any]) -> None:
    call = service_call({**fields, "type": kind}, KNOWN)
    assert call is not None
    assert len(call.title) <= ONE_LINE
    assert "\n" not in call.title
