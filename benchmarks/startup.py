"""Start-up and memory: our daemon beside a bare pygls server, in turns, in one run. Only the ratios are claims."""

import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.client import OURS, Client

PYGLS = (sys.executable, "-m", "benchmarks.bare_pygls")
SPOT = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
ACTION = {"textDocument": {"uri": "file:///a.py"}, "range": SPOT, "context": {"diagnostics": []}}


@dataclass(frozen=True, slots=True)
class Sample:
    """One process: seconds from the spawn to each answer, and its resident memory in MB when idle."""

    initialize: float
    request: float
    memory: float


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
