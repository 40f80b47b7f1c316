"""One model call: stream it, record its items, and say which tool calls it asks for."""

import hashlib
import json
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Literal

from bridge.harness.errors import ModelProblem
from bridge.harness.ids import CallId, TurnId, new_id
from bridge.harness.ports.journal import Journal
from bridge.harness.ports.model import Model
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import CallEnded, CallOpened, ItemDone, StepEnded, StepStarted
from bridge.harness.values.model import Ended, Item, ItemReady, ModelRequest, TextDelta
from bridge.harness.values.text import Sha

Live = Callable[[TextDelta], None]
"""Told of text while it is written. Not durable: the finished item is."""


MAX_DEPTH = 64
"""Levels of nesting in a call's arguments: far more than any tool takes, far less than what the log can hold."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a model call."""

    status: Literal["completed", "incomplete", "failed"]
    calls: tuple[CallOpened, ...]
    message: str = ""


class Stepper:
    """Makes model calls for one session."""

    def __init__(
        self, model: Model, registry: Registry, journal: Journal, live: Live, known: Container[CallId]
    ) -> None:
        """`registry` names the tools that a call may ask for; `known` are the session's call ids so far."""
        self._model = model
        self._registry = registry
        self._journal = journal
        self._live = live
        self._known = known

    async def run(self, turn: TurnId, number: int, request: ModelRequest) -> Step:
        """One call. A stream that breaks leaves valid history: its tool calls are closed, and none of them runs."""
        await self._journal.append(StepStarted(turn, number, _sha(request)))
        calls: list[CallOpened] = []
        end = await self._stream(turn, number, request, calls)
        await self._journal.append(StepEnded(turn, number, end.status, end.message))
        if end.status != "completed":
            await self._drop(calls)
            return Step(end.status, (), end.message)
        return Step("completed", tuple(calls))

    async def _stream(self, turn: TurnId, number: int, request: ModelRequest, calls: list[CallOpened]) -> Ended:
        """Record what comes, and put the calls into `calls`; how the stream ended."""
        end = Ended("failed", "the model's stream broke off")
        try:
            async for event in self._model.stream(request):
                match event:
                    case TextDelta():
                        self._live(event)
                    case ItemReady(item=item):
                        calls += await self._record(turn, number, item)
                    case Ended():
                        end = event
        except ModelProblem as problem:
            end = Ended("failed", str(problem))
        return end

    async def _record(self, turn: TurnId, number: int, item: Item) -> list[CallOpened]:
        if item.get("type") != "function_call":
            await self._journal.append(ItemDone(turn, number, item))
            return []
        item = self._with_new_id(item)
        opened = self._open(turn, item)
        await self._journal.append(ItemDone(turn, number, item), opened)
        return [opened]

    def _with_new_id(self, item: Item) -> Item:
        """Some servers number calls anew in each answer. Approvals and proposals are found by the id of their call:
        with an id that was used before, the old answer would allow the new call.
        """
        call = item.get("call_id")
        fresh = isinstance(call, str) and call and CallId(call) not in self._known
        return item if fresh else {**item, "call_id": f"call_{new_id()}"}

    def _open(self, turn: TurnId, item: Item) -> CallOpened:
        name, call = str(item.get("name", "")), CallId(str(item.get("call_id", "")))
        tool = self._registry.get(name)
        args = _arguments(item)
        if tool is None:
            return CallOpened(turn, call, name, "other", name, args)
        try:
            title = tool.title(tool.spec.inputs.model_validate(args))
        except ValueError:
            title = tool.spec.name
        return CallOpened(turn, call, tool.spec.name, tool.spec.kind, title, args)

    async def _drop(self, calls: list[CallOpened]) -> None:
        """Part of a broken or cut answer: never run, and said so."""
        for opened in calls:
            await self._journal.append(CallEnded(opened.call, "cancelled", "Not run: the model's answer broke off."))


def _arguments(item: Item) -> dict[str, Any]:
    """The arguments as an object; text that is no JSON object is kept under a name that no tool takes."""
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


def _sha(request: ModelRequest) -> Sha:
    body = json.dumps([request.instructions, request.items, request.tools], default=dict)
    return Sha(hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest())
