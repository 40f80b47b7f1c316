"""What the model's service did by itself (a web search, a run of code), shown as a tool call that is over.

Items are the service's raw JSON: every field may be missing, or something else than it should be.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bridge.harness.values.model import Item
from bridge.protocol import update as wire
from bridge.protocol.content import TextContent
from bridge.protocol.toolcall import Content, ToolKind
from bridge.surfaces.mapping.pieces import PIECE, cut, line

OURS = frozenset({"function_call", "custom_tool_call"})
"""Calls of our own tools, which have events of their own."""

BESIDE = frozenset({"mcp_list_tools", "mcp_approval_request"})
"""Of the service's own kinds those whose names do not end in `_call`."""

Fields = Mapping[str, Any]
Titled = tuple[ToolKind, str]


def service_call(item: Item, known: str) -> wire.ToolCallStart | None:
    """The call that an item tells of; None for every other item. `known` names it where the item has no id."""
    kind = _text(item, "type")
    if kind in OURS or not (kind.endswith("_call") or kind in BESIDE):
        return None
    sort, title = _TITLES.get(kind, _other)(item)
    failed = _text(item, "status") in {"failed", "incomplete"} or bool(item.get("error"))
    shown = cut(_shown(item), PIECE)
    return wire.ToolCallStart(
        tool_call_id=_text(item, "id") or _text(item, "call_id") or known,
        title=line(title),
        kind=sort,
        status="failed" if failed else "completed",
        content=(Content(content=TextContent(text=shown)),) if shown else None,
    )


def _web(item: Fields) -> Titled:
    action = _fields(item, "action")
    match _text(action, "type"):
        case "open_page":
            return "fetch", f"Open {_text(action, 'url')}"
        case "find_in_page" | "find":
            return "search", f"Find “{_text(action, 'pattern')}” in {_text(action, 'url')}"
    return "search", f"Search the web: {_text(action, 'query') or _words(action, 'queries')}"


def _mcp(item: Fields) -> Titled:
    return "other", f"{_text(item, 'server_label')}: {_text(item, 'name')}"


def _patch(item: Fields) -> Titled:
    operation = _fields(item, "operation")
    return "edit", f"Patch {_text(operation, 'path')}"


def _shell(item: Fields) -> Titled:
    action = _fields(item, "action")
    return "execute", f"Run at the service: {_words(action, 'commands') or _words(action, 'command')}"


def _other(item: Fields) -> Titled:
    return "other", _text(item, "type").removesuffix("_call").replace("_", " ").capitalize()


_TITLES: Mapping[str, Callable[[Fields], Titled]] = MappingProxyType(
    {
        "web_search_call": _web,
        "file_search_call": lambda item: ("search", f"Search the service's files: {_words(item, 'queries')}"),
        "code_interpreter_call": lambda _: ("execute", "Run code at the service"),
        "image_generation_call": lambda item: ("other", f"Make a picture: {_text(item, 'revised_prompt')}"),
        "mcp_call": _mcp,
        "mcp_list_tools": lambda item: ("other", f"{_text(item, 'server_label')}: which tools it has"),
        "mcp_approval_request": lambda item: ("other", f"{_mcp(item)[1]} (the service asks whether it may)"),
        "shell_call": _shell,
        "local_shell_call": _shell,
        "apply_patch_call": _patch,
        "tool_search_call": lambda _: ("search", "Search among the tools"),
    }
)


def _shown(item: Fields) -> str:
    """What a person may want to see of it. Pictures are not among it: they take megabytes."""
    error = item.get("error")
    parts = [
        _text(item, "code"),
        _text(item, "output"),
        error if isinstance(error, str) else _text(_fields(item, "error"), "message"),
    ]
    return "\n".join(part for part in parts if part)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _fields(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}


def _words(fields: Fields, name: str) -> str:
    value = fields.get(name)
    words = value if isinstance(value, list | tuple) else [value]
    return ", ".join(word for word in words if isinstance(word, str))
