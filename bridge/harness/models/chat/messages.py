"""Items of the Responses API as messages of Chat Completions. Pure.

A message of the assistant carries its text and its calls together, and the outputs of all of them must follow at once.
So items are taken in groups: a message of the person's or the system's alone, or what the assistant said and called in
one go with the outputs. Reasoning, and items that Chat Completions has no form for, are left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bridge.harness.values.model import Item

Message = dict[str, Any]
Group = Sequence[Item]

NO_OUTPUT = "(no output)"
"""The output of a call that has none: a server takes no call without one."""

NO_IMAGE = "(an image that can't be given here)"
NO_FILE = "(a file that can't be given here)"

CUSTOM_INPUT = "input"
"""The argument that stands for the free text of a custom tool."""

_CALLS = ("function_call", "custom_tool_call")
_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_ROLES: Mapping[str, str] = {"user": "user", "system": "system", "developer": "system"}


def groups(items: Sequence[Item]) -> Iterator[Group]:
    """Cut the items into groups. More items at the end change no group but the last."""
    answered = {str(item.get("call_id", "")): index for index, item in enumerate(items) if _kind(item) == "output"}
    group: list[Item] = []
    waiting: set[str] = set()
    answering = False  # outputs of the group have come
    for index, item in enumerate(items):
        kind, call = _kind(item), str(item.get("call_id", ""))
        if group and not waiting and kind != "output" and (kind == "input" or answering or _kind(group[0]) == "input"):
            yield group
            group, answering = [], False
        group.append(item)
        if kind == "call" and answered.get(call, -1) > index:
            waiting.add(call)
        elif kind == "output":
            waiting.discard(call)
            answering = True
    if group:
        yield group


def messages(group: Group) -> list[Message]:
    """The messages of a group. None has neither text nor calls, and each call has its output right after it."""
    said: list[str] = []
    calls: dict[str, Message] = {}
    outputs: dict[str, str] = {}
    given: list[Message] = []
    for item in group:
        kind, call = _kind(item), str(item.get("call_id", ""))
        if kind == "call":
            calls.setdefault(call, _call(item, call))
        elif kind == "output" and call in calls:
            outputs.setdefault(call, _Content.of(item.get("output")).text or NO_OUTPUT)
        elif kind == "said":
            said += filter(None, [_Content.of(item.get("content")).text])
        elif kind == "input":
            given += _given(item)
    made: list[Message] = []
    if said or calls:
        made.append({"role": "assistant", "content": "\n\n".join(said) or None})
    if calls:
        made[0]["tool_calls"] = list(calls.values())
    made += ({"role": "tool", "tool_call_id": call, "content": outputs.get(call, NO_OUTPUT)} for call in calls)
    return made + given


def _kind(item: Item) -> Literal["call", "output", "said", "input", "other"]:
    kind = item.get("type", "message")
    if kind in _CALLS:
        return "call"
    if kind in _OUTPUTS:
        return "output"
    if kind != "message":
        return "other"
    return "said" if item.get("role") == "assistant" else "input"


def _given(item: Item) -> Iterator[Message]:
    content = _Content.of(item.get("content"))
    role = _ROLES.get(str(item.get("role", "")), "user")
    if content.images and role == "user":
        yield {"role": role, "content": content.parts}
    elif content.text:
        yield {"role": role, "content": content.text}


def _call(item: Item, call: str) -> Message:
    arguments = str(item.get("arguments") or "{}")
    if item.get("type") == "custom_tool_call":
        arguments = json.dumps({CUSTOM_INPUT: str(item.get("input", ""))}, ensure_ascii=False)
    elif not _is_object(arguments):  # servers read it again, and fail
        arguments = json.dumps({"(not an object)": arguments}, ensure_ascii=False)
    return {"id": call, "type": "function", "function": {"name": str(item.get("name", "")), "arguments": arguments}}


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


@dataclass(slots=True)
class _Content:
    """The content of a message or of an output: `parts` as Chat Completions has them; text alone is joined too."""

    parts: list[Message] = field(default_factory=list)
    images: bool = False

    @property
    def text(self) -> str:
        return "\n".join(part["text"] if part["type"] == "text" else NO_IMAGE for part in self.parts)

    @classmethod
    def of(cls, content: Any) -> "_Content":
        """From a text, or a list of parts."""
        made = cls()
        for part in content if isinstance(content, list | tuple) else [content]:
            made.add(part)
        return made

    def add(self, part: Any) -> None:
        """One part; what holds nothing is left out."""
        if not isinstance(part, Mapping):
            self._write("" if part is None else str(part))
        elif part.get("type") == "input_image":
            self._show(part)
        elif part.get("type") in {"input_file", "input_audio"}:
            self._write(NO_FILE)
        else:
            self._write(str(part.get("text") or part.get("refusal") or ""))

    def _write(self, text: str) -> None:
        if text:
            self.parts.append({"type": "text", "text": text})

    def _show(self, part: Item) -> None:
        if not part.get("image_url"):
            self._write(NO_IMAGE)
            return
        shown = {"url": part["image_url"]} | ({"detail": part["detail"]} if part.get("detail") else {})
        self.parts.append({"type": "image_url", "image_url": shown})
        self.images = True
