"""Work that many events ask for, done once for all of them."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup

from bridge.harness.isolate import isolate

KeyT = TypeVar("KeyT")

JOIN_S = 0.033
"""What is shown follows what happens within two frames of a screen (design, rule 7)."""


class Joined(Generic[KeyT]):
    """The first one who asks is served at once, later ones together.

    Where the work itself takes long, as on thousands of hunks, it gets half of the time and no more.
    """

    def __init__(self, what: str, tasks: Callable[[], TaskGroup], work: Callable[[KeyT], None]) -> None:
        """`work` is done for each key that was asked for; its failure is logged as one of `what`."""
        self._what = what
        self._tasks = tasks
        self._work = work
        self._asked: dict[KeyT, None] = {}
        self._runs = False

    def ask(self, key: KeyT) -> None:
        """Have the work done for this key, soon."""
        self._asked[key] = None
        if not self._runs:
            self._runs = True
            self._tasks().start_soon(self._run)

    def flush(self) -> None:
        """Do now what was asked for."""
        asked, self._asked = self._asked, {}
        for key in asked:
            with isolate(self._what):
                self._work(key)

    async def _run(self) -> None:
        try:
            while self._asked:
                began = time.monotonic()
                self.flush()
                await anyio.sleep(max(JOIN_S, time.monotonic() - began))
        finally:
            self._runs = False
