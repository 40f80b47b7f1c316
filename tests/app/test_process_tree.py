"""Which processes belong to a command, by what the system tells of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.app.process_tree import MARK, Tree
from tests.support.eventually import eventually
from tests.support.processes import gone, pids_in

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts bash in a session of its own, with the folder as its mark; ends whatever wrote its id in `pids`."""
    begun: list[subprocess.Popen[bytes]] = []

    def bash(command: str) -> subprocess.Popen[bytes]:
        environment = {"PATH": os.environ["PATH"], MARK: str(tmp_path)}
        child = subprocess.Popen(["/bin/bash", "-c", command], cwd=tmp_path, env=environment, start_new_session=True)
        begun.append(child)
        return child

    yield bash
    for pid in pids_in(tmp_path / "pids"):
        if not gone(pid):
            os.kill(pid, signal.SIGKILL)
    for child in begun:
        child.kill()
        child.wait()


def told(folder: Path, count: int) -> list[int]:
    """Wait for the ids of so many processes."""

    def found() -> list[int]:
        pids = pids_in(folder / "pids")
        assert len(pids) == count
        return pids

    return eventually(found)


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("echo $$ >> pids; exec sleep 60", 1),
        ("echo $$ >> pids; (echo $BASHPID >> pids; sleep 60; :) & wait", 2),
        ("setsid bash -c 'echo $$ >> pids; exec sleep 60' & echo $$ >> pids; wait", 2),
        ("env -u HARNESS_BRIDGE_COMMAND setsid bash -c 'echo $$ >> pids; exec sleep 60' & echo $$ >> pids; wait", 2),
        ("(setsid bash -c 'echo $$ >> pids; exec sleep 60' &); echo $$ >> pids; exec sleep 60", 2),
        ("(env -i bash -c 'echo $$ >> pids; exec /bin/sleep 60' &); echo $$ >> pids; exec sleep 60", 2),
    ],
)
def test_each_process_of_it_is_known_and_gets_the_signal(
    start: Start, tmp_path: Path, command: str, count: int
) -> None:
    """By its session, by its mark, or by its parent: at least one holds in each case."""
    root = start(command)
    pids = told(tmp_path, count)
    tree = Tree(root.pid, str(tmp_path))
    assert tree.count() >= count
    assert tree.signal(signal.SIGKILL) >= count
    root.wait()
    eventually(lambda: all(map(gone, pids)))
    eventually(lambda: tree.count() == 0)
    assert tree.signal(signal.SIGKILL) == 0


def test_others_are_not_of_it(start: Start, tmp_path: Path) -> None:
    mine = start("echo $$ >> pids; exec sleep 60")
    told(tmp_path, 1)
    other = Tree(mine.pid, str(tmp_path))
    stranger = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
    try:
        assert other.count() == 1
        assert Tree(stranger.pid, "other").count() == 1
        assert Tree(2**22 + 1, "other").count() == 0
        assert Tree(2**22 + 1, str(tmp_path.parent)).count() == 0, "a part of a mark is none"
        other.signal(signal.SIGKILL)
        mine.wait()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_each_gets_a_signal_once(start: Start, tmp_path: Path) -> None:
    """A second SIGTERM tells many programs to leave without cleaning up."""
    root = start(
        "trap 'echo once >> got; n=1' TERM; echo $$ >> pids; until [ -n \"$n\" ]; do sleep 0.05; done; sleep 0.2"
    )
    told(tmp_path, 1)
    Tree(root.pid, str(tmp_path)).signal(signal.SIGTERM)
    root.wait()
    assert (tmp_path / "got").read_text(encoding="ascii") == "once\n"


def test_one_that_has_ended_and_was_not_waited_for_is_not_counted(start: Start, tmp_path: Path) -> None:
    root = start("echo $$ >> pids")
    (pid,) = told(tmp_path, 1)
    eventually(lambda: gone(pid))
    assert Tree(root.pid, str(tmp_path)).count() == 0


def test_without_a_proc_it_is_the_process_group(start: Start, tmp_path: Path) -> None:
    root = start("echo $$ >> pids; (echo $BASHPID >> pids; sleep 60; :) & wait")
    pids = told(tmp_path, 2)
    tree = Tree(root.pid, str(tmp_path), proc=tmp_path)
    assert tree.count() == 1
    assert tree.signal(signal.SIGKILL) == 1
    root.wait()
    eventually(lambda: all(map(gone, pids)))
    eventually(lambda: tree.count() == 0)
