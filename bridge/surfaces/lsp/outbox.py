"""The way out: one queue and one writing thread for all that is sent, so a slow client never blocks the loop."""

import os
import threading
from typing import Final

import anyio
import anyio.from_thread
import anyio.lowlevel

# Above this many unwritten bytes only the latest of the notifications with one key is kept.
SOFT_CAP: Final = 1024 * 1024
# Above this the client is given up: it has not read for a long time, and memory is everyone's.
HARD_CAP: Final = 32 * 1024 * 1024
# One write to a pipe; small enough that `pending` follows what the client has taken.
WRITE_SIZE: Final = 64 * 1024


class Outbox:
    """Frames queued for one descriptor, written in their order. Made in the event loop, whose thread alone may send.

    When the client can't be written to any more, `broken` returns and what is sent afterwards is dropped.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._token = anyio.lowlevel.current_token()
        self._ready = threading.Condition()
        self._queue: list[bytes] = []
        self._latest: dict[str, int] = {}
        self._pending = 0
        self._idle = False
        self._closing = False
        self._reason = ""
        self._over = anyio.Event()
        # A daemon thread: one that hangs in a write to a client that doesn't read must not hold up the exit.
        threading.Thread(target=self._pump, name="outbox", daemon=True).start()

    @property
    def pending(self) -> int:
        """Bytes that the client has not taken yet."""
        return self._pending

    def send(self, frame: bytes, key: str | None = None) -> None:
        """Queue one frame. While the client lags, a frame takes the place of an earlier one with the same key."""
        with self._ready:
            if self._closing:
                return
            if key is not None:
                if self._pending > SOFT_CAP:
                    self._drop(key)
                self._latest[key] = len(self._queue)
            self._queue.append(frame)
            self._pending += len(frame)
            overflown = self._pending > HARD_CAP
            if self._idle:
                self._ready.notify()
        if overflown:
            self._give_up(f"the client has left {HARD_CAP} bytes unread")

    async def broken(self) -> str:
        """Wait until the client can't be written to; why."""
        await self._over.wait()
        return self._reason

    async def close(self, within: float) -> None:
        """Write what is queued, for so many seconds at most, and stop."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        with anyio.move_on_after(within, shield=True):
            await self._over.wait()

    def _drop(self, key: str) -> None:
        index = self._latest.get(key)
        if index is not None:
            self._pending -= len(self._queue[index])
            self._queue[index] = b""

    def _pump(self) -> None:
        reason = ""
        try:
            while batch := self._next_batch():
                self._write(batch)
        except OSError as error:
            reason = f"the client's pipe is closed ({error.strerror})"
        try:
            anyio.from_thread.run_sync(self._give_up, reason, token=self._token)
        except RuntimeError:
            # The loop has ended without waiting for us: nobody is left to tell.
            return

    def _next_batch(self) -> bytes:
        """All that is queued, once there is something; empty when closing."""
        with self._ready:
            self._idle = True
            self._ready.wait_for(lambda: self._queue or self._closing)
            self._idle = False
            queue, self._queue = self._queue, []
            self._latest.clear()
        return b"".join(queue)

    def _write(self, batch: bytes) -> None:
        rest = memoryview(batch)
        while rest:
            written = os.write(self._fd, rest[:WRITE_SIZE])
            rest = rest[written:]
            with self._ready:
                self._pending -= written

    def _give_up(self, reason: str) -> None:
        with self._ready:
            self._closing = True
            self._queue.clear()
        self._reason = self._reason or reason
        self._over.set()
