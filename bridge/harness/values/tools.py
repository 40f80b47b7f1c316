"""What a tool is made of and what it gives back, apart from the code that runs it."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from bridge.harness.values.events import ToolKind
from bridge.harness.values.policy import Subj
from bridge.harness.values.proposals import Draft

RESULT_LIMIT = 32_000
"""Characters of a tool result that reach the model (design, "Numbers")."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What a call does, for this input. A tool that declares nothing is mutating, serial, and asks."""

    read_only: bool = False
    concurrency_safe: bool = False
    destructive: bool = True


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it. `inputs` is a Pydantic model: its strict JSON Schema is sent."""

    name: str
    description: str
    kind: ToolKind
    inputs: type[BaseModel]
    aliases: tuple[str, ...] = ()
    result_limit: int = RESULT_LIMIT


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a call would do, computed without side effects.

    `draft` is set for edits only: the review settles those. `state` is the tool's own, handed to `commit`.
    """

    title: str
    subjects: tuple[Subj, ...]
    draft: Draft | None = None
    state: Any = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call's results, kept apart: for the model, and for the person. What is for debugging goes to the log."""

    model: str
    shown: str = ""
    status: Literal["ok", "error"] = "ok"
