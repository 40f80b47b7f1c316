"""Changes of several files: open, closed, new; what is saved and what is not."""

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import TWENTY, ask, hunks, ready
from tests.support.nvim import Place
from tests.support.script import call, edit, step
from tests.support.vscode import LENS, VsCode

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]

SHOUTED = TWENTY.replace("line 3\n", "LINE 3\n")
ROW = ".pane-body .monaco-list-row"
MULTI = ".monaco-component.multiDiffEditor"


def test_open_closed_and_new_files_are_reviewed_together(opened: Opening, place: Place) -> None:
    clean, dirty, closed = (place.file(name, TWENTY) for name in ("clean.txt", "dirty.txt", "closed.txt"))
    shout = ("line 3\n", "LINE 3\n")
    place.play(
        step(*(edit(name, shout) for name in ("clean.txt", "dirty.txt", "closed.txt"))),
        step(call("write_file", path="sub/new.txt", content="all new\n")),
        step(say="Done."),
    )
    window = opened()
    window.open("dirty.txt", 19)
    window.type("mine ")
    window.open("clean.txt")
    ready(window)
    ask(window)
    hunks(window, "clean.txt", [2])
    window.command("Harness: Review all changes")
    window.shows(MULTI, "closed.txt")
    window.shows(f"{MULTI} .codelens-decoration", "Accept")
    window.screenshot("files-all")

    window.open("clean.txt")
    window.click_lens(2, "Accept")
    window.has("clean.txt", SHOUTED)
    window.until(lambda: clean.read_text() == SHOUTED)
    window.open("dirty.txt")
    hunks(window, "dirty.txt", [2])
    window.click_lens(2, "Accept")
    window.has("dirty.txt", SHOUTED.replace("line 20", "mine line 20"))
    window.command("Harness: Next hunk")
    window.until(lambda: window.active()["file"].endswith("closed.txt"))
    hunks(window, "closed.txt", [2])
    window.screenshot("files-closed")
    window.press("Alt+Enter")
    window.until(lambda: closed.read_text() == SHOUTED)

    window.until(lambda: bool(window.status("1 change")))
    window.command("Harness: Next hunk")
    window.until(lambda: window.active()["text"] == "all new\n")
    window.shows(LENS, "Accept")
    window.screenshot("files-new")
    assert not (place.work / "sub").exists()
    window.press("Alt+Enter")
    window.ended()
    assert (place.work / "sub" / "new.txt").read_bytes() == b"all new\n"
    assert window.is_dirty("dirty.txt")
    assert dirty.read_text() == TWENTY


def test_the_tree_lists_what_waits_and_decides_it(opened: Opening, place: Place) -> None:
    first, second = (place.file(name, TWENTY) for name in ("one.txt", "two.txt"))
    shout = ("line 3\n", "LINE 3\n")
    place.play(step(*(edit(name, shout) for name in ("one.txt", "two.txt"))), step(say="Done."))
    window = opened()
    window.open("one.txt")
    ready(window)
    ask(window)
    hunks(window, "one.txt", [2])
    window.click(".activitybar .action-item:has(.action-label[aria-label^='Harness'])")
    window.shows(ROW, "two.txt")
    window.screenshot("tree")
    decided(window, "Edit one.txt", "Accept")
    window.has("one.txt", SHOUTED)
    window.until(lambda: first.read_text() == SHOUTED)
    window.shows(f'{ROW}:has-text("Edit one.txt")', "done")
    decided(window, "Edit two.txt", "Reject")
    window.ended()
    assert second.read_text() == TWENTY


def decided(window: VsCode, row: str, verdict: str) -> None:
    """By the button that a row of the tree has under the mouse."""
    found = f'{ROW}:has-text("{row}")'
    window.hover(found)
    window.click(f'{found} .action-label[aria-label^="{verdict}"]')
