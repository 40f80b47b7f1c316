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
    "harness.askHere",
    "harness.refactor",
    "harness.accept",
    "harness.reject",
    "harness.rejectWithReason",
    "harness.applyAnyway",
    "harness.undo",
    "harness.acceptFile",
    "harness.rejectFile",
    "harness.show",
    "harness.next",
    "harness.cancel",
    "harness.steer",
    "harness.compact",
    "harness.usage",
)
CODE_ACTION_KINDS = ("quickfix", "refactor", "source.organizeImports")
POSITION_ENCODINGS = ("utf-8", "utf-16", "utf-32")
CONTENT_SCHEME = "harness"
# What the person does to files by the editor; hunks follow. Each is announced where the client can tell of it.
FILE_OPERATIONS = ("didRename", "didDelete")
FILE_SCHEME, FILE_GLOB = "file", "**/*"


def initialize_result(params: dict[str, object]) -> dict[str, object]:
    """The InitializeResult for these InitializeParams; what is malformed in them counts as absent."""
    return {
        "capabilities": {
            "positionEncoding": position_encoding(params),
            "textDocumentSync": {"openClose": True, "change": 2, "save": True},
            "codeActionProvider": {"codeActionKinds": list(CODE_ACTION_KINDS), "resolveProvider": False},
            "codeLensProvider": {"resolveProvider": False},
            "inlayHintProvider": {"resolveProvider": False},
            "executeCommandProvider": {"commands": list(COMMANDS)},
            "workspace": _workspace(params),
            "experimental": experimental(),
        },
        "serverInfo": {"name": SERVER_NAME, "version": __version__},
    }


def experimental() -> dict[str, object]:
    """What stands under `capabilities.experimental`: how our own clients know us."""
    return {"harness": {"protocolVersion": PROTOCOL_VERSION}}


def takes_content(params: dict[str, object]) -> bool:
    """Whether the client opens documents whose text a server has (LSP 3.18, `workspace/textDocumentContent`)."""
    return isinstance(_at(params, "capabilities", "workspace", "textDocumentContent"), dict)


def file_operations(params: dict[str, object]) -> list[str]:
    """What of FILE_OPERATIONS the client tells a server."""
    known = _at(params, "capabilities", "workspace", "fileOperations")
    return [name for name in FILE_OPERATIONS if _at(known, name) is True]


def position_encoding(params: dict[str, object]) -> str:
    """The first of the client's encodings that we speak; utf-16 where it names none (LSP 3.17)."""
    offered = _at(params, "capabilities", "general", "positionEncodings")
    if isinstance(offered, list):
        for encoding in offered:
            if encoding in POSITION_ENCODINGS:
                return str(encoding)
    return "utf-16"


def _workspace(params: dict[str, object]) -> dict[str, object]:
    filters = [{"scheme": FILE_SCHEME, "pattern": {"glob": FILE_GLOB}}]
    workspace: dict[str, object] = {"workspaceFolders": {"supported": True, "changeNotifications": True}}
    if told := file_operations(params):
        workspace["fileOperations"] = {name: {"filters": filters} for name in told}
    if takes_content(params):
        workspace["textDocumentContent"] = {"schemes": [CONTENT_SCHEME]}
    return workspace


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
