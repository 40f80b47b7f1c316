"""The closed union of session events. Everything shown to anyone is derived from them.

Ordering rules (E1 to E4 of the review rules):

- `SessionOpened` is first. A turn is `Prompt` … `TurnEnded`; turns of one session do not overlap.
- `StepStarted`, `CallStarted` and `IntentMade` are in the log before what they announce happens.
- Every `CallOpened` has one `CallEnded` before the next `StepStarted`.
- `Proposed` follows the `CallJudged` of its call; each of its hunks has at most one `Decided`.
- `Placed` follows its `IntentMade`.
- `ApprovalOpened` … `ApprovalClosed`; an approval has one of each.
- An unknown kind is kept and skipped by folds.

An event is *durable* when it has to be on disk (fsync) before anyone sees it; the others are in the log, unsynced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bridge.harness.ids import ApprovalId, CallId, FileId, HunkId, SessionId, TurnId, Uri
from bridge.harness.values.approvals import Answer, Approval, ApprovalState
from bridge.harness.values.policy import Mode, Ruling
from bridge.harness.values.proposals import Decision, Hunk, Intent, PlacementKind, Policy, Proposal, StaleReason
from bridge.harness.values.text import Sha

ToolKind = Literal["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"]
"""ACP's kinds of tool calls."""

StopReason = Literal["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled", "failed"]
"""ACP's stop reasons, and `failed`: the model could not be reached, or its stream broke."""

CallStatus = Literal["ok", "error", "unknown", "cancelled"]


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    durable: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class SessionOpened(Event):
    """The first record. `cwd` is an absolute path: the boundary of the workspace, fixed here."""

    durable: ClassVar[bool] = True
    session: SessionId
    cwd: str
    model: str
    mode: Mode
    policy: Policy


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
    """The person's words; opens a turn. On disk before the model is called."""

    durable: ClassVar[bool] = True
    turn: TurnId
    text: str
    context: PromptContext | None = None


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A model call is about to be made."""

    turn: TurnId
    step: int
    request_sha: Sha


@dataclass(frozen=True, slots=True)
class ItemDone(Event):
    """One finished output item of the model, raw."""

    turn: TurnId
    step: int
    item: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """The model call is over."""

    turn: TurnId
    step: int
    status: Literal["completed", "incomplete", "failed"]
    message: str = ""


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

    durable: ClassVar[bool] = True
    call: CallId


@dataclass(frozen=True, slots=True)
class CallEnded(Event):
    """What the model is told of the call."""

    durable: ClassVar[bool] = True
    call: CallId
    status: CallStatus
    output: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Proposed(Event):
    """What a call would change."""

    durable: ClassVar[bool] = True
    proposal: Proposal
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class HunkSplit(Event):
    """Parts of a hunk, or another text in its place, are decided instead of it: the hunk is withdrawn."""

    durable: ClassVar[bool] = True
    hunk: HunkId
    children: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class FileFollowed(Event):
    """The person gave a file another name: its hunks follow. Their digests are those that were shown."""

    file: FileId
    uri: Uri


@dataclass(frozen=True, slots=True)
class HunkStale(Event):
    """The hunk no longer fits: the person changed these lines, or the file is gone."""

    hunk: HunkId
    reason: StaleReason


@dataclass(frozen=True, slots=True)
class HunkFresh(Event):
    """The old text stands again, exactly: the hunk can be decided."""

    hunk: HunkId


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """The one decision on a hunk."""

    durable: ClassVar[bool] = True
    hunk: HunkId
    decision: Decision


@dataclass(frozen=True, slots=True)
class IntentMade(Event):
    """The approved text is about to be written."""

    durable: ClassVar[bool] = True
    intent: Intent


@dataclass(frozen=True, slots=True)
class Placed(Event):
    """What was seen to stand after the write."""

    durable: ClassVar[bool] = True
    hunk: HunkId
    placement: PlacementKind
    cause: str


@dataclass(frozen=True, slots=True)
class ApprovalOpened(Event):
    """A question to a person."""

    durable: ClassVar[bool] = True
    approval: Approval


@dataclass(frozen=True, slots=True)
class ApprovalClosed(Event):
    """Its one terminal state."""

    durable: ClassVar[bool] = True
    approval: ApprovalId
    state: ApprovalState
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class PolicySet(Event):
    """From now on the session's proposals are made under this review policy."""

    durable: ClassVar[bool] = True
    policy: Policy


@dataclass(frozen=True, slots=True)
class Note(Event):
    """Something that happened outside a call, told to the model before its next step."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnEnded(Event):
    """The truth about how a turn ended; the answer to the prompt request is a courtesy."""

    durable: ClassVar[bool] = True
    turn: TurnId
    stop: StopReason
    message: str = ""


EVENTS: tuple[type[Event], ...] = (
    SessionOpened,
    Prompt,
    StepStarted,
    ItemDone,
    StepEnded,
    CallOpened,
    CallJudged,
    CallStarted,
    CallEnded,
    Proposed,
    HunkSplit,
    FileFollowed,
    HunkStale,
    HunkFresh,
    Decided,
    IntentMade,
    Placed,
    ApprovalOpened,
    ApprovalClosed,
    PolicySet,
    Note,
    TurnEnded,
)
"""Every kind of event, in reading order; the log names an event by its class."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the session's log: `seq` counts from 1, `at` is Unix time in seconds."""

    seq: int
    at: float
    event: Event
