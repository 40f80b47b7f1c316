"""The tool calls that a model asks for, read from its items."""

import json
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from bridge.harness.ids import CallId, TurnId, new_id
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import CallOpened
from bridge.harness.values.model import Item

MAX_DEPTH = 64
"""Levels of nesting in a call's arguments: far more than any tool takes, far less than what the log can hold."""


class Asked(NamedTuple):
    """A call, and whether it means something: there is such a tool, and it takes such arguments."""

    opened: CallOpened
    sound: bool


def read_call(item: Item, turn: TurnId, registry: Registry) -> Asked:
    """The call that an item asks for; what can't be read is kept, for the tool to refuse."""
    name, call = str(item.get("name", "")), CallId(str(item.get("call_id", "")))
    tool = registry.get(name)
    args = _arguments(item)
    if tool is None:
        return Asked(CallOpened(turn, call, name, "other", name, args), sound=False)
    try:
        title = tool.title(tool.spec.inputs.model_validate(args))
    except ValueError:
        return Asked(CallOpened(turn, call, tool.spec.name, tool.spec.kind, tool.spec.name, args), sound=False)
    return Asked(CallOpened(turn, call, tool.spec.name, tool.spec.kind, title, args), sound=True)


def with_own_id(item: Item, known: Container[CallId]) -> Item:
    """Some servers number calls anew in each answer. Approvals and proposals are found by the id of their call: with an
    id that was used before, the old answer would allow the new call.
    """
    call = item.get("call_id")
    fresh = isinstance(call, str) and call and CallId(call) not in known
    return item if fresh else {**item, "call_id": f"call_{new_id()}"}


def _arguments(item: Item) -> Mapping[str, Any]:
    """The arguments as an object; text that is no JSON object is kept under a name that no tool takes."""
    if item.get("type") == "custom_tool_call":
        return {"input": str(item.get("input", ""))}
    raw = str(item.get("arguments", ""))
    try:
        args = json.loads(raw or "{}")
        json.dumps(args, ensure_ascii=False, allow_nan=False).encode()  # refuses NaN, 1e999, half a surrogate pair
    except (ValueError, RecursionError):
        return {"(not JSON)": raw}
    if not _is_flat(args, MAX_DEPTH):
        return {"(nested too deeply)": raw}
    return args if isinstance(args, dict) else {"(not an object)": raw}


def _is_flat(value: Any, room: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return room > 0 and all(_is_flat(one, room - 1) for one in inner)
