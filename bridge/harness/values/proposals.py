"""Proposals and hunks: what one tool call would change, and what became of each part.

Invariants (the checks are in tests/harness/workspace/test_review_invariants.py):

- I1 placement is not `absent` only after the decision `accepted`, or under the policy *keep*.
- I2 a decision is set once; only under *keep* an accepted one becomes rejected, when it is undone.
- I3 a stale hunk is `absent`, and is never accepted; it is clean again only when its old text stands again, exactly.
- I4 the bytes written are the hunk's `new`, and the digest at the write is the digest that was shown.
- I5 bytes outside present hunks are the person's.
- I6 hunks of one file are disjoint.
- I7 a split retires its parent (withdrawn, "split"); the children keep their order and their ids.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Literal

from bridge.harness.ids import (
    AgentId,
    CallId,
    ClientId,
    FileId,
    HunkId,
    IntentId,
    ProposalId,
    SessionId,
    TurnId,
    Uri,
    new_id,
)
from bridge.harness.values.documents import Source
from bridge.harness.values.text import Sha, Span, TextChange, TextForm

Op = Literal["edit", "create", "delete", "move"]
Policy = Literal["ask", "keep", "allow"]
ReviewPolicy = Literal["ask", "keep"]
"""What a person chooses for a session: decide, then apply; or apply, then keep or undo."""

Verdict = Literal["accepted", "rejected", "withdrawn", "expired"]
PlacementKind = Literal["absent", "applying", "present", "unverified", "removed"]
StaleReason = Literal["overlap", "gone", "dependency"]
OutcomeKind = Literal[
    "present",
    "absent",
    "rejected",
    "withdrawn",
    "expired",
    "stale",
    "unverified",
    "removed",
    "refused",
    "already_decided",
    "unknown",
]

SPLIT = "split"
"""The reason of a hunk that was withdrawn because parts of it, or another text in its place, are decided instead."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """The part of a proposal that touches one file. `text` is the blob with the text that it was computed on."""

    id: FileId
    op: Op
    uri: Uri
    base: Source
    text: Sha
    form: TextForm
    hunks: tuple[HunkId, ...]
    to_uri: Uri | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one tool call would change. `policy` is fixed when the proposal is made.

    `remarks` are sentences of the tool's for the person and the model, such as what it left as it was.
    """

    id: ProposalId
    session: SessionId
    turn: TurnId
    call: CallId
    files: tuple[FileChange, ...]
    policy: Policy
    title: str
    atomic: bool = False
    agent: tuple[AgentId, ...] = ()
    remarks: tuple[str, ...] = ()


def digest(op: Op, uri: Uri, old: str, new: str) -> Sha:
    """What an approval binds: operation, path, old and new text; neither position nor version."""
    body = json.dumps([op, uri, old, new], ensure_ascii=True).encode()
    return Sha(hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Hunk:
    """One maximal run of changed lines. Immutable: a changed text is a new hunk.

    `span` is in lines of the base, half open. `old` and `new` keep the file's own line endings. `parent` is the hunk
    that it was split off. `note` is what the tool has to say of these lines: that they are not certain, or no code.
    """

    id: HunkId
    proposal: ProposalId
    file: FileId
    uri: Uri
    op: Op
    old: str
    new: str
    span: Span
    digest: Sha
    parent: HunkId | None = None
    note: str = ""

    def child(self, old: str, new: str, span: Span) -> "Hunk":
        """A part of this hunk, or another text in its place: a hunk of its own, with its own digest."""
        bound = digest(self.op, self.uri, old, new)
        return replace(self, id=HunkId(new_id()), old=old, new=new, span=span, digest=bound, parent=self.id)

    def inverse(self) -> "Hunk":
        """What takes it out again, under the same id. A created file is deleted, a deleted one created."""
        op: Op = "delete" if self.op == "create" else "create" if self.op == "delete" else self.op
        return replace(self, op=op, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a hunk is decided instead of the whole.

    `lines`: these lines of its new side. `text`: another text instead of its new side. `anyway`: a stale hunk, put
    where it was meant, over what stands there now.
    """

    lines: Span | None = None
    text: str | None = None
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decided: a person at a client, a rule or mode the person chose, or the bridge itself."""

    kind: Literal["person", "rule", "bridge"]
    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The one decision on a hunk."""

    verdict: Verdict
    by: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HunkState:
    """What became of a hunk: the decision, whether it still fits, whether its text stands.

    `cause` says how the placement came about; with `absent`, why the hunk could not be applied.
    """

    decision: Decision | None = None
    stale: StaleReason | None = None
    placement: PlacementKind = "absent"
    cause: str = ""
    policy: Policy = "ask"

    @property
    def open(self) -> bool:
        """It waits for the person: nobody has decided yet. Under *keep* it has to stand first."""
        return self.decision is None and (self.policy != "keep" or self.placement in ("present", "unverified"))

    @property
    def stands(self) -> bool:
        """Its text is in the file, as far as anyone knows."""
        return self.placement in ("present", "unverified")

    @property
    def may_become_rejected(self) -> bool:
        """It was written under *keep*, and nobody has rejected it yet."""
        return self.policy == "keep" and (self.decision is None or self.decision.verdict == "accepted")

    @property
    def to_be_placed(self) -> bool:
        """Its text should be in the file, and is not yet."""
        wanted = self.policy == "keep" if self.decision is None else self.decision.verdict == "accepted"
        return wanted and not self._placed

    @property
    def settled(self) -> bool:
        """Its call can be told the result. Under *ask* nothing more happens to it without a new decision."""
        if self.decision is None:
            return self.policy == "keep" and self._placed
        return self._placed if self.decision.verdict == "accepted" else self.placement != "applying"

    @property
    def _placed(self) -> bool:
        failed = self.placement == "absent" and bool(self.cause)
        return failed or self.placement in ("present", "unverified", "removed") or self.stale is not None


@dataclass(frozen=True, slots=True)
class Intent:
    """Journalled, with fsync, before the effect: what is about to be written, and what should stand after.

    `before` and `expect` are hashes of the text; `undo` says that the hunks are taken out.
    """

    id: IntentId
    file: FileId
    hunks: tuple[HunkId, ...]
    via: Literal["client", "disk"]
    before: Sha
    expect: Sha
    client: ClientId | None = None
    undo: bool = False


@dataclass(frozen=True, slots=True)
class HunkOutcome:
    """What a person's decision led to, as told to them and to the model.

    `current` is the text that stands at the place of a stale hunk; of a part of a hunk, what was decided. `blockers`
    are the later hunks that stand on one which was therefore not taken out. `reviewed` is false for one that stands and
    that nobody has looked at yet, and for one that was rejected by a rule or the bridge.
    """

    hunk: HunkId
    outcome: OutcomeKind
    message: str = ""
    current: str = ""
    blockers: tuple[HunkId, ...] = ()
    reviewed: bool = True


@dataclass(frozen=True, slots=True)
class LineNote:
    """What a person should know of a line that is changed: `line` counts from 1, in the old text."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class FileDraft:
    """What a tool wants a file to become: computed, not yet a proposal.

    `old` is what the tool read, pending work included; `base` what stood below it; `new` what it should become. Lines
    with a note are hunks of their own, where as many lines come as go. `changes` are the whole-line changes of `old`
    that make `new`, where the tool knows them better than a diff would; else empty. `to_uri`: of a file that is
    deleted, where its text is created: the two are decided together.
    """

    op: Op
    uri: Uri
    source: Source
    form: TextForm
    base: str
    old: str
    new: str
    notes: tuple[LineNote, ...] = ()
    changes: tuple[TextChange, ...] = ()
    to_uri: Uri | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The edit that a tool prepared: one or more files, one title, and remarks for the person and the model."""

    title: str
    files: tuple[FileDraft, ...]
    atomic: bool = field(default=False)
    remarks: tuple[str, ...] = ()
