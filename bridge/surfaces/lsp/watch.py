"""Ways in which a client can be gone without saying so."""

import logging
import os
import signal
import stat
import sys

import anyio

_log = logging.getLogger(__name__)

# How often a process is looked for where the system can't tell when it ends, in seconds.
POLL_S = 2.0


async def stop_signal() -> str:
    """Wait for SIGTERM, SIGINT or SIGHUP; its name. Where the system has no such signals this never returns."""
    wanted = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)]
    try:
        with anyio.open_signal_receiver(*wanted) as received:
            async for number in received:
                return signal.Signals(number).name
    except NotImplementedError:
        _log.debug("this system's loop takes no signals")
    await anyio.sleep_forever()
    return ""


async def process_end(pid: int) -> None:
    """Wait until the process has ended.

    For one that is not there to begin with this never returns: the editor may run in another container, and its id then
    says nothing here. The end of stdin still does.
    """
    if pid <= 0 or sys.platform == "win32":
        # os.kill(pid, 0) would end the process on Windows.
        await anyio.sleep_forever()
    if not _alive(pid):
        _log.info("the client's process %d is not visible here", pid)
        await anyio.sleep_forever()
    if sys.platform == "linux":
        try:
            await _pidfd_end(pid)
            return
        except OSError as error:
            _log.debug("no pidfd (%s), polling", error)
    while _alive(pid):  # noqa: ASYNC110 - nothing tells us, so we look
        await anyio.sleep(POLL_S)


async def reader_end(fd: int) -> None:
    """Wait until nobody can read any more what is written to this pipe. Never returns for what is not a pipe.

    For sockets, which some clients use as pipes, only the next write can tell.
    """
    if not stat.S_ISFIFO(os.fstat(fd).st_mode):
        await anyio.sleep_forever()
    try:
        # The writing end of a pipe becomes "readable" in one case only: the error that its reader is gone.
        await anyio.wait_readable(fd)
    except (OSError, NotImplementedError) as error:
        _log.debug("the client's pipe can't be watched: %s", error)
        await anyio.sleep_forever()


async def _pidfd_end(pid: int) -> None:
    if sys.platform != "linux":
        return
    fd = os.pidfd_open(pid)
    try:
        await anyio.wait_readable(fd)
    finally:
        os.close(fd)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
