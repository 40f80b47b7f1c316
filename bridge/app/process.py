"""Child processes of the bridge itself (search); tools that run commands come with a sandbox of their own."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

from bridge.harness.errors import FileProblem
from bridge.harness.ports.process import Completed

STDERR_LIMIT = 64 << 10


class LocalProcess:
    """Implements the Process port; each child leads a process group of its own, so that all of it can be ended."""

    async def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = 4 << 20) -> Completed:
        """See the port."""
        try:
            child = await anyio.open_process(
                list(argv),
                cwd=cwd,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise FileProblem.of(error, Path(error.filename or argv[0])) from error
        try:
            return await _talk(child, stdin, limit)
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
            with anyio.CancelScope(shield=True):
                await child.aclose()


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
