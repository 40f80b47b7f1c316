"""Tool calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bridge.harness.ids import CallId, TurnId
from bridge.harness.values.event_kinds.base import Event
from bridge.harness.values.policy import Ruling

ToolKind = Literal["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"]
"""ACP's kinds of tool calls."""

CallStatus = Literal["ok", "error", "unknown", "cancelled"]


@dataclass(frozen=True, slots=True)
class CallOpened(Event):
    """The model asked for a tool call. `args` is the model's own JSON object, `title` is for the person."""

    turn: TurnId
    call: CallId
    tool: str
    kind: ToolKind
    title: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallJudged(Event):
    """The policy's verdict, with its reasons."""

    call: CallId
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class CallStarted(Event):
    """The effect is about to happen. Without its `CallEnded` after a crash the status is unknown: never repeated."""

    synced: ClassVar[bool] = True
    call: CallId


@dataclass(frozen=True, slots=True)
class CallEnded(Event):
    """What the model is told of the call. `seconds` is how long it took, 0 where it did not begin.

    `effect`: it may have changed something. One that only looked is not worth a wait for the disk: to look again does
    no harm.
    """

    call: CallId
    status: CallStatus
    output: str
    shown: str = ""
    seconds: float = 0.0
    effect: bool = True

    @property
    def durable(self) -> bool:
        """See the base."""
        return self.effect
