"""The one way into a session's log."""

from collections.abc import Iterable
from typing import Protocol

import anyio

from bridge.app.bus import Bus
from bridge.harness.ids import SessionId
from bridge.harness.isolate import isolate
from bridge.harness.session.log import SessionLog
from bridge.harness.values.events import Event, Recorded


class Owner(Protocol):
    """Owns one part of a session's state, as a fold of its log."""

    def fold(self, event: Event) -> None:
        """Take in one event."""
        ...


class SessionJournal:
    """The one way into the log: written, then folded by every owner, then told. Implements the Journal port."""

    def __init__(self, session: SessionId, log: SessionLog, bus: Bus) -> None:
        """Owners are added while the session is built."""
        self._session = session
        self._log = log
        self._bus = bus
        self._owners: list[Owner] = []
        self._order = anyio.Lock()

    def own(self, *owners: Owner) -> None:
        """From now on these fold each event."""
        self._owners += owners

    def replay(self, records: Iterable[Recorded]) -> None:
        """Fold what a log holds; nobody is told. What a gap has orphaned is left out, the rest is folded."""
        for record in records:
            for owner in self._owners:
                with isolate(f"record {record.seq} of session {self._session}"):
                    owner.fold(record.event)

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """See the port."""
        async with self._order:
            records = await self._log.append(*events)
            # What is appended together is one fact: nobody is told of its first half while the second is not folded.
            for record in records:
                self._fold(record.event)
            for record in records:
                self._bus.publish(self._session, record)
            return records

    def _fold(self, event: Event) -> None:
        for owner in self._owners:
            owner.fold(event)
