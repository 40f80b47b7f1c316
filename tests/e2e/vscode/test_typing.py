"""A person types while the agent works and while hunks wait: hunks move, or say that they no longer fit."""

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import TWENTY, ask, hunks, proposed, ready
from tests.support.nvim import Place
from tests.support.script import call, edit, step

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]


def test_typing_moves_hunks_and_unsaved_text_stays_unsaved(opened: Opening, place: Place) -> None:
    file = place.file("a.txt", TWENTY)
    place.play(
        step(call("read_file", path="a.txt")),
        step(edit("a.txt", ("line 5\n", "LINE 5\n"), ("line 10\n", "LINE 10\n"))),
        step(say="Done."),
    )
    window = opened()
    window.open("a.txt")
    ready(window)
    window.type("mine\n")
    ask(window)
    hunks(window, "a.txt", [5, 10])
    assert "1\tmine" in place.results()[0]

    window.open("a.txt")
    window.type("before\n")
    hunks(window, "a.txt", [6, 11])
    window.open("a.txt", 9)
    window.type("between\n")
    hunks(window, "a.txt", [6, 12])
    window.open("a.txt", 20)
    window.type("after\n")
    hunks(window, "a.txt", [6, 12])
    window.screenshot("typing")
    window.open("a.txt", 12)
    window.click_lens(12, "Accept")
    window.open("a.txt", 6)
    window.press("Alt+Enter")
    window.ended()

    lines = ["before", "mine", *TWENTY.splitlines()]
    lines[6] = "LINE 5"
    lines.insert(9, "between")
    lines[12] = "LINE 10"
    lines.insert(20, "after")
    window.has("a.txt", "\n".join(lines) + "\n")
    assert window.is_dirty("a.txt")
    assert file.read_text() == TWENTY
    window.save()
    window.until(lambda: file.read_text() == "\n".join(lines) + "\n")


def test_a_hunk_whose_lines_were_typed_over_says_so_and_is_applied_after_a_look_or_dismissed(
    opened: Opening, place: Place
) -> None:
    file = place.file("a.txt", TWENTY)
    window = opened()
    proposed(window, ("line 5\n", "LINE 5\n"), ("line 10\n", "LINE 10\n"), ("line 15\n", "LINE 15\n"))
    hunks(window, "a.txt", [4, 9, 14])
    for line in (4, 14):
        window.open("a.txt", line)
        window.type("my ")
    hunks(window, "a.txt", [4, 14], "Dismiss")
    hunks(window, "a.txt", [9])
    window.screenshot("stale")

    # An accept is no answer to a hunk that no longer fits; it shows what stands there.
    window.open("a.txt", 14)
    window.click_lens(14, "Dismiss")
    hunks(window, "a.txt", [4], "Dismiss")
    window.open("a.txt", 4)
    window.click_lens(4, "no longer fits")
    window.shows(".monaco-diff-editor .view-line", "my line 5")
    window.screenshot("stale-diff")
    window.open("a.txt", 4)
    window.click_lens(4, "Apply anyway")
    window.shows(".monaco-dialog-box", "Put the agent’s lines in its place?")
    window.screenshot("stale-anyway")
    window.click(".monaco-dialog-box .monaco-button", "Replace It")
    expected = TWENTY.replace("line 5\n", "LINE 5\n").replace("line 15\n", "my line 15\n")
    window.has("a.txt", expected)
    window.open("a.txt", 9)
    window.click_lens(9, "Reject")
    window.ended()
    window.has("a.txt", expected)
    assert file.read_text() == TWENTY
    assert window.is_dirty("a.txt")
