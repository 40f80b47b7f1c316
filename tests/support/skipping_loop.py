"""An event loop in which nobody waits: where only a timer is left, the time is moved on to it."""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any


class _Selector(selectors.BaseSelector):
    """Never sleeps for a timer; for a thread or a socket with no timer beside it, as usual."""

    def __init__(self) -> None:
        self.skipped = 0.0
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return self._real.select(None)
        found = self._real.select(0)
        if not found:
            self.skipped += max(timeout, 0.0)
        return found

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class SkippingLoop(asyncio.SelectorEventLoop):
    """For fakes that answer later, and code that waits for them for seconds."""

    def __init__(self) -> None:
        self._skipping = _Selector()
        super().__init__(self._skipping)

    def time(self) -> float:
        """The real time and all that was skipped."""
        return super().time() + self._skipping.skipped
