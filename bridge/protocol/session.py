"""Sessions and prompts: ACP's messages, prefixed `harness/`."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Many, Wire
from bridge.protocol.config import SessionConfigOption
from bridge.protocol.content import ContentBlock
from bridge.protocol.row import Method

StopReason = TypeAliasType(
    "StopReason",
    Annotated[
        Literal["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled"],
        Field(description="Why a turn ended."),
    ],
)


class EnvVariable(AcpWire):
    """An environment variable."""

    name: str = Field(description="Its name.")
    value: str = Field(description="Its value.")


class McpServerStdio(AcpWire):
    """An MCP server that is started as a process."""

    name: str = Field(description="A name to show.")
    command: str = Field(description="Absolute path of the program.")
    args: Many[str] = Field(description="Its arguments.")
    env: Many[EnvVariable] = Field(description="Its environment.")


class SessionMode(AcpWire):
    """A mode that a session can be in."""

    id: str = Field(description="Names the mode.")
    name: str = Field(description="A name to show.")
    description: str | None = Field(default=None, description="What the mode means.")


class SessionModeState(AcpWire):
    """The mode a session is in, and those it could be in."""

    current_mode_id: str = Field(description="The mode it is in.")
    available_modes: Many[SessionMode] = Field(description="The modes it could be in.")


class NewSessionRequest(AcpWire):
    """Open a session."""

    cwd: str = Field(description="Absolute path of the workspace. It is the session's boundary and never changes.")
    mcp_servers: Many[McpServerStdio] = Field(
        default=(), description="MCP servers to connect. Taken for ACP's sake: this version connects none."
    )
    additional_directories: Many[str] | None = Field(
        default=None,
        description="More folders of the workspace. Taken for ACP's sake: this version works in `cwd` alone.",
    )


class NewSessionResponse(AcpWire):
    """The session that was opened."""

    session_id: str = Field(description="Names the session from now on, in this daemon and in later ones.")
    modes: SessionModeState | None = Field(default=None, description="The modes, if there is a choice.")
    config_options: Many[SessionConfigOption] | None = Field(default=None, description="The options, if there are any.")


class LoadSessionRequest(AcpWire):
    """Open a session of an earlier time again."""

    session_id: str = Field(description="Which session.")
    cwd: str = Field(description="Absolute path of the workspace: the one the session was opened with.")
    mcp_servers: Many[McpServerStdio] = Field(default=(), description="As for a new session.")
    additional_directories: Many[str] | None = Field(default=None, description="As for a new session.")


class LoadSessionResponse(AcpWire):
    """The session is open, and its history has been sent."""

    modes: SessionModeState | None = Field(default=None, description="The modes, if there is a choice.")
    config_options: Many[SessionConfigOption] | None = Field(default=None, description="The options, if there are any.")


class ListSessionsRequest(AcpWire):
    """List the sessions that can be loaded."""

    cwd: str | None = Field(default=None, description="Only those of this workspace.")
    cursor: str | None = Field(default=None, description="`nextCursor` of the page before.")


class SessionInfo(AcpWire):
    """A session in a list."""

    session_id: str = Field(description="Names the session.")
    cwd: str = Field(description="Absolute path of its workspace.")
    title: str | None = Field(default=None, description="What it is about.")
    updated_at: str | None = Field(default=None, description="When it last changed, ISO 8601.")


class ListSessionsResponse(AcpWire):
    """A page of sessions, the latest first."""

    sessions: Many[SessionInfo] = Field(description="The sessions.")
    next_cursor: str | None = Field(default=None, description="Give it back for the next page; absent on the last.")


class CloseSessionRequest(AcpWire):
    """Close a session. A running turn is cancelled; the session can be loaded again."""

    session_id: str = Field(description="Which session.")


class CloseSessionResponse(AcpWire):
    """The session is closed."""


class PromptRequest(AcpWire):
    """Ask the agent to do something: a turn."""

    session_id: str = Field(description="Which session.")
    prompt: Many[ContentBlock] = Field(description="What is asked. Data in resources is never taken as instructions.")
    work_done_token: int | str | None = Field(
        default=None, description="LSP's: report the turn by `$/progress` with this token."
    )
    queue: bool | None = Field(
        default=None, description="While another turn runs: wait for its end instead of being refused with `busy`."
    )
    output_schema: dict[str, Any] | None = Field(
        default=None,
        description="A JSON Schema of an object: the turn's last message is then JSON of that form. For scripts.",
    )


class PromptResponse(AcpWire):
    """The turn is over."""

    stop_reason: StopReason = Field(description="Why it ended.")


class CancelNotification(AcpWire):
    """Cancel the session's running turn. Nothing happens if none runs."""

    session_id: str = Field(description="Which session.")


class SteerRequest(Wire):
    """Tell the agent something while it works."""

    session_id: str = Field(description="Which session.")
    turn_id: str = Field(description="The turn that is meant, as `turn_started` named it.")
    prompt: Many[ContentBlock] = Field(description="What is said.")


class SteerResponse(Wire):
    """It is in the log. The model is told before its next step."""


class UnqueueRequest(Wire):
    """Take a message back that waits for its turn."""

    session_id: str = Field(description="Which session.")
    prompt_id: str = Field(description="Which message, as `queue_update` named it.")


class UnqueueResponse(Wire):
    """It is taken back; its `harness/session/prompt` is answered with `cancelled`."""


class CompactRequest(Wire):
    """Make the conversation smaller."""

    session_id: str = Field(description="Which session.")


class CompactResponse(Wire):
    """What came of it."""

    compacted: bool = Field(description="It is smaller now. Otherwise there was nothing that could be left out.")
    before: int | None = Field(default=None, description="Tokens before; absent where nobody knows.")
    after: int | None = Field(default=None, description="Tokens now; absent where nobody knows.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/session/new",
        "client_to_server",
        "request",
        NewSessionRequest,
        NewSessionResponse,
        "none",
        "stable",
        "Open a session on a workspace.",
    ),
    Method(
        "harness/session/load",
        "client_to_server",
        "request",
        LoadSessionRequest,
        LoadSessionResponse,
        "session",
        "stable",
        "Open a session of an earlier time. Its history is sent again as `harness/session/update`, all of it before "
        "the response. Undecided hunks and open questions come back with the ids they had.",
    ),
    Method(
        "harness/session/list",
        "client_to_server",
        "request",
        ListSessionsRequest,
        ListSessionsResponse,
        "none",
        "stable",
        "List the sessions that can be loaded, a page at a time, the latest first.",
    ),
    Method(
        "harness/session/close",
        "client_to_server",
        "request",
        CloseSessionRequest,
        CloseSessionResponse,
        "session",
        "stable",
        "Close a session. A running turn is cancelled first. Its log stays, so it can be loaded again.",
    ),
    Method(
        "harness/session/prompt",
        "client_to_server",
        "request",
        PromptRequest,
        PromptResponse,
        "none",
        "stable",
        "Ask the agent to do something. Answered when the turn ends, which may take as long as a person takes to "
        "decide. A second prompt while a turn runs is refused with `busy`, or waits if it has `queue`: it is then a "
        "turn of its own, and is answered when that ends. `$/cancelRequest` on it, like `harness/session/cancel`, ends "
        "the turn, or takes back what waits; the answer is then `cancelled`, not an error.",
    ),
    Method(
        "harness/session/cancel",
        "client_to_server",
        "notification",
        CancelNotification,
        None,
        "none",
        "stable",
        "Cancel the running turn. The prompt is then answered with the stop reason `cancelled`; undecided hunks of "
        "the turn are withdrawn and open questions are closed as cancelled.",
    ),
    Method(
        "harness/session/steer",
        "client_to_server",
        "request",
        SteerRequest,
        SteerResponse,
        "session",
        "stable",
        "Tell the agent something while its turn runs: it joins at the next step, and comes back as "
        "`user_message_chunk`. Refused with `stale` where that turn is over: then it is a prompt of its own.",
    ),
    Method(
        "harness/session/unqueue",
        "client_to_server",
        "request",
        UnqueueRequest,
        UnqueueResponse,
        "session",
        "stable",
        "Take back a message that waits for its turn. Refused with `already_resolved` where it does not wait any more.",
    ),
    Method(
        "harness/session/compact",
        "client_to_server",
        "request",
        CompactRequest,
        CompactResponse,
        "none",
        "stable",
        "Make the conversation smaller, as is done by itself before the model's window is full: what the person said, "
        "what waits for them and the latest turns stay, the rest becomes a summary. The session's log keeps all of it. "
        "Told by the update `compacted`.",
    ),
)
