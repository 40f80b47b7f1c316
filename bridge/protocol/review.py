"""Review: hunks, and the decisions on them. Ours; ACP has nothing like it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
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

Policy = TypeAliasType(
    "Policy",
    Annotated[
        Literal["ask", "keep", "allow"],
        Field(
            description="When text is applied. `ask`: when the person accepts it. `keep`: at once; the person then "
            "keeps it or undoes it. `allow`: at once, by a rule that the person chose; it was never a question.",
        ),
    ],
)

HunkVerdict = TypeAliasType(
    "HunkVerdict",
    Annotated[
        Literal["accept", "reject"],
        Field(description="What the person says to a hunk. Under the policy `keep`: keep it, or undo it."),
    ],
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
            "removed",
            "refused",
            "already_decided",
            "unknown",
        ],
        Field(
            description="What came of a decision. `present`: accepted, and the text was seen to stand. `absent`: "
            "accepted, not applied yet. `unverified`: accepted and sent, but what stands there is something else. "
            "`rejected`: recorded. `removed`: it stood, and its old text stands again. `stale`: refused, nothing was "
            "decided. `refused`: nothing was done; `message` says why. `already_decided`: an earlier decision "
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


class Lines(Wire):
    """Lines of a hunk's new side, counted from 0 at its first line. Half open: `end` is not part of it."""

    start: int = Field(ge=0, description="The first line.")
    end: int = Field(ge=0, description="The line after the last one.")


class HunkView(Wire):
    """One hunk: a run of changed lines that is decided as one.

    Its id, texts and digest never change. `range` follows the person's typing. It waits for the person while it has no
    decision and, under the policy `keep`, its text was sent to the file (`present` or `unverified`).
    """

    hunk_id: str = Field(description="Names the hunk for ever.")
    proposal_id: str = Field(description="The tool call's change that it is part of.")
    session_id: str = Field(description="The session that proposed it.")
    uri: str = Field(description="The file.")
    to_uri: str | None = Field(
        default=None,
        description="Where the file goes: of `move`, and of a `delete` that is decided together with its `create`.",
    )
    op: Op = Field(description="What the change does to the file.")
    range: Range = Field(description="Where the old text stands now; while `present`, where the new text stands.")
    old_text: str = Field(description="The lines that go, with their line endings; empty for an insertion.")
    new_text: str = Field(description="The lines that come, with their line endings; empty for a deletion.")
    digest: str = Field(description="SHA-256, hex, of operation, file, old and new text: what an approval binds.")
    decision: HunkDecision | None = Field(default=None, description="What was decided; absent while undecided.")
    placement: Placement = Field(description="Whether the new text stands in the file.")
    fit: Fit = Field(description="Whether it can still be accepted.")
    stale_reason: StaleReason | None = Field(default=None, description="Why it is stale, if it is.")
    index: int = Field(ge=0, description="Which of the proposal's hunks, over all of its files, counted from 0.")
    total: int = Field(ge=1, description="How many hunks the proposal has.")
    title: str = Field(description="What the change is for, in words for a person.")
    note: str | None = Field(
        default=None,
        description="What the tool says of these lines: that it is not certain of them, or that they are no code.",
    )
    policy: Policy = Field(description="When its text is applied; fixed when it was proposed.")
    atomic: bool = Field(
        description="Its proposal makes sense as a whole only: warn a person who takes a part of it.",
    )
    parent_id: str | None = Field(
        default=None,
        description="The hunk that it was split off, or whose text it replaces; that one is `withdrawn`.",
    )
    version: int | None = Field(
        default=None, description="The version of the open document that `range` is in; absent for a closed file."
    )


class ListReviewRequest(Wire):
    """List the hunks that wait for the person, and those whose decision is being carried out."""

    session_id: str | None = Field(default=None, description="Only those of this session.")
    uri: str | None = Field(default=None, description="Only those of this file.")
    cursor: str | None = Field(default=None, description="`nextCursor` of the page before.")


class ListReviewResponse(Wire):
    """A page of hunks. A page is at most 64 KiB, but for a single larger hunk."""

    hunks: Many[HunkView] = Field(description="The hunks.")
    next_cursor: str | None = Field(default=None, description="Give it back for the next page; absent on the last.")


class GetReviewRequest(Wire):
    """Look at one hunk."""

    hunk_id: str = Field(description="Which hunk; one that is settled has an answer too.")


class GetReviewResponse(Wire):
    """One hunk, and what is around it."""

    hunk: HunkView = Field(description="The hunk as it is now.")
    current_text: str = Field(
        description="The lines that stand at `range` now, with their line endings; for a stale hunk, what stands where "
        "it was meant to go.",
    )
    siblings: Many[str] = Field(
        description="The ids of all hunks of its proposal, this one too: file after file, in the order of place."
    )


class HunkChoice(Wire):
    """A person's decision on one hunk, on some lines of it, or on another text in its place.

    With `lines`, `text` or `anyway` the hunk is split: what is decided is a new hunk, `decidedId` of the outcome. What
    is left of the parent are new hunks too, undecided, told by `hunk_update`.
    """

    hunk_id: str = Field(description="Which hunk.")
    verdict: HunkVerdict = Field(description="Yes or no.")
    reason: str | None = Field(default=None, description="Why; it reaches the model while the turn goes on.")
    lines: Lines | None = Field(default=None, description="Only these lines of its new side; the rest stays undecided.")
    text: str | None = Field(
        default=None,
        description="For `accept`: this text, with its line endings, in the place of its new side.",
    )
    anyway: bool | None = Field(
        default=None,
        description="For `accept` of a stale hunk: put it where it was meant to go, over `currentText`. The person has "
        "looked at that.",
    )

    @model_validator(mode="after")
    def _only_accepted_text_is_replaced(self) -> Self:
        if self.verdict == "reject" and (self.text is not None or self.anyway):
            raise ValueError("`text` and `anyway` are for `accept`")
        return self


class DecideReviewRequest(Wire):
    """Decide hunks."""

    decisions: Many[HunkChoice] = Field(description="The decisions, applied in this order.")


class HunkOutcome(Wire):
    """What came of one decision."""

    hunk_id: str = Field(description="Which hunk.")
    outcome: HunkResult = Field(description="What came of it.")
    message: str | None = Field(default=None, description="The same in words for a person, where it needs any.")
    kind: ErrorKind | None = Field(default=None, description="The error, where one kept the text from being applied.")
    current_text: str | None = Field(
        default=None, description="For `stale`, and for `refused` where it is known: what stands at its place now."
    )
    decided_id: str | None = Field(
        default=None, description="The new hunk that was decided, where `lines`, `text` or `anyway` made one."
    )
    blocked_by: Many[str] | None = Field(
        default=None,
        description="For `refused`: the later hunks that stand on it. Undo them with it, in one request.",
    )


class DecideReviewResponse(Wire):
    """What came of the decisions."""

    outcomes: Many[HunkOutcome] = Field(description="One for each decision, in the same order.")


class UndoReviewRequest(Wire):
    """Take hunks that stand out of the text again."""

    hunk_ids: Many[str] = Field(description="Which hunks.")
    reason: str | None = Field(default=None, description="Why; it reaches the model.")


class UndoReviewResponse(Wire):
    """What came of it."""

    outcomes: Many[HunkOutcome] = Field(description="One for each hunk, in the same order.")


class HunkComment(Wire):
    """A remark on a hunk."""

    hunk_id: str = Field(description="Which hunk.")
    text: str = Field(description="The remark.")
    lines: Lines | None = Field(default=None, description="The lines of its new side that are meant; all, if absent.")


class CommentReviewRequest(Wire):
    """Remarks that decide nothing."""

    comments: Many[HunkComment] = Field(description="The remarks.")


class CommentReviewResponse(Wire):
    """The remarks are recorded."""


ROWS: tuple[Method, ...] = (
    Method(
        "harness/review/list",
        "client_to_server",
        "request",
        ListReviewRequest,
        ListReviewResponse,
        "none",
        "experimental",
        "List the hunks that wait, by place, with their decision, placement and fit.",
    ),
    Method(
        "harness/review/get",
        "client_to_server",
        "request",
        GetReviewRequest,
        GetReviewResponse,
        "none",
        "experimental",
        "One hunk with the text that stands at its place and the ids of its proposal's hunks: what a preview needs.",
    ),
    Method(
        "harness/review/decide",
        "client_to_server",
        "request",
        DecideReviewRequest,
        DecideReviewResponse,
        "workspace",
        "experimental",
        "Decide hunks, lines of hunks, or hunks with another text. Accepted text goes into the open document by "
        "`harness/editor/apply`, or by `workspace/applyEdit` where the client does not declare that, one versioned "
        "edit a document, or to the closed file; the answer comes when the outcome is known. Under the policy `keep` "
        "the text stands already: accepting keeps it, rejecting undoes it. One decision that is refused does not stop "
        "the others. The first decision on a hunk wins.",
    ),
    Method(
        "harness/review/undo",
        "client_to_server",
        "request",
        UndoReviewRequest,
        UndoReviewResponse,
        "workspace",
        "experimental",
        "Take hunks that stand out of the text again: accepted ones, and under the policy `keep` also kept ones. What "
        "the person wrote around them stays. A hunk on which a later one stands is `refused` and names it in "
        "`blockedBy`: ask again with all of them.",
    ),
    Method(
        "harness/review/comment",
        "client_to_server",
        "request",
        CommentReviewRequest,
        CommentReviewResponse,
        "none",
        "experimental",
        "Remarks on hunks, without a decision. Those of one request reach the model together, as one note, before its "
        "next step.",
    ),
)
