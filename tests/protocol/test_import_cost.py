"""What the daemon imports is cheap: the table, which comes before the first request; and no library of a worker's."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MS = 60
"""Of processor time, on top of pydantic itself. About 40 ms were measured on two shared cores."""

MEASURE = """
import time
from pydantic import BaseModel, TypeAdapter
import pydantic.alias_generators, typing_extensions
class Warm(BaseModel):
    field: int
start = time.process_time()
import bridge.protocol.methods
print((time.process_time() - start) * 1000)
"""


def import_ms() -> float:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return float(done.stdout)


@pytest.mark.bench
def test_importing_the_table_costs_less_than_its_limit() -> None:
    assert min(import_ms() for _ in range(5)) < LIMIT_MS


DAEMON = """
import sys
import bridge.app.bootstrap, bridge.cli, bridge.surfaces.lsp.surface
print(*sys.modules)
"""
WORKERS_OWN = {
    *("libcst", "rope", "ruff"),
    *("tree_sitter", "tree_sitter_bash", "tree_sitter_javascript", "tree_sitter_typescript"),
}


def test_the_daemon_loads_nothing_that_only_the_refactoring_worker_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DAEMON], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert "bridge.harness.refactoring.values" in loaded
    assert not loaded & WORKERS_OWN
    assert not [name for name in loaded if name.startswith("bridge.harness.refactoring.") and name not in VALUES]


VALUES = {"bridge.harness.refactoring.values", "bridge.harness.refactoring.wire"}
