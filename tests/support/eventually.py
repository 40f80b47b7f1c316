"""Waiting for what another process does: a real editor, a daemon. The only place in tests that sleeps.

Within one process a test waits on the event itself, never here.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import anyio

T = TypeVar("T")

# How often we look, in seconds: short beside Neovim's batches of 150 ms, long beside the look itself.
PAUSE = 0.02


def eventually(predicate: Callable[[], T | None], within: float = 5.0) -> T:
    """The predicate's first true answer within so many seconds; an AssertionError inside it means "not yet".

    Raises AssertionError with the last answer or complaint when the time is over; it looks at least once.
    """
    deadline = time.monotonic() + within
    while (answer := _look(predicate, deadline, within)) is None:
        time.sleep(PAUSE)
    return answer


async def eventually_async(predicate: Callable[[], T | None], within: float = 5.0) -> T:
    """The same, letting the event loop run between two looks."""
    deadline = time.monotonic() + within
    while (answer := _look(predicate, deadline, within)) is None:  # noqa: ASYNC110 - another process sets no event
        await anyio.sleep(PAUSE)
    return answer


def _look(predicate: Callable[[], T | None], deadline: float, within: float) -> T | None:
    """The answer if it is true, None to look again later."""
    try:
        answer = predicate()
        last = repr(answer)
    except AssertionError as complaint:
        answer, last = None, str(complaint)
    if not answer and time.monotonic() >= deadline:
        raise AssertionError(f"not within {within:g} s; last: {last}")
    return answer or None
