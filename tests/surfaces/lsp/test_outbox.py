import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from bridge.surfaces.lsp.outbox import HARD_CAP, SOFT_CAP, Outbox
from bridge.surfaces.lsp.peer import Peer

pytestmark = pytest.mark.anyio


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """The ends of a pipe; whatever hangs in it is released at the end."""
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        for end in (reading, writing):
            try:
                os.close(end)
            except OSError:
                continue


async def all_of(reading: int, size: int) -> bytes:
    """Exactly so many bytes."""

    def read() -> bytes:
        data = b""
        while len(data) < size:
            data += os.read(reading, size - len(data))
        return data

    return await anyio.to_thread.run_sync(read)


async def test_frames_arrive_in_their_order() -> None:
    with pipe() as (reading, writing):
        outbox = Outbox(writing)
        frames = [b"%d;" % number for number in range(2000)]
        for frame in frames:
            outbox.send(frame)
        await outbox.close(5)
        assert await all_of(reading, sum(map(len, frames))) == b"".join(frames)


async def test_what_is_queued_when_it_closes_is_still_written() -> None:
    with pipe() as (reading, writing):
        outbox = Outbox(writing)
        outbox.send(b"last words")
        await outbox.close(5)
        outbox.send(b"too late")
        os.close(writing)
        assert os.read(reading, 100) == b"last words"


async def test_while_the_client_lags_only_the_latest_of_a_key_is_kept_in_its_place_in_the_order() -> None:
    with pipe() as (reading, writing):
        outbox = Outbox(writing)
        size = SOFT_CAP + 1
        outbox.send(b"." * size)
        for number in range(1000):
            outbox.send(b"a%d;" % number, "a")
            outbox.send(b"b%d;" % number, "b")
            outbox.send(b"-")
        tail = b"-" * 999 + b"a999;b999;-"
        assert (await all_of(reading, size + len(tail)))[size:] == tail
        await outbox.close(5)


async def test_a_client_that_keeps_up_gets_every_notification_of_a_key() -> None:
    with pipe() as (reading, writing):
        outbox = Outbox(writing)
        for number in range(100):
            outbox.send(b"%d;" % number, "a")
        await outbox.close(5)
        assert (await all_of(reading, 290)).count(b";") == 100


async def test_a_client_that_leaves_too_much_unread_is_given_up_and_memory_is_bounded() -> None:
    with pipe() as (_, writing):
        outbox = Outbox(writing)
        piece = bytes(1024 * 1024)
        for _ in range(2 * HARD_CAP // len(piece)):
            outbox.send(piece)
        with anyio.fail_after(5):
            assert "unread" in await outbox.broken()
        assert outbox.pending <= HARD_CAP + 2 * len(piece)


async def test_a_client_that_has_gone_is_noticed_at_the_next_write() -> None:
    with pipe() as (reading, writing):
        outbox = Outbox(writing)
        os.close(reading)
        outbox.send(b"anyone?")
        with anyio.fail_after(5):
            assert "closed" in await outbox.broken()
        outbox.send(b"dropped")


async def test_closing_waits_no_longer_than_it_is_told() -> None:
    with pipe() as (_, writing):
        outbox = Outbox(writing)
        outbox.send(bytes(SOFT_CAP))
        begun = time.monotonic()
        await outbox.close(0.05)
        assert time.monotonic() - begun < 2


@pytest.mark.bench
async def test_a_notification_costs_at_most_15_microseconds_at_the_95th_percentile() -> None:
    with pipe() as (reading, writing):
        outbox = Outbox(writing)
        peer = Peer(outbox)
        params = {"sessionId": "01J0000000000000000000000", "seq": 7, "update": {"kind": "text", "text": "x" * 40}}
        costs = []

        async def drain() -> None:
            while await anyio.to_thread.run_sync(os.read, reading, 65536):
                pass

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drain)
            for _ in range(5000):
                begun = time.perf_counter()
                peer.notify("harness/session/update", params, "key")
                costs.append(time.perf_counter() - begun)
                if len(costs) % 50 == 0:
                    await anyio.lowlevel.checkpoint()
            await outbox.close(5)
            os.close(writing)
        assert statistics.quantiles(costs, n=20)[-1] <= 15e-6, statistics.quantiles(costs, n=20)
