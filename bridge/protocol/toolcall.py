"""Tool calls as a person sees them: ACP's shapes, without terminals, which the daemon does not offer."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Many
from bridge.protocol.content import ContentBlock

ToolKind = TypeAliasType(
    "ToolKind",
    Annotated[
        Literal["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "switch_mode", "other"],
        Field(description="What sort of work a tool call does; for icons and wording."),
    ],
)

ToolCallStatus = TypeAliasType(
    "ToolCallStatus",
    Annotated[
        Literal["pending", "in_progress", "completed", "failed"],
        Field(description="How far a tool call is. `completed` and `failed` are final."),
    ],
)


class Content(AcpWire):
    """A content block that a tool call produced."""

    type: Literal["content"] = Field(default="content", description="The tag.")
    content: ContentBlock = Field(description="The block.")


class Diff(AcpWire):
    """A change of one file, whole texts. For showing only: what can be decided are hunks."""

    type: Literal["diff"] = Field(default="diff", description="The tag.")
    path: str = Field(description="Absolute path of the file.")
    old_text: str | None = Field(default=None, description="The text before; absent for a new file.")
    new_text: str = Field(description="The text after.")


ToolCallContent = TypeAliasType(
    "ToolCallContent",
    Annotated[
        Content | Diff,
        Field(discriminator="type", description="Something that a tool call produced; `type` says what."),
    ],
)


class ToolCallLocation(AcpWire):
    """A place that a tool call works on, for a client that follows along."""

    path: str = Field(description="Absolute path of the file.")
    line: int | None = Field(default=None, ge=0, description="A line of it, counted from 0.")


class ToolCall(AcpWire):
    """A tool call that the model has asked for."""

    tool_call_id: str = Field(description="Names the call in later updates; unique in the session.")
    title: str = Field(description="What the call does, in words for a person.")
    kind: ToolKind | None = Field(default=None, description="The sort of work; `other` if absent.")
    status: ToolCallStatus | None = Field(default=None, description="How far it is; `pending` if absent.")
    content: Many[ToolCallContent] | None = Field(default=None, description="What it produced so far.")
    locations: Many[ToolCallLocation] | None = Field(default=None, description="The places it works on.")
    raw_input: Any = Field(default=None, description="The arguments as the model gave them.")
    raw_output: Any = Field(default=None, description="The result as the tool gave it.")


class ToolCallUpdate(AcpWire):
    """What changed in a tool call. A field that is absent has not changed; a list replaces the former one."""

    tool_call_id: str = Field(description="Which call.")
    title: str | None = Field(default=None, description="The new title.")
    kind: ToolKind | None = Field(default=None, description="The new kind.")
    status: ToolCallStatus | None = Field(default=None, description="The new status.")
    content: Many[ToolCallContent] | None = Field(default=None, description="All that it produced, anew.")
    locations: Many[ToolCallLocation] | None = Field(default=None, description="All the places, anew.")
    raw_input: Any = Field(default=None, description="The arguments, anew.")
    raw_output: Any = Field(default=None, description="The result, anew.")
