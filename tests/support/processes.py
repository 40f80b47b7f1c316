"""Whether processes that a test has started are still there (Linux)."""

import os
from pathlib import Path


def gone(pid: int) -> bool:
    """Ended, or waiting for the system to take notice."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][0] in "ZX"
    except (ProcessLookupError, FileNotFoundError):
        return True


def pids_in(path: Path) -> list[int]:
    """The ids that processes have written there, whole lines of them."""
    lines = path.read_text(encoding="ascii").splitlines(keepends=True) if path.exists() else []
    return [int(line) for line in lines if line.endswith("\n")]
