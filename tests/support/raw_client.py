"""A client of raw bytes on a real process: it frames and parses by itself, so no library can hide a fault of ours."""

import contextlib
import json
import os
import queue
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.corpora import PROJECT
from tests.support.eventually import eventually

STUB = (sys.executable, "-m", "tests.support.stub_daemon")
PATIENCE_S = 10.0

Message = dict[str, Any]


class Closed(Exception):
    """The daemon has closed its output."""


class RawClient:
    """Starts the command; a thread reads whole frames while `reading` is set. Leaving the context kills the process."""

    def __init__(
        self,
        command: Sequence[str] = STUB,
        env: dict[str, str] | None = None,
        cwd: Path = PROJECT,
        capabilities: Message | None = None,
    ) -> None:
        self._capabilities = capabilities or {}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the client
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=cwd,
            env=os.environ | (env or {}),
            bufsize=0,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._stdin, self._stdout = self.process.stdin, self.process.stdout
        self._arrived: queue.Queue[Message | None] = queue.Queue()
        self.reading = threading.Event()
        self.reading.set()
        # Everything that came from the server in order, as `receive` gave it.
        self.seen: list[Message] = []
        self._held: list[Message] = []
        self._ids = 0
        # What ends the reading thread although nothing comes: a byte in this pipe.
        self._wake_reading, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading.set()
        self.process.kill()
        self.process.wait()
        self._thread.join(PATIENCE_S)
        for pipe in (self._stdin, self._stdout, self._errors):
            with contextlib.suppress(OSError):
                pipe.close()
        os.close(self._wake)
        os.close(self._wake_reading)

    # Sending.

    def raw(self, data: bytes) -> None:
        """Write bytes as they are; a daemon that has gone is no error here."""
        rest = memoryview(data)
        with contextlib.suppress(BrokenPipeError):
            while rest:
                rest = rest[self._stdin.write(rest) or 0 :]

    def body(self, body: bytes) -> None:
        """Write one frame around these bytes."""
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def send(self, message: Any) -> None:
        """Write one frame with this JSON value."""
        self.body(json.dumps(message).encode())

    def start(self, method: str, params: Any = None, request_id: int | str | None = None) -> int | str:
        """Send a request and don't wait; its id."""
        if request_id is None:
            self._ids += 1
            request_id = f"client-{self._ids}"
        message: Message = {"jsonrpc": "2.0", "id": request_id, "method": method}
        self.send(message if params is None else message | {"params": params})
        return request_id

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        message: Message = {"jsonrpc": "2.0", "method": method}
        self.send(message if params is None else message | {"params": params})

    def answer(self, request: Message, **member: Any) -> None:
        """Answer a request of the server with `result=` or `error=`."""
        self.send({"jsonrpc": "2.0", "id": request["id"], **member})

    def close_input(self) -> None:
        """End the daemon's stdin."""
        self._stdin.close()

    def close_output(self) -> None:
        """Close our reading end of the daemon's stdout, in the way of a client that has stopped listening."""
        os.write(self._wake, b"!")
        self._thread.join(PATIENCE_S)
        self._stdout.close()

    # Receiving.

    def receive(self, within: float = PATIENCE_S) -> Message:
        """The next message; Closed at the end of output, AssertionError when the time is over."""
        try:
            message = self._arrived.get(timeout=within)
        except queue.Empty:
            raise AssertionError(f"nothing within {within} s; log: {self.log()[-2000:]}") from None
        if message is None:
            self._arrived.put(None)
            raise Closed(self.log()[-2000:])
        self.seen.append(message)
        return message

    def wait_for(self, wanted: Callable[[Message], bool], within: float = PATIENCE_S) -> Message:
        """The first message not waited for yet that fits; the others are kept for later calls."""
        for message in self._held:
            if wanted(message):
                self._held.remove(message)
                return message
        deadline = time.monotonic() + within
        while True:
            message = self.receive(max(0.0, deadline - time.monotonic()))
            if wanted(message):
                return message
            self._held.append(message)

    def response(self, request_id: int | str | None, within: float = PATIENCE_S) -> Message:
        """The response with an id of this value and type."""
        return self.wait_for(lambda m: "method" not in m and same_id(m.get("id"), request_id), within)

    def call(self, method: str, params: Any = None, within: float = PATIENCE_S) -> Message:
        """Send a request and wait for its response."""
        return self.response(self.start(method, params), within)

    def asked(self, method: str, within: float = PATIENCE_S) -> Message:
        """The next request or notification of the server with this method."""
        return self.wait_for(lambda m: m.get("method") == method, within)

    def initialize(self, process_id: int | None = None, capabilities: Message | None = None) -> Message:
        """The handshake; the InitializeResult."""
        params = {"processId": process_id, "rootUri": None, "capabilities": capabilities or self._capabilities}
        reply = self.call("initialize", params)
        self.notify("initialized", {})
        result: Message = reply["result"]
        return result

    def ready(self) -> Self:
        """The handshake, and one request that is answered in any case, so that the heavy side is loaded."""
        self.initialize()
        self.call("ping")
        return self

    def forget(self) -> None:
        """Drop what has come and was not waited for."""
        self._held.clear()
        self.seen.clear()

    # The process.

    def exit_code(self, within: float = PATIENCE_S) -> int:
        """Wait for the end of the process."""
        return self.process.wait(within)

    def log(self) -> str:
        """What the daemon has written to stderr so far."""
        size = os.fstat(self._errors.fileno()).st_size
        return os.pread(self._errors.fileno(), size, 0).decode(errors="backslashreplace")

    def logged(self, text: str) -> None:
        """Wait until stderr holds this text."""
        eventually(lambda: text in self.log(), PATIENCE_S)

    def peak_mb(self) -> float:
        """The most memory that the process has had resident, in MB (Linux)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        raise AssertionError("the process has ended")

    def _read(self) -> None:
        buffer = b""
        while self.reading.wait():
            ready, _, _ = select.select([self._stdout.fileno(), self._wake_reading], [], [])
            data = self._stdout.read(65536) if self._wake_reading not in ready else b""
            if not data:
                break
            buffer = self._frames(buffer + data)
        self._arrived.put(None)

    def _frames(self, buffer: bytes) -> bytes:
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            name, _, value = buffer[:end].partition(b": ")
            assert name == b"Content-Length", buffer[:200]
            length = int(value)
            body = buffer[end + 4 : end + 4 + length]
            if len(body) < length:
                break
            self._arrived.put(json.loads(body))
            buffer = buffer[end + 4 + length :]
        return buffer


def same_id(one: Any, other: Any) -> bool:
    """Equal as JSON: 1, "1" and true are three ids."""
    return type(one) is type(other) and bool(one == other)
