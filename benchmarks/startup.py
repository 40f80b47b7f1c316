"""Spawn to the answer of `initialize`: our daemon beside a bare pygls server, in turns, in one run.

Run from the project: `python -m benchmarks.startup [--rounds N]`. Exits 1 where our median is over 0.15 of pygls'.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

BUDGET = 0.15
OURS = (sys.executable, "-m", "bridge")
PYGLS = (
    sys.executable,
    "-c",
    "from pygls.lsp.server import LanguageServer; LanguageServer('bare', '1').start_io()",
)
_PARAMS: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
_BODY = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": _PARAMS}).encode()
_FRAME = b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)


def spawn_to_initialize(command: Sequence[str]) -> float:
    """Seconds from before the spawn until the first bytes of the answer; the process is then killed."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(_FRAME)
        answered = process.stdout.read(65536)
        elapsed = time.perf_counter() - begun
        process.kill()
    if b'"capabilities"' not in answered:
        raise RuntimeError(f"no answer to initialize from {command}")
    return elapsed


def measure(rounds: int) -> tuple[float, float]:
    """The medians of both in seconds, ours first, after one round that fills the caches."""
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(spawn_to_initialize(OURS))
        theirs.append(spawn_to_initialize(PYGLS))
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    ours, theirs = measure(parser.parse_args(argv).rounds)
    ratio = ours / theirs
    print(f"spawn to initialize: ours {ours * 1e3:.1f} ms, bare pygls {theirs * 1e3:.1f} ms, ratio {ratio:.3f}")
    return 0 if ratio <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
