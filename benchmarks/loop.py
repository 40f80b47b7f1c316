"""What a turn costs beside the model: our daemon, the floor and the SDK's own way against one service, in one run."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.client import OURS, Client

DELTAS = 20_000
"""Pieces of the long message."""

LONG = (50, 40_000)
"""Answers with so many bytes of text each: 2 MB of history."""

STEPS = 20
"""Tool calls of which the median gap is taken."""

Row = dict[str, Any]
Ask = Callable[[str], list[Row]]
"""Has one turn made; the requests that it took."""


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds, but `rate`: deltas in a second."""

    gap: float
    long_gap: float
    rate: float


def measure() -> dict[str, float]:
    """Milliseconds, megabytes, deltas a second; ratios to the floor and to the SDK's way."""
    with _service() as port:
        ours, extra = _daemon(port)
        floor = _bare("benchmarks.bare_loop", port)
        usual = _bare("benchmarks.bare_sdk", port)
    found = {}
    for who, one in (("", ours), ("floor: ", floor), ("SDK: ", usual)):
        found[f"{who}gap with a tool, ms"] = one.gap * 1e3
        found[f"{who}the same at 2 MB, ms"] = one.long_gap * 1e3
        found[f"{who}deltas a second"] = one.rate
    ratios = {
        "gap with a tool / SDK": ours.gap / usual.gap,
        "gap at 2 MB / SDK": ours.long_gap / usual.long_gap,
        "SDK's deltas / ours": usual.rate / ours.rate,
    }
    return found | extra | ratios


def _daemon(port: int) -> tuple[Found, dict[str, float]]:
    """Our daemon, as a client that shows all it is told."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "work")
        work.mkdir()
        (work / "a.txt").write_text("a\n")
        around = {"HARNESS_BRIDGE_BASE_URL": f"http://127.0.0.1:{port}/v1", "HARNESS_BRIDGE_API_KEY": "none"}
        with Client(OURS, os.environ | around) as client:
            options = {"stateDir": str(Path(folder, "state")), "model": "bench"}
            shows = {"experimental": {"harness": {"protocolVersion": 1, "updates": True}}}
            client.call(
                "initialize",
                {"processId": None, "rootUri": None, "capabilities": shows, "initializationOptions": options},
            )
            client.notify("initialized")
            made = client.answers(client.send("harness/session/new", {"cwd": str(work), "mcpServers": []}))
            (session,) = (answer["sessionId"] for answer in made.values())
            return _converse(client, session, port)


def _converse(client: Client, session: str, port: int) -> tuple[Found, dict[str, float]]:
    sent = read = 0

    def ask(words: str) -> list[Row]:
        nonlocal sent, read
        read = 0
        prompt = {"sessionId": session, "prompt": [{"type": "text", "text": f"BENCH {words}"}]}
        sent = time.monotonic_ns()
        asked = client.send("harness/session/prompt", prompt)
        while (message := client.receive()).get("id") != asked:
            kind = message.get("params", {}).get("update", {}).get("sessionUpdate")
            if kind == "agent_message_chunk" and not read:
                read = time.monotonic_ns()
        if message.get("result", {}).get("stopReason") != "end_turn":
            raise RuntimeError(f"the turn did not end well: {message}")
        return _log(port)

    ask("hello")
    warm, first = [], []
    for _ in range(5):
        (row,) = ask("hello")
        warm.append(row["body"] - sent)
        first.append(read - row["first"])
    found = _found(ask)
    return found, {
        "prompt to request, ms": statistics.median(warm) / 1e6,
        "first delta to client, ms": statistics.median(first) / 1e6,
        "peak memory, MB": client.memory_mb("VmHWM"),
    }


def _bare(module: str, port: int) -> Found:
    with subprocess.Popen(
        [sys.executable, "-m", module, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        writer, reader = process.stdin, process.stdout

        def ask(words: str) -> list[Row]:
            writer.write(f"BENCH {words}\n")
            if not reader.readline():
                raise RuntimeError(f"{module} has ended")
            return _log(port)

        ask("hello")
        found = _found(ask)
        writer.close()
        return found


def _found(ask: Ask) -> Found:
    gap = _gap(ask(f"tools {STEPS}"))
    (row,) = ask(f"deltas {DELTAS}")
    over = time.monotonic_ns()  # the turn is over: all that came was taken in, and shown
    ask("tools {} {}".format(*LONG))
    return Found(gap, _gap(ask("tools 10")), DELTAS / ((over - row["first"]) / 1e9))


def _gap(rows: Sequence[Row]) -> float:
    """The median time from an answer's last byte to the next request's."""
    gaps: list[float] = [after["body"] - before["last"] for before, after in itertools.pairwise(rows)]
    return statistics.median(gaps) / 1e9


def _log(port: int) -> list[Row]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/log") as answer:
        rows: list[Row] = json.load(answer)
    return rows


@contextmanager
def _service() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-m", "benchmarks.service"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()
