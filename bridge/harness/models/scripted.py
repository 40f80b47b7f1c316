"""The scripted model: deterministic, shipped, and used by the demo and by tests that drive the real loop.

A script is JSON:

    {"turns": [{"when": "rename .*", "steps": [
        {"say": "I look first.", "calls": [{"tool": "read_file", "args": {"path": "a.py"}}]},
        {"say": "Done: {last_output}"}
    ]}]}

`when` is a regular expression searched for in the prompt (default: any prompt); the first turn that matches is played.
A step may also `"hold": true` (wait until cancelled) or `"fail": "why"` (the model service fails). `{last_output}` in
`say` becomes the last tool output. The step is found from the request alone, so a resumed turn goes on where it was.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bridge.harness.errors import ModelProblem
from bridge.harness.values.model import (
    Ended,
    Item,
    ItemReady,
    ModelEvent,
    ModelInfo,
    ModelRequest,
    ServiceCompaction,
    TextDelta,
)

DELTA_CHARACTERS = 24
"""A message comes in pieces of this length, as a real model's would."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptedCall(_Strict):
    """One tool call."""

    tool: str
    args: dict[str, Any] = {}


class ScriptedStep(_Strict):
    """One model call's output."""

    say: str = ""
    calls: tuple[ScriptedCall, ...] = ()
    hold: bool = False
    fail: str = ""


class ScriptedTurn(_Strict):
    """What is played for a prompt that matches `when`."""

    when: str = ""
    steps: tuple[ScriptedStep, ...]

    @field_validator("when")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value


class Script(_Strict):
    """A whole script."""

    turns: tuple[ScriptedTurn, ...]


def load_script(path: Path) -> Script:
    """Read a script; raises `ModelProblem` with what is wrong in it."""
    try:
        return Script.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelProblem(f"the script {path} can't be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelProblem(f"the script {path} is not right at {where or 'its start'}: {first['msg']}") from error


class ScriptedModel:
    """Plays a script. Implements the Model port."""

    name = "scripted"
    info = ModelInfo("scripted")
    free_words = True

    def __init__(self, script: Script) -> None:
        """The script is fixed for the model's life."""
        self._script = script

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """See the port."""
        prompt, since = _last_prompt(request.items)
        turn = next((t for t in self._script.turns if re.search(t.when, prompt)), None)
        number = len({item["step"] for item in since if "step" in item})
        if turn is None or number >= len(turn.steps):
            step = ScriptedStep(say="The script has nothing for this." if turn is None else "")
        else:
            step = turn.steps[number]
        if step.hold:
            await anyio.sleep_forever()
        if step.fail:
            raise ModelProblem(step.fail)
        text = step.say.replace("{last_output}", _last_output(since))
        for event in _play(step, number, text, f"{len(request.items)}"):
            yield event

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """A script has none."""
        return None


def _play(step: ScriptedStep, number: int, text: str, unique: str) -> Iterator[ModelEvent]:
    """The step as events. Items carry the step's number, by which the next step is found."""
    if text or not step.calls:
        item = f"msg_{unique}"
        for offset in range(0, len(text), DELTA_CHARACTERS):
            yield TextDelta(item, offset, text[offset : offset + DELTA_CHARACTERS])
        content = [{"type": "output_text", "text": text}]
        yield ItemReady({"type": "message", "id": item, "role": "assistant", "step": number, "content": content})
    for index, call in enumerate(step.calls):
        yield ItemReady(
            {
                "type": "function_call",
                "call_id": f"call_{unique}_{index}",
                "step": number,
                "name": call.tool,
                "arguments": json.dumps(call.args),
            }
        )
    yield Ended("completed")


def _last_prompt(items: tuple[Item, ...]) -> tuple[str, tuple[Item, ...]]:
    for index in range(len(items) - 1, -1, -1):
        if items[index].get("role") == "user":
            return items[index]["content"][0]["text"], items[index + 1 :]
    return "", ()


def _last_output(items: tuple[Item, ...]) -> str:
    outputs = [str(item["output"]) for item in items if item.get("type") == "function_call_output"]
    return outputs[-1] if outputs else ""
