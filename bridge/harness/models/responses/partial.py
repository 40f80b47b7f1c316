"""An output item while it is being written: what its deltas add up to."""

from collections.abc import Mapping
from typing import Any

from bridge.harness.models.service.faults import broken
from bridge.harness.models.service.sse import ITEM_LIMIT, Event


class Partial:
    """The item at one output index.

    `item` is what the service said when it began, `id` how its deltas are called, `length` the characters of its text
    so far, over all its parts; `whole` is the finished item, None until it has come.
    """

    __slots__ = ("_size", "_texts", "ended", "id", "item", "length", "whole")

    def __init__(self, item: Mapping[str, Any], name: str) -> None:
        """`name` is its id where the service gives it none."""
        self.item = item
        self.id = str(item.get("id") or name)
        self.length = 0
        self.whole: Mapping[str, Any] | None = None
        self.ended = False  # its arguments are complete
        self._size = 0
        self._texts: dict[tuple[str, int], list[str]] = {}

    def add(self, kind: str, index: int, piece: str) -> None:
        """A delta of one of its strings. Raises `ModelProblem` (broken) above ITEM_LIMIT."""
        self._size += len(piece)
        if self._size > ITEM_LIMIT:
            raise broken(f"an item of it is longer than {ITEM_LIMIT} characters")
        pieces = self._texts.get((kind, index))
        if pieces is None:
            self._texts[kind, index] = [piece]
        else:
            pieces.append(piece)

    def missing(self, kind: str, index: int, whole: str) -> str:
        """What the deltas lack of a string that has ended: its tail, where they are how it begins."""
        have = "".join(self._texts.get((kind, index), ()))
        self._texts[kind, index] = [whole]
        self._size += max(len(whole) - len(have), 0)
        return whole[len(have) :] if whole.startswith(have) else ""

    def finish(self, item: Mapping[str, Any]) -> None:
        """The finished item has come; the pieces are not needed any more."""
        self.whole = item
        self._texts.clear()

    def built(self, status: str) -> dict[str, Any] | None:
        """The item from its deltas; None where that makes none: nothing was written, or a call is not complete."""
        kind = str(self.item.get("type") or self._guess())
        item: dict[str, Any] = {"id": self.id, **self.item, "type": kind}
        if kind == "message":
            content = [self._part(which, index) for which, index in self._keys("output_text", "refusal")]
            return (
                {**item, "role": item.get("role", "assistant"), "status": status, "content": content}
                if content
                else None
            )
        if kind == "reasoning":
            summary = [{"type": "summary_text", "text": self._text("summary", n)} for _, n in self._keys("summary")]
            content = [{"type": "reasoning_text", "text": self._text(k, n)} for k, n in self._keys("reasoning_text")]
            item["summary"] = summary or item.get("summary", [])
            return {**item, "content": content} if content else item if summary else None
        key = _STRING_OF.get(kind)
        if key is not None:
            written = self._text(key, 0) or str(item.get(key) or "")
            complete = self.ended or status == "completed"
            return {**item, key: written, "status": "completed"} if complete else None
        return item if status == "completed" else None

    def _keys(self, *kinds: str) -> list[tuple[str, int]]:
        return sorted((key for key in self._texts if key[0] in kinds), key=lambda key: key[1])

    def _text(self, kind: str, index: int) -> str:
        return "".join(self._texts.get((kind, index), ()))

    def _part(self, kind: str, index: int) -> dict[str, Any]:
        text = self._text(kind, index)
        return {"type": kind, "refusal": text} if kind == "refusal" else {"type": kind, "text": text, "annotations": []}

    def _guess(self) -> str:
        """The type of an item whose beginning never came."""
        kinds = {kind for kind, _ in self._texts}
        if kinds & {"summary", "reasoning_text"}:
            return "reasoning"
        if "arguments" in kinds:
            return "function_call"
        return "custom_tool_call" if "input" in kinds else "message"


_STRING_OF = {"function_call": "arguments", "mcp_call": "arguments", "custom_tool_call": "input"}


def index_of(event: Event, key: str, missing: int = 0) -> int:
    """A number of an event, `missing` where it has none."""
    value = event.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else missing
