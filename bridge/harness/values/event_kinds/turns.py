"""Turns, steps, and what the model says."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from bridge.harness.errors import ModelFault
from bridge.harness.ids import PromptId, TurnId, Uri
from bridge.harness.values.event_kinds.base import Event
from bridge.harness.values.model import OutputSchema
from bridge.harness.values.text import Sha
from bridge.harness.values.usage import Spent

StopReason = Literal["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled", "failed"]
"""ACP's stop reasons, and `failed`: the model could not be reached, or its stream broke.

A turn that a limit has stopped (steps, time, tokens, dollars, malformed calls) ended by `max_turn_requests`.
"""

CompactionCause = Literal["window", "command", "overflow"]
"""Why a conversation was compacted: the window was nearly full, the person asked, or the service had refused it."""


@dataclass(frozen=True, slots=True)
class PromptContext:
    """Where the person was when they asked: a document, and a place or a selection in it. Data, never instructions.

    Lines and columns count from 0, columns in characters. `end` is the last line of a selection, and part of it;
    `end_column` is in that line, and exclusive. `open` are the documents that the person had open.
    """

    uri: Uri
    line: int | None = None
    end: int | None = None
    column: int | None = None
    end_column: int | None = None
    open: tuple[Uri, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt(Event):
    """The person's words; opens a turn. On disk before the model is called.

    `schema` is the form that the turn's last answer must have. `queued` is the message that waited for this turn.
    """

    synced: ClassVar[bool] = True
    turn: TurnId
    text: str
    context: PromptContext | None = None
    schema: OutputSchema | None = None
    queued: PromptId | None = None


@dataclass(frozen=True, slots=True)
class Steered(Event):
    """The person's words while a turn runs: told to the model at its next step."""

    synced: ClassVar[bool] = True
    turn: TurnId
    text: str
    context: PromptContext | None = None


@dataclass(frozen=True, slots=True)
class Queued(Event):
    """The person's words for a turn of their own, after the one that runs."""

    synced: ClassVar[bool] = True
    id: PromptId
    text: str
    context: PromptContext | None = None
    schema: OutputSchema | None = None


@dataclass(frozen=True, slots=True)
class Unqueued(Event):
    """A message that waited is taken back. One whose turn begins is named by that turn's `Prompt`."""

    synced: ClassVar[bool] = True
    id: PromptId


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A model call is about to be made."""

    turn: TurnId
    step: int
    request_sha: Sha
    model: str = ""


@dataclass(frozen=True, slots=True)
class ResponseBegun(Event):
    """The service works on the call in the background: after a restart its stream is taken up again."""

    synced: ClassVar[bool] = True
    turn: TurnId
    step: int
    response: str


@dataclass(frozen=True, slots=True)
class ItemDone(Event):
    """One finished output item of the model, raw. `sequence` is the service's number of its event, -1 for none.

    A message of `status` "incomplete" is what had arrived of one when the stream broke.
    """

    turn: TurnId
    step: int
    item: Mapping[str, Any]
    sequence: int = -1


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """The model call is over. `reason` and `fault` are as in `values/model.py: Ended`.

    `response` is the service's id of the answer, where it stores answers.
    """

    turn: TurnId
    step: int
    status: Literal["completed", "incomplete", "failed"]
    message: str = ""
    reason: str = ""
    fault: ModelFault | None = None
    response: str = ""
    spent: Spent | None = None


@dataclass(frozen=True, slots=True)
class Retried(Event):
    """A model call failed in a way that may pass: it is made again after `wait` seconds. `attempt` counts from 1."""

    turn: TurnId
    step: int
    fault: ModelFault
    message: str
    attempt: int
    wait: float


@dataclass(frozen=True, slots=True)
class ModelSwitched(Event):
    """The turn goes on with another model, because the one before is not there. The next turn tries the first again."""

    synced: ClassVar[bool] = True
    turn: TurnId
    model: str
    why: str


@dataclass(frozen=True, slots=True)
class FeatureLowered(Event):
    """The model's service can't do something that was asked for; calls are made without it from now on."""

    model: str
    feature: str
    why: str


@dataclass(frozen=True, slots=True)
class Compacted(Event):
    """From now on the model is told `items` instead of what it was told before; the log keeps that.

    They stand for the first `count` items of the history, None for all of it: what was said while they were made stays.
    `by` is "service" where the service's own compaction was used, else "model" (a summary that the model wrote) or
    "rule" (nothing but what is kept as it is). Tokens are as measured, None where nobody knows. `files` are the paths
    that were read again. `turn` is None between turns.
    """

    synced: ClassVar[bool] = True
    turn: TurnId | None
    cause: CompactionCause
    by: Literal["service", "model", "rule"]
    items: tuple[Mapping[str, Any], ...]
    before: int | None = None
    after: int | None = None
    files: tuple[str, ...] = ()
    spent: Spent | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class BudgetWarned(Event):
    """Of a limit that stops the turn 80 % are spent. `unit` is "dollars" or "tokens"."""

    turn: TurnId
    unit: Literal["dollars", "tokens"]
    spent: Decimal
    limit: Decimal


@dataclass(frozen=True, slots=True)
class Note(Event):
    """Something that happened outside a call, told to the model before its next step."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnEnded(Event):
    """The truth about how a turn ended; the answer to the prompt request is a courtesy."""

    synced: ClassVar[bool] = True
    turn: TurnId
    stop: StopReason
    message: str = ""
