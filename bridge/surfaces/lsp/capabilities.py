"""What we tell a client in the answer to `initialize`, computed from its capabilities alone.

The front door sends this before pygls is loaded; `PyglsSide.initialize` computes the same through pygls, and a test
holds that both are equal for every client profile we know. Standard library without `typing`.
"""

from bridge import __version__

SERVER_NAME = "harness-bridge"
# Raised when a client of the version before would misread us.
PROTOCOL_VERSION = 1

# Commands of `workspace/executeCommand`, in the order in which they are announced.
COMMANDS = (
    "harness.prompt",
    "harness.accept",
    "harness.reject",
    "harness.rejectWithReason",
    "harness.acceptFile",
    "harness.rejectFile",
    "harness.show",
    "harness.next",
    "harness.cancel",
)
CODE_ACTION_KINDS = ("quickfix", "refactor")
POSITION_ENCODINGS = ("utf-8", "utf-16", "utf-32")


def initialize_result(params: dict[str, object]) -> dict[str, object]:
    """The InitializeResult for these InitializeParams; what is malformed in them counts as absent."""
    return {
        "capabilities": {
            "positionEncoding": position_encoding(params),
            "textDocumentSync": {"openClose": True, "change": 2, "save": True},
            "codeActionProvider": {"codeActionKinds": list(CODE_ACTION_KINDS), "resolveProvider": False},
            "codeLensProvider": {"resolveProvider": False},
            "executeCommandProvider": {"commands": list(COMMANDS)},
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            "experimental": experimental(),
        },
        "serverInfo": {"name": SERVER_NAME, "version": __version__},
    }


def experimental() -> dict[str, object]:
    """What stands under `capabilities.experimental`: how our own clients know us."""
    return {"harness": {"protocolVersion": PROTOCOL_VERSION}}


def position_encoding(params: dict[str, object]) -> str:
    """The first of the client's encodings that we speak; utf-16 where it names none (LSP 3.17)."""
    offered = _member(_member(_member(params, "capabilities"), "general"), "positionEncodings")
    if isinstance(offered, list):
        for encoding in offered:
            if encoding in POSITION_ENCODINGS:
                return str(encoding)
    return "utf-16"


def _member(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None
