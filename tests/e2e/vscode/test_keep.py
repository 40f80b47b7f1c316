"""Under *keep*: the agent's text stands at once, in green, and each change is kept or undone."""

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import TWENTY, hunks, proposed
from tests.support.nvim import Place

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]

KEEP = {"harnessBridge.review": "keep"}
PEEK = ".dirty-diff, .peekview-widget"
PEEK_ACTION = ".peekview-widget .action-label"


def test_changes_stand_at_once_and_are_kept_or_undone(opened: Opening, place: Place) -> None:
    file = place.file("a.txt", TWENTY)
    window = opened(**KEEP)
    proposed(
        window,
        ("line 3\n", "LINE 3\n"),
        ("line 8\n", "LINE 8\n"),
        ("line 13\n", "LINE 13\n"),
        ("line 18\n", "LINE 18\n"),
    )
    after = TWENTY
    for number in (3, 8, 13, 18):
        after = after.replace(f"line {number}\n", f"LINE {number}\n")
    window.has("a.txt", after)
    hunks(window, "a.txt", [2, 7, 12, 17], "Keep")
    window.until(lambda: file.read_text() == after)
    window.shows(".codelens-decoration", "Keep")
    window.screenshot("keep-text")

    window.click_lens(2, "Keep")
    hunks(window, "a.txt", [7, 12, 17], "Keep")
    window.click_lens(7, "Undo")
    after = after.replace("LINE 8\n", "line 8\n")
    window.has("a.txt", after)
    hunks(window, "a.txt", [12, 17], "Keep")

    # The editor's own way through changes: its peek shows the removed text, with the same two decisions.
    window.open("a.txt", 10)
    window.press("Alt+F3")
    window.shows(PEEK, "line 13")
    window.screenshot("keep-peek")
    window.click(f'{PEEK_ACTION}[aria-label*="Keep this change"]')
    hunks(window, "a.txt", [17], "Keep")
    window.press("Escape")
    window.open("a.txt", 15)
    window.press("Alt+F3")
    window.shows(PEEK, "line 18")
    window.click(f'{PEEK_ACTION}[aria-label*="Undo this change"]')
    after = after.replace("LINE 18\n", "line 18\n")
    window.has("a.txt", after)
    window.ended()
    window.until(lambda: file.read_text() == after)
    window.until(lambda: not window.is_dirty("a.txt"))
    window.screenshot("keep-settled")


def test_typing_beside_kept_changes_is_undone_step_by_step(opened: Opening, place: Place) -> None:
    place.file("a.txt", TWENTY)
    window = opened(**KEEP)
    window.open("a.txt", 0)
    window.type("x")
    proposed(window, ("line 3\n", "LINE 3\n"))
    dirty = "x" + TWENTY
    applied = dirty.replace("line 3\n", "LINE 3\n")
    window.has("a.txt", applied)
    assert window.is_dirty("a.txt")
    window.open("a.txt", 0)
    window.type("y")
    window.has("a.txt", "y" + applied)
    window.undo()
    window.has("a.txt", applied)
    window.undo()
    window.has("a.txt", dirty)
    hunks(window, "a.txt", [], "Keep")
    window.redo()
    window.has("a.txt", applied)
    window.redo()
    window.has("a.txt", "y" + applied)
