"""Pieces of messages: the first at once, the later ones joined, everything in its order, whatever comes in."""

import os
import time
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from bridge.harness.ids import SessionId, TurnId
from bridge.harness.values.events import ItemDone, Note, Recorded, StepStarted
from bridge.harness.values.model import ReasoningDelta, TextDelta
from bridge.harness.values.text import Sha
from bridge.surfaces.lsp.outbox import Outbox
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.updates import UpdateStream
from bridge.surfaces.mapping.pieces import PIECE
from tests.surfaces.lsp.fakes import FakeOutbox
from tests.surfaces.lsp.review_fakes import SESSION, connected

pytestmark = pytest.mark.anyio

TURN = TurnId("t")
OTHER = SessionId("02OTHER")


def shown(outbox: FakeOutbox) -> list[tuple[str, str]]:
    """Kind and text of what was sent."""
    rows = [message["params"]["update"] for message in outbox.sent]
    return [(row["sessionUpdate"], row.get("text") or row.get("content", {}).get("text", "")) for row in rows]


def says(text: str) -> tuple[str, str]:
    return "agent_message_chunk", text


class Desk:
    """A stream of updates to a client."""

    def __init__(self, tasks: Any) -> None:
        self.context, _, self.outbox = connected(tasks=tasks)
        self.stream = UpdateStream(self.context)

    def delta(self, text: str, item: str = "m", session: SessionId = SESSION) -> None:
        self.stream.on_update(session, TextDelta(item, 0, text))

    def record(self, event: Any) -> None:
        self.stream.on_update(SESSION, Recorded(2, 0.0, event))


async def test_the_first_piece_goes_at_once_and_later_ones_together() -> None:
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.delta("I ")
        assert shown(desk.outbox) == [says("I ")], "before anything else runs"
        for word in ("propose ", "two ", "changes."):
            desk.delta(word)
        assert len(desk.outbox.sent) == 1
        await desk.outbox.until(2)
    assert shown(desk.outbox) == [says("I "), says("propose two changes.")]
    assert [message["params"]["update"]["messageId"] for message in desk.outbox.sent] == ["m", "m"]


async def test_the_first_piece_of_the_next_answer_goes_at_once_although_the_service_calls_it_the_same() -> None:
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.delta("one")
        desk.record(StepStarted(TURN, 2, Sha("0")))
        desk.delta("two")
        assert shown(desk.outbox) == [says("one"), says("two")]


async def test_what_joins_waits_for_a_few_hundredths_of_a_second_alone() -> None:
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.delta("one")
        began = time.monotonic()
        desk.delta("two")
        await desk.outbox.until(2)
        assert time.monotonic() - began < 1


async def test_every_other_update_comes_after_what_was_said_before_it() -> None:
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.delta("a")
        desk.delta("b")
        desk.record(Note("it was undone"))
        desk.delta("c")
        desk.stream.on_update(SESSION, ReasoningDelta("m", 0, "hm"))
        desk.delta("d", item="n")
    expected = [says("a"), says("b"), ("note", "it was undone"), says("c"), ("agent_thought_chunk", "hm"), says("d")]
    assert shown(desk.outbox) == expected


async def test_sessions_do_not_wait_for_each_other() -> None:
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.delta("a")
        desk.delta("b")
        desk.delta("x", session=OTHER)
        assert shown(desk.outbox) == [says("a"), says("x")]
    assert shown(desk.outbox) == [says("a"), says("x"), says("b")]


async def test_twenty_thousand_pieces_are_cheap_and_few_updates_and_no_character_is_lost() -> None:
    count, piece = 20_000, "wörd "
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        began = time.perf_counter()
        for _ in range(count):
            desk.delta(piece)
        taken = time.perf_counter() - began
    assert "".join(text for _, text in shown(desk.outbox)) == piece * count
    assert len(desk.outbox.sent) <= 2 + count * len(piece) // PIECE
    # 50,000 a second are asked for; a machine that is busy with other tests has a fifth of its time.
    assert taken < 5 * count / 50_000


async def test_a_client_that_does_not_read_leaves_hardly_more_than_the_words() -> None:
    count, piece = 20_000, "word "
    reading, writing = os.pipe()
    async with anyio.create_task_group() as tasks:
        desk, outbox = Desk(tasks), Outbox(writing)
        desk.context.peer = Peer(outbox)
        for number in range(count):
            desk.delta(piece)
            if number % 1000 == 0:
                await anyio.lowlevel.checkpoint()
        assert outbox.pending <= 1.1 * count * len(piece)
        os.close(reading)
        with anyio.fail_after(5):
            await outbox.broken()
        os.close(writing)
        tasks.cancel_scope.cancel()


async def test_a_message_that_came_in_no_pieces_is_told_when_it_is_finished() -> None:
    item = {"type": "message", "role": "assistant", "id": "m", "content": [{"type": "output_text", "text": "Done."}]}
    thought = {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "Easy."}]}
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        desk.record(StepStarted(TURN, 1, Sha("0")))
        desk.record(ItemDone(TURN, 1, thought))
        desk.delta("Done.")
        desk.record(ItemDone(TURN, 1, item))
        desk.record(StepStarted(TURN, 2, Sha("0")))
        desk.record(ItemDone(TURN, 2, item))
    assert shown(desk.outbox) == [("agent_thought_chunk", "Easy."), says("Done."), says("Done.")]
    assert [m["params"].get("seq") for m in desk.outbox.sent] == [2, None, 2]
