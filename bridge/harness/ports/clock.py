"""Time."""

from typing import Protocol


class Clock(Protocol):
    """Two clocks: the wall for people, the monotonic one for deadlines. Both in seconds."""

    def now(self) -> float:
        """Unix time."""
        ...

    def monotonic(self) -> float:
        """A clock that never jumps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Until so much time has passed."""
        ...
