"""The closed union of session events. Everything shown to anyone is derived from them.

Ordering rules (E1 to E4 of the review rules):

- `SessionOpened` is first. A turn is `Prompt` … `TurnEnded`; turns of one session do not overlap.
- `StepStarted`, `CallStarted` and `IntentMade` are in the log before what they announce happens.
- A call may start, and end, before its step has ended: `CallOpened` follows the `ItemDone` that asks for it.
- Every `CallOpened` has one `CallEnded` before the next `StepStarted`.
- `Compacted` stands between steps, or between turns.
- `Proposed` follows the `CallJudged` of its call; each of its hunks has at most one `Decided`.
- `Placed` follows its `IntentMade`.
- `ApprovalOpened` … `ApprovalClosed`; an approval has one of each.
- An unknown kind is kept and skipped by folds.

An event is *durable* when it has to be on disk (fsync) before anyone sees it; the others are in the log, unsynced.
"""

from dataclasses import dataclass

from bridge.harness.values.event_kinds.base import Event as Event
from bridge.harness.values.event_kinds.calls import CallEnded as CallEnded
from bridge.harness.values.event_kinds.calls import CallJudged as CallJudged
from bridge.harness.values.event_kinds.calls import CallOpened as CallOpened
from bridge.harness.values.event_kinds.calls import CallStarted as CallStarted
from bridge.harness.values.event_kinds.calls import CallStatus as CallStatus
from bridge.harness.values.event_kinds.calls import ToolKind as ToolKind
from bridge.harness.values.event_kinds.choices import ApprovalClosed as ApprovalClosed
from bridge.harness.values.event_kinds.choices import ApprovalOpened as ApprovalOpened
from bridge.harness.values.event_kinds.choices import OptionName as OptionName
from bridge.harness.values.event_kinds.choices import OptionSet as OptionSet
from bridge.harness.values.event_kinds.choices import PolicySet as PolicySet
from bridge.harness.values.event_kinds.choices import SessionOpened as SessionOpened
from bridge.harness.values.event_kinds.hunks import Decided as Decided
from bridge.harness.values.event_kinds.hunks import FileFollowed as FileFollowed
from bridge.harness.values.event_kinds.hunks import HunkFresh as HunkFresh
from bridge.harness.values.event_kinds.hunks import HunkSplit as HunkSplit
from bridge.harness.values.event_kinds.hunks import HunkStale as HunkStale
from bridge.harness.values.event_kinds.hunks import IntentMade as IntentMade
from bridge.harness.values.event_kinds.hunks import Placed as Placed
from bridge.harness.values.event_kinds.hunks import Proposed as Proposed
from bridge.harness.values.event_kinds.turns import BudgetWarned as BudgetWarned
from bridge.harness.values.event_kinds.turns import Compacted as Compacted
from bridge.harness.values.event_kinds.turns import CompactionCause as CompactionCause
from bridge.harness.values.event_kinds.turns import FeatureLowered as FeatureLowered
from bridge.harness.values.event_kinds.turns import ItemDone as ItemDone
from bridge.harness.values.event_kinds.turns import ModelSwitched as ModelSwitched
from bridge.harness.values.event_kinds.turns import Note as Note
from bridge.harness.values.event_kinds.turns import Prompt as Prompt
from bridge.harness.values.event_kinds.turns import PromptContext as PromptContext
from bridge.harness.values.event_kinds.turns import Queued as Queued
from bridge.harness.values.event_kinds.turns import ResponseBegun as ResponseBegun
from bridge.harness.values.event_kinds.turns import Retried as Retried
from bridge.harness.values.event_kinds.turns import Steered as Steered
from bridge.harness.values.event_kinds.turns import StepEnded as StepEnded
from bridge.harness.values.event_kinds.turns import StepStarted as StepStarted
from bridge.harness.values.event_kinds.turns import StopReason as StopReason
from bridge.harness.values.event_kinds.turns import TurnEnded as TurnEnded
from bridge.harness.values.event_kinds.turns import Unqueued as Unqueued

EVENTS: tuple[type[Event], ...] = (
    SessionOpened,
    Prompt,
    Steered,
    Queued,
    Unqueued,
    StepStarted,
    ResponseBegun,
    ItemDone,
    StepEnded,
    Retried,
    ModelSwitched,
    FeatureLowered,
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
    OptionSet,
    Compacted,
    BudgetWarned,
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
