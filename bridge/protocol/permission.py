"""Permission: questions to a person before a tool call runs. The question itself is ACP's; the records are ours."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Many, Wire
from bridge.protocol.row import Method
from bridge.protocol.toolcall import ToolCallUpdate

PermissionOptionKind = TypeAliasType(
    "PermissionOptionKind",
    Annotated[
        Literal["allow_once", "allow_always", "reject_once", "reject_always"],
        Field(description="What an answer means; for icons and keys."),
    ],
)

ApprovalState = TypeAliasType(
    "ApprovalState",
    Annotated[
        Literal["open", "answered", "expired", "cancelled"],
        Field(description="What became of a question. All but `open` are final; only `answered` can allow anything."),
    ],
)


class PermissionOption(AcpWire):
    """An answer that can be given."""

    option_id: str = Field(description="Names the answer.")
    name: str = Field(description="What to show.")
    kind: PermissionOptionKind = Field(description="What it means.")


class ApprovalNote(Wire):
    """What we add to ACP's question."""

    approval_id: str = Field(description="Names the question in `harness/permission/*` and `harness/editor/shown`.")
    why: str = Field(description="Which rule or default made it a question.")


class RequestPermissionMeta(Wire):
    """The `_meta` of a permission request."""

    harness: ApprovalNote = Field(description="Our additions.")


class RequestPermissionRequest(Wire):
    """May this tool call run?"""

    meta: RequestPermissionMeta | None = Field(
        default=None,
        validation_alias="_meta",
        serialization_alias="_meta",
        description="ACP's room for extensions: the daemon always gives the question's id here.",
    )
    session_id: str = Field(description="Which session asks.")
    tool_call: ToolCallUpdate = Field(description="What would run: show its title, input, content and locations.")
    options: Many[PermissionOption] = Field(description="The answers to choose from.")


class PermissionSelected(AcpWire):
    """The person chose."""

    outcome: Literal["selected"] = Field(default="selected", description="The tag.")
    option_id: str = Field(description="The chosen answer.")


class PermissionCancelled(Wire):
    """Nobody chose: the turn was cancelled, or the question was put away. Nothing is allowed by it."""

    outcome: Literal["cancelled"] = Field(default="cancelled", description="The tag.")


RequestPermissionOutcome = TypeAliasType(
    "RequestPermissionOutcome",
    Annotated[
        PermissionSelected | PermissionCancelled,
        Field(discriminator="outcome", description="How a permission request ended; `outcome` says which."),
    ],
)


class RequestPermissionResponse(AcpWire):
    """The person's answer."""

    outcome: RequestPermissionOutcome = Field(description="How it ended.")


class ApprovalView(Wire):
    """A question to a person, as a record. It outlives the connection it was asked on."""

    approval_id: str = Field(description="Names the question for ever.")
    session_id: str = Field(description="The session that asks.")
    agent: Many[str] = Field(description="The path of agents that leads to the asker; empty for the session's own.")
    tool_call: ToolCallUpdate = Field(description="What would run.")
    touches: Many[str] = Field(description="What it would read, write, run or reach, in words for a person.")
    options: Many[PermissionOption] = Field(description="The answers to choose from.")
    digest: str = Field(description="SHA-256, hex, of what is asked about: what the answer binds.")
    why: str = Field(description="Which rule or default made it a question.")
    state: ApprovalState = Field(description="What became of it.")


class ListPendingRequest(Wire):
    """List the open questions."""

    session_id: str | None = Field(default=None, description="Only those of this session.")


class ListPendingResponse(Wire):
    """The open questions."""

    approvals: Many[ApprovalView] = Field(description="The oldest first.")


class AnswerPermissionRequest(Wire):
    """Answer an open question."""

    approval_id: str = Field(description="Which question.")
    option_id: str = Field(description="The chosen answer: one of its options.")
    reason: str | None = Field(default=None, description="Why; it reaches the model.")


class AnswerPermissionResponse(Wire):
    """The answer was taken."""

    state: ApprovalState = Field(description="What became of the question.")


class ShownNotification(Wire):
    """A question is on the screen."""

    approval_id: str = Field(description="Which question.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/session/request_permission",
        "server_to_client",
        "request",
        RequestPermissionRequest,
        RequestPermissionResponse,
        "none",
        "stable",
        "Ask the person whether a tool call may run. Sent to clients with the capability `permissions`. The same "
        "question can be answered by `harness/permission/answer`, from this or another client: the first answer wins, "
        "and `$/cancelRequest` takes the request back from the others. Edits are never asked this way: they are "
        "reviewed hunk by hunk.",
    ),
    Method(
        "harness/permission/pending",
        "client_to_server",
        "request",
        ListPendingRequest,
        ListPendingResponse,
        "none",
        "experimental",
        "List the open questions, for instance after a restart of the editor.",
    ),
    Method(
        "harness/permission/answer",
        "client_to_server",
        "request",
        AnswerPermissionRequest,
        AnswerPermissionResponse,
        "none",
        "experimental",
        "Answer an open question. An answer to one that is settled is refused with `already_resolved`; an answer "
        "that the question does not offer, with `invalid_params`.",
    ),
    Method(
        "harness/editor/shown",
        "client_to_server",
        "notification",
        ShownNotification,
        None,
        "none",
        "experimental",
        "A question is in front of the person. Only while somebody has been shown a question does its deadline run.",
    ),
)
