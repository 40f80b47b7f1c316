"""The way from one change to the next, over files and diffs; and what is said to a person who asks meanwhile."""

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import TWENTY, ask, hunks, ready
from tests.support.nvim import Place
from tests.support.script import edit, step
from tests.support.vscode import DIFF, LENS, VsCode

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]

SHOUT = ("line 3\n", "LINE 3\n")
LATER = ("line 9\n", "LINE 9\n")
NEXT, PREVIOUS = "Alt+F5", "Shift+Alt+F5"
MENU = ".action-widget .monaco-list-row"


def proposed(window: VsCode, place: Place, word: str = "Accept") -> None:
    """Two hunks in a file that is open, one in a file that is not."""
    place.play(step(edit("a.txt", SHOUT, LATER), edit("b.txt", SHOUT)), step(say="Done."))
    window.open("a.txt")
    ready(window)
    ask(window)
    hunks(window, "a.txt", [2, 8], word)


def at(window: VsCode, file: str, line: int) -> None:
    """Wait until the cursor is on a 0-based line of a file's text."""

    def there() -> bool:
        active = window.active()
        found = active["file"], active["uri"].partition(":")[0], active["selections"][0][1][0]
        assert found == (window.path(file), "file", line), found
        return True

    window.until(there)


def in_diff(window: VsCode, label: str, line: int) -> None:
    """Wait until this diff is in front, with the cursor on a 0-based line of its right side."""

    def there() -> bool:
        found = [tab["label"] for tab in window.tabs() if tab["active"]], window.active()["selections"][0][1][0]
        assert found == ([label], line), found
        return True

    window.until(there)


def test_after_a_files_last_change_the_key_goes_on_to_another_file_and_around(opened: Opening, place: Place) -> None:
    place.file("a.txt", TWENTY)
    place.file("b.txt", TWENTY)
    window = opened()
    proposed(window, place)
    for file, line in (("a.txt", 2), ("a.txt", 8), ("b.txt", 2), ("a.txt", 2)):
        window.press(NEXT)
        at(window, file, line)
    window.press(PREVIOUS)
    at(window, "b.txt", 2)
    window.open("a.txt")
    window.command("Harness: Accept (keep) all in file")
    window.until(lambda: bool(window.status("1 change")))
    window.press(NEXT)
    at(window, "b.txt", 2)
    window.open("a.txt")
    window.click(".statusbar-item", "Harness: 1 change")
    window.pick("Go to the next change")
    at(window, "b.txt", 2)
    window.click_lens(2, "Accept")
    window.ended()
    window.command("Harness: Next hunk")
    window.notified("No more changes of the agent wait for you.")


@pytest.mark.parametrize(("policy", "word", "label"), [("ask", "Accept", "proposal"), ("keep", "Keep", "edits")])
def test_in_a_diff_the_key_goes_on_to_the_next_files_diff(
    opened: Opening, place: Place, policy: str, word: str, label: str
) -> None:
    place.file("a.txt", TWENTY)
    place.file("b.txt", TWENTY)
    window = opened(**{"harnessBridge.review": policy})
    proposed(window, place, word)
    window.press(NEXT)
    at(window, "a.txt", 2)
    window.command("Harness: Review changes of this file")
    window.shows(f"{DIFF} {LENS}", word)
    for file, line in (("a.txt", 8), ("b.txt", 2), ("a.txt", 2)):
        window.press(NEXT)
        in_diff(window, f"{file}: agent’s {label}", line)


def test_who_asks_while_a_change_waits_is_told_where_and_looks_at_it(opened: Opening, place: Place) -> None:
    place.file("a.txt", TWENTY)
    place.file("b.py", "def total(items):\n    return sum(items)\n")
    place.play(step(edit("a.txt", SHOUT)), step(say="Done."))
    window = opened()
    window.open("b.py", 0, 6)
    ready(window)
    ask(window)
    window.until(lambda: bool(window.status("1 change")))
    window.press("Control+Shift+R")
    window.shows(MENU, "Stop the agent (it waits for you: 1 change in a.txt)")
    window.screenshot("way-menu")
    window.click(MENU, "Next hunk")
    at(window, "a.txt", 2)
    window.open("b.py", 0, 6)
    ask(window, "another thing")
    window.notified("1 change in a.txt waits for your decision")
    window.screenshot("way-busy")
    window.click_notification("Review", "waits for your decision")
    window.shows(f"{DIFF} {LENS}", "Accept")
    window.click_lens(2, "Accept", DIFF)
    window.ended()
