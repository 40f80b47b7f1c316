"""The session's log, as its writers see it."""

from typing import Protocol

from bridge.harness.values.events import Event, Recorded


class Journal(Protocol):
    """Append-only. An event is in the log, synced where it is durable, before `append` returns or anyone sees it."""

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """Write the events in order, as one write; raises `FileProblem` when the disk refuses.

        When it returns, every owner has folded the events, and whoever listens has been told.
        """
        ...
