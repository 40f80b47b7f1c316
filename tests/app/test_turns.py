"""Steering, queueing, options and compaction, as a surface asks for them: on a real log."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

import anyio
import pytest

from bridge.app.bootstrap import running
from bridge.app.bus import Bus, Update
from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.app.turns import Queue
from bridge.harness.errors import AlreadyResolved, FileProblem, NotAllowed, NotFound, Stale, TryLater
from bridge.harness.ids import PromptId, SessionId, TurnId
from bridge.harness.ports.editor import NoEditor
from bridge.harness.values.events import (
    Compacted,
    Event,
    OptionName,
    OptionSet,
    Prompt,
    Queued,
    Recorded,
    Steered,
    StepStarted,
    TurnEnded,
    Unqueued,
)
from bridge.harness.values.model import OutputSchema
from bridge.harness.workspace.documents import Documents
from tests.app.desk import runtime, settings, workspace

pytestmark = pytest.mark.anyio


class Watched:
    """A runtime with one session, and what has been recorded in it."""

    def __init__(self, made: Runtime, session: Session, bus: Bus) -> None:
        self.runtime = made
        self.session = session
        self.events: list[Event] = []
        self._more = anyio.Event()
        bus.subscribe(self._hear)

    def _hear(self, _: SessionId, update: Update) -> None:
        if isinstance(update, Recorded):
            self.events.append(update.event)
            self._more.set()
            self._more = anyio.Event()

    async def until(self, fits: Callable[[Event], bool], count: int = 1) -> None:
        with anyio.fail_after(5):
            while sum(map(fits, self.events)) < count:
                await self._more.wait()

    async def ended(self, count: int = 1) -> None:
        """So many turns are over."""
        await self.until(lambda event: isinstance(event, TurnEnded), count)

    @property
    def turn(self) -> TurnId:
        assert self.session.turn is not None
        return self.session.turn.id

    def prompts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Prompt)]


@asynccontextmanager
async def watched(base: Path, known: SessionId | None = None) -> AsyncIterator[Watched]:
    bus = Bus()
    async with runtime(base, bus) as made:
        if known is None:
            session = await made.new_session(str(base / "ws"))
        else:
            session, _ = await made.load_session(known)
        yield Watched(made, session, bus)


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path)


def users(session: Session) -> list[str]:
    """What the person has said, as the model was told."""
    return [item["content"][0]["text"] for item in session.transcript.items if item.get("role") == "user"]


# Steering.


async def test_words_for_the_running_turn_are_in_its_history(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        turn = await at.runtime.prompt(at.session.id, "edit it")
        await at.until(lambda event: isinstance(event, StepStarted))
        await at.runtime.steer(at.session.id, "only this", turn.id)
        turn.interrupt()
        await turn.wait()
        assert users(at.session) == ["edit it", "only this"]
        assert [event.turn for event in at.events if isinstance(event, Steered)] == [turn.id]


async def test_words_right_after_the_prompt_come_behind_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        turn = await at.runtime.prompt(at.session.id, "hold")
        await at.runtime.steer(at.session.id, "more", turn.id)
        kinds = [type(event) for event in at.events if isinstance(event, Prompt | Steered)]
        assert kinds == [Prompt, Steered]
        turn.interrupt()
        await turn.wait()


@pytest.mark.parametrize("guess", ["", "another"])
async def test_words_for_a_turn_that_does_not_run_are_refused(tmp_path: Path, guess: str) -> None:
    async with watched(tmp_path) as at:
        with pytest.raises(Stale):
            await at.runtime.steer(at.session.id, "x", TurnId(guess))
        turn = await at.runtime.prompt(at.session.id, "hello")
        await turn.wait()
        with pytest.raises(Stale):
            await at.runtime.steer(at.session.id, "x", turn.id)
        with pytest.raises(NotFound):
            await at.runtime.steer(SessionId("nobody"), "x", turn.id)


# Queueing.


async def test_queued_messages_become_turns_one_after_another(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        turn = await at.runtime.prompt(at.session.id, "hold")
        first = await at.runtime.queue(at.session.id, "one")
        await at.runtime.queue(at.session.id, "two")
        assert [queued.text for queued in at.session.queue] == ["one", "two"]
        turn.interrupt()
        await at.ended(3)
        assert at.prompts() == ["hold", "one", "two"]
        assert at.session.queue == ()
        assert next(event for event in at.events if isinstance(event, Prompt) and event.text == "one").queued == first


async def test_a_message_that_is_queued_while_nothing_runs_begins_at_once(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        await at.runtime.queue(at.session.id, "hello")
        await at.ended()
        assert at.prompts() == ["hello"]


async def test_a_message_that_is_taken_back_never_runs(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        turn = await at.runtime.prompt(at.session.id, "hold")
        known = await at.runtime.queue(at.session.id, "one")
        await at.runtime.queue(at.session.id, "two")
        await at.runtime.unqueue(at.session.id, known)
        for id_ in (known, PromptId("nobody")):
            with pytest.raises(AlreadyResolved):
                await at.runtime.unqueue(at.session.id, id_)
        turn.interrupt()
        await at.ended(2)
        assert at.prompts() == ["hold", "two"]
        assert len([event for event in at.events if isinstance(event, Unqueued)]) == 1


async def test_a_message_whose_turn_has_begun_can_not_be_taken_back(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        known = await at.runtime.queue(at.session.id, "hold")
        await at.until(lambda event: isinstance(event, Prompt))
        with pytest.raises(AlreadyResolved):
            await at.runtime.unqueue(at.session.id, known)
        at.session.interrupt()
        await at.ended()


async def test_a_prompt_while_a_turn_runs_is_refused_and_the_queue_stays(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        turn = await at.runtime.prompt(at.session.id, "hold")
        await at.runtime.queue(at.session.id, "later")
        with pytest.raises(TryLater):
            await at.runtime.prompt(at.session.id, "now")
        turn.interrupt()
        await at.ended(2)


async def test_the_queue_survives_the_end_of_the_bridge(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        await at.runtime.prompt(at.session.id, "hold")
        await at.runtime.queue(at.session.id, "one")
        known = at.session.id
    async with watched(tmp_path, known) as at:
        assert [queued.text for queued in at.session.queue] == ["one"]
        turn = await at.runtime.go_on(at.session)
        assert turn is not None
        assert at.prompts() == [], "the open turn first"
        turn.interrupt()
        await at.ended(2)
        assert at.prompts() == ["one"]


async def test_a_queue_whose_turn_had_not_begun_begins_after_the_restart(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        await at.session.journal.append(Queued(PromptId("p"), "one"))
        known = at.session.id
    async with watched(tmp_path, known) as at:
        assert [one.id for one in await at.runtime.list_sessions(None) if one.open_turn] == [known]
        assert await at.runtime.go_on(at.session) is not None
        await at.ended()
        assert at.prompts() == ["one"]


async def test_closing_a_session_keeps_its_queue_for_the_next_time(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        await at.runtime.prompt(at.session.id, "hold")
        await at.runtime.queue(at.session.id, "one")
        with anyio.fail_after(1):
            await at.runtime.close_session(at.session.id)
        assert at.prompts() == ["hold"]
        session, _ = await at.runtime.load_session(at.session.id)
        assert [queued.text for queued in session.queue] == ["one"]


async def test_a_queue_is_not_begun_again_and_again_on_a_disk_that_is_full(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        turn = await at.runtime.prompt(at.session.id, "hold")
        await at.runtime.queue(at.session.id, "one")
        at.session._log.close()
        turn.interrupt()
        with pytest.raises((FileProblem, NotFound)):
            await turn.wait()
        await anyio.wait_all_tasks_blocked()
        assert [queued.text for queued in at.session.queue] == ["one"]
        assert at.session.turn is None


async def test_a_message_whose_turn_can_not_be_recorded_waits_on() -> None:
    queue = Queue()
    one, two = (Queued(PromptId(text), text) for text in ("one", "two"))
    queue.fold(one)
    queue.fold(two)
    queue.take(one.id)
    assert [each.text for each in queue.waiting] == ["two"]
    queue.put_back(one.id)
    assert [each.text for each in queue.waiting] == ["one", "two"]
    queue.take(one.id)
    queue.fold(Prompt(TurnId("t"), "one", queued=one.id))
    queue.put_back(one.id)
    assert [each.text for each in queue.waiting] == ["two"], "the log says that the first has begun"


# Forms, options, compaction.


async def test_a_schema_that_is_none_is_refused_before_anything_is_recorded(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        wrong = OutputSchema("x", {"type": "objekt"})
        with pytest.raises(NotAllowed, match="no JSON schema"):
            await at.runtime.prompt(at.session.id, "hello", schema=wrong)
        with pytest.raises(NotAllowed, match="no JSON schema"):
            await at.runtime.queue(at.session.id, "hello", schema=wrong)
        assert at.events == []


async def test_options_hold_from_the_next_call_and_survive_a_restart(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        assert (at.session.options.effort, at.session.options.fast) == (None, False)
        await at.runtime.set_option(at.session.id, "effort", "high")
        await at.runtime.set_option(at.session.id, "fast", "on")
        await at.runtime.set_option(at.session.id, "model", "offline")
        turn = await at.runtime.prompt(at.session.id, "hello")
        await turn.wait()
        assert [event.model for event in at.events if isinstance(event, StepStarted)] == ["offline"]
        known, options = at.session.id, at.session.options
    async with watched(tmp_path, known) as at:
        assert at.session.options == options
        for name in get_args(OptionName):
            await at.session.set_option(name, "")
        assert (at.session.options.model, at.session.options.effort, at.session.options.fast) == (
            "scripted",
            None,
            False,
        )


@pytest.mark.parametrize(("name", "value"), [("effort", "huge"), ("fast", "yes")])
async def test_a_value_that_an_option_can_not_have_is_refused(tmp_path: Path, name: OptionName, value: str) -> None:
    async with watched(tmp_path) as at:
        with pytest.raises(NotAllowed, match=f"{name} can't be '{value}'"):
            await at.session.set_option(name, value)
        assert [event for event in at.events if isinstance(event, OptionSet)] == []


async def test_the_models_to_choose_from_are_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        assert "offline" in {info.id for info in at.runtime.models()}


def long_history() -> Iterator[Event]:
    for number in range(40):
        turn = TurnId(f"t{number}")
        yield Prompt(turn, "x" * 4_000)
        yield TurnEnded(turn, "end_turn")


async def test_a_conversation_is_compacted_by_command_and_not_while_a_turn_runs(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        for event in long_history():
            await at.session.journal.append(event)
        before = len(str(at.session.transcript.items))
        turn = await at.runtime.prompt(at.session.id, "hold")
        with pytest.raises(TryLater):
            await at.runtime.compact(at.session.id)
        turn.interrupt()
        await turn.wait()
        await (await at.runtime.prompt(at.session.id, "hello")).wait()
        made = await at.runtime.compact(at.session.id)
        assert isinstance(made, Compacted)
        assert len(str(at.session.transcript.items)) < before
        assert (await (await at.runtime.prompt(at.session.id, "hello")).wait()).stop == "end_turn"


async def test_there_may_be_nothing_to_compact(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        assert await at.runtime.compact(at.session.id) is None


async def test_a_compaction_by_command_can_be_stopped(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        for event in long_history():
            await at.session.journal.append(event)
        turn = await at.runtime.prompt(at.session.id, "hold")
        turn.interrupt()
        await turn.wait()
        made: list[Compacted | None] = []

        async def compact() -> None:
            made.append(await at.runtime.compact(at.session.id))

        async with anyio.create_task_group() as group:
            group.start_soon(compact)  # the script has the model hold here too
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(TryLater, match="being made smaller"):
                await at.runtime.prompt(at.session.id, "hello")
            await at.runtime.queue(at.session.id, "hello")
            with anyio.fail_after(0.5):
                at.session.interrupt()
                await at.ended(42)
        assert made == [None]
        assert at.prompts()[-1] == "hello", "what was queued meanwhile begins"


async def test_who_asked_for_a_compaction_may_go_and_what_was_queued_begins_all_the_same(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        for event in long_history():
            await at.session.journal.append(event)
        turn = await at.runtime.prompt(at.session.id, "hold")
        turn.interrupt()
        await turn.wait()
        async with anyio.create_task_group() as group:
            group.start_soon(at.runtime.compact, at.session.id)
            await anyio.wait_all_tasks_blocked()
            await at.runtime.queue(at.session.id, "hello")
            group.cancel_scope.cancel()
        with anyio.fail_after(5):
            await at.ended(42)
        assert at.prompts()[-1] == "hello"


async def test_the_limits_of_the_settings_are_those_of_the_turn(tmp_path: Path) -> None:
    chosen = replace(settings(tmp_path), steps=1, mode="bypass")
    async with running(chosen, NoEditor(), Documents(), Bus()) as made:
        session = await made.new_session(str(tmp_path / "ws"))
        ended = await (await made.prompt(session.id, "read it")).wait()
    assert (ended.stop, ended.message) == ("max_turn_requests", "it has made all the model calls that it may (1)")
