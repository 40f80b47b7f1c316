"""Faults of the disk and of the process: what was acknowledged is there, and the session goes on."""

# ruff: noqa: ASYNC240 - nothing else runs in this event loop

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.session.log import SessionLog, read_log
from bridge.harness.values.events import Note, Prompt
from tests.harness.session.samples import TURN
from tests.harness.workspace.child import in_child
from tests.support.corpora import PROJECT
from tests.support.fakes import FakeClock

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace is not installed: this fault was not injected")


def command(path: Path, count: int, *before: str) -> list[str]:
    return [*before, sys.executable, "-m", "tests.harness.session.writer", str(path), str(count)]


def traced(path: Path, inject: str) -> Sequence[str]:
    """Run what follows with a fault in its calls on this file."""
    quiet = ("-qq", "-f", "--signal=none", "-o", os.devnull)
    return (str(STRACE), *quiet, "-P", str(path), "-e", f"trace={inject.partition(':')[0]}", "-e", f"inject={inject}")


def run(arguments: Sequence[str]) -> list[str]:
    done = subprocess.run(arguments, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False, timeout=50)
    return done.stdout.split("\n")[:-1]


@contextmanager
def running(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A writer that does not end by itself."""
    with subprocess.Popen(command(path, 1_000_000), cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged(process: subprocess.Popen[str], count: int) -> list[int]:
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return [int(process.stdout.readline()) for _ in range(count)]


def test_a_writer_killed_while_it_writes_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    for number in (1, 7, 40):
        with running(path) as process:
            acked = acknowledged(process, number)
            process.send_signal(signal.SIGKILL)
            assert process.stdout is not None
            acked += [int(line) for line in process.stdout.read().split()]
        assert len(read_log(path).records) - acked[-1] in (0, 1)
        assert read_log(path).gaps == ()


def test_two_processes_never_write_one_session_and_a_dead_one_holds_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    with running(path) as process:
        acknowledged(process, 1)
        assert run(command(path, 1)) == ["refused session_locked"]
        with pytest.raises(FileProblem):
            SessionLog.create(path, FakeClock())
    assert run(command(path, 1))[0] == "open"


@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_kill_at_any_write_or_sync_loses_nothing_that_was_acknowledged(tmp_path: Path, call: str) -> None:
    path = tmp_path / "s1.jsonl"
    assert run(command(path, 1)) == ["open", "1"]
    last = 1
    for number in range(1, 9):
        said = run(command(path, 8, *traced(path, f"{call}:signal=SIGKILL:when={number}")))
        last += len(said) - 1
        assert len(said) == number, "it died at this one"
        loaded = read_log(path)
        assert loaded.last_seq - last in (0, 1)
        assert (len(loaded.records), loaded.gaps) == (loaded.last_seq, ())
        last = loaded.last_seq
    assert run(command(path, 1)) == ["open", str(last + 1)]


@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize(("fault", "kind"), [("write:error=ENOSPC", "disk_full"), ("fsync:error=EIO", "disk_full")])
def test_a_write_or_sync_that_fails_is_refused_and_the_next_one_goes_on(tmp_path: Path, fault: str, kind: str) -> None:
    path = tmp_path / "s1.jsonl"
    assert run(command(path, 1)) == ["open", "1"]
    assert run(command(path, 4, *traced(path, f"{fault}:when=2"))) == ["open", "2", f"refused {kind}", "3", "4"]
    loaded = read_log(path)
    assert ([record.seq for record in loaded.records], loaded.gaps) == ([1, 2, 3, 4], ())


@pytest.mark.slow
@needs_strace
def test_what_can_not_be_cut_back_at_once_is_cut_back_before_the_next_append(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    assert run(command(path, 1)) == ["open", "1"]
    faults = (*traced(path, "fsync:error=EIO:when=1"), "-e", "inject=ftruncate:error=EIO:when=1")
    assert run(command(path, 2, *faults)) == ["open", "refused disk_full", "2"]
    assert [record.seq for record in read_log(path).records] == [1, 2]


def fill(path: Path) -> None:
    """In a process whose files may not grow over a limit: a real short write, then EFBIG."""

    async def work() -> None:
        log, _ = SessionLog.resume(path, FakeClock())
        before = path.read_bytes()
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, hard))
        for event in (Prompt(TURN, "x" * 500), Note("y" * 500)):
            with pytest.raises(FileProblem) as refused:
                await log.append(event)
            assert refused.value.kind == "disk_full"
            assert path.read_bytes() == before
        assert log.seq == 1
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        (record,) = await log.append(Prompt(TURN, "there is room again"))
        assert record.seq == 2
        log.close()

    anyio.run(work)


def test_a_full_disk_is_said_leaves_no_torn_record_and_is_got_over(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    assert run(command(path, 1)) == ["open", "1"]
    assert in_child(lambda: fill(path)).kind == ""
    loaded = read_log(path)
    assert ([record.seq for record in loaded.records], loaded.gaps) == ([1, 2], ())
