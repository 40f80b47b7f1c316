"""Child processes."""

from collections.abc import Mapping, Sequence
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


class ChildEnded(Exception):
    """A child ended instead of answering. `code` is its exit code, negative for a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(f"it ended with code {code}" if code >= 0 else f"it was ended by signal {-code}")
        self.code = code


class Child(Protocol):
    """A child that lives on, and answers each line on its stdin by a line on its stdout."""

    @property
    def ended(self) -> bool:
        """Whether it is known to have ended."""
        ...

    async def ask(self, line: bytes) -> bytes:
        """One exchange, one at a time; both lines with their ends. Raises `ChildEnded`.

        One that was cancelled leaves the child in the middle of an answer: end it then.
        """
        ...

    async def end(self) -> None:
        """End its process group at once, and wait for it. A second time is no error."""
        ...


class Process(Protocol):
    """Runs argument vectors, never shell text."""

    async def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = 4 << 20) -> Completed:
        """Run to the end; at most `limit` bytes of stdout are kept, then the child is stopped.

        Cancellation ends the child's process group. Raises `FileProblem` where the program is missing.
        """
        ...

    async def start(self, argv: Sequence[str], cwd: Path, limit: int = 256 << 20) -> Child:
        """A child to talk to, for whoever started it to end; an answer may have `limit` bytes.

        Its stdin ends when this process does. Raises `FileProblem` where the program is missing.
        """
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """The first and the last bytes that a command wrote; `dropped` bytes between them were not kept."""

    head: bytes
    tail: bytes = b""
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a command.

    `code` is its exit code, negative for a signal, None where it was stopped at its time limit. `left` counts the
    processes that it had left behind; they were ended with it.
    """

    code: int | None
    output: Written
    left: int = 0


class Commands(Protocol):
    """Runs what a model has written and a person or a rule has agreed to."""

    async def run(
        self, argv: Sequence[str], cwd: Path, environment: Mapping[str, str], seconds: float, keep: int
    ) -> Ran:
        """Run to the end, at most so many `seconds`, with an empty stdin, this environment and no other.

        stdout and stderr are one stream, in the order of writing; its first and last `keep` bytes are kept. No process
        of the command outlives the call, whether it ends, is stopped or is cancelled. Raises `FileProblem` where the
        program or the folder is missing.
        """
        ...
