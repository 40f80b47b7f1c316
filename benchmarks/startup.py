"""Start-up and memory: our daemon beside a bare pygls server, in turns, in one run. Only the ratios are claims."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

OURS = (sys.executable, "-m", "bridge")
PYGLS = (sys.executable, "-m", "benchmarks.bare_pygls")
SPOT = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
ACTION = {"textDocument": {"uri": "file:///a.py"}, "range": SPOT, "context": {"diagnostics": []}}


@dataclass(frozen=True, slots=True)
class Sample:
    """One process: seconds from the spawn to each answer, and its resident memory in MB when idle."""

    initialize: float
    request: float
    memory: float


class Client:
    """Frames by hand: a client library would be measured too."""

    def __init__(self, command: Sequence[str]) -> None:
        """Spawns."""
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
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
        self._ids += 1
        self._send({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        while (message := self._receive()).get("id") != self._ids or "method" in message:
            pass
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return time.perf_counter() - self.begun

    def notify(self, method: str) -> None:
        """A notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": {}})

    def memory_mb(self) -> float:
        """Resident memory (Linux); nan elsewhere."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return float("nan")
        return next(int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith("VmRSS"))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        if self._process.stdin is not None:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def _receive(self) -> dict[str, Any]:
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


def converse(command: Sequence[str], method: str, params: Any, state: str) -> Sample:
    """Spawn, handshake, one request."""
    with Client(command) as client:
        options = {"stateDir": state}
        initialize = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
        first = client.call("initialize", initialize)
        client.notify("initialized")
        return Sample(first, client.call(method, params), client.memory_mb())


def measure(rounds: int) -> dict[str, float]:
    """The ratios of medians and our memory, after one round that fills the caches."""
    ours: list[tuple[Sample, Sample]] = []
    theirs: list[tuple[Sample, Sample]] = []
    with tempfile.TemporaryDirectory() as state:
        session = {"cwd": state, "mcpServers": []}
        for _ in range(rounds + 1):
            new = converse(OURS, "harness/session/new", session, state)
            ours.append((new, converse(OURS, "textDocument/codeAction", ACTION, state)))
            bare = converse(PYGLS, "bare/new", {}, state)
            theirs.append((bare, converse(PYGLS, "textDocument/codeAction", ACTION, state)))
    mine, bare_ = _medians(ours[1:]), _medians(theirs[1:])
    ratios = {f"{name} / bare pygls": mine[name] / bare_[name] for name in ("initialize", "session/new", "code action")}
    millis = {
        f"{who} {name}, ms": side[name] * 1e3 for who, side in (("ours", mine), ("pygls", bare_)) for name in TIMES
    }
    return ratios | millis | {"idle memory, MB": mine["memory"], "pygls idle memory, MB": bare_["memory"]}


TIMES = ("initialize", "session/new", "code action")


def _medians(samples: Sequence[tuple[Sample, Sample]]) -> dict[str, float]:
    return {
        "initialize": statistics.median(one.initialize for pair in samples for one in pair),
        "session/new": statistics.median(new.request for new, _ in samples),
        "code action": statistics.median(action.request for _, action in samples),
        "memory": statistics.median(new.memory for new, _ in samples),
    }
