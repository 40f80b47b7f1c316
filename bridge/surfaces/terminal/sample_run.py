"""The sample's own tests, run as a person would: `python -m unittest` in its folder."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import anyio

LIMIT_S = 30.0
"""They need a fraction of a second; on a machine that is very busy, some."""

# Isolated: nothing of the person's environment has a say, and no compiled files are left in the project.
COMMAND = (
    sys.executable,
    "-I",
    "-B",
    "-m",
    "unittest",
    "discover",
    "--start-directory",
    "tests",
    "--top-level-directory",
)

_COUNT = re.compile(r"^Ran (\d+) tests?", re.MULTILINE)
# The error itself, without the path and the advice that Python puts behind it; unittest's own words come before it.
_PROBLEM = re.compile(r"^\w+(?:Error|Exception): (?!Failed to import).*?(?= \(|\. Did you mean|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """How it ended: `problem` is the first line that names one, or that it took too long."""

    passed: bool
    count: int
    seconds: float
    problem: str


async def run_tests(root: Path, limit_s: float = LIMIT_S) -> SuiteRun:
    """Run them; when the time is over, or this is cancelled, they are killed."""
    began, said = perf_counter(), ""
    passed = False
    with anyio.move_on_after(limit_s) as limit:
        done = await anyio.run_process(
            [*COMMAND, str(root)], cwd=root, check=False, stderr=subprocess.STDOUT, start_new_session=True
        )
        said, passed = done.stdout.decode("utf-8", "replace"), done.returncode == 0
    counted, problem = _COUNT.search(said), _PROBLEM.search(said)
    why = f"they did not end within {limit_s:g} s" if limit.cancelled_caught else problem[0] if problem else ""
    return SuiteRun(passed, int(counted[1]) if counted else 0, perf_counter() - began, why)
