"""Requests as JSON lines on a Unix socket, as tests/e2e/vscode/helper-extension/rpc.js answers them."""

import json
import socket
from pathlib import Path
from typing import Any

CALL_S = 30.0


class CallFailed(AssertionError):
    """The other side answered with an error, did not answer, or is gone. An AssertionError: one may look again."""


class JsonLines:
    """One connection; one request at a time."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where nobody listens."""
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._read = b""
        self._number = 0

    def call(self, op: str, *, within: float = CALL_S, **given: Any) -> Any:
        """The result of one operation. Raises `CallFailed`."""
        self._number += 1
        self._socket.settimeout(within)
        try:
            self._socket.sendall(json.dumps({"id": self._number, "op": op, **given}).encode() + b"\n")
            while line := self._line():
                answer = json.loads(line)
                # An earlier one came too late for whoever asked.
                if answer["id"] == self._number:
                    return self._result(answer)
        except OSError as error:
            raise CallFailed(f"{op}: {error}") from error
        raise CallFailed(f"{op}: the other side is gone")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _line(self) -> bytes:
        """The next line, empty at the end; what came of it before a time-out is kept."""
        while b"\n" not in self._read:
            data = self._socket.recv(1 << 16)
            if not data:
                return b""
            self._read += data
        line, _, self._read = self._read.partition(b"\n")
        return line

    def _result(self, answer: dict[str, Any]) -> Any:
        if "error" in answer:
            raise CallFailed(answer["error"])
        return answer["result"]
