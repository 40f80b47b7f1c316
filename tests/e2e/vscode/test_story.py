"""The whole story under *ask*: asked by a key, looked at in the diff, decided in every way, undone, redone."""

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import TWENTY, hunks, proposed
from tests.support.nvim import Place
from tests.support.vscode import DIFF, VsCode

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]


def test_hunks_are_accepted_rejected_edited_and_taken_by_lines(opened: Opening, place: Place) -> None:
    file = place.file("a.txt", TWENTY)
    window = opened()
    proposed(
        window,
        ("line 3\n", "LINE 3\n"),
        ("line 8\n", "line 8 a\nline 8 b\n"),
        ("line 12\n", "LINE 12\n"),
        ("line 16\n", ""),
    )
    hunks(window, "a.txt", [2, 7, 11, 15])
    window.screenshot("ask-text")
    assert (window.text("a.txt"), file.read_text()) == (TWENTY, TWENTY)

    window.click_lens(2, "review")
    window.shows(f"{DIFF} .view-line", "LINE 3")
    window.shows(f"{DIFF} .codelens-decoration", "Accept")
    window.screenshot("ask-diff")
    window.click_lens(2, "Accept", DIFF)
    window.has("a.txt", TWENTY.replace("line 3\n", "LINE 3\n"))
    window.until(lambda: not window.is_dirty("a.txt"))
    assert file.read_text() == TWENTY.replace("line 3\n", "LINE 3\n")

    # The proposal's own lines: its second hunk makes two of one.
    window.click_lens(12, "Reject with reason", DIFF)
    window.screenshot("ask-reason")
    window.answer("Out of scope", "Reject hunk")
    window.until(lambda: len(place.records("Decided")) == 2)

    window.until(lambda: window.active()["uri"].startswith("harness-proposal:"))
    window.press("Control+g")
    window.answer(":8", "")
    window.press("Shift+ArrowDown", "Alt+Enter")
    expected = TWENTY.replace("line 3\n", "LINE 3\n").replace("line 8\n", "line 8 a\n")
    window.has("a.txt", expected)
    window.screenshot("ask-lines")

    window.until(lambda: window.active()["uri"].startswith("harness-proposal:"))
    window.click_lens(8, "Edit", DIFF)
    window.until(lambda: window.active()["uri"].startswith("harness-edit:"))
    window.press("Control+a")
    window.type("line 8 by hand\n")
    window.screenshot("ask-edit")
    window.command("Harness: Accept this text")
    expected = expected.replace("line 8 a\n", "line 8 a\nline 8 by hand\n")
    window.has("a.txt", expected)

    window.open("a.txt", 16)
    window.click_lens(16, "Accept")
    expected = expected.replace("line 16\n", "")
    window.has("a.txt", expected)
    window.ended()
    window.until(lambda: not window.is_dirty("a.txt"))
    assert file.read_bytes() == expected.encode()
    result = place.results()[0]
    assert "rejected by the user: Out of scope" in result
    assert "line 8 by hand" in result

    before_last = expected.replace("line 15\n", "line 15\nline 16\n")
    stepped(window, expected, before_last, before_last.replace("line 8 by hand\n", ""))
    window.screenshot("ask-settled")


def stepped(window: VsCode, *texts: str) -> None:
    """Back through the texts, one key each, and forth again."""
    window.open("a.txt")
    for text in texts[1:]:
        window.undo()
        window.has("a.txt", text)
    for text in texts[-2::-1]:
        window.redo()
        window.has("a.txt", text)
