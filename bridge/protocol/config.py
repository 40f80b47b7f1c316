"""Options of a session that a person can set while it is open: ACP's messages, prefixed `harness/`."""

from typing import Literal

from pydantic import Field

from bridge.protocol.base import AcpWire, Many
from bridge.protocol.row import Method


class SessionConfigSelectOption(AcpWire):
    """A value that an option can have."""

    value: str = Field(description="Names the value.")
    name: str = Field(description="A name to show.")
    description: str | None = Field(default=None, description="What the value means.")


class SessionConfigOption(AcpWire):
    """An option of a session, with its value. ACP's kind `select`: one value out of several."""

    type: Literal["select"] = Field(default="select", description="The tag.")
    id: str = Field(description="Names the option, such as `review_policy`.")
    name: str = Field(description="A name to show.")
    description: str | None = Field(default=None, description="What the option is for.")
    category: str | None = Field(default=None, description="What kind of option it is; for icons and places.")
    current_value: str = Field(description="The value it has.")
    options: Many[SessionConfigSelectOption] = Field(description="The values it can have.")


class SetSessionConfigOptionRequest(AcpWire):
    """Give an option another value."""

    session_id: str = Field(description="Which session.")
    config_id: str = Field(description="Which option.")
    value: str = Field(description="One of the option's values.")


class SetSessionConfigOptionResponse(AcpWire):
    """The option is set."""

    config_options: Many[SessionConfigOption] = Field(description="All options of the session, as they are now.")


ROWS: tuple[Method, ...] = (
    Method(
        "harness/session/set_config_option",
        "client_to_server",
        "request",
        SetSessionConfigOptionRequest,
        SetSessionConfigOptionResponse,
        "session",
        "stable",
        "Set an option of a session. `review_policy` is `ask` or `keep`, and holds for what is proposed from then on; "
        "`keep` needs the capability `editorApply`, and is refused without it. `model` (any name that the service "
        "knows, in the list or not), `effort` and `fast` hold from the next model call on.",
    ),
)
