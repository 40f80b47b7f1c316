"""Commands that a model has written: run in a session of their own, and ended with all that they have started."""

import os
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.abc import Process

from bridge.app.process import open_child
from bridge.app.process_tree import MARK, Tree
from bridge.harness.ports.process import Ran, Written

PIECE = 64 << 10
"""Bytes in one read: what a pipe holds on Linux."""

PIPE_S = 1.0
"""Seconds in which background processes may still write, after the command itself has ended."""

GRACE_S = 2.0
"""Seconds from SIGTERM to SIGKILL, at the time limit and for what was left behind."""

CANCEL_GRACE_S = 0.15
"""The same where a person has stopped the turn, which then ends within half a second."""

KILL_S = 0.2
"""Seconds that SIGKILL is given; a process that the system doesn't let go of is not waited for longer."""

PAUSE_S = 0.01
"""Seconds between two looks at what still lives."""


class LocalCommands:
    """Implements the Commands port. There is no sandbox."""

    async def run(
        self, argv: Sequence[str], cwd: Path, environment: Mapping[str, str], seconds: float, keep: int
    ) -> Ran:
        """See the port."""
        mark = secrets.token_hex(8)
        ends = Ends(keep)
        async with _piped(argv, cwd, {**environment, MARK: mark}) as (child, pipe):
            tree = Tree(child.pid, mark)
            code: int | None = None
            left, ended = 0, False
            try:
                async with anyio.create_task_group() as group:
                    drained = anyio.Event()
                    group.start_soon(_drain, pipe, ends, drained)
                    with anyio.move_on_after(seconds):
                        code = await child.wait()
                    left = await _rest(tree, drained, code)
                    ended = True
                    with anyio.move_on_after(KILL_S):  # what was in the pipe; one that was not found may hold it open
                        await drained.wait()
                    group.cancel_scope.cancel()
            finally:
                if not ended:
                    with anyio.CancelScope(shield=True):
                        await _end(tree, CANCEL_GRACE_S)
                await _reap(child)
        return Ran(code, ends.written(), left)


class Ends:
    """The first and the last `keep` bytes of a stream, in memory that does not grow with it."""

    def __init__(self, keep: int) -> None:
        """Empty."""
        self._keep = keep
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0

    def add(self, piece: bytes) -> None:
        """What comes next."""
        self._total += len(piece)
        room = self._keep - len(self._head)
        self._head += piece[:room]
        self._tail += piece[room:]
        if len(self._tail) > self._keep:
            del self._tail[: -self._keep]

    def written(self) -> Written:
        """What was kept."""
        return Written(bytes(self._head), bytes(self._tail), self._total - len(self._head) - len(self._tail))


@asynccontextmanager
async def _piped(argv: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> AsyncIterator[tuple[Process, int]]:
    """A child that runs, and the end of its output that is read from.

    The pipe is ours: with one of asyncio's the child has not ended, for asyncio, before every process that holds the
    pipe has, and one in the background may hold it for ever.
    """
    reading, writing = os.pipe()
    try:
        try:
            child = await open_child(argv, cwd, subprocess.DEVNULL, (writing, writing), environment)
        finally:
            os.close(writing)
        os.set_blocking(reading, False)
        yield child, reading
    finally:
        os.close(reading)


async def _drain(pipe: int, ends: Ends, drained: anyio.Event) -> None:
    while True:
        await anyio.wait_readable(pipe)
        try:
            piece = os.read(pipe, PIECE)
        except BlockingIOError:
            continue
        if not piece:
            break
        ends.add(piece)
    drained.set()


async def _rest(tree: Tree, drained: anyio.Event, code: int | None) -> int:
    """End what is not over; how many processes a command that had ended by itself left behind."""
    if code is None:
        await _end(tree, GRACE_S)
        return 0
    with anyio.move_on_after(PIPE_S):
        await drained.wait()
    left = await anyio.to_thread.run_sync(tree.count)
    if left:
        await _end(tree, GRACE_S)
    return left


async def _end(tree: Tree, grace: float) -> None:
    """SIGTERM, and after the grace SIGKILL: to whatever is left, and to what is started meanwhile."""
    await anyio.to_thread.run_sync(tree.signal, signal.SIGTERM)
    if not await _gone(tree.count, grace):
        await _gone(partial(tree.signal, signal.SIGKILL), KILL_S)


async def _gone(look: Callable[[], int], within: float) -> bool:
    """Look until nothing is left, at most so many seconds long."""
    with anyio.move_on_after(within):
        while await anyio.to_thread.run_sync(look):  # noqa: ASYNC110 - what is not our child sets no event
            await anyio.sleep(PAUSE_S)
        return True
    return False


async def _reap(child: Process) -> None:
    with anyio.move_on_after(KILL_S, shield=True):
        await child.wait()
