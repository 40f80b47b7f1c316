"""A client of the benchmarks: frames by hand, as a client library would be measured too."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

OURS = (sys.executable, "-m", "bridge")


class Client:
    """One server process. Times count from its spawn."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        """Spawns; `environ` None: in the environment of this process."""
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env=environ
        )
        self._ids = 0
        self._held = b""

    def __enter__(self) -> Self:
        """The process runs."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ended the hard way: how it ends is not what is measured."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def call(self, method: str, params: Any) -> float:
        """Seconds from the spawn until the answer has come."""
        self.answers(self.send(method, params))
        return time.perf_counter() - self.begun

    def send(self, method: str, params: Any) -> int:
        """A request; its id."""
        self._ids += 1
        self._send({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        return self._ids

    def notify(self, method: str) -> None:
        """A notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": {}})

    def answers(self, *asked: int) -> dict[int, Any]:
        """Wait for the answers to all of these; their results."""
        found: dict[int, Any] = {}
        while len(found) < len(asked):
            message = self.receive()
            if message.get("id") in asked and "method" not in message:
                if "error" in message:
                    raise RuntimeError(str(message["error"]))
                found[message["id"]] = message["result"]
        return found

    def memory_mb(self, row: str = "VmRSS") -> float:
        """Resident memory (Linux), by `VmHWM` the most that it ever was; nan elsewhere."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return float("nan")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(row))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        if self._process.stdin is not None:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def receive(self) -> dict[str, Any]:
        """The next message."""
        while b"\r\n\r\n" not in self._held:
            self._read()
        head, _, rest = self._held.partition(b"\r\n\r\n")
        size = next(int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length"))
        self._held = rest
        while len(self._held) < size:
            self._read()
        body, self._held = self._held[:size], self._held[size:]
        message: dict[str, Any] = json.loads(body)
        return message

    def _read(self) -> None:
        data = self._process.stdout.read(65536) if self._process.stdout is not None else b""
        if not data:
            raise RuntimeError("the server has ended")
        self._held += data
