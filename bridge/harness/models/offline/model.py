"""The offline engine as a model: it plans tool calls from a grammar of requests, and needs nothing but the items.

Each call plays the plan of the turn anew, with the outputs that are there, up to the first step that has none. So a
resumed turn goes on where it was, and nothing is kept between calls.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from bridge.harness.models.offline.conversation import Call, Turn, turns_of
from bridge.harness.models.offline.looking import Plan
from bridge.harness.models.offline.memory import Memory, Step
from bridge.harness.models.offline.talking import Said, turn
from bridge.harness.values.model import (
    Ended,
    ItemReady,
    ModelEvent,
    ModelInfo,
    ModelRequest,
    ServiceCompaction,
    TextDelta,
)

DELTA_CHARACTERS = 24
"""A message comes in pieces of this length, as a real model's would."""

MOST_TURNS = 30
"""Turns that are remembered; `the second one` and `rename it back` speak of the last few."""

OTHER = "I can't go on with this turn: its calls are not those that I would make now. Ask again."

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class _Lost:
    """The turn has calls that the plan does not make: another model's, or another version's."""


class OfflineModel:
    """Understands a documented grammar. Implements the Model port."""

    name = "offline"
    info = ModelInfo("offline")
    free_words = False

    def __init__(self, setup: str) -> None:
        """`setup` says, in a sentence or two, how a model is set up."""
        self._setup = setup

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """See the port."""
        turns = turns_of(request.items)
        unique = str(len(request.items))
        if turns:
            *before, now = turns
            memory = self._remembered(before)
            for event in _events(_played(turn(now.prompt, now.place, memory, self._setup), now.steps), now, unique):
                yield event
        yield Ended("completed")

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """The engine has no window that could be full."""
        return None

    def _remembered(self, turns: list[Turn]) -> Memory:
        memory = Memory()
        for one in turns[-MOST_TURNS:]:
            came = _played(turn(one.prompt, one.place, memory, self._setup), one.steps)
            memory = came.memory if isinstance(came, Said) and one.said else Memory()
        return memory


def _played(plan: Plan[ResultT], steps: list[list[Call]]) -> ResultT | Step | _Lost:
    """The plan's result, or its first step that was not made yet."""
    done = iter(steps)
    try:
        step = next(plan)
        while True:
            made = next(done, None)
            if made is None:
                return step
            if [(one.tool, dict(one.args)) for one in made] != [(tool, args) for tool, args in step.calls]:
                return _Lost()
            step = plan.send(tuple(one.output or "" for one in made))
    except StopIteration as end:
        result: ResultT = end.value
        return _Lost() if next(done, None) is not None else result


def _events(came: Said | Step | _Lost, now: Turn, unique: str) -> Iterator[ModelEvent]:
    """A message that stands in the conversation already is not said twice."""
    text = came.say if isinstance(came, Step) else came.text if isinstance(came, Said) else OTHER
    if text and not now.said:
        item = f"msg_{unique}"
        for offset in range(0, len(text), DELTA_CHARACTERS):
            yield TextDelta(item, offset, text[offset : offset + DELTA_CHARACTERS])
        content = [{"type": "output_text", "text": text}]
        yield ItemReady({"type": "message", "id": item, "role": "assistant", "content": content})
    if isinstance(came, Step):
        for index, (tool, args) in enumerate(came.calls):
            call = f"call_{unique}_{index}"
            arguments = json.dumps(args, ensure_ascii=False)
            yield ItemReady({"type": "function_call", "call_id": call, "name": tool, "arguments": arguments})
