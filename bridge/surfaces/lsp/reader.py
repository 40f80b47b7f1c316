"""The way in: a thread that blocks in read, which works for pipes, sockets, terminals, files, and on Windows."""

import os
import threading
from concurrent.futures import CancelledError

import anyio
import anyio.from_thread
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectSendStream

READ_SIZE = 64 * 1024


def start_reader(fd: int, chunks: MemoryObjectSendStream[bytes]) -> None:
    """Send what is read into the stream, then b"" at the end of input. Called within the event loop.

    A full stream holds the thread back, so a client that writes faster than we work fills its own pipe.
    """
    token = anyio.lowlevel.current_token()
    # A daemon thread: one that hangs in a read must not hold up the exit.
    threading.Thread(target=_read, args=(fd, chunks, token), name="reader", daemon=True).start()


def _read(fd: int, chunks: MemoryObjectSendStream[bytes], token: anyio.lowlevel.EventLoopToken) -> None:
    data = b"?"
    while data:
        try:
            data = os.read(fd, READ_SIZE)
        except OSError:
            data = b""
        try:
            anyio.from_thread.run(chunks.send, data, token=token)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, CancelledError, RuntimeError):
            # The loop has stopped listening.
            return
