"""Review: hunks, and the decisions on them. Ours; ACP has nothing like it."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import Many, Wire
from bridge.protocol.errors import ErrorKind
from bridge.protocol.row import Method

Op = TypeAliasType(
    "Op",
    Annotated[
        Literal["edit", "create", "delete", "move"],
        Field(description="What the change does to its file."),
    ],
)

HunkDecision = TypeAliasType(
    "HunkDecision",
    Annotated[
        Literal["accepted", "rejected", "withdrawn", "expired"],
        Field(
            description="What was decided, once and for all. `withdrawn`: its turn was cancelled or it was superseded. "
            "`expired`: nobody decided in time.",
        ),
    ],
)

Placement = TypeAliasType(
    "Placement",
    Annotated[
        Literal["absent", "applying", "present", "unverified", "removed"],
        Field(
            description="Whether the new text stands in the file. `applying`: sent, not seen yet. `present`: seen. "
            "`unverified`: sent, and what stands there is neither the old nor the new text. `removed`: it stood, and "
            "the person has taken it out again.",
        ),
    ],
)

Fit = TypeAliasType(
    "Fit",
    Annotated[
        Literal["clean", "stale"],
        Field(description="Whether the hunk can still be accepted. A stale one can't; it may become clean again."),
    ],
)

StaleReason = TypeAliasType(
    "StaleReason",
    Annotated[
        Literal["overlap", "gone", "dependency"],
        Field(
            description="Why a hunk is stale. `overlap`: the same lines were changed. `gone`: the file is gone or "
            "replaced. `dependency`: it built on a hunk that was not accepted.",
        ),
    ],
)

HunkVerdict = TypeAliasType(
    "HunkVerdict",
    Annotated[Literal["accept", "reject"], Field(description="What the person says to a hunk.")],
)

HunkResult = TypeAliasType(
    "HunkResult",
    Annotated[
        Literal[
            "present",
            "absent",
            "rejected",
            "withdrawn",
            "expired",
            "stale",
            "unverified",
            "already_decided",
            "unknown",
        ],
        Field(
            description="What came of a decision. `present`: accepted, and the text was seen to stand. `absent`: "
            "accepted, not applied yet. `unverified`: accepted and sent, but what stands there is something else. "
            "`rejected`: recorded. `stale`: refused, nothing was decided. `already_decided`: an earlier decision "
            "stands. `withdrawn`, `expired`: it can't be decided any more. `unknown`: there is no such hunk.",
        ),
    ],
)


class Position(Wire):
    """A place in a text, as in LSP."""

    line: int = Field(ge=0, description="Counted from 0.")
    character: int = Field(ge=0, description="Counted from 0, in the position encoding agreed on in `initialize`.")


class Range(Wire):
    """A stretch of text, as in LSP: the end is not part of it."""

    start: Position = Field(description="Where it begins.")
    end: Position = Field(description="Where it ends.")


class HunkView(Wire):
    """One hunk: a run of changed lines that is decided as one.

    Its id, texts and digest never change. `range` follows the person's typing.
    """

    hunk_id: str = Field(description="Names the hunk for ever.")
    proposal_id: str = Field(description="The tool call's change that it is part of.")
    session_id: str = Field(description="The session that proposed it.")
    uri: str = Field(description="The file.")
    to_uri: str | None = Field(default=None, description="For `move`: where the file goes.")
    op: Op = Field(description="What the change does to the file.")
    range: Range = Field(description="Where the old text stands now; while `present`, where the new text stands.")
    old_text: str = Field(description="The lines that go, with their line endings; empty for an insertion.")
    new_text: str = Field(description="The lines that come, with their line endings; empty for a deletion.")
    digest: str = Field(description="SHA-256, hex, of operation, file, old and new text: what an approval binds.")
    decision: HunkDecision | None = Field(default=None, description="What was decided; absent while undecided.")
    placement: Placement = Field(description="Whether the new text stands in the file.")
    fit: Fit = Field(description="Whether it can still be accepted.")
    stale_reason: StaleReason | None = Field(default=None, description="Why it is stale, if it is.")
    index: int = Field(ge=0, description="Which of the proposal's hunks in this file, counted from 0.")
    total: int = Field(ge=1, description="How many hunks the proposal has in this file.")
    title: str = Field(description="What the change is for, in words for a person.")


class ListReviewRequest(Wire):
    """List hunks, undecided and decided ones."""

    session_id: str | None = Field(default=None, description="Only those of this session.")
    uri: str | None = Field(default=None, description="Only those of this file.")
    cursor: str | None = Field(default=None, description="`nextCursor` of the page before.")


class ListReviewResponse(Wire):
    """A page of hunks. A page is at most 64 KiB, but for a single larger hunk."""

    hunks: Many[HunkView] = Field(description="The hunks.")
    next_cursor: str | None = Field(default=None, description="Give it back for the next page; absent on the last.")


class HunkChoice(Wire):
    """A person's decision on one hunk."""

    hunk_id: str = Field(description="Which hunk.")
    verdict: HunkVerdict = Field(description="Yes or no.")
    reason: str | None = Field(default=None, description="Why; it reaches the model while the turn goes on.")


class DecideReviewRequest(Wire):
    """Decide hunks."""

    decisions: Many[HunkChoice] = Field(description="The decisions, applied in this order.")


class HunkOutcome(Wire):
    """What came of one decision."""

    hunk_id: str = Field(description="Which hunk.")
    outcome: HunkResult = Field(description="What came of it.")
    message: str | None = Field(default=None, description="The same in words for a person, where it needs any.")
    kind: ErrorKind | None = Field(default=None, description="The error, where one kept the text from being applied.")
    current_text: str | None = Field(default=None, description="For `stale`: what stands at its place now.")


class DecideReviewResponse(Wire):
    """What came of the decisions."""

    outcomes: Many[HunkOutcome] = Field(description="One for each decision, in the same order.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/review/list",
        "client_to_server",
        "request",
        ListReviewRequest,
        ListReviewResponse,
        "none",
        "experimental",
        "List hunks with their decision, placement and fit.",
    ),
    Method(
        "harness/review/decide",
        "client_to_server",
        "request",
        DecideReviewRequest,
        DecideReviewResponse,
        "workspace",
        "experimental",
        "Decide hunks. Accepted text goes into the open document by `workspace/applyEdit`, one versioned edit a "
        "document, or to the closed file; the answer comes when the outcome is known. One decision that is refused "
        "does not stop the others. The first decision on a hunk wins.",
    ),
)
