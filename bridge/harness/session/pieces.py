"""A history cut where it may be cut: between turns, and between complete answers with the outputs of their calls."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.harness.values.model import Item

_CALL_MARK = "_call"
_OUTPUT_MARK = "_output"
NO_IMAGE = "[a picture was here]"


@dataclass(frozen=True, slots=True)
class Span:
    """Items [start, end) that are kept or dropped together. Not `whole`: a service would refuse a history with it."""

    start: int
    end: int
    whole: bool

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """Its items."""
        return items[self.start : self.end]


def pieces(items: Sequence[Item]) -> tuple[Span, ...]:
    """The whole history in pieces, in order.

    A piece begins with what a person or we said, or with an answer; it holds an answer's reasoning, its calls and all
    their outputs. What a person says begins a piece whatever is open before.
    """
    starts: list[int] = []
    waiting: set[str] = set()
    for number, item in enumerate(items):
        if number == 0 or role_of(item) == "user":
            starts.append(number)
            waiting.clear()
        elif not waiting and _may_begin(item, items[number - 1]):
            starts.append(number)
        if key := _asks(item):
            waiting.add(key)
        waiting.discard(_answers(item))
    ends = [*starts[1:], len(items)]
    return tuple(Span(start, end, is_whole(items[start:end])) for start, end in zip(starts, ends, strict=False))


def is_whole(items: Sequence[Item]) -> bool:
    """Whether each call has one output after it, each output its call, and reasoning what it has led to."""
    asked: list[str] = []
    answered: list[str] = []
    for item in items:
        if key := _asks(item):
            asked.append(key)
        if key := _answers(item):
            if key not in asked:
                return False
            answered.append(key)
    paired = len(set(asked)) == len(asked) and sorted(asked) == sorted(answered)
    thoughts = [number for number, item in enumerate(items) if item.get("type") == "reasoning"]
    return paired and all(number + 1 < len(items) and is_answer(items[number + 1]) for number in thoughts)


def _may_begin(item: Item, before: Item) -> bool:
    """Outputs never do, and of an answer only its first item does."""
    goes_on = is_answer(item) and is_answer(before) and before.get("type") != "compaction"
    return not goes_on and not _answers(item)


def is_answer(item: Item) -> bool:
    """Whether the model made it."""
    return role_of(item) == "assistant" or not (role_of(item) or _answers(item))


def role_of(item: Item) -> str:
    """The role of a message, else empty."""
    return str(item.get("role", ""))


def _asks(item: Item) -> str:
    """The key of a call that needs an output. Calls that a service has run itself have no call id."""
    if item.get("type") == "mcp_approval_request":
        return str(item.get("id", ""))
    if str(item.get("type", "")).endswith(_CALL_MARK):
        return str(item.get("call_id") or "")
    return ""


def _answers(item: Item) -> str:
    """The key of the call that this is the output of."""
    if item.get("type") == "mcp_approval_response":
        return str(item.get("approval_request_id", ""))
    if str(item.get("type", "")).endswith(_OUTPUT_MARK):
        return str(item.get("call_id") or "?")
    return ""


def size_of(value: Any) -> int:
    """Bytes of its JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict)
    return len(text.encode("utf-8", "surrogatepass"))


def texts_of(item: Item) -> list[str]:
    """The texts of a message's parts."""
    content = item.get("content")
    if isinstance(content, str):
        return [content]
    return [str(part.get("text", "")) for part in content or () if isinstance(part, Mapping)]


def cut(text: str, limit: int) -> str:
    """Head and tail of a text of more than `limit` bytes, with a mark between them, in no more than that.

    What was cut once to a limit is not cut again. A limit too small for the mark leaves nothing but it.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) <= limit:
        return text
    mark = f"\n[… {len(raw)} bytes, cut here …]\n"
    half = max(limit - len(mark.encode()), 0) // 2
    tail = raw[len(raw) - half :].decode("utf-8", "ignore")
    return f"{raw[:half].decode('utf-8', 'ignore')}{mark}{tail}"


def shortened(items: Sequence[Item], limit: int) -> list[Item]:
    """The same items with the long texts of outputs and prompts cut, so that all have about `limit` bytes."""
    bulky = [item for item in items if _answers(item) or role_of(item) == "user"]
    rest = sum(map(size_of, items)) - sum(map(size_of, bulky))
    each = max(limit - rest, 0) // max(len(bulky), 1) - _FRAME
    return [_cut_item(item, max(each, 0)) if any(item is one for one in bulky) else item for item in items]


def with_short_outputs(items: Sequence[Item], limit: int) -> list[Item]:
    """The same items with each output cut to about `limit` bytes."""
    return [_cut_item(item, limit) if _answers(item) else item for item in items]


_FRAME = 120
"""Bytes of an output's or a message's JSON beside its text, about."""


def _cut_item(item: Item, limit: int) -> Item:
    if size_of(item) <= limit + _FRAME:
        return item
    if isinstance(item.get("output"), str):
        return {**item, "output": _fitted(item["output"], limit)}
    name = "content" if role_of(item) else "output"
    parts = item.get(name)
    if isinstance(parts, str):
        return {**item, name: _fitted(parts, limit)}
    if not isinstance(parts, list | tuple):
        return item
    return {**item, name: [_cut_part(part, limit // max(len(parts), 1)) for part in parts]}


def _cut_part(part: Any, limit: int) -> Any:
    if isinstance(part, Mapping) and isinstance(part.get("text"), str):
        return {**part, "text": _fitted(part["text"], limit)}
    return part


def _fitted(text: str, limit: int) -> str:
    """Cut so that its JSON has about `limit` bytes: line ends and quotes are two there."""
    size = size_of(text)
    return text if size <= limit else cut(text, limit * len(text.encode("utf-8", "surrogatepass")) // size)


def without_images(item: Item) -> Item:
    """The item itself where it holds no picture."""
    if item.get("type") == "image_generation_call":
        content = [{"type": "output_text", "text": NO_IMAGE}]
        return {"type": "message", "role": "assistant", "content": content}
    for name in ("content", "output"):
        parts = item.get(name)
        if isinstance(parts, list | tuple) and any(map(_is_image, parts)):
            said = {"type": "input_text", "text": NO_IMAGE}
            return {**item, name: [said if _is_image(part) else part for part in parts]}
    return item


def _is_image(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "input_image"
