"""Commands that a model has written, on real processes: what comes back, and that nothing of them is left."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from bridge.app.process_commands import Ends, LocalCommands
from bridge.app.process_tree import MARK
from bridge.harness.errors import FileProblem
from bridge.harness.ports.process import Ran, Written
from tests.support.eventually import eventually_async
from tests.support.processes import gone, pids_in

pytestmark = pytest.mark.anyio

ENVIRONMENT = {"PATH": os.environ["PATH"]}
KEEP = 10_000

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
"""Python that ends by SIGKILL alone."""


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """Where processes write their ids, a line each; whatever a failing test leaves is ended."""
    path = tmp_path / "pids"
    yield path
    for pid in pids_in(path):
        if not gone(pid):
            os.kill(pid, signal.SIGKILL)


async def bash(command: str, cwd: Path, seconds: float = 20.0, keep: int = KEEP) -> Ran:
    with anyio.fail_after(20):
        return await LocalCommands().run(("/bin/bash", "-c", command), cwd, ENVIRONMENT, seconds, keep)


def python(code: str) -> str:
    """A command line that runs it."""
    return f"{sys.executable} -c '{code}'"


def real(folder: Path) -> Path:
    """As a program in it sees it."""
    return folder.resolve()


def descriptors() -> int:
    """How many are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def all_gone(pids: Path, count: int) -> None:
    assert len(pids_in(pids)) == count
    for pid in pids_in(pids):
        await eventually_async(lambda pid=pid: gone(pid))  # type: ignore[misc]


# What comes back.


async def test_both_streams_come_in_the_order_of_writing(tmp_path: Path) -> None:
    ran = await bash("echo one; echo two >&2; echo three; pwd", tmp_path)
    assert ran == Ran(0, Written(f"one\ntwo\nthree\n{real(tmp_path)}\n".encode()))


@pytest.mark.parametrize(("command", "code"), [("exit 3", 3), ("no-such-program", 127), ("kill -9 $$", -9)])
async def test_the_exit_code_or_the_signal_comes_back(tmp_path: Path, command: str, code: int) -> None:
    assert (await bash(command, tmp_path)).code == code


async def test_there_is_no_input(tmp_path: Path) -> None:
    assert (await bash("cat; read line || echo none", tmp_path)).output.head == b"none\n"


async def test_the_environment_is_what_was_given_and_the_mark(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", "import os; print(sorted(os.environb))")
    ran = await LocalCommands().run(argv, tmp_path, {"ONE": "1", "LC_ALL": "C.UTF-8"}, 20, KEEP)
    assert ran.output.head.decode() == f"{[b'HARNESS_BRIDGE_COMMAND', b'LC_ALL', b'ONE']}\n"


async def test_a_program_or_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="nowhere"):
        await bash("true", tmp_path / "nowhere")
    with pytest.raises(FileProblem, match="no-such-shell"):
        await LocalCommands().run(("/no-such-shell",), tmp_path, {}, 20, KEEP)


async def test_descriptors_are_closed_again_whatever_happens(tmp_path: Path) -> None:
    await bash("true", tmp_path)
    before = descriptors()
    for command, cwd, seconds in (("true", tmp_path, 20), ("sleep 60", tmp_path, 0.05)):
        await bash(command, cwd, seconds)
    with pytest.raises(FileProblem):
        await bash("true", tmp_path / "nowhere")
    assert descriptors() == before


# Long output.


async def test_of_endless_output_head_and_tail_are_kept(tmp_path: Path) -> None:
    ran = await bash("seq 1 1000000", tmp_path)
    total = sum(len(str(n)) + 1 for n in range(1, 1_000_001))
    assert ran.output.head.startswith(b"1\n2\n3\n")
    assert ran.output.tail.endswith(b"999999\n1000000\n")
    assert (len(ran.output.head), len(ran.output.tail), ran.output.dropped) == (KEEP, KEEP, total - 2 * KEEP)


async def test_a_writer_without_end_is_stopped_at_its_time_and_others_run_beside_it(tmp_path: Path) -> None:
    ended: list[str] = []

    async def run(name: str, command: str, seconds: float) -> None:
        ran = await bash(command, tmp_path, seconds)
        ended.append(name)
        if name == "endless":
            assert ran.code is None
            assert ran.output.head == b"y\n" * (KEEP // 2)
            assert ran.output.dropped > 1_000_000

    async with anyio.create_task_group() as group:
        group.start_soon(run, "endless", "yes", 1.5)
        for number in range(5):
            await run(str(number), "true", 20)
    assert ended == ["0", "1", "2", "3", "4", "endless"]


def test_what_is_kept_does_not_grow_with_what_comes() -> None:
    ends = Ends(4)
    for piece in (b"ab", b"cdef", b"", b"ghijklmnop", b"q"):
        ends.add(piece)
        assert len(ends._head) <= 4
        assert len(ends._tail) <= 4
    assert ends.written() == Written(b"abcd", b"nopq", 9)


@pytest.mark.parametrize("count", range(10))
def test_nothing_is_lost_up_to_twice_what_is_kept(count: int) -> None:
    ends = Ends(4)
    for number in range(count):
        ends.add(str(number).encode())
    written = ends.written()
    assert written.dropped == max(0, count - 8)
    if not written.dropped:
        assert written.head + written.tail == b"0123456789"[:count]


# The end of the whole tree.


async def test_the_time_limit_ends_grandchildren_that_ignore_sigterm(tmp_path: Path, pids: Path) -> None:
    command = f"echo $$ >> {pids}; bash -c 'echo $$ >> {pids}; {python(DEAF).replace(chr(39), chr(34))}' & wait"
    ran = await bash(command, tmp_path, seconds=0.5)
    assert ran.code is None
    await all_gone(pids, 2)


async def test_the_time_limit_lets_a_command_clean_up(tmp_path: Path) -> None:
    ran = await bash("trap 'echo cleaned; exit 1' TERM; echo began; sleep 60 & wait", tmp_path, seconds=0.3)
    assert (ran.code, ran.output.head) == (None, b"began\ncleaned\n")


@pytest.mark.parametrize(
    "escape",
    [
        "setsid sleep 60 &",
        "(setsid bash -c 'sleep 60; true' &)",
        "set -m; (sleep 60; true) &",
        "setsid setsid nohup sleep 60 > /dev/null 2>&1 &",
    ],
)
async def test_what_leaves_the_group_or_the_session_is_found(tmp_path: Path, pids: Path, escape: str) -> None:
    """The sleepers are found by their number of seconds in no list: each writes its own id first."""
    command = escape.replace("sleep 60", f'bash -c "echo \\$\\$ >> {pids}; exec sleep 60"')
    ran = await bash(f"{command}\nuntil [ -s {pids} ]; do :; done", tmp_path)
    assert ran.code == 0
    assert ran.left >= 1
    await all_gone(pids, 1)


async def test_a_background_child_that_holds_the_pipe_does_not_hold_the_call(tmp_path: Path, pids: Path) -> None:
    began = time.monotonic()
    ran = await bash(f"sleep 60 & echo $! > {pids}; echo done", tmp_path)
    assert time.monotonic() - began < 5
    assert (ran.code, ran.output.head, ran.left) == (0, b"done\n", 1)
    await all_gone(pids, 1)


async def test_what_comes_soon_after_the_shell_has_ended_is_still_read(tmp_path: Path) -> None:
    assert (await bash("(sleep 0.2; echo late) & echo early", tmp_path)).output.head == b"early\nlate\n"


@pytest.mark.parametrize(
    "command",
    [
        "echo $$ >> {pids}; sleep 60",
        "echo $$ >> {pids}; trap '' TERM; while :; do sleep 1; done",
        "echo $$ >> {pids}; yes",
        "echo $$ >> {pids}; kill -STOP $$",
        "setsid bash -c 'echo $$ >> {pids}; exec sleep 60' & wait",
    ],
)
async def test_cancelling_ends_the_tree_within_half_a_second(tmp_path: Path, pids: Path, command: str) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(bash, command.format(pids=pids), tmp_path)
        await eventually_async(lambda: pids_in(pids))
        began = time.monotonic()
        group.cancel_scope.cancel()
    assert time.monotonic() - began < 0.5
    await all_gone(pids, 1)


async def test_cancelling_during_the_grace_of_the_time_limit_is_as_quick(tmp_path: Path, pids: Path) -> None:
    command = f"trap 'echo $$ >> {pids}' TERM; while :; do sleep 0.1; done"
    async with anyio.create_task_group() as group:
        group.start_soon(bash, command, tmp_path, 0.2)
        await eventually_async(lambda: pids_in(pids))
        began = time.monotonic()
        group.cancel_scope.cancel()
    assert time.monotonic() - began < 0.5
    await all_gone(pids, len(pids_in(pids)))


async def test_the_mark_differs_from_call_to_call(tmp_path: Path) -> None:
    marks = {(await bash(f"echo ${MARK}", tmp_path)).output.head for _ in range(2)}
    assert len(marks) == 2
