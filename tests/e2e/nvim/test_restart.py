"""The daemon or the whole editor is killed in the middle of a review or a question: both go on where they were."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.nvim.scripts import TWENTY, call, step, under_review
from tests.support.nvim import Neovim, Place, alive

pytestmark = pytest.mark.nvim

HUNKS = (("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\n"))
ACCEPTED = TWENTY.replace(*HUNKS[0])


def restart_daemon(nvim: Neovim) -> None:
    """Kill it as the kernel would, then what `:LspRestart` does."""
    old = nvim.daemon_pid()
    os.kill(old, signal.SIGKILL)
    nvim.wait("#vim.lsp.get_clients({name = 'harness'}) == 0")
    nvim.lua("vim.lsp.enable('harness', false); vim.lsp.enable('harness', true)")
    nvim.wait("E2E.ready()")


def decided_to_the_end(nvim: Neovim, place: Place, path: Path, ids: list[str]) -> None:
    """The same hunks are shown again; one is accepted, one rejected, once each, and the turn ends."""
    again = nvim.hunks(2)
    assert [row["code"] for row in again] == ids
    assert [row["line"] for row in again] == [2, 9]
    nvim.says("A review goes on: 2 hunks wait for you")
    nvim.go(2)
    nvim.act("Accept hunk 1/2")
    nvim.placed(1)
    nvim.go(9)
    nvim.act("Reject hunk 2/2")
    nvim.ended()
    assert nvim.text() == ACCEPTED
    assert path.read_text() == TWENTY
    assert [row["hunk"] for row in place.records("Decided")] == ids
    assert len(place.records("Proposed")) == 1
    assert len(place.records("Prompt")) == 1
    nvim.says("Done.")


def test_a_daemon_killed_with_undecided_hunks_shows_them_again(nvim: Neovim, place: Place) -> None:
    path = under_review(nvim, place, TWENTY, *HUNKS)
    ids = [row["code"] for row in nvim.diagnostics()]
    restart_daemon(nvim)
    decided_to_the_end(nvim, place, path, ids)


def test_an_editor_killed_with_undecided_hunks_shows_them_again_when_it_starts(place: Place) -> None:
    with Neovim(place) as first:
        path = under_review(first, place, TWENTY, *HUNKS)
        ids = [row["code"] for row in first.diagnostics()]
        daemon = first.daemon_pid()
        first.kill()
        first.until(lambda: not alive(daemon))
    with Neovim(place) as second:
        second.edit(path)
        decided_to_the_end(second, place, path, ids)


def test_hunks_of_an_unsaved_buffer_find_their_lines_again(nvim: Neovim, place: Place) -> None:
    """The text that they stand in now is on no disk."""
    under_review(nvim, place, TWENTY, *HUNKS)
    nvim.typed("ggOabove<Esc>")
    nvim.until(lambda: nvim.diagnostics()[0]["line"] == 3)
    restart_daemon(nvim)
    nvim.until(lambda: [row["line"] for row in nvim.diagnostics()] == [3, 10])
    nvim.go(3)
    nvim.act("Accept hunk 1/2")
    nvim.placed(1)
    assert nvim.text() == "above\n" + ACCEPTED


def test_an_editor_that_has_gone_silent_gets_an_edit_once_and_the_person_is_told(nvim: Neovim, place: Place) -> None:
    """Neovim 0.11 tells a new client nothing of a buffer that was changed while it had none."""
    under_review(nvim, place, TWENTY, ("line 3\n", "line 3\nadded\n"))
    os.kill(nvim.daemon_pid(), signal.SIGKILL)
    nvim.wait("#vim.lsp.get_clients({name = 'harness'}) == 0")
    nvim.typed("Gobelow<Esc>")
    nvim.lua("vim.lsp.enable('harness', false); vim.lsp.enable('harness', true)")
    nvim.hunks(1)
    nvim.go(3)
    nvim.act("Accept hunk 1/1")
    nvim.says("Look at the file: the editor does not tell of its changes any more")
    nvim.ended()
    assert nvim.text() == TWENTY.replace("line 3\n", "line 3\nadded\n") + "below\n"
    assert "could not be confirmed" in place.results()[0]


def question(nvim: Neovim, place: Place) -> Path:
    """A read outside the workspace is asked for."""
    outside = place.root / "outside.txt"
    outside.write_text("PRIVATE\n")
    place.play(step(call("read_file", path=str(outside))), step(say="Done."))
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.run("harness.prompt", text="go")
    nvim.asked()
    return outside


def answered_once(nvim: Neovim, place: Place) -> None:
    """The same question again, answered, and the turn ends."""
    nvim.asked(within=10)
    nvim.pick("Allow")
    nvim.ended()
    opened = place.records("ApprovalOpened")
    closed = place.records("ApprovalClosed")
    assert len(opened) == 1
    assert [row["approval"] for row in closed] == [opened[0]["approval"]["id"]]
    assert len(place.results()) == 1
    assert "PRIVATE" in place.results()[0]


def test_a_daemon_killed_with_an_open_question_asks_it_again(nvim: Neovim, place: Place) -> None:
    question(nvim, place)
    nvim.pick_later()
    restart_daemon(nvim)
    answered_once(nvim, place)


def test_an_editor_killed_with_an_open_question_asks_it_again_when_it_starts(place: Place) -> None:
    with Neovim(place) as first:
        question(first, place)
        daemon = first.daemon_pid()
        first.kill()
        first.until(lambda: not alive(daemon))
    with Neovim(place) as second:
        second.edit(place.work / "a.txt")
        answered_once(second, place)


def test_quitting_with_a_review_open_leaves_no_process_and_no_change(nvim: Neovim, place: Place) -> None:
    path = under_review(nvim, place, TWENTY, *HUNKS)
    daemon = nvim.daemon_pid()
    nvim.quit()
    nvim.until(lambda: not alive(daemon), within=5)
    assert path.read_text() == TWENTY
    assert place.records("TurnEnded") == []
