"""What is known of the client: its capabilities and settings, read once from `initialize`."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bridge.harness.workspace.spans import Encoding
from bridge.protocol.handshake import HarnessClientCapabilities, InitializationOptions
from bridge.surfaces.lsp.capabilities import position_encoding, takes_content

NO_KEEP = (
    "initializationOptions.review: `keep` needs an editor that declares `editorApply`; "
    "you are asked about each change before it is made"
)


@dataclass(frozen=True, slots=True)
class Client:
    """The editor at the other end. `name` is what it calls itself, or empty."""

    name: str
    encoding: Encoding
    shows_documents: bool
    shows_progress: bool
    refreshes_lenses: bool
    refreshes_hints: bool
    takes_content: bool
    harness: HarnessClientCapabilities | None
    options: InitializationOptions
    complaint: str = ""

    @classmethod
    def of(cls, initialize: dict[str, Any]) -> "Client":
        """From raw InitializeParams; what is malformed in them counts as absent, settings that are wrong are told."""
        caps = initialize.get("capabilities")
        options, complaint = _options(initialize.get("initializationOptions"))
        harness = _harness(_at(caps, "experimental", "harness"))
        if options.review == "keep" and not (harness and harness.editor_apply):
            complaint = NO_KEEP
        encoding = position_encoding(initialize)
        return cls(
            name=str(_at(initialize.get("clientInfo"), "name") or ""),
            encoding="utf-8" if encoding == "utf-8" else "utf-32" if encoding == "utf-32" else "utf-16",
            shows_documents=bool(_at(caps, "window", "showDocument", "support")),
            shows_progress=bool(_at(caps, "window", "workDoneProgress")),
            refreshes_lenses=bool(_at(caps, "workspace", "codeLens", "refreshSupport")),
            refreshes_hints=bool(_at(caps, "workspace", "inlayHint", "refreshSupport")),
            takes_content=takes_content(initialize),
            harness=harness,
            options=options,
            complaint=complaint,
        )

    @property
    def answers_permissions(self) -> bool:
        """Whether questions go to it as `harness/session/request_permission`."""
        return self.harness is not None and bool(self.harness.permissions)

    @property
    def wants_updates(self) -> bool:
        """Whether it renders `harness/session/update` itself."""
        return self.harness is not None and bool(self.harness.updates)

    @property
    def applies_edits(self) -> bool:
        """Whether edits go to it as `harness/editor/apply`: each is then an undo step of its own."""
        return self.harness is not None and bool(self.harness.editor_apply)

    @property
    def saves(self) -> bool:
        """Whether it can be asked to save documents, by `harness/editor/save`."""
        return self.harness is not None and bool(self.harness.editor_save)

    @property
    def shows_hunks(self) -> bool:
        """Whether it shows hunks itself, by `harness/review/*`; otherwise standard LSP shows them."""
        return self.harness is not None and bool(self.harness.review)


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _harness(raw: Any) -> HarnessClientCapabilities | None:
    try:
        return HarnessClientCapabilities.parse(raw) if isinstance(raw, dict) else None
    except ValidationError:
        return None


def _options(raw: Any) -> tuple[InitializationOptions, str]:
    try:
        return InitializationOptions.parse(raw if isinstance(raw, dict) else {}), ""
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return InitializationOptions(), f"initializationOptions.{where}: {first['msg']}; the settings were left out"
