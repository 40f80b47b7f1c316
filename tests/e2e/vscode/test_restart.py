"""What waits for the person outlives the window and the daemon."""

import os
import signal

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import START_S, TWENTY, ask, hunks, proposed, ready
from tests.support.nvim import Place, alive
from tests.support.script import call, step

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]


def test_a_reloaded_window_has_its_hunks_again_with_the_same_ids(opened: Opening, place: Place) -> None:
    file = place.file("a.txt", TWENTY)
    window = opened()
    proposed(window, ("line 3\n", "LINE 3\n"), ("line 8\n", "LINE 8\n"))
    hunks(window, "a.txt", [2, 7])
    known = place.records("Proposed")
    daemon = window.daemon_pid()
    window.reload()
    ready(window)
    window.open("a.txt")
    hunks(window, "a.txt", [2, 7])
    assert place.records("Proposed") == known
    window.until(lambda: not alive(daemon))
    window.screenshot("reloaded")
    window.click_lens(2, "Accept")
    window.has("a.txt", TWENTY.replace("line 3\n", "LINE 3\n"))
    window.click_lens(7, "Reject")
    window.ended()
    assert file.read_text() == TWENTY.replace("line 3\n", "LINE 3\n")


def test_a_reloaded_window_asks_an_open_question_again(opened: Opening, place: Place) -> None:
    outside = place.root / "outside.txt"
    outside.write_text("PRIVATE\n")
    place.play(step(call("read_file", path=str(outside))), step(say="Done."))
    place.file("a.txt", TWENTY)
    window = opened()
    window.open("a.txt")
    ready(window)
    ask(window)
    window.notified(str(outside), START_S)
    window.screenshot("question")
    opened_before = place.records("ApprovalOpened")
    window.reload()
    ready(window)
    window.notified(str(outside), START_S)
    assert place.records("ApprovalOpened") == opened_before
    window.click_notification("Allow", str(outside))
    window.ended()
    assert "PRIVATE" in place.results()[0]


def test_a_killed_daemon_is_started_again_and_hunks_come_back(opened: Opening, place: Place) -> None:
    place.file("a.txt", TWENTY)
    window = opened()
    proposed(window, ("line 3\n", "LINE 3\n"), ("line 8\n", "LINE 8\n"))
    hunks(window, "a.txt", [2, 7])
    killed = window.daemon_pid()
    os.kill(killed, signal.SIGKILL)
    window.notified("ended unexpectedly")
    window.screenshot("daemon-killed")
    window.until(lambda: window.daemon_pid() != killed, START_S)
    hunks(window, "a.txt", [2, 7])
    window.click_lens(7, "Accept")
    window.has("a.txt", TWENTY.replace("line 8\n", "LINE 8\n"))
    window.click_lens(2, "Accept")
    window.ended()
    window.has("a.txt", TWENTY.replace("line 3\n", "LINE 3\n").replace("line 8\n", "LINE 8\n"))
