"""The body of a call, joined from bytes: what has not changed since the last call of a session is not encoded again."""

import json
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.harness.models.chat.lowering import Feature
from bridge.harness.models.chat.messages import CUSTOM_INPUT, groups, messages
from bridge.harness.values.model import Item, ModelRequest

SESSIONS_KEPT = 8
"""Sessions whose encoded messages are kept."""

FAST = "priority"
"""The service tier of fast calls."""

USUAL = "default"
"""The service tier of the others, which is not asked for."""


@dataclass(slots=True)
class _Kept:
    """The encoded messages of the first `items` of a session."""

    items: tuple[Item, ...] = ()
    joined: bytearray = field(default_factory=bytearray)


class Bodies:
    """Builds the bodies of one model's calls. The messages stand last, so that a body begins as the one before it."""

    def __init__(self, model: str) -> None:
        """`model` is the service's name of it."""
        self._model = model
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def build(self, request: ModelRequest, effort: str, without: Collection[Feature]) -> bytes:
        """The body; `effort` is the service's word or empty, `without` are features that the server does not take."""
        head = encoded({"model": self._model, **_options(request, effort, without)})
        system = [encoded({"role": "system", "content": request.instructions})] if request.instructions else []
        parts = [part for part in (*system, *self._messages(request)) if part]
        said = (piece for part in parts for piece in (b",", part))
        next(said, None)  # no comma before the first
        return b"".join((head[:-1], b',"messages":[', *said, b"]}"))

    def _messages(self, request: ModelRequest) -> Iterator[bytes | bytearray]:
        """All of them: those that stay as they are joined, and the last ones."""
        kept = self._kept.pop(request.session, None) or _Kept()
        known = request.items[: len(kept.items)]
        if known == kept.items:
            kept.items = known  # the same objects are compared at once the next time
        else:
            kept = _Kept()
        found = list(groups(request.items[len(kept.items) :]))
        whole, last = found[:-1], found[-1:]  # what comes next may still belong to the last one
        kept.items += tuple(item for group in whole for item in group)
        for group in whole:
            for one in messages(group):
                kept.joined += b"," + encoded(one) if kept.joined else encoded(one)
        self._kept[request.session] = kept
        if len(self._kept) > SESSIONS_KEPT:
            self._kept.popitem(last=False)
        yield kept.joined
        yield from (encoded(one) for group in last for one in messages(group))


def tier(request: ModelRequest, without: Collection[Feature]) -> str:
    """The service tier that a call gets."""
    return FAST if request.fast and "fast tier" not in without else USUAL


def encoded(value: Any) -> bytes:
    """Compact JSON; half of a surrogate pair, which UTF-8 can't carry, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict).encode("utf-8", "replace")


def _options(request: ModelRequest, effort: str, without: Collection[Feature]) -> dict[str, Any]:
    options: dict[str, Any] = {"stream": True}
    if "token counts" not in without:
        options["stream_options"] = {"include_usage": True}
    if effort:
        options["reasoning_effort"] = effort
    if tier(request, without) != USUAL:
        options["service_tier"] = FAST
    tools = [] if "tools" in without else _tools(request.tools, strict="strict schemas" not in without)
    if tools:
        options["tools"] = tools
        if "parallel calls" not in without:
            options["parallel_tool_calls"] = True
    if request.schema and "structured output" not in without:
        strict = "strict schemas" not in without
        form = {"name": request.schema.name, "schema": request.schema.schema, "strict": strict}
        options["response_format"] = {"type": "json_schema", "json_schema": form}
    return options


def _tools(tools: Sequence[Item], strict: bool) -> list[Mapping[str, Any]]:
    """Functions, and custom tools as functions of one text. Other tools have no form here."""
    made: list[Mapping[str, Any]] = []
    for tool in tools:
        if tool.get("type") == "custom":
            properties = {CUSTOM_INPUT: {"type": "string"}}
            parameters = {"type": "object", "properties": properties, "required": [CUSTOM_INPUT]}
            made.append(_function({**tool, "parameters": parameters}, ("name", "description", "parameters")))
        elif tool.get("type") == "function":
            names = ("name", "description", "parameters", "strict")
            made.append(_function(tool, names if strict else names[:-1]))
    return made


def _function(tool: Item, names: Sequence[str]) -> Mapping[str, Any]:
    return {"type": "function", "function": {name: tool[name] for name in names if tool.get(name) is not None}}
