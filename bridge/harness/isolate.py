"""The one place that catches any exception: where one caller's fault must not take the others down."""

import logging
import secrets
from types import TracebackType
from typing import Self

_log = logging.getLogger(__name__)


class Fault:
    """What an isolated block has raised; `error` is None while nothing went wrong.

    `incident` is 8 hex digits that stand in the log beside the traceback; a client may be shown them, and nothing else.
    """

    __slots__ = ("_what", "error", "incident")

    def __init__(self, what: str) -> None:
        self._what = what
        self.error: Exception | None = None
        self.incident = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.error = error
        self.incident = secrets.token_hex(4)
        _log.error("incident %s in %s", self.incident, self._what, exc_info=error)
        return True


def isolate(what: str) -> Fault:
    """Run a block of sync or async code; log its exception with a traceback and go on after the block.

    Cancellation, KeyboardInterrupt and SystemExit are no exceptions of the block's own and pass through.
    """
    return Fault(what)
