"""The use-cases on a real disk: sessions opened, loaded, listed, closed; turns started, stopped, taken up again."""

# ruff: noqa: ASYNC240 - small files of the test's own

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from bridge.app.bus import Bus, Update
from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.harness.errors import AlreadyResolved, FileProblem, NotFound, SessionLocked, TryLater
from bridge.harness.ids import ApprovalId, HunkId, SessionId
from bridge.harness.session.log import read_log
from bridge.harness.values.approvals import Approval
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import ApprovalOpened, Event, Prompt, Proposed, Recorded, SessionOpened, TurnEnded
from bridge.harness.values.proposals import Actor
from bridge.harness.workspace.uris import to_uri
from tests.app.desk import FakeSlowEditor, Heard, runtime, workspace
from tests.support.corpora import PROJECT
from tests.support.fakes import complaints, outputs

pytestmark = pytest.mark.anyio
PERSON = Actor("person", "test")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path)


class Waiting:
    """A bus on which a test waits for an event."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.events: list[Event] = []
        self._more = anyio.Event()
        self.bus.subscribe(self._hear)

    def _hear(self, _: SessionId, update: Update) -> None:
        if isinstance(update, Recorded):
            self.events.append(update.event)
            self._more.set()
            self._more = anyio.Event()

    async def until(self, fits: Callable[[Event], bool]) -> None:
        with anyio.fail_after(5):
            while not any(map(fits, self.events)):
                await self._more.wait()


def log_of(base: Path, session: Session) -> Path:
    (path,) = (base / "state" / "sessions").glob(f"*/{session.id}.jsonl")
    return path


def events(base: Path, session: Session) -> list[Event]:
    return [record.event for record in read_log(log_of(base, session)).records]


async def question(made: Runtime, waiting: Waiting) -> Approval:
    await waiting.until(lambda event: isinstance(event, ApprovalOpened))
    (approval,) = made.approvals()
    return approval


async def test_a_session_is_opened_prompted_closed_and_loaded_with_its_history(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        turn = await made.prompt(session.id, "hello\nthere")
        ended = await turn.wait()
        assert (ended.stop, session.turn) == ("end_turn", None)
        await made.close_session(session.id)
        assert made.sessions() == ()
        loaded, records = await made.load_session(session.id)
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        assert loaded.transcript.items == session.transcript.items
        assert loaded.seq == records[-1].seq
        assert await made.go_on(loaded) is None
        again, same = await made.load_session(session.id)
        assert again is loaded
        assert tuple(same) == tuple(records)


async def test_a_log_is_never_loaded_by_two_at_once_as_two_sessions(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        await made.close_session(session.id)
        loaded: list[Session] = []

        async def load() -> None:
            loaded.append((await made.load_session(session.id))[0])

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(load)
        assert len(loaded) == 4
        assert len(set(map(id, loaded))) == 1


async def test_who_asks_while_hunks_wait_for_the_person_is_told_so(tmp_path: Path, root: Path) -> None:
    waiting = Waiting()
    async with runtime(tmp_path, waiting.bus) as made:
        session = await made.new_session(str(root))
        await made.prompt(session.id, "edit")
        await waiting.until(lambda event: isinstance(event, Proposed))
        with pytest.raises(TryLater) as refused:
            await made.prompt(session.id, "hello")
    assert refused.value.kind == "busy"
    assert str(refused.value) == "the agent waits for your decision on 1 change in a.txt"
    assert refused.value.hint == "Accept or reject what waits, or stop the agent."


async def test_only_one_turn_runs_in_a_session(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        turn = await made.prompt(session.id, "hold")
        with pytest.raises(TryLater) as refused:
            await made.prompt(session.id, "hello")
        assert refused.value.kind == "busy"
        turn.interrupt()
        with anyio.fail_after(0.5):
            assert (await turn.wait()).stop == "cancelled"
        assert (await (await made.prompt(session.id, "hello")).wait()).stop == "end_turn"
        assert [event.stop for event in events(tmp_path, session) if isinstance(event, TurnEnded)] == [
            "cancelled",
            "end_turn",
        ]


@pytest.mark.parametrize("prompt", ["hold", "read", "edit"])
async def test_closing_a_session_stops_its_turn_and_leaves_valid_history(
    tmp_path: Path, root: Path, prompt: str
) -> None:
    waiting = Waiting()
    async with runtime(tmp_path, waiting.bus) as made:
        session = await made.new_session(str(root))
        await made.prompt(session.id, prompt)
        if prompt != "hold":
            await waiting.until(lambda event: isinstance(event, ApprovalOpened | Proposed))
        with anyio.fail_after(1):
            await made.close_session(session.id)
        assert isinstance(events(tmp_path, session)[-1], TurnEnded)
        loaded, _ = await made.load_session(session.id)
        assert complaints(loaded.transcript.items) == []
        assert (loaded.approvals.pending(), loaded.review.views()) == ((), ())


async def test_unknown_ids_are_not_found(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        nobody = SessionId("NOBODY")
        for bad in (nobody, SessionId("../x"), SessionId("*"), SessionId("")):
            with pytest.raises(NotFound):
                await made.load_session(bad)
        for lost in (made.prompt(nobody, "x"), made.close_session(nobody), made.answer(ApprovalId("x"), "allow_once")):
            with pytest.raises(NotFound):
                await lost
        with pytest.raises(NotFound):
            made.hunk(HunkId("x"))
        (outcome,) = await made.decide([HunkId("x")], "accepted", PERSON)
        assert outcome.outcome == "unknown"
        assert made.sessions() == (session,)


@pytest.mark.parametrize("cwd", ["relative", "/nowhere/at/all", ""])
async def test_a_session_needs_a_folder_that_is_there(tmp_path: Path, cwd: str) -> None:
    async with runtime(tmp_path) as made:
        with pytest.raises(FileProblem):
            await made.new_session(cwd)
    assert not (tmp_path / "state" / "sessions").exists()


async def test_a_folder_is_one_workspace_however_it_is_spelt(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(f"{root}/../ws//")
        assert session.cwd == str(root)
        assert session.workspace.locate("a.txt").inside
        assert [info.id for info in await made.list_sessions(str(root))] == [session.id]
        assert [info.id for info in await made.list_sessions(f"{root}/")] == [session.id]
        assert await made.list_sessions(str(tmp_path)) == []


async def test_a_session_whose_folder_is_gone_says_so_and_is_let_go_of(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        await made.close_session(session.id)
        root.rename(tmp_path / "moved")
        with pytest.raises(FileProblem, match="ws") as refused:
            await made.load_session(session.id)
        assert refused.value.kind == "file_missing"
        (tmp_path / "moved").rename(root)
        assert (await made.load_session(session.id))[0].cwd == str(root)


async def test_a_session_that_can_not_be_recorded_is_not_opened(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        (tmp_path / "state").write_text("in the way")
        with pytest.raises(FileProblem):
            await made.new_session(str(root))
        assert made.sessions() == ()


async def test_a_log_without_its_opening_is_refused_and_kept(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        await (await made.prompt(session.id, "hello")).wait()
        await made.close_session(session.id)
        path = log_of(tmp_path, session)
        path.write_bytes(b"\0" * 40 + path.read_bytes()[40:])
        before = path.read_bytes()
        for _ in range(2):
            with pytest.raises(NotFound, match="can't be read from its start"):
                await made.load_session(session.id)
        assert path.read_bytes() == before


async def test_a_log_with_a_gap_anywhere_is_loaded_and_goes_on(tmp_path: Path, root: Path) -> None:
    """Whatever line is lost, what depended on it is left out, and the rest is there."""
    waiting = Waiting()
    async with runtime(tmp_path, waiting.bus) as made:
        session = await made.new_session(str(root))
        turn = await made.prompt(session.id, "read")
        await made.answer((await question(made, waiting)).id, "allow_once")
        await turn.wait()
        turn = await made.prompt(session.id, "edit")
        await waiting.until(lambda event: isinstance(event, Proposed))
        ((_, view),) = made.hunks()
        await made.decide([view.hunk.id], "accepted", PERSON)
        await turn.wait()
        await made.close_session(session.id)
        path = log_of(tmp_path, session)
        lines = path.read_bytes().splitlines(keepends=True)
        for lost in range(1, len(lines)):
            path.write_bytes(b"".join([*lines[:lost], b"\0" * 50 + b"\n", *lines[lost + 1 :]]))
            loaded, records = await made.load_session(session.id)
            assert len(records) == len(lines) - 1
            if loaded.transcript.turn is None:
                assert (await (await made.prompt(session.id, "hello")).wait()).stop == "end_turn"
                assert complaints(loaded.transcript.items) == []
            await made.close_session(session.id)


async def test_a_listener_that_fails_takes_nothing_down(tmp_path: Path, root: Path) -> None:
    bus, heard = Bus(), Heard()

    def flawed(_: SessionId, update: Update) -> None:
        raise RuntimeError

    bus.subscribe(flawed)
    stop = bus.subscribe(heard)
    async with runtime(tmp_path, bus) as made:
        session = await made.new_session(str(root))
        assert (await (await made.prompt(session.id, "hello")).wait()).stop == "end_turn"
    kinds = [type(update.event) for _, update in heard.updates if isinstance(update, Recorded)]
    assert kinds[:2] == [SessionOpened, Prompt]
    assert kinds[-1] is TurnEnded
    stop()


async def test_what_is_told_is_in_the_log_already(tmp_path: Path, root: Path) -> None:
    bus = Bus()
    missing: list[Event] = []

    def look(session: SessionId, update: Update) -> None:
        if isinstance(update, Recorded):
            (path,) = (tmp_path / "state" / "sessions").glob(f"*/{session}.jsonl")
            if update not in read_log(path).records:
                missing.append(update.event)

    bus.subscribe(look)
    async with runtime(tmp_path, bus) as made:
        session = await made.new_session(str(root))
        await (await made.prompt(session.id, "hello")).wait()
    assert missing == []


async def test_a_second_window_on_a_live_session_makes_no_write_twice_that_is_under_way(
    tmp_path: Path, root: Path
) -> None:
    waiting, editor = Waiting(), FakeSlowEditor()
    async with runtime(tmp_path, waiting.bus, editor) as made:
        made.documents.opened(OpenDocument(to_uri(root / "a.txt"), 1, "one\ntwo\n"))
        session = await made.new_session(str(root))
        turn = await made.prompt(session.id, "edit")
        await waiting.until(lambda event: isinstance(event, Proposed))
        ((_, view),) = made.hunks()
        async with anyio.create_task_group() as group:
            group.start_soon(made.decide, [view.hunk.id], "accepted", PERSON)
            await editor.asked.wait()
            again, _ = await made.load_session(session.id)
            with anyio.fail_after(2):
                assert await made.go_on(again) is None
            assert len(editor.edits) == 1
            group.cancel_scope.cancel()
        turn.interrupt()
        await turn.wait()


# After a kill.


def killed(base: Path, prompt: str) -> tuple[SessionId, str]:
    """A process that was killed while it waited for the person: the session, and what it waited for."""
    command = [sys.executable, "-m", "tests.app.suspended", str(base), prompt]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        session, _, waited = process.stdout.readline().strip().partition(" ")
        process.send_signal(signal.SIGKILL)
    return SessionId(session), waited


async def test_a_question_open_at_a_kill_is_asked_again_under_its_id_and_honoured_once(
    tmp_path: Path, root: Path
) -> None:
    id_, waited = killed(tmp_path, "read it")
    async with runtime(tmp_path) as made:
        (session,) = await made.resume_open(str(root))
        assert session.id == id_
        assert [approval.id for approval in made.approvals()] == [waited]
        turn = await made.go_on(session)
        assert turn is not None
        assert await made.go_on(session) is None, "a second window takes up nothing"
        await made.answer(ApprovalId(waited), "allow_once")
        with pytest.raises(AlreadyResolved):
            await made.answer(ApprovalId(waited), "reject_once")
        assert (await turn.wait()).stop == "end_turn"
        ((_, output),) = outputs(session.transcript.items)
        assert "out there" in output
        assert await made.resume_open(str(root)) == []


async def test_a_hunk_undecided_at_a_kill_can_be_accepted_after_it(tmp_path: Path, root: Path) -> None:
    id_, waited = killed(tmp_path, "edit it")
    async with runtime(tmp_path) as made:
        session, _ = await made.load_session(id_)
        turn = await made.go_on(session)
        assert turn is not None
        ((_, view),) = made.hunks()
        assert view.hunk.id == waited
        (outcome,) = await made.decide([view.hunk.id], "accepted", PERSON)
        assert outcome.outcome == "present"
        assert (await turn.wait()).stop == "end_turn"
    assert (root / "a.txt").read_text() == "1\ntwo\n"


async def test_a_runtime_that_ends_writes_nothing_and_the_next_one_goes_on(tmp_path: Path, root: Path) -> None:
    waiting = Waiting()
    async with runtime(tmp_path, waiting.bus) as made:
        session = await made.new_session(str(root))
        await made.prompt(session.id, "read")
        approval = await question(made, waiting)
        before = log_of(tmp_path, session).read_bytes()
    assert log_of(tmp_path, session).read_bytes() == before
    async with runtime(tmp_path) as made:
        (again,) = await made.resume_open(str(root))
        assert [one.id for one in made.approvals(again.id)] == [approval.id]


async def test_a_session_in_use_elsewhere_is_left_alone(tmp_path: Path, root: Path) -> None:
    waiting = Waiting()
    async with runtime(tmp_path, waiting.bus) as made:
        session = await made.new_session(str(root))
        await made.prompt(session.id, "read")
        await question(made, waiting)
        async with runtime(tmp_path) as other:
            assert await other.resume_open(str(root)) == []
            with pytest.raises(SessionLocked):
                await other.load_session(session.id)
            assert [info.id for info in await other.list_sessions(None)] == [session.id]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_log_that_may_not_be_read_is_said_and_kept(tmp_path: Path, root: Path) -> None:
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        await made.close_session(session.id)
        log_of(tmp_path, session).chmod(0)
        with pytest.raises(FileProblem):
            await made.load_session(session.id)
