"""The daemon's side of the refactoring worker: one warm process a workspace, and what is said when it fails."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from bridge.app.process import LocalProcess
from bridge.harness.errors import ToolInputError
from bridge.harness.ids import Uri
from bridge.harness.permissions.policy import Setting
from bridge.harness.ports.process import Child, Completed
from bridge.harness.refactoring.values import FindSymbol, Request, Symbol, Usages
from bridge.harness.refactoring.wire import decode
from bridge.harness.tools.refactorer import LIMIT_S, Refactorer
from bridge.harness.tools.search import Ripgrep
from bridge.harness.values.policy import Rule
from bridge.harness.workspace.uris import to_uri
from tests.harness.tools.desk import Desk
from tests.support.eventually import eventually_async

pytestmark = pytest.mark.anyio

ODD = (sys.executable, "-P", str(Path(__file__).parents[1] / "refactoring" / "odd_worker.py"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "ws").mkdir()
    return Desk(tmp_path / "ws")


@asynccontextmanager
async def refactorer(limit: float = LIMIT_S, worker: Sequence[str] = ODD) -> AsyncIterator[Refactorer]:
    made = Refactorer(LocalProcess(), Ripgrep(LocalProcess()), limit, worker)
    try:
        yield made
    finally:
        await made.close()


async def find(refactorer: Refactorer, desk: Desk, name: str = "x") -> tuple[int, int]:
    """The process that answers, and the number of the call in it."""
    answer = await refactorer.ask(desk.context, FindSymbol(Symbol(name=name)))
    assert isinstance(answer, Usages)
    return int(answer.definitions[0].path), answer.definitions[0].at.line


def gone(pid: int) -> bool:
    """Ended, or waiting for the system to take notice."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].startswith("Z")


async def test_one_process_answers_all_calls_of_a_workspace_and_is_closed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    async with refactorer() as made:
        pid, number = await find(made, desk)
        assert await find(made, desk) == (pid, number + 1)
        theirs, _ = await find(made, other)
        assert theirs != pid
    assert gone(pid)
    assert gone(theirs)


async def test_calls_at_the_same_time_take_turns(desk: Desk) -> None:
    seen: list[tuple[int, int]] = []

    async def one() -> None:
        seen.append(await find(made, desk))

    async with refactorer() as made, anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(one)
    assert sorted(number for _, number in seen) == [1, 2, 3, 4, 5]
    assert len({pid for pid, _ in seen}) == 1


async def test_what_takes_too_long_is_ended_and_said_and_the_next_call_is_answered(desk: Desk) -> None:
    async with refactorer(limit=2.0) as made:
        pid, _ = await find(made, desk)
        with pytest.raises(ToolInputError, match=r"Finding `hang` took longer than 2 s .* nothing was changed") as said:
            await find(made, desk, "hang")
        assert "Ask for less" in said.value.hint
        assert gone(pid)
        after, number = await find(made, desk)
        assert (after != pid, number) == (True, 1)


async def test_a_real_worker_that_has_no_time_to_start_is_said(desk: Desk) -> None:
    worker = (sys.executable, "-P", "-m", "bridge.harness.refactoring.worker")
    async with refactorer(limit=0.001, worker=worker) as made:
        with pytest.raises(ToolInputError, match="took longer"):
            await made.ask(desk.context, FindSymbol(Symbol(name="x")))


@pytest.mark.parametrize(("name", "words"), [("crash", "by signal 6"), ("leave", "with code 0")])
async def test_a_worker_that_dies_in_a_call_is_said_and_replaced(desk: Desk, name: str, words: str) -> None:
    async with refactorer() as made:
        with pytest.raises(ToolInputError, match=f"the process that does it broke down .*{words}.*nothing was changed"):
            await find(made, desk, name)
        _, number = await find(made, desk)
        assert number == 1


async def test_a_worker_that_was_killed_between_calls_is_replaced(desk: Desk) -> None:
    async with refactorer() as made:
        pid, _ = await find(made, desk)
        os.kill(pid, 9)
        await eventually_async(lambda: gone(pid) and made._workers[desk.root]._child.ended)  # type: ignore[union-attr]
        assert (await find(made, desk))[1] == 1


async def test_a_worker_that_ended_for_want_of_work_is_replaced(desk: Desk) -> None:
    async with refactorer(worker=(*ODD, "--idle", "0.1")) as made:
        pid, _ = await find(made, desk)
        await eventually_async(lambda: gone(pid))
        assert (await find(made, desk))[1] == 1


async def test_a_process_that_says_something_else_is_no_worker(desk: Desk) -> None:
    async with refactorer(worker=(sys.executable, "-c", "input(); print('hello', flush=True); input()")) as made:
        with pytest.raises(ToolInputError, match=r"broke down .not a Reply"):
            await find(made, desk)


async def test_cancelling_a_call_ends_its_process(desk: Desk) -> None:
    async with refactorer() as made:
        async with anyio.create_task_group() as group:
            group.start_soon(find, made, desk, "hang")
            await eventually_async((desk.root / "hangs").exists)
            group.cancel_scope.cancel()
        pid = int((desk.root / "hangs").read_text())
        assert gone(pid)
        assert (await find(made, desk))[1] == 1


async def test_the_worker_ends_when_the_daemon_is_killed(desk: Desk) -> None:
    code = f"""
import anyio, sys
from pathlib import Path
from bridge.harness.refactoring.values import FindSymbol, Symbol
from bridge.harness.tools.refactorer import Refactorer
from bridge.harness.tools.search import Ripgrep
from bridge.app.process import LocalProcess
from tests.harness.tools.desk import Desk
async def main():
    made = Refactorer(LocalProcess(), Ripgrep(LocalProcess()), worker={ODD!r})
    await made.ask(Desk(Path({str(desk.root)!r})).context, FindSymbol(Symbol(name="hang")))
anyio.run(main)
"""
    project = Path(__file__).parents[3]
    child = await anyio.open_process([sys.executable, "-c", code], cwd=project)
    async with child:
        hangs = desk.root / "hangs"
        await eventually_async(lambda: hangs.exists() and hangs.read_text() != "", within=20)
        child.kill()
        await child.wait()
    await eventually_async(lambda: gone(int(hangs.read_text())))


class Recorder:
    """A process port whose children keep the requests, and answer that there is nothing."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.ended = False

    async def run(self, *_: object) -> None:  # pragma: no cover - search has its own
        raise NotImplementedError

    async def start(self, argv: Sequence[str], cwd: Path, limit: int = 0) -> Child:
        return self

    async def ask(self, line: bytes) -> bytes:
        self.requests.append(decode(Request, line))
        return b'{"id":%d,"answer":{"outcome":"usages","definitions":[]}}\n' % self.requests[-1].id

    async def end(self) -> None:
        self.ended = True


async def asked(desk: Desk, symbol: Symbol | None = None) -> Request:
    """What the worker is given."""
    recorder = Recorder()
    made = Refactorer(recorder, Ripgrep(LocalProcess()))  # type: ignore[arg-type]
    await made.ask(desk.context, FindSymbol(symbol or Symbol(name="x")))
    return recorder.requests[0]


async def test_source_files_are_listed_but_not_what_git_ignores(desk: Desk) -> None:
    for name in ("a.py", "b/c.pyi", "d.ts", "notes.md", "out/e.py", ".git/hooks/f.py", "g.PY"):
        desk.write(name, "x")
    desk.write(".gitignore", "out/\n")
    request = await asked(desk)
    assert request.files == ("a.py", "b/c.pyi", "d.ts")
    assert request.buffers == {}
    assert (await asked(desk, Symbol("out/e.py", name="x"))).files == ("a.py", "b/c.pyi", "d.ts", "out/e.py")


async def test_open_documents_stand_before_the_disk(desk: Desk) -> None:
    for name in ("a.py", "lib/b.py", "notes.md", ".git/HEAD"):
        desk.write(name, "x")
    desk.write(".gitignore", "lib/\n")
    for name in ("a.py", "new.py", "lib/b.py", "notes.md"):
        desk.open(name, f"{name}, unsaved\r\n")
    request = await asked(desk)
    assert request.files == ("a.py",)
    assert request.buffers == {"a.py": "a.py, unsaved\r\n", "new.py": "new.py, unsaved\r\n"}
    assert (await asked(desk, Symbol("lib/b.py", name="x"))).buffers["lib/b.py"] == "lib/b.py, unsaved\r\n"


async def test_a_document_that_is_open_by_a_link_stands_before_the_file_itself(desk: Desk) -> None:
    desk.write("real.py", "x")
    (desk.root / "link.py").symlink_to("real.py")
    desk.open("link.py", "unsaved")
    request = await asked(desk)
    assert (request.files, request.buffers) == (("real.py",), {"real.py": "unsaved"})


async def test_closed_files_come_with_the_pending_work_of_the_session(desk: Desk) -> None:
    desk.write("a.py", "x")
    desk.write("b.py", "x")
    pending: list[Uri] = [to_uri(desk.root / name) for name in ("a.py", "gone.py")]
    desk.workspace.see_pending(lambda uri, text: text + "y" if uri in pending else text, lambda: pending)
    assert (await asked(desk)).buffers == {"a.py": "xy"}


async def test_what_a_rule_hides_is_not_given_to_the_worker(tmp_path: Path) -> None:
    rules = (Rule("deny", "read", "secret/**", "project"),)
    desk = Desk(tmp_path, Setting(tmp_path, rules=rules))
    for name in ("a.py", "secret/b.py", "secret/c.py"):
        desk.write(name, "x")
    desk.open("secret/c.py", "unsaved")
    desk.open("secret/new.py", "unsaved")
    for symbol in (Symbol(name="x"), Symbol("secret/b.py", name="x")):
        request = await asked(desk, symbol)
        assert (request.files, request.buffers) == (("a.py",), {})


async def test_what_a_rule_hides_by_its_real_path_is_hidden_in_a_root_that_is_a_link(tmp_path: Path) -> None:
    real, root = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    root.symlink_to(real)
    desk = Desk(root, Setting(root, forbidden=(real / "state",)))
    for name in ("a.py", "state/b.py"):
        desk.write(name, "x")
    desk.open("state/c.py", "unsaved")
    request = await asked(desk)
    assert (request.files, request.buffers) == (("a.py",), {})


async def test_half_a_project_is_not_refactored(desk: Desk) -> None:
    class Endless(LocalProcess):
        async def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = 0) -> Completed:
            return Completed(0, bytes(desk.root / "a.py") + b"\0" + bytes(desk.root / "b."), b"", cut=True)

    with pytest.raises(ToolInputError, match="more files here than can be looked through"):
        await Refactorer(LocalProcess(), Ripgrep(Endless())).ask(desk.context, FindSymbol(Symbol(name="x")))


async def test_nothing_is_left_open_behind(desk: Desk) -> None:
    async with refactorer() as made:
        await find(made, desk)
    gc.collect()  # a transport that was not closed warns here, and warnings are errors
