"""Streams of a model, left at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from bridge.harness.values.model import ModelEvent

CLOSING = 0.2
"""Seconds that a stream has to close its connection, when the turn is stopped."""


@asynccontextmanager
async def closing(events: AsyncIterator[ModelEvent]) -> AsyncIterator[AsyncIterator[ModelEvent]]:
    """A stream that is left early lets go of its connection at once, and holds nobody up while it does."""
    try:
        yield events
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            with anyio.move_on_after(CLOSING, shield=True):
                await close()
