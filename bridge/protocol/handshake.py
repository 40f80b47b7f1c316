"""What the two sides say of themselves in LSP's `initialize`, under `capabilities.experimental.harness`."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Many, Wire

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


class PriceSetting(Wire):
    """What a model costs: US dollars for a million tokens, and for each request."""

    input: float = Field(ge=0, description="For what is sent.")
    output: float = Field(ge=0, description="For what comes back.")
    cached: float | None = Field(default=None, ge=0, description="For what is read from the cache; else as `input`.")
    cache_write: float | None = Field(
        default=None, ge=0, description="For what is written to the cache; else as `input`."
    )
    request: float | None = Field(default=None, ge=0, description="For each request; else nothing.")


class InitializationOptions(Wire):
    """LSP's `initializationOptions`: settings for this connection. All of them may be left out.

    One that can't be used is named to the person, and its default is used. Keys are never taken from here.
    """

    model: str | None = Field(
        default=None,
        description="Which model answers prompts: a name that the service at `baseUrl` knows, `offline` or `scripted`.",
    )
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
    base_url: str | None = Field(
        default=None,
        description="Where the model's service is, such as `http://localhost:11434/v1`; OpenAI's if absent.",
    )
    api: Literal["responses", "chat"] | None = Field(
        default=None,
        description="What the service speaks: the Responses API, which is meant if absent, or Chat Completions.",
    )
    fallback: str | None = Field(
        default=None, description="The model that a turn goes on with where the first one is not there."
    )
    effort: Literal["low", "medium", "high", "max"] | None = Field(
        default=None, description="How hard the model shall think; its own choice if absent."
    )
    fast: bool | None = Field(default=None, description="Use the service's fast tier, which costs more.")
    store: bool | None = Field(default=None, description="Let the service keep responses, so that less is sent.")
    background: bool | None = Field(
        default=None, description="Let calls go on at the service while the daemon is restarted; means `store`."
    )
    hosted_tools: Many[str] | None = Field(
        default=None, description="Tools of the service's own that the model may use, such as `web_search`."
    )
    budget: float | None = Field(
        default=None, gt=0, description="US dollars that a session may cost; no limit if absent."
    )
    token_budget: int | None = Field(
        default=None, gt=0, description="Tokens that a session may use, in and out; no limit if absent."
    )
    steps: int | None = Field(default=None, gt=0, description="Model calls in a turn: 100 if absent.")
    minutes: float | None = Field(default=None, gt=0, description="How long a turn may take: 60 if absent.")
    window: int | None = Field(
        default=None, gt=0, description="The model's context window in tokens, where it is not known or another one."
    )
    prices: dict[str, PriceSetting] | None = Field(
        default=None, description="What models cost, by name; goes before the prices that are known."
    )
