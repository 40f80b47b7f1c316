"""What is known of the client: its capabilities and settings, read once from `initialize`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bridge.harness.workspace.spans import Encoding
from bridge.protocol.handshake import HarnessClientCapabilities, InitializationOptions
from bridge.surfaces.lsp.capabilities import position_encoding, takes_content
from bridge.surfaces.mapping.pieces import cut

NO_KEEP = (
    "initializationOptions.review: `keep` needs an editor that declares `editorApply`; "
    "you are asked about each change before it is made"
)

NO_KEYS = (
    "initializationOptions.{}: keys are not taken from here, as editors keep settings in files and show them; set "
    "OPENAI_API_KEY in the environment, or put the key into the keyring of the system"
)
NO_ADDRESS = "?"
"""Instead of a `baseUrl` that is no text: what it is not is told where addresses are looked at."""
MOST_COMPLAINTS = 5
"""Of what is wrong with the settings so much is said at once."""

LIMITS: Mapping[str, str] = MappingProxyType({"budget": "number of dollars", "tokenBudget": "whole number of tokens"})
"""Settings without which there is no limit, and what each is: what holds in their place is told by name."""

WANTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "a text",
        "float_type": "a number",
        "float_parsing": "a number",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "int_from_float": "a whole number",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "greater_than": "a number above 0",
        "greater_than_equal": "0 or more",
        "dict_type": "a table",
        "model_type": "a table",
        "list_type": "a list",
        "tuple_type": "a list",
    }
)
"""By the kind of the error what the value is not."""
SHOWN = 40
"""Characters of a wrong value."""


@dataclass(frozen=True, slots=True)
class Client:
    """The editor at the other end. `name` is what it calls itself, or empty.

    `complaint` says what is wrong with its settings; `unlimited` the same of limits, by the name of each: their
    sentence ends with what holds in their place.
    """

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
    unlimited: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, initialize: dict[str, Any]) -> "Client":
        """From raw InitializeParams; what is malformed in them counts as absent, settings that are wrong are told."""
        caps = initialize.get("capabilities")
        options, complaint, unlimited = _options(initialize.get("initializationOptions"))
        harness = _harness(_at(caps, "experimental", "harness"))
        if options.review == "keep" and not (harness and harness.editor_apply):
            complaint = "; ".join(filter(None, (complaint, NO_KEEP)))
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
            unlimited=unlimited,
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


def _options(raw: Any) -> tuple[InitializationOptions, str, dict[str, str]]:
    """The settings, and what was wrong with them. One that can't be used is left out; the others hold."""
    given = dict(raw) if isinstance(raw, dict) else {}
    complaints = [NO_KEYS.format(name) for name in given if _is_key(name)]
    unlimited: dict[str, str] = {}
    try:
        return InitializationOptions.parse(given), "; ".join(complaints), unlimited
    except ValidationError as error:
        problems = error.errors(include_url=False)
    for problem in problems:
        name = str(problem["loc"][0])
        if name == "baseUrl":
            given[name] = NO_ADDRESS
            continue
        given.pop(name, None)
        where = ".".join(map(str, problem["loc"]))
        said = f"initializationOptions.{where}: {_wrong(problem, LIMITS.get(name, ''))}"
        if name in LIMITS:
            unlimited[name] = said
        else:
            complaints.append(f"{said}; its default is used")
    return InitializationOptions.parse(given), "; ".join(complaints[:MOST_COMPLAINTS]), unlimited


def _wrong(problem: ErrorDetails, limit: str) -> str:
    """What is given, and what it is not: `"abc" is not a number of dollars`."""
    kind, value = problem["type"], problem["input"]
    if kind == "missing":
        return "it is missing"
    simple = value is None or isinstance(value, str | int | float)
    shown = json.dumps(value, ensure_ascii=False) if simple else "what is given"
    wanted = WANTED.get(kind, "what can be used")
    if kind == "literal_error":
        wanted = str(problem.get("ctx", {}).get("expected", wanted)).replace("'", "")
    elif limit:
        wanted = f"a {limit}" + (" above 0" if kind == "greater_than" else "")
    return f"{cut(shown, SHOWN)} is not {wanted}"


def _is_key(name: object) -> bool:
    """Whether somebody sends a key, however they call it."""
    letters = str(name).replace("_", "").replace("-", "").lower()
    return letters.endswith(("apikey", "secret", "password")) or letters in {"key", "token", "accesstoken"}
