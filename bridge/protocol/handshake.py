"""What the two sides say of themselves in LSP's `initialize`, under `capabilities.experimental.harness`."""

from pydantic import Field

from bridge.protocol.base import AcpWire, Wire


class HarnessClientCapabilities(Wire):
    """A client's `capabilities.experimental.harness`.

    A client that leaves it out is a stock editor: it is served by standard LSP alone and is sent no `harness/` message.
    """

    protocol_version: int = Field(description="The protocol version that the client was written for.")
    permissions: bool | None = Field(
        default=None,
        description="The client answers `harness/session/request_permission`. Otherwise questions come as "
        "`window/showMessageRequest`.",
    )
    updates: bool | None = Field(
        default=None,
        description="The client wants `harness/session/update`. Otherwise none is sent.",
    )


class PromptCapabilities(AcpWire):
    """Which content blocks a prompt may have, beside `text` and `resource_link`, which it always may. ACP's shape."""

    image: bool | None = Field(default=None, description="`image` blocks are taken.")
    audio: bool | None = Field(default=None, description="`audio` blocks are taken.")
    embedded_context: bool | None = Field(default=None, description="`resource` blocks are taken.")


class HarnessServerCapabilities(Wire):
    """The daemon's `capabilities.experimental.harness`."""

    protocol_version: int = Field(
        description="The protocol version that the daemon speaks. A client that can't speak it falls back to "
        "standard LSP, or ends the connection.",
    )
    prompt_capabilities: PromptCapabilities | None = Field(
        default=None,
        description="Which content blocks a prompt may have; `text` and `resource_link` alone if absent.",
    )


class InitializationOptions(Wire):
    """LSP's `initializationOptions`: settings for this connection. All of them may be left out."""

    model: str | None = Field(default=None, description="Which model answers prompts, such as `scripted`.")
    script: str | None = Field(
        default=None, description="For the model `scripted`: absolute path of the file that says what it answers."
    )
    state_dir: str | None = Field(
        default=None,
        description="Absolute path of the folder for session logs, instead of the user's own state folder.",
    )
