"""What a call would change, and what became of it."""

from dataclasses import dataclass
from typing import ClassVar

from bridge.harness.ids import FileId, HunkId, Uri
from bridge.harness.values.event_kinds.base import Event
from bridge.harness.values.proposals import Decision, Hunk, Intent, PlacementKind, Proposal, StaleReason


@dataclass(frozen=True, slots=True)
class Proposed(Event):
    """What a call would change."""

    synced: ClassVar[bool] = True
    proposal: Proposal
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class HunkSplit(Event):
    """Parts of a hunk, or another text in its place, are decided instead of it: the hunk is withdrawn."""

    synced: ClassVar[bool] = True
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

    synced: ClassVar[bool] = True
    hunk: HunkId
    decision: Decision


@dataclass(frozen=True, slots=True)
class IntentMade(Event):
    """The approved text is about to be written."""

    synced: ClassVar[bool] = True
    intent: Intent


@dataclass(frozen=True, slots=True)
class Placed(Event):
    """What was seen to stand after the write."""

    synced: ClassVar[bool] = True
    hunk: HunkId
    placement: PlacementKind
    cause: str
