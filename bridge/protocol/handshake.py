"""What the two sides say of themselves in LSP's `initialize`, under `capabilities.experimental.harness`."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Wire

ReviewPolicy = TypeAliasType(
    "ReviewPolicy",
    Annotated[
        Literal["ask", "keep"],
        Field(
            description="When an edit is applied. `ask`: when the person accepts it. `keep`: at once; the person then "
            "keeps it or undoes it.",
        ),
    ],
)

SavePolicy = TypeAliasType(
    "SavePolicy",
    Annotated[
        Literal["clean", "always", "never"],
        Field(
            description="Which documents are saved after an edit was applied to them. `clean`: those that had no "
            "unsaved work of the person's.",
        ),
    ],
)


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
    editor_apply: bool | None = Field(
        default=None,
        description="The client answers `harness/editor/apply`, and sets an undo break before and after the edit: one "
        "accepted hunk is one undo step, even while the person types. Sessions can then have the review policy `keep`. "
        "Otherwise edits come as `workspace/applyEdit`.",
    )
    editor_save: bool | None = Field(
        default=None,
        description="The client answers `harness/editor/save`. Otherwise it is never asked to save.",
    )
    review: bool | None = Field(
        default=None,
        description="The client shows hunks itself, by `harness/review/*` and `hunk_update`. For hunks it is sent no "
        "diagnostics, code lenses, inlay hints, code actions or questions.",
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
    review: ReviewPolicy | None = Field(
        default=None,
        description="The review policy of new sessions: `ask` if absent. `keep` needs the capability `editorApply`.",
    )
    save: SavePolicy | None = Field(
        default=None,
        description="Which documents are saved after an edit: `clean` if absent. Needs the capability `editorSave`.",
    )
