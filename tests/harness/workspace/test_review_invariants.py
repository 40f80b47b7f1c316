"""I1 to I7 of bridge/harness/values/proposals.py, in whatever order things happen to an open file and a closed one."""

import os
import re
import subprocess
import sys

import pytest


def run(examples: int, steps: int, limit: float) -> None:
    """In a process of its own, where Hypothesis always chooses the same; `limit` in seconds."""
    argv = [sys.executable, "-m", "tests.support.review_machine", str(examples), str(steps)]
    done = subprocess.run(
        argv, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, timeout=limit, check=False
    )
    print(done.stdout, done.stderr[-20_000:])  # noqa: T201 - how much was tried, or what failed
    assert done.returncode == 0
    tried = re.search(r"runs (\d+)", done.stdout)
    assert tried is not None
    assert int(tried[1]) >= examples


def test_the_invariants_hold_in_any_order_of_events() -> None:
    run(80, 40, 55)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_invariants_hold_in_many_long_orders_of_events() -> None:
    run(300, 60, 590)
