"""The system's clocks."""

import time

import anyio


class SystemClock:
    """Implements the Clock port."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See the port."""
        await anyio.sleep(seconds)
