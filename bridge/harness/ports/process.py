"""Child processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Completed:
    """What a child left: `code` is its exit code; `cut` tells that output beyond the limit was dropped."""

    code: int
    stdout: bytes
    stderr: bytes
    cut: bool = False


class Process(Protocol):
    """Runs argument vectors, never shell text."""

    async def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = 4 << 20) -> Completed:
        """Run to the end; at most `limit` bytes of stdout are kept, then the child is stopped.

        Cancellation ends the child's process group. Raises `FileProblem` where the program is missing.
        """
        ...
