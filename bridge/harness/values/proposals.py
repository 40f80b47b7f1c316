"""Proposals and hunks: what one tool call would change, and what became of each part.

Invariants (the checks are in tests/harness/workspace/test_review_invariants.py):

- I1 placement is not `absent` only after the decision `accepted`.
- I2 a decision is set once.
- I3 a stale hunk is `absent`, and is never accepted; it is clean again only when its old text stands again, exactly.
- I4 the bytes written are the hunk's `new`, and the digest at the write is the digest that was shown.
- I5 bytes outside present hunks are the person's.
- I6 hunks of one file are disjoint.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal

from bridge.harness.ids import AgentId, CallId, ClientId, FileId, HunkId, IntentId, ProposalId, SessionId, TurnId, Uri
from bridge.harness.values.documents import Source
from bridge.harness.values.text import Sha, Span, TextForm

Op = Literal["edit", "create", "delete", "move"]
Policy = Literal["ask", "keep", "allow"]
Verdict = Literal["accepted", "rejected", "withdrawn", "expired"]
PlacementKind = Literal["absent", "applying", "present", "unverified", "removed"]
StaleReason = Literal["overlap", "gone", "dependency"]


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
    """What one tool call would change. `policy` is fixed when the proposal is made."""

    id: ProposalId
    session: SessionId
    turn: TurnId
    call: CallId
    files: tuple[FileChange, ...]
    policy: Policy
    title: str
    atomic: bool = False
    agent: tuple[AgentId, ...] = ()


def digest(op: Op, uri: Uri, old: str, new: str) -> Sha:
    """What an approval binds: operation, path, old and new text; neither position nor version."""
    body = json.dumps([op, uri, old, new], ensure_ascii=True).encode()
    return Sha(hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Hunk:
    """One maximal run of changed lines. Immutable: a changed text is a new hunk.

    `span` is in lines of the base, half open. `old` and `new` keep the file's own line endings.
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


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decided: a person at a client, a rule or mode the person chose, or the bridge itself."""

    kind: Literal["person", "rule", "bridge"]
    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The one decision on a hunk. `text` is the person's replacement, where they edited it."""

    verdict: Verdict
    by: Actor
    reason: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class HunkState:
    """What became of a hunk: the decision, whether it still fits, whether its text stands.

    `cause` says how the placement came about; with `absent`, why an accepted hunk could not be applied.
    """

    decision: Decision | None = None
    stale: StaleReason | None = None
    placement: PlacementKind = "absent"
    cause: str = ""

    @property
    def open(self) -> bool:
        """Nobody has decided yet."""
        return self.decision is None

    @property
    def settled(self) -> bool:
        """Nothing more will happen to it without a new decision of the person's."""
        if self.decision is None:
            return False
        if self.decision.verdict != "accepted":
            return True
        failed = self.placement == "absent" and bool(self.cause)
        return failed or self.placement in ("present", "unverified", "removed") or self.stale is not None


@dataclass(frozen=True, slots=True)
class Intent:
    """Journalled, with fsync, before the effect: what is about to be written, and what should stand after.

    `before` and `expect` are hashes of the text.
    """

    id: IntentId
    file: FileId
    hunks: tuple[HunkId, ...]
    via: Literal["client", "disk"]
    before: Sha
    expect: Sha
    client: ClientId | None = None


@dataclass(frozen=True, slots=True)
class HunkOutcome:
    """What a person's decision led to, as told to them and to the model.

    `current` is the text that stands at the place of a stale hunk.
    """

    hunk: HunkId
    outcome: Literal[
        "present", "absent", "rejected", "withdrawn", "expired", "stale", "unverified", "already_decided", "unknown"
    ]
    message: str = ""
    current: str = ""


@dataclass(frozen=True, slots=True)
class FileDraft:
    """What a tool wants a file to become: computed, not yet a proposal.

    `old` is what the tool read, pending work included; `base` what stood below it; `new` what it should become.
    """

    op: Op
    uri: Uri
    source: Source
    form: TextForm
    base: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The edit that a tool prepared: one or more files, one title."""

    title: str
    files: tuple[FileDraft, ...]
    atomic: bool = field(default=False)
