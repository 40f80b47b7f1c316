"""A turn as `$/progress`, for clients that can do all of it, some of it, or nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, cast

import anyio
import pytest

from bridge.app.session import Session, Turn
from bridge.harness.errors import FileProblem
from bridge.harness.ids import CallId, TurnId
from bridge.harness.values.events import (
    BudgetWarned,
    CallOpened,
    Compacted,
    Event,
    FeatureLowered,
    ModelSwitched,
    Recorded,
    Retried,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.text import Sha
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.progress import MESSAGE_LIMIT, NO_ANSWER, Progress, waiting_for
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


async def said_last(at: Desk, count: int) -> str:
    """The last message of progress, once there are so many reports."""
    await at.outbox.until(count)
    return str(at.values()[-1]["message"])


async def test_a_call_that_is_made_again_is_told_until_the_model_speaks() -> None:
    async with desk({}) as at:
        at.begin("theirs")
        await at.outbox.until(2)
        at.tell(Retried(TURN, 1, "rate_limited", "The service is busy.", 1, 8.0))
        assert await said_last(at, 3) == "The service is busy; next try in 8 s"
        at.progress.on_piece(SESSION)
        assert await said_last(at, 4) == "thinking"
        at.progress.on_piece(SESSION)
        assert len(at.outbox.sent) == 4, "nothing is told twice"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            Compacted(TURN, "window", "model", (), 181_000, 24_000),
            "thinking (the conversation was made smaller: 181.0k to 24.0k tokens)",
        ),
        (FeatureLowered("m", "reasoning", "it has none."), "thinking (without reasoning: it has none)"),
        (ModelSwitched(TURN, "other", "one is gone"), "thinking (goes on with other: one is gone)"),
    ],
)
async def test_what_changed_is_told_beside_the_step_that_follows_and_not_after_it(event: Event, words: str) -> None:
    async with desk(UPDATES) as at:
        at.begin("theirs")
        await at.outbox.until(2)
        at.tell(event)
        at.tell(StepStarted(TURN, 2, Sha("0")))
        assert await said_last(at, 3) == words
        at.tell(StepStarted(TURN, 3, Sha("0")))
        assert await said_last(at, 4) == "thinking"


async def test_another_model_and_the_end_of_a_budget_are_messages_where_there_are_no_updates() -> None:
    events = (
        ModelSwitched(TURN, "other", "one is gone."),
        BudgetWarned(TURN, "dollars", Decimal("4.02"), Decimal(5)),
        BudgetWarned(TURN, "tokens", Decimal(8000), Decimal(10000)),
    )
    async with desk({}) as at:
        for event in events:
            at.tell(event)
        assert at.said() == [
            "The agent goes on with other: one is gone",
            "$4.02 of the session's budget of $5.00 are spent",
            "8.0k of the session's budget of 10.0k tokens are spent",
        ]
    async with desk(UPDATES) as at:
        for event in events:
            at.tell(event)
        assert at.said() == []


def a_message(text: str, status: str = "completed", kind: str = "output_text") -> dict[str, Any]:
    part = {"type": kind, "refusal" if kind == "refusal" else "text": text}
    return {"type": "message", "role": "assistant", "status": status, "content": [part]}


@pytest.mark.parametrize(
    ("items", "ended", "told"),
    [
        ([a_message("Half, ", "incomplete"), a_message("and half.")], TurnEnded(TURN, "end_turn"), ["Half, and half."]),
        ([a_message("Half, ", "incomplete")], TurnEnded(TURN, "max_tokens", "cut off"), ["Half,", "cut off"]),
        ([a_message("No.", kind="refusal")], TurnEnded(TURN, "refusal", "No."), ["No."]),
        ([a_message("Half, ", "incomplete")], TurnEnded(TURN, "cancelled"), []),
        ([{"type": "function_call", "call_id": "c"}], TurnEnded(TURN, "end_turn"), []),
    ],
)
async def test_the_end_of_a_turn_is_told_with_all_of_its_answer(
    items: list[dict[str, Any]], ended: TurnEnded, told: list[str]
) -> None:
    async with desk({}) as at:
        at.runtime.asked.append("do it")
        at.runtime.answered_with += items
        at.tell(ended)
        assert at.said() == [f"Agent: {text}" for text in told]


@pytest.mark.parametrize("items", [[], [a_message("")], [a_message(" \n")], [{"type": "reasoning", "summary": []}]])
async def test_an_answer_with_nothing_in_it_is_told_to_be_none(items: list[dict[str, Any]]) -> None:
    async with desk({}) as at:
        at.begin("theirs")
        await at.turn.waited.wait()
        at.runtime.asked.append("do it")
        at.runtime.answered_with += items
        at.tell(TurnEnded(TURN, "end_turn"))
        assert at.said() == [NO_ANSWER]
        assert at.values()[-1] == {"kind": "end", "message": NO_ANSWER}
