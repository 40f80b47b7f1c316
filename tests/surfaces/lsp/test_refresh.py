"""The client is asked to ask again: when something else is to be seen, and not more often than it answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from bridge.app.bus import HunksMoved, Update
from bridge.harness.ids import HunkId, TurnId
from bridge.harness.values.events import (
    Event,
    HunkFresh,
    HunkStale,
    Placed,
    Prompt,
    Recorded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.text import Sha
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.review.refresh import CONTENT, HINTS, LENSES, Refresher
from bridge.surfaces.lsp.review.virtual import VirtualDocuments
from tests.surfaces.lsp.fakes import FakeOutbox
from tests.surfaces.lsp.review_fakes import SESSION, URI, a_hunk, connected

pytestmark = pytest.mark.anyio

ALL = {"workspace": {"codeLens": {"refreshSupport": True}, "inlayHint": {"refreshSupport": True}}}
H = HunkId("h")
PROPOSAL = "harness:/proposal/h/a.py"


def recorded(event: Event) -> Recorded:
    return Recorded(1, 0.0, event)


@asynccontextmanager
async def refreshing(
    capabilities: dict[str, Any] | None = None, *, to_the_end: bool = False
) -> AsyncIterator[tuple[Refresher, FakeOutbox, Peer]]:
    """A client of these capabilities that has opened the proposal for its one hunk's file."""
    async with anyio.create_task_group() as tasks:
        context, runtime, outbox = connected([a_hunk("h", 3)], capabilities, tasks)
        runtime.texts[URI] = "x\n"
        documents = VirtualDocuments(context)
        await documents.text(PROPOSAL)
        yield Refresher(context, documents), outbox, context.peer
        if not to_the_end:
            tasks.cancel_scope.cancel()


def methods(outbox: FakeOutbox) -> list[str]:
    return [message["method"] for message in outbox.sent]


@pytest.mark.parametrize(
    ("update", "asked"),
    [
        (recorded(HunkStale(H, "overlap")), [LENSES, HINTS, CONTENT]),
        (recorded(HunkFresh(H)), [LENSES, HINTS, CONTENT]),
        (recorded(Placed(H, "present", "")), [LENSES, HINTS, CONTENT]),
        (recorded(Prompt(TurnId("t"), "x")), [LENSES]),
        (recorded(TurnEnded(TurnId("t"), "end_turn")), [LENSES]),
        (HunksMoved(URI), [CONTENT]),
    ],
)
async def test_what_an_update_changes_is_asked_for(update: Update, asked: list[str]) -> None:
    async with refreshing(ALL) as (refresher, outbox, _):
        refresher.on_update(SESSION, update)
        sent = await outbox.until(len(asked))
        assert sorted(message["method"] for message in sent) == asked
        assert [m["params"] for m in sent if m["method"] == CONTENT] == [{"uri": PROPOSAL}] * asked.count(CONTENT)


async def test_what_changes_nothing_that_is_seen_asks_for_nothing() -> None:
    async with refreshing(ALL) as (refresher, outbox, _):
        refresher.on_update(SESSION, recorded(StepStarted(TurnId("t"), 1, Sha(""))))
        refresher.on_update(SESSION, recorded(HunkStale(HunkId("unknown"), "gone")))
        refresher.on_update(SESSION, recorded(TurnEnded(TurnId("t"), "end_turn")))
        await outbox.until(1)
        assert methods(outbox) == [LENSES]


async def test_a_client_that_can_t_is_not_asked() -> None:
    async with refreshing() as (refresher, outbox, _):
        refresher.marks()
        refresher.on_update(SESSION, recorded(HunkStale(H, "overlap")))
        await outbox.until(1)
        assert methods(outbox) == [CONTENT]


async def test_what_happens_while_the_client_answers_is_one_more_request() -> None:
    async with refreshing(ALL, to_the_end=True) as (refresher, outbox, peer):
        refresher.marks(hints=False)
        (first,) = await outbox.until(1)
        for _ in range(100):
            refresher.marks(hints=False)
        peer.deliver(Response(first["id"], result=None))
        await outbox.until(2)
        peer.deliver(Response(outbox.sent[1]["id"], result=None))
    assert methods(outbox) == [LENSES] * 2


async def test_a_client_that_refuses_is_asked_the_next_time() -> None:
    async with refreshing(ALL) as (refresher, outbox, peer):
        refresher.marks(hints=False)
        (first,) = await outbox.until(1)
        peer.deliver(Response(first["id"], error={"code": -32601, "message": "no"}))
        refresher.marks(hints=False)
        await outbox.until(2)
        assert methods(outbox) == [LENSES] * 2
