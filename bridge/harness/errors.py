"""Everything the harness raises on purpose, named by what the caller does next.

BridgeError                 show `message` and `hint`; `kind` is the entry of the published catalogue
├── ToolInputError          give it to the model: another call can be right
│   └── EditMismatch        the old text does not select one place: correct it and call again
├── NotAllowed              tell the model: a rule or the person said no
├── FileProblem             leave this file alone and say why; other files are not concerned
├── Stale                   read again, then propose again
├── NotFound                list again: the id names nothing here
├── AlreadyResolved         show the state that stands: the first answer won
├── TryLater                nothing is wrong with the request: send it again later
│   └── SessionLocked       close it in the other process, or open it read-only
├── ModelProblem            end the turn and say what the model's side reported
└── InternalError           a defect of ours: log it, answer it, live on

OverlapsPending             settle the hunks it overlaps, then prepare the edit again; never leaves the harness
"""

import errno
from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Literal, Self

Kind = Literal[
    "file_missing",
    "file_binary",
    "file_too_large",
    "file_unreadable",
    "read_only",
    "disk_full",
    "outside_workspace",
    "stale",
    "unknown_session",
    "unknown_hunk",
    "unknown_approval",
    "already_resolved",
    "busy",
    "session_locked",
    "model_unavailable",
    "model_failed",
    "model_auth",
    "model_quota",
    "shutting_down",
    "internal",
    "tool_input",
    "not_allowed",
]
FileKind = Literal[
    "file_missing",
    "file_binary",
    "file_too_large",
    "file_unreadable",
    "read_only",
    "disk_full",
    "outside_workspace",
]
UnknownKind = Literal["unknown_session", "unknown_hunk", "unknown_approval"]
LaterKind = Literal["busy", "session_locked", "shutting_down"]
ModelKind = Literal["model_unavailable", "model_failed", "model_auth", "model_quota"]
ModelFault = Literal[
    "context_too_long",
    "rate_limited",
    "quota",
    "server",
    "timeout",
    "network",
    "broken",
    "auth",
    "gone",
    "forgotten",
    "bad_request",
    "setup",
]
"""What went wrong with a model call; the recovery is chosen by it.

`rate_limited` 429; `quota` 429 that waiting does not mend; `server` 5xx, or a failure that the service reports in its
stream; `timeout` it said nothing for too long; `network` not reached (refused, DNS, TLS) or cut before the first event;
`broken` the stream ended, was cut or was garbage after the first event; `auth` 401, 403; `gone` the model is not there
(404); `forgotten` the response that the call builds on is not stored any more; `bad_request` every other 4xx; `setup`
there is no key, no script, no such model: nothing was sent.
"""

Mismatch = Literal["not_found", "ambiguous", "no_change"]

# The published catalogue: each kind with the usual "what to do next".
CATALOGUE: Mapping[Kind, str] = MappingProxyType(
    {
        "file_missing": "Check the path, or create the file.",
        "file_binary": "Only text files can be read and edited here.",
        "file_too_large": "Read a part of it with grep, or raise the limit in the settings.",
        "file_unreadable": "Check what the path names and its permissions.",
        "read_only": "Make the file and its folder writable if it should change; its mode is never changed here.",
        "disk_full": "Make room on the disk, check its health, then try again; the old text still stands.",
        "outside_workspace": "Use a path inside the workspace, or add its folder to the workspace.",
        "stale": "Read the file again and propose the edit on the text that stands now.",
        "unknown_session": "List the sessions and use one of their ids.",
        "unknown_hunk": "List the review again and use one of its hunk ids.",
        "unknown_approval": "List the pending approvals and use one of their ids.",
        "already_resolved": "Nothing: the first answer counts, and the state is given.",
        "busy": "Wait for the running turn to end, steer it or cancel it.",
        "session_locked": "Another process has this session open: close it there, or open the session read-only.",
        "model_unavailable": "Choose a model in the settings, or check its key and address.",
        "model_failed": "Send the prompt again; the session keeps what was done.",
        "model_auth": "Set a key that this service takes: in the environment, or in the keyring of the system.",
        "model_quota": "Look at the account's plan and bill at the service, or choose another model.",
        "shutting_down": "Start the daemon again and resume the session.",
        "internal": "See the log; the session goes on.",
        "tool_input": "Correct the arguments and call the tool again.",
        "not_allowed": "Do without it, or ask the user.",
    }
)


class BridgeError(Exception):
    """A failure with a `kind` of the catalogue, one plain sentence, and what to do next (`hint`)."""

    def __init__(self, message: str, *, kind: Kind, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind: Kind = kind
        self.hint = CATALOGUE[kind] if hint is None else hint


class ToolInputError(BridgeError):
    """The model's arguments can't be used; the message tells it how to correct them."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, kind="tool_input", hint=hint)


class EditMismatch(ToolInputError):
    """An exact replacement that selects no place, several places, or changes nothing.

    `count` is the number of places where the old text stands, `lines` the 1-based lines where they begin.
    """

    def __init__(self, message: str, *, reason: Mismatch, count: int = 0, lines: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.reason: Mismatch = reason
        self.count = count
        self.lines = lines


class NotAllowed(BridgeError):
    """A rule, a mode or the person said no; the message says which."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, kind="not_allowed", hint=hint)


class OverlapsPending(Exception):
    """An edit changes lines that undecided hunks of the same session change or add."""


class FileProblem(BridgeError):
    """One file can't be read or written; its bytes are as they were. The message begins with its path."""

    def __init__(
        self, kind: FileKind, path: str | PurePath, message: str | None = None, *, hint: str | None = None
    ) -> None:
        super().__init__(f"{path}: {message or _FILE_SENTENCES[kind]}", kind=kind, hint=hint)
        self.path = str(path)

    @classmethod
    def of(cls, error: OSError, path: str | PurePath) -> Self:
        """The problem that the system's error stands for."""
        kind = _BY_ERRNO.get(error.errno or 0, "file_unreadable")
        return cls(kind, path, f"{_FILE_SENTENCES[kind]} ({error.strerror or error})")


class Stale(BridgeError):
    """The text that an edit was made for no longer stands; nothing was written."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, kind="stale", hint=hint)


class NotFound(BridgeError):
    """An id that names no session, hunk or approval."""

    def __init__(self, kind: UnknownKind, message: str, hint: str | None = None) -> None:
        super().__init__(message, kind=kind, hint=hint)


class AlreadyResolved(BridgeError):
    """A second answer to a question that has one; the message says what stands."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, kind="already_resolved", hint=hint)


class TryLater(BridgeError):
    """The request is right and the moment is wrong: busy, session_locked, shutting_down."""

    def __init__(self, kind: LaterKind, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, kind=kind, hint=hint)


class SessionLocked(TryLater):
    """Another process writes this session."""

    def __init__(self, session: str) -> None:
        super().__init__("session_locked", f"The session {session} is open in another process.")


class ModelProblem(BridgeError):
    """The model can't be reached, or answered with a failure.

    `fault` is what went wrong (`ModelFault`), by which the recovery is chosen; `retry_after` is how
    many seconds the service asks to wait, None where it does not say. `begun`: the service had taken
    the call, and may bill it; the adapters set it.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: ModelKind = "model_failed",
        hint: str | None = None,
        fault: ModelFault = "setup",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, kind=kind, hint=hint)
        self.fault = fault
        self.retry_after = retry_after
        self.begun = False


class InternalError(BridgeError):
    """A defect of ours, answered instead of shown as a traceback."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="internal")


_FILE_SENTENCES: Mapping[FileKind, str] = MappingProxyType(
    {
        "file_missing": "there is no such file.",
        "file_binary": "this is not a text file.",
        "file_too_large": "the file is too large.",
        "file_unreadable": "it can't be read.",
        "read_only": "it can't be written: it or its folder is read-only.",
        "disk_full": "the disk did not take the bytes.",
        "outside_workspace": "it lies outside the workspace.",
    }
)

# What is not named here is "file_unreadable"; the message carries the system's own words.
_BY_ERRNO: Mapping[int, FileKind] = MappingProxyType(
    {
        errno.ENOENT: "file_missing",
        errno.ENOTDIR: "file_missing",
        errno.EROFS: "read_only",
        errno.ENOSPC: "disk_full",
        errno.EDQUOT: "disk_full",
        errno.EFBIG: "disk_full",
        errno.EIO: "disk_full",
    }
)
