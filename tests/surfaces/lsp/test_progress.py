"""A turn as `$/progress`, for clients that can do all of it, some of it, or nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
import pytest

from bridge.app.session import Session, Turn
from bridge.harness.errors import FileProblem
from bridge.harness.ids import CallId, TurnId
from bridge.harness.values.events import CallOpened, Event, Recorded, StepStarted, TurnEnded
from bridge.harness.values.text import Sha
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.progress import MESSAGE_LIMIT, Progress, waiting_for
from tests.surfaces.lsp.review_fakes import SESSION, FakeTurn, a_hunk, connected

pytestmark = pytest.mark.anyio

PROGRESS = {"window": {"workDoneProgress": True}}
UPDATES = {"experimental": {"harness": {"protocolVersion": 1, "updates": True}}}
TURN = TurnId("t")


class Desk:
    """A progress and what is around it."""

    def __init__(self, tasks: Any, capabilities: dict[str, Any]) -> None:
        self.context, self.runtime, self.outbox = connected((), capabilities, tasks)
        self.progress = Progress(self.context)
        self.turn = FakeTurn()
        self.runtime.turn = self.turn
        self._tasks = tasks

    def begin(self, token: int | str | None = None) -> None:
        session, turn = self.runtime.session(SESSION), cast("Turn", self.turn)
        self._tasks.start_soon(self.progress.begin, session, turn, token)

    def tell(self, event: Event) -> None:
        self.progress.on_update(SESSION, Recorded(1, 0.0, event))

    def values(self) -> list[dict[str, Any]]:
        return [m["params"]["value"] for m in self.outbox.sent if m["method"] == "$/progress"]

    def said(self) -> list[str]:
        return [m["params"]["message"] for m in self.outbox.sent if m["method"] == "window/showMessage"]


@asynccontextmanager
async def desk(capabilities: dict[str, Any]) -> AsyncIterator[Desk]:
    async with anyio.create_task_group() as tasks:
        yield Desk(tasks, capabilities)
        tasks.cancel_scope.cancel()


async def test_a_token_of_our_own_is_used_once_the_client_has_taken_it() -> None:
    async with desk(PROGRESS) as at:
        at.begin()
        (create,) = await at.outbox.until(1)
        assert create["method"] == "window/workDoneProgress/create"
        at.context.peer.deliver(Response(create["id"], None))
        await at.outbox.until(2)
        assert at.outbox.sent[1]["params"]["token"] == create["params"]["token"]
        assert at.values()[0] == {"kind": "begin", "title": "Agent", "cancellable": True, "message": "thinking"}


async def test_a_client_that_refuses_the_token_is_sent_no_progress() -> None:
    async with desk(PROGRESS) as at:
        at.begin()
        (create,) = await at.outbox.until(1)
        at.context.peer.deliver(Response(create["id"], error={"code": -32601, "message": "no"}))
        await at.turn.waited.wait()
        at.tell(TurnEnded(TURN, "cancelled"))
        assert len(at.outbox.sent) == 1


async def test_a_client_without_progress_is_asked_for_no_token() -> None:
    async with desk({}) as at:
        at.begin()
        await at.turn.waited.wait()
        at.tell(TurnEnded(TURN, "failed", "the model is away"))
        assert at.values() == []
        assert at.said() == ["Agent: the model is away"]


@pytest.mark.parametrize("token", ["mine", 7, 0, ""])
async def test_the_clients_own_token_is_used_as_it_is(token: int | str) -> None:
    async with desk({}) as at:
        at.begin(token)
        await at.turn.waited.wait()
        at.tell(TurnEnded(TURN, "cancelled"))
        assert [m["params"]["token"] for m in at.outbox.sent if m["method"] == "$/progress"] == [token] * len(
            at.values()
        )
        assert at.values()[-1] == {"kind": "end", "message": "stopped"}


async def test_what_it_does_is_told_once_and_what_can_t_be_seen_in_it_is_made_visible() -> None:
    async with desk({}) as at:
        at.begin("t")
        await at.turn.waited.wait()
        at.tell(CallOpened(TURN, CallId("c"), "x", "read", "Read a\u202e\x1b.py", {}))
        count = len(at.outbox.sent)
        await at.outbox.until(count + 1)
        assert at.values()[-1]["message"] == "Read a\\u202e\\x1b.py"
        for _ in range(10):
            at.tell(StepStarted(TURN, 2, Sha("0")))
        await at.outbox.until(count + 2)
        assert at.values()[-1]["message"] == "thinking"
        assert len(at.outbox.sent) == count + 2


async def test_a_turn_whose_end_could_not_be_recorded_is_ended_and_told_with_what_to_do() -> None:
    async with desk({}) as at:
        at.begin("t")
        await at.turn.waited.wait()
        at.turn.fail(FileProblem("disk_full", "/log"))
        await at.outbox.until(4)
        assert at.values()[-1]["kind"] == "end"
        (said,) = at.said()
        assert said.startswith("Agent: Make room on the disk")
        assert len(said) <= MESSAGE_LIMIT + len("Agent: ")


async def test_a_client_that_renders_updates_itself_is_told_nothing_besides() -> None:
    async with desk(UPDATES) as at:
        at.begin()
        await at.turn.waited.wait()
        at.tell(TurnEnded(TURN, "failed", "the model is away"))
        assert at.outbox.sent == []


async def test_a_stop_of_an_unknown_token_is_no_fault() -> None:
    async with desk({}) as at:
        at.progress.cancel("nobody")


def test_what_the_turn_waits_for_is_counted() -> None:
    _, runtime, _ = connected()
    session: Session = runtime.session(SESSION)
    assert waiting_for(session) == ""
    runtime.views.append(a_hunk("a", 1))
    assert waiting_for(session) == "waiting for you: 1 hunk in 1 file"
    runtime.views.append(a_hunk("b", 3))
    assert waiting_for(session) == "waiting for you: 2 hunks in 1 file"
