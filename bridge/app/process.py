"""Child processes of the bridge itself (search, refactoring); what a model wants to run is in `process_commands`."""

import logging
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.buffered import BufferedByteReceiveStream

from bridge.harness.errors import FileProblem
from bridge.harness.ports.process import ChildEnded, Completed

logger = logging.getLogger(__name__)

STDERR_LIMIT = 64 << 10


class LocalProcess:
    """Implements the Process port; each child leads a process group of its own, so that all of it can be ended."""

    async def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = 4 << 20) -> Completed:
        """See the port."""
        child = await open_child(argv, cwd, subprocess.PIPE if stdin else subprocess.DEVNULL)
        try:
            return await _talk(child, stdin, limit)
        finally:
            await _end(child)

    async def start(self, argv: Sequence[str], cwd: Path, limit: int = 256 << 20) -> "LocalChild":
        """See the port."""
        return LocalChild(await open_child(argv, cwd, subprocess.PIPE), limit)


class LocalChild:
    """Implements the Child port. What the child says on stderr during an exchange goes to our log."""

    def __init__(self, child: Process, limit: int) -> None:
        """Running."""
        self._child = child
        self._limit = limit
        self._answers = BufferedByteReceiveStream(child.stdout) if child.stdout is not None else None

    @property
    def ended(self) -> bool:
        """See the port."""
        return self._child.returncode is not None

    async def ask(self, line: bytes) -> bytes:
        """See the port."""
        said = Sink(STDERR_LIMIT)
        answer: bytes | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(said.drain, self._child.stderr, False)
            answer = await self._exchange(line)
            if answer is not None:
                group.cancel_scope.cancel()
        if said.kept:
            logger.warning("a child (%d) said: %s", self._child.pid, said.kept.decode("utf-8", "replace").rstrip())
        if answer is None:
            raise ChildEnded(await self._child.wait())
        return answer

    async def end(self) -> None:
        """See the port."""
        await _end(self._child)

    async def _exchange(self, line: bytes) -> bytes | None:
        """None where the child has ended, or does not keep to lines: it is ended then."""
        if self._child.stdin is None or self._answers is None:
            return None
        try:
            await self._child.stdin.send(line)
            return await self._answers.receive_until(b"\n", self._limit) + b"\n"
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.IncompleteRead, anyio.DelimiterNotFound):
            _kill(self._child)
            return None


async def open_child(
    argv: Sequence[str],
    cwd: Path,
    stdin: int,
    outputs: tuple[int, int] = (subprocess.PIPE, subprocess.PIPE),
    environment: Mapping[str, str] | None = None,
) -> Process:
    """Start a child that leads a session of its own; `outputs` are its stdout and stderr, `environment` None is ours.

    Not to be cancelled halfway: a child that nobody knows of would be left. Raises `FileProblem` where the program or
    the folder is missing.
    """
    child: Process | None = None
    out, err = outputs
    try:
        with anyio.CancelScope(shield=True):
            child = await anyio.open_process(
                list(argv), cwd=cwd, stdin=stdin, stdout=out, stderr=err, env=environment, start_new_session=True
            )
    except OSError as error:
        raise FileProblem.of(error, Path(error.filename or argv[0])) from error
    assert child is not None, "a shield swallows nothing"
    return child


async def _end(child: Process) -> None:
    _kill(child)
    with anyio.CancelScope(shield=True):
        await child.aclose()


def _kill(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


async def _talk(child: Process, stdin: bytes, limit: int) -> Completed:
    out, err = Sink(limit), Sink(STDERR_LIMIT)
    async with anyio.create_task_group() as group:
        group.start_soon(_feed, child, stdin)
        group.start_soon(err.drain, child.stderr, False)
        await out.drain(child.stdout)
        if out.cut:
            group.cancel_scope.cancel()
    if out.cut:
        return Completed(0, bytes(out.kept), bytes(err.kept), cut=True)
    return Completed(await child.wait(), bytes(out.kept), bytes(err.kept))


async def _feed(child: Process, stdin: bytes) -> None:
    if child.stdin is not None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            await child.stdin.send(stdin)
        await child.stdin.aclose()


class Sink:
    """Keeps the first `limit` bytes of a stream."""

    def __init__(self, limit: int) -> None:
        """Empty."""
        self.kept = bytearray()
        self.cut = False
        self._limit = limit

    async def drain(self, stream: ByteReceiveStream | None, stop: bool = True) -> None:
        """Read until the stream ends, or until the limit is reached where `stop` says so.

        A stream that nobody reads any more fills up, and holds the child back for ever.
        """
        if stream is None:
            return
        async for piece in stream:
            self.kept += piece
            if len(self.kept) > self._limit:
                del self.kept[self._limit :]
                self.cut = True
                if stop:
                    return
