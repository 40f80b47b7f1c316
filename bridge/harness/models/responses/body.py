"""The bytes of a request, joined from the bytes of its items.

Within a session each body begins as the former one does, up to the end of the former input: the provider's prompt cache
takes it from there. `input` is therefore the last key, and what was serialised once is never serialised again (2 MB of
history cost 17 ms by `json.dumps`, under 1 ms by a join).

What goes back differs from what came in these points, each decided from the item and the one after it alone:

* A reasoning item goes back only with its `encrypted_content`, and only where a model's own item follows: without the
  one the service, which keeps nothing, can't read it; without the other it refuses the whole request. That happens
  where an answer broke off behind its reasoning. A reasoning item at the very end waits for the item after it.
* Keys of ours, and keys whose value is null, are left out: services send `"status": null`, and refuse to take it.

Everything else goes back as it came, known or not.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from operator import is_
from typing import Any

from bridge.harness.values.model import Item

OUR_KEYS = frozenset({"step"})
"""Keys that the harness adds to items for itself (the scripted model's step)."""

SESSIONS = 8
"""Of how many sessions the bytes are kept; the one that was not asked for longest gives way."""

_PLAIN_ROLES = frozenset({"user", "system", "developer"})
_WITHOUT_ID = frozenset({"message", "function_call", "custom_tool_call"})


class Input:
    """The serialised input of one session, which grows."""

    def __init__(self, *, reasoning: bool = True) -> None:
        """`reasoning` False: no reasoning item goes back, and no id that would tie an item to one."""
        self._reasoning = reasoning
        self._items: list[Item] = []
        self._waiting: list[bytes] = []  # reasoning whose follower is not known yet
        self.joined = bytearray()

    def begins(self, items: Sequence[Item], *, reasoning: bool) -> bool:
        """Whether these items are what is here already, and perhaps more."""
        here = self._items
        return reasoning == self._reasoning and len(here) <= len(items) and all(map(is_, here, items))

    def extend(self, items: Sequence[Item]) -> None:
        """Take what is new of these; they begin with what is here."""
        for item in items[len(self._items) :]:
            self._items.append(item)
            self._add(item)

    def _add(self, item: Item) -> None:
        if item.get("type") == "reasoning":
            if self._reasoning and item.get("encrypted_content"):
                self._waiting.append(serialised(item))
            return
        if self._waiting and _is_models(item):
            for one in self._waiting:
                self._append(one)
        self._waiting.clear()
        self._append(serialised(item, identified=self._reasoning))

    def _append(self, piece: bytes) -> None:
        if self.joined:
            self.joined += b","
        self.joined += piece


class Bodies:
    """Request bodies of one endpoint."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._inputs: OrderedDict[str, Input] = OrderedDict()
        self._heads: OrderedDict[tuple[str, bool, bool], tuple[tuple[Any, ...], bytes]] = OrderedDict()

    def body(self, head: bytes, options: Mapping[str, Any], joined: bytes | bytearray) -> bytes:
        """`head` (see there), the other keys in their order, and the input at the end."""
        rest = dumped(options)[1:-1]
        return b"".join((head, b"," if rest else b"", rest, b',"input":[', joined, b"]}"))

    def head(self, session: str, model: str, instructions: str, tools: Sequence[Item], *, strict: bool = True) -> bytes:
        """`{"model":…,"instructions":…,"tools":[…]`; `strict` False: no tool says that it is."""
        key, parts = (session, strict, bool(tools)), (model, instructions, tuple(tools))
        kept = self._heads.get(key)
        if kept is not None and kept[0] == parts:
            self._heads.move_to_end(key)
            return kept[1]
        value: dict[str, Any] = {"model": model}
        if instructions:
            value["instructions"] = instructions
        if tools:
            value["tools"] = [dict(tool) if strict else _loose(tool) for tool in tools]
        head = dumped(value)[:-1]
        self._heads[key] = (parts, head)
        while len(self._heads) > SESSIONS:
            self._heads.popitem(last=False)
        return head

    def input(self, session: str, items: Sequence[Item], *, reasoning: bool = True) -> bytearray:
        """The items, serialised and joined; not to be changed."""
        kept = self._inputs.get(session)
        if kept is None or not kept.begins(items, reasoning=reasoning):
            kept = self._inputs[session] = Input(reasoning=reasoning)
        kept.extend(items)
        self._inputs.move_to_end(session)
        while len(self._inputs) > SESSIONS:
            self._inputs.popitem(last=False)
        return kept.joined


def fresh(items: Iterable[Item], *, reasoning: bool = True) -> bytearray:
    """The items, serialised and joined without keeping anything: what is new since a stored response."""
    one = Input(reasoning=reasoning)
    one.extend(tuple(items))
    return one.joined


def serialised(item: Item, *, identified: bool = True) -> bytes:
    """An item as it goes back to a service."""
    sent = {key: value for key, value in item.items() if value is not None and key not in OUR_KEYS}
    content = sent.get("content")
    if isinstance(content, list):
        sent["content"] = [_without_nulls(part) if isinstance(part, Mapping) else part for part in content]
    if not identified and sent.get("type", "message") in _WITHOUT_ID:
        sent.pop("id", None)
    return dumped(sent)


def dumped(value: Mapping[str, Any]) -> bytes:
    """Compact JSON. Half of a surrogate pair, which is no text, goes as its escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=dict).encode()


def _is_models(item: Item) -> bool:
    """Whether a model has written this: what may follow its reasoning."""
    kind = item.get("type", "message")
    if kind == "message":
        return item.get("role") not in _PLAIN_ROLES
    return not str(kind).endswith(("_output", "_response"))


def _without_nulls(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if value is not None}


def _loose(tool: Item) -> dict[str, Any]:
    return {key: value for key, value in tool.items() if key != "strict"}
