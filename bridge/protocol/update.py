"""`harness/session/update`: everything that happens in a session, as one ordered stream."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Many, Wire
from bridge.protocol.config import SessionConfigOption
from bridge.protocol.content import ContentBlock
from bridge.protocol.permission import ApprovalState, ApprovalView
from bridge.protocol.review import HunkView
from bridge.protocol.row import Method
from bridge.protocol.session import StopReason
from bridge.protocol.toolcall import ToolCall, ToolCallUpdate
from bridge.protocol.usage import BudgetUnit

PlanEntryPriority = TypeAliasType(
    "PlanEntryPriority",
    Annotated[Literal["high", "medium", "low"], Field(description="How much a plan entry matters.")],
)

PlanEntryStatus = TypeAliasType(
    "PlanEntryStatus",
    Annotated[Literal["pending", "in_progress", "completed"], Field(description="How far a plan entry is.")],
)


TurnStop = TypeAliasType(
    "TurnStop",
    Annotated[
        StopReason | Literal["failed"],
        Field(description="Why a turn ended: ACP's reasons, and `failed`: the model failed; `message` says how."),
    ],
)


class ContentChunk(AcpWire):
    """A piece of a message. Pieces of one message follow each other and are joined by the client."""

    content: ContentBlock = Field(description="The piece.")
    message_id: str | None = Field(default=None, description="Which message it belongs to.")


class UserMessageChunk(ContentChunk):
    """A piece of what the person said; follows the `turn_started` of its turn."""

    session_update: Literal["user_message_chunk"] = Field(default="user_message_chunk", description="The tag.")


class AgentMessageChunk(ContentChunk):
    """A piece of what the agent says."""

    session_update: Literal["agent_message_chunk"] = Field(default="agent_message_chunk", description="The tag.")


class AgentThoughtChunk(ContentChunk):
    """A piece of what the agent thinks."""

    session_update: Literal["agent_thought_chunk"] = Field(default="agent_thought_chunk", description="The tag.")


class ToolCallStart(ToolCall):
    """A tool call was asked for. Comes before every other update of that call."""

    session_update: Literal["tool_call"] = Field(default="tool_call", description="The tag.")


class ToolCallProgress(ToolCallUpdate):
    """A tool call went on. One whose status is `completed` or `failed` is its last."""

    session_update: Literal["tool_call_update"] = Field(default="tool_call_update", description="The tag.")


class PlanEntry(AcpWire):
    """A step of a plan."""

    content: str = Field(description="What is to be done.")
    priority: PlanEntryPriority = Field(description="How much it matters.")
    status: PlanEntryStatus = Field(description="How far it is.")


class PlanUpdate(AcpWire):
    """The agent's plan, whole: it replaces the one before."""

    session_update: Literal["plan"] = Field(default="plan", description="The tag.")
    entries: Many[PlanEntry] = Field(description="The steps.")


class CurrentModeUpdate(AcpWire):
    """The session is in another mode now."""

    session_update: Literal["current_mode_update"] = Field(default="current_mode_update", description="The tag.")
    current_mode_id: str = Field(description="The mode.")


class ConfigOptionUpdate(AcpWire):
    """An option of the session has another value now."""

    session_update: Literal["config_option_update"] = Field(default="config_option_update", description="The tag.")
    config_options: Many[SessionConfigOption] = Field(description="All options of the session, as they are now.")


class TurnStarted(Wire):
    """A turn began. Turns of one session do not overlap."""

    session_update: Literal["turn_started"] = Field(default="turn_started", description="The tag.")
    turn_id: str = Field(description="Names the turn.")


class TurnEnded(Wire):
    """A turn ended: the last update of it, and the truth about how it ended."""

    session_update: Literal["turn_ended"] = Field(default="turn_ended", description="The tag.")
    turn_id: str = Field(description="Which turn.")
    stop_reason: TurnStop = Field(description="Why it ended.")
    message: str | None = Field(default=None, description="What went wrong, in words for a person, if anything did.")


class HunkUpdate(Wire):
    """A hunk is new, or something about it changed: its decision, placement, fit or range. Replaces what was known.

    After a split it comes for the parent, which is withdrawn, for each of its parts, and for the other hunks of the
    proposal, whose `index` and `total` have changed.
    """

    session_update: Literal["hunk_update"] = Field(default="hunk_update", description="The tag.")
    hunk: HunkView = Field(description="The hunk as it is now.")


class ApprovalOpened(Wire):
    """A question to a person was opened."""

    session_update: Literal["approval_opened"] = Field(default="approval_opened", description="The tag.")
    approval: ApprovalView = Field(description="The question.")


class ApprovalClosed(Wire):
    """A question is settled: put it away. Comes once, after its `approval_opened`."""

    session_update: Literal["approval_closed"] = Field(default="approval_closed", description="The tag.")
    approval_id: str = Field(description="Which question.")
    state: ApprovalState = Field(description="What became of it; never `open`.")
    option_id: str | None = Field(default=None, description="The answer, if it was answered.")


class NoteUpdate(Wire):
    """Something that happened outside a tool call, which the model is told too; such as an accepted hunk undone."""

    session_update: Literal["note"] = Field(default="note", description="The tag.")
    text: str = Field(description="What happened.")


CompactionCause = TypeAliasType(
    "CompactionCause",
    Annotated[
        Literal["window", "command", "overflow"],
        Field(
            description="Why a conversation was made smaller: the model's window was nearly full, the person asked for "
            "it, or the service had refused it as too long."
        ),
    ],
)


class Cost(AcpWire):
    """An amount of money."""

    amount: float = Field(description="How much.")
    currency: str = Field(description="ISO 4217: `USD`.")


class UsageNote(Wire):
    """What a session has used, beyond ACP's fields. `harness/usage/get` has all of it."""

    tokens: int = Field(ge=0, description="All tokens of the session, in and out.")
    turn_id: str | None = Field(default=None, description="The turn that the latest call was made in.")
    turn_tokens: int | None = Field(default=None, ge=0, description="All tokens of that turn.")
    turn_dollars: str | None = Field(default=None, description="US dollars of that turn; absent where not known.")
    unpriced: int = Field(ge=0, description="Calls whose price is not known: `cost` is without them.")


class UsageUpdateMeta(Wire):
    """`_meta` of `usage_update`."""

    harness: UsageNote = Field(description="Ours.")


class UsageUpdate(Wire):
    """What the session has used. After each model call."""

    session_update: Literal["usage_update"] = Field(default="usage_update", description="The tag.")
    used: int = Field(ge=0, description="Tokens of the conversation, as the latest call measured it.")
    size: int = Field(ge=0, description="The model's context window in tokens; 0 where it is not known.")
    cost: Cost | None = Field(default=None, description="What the session has cost; absent where no price is known.")
    meta: UsageUpdateMeta | None = Field(
        default=None,
        validation_alias="_meta",
        serialization_alias="_meta",
        description="ACP's room for extensions: ours are in `harness`.",
    )


class Retrying(Wire):
    """A model call failed in a way that may pass, and is made again. What had come of it stays, marked by this."""

    session_update: Literal["retrying"] = Field(default="retrying", description="The tag.")
    turn_id: str = Field(description="Which turn.")
    attempt: int = Field(ge=1, description="The number of the attempt that failed.")
    wait_seconds: float = Field(ge=0, description="How long until the next one.")
    message: str = Field(description="What went wrong, in words for a person.")


class ModelSwitched(Wire):
    """The turn goes on with another model. The next turn tries the first one again."""

    session_update: Literal["model_switched"] = Field(default="model_switched", description="The tag.")
    turn_id: str = Field(description="Which turn.")
    model: str = Field(description="The model that it goes on with.")
    why: str = Field(description="Why, in words for a person.")


class FeatureLowered(Wire):
    """The model's service can't do something that was asked for; it goes on without."""

    session_update: Literal["feature_lowered"] = Field(default="feature_lowered", description="The tag.")
    model: str = Field(description="The model.")
    feature: str = Field(description="What it does without, in a word.")
    why: str = Field(description="Why, in words for a person.")


class Compacted(Wire):
    """The conversation was made smaller for the model. The session's log keeps all of it."""

    session_update: Literal["compacted"] = Field(default="compacted", description="The tag.")
    cause: CompactionCause = Field(description="Why.")
    by: Literal["service", "model", "rule"] = Field(
        description="Who did it: the service's own compaction, a summary by the model, or a rule without a model."
    )
    before: int | None = Field(default=None, description="Tokens before; absent where nobody knows.")
    after: int | None = Field(default=None, description="Tokens now; absent where nobody knows.")
    files: Many[str] = Field(description="The files that were read again for it; at most 50 are named.")


class BudgetWarning(Wire):
    """Four fifths of a budget are spent. At its end no further model call is made."""

    session_update: Literal["budget_warning"] = Field(default="budget_warning", description="The tag.")
    turn_id: str = Field(description="Which turn.")
    unit: BudgetUnit = Field(description="What the budget counts.")
    spent: str = Field(description="What is spent, a decimal number.")
    limit: str = Field(description="The budget, a decimal number.")


class QueuedPrompt(Wire):
    """A message that waits for its turn."""

    prompt_id: str = Field(description="Names it, for `harness/session/unqueue`.")
    text: str = Field(description="What it says, cut where it is long.")


class QueueUpdate(Wire):
    """The messages that wait for their turns, whole: it replaces the one before."""

    session_update: Literal["queue_update"] = Field(default="queue_update", description="The tag.")
    queue: Many[QueuedPrompt] = Field(description="The next one first; at most 50 are named.")


SessionUpdate = TypeAliasType(
    "SessionUpdate",
    Annotated[
        UserMessageChunk
        | AgentMessageChunk
        | AgentThoughtChunk
        | ToolCallStart
        | ToolCallProgress
        | PlanUpdate
        | CurrentModeUpdate
        | ConfigOptionUpdate
        | TurnStarted
        | TurnEnded
        | HunkUpdate
        | ApprovalOpened
        | ApprovalClosed
        | NoteUpdate
        | UsageUpdate
        | Retrying
        | ModelSwitched
        | FeatureLowered
        | Compacted
        | BudgetWarning
        | QueueUpdate,
        Field(
            discriminator="session_update",
            description="One thing that happened in a session; `sessionUpdate` says what. Skip a kind you don't know.",
        ),
    ],
)


class SessionNotification(AcpWire):
    """Something happened in a session."""

    session_id: str = Field(description="Which session.")
    seq: int | None = Field(
        default=None,
        ge=1,
        description="Its place in the session's log, rising. Absent for what is not in the log: pieces of a message "
        "that is still being written.",
    )
    update: SessionUpdate = Field(description="What happened.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/session/update",
        "server_to_client",
        "notification",
        SessionNotification,
        None,
        "session",
        "stable",
        "Something happened in a session. Sent to clients with the capability `updates`, in order. What has a `seq` "
        "was in the session's log before it was sent. The kinds that ACP has are ACP's; "
        "`turn_started`, `turn_ended`, `hunk_update`, `approval_opened`, `approval_closed`, `note`, `retrying`, "
        "`model_switched`, `feature_lowered`, `compacted`, `budget_warning` and `queue_update` are ours. Pieces of a "
        "message that come fast are joined: the first goes at once, later ones wait for at most 33 ms.",
    ),
)
