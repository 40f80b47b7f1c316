"""Accepting hunks of files that can't be written: nothing is half written, the reason is plain, the turn goes on."""

import resource
import signal
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from bridge.harness.workspace.disk.files import DiskFiles
from tests.harness.workspace.child import become_nobody, in_child
from tests.support.review_desk import Desk, ids_of, swap

LINES = "".join(f"line {n}\n" for n in range(10))
FIVE = swap("line 5\n", "FIVE\n")


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "a.txt"
    path.write_text(LINES)
    path.chmod(0o666)
    return path


def accepted(path: Path, meanwhile: Callable[[], object], change: Callable[[str], str] = FIVE) -> tuple[str, str]:
    """Propose, let something happen to the file, accept, settle: the outcome and what is told."""

    async def run() -> tuple[str, str]:
        async with Desk(files=DiskFiles(path.parent), root=path.parent).running() as desk:
            proposal = await desk.propose({path.name: change})
            meanwhile()
            told = (await desk.accept(ids_of(proposal)))[0]
            settled = (await desk.review.settle(proposal.id))[0]
            assert settled.outcome == told.outcome
            return told.outcome, told.message

    return anyio.run(run)


def test_a_read_only_file_stays_as_it_is(file: Path) -> None:
    outcome, message = accepted(file, lambda: file.chmod(0o444))
    assert outcome == "absent"
    assert message.startswith(str(file))
    assert "read-only" in message
    assert (file.read_text(), file.stat().st_mode & 0o777) == (LINES, 0o444)


def test_a_file_that_vanished_is_gone(file: Path) -> None:
    assert accepted(file, file.unlink) == ("stale", "the file is gone")
    assert list(file.parent.iterdir()) == []


def test_a_file_that_is_binary_by_now_is_left_alone(file: Path) -> None:
    raw = b"\x7fELF\0\0line 5\n"
    outcome, message = accepted(file, lambda: file.write_bytes(raw))
    assert (outcome, "not a text file" in message) == ("absent", True)
    assert file.read_bytes() == raw


def test_a_file_that_is_a_folder_by_now_is_left_alone(file: Path) -> None:
    def become_folder() -> None:
        file.unlink()
        file.mkdir()

    outcome, message = accepted(file, become_folder)
    assert (outcome, "folder" in message) == ("absent", True)
    assert list(file.iterdir()) == []


def test_a_link_that_leads_out_of_the_workspace_by_now_is_not_followed(file: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(LINES)

    def become_link() -> None:
        file.unlink()
        file.symlink_to(outside)

    outcome, message = accepted(file, become_link)
    assert outcome == "absent"
    assert message
    assert outside.read_text() == LINES


def test_a_full_disk_leaves_the_old_text_and_nothing_beside_it(file: Path) -> None:
    def work() -> None:
        become_nobody()
        outcome, message = accepted(file, fill_the_disk, swap("line 5\n", "x" * 40_000 + "\n"))
        assert outcome == "absent"
        assert "the disk did not take the bytes" in message

    assert in_child(work).kind == ""
    assert file.read_text() == LINES
    assert [path.name for path in file.parent.iterdir()] == ["a.txt"]


def fill_the_disk() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_one_bad_file_does_not_keep_the_others_from_being_written(file: Path) -> None:
    other = file.with_name("b.txt")
    other.write_text(LINES)
    file.chmod(0o444)

    async def run() -> list[str]:
        async with Desk(files=DiskFiles(file.parent), root=file.parent).running() as desk:
            proposal = await desk.propose({"a.txt": FIVE, "b.txt": FIVE})
            await desk.accept(ids_of(proposal))
            return [outcome.outcome for outcome in await desk.review.settle(proposal.id)]

    assert anyio.run(run) == ["absent", "present"]
    assert (file.read_text(), other.read_text()) == (LINES, FIVE(LINES))


def test_an_accept_keeps_the_mode_and_a_link_to_the_file(file: Path) -> None:
    file.chmod(0o640)
    link = file.with_name("link.txt")
    link.symlink_to("a.txt")
    assert accepted(link, lambda: None)[0] == "present"
    assert str(link.readlink()) == "a.txt"
    assert (file.read_text(), file.stat().st_mode & 0o777) == (FIVE(LINES), 0o640)
