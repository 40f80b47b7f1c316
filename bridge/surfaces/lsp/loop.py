"""The daemon's life on anyio: read, serve, and end for whatever reason there is, leaving nothing running."""

import logging
from collections.abc import Callable
from typing import Any

import anyio

from bridge.harness.isolate import isolate
from bridge.surfaces.lsp import log, watch
from bridge.surfaces.lsp.connection import Connection, Surface
from bridge.surfaces.lsp.frontdoor import EXIT_WITHOUT_SHUTDOWN, Handover
from bridge.surfaces.lsp.outbox import Outbox
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.reader import start_reader

# Seconds that requests get to finish when the input ends (a script may send everything and close), and again to react
# to being cancelled.
GRACE_S = 0.5
# Seconds for the surface's own `stop`, and for the client to take what is still queued.
STOP_S = 3.0
FLUSH_S = 1.0
# Chunks read ahead of what is handled, 64 KiB each.
READ_AHEAD = 16

_log = logging.getLogger(__name__)

Build = Callable[[Peer], Surface]


def run(handover: Handover, build: Build) -> int:
    """Serve until the client is done or gone; the exit code."""
    log.configure()
    with isolate("the daemon"):
        return anyio.run(serve, handover, build)
    return EXIT_WITHOUT_SHUTDOWN


async def serve(handover: Handover, build: Build) -> int:
    """As `run`, in a running event loop."""
    outbox = Outbox(handover.out_fd)
    peer = Peer(outbox)
    surface = build(peer)
    ending = _Ending()
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ending.on_signal)
            tasks.start_soon(ending.on_broken, outbox)
            tasks.start_soon(ending.on_reader_end, handover.out_fd)

            def watch_parent(params: dict[str, Any]) -> None:
                tasks.start_soon(ending.on_parent_end, params.get("processId"))

            connection = Connection(peer, surface, tasks, watch_parent)
            grace = 0.0
            try:
                with ending.scope:
                    grace = await _read(handover, connection)
            finally:
                await _wind_up(peer, surface if connection.surface_started else None, grace)
            tasks.cancel_scope.cancel()
    finally:
        await outbox.close(FLUSH_S)
    return connection.exit_code if ending.code is None else ending.code


class _Ending:
    """The reasons to stop reading; the first one decides the exit code (None: the client's own lifecycle does)."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.code: int | None = None

    async def on_signal(self) -> None:
        name = await watch.stop_signal()
        self._end(name, 0)

    async def on_broken(self, outbox: Outbox) -> None:
        self._end(await outbox.broken())

    async def on_reader_end(self, fd: int) -> None:
        await watch.reader_end(fd)
        self._end("the client has closed its end of the pipe")

    async def on_parent_end(self, pid: object) -> None:
        if isinstance(pid, int) and not isinstance(pid, bool):
            await watch.process_end(pid)
            self._end(f"the client's process {pid} has ended")

    def _end(self, why: str, code: int | None = None) -> None:
        if not self.scope.cancel_called:
            _log.warning("stopping: %s", why)
            self.code = code
            self.scope.cancel()


async def _read(handover: Handover, connection: Connection) -> float:
    """Handle frames until the connection is over; the seconds that running requests may still take."""
    sender, receiver = anyio.create_memory_object_stream[bytes](READ_AHEAD)
    with sender, receiver:
        start_reader(handover.in_fd, sender)
        if not await connection.take(handover.first, handover.answered):
            return 0.0
        while True:
            while (item := handover.decoder.take()) is not None:
                if not await connection.take(item):
                    return 0.0
            data = await receiver.receive()
            if not data:
                return GRACE_S
            handover.decoder.feed(data)


async def _wind_up(peer: Peer, surface: Surface | None, grace: float) -> None:
    with anyio.CancelScope(shield=True):
        with anyio.move_on_after(grace):
            await peer.quiet()
        if surface is not None:
            surface.leave()
        peer.cancel_all()
        with anyio.move_on_after(GRACE_S):
            await peer.quiet()
        if surface is not None:
            with anyio.move_on_after(STOP_S), isolate("stop"):
                await surface.stop()
