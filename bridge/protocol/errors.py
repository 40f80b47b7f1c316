"""The error catalogue: every error that the daemon can answer with, its code, what it means, what to do next.

Codes: JSON-RPC's own, and of LSP's reserved ranges only those that LSP itself assigns (-32002 ServerNotInitialized,
-32800 RequestCancelled, -32803 RequestFailed). What is ours is a RequestFailed and is told apart by `data.kind`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from typing_extensions import TypeAliasType

from bridge.protocol.base import Many, Wire

REQUEST_FAILED = -32803
MAX_FIELD_PROBLEMS = 20
"""A message that is wrong all over is not answered by a message many times its size."""

ErrorKind = TypeAliasType(
    "ErrorKind",
    Annotated[
        Literal[
            "parse_error",
            "invalid_request",
            "unknown_method",
            "invalid_params",
            "internal",
            "not_initialized",
            "cancelled",
            "shutting_down",
            "unknown_session",
            "session_locked",
            "busy",
            "unknown_hunk",
            "stale",
            "unknown_approval",
            "already_resolved",
            "not_allowed",
            "not_trusted",
            "outside_workspace",
            "file_missing",
            "file_unreadable",
            "file_binary",
            "file_too_large",
            "read_only",
            "disk_full",
            "model_unavailable",
            "model_failed",
            "model_auth",
            "model_quota",
            "tool_input",
        ],
        Field(description="Which error it is. A kind you don't know is to be treated as `internal`."),
    ],
)


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One error: its JSON-RPC code, what it means and what to do next, in words for a person."""

    kind: str
    code: int
    sentence: str
    hint: str


CATALOGUE: tuple[ErrorRow, ...] = (
    ErrorRow("parse_error", -32700, "The message is not valid JSON.", "Send UTF-8 JSON with the right Content-Length."),
    ErrorRow(
        "invalid_request",
        -32600,
        "The message is not a valid JSON-RPC 2.0 request.",
        "Send one object with jsonrpc, method and, for a request, a string or integer id that is not in use; batches "
        "are not taken, nor is anything but exit after shutdown.",
    ),
    ErrorRow("unknown_method", -32601, "There is no such method.", "See the list of methods for this protocolVersion."),
    ErrorRow("invalid_params", -32602, "The params don't have the shape of this method.", "Correct the listed fields."),
    ErrorRow("internal", -32603, "The daemon made a mistake.", "Look into the daemon's log; the session is kept."),
    ErrorRow("not_initialized", -32002, "The connection is not initialized.", "Send initialize first."),
    ErrorRow("cancelled", -32800, "The request was cancelled.", "Nothing: you asked for it."),
    ErrorRow(
        "shutting_down",
        REQUEST_FAILED,
        "The daemon is shutting down.",
        "Start it again and load the session: what was undecided is still there.",
    ),
    ErrorRow(
        "unknown_session",
        REQUEST_FAILED,
        "There is no such session.",
        "List the sessions, and load one, or open a new one.",
    ),
    ErrorRow(
        "session_locked",
        REQUEST_FAILED,
        "Another daemon has this session open.",
        "Close it there first, or open a new session here.",
    ),
    ErrorRow(
        "busy",
        REQUEST_FAILED,
        "A turn is running in this session.",
        "Wait for it to end, or cancel it.",
    ),
    ErrorRow("unknown_hunk", REQUEST_FAILED, "There is no such hunk.", "List the hunks again."),
    ErrorRow(
        "stale",
        REQUEST_FAILED,
        "The hunk no longer fits: the text it replaces has changed.",
        "Put the old text back, apply the hunk anyway after a look, or reject it and ask again.",
    ),
    ErrorRow("unknown_approval", REQUEST_FAILED, "There is no such question.", "List the pending questions again."),
    ErrorRow(
        "already_resolved",
        REQUEST_FAILED,
        "The question has been settled already.",
        "Nothing: the first answer stands.",
    ),
    ErrorRow(
        "not_allowed", REQUEST_FAILED, "A rule or a person said no.", "Ask for something else, or change the rule."
    ),
    ErrorRow(
        "not_trusted",
        REQUEST_FAILED,
        "The workspace is not trusted.",
        "Trust it first, if you know where it comes from.",
    ),
    ErrorRow(
        "outside_workspace",
        REQUEST_FAILED,
        "The path is outside of the session's workspace.",
        "Open a session on the folder that holds it.",
    ),
    ErrorRow("file_missing", REQUEST_FAILED, "There is no such file.", "Check the path."),
    ErrorRow("file_unreadable", REQUEST_FAILED, "The file can't be read.", "Check its permissions and its encoding."),
    ErrorRow("file_binary", REQUEST_FAILED, "The file is not text.", "Only text files are read and edited."),
    ErrorRow("file_too_large", REQUEST_FAILED, "The file is too large.", "Work on a smaller file."),
    ErrorRow("read_only", REQUEST_FAILED, "The file can't be written.", "Check its permissions; nothing was changed."),
    ErrorRow("disk_full", REQUEST_FAILED, "The disk is full.", "Make room and decide again; nothing was changed."),
    ErrorRow(
        "model_unavailable",
        REQUEST_FAILED,
        "The model can't be reached or is not set up.",
        "Check the setting `model` and what it needs.",
    ),
    ErrorRow(
        "model_failed",
        REQUEST_FAILED,
        "The model's answer broke off or made no sense.",
        "Prompt again; what was decided so far is kept.",
    ),
    ErrorRow(
        "model_auth",
        REQUEST_FAILED,
        "The model's service did not take the key.",
        "Set a key that it takes: in the environment, or in the keyring of the system.",
    ),
    ErrorRow(
        "model_quota",
        REQUEST_FAILED,
        "The account has no quota left at the model's service.",
        "Look at its plan and bill there, or choose another model.",
    ),
    ErrorRow(
        "tool_input",
        REQUEST_FAILED,
        "A tool was called with arguments that it can't use.",
        "Nothing: the model is told, and calls again.",
    ),
)

BY_KIND: Mapping[str, ErrorRow] = MappingProxyType({row.kind: row for row in CATALOGUE})


class FieldProblem(Wire):
    """What is wrong with one field of the params. The value itself is not repeated."""

    path: str = Field(description="Where, such as `prompt.0.text`; empty for the params themselves.")
    message: str = Field(description="What is wrong.")


class ErrorData(Wire):
    """The `data` of an error."""

    kind: ErrorKind = Field(description="Which error it is.")
    hint: str = Field(description="What to do next, in words for a person.")
    errors: Many[FieldProblem] | None = Field(
        default=None, description="For `invalid_params`: what is wrong, field by field, at most 20."
    )
    incident: str | None = Field(default=None, description="For `internal`: names the entry in the daemon's log.")


class ResponseError(Wire):
    """The `error` of a JSON-RPC response."""

    code: int = Field(description="The JSON-RPC code.")
    message: str = Field(description="What happened, in words for a person.")
    data: ErrorData = Field(description="Which error it is, and what to do next.")


BY_CODE: Mapping[int, ErrorRow] = MappingProxyType({row.code: row for row in CATALOGUE if row.code != REQUEST_FAILED})
"""The standard errors by their code; what is ours shares one code and is told apart by its kind."""


def response_error(kind: ErrorKind, message: str = "") -> ResponseError:
    """The wire error of `kind`; `message` says more precisely what happened than the catalogue's sentence."""
    row = BY_KIND[kind]
    return ResponseError(code=row.code, message=message or row.sentence, data=ErrorData(kind=kind, hint=row.hint))


def invalid_params(error: ValidationError) -> ResponseError:
    """The wire error for params that don't have the method's shape, field by field."""
    problems = tuple(
        FieldProblem(path=".".join(str(part) for part in problem["loc"]), message=problem["msg"])
        for problem in error.errors(include_url=False, include_context=False, include_input=False)[:MAX_FIELD_PROBLEMS]
    )
    row = BY_KIND["invalid_params"]
    data = ErrorData(kind="invalid_params", hint=row.hint, errors=problems)
    return ResponseError(code=row.code, message=row.sentence, data=data)
