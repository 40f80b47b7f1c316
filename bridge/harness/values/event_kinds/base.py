"""What all events have."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    synced: ClassVar[bool] = False

    @property
    def durable(self) -> bool:
        """Whether it has to be on disk (fsync) before anyone sees it."""
        return self.synced
