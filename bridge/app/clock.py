"""The system's clocks."""

import time


class SystemClock:
    """Implements the Clock port."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps."""
        return time.monotonic()
