"""Refactorings from VS Code's own menus, done by the offline engine: where they stand, what is typed for them, and
what saving does not do.
"""

import re

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import ask, ready
from tests.support.nvim import Place
from tests.support.vscode import DIFF, LENS, QUICK_FIELD, QUICK_INPUT, VsCode

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]

MENU = ".action-widget .monaco-list-row"
ROW = ".pane-body .monaco-list-row"
REFACTOR, QUICK_FIX, ORGANISE = "Control+Shift+R", "Control+.", "Shift+Alt+O"
OFFLINE = {"harnessBridge.model": "offline"}
WORKER_S = 30.0
"""The first refactoring starts a process and reads the workspace; an editor and a browser run beside."""

SHOP = """\
import sys
import os


def total(items):
    result = 0
    for item in items:
        result += item * 2
    return result


print(total([1, 2]), os.name)
"""
PRICES = '''\
"""Prices. For a whole basket: total()."""


def total(items):
    """Add prices: total([2, 3]) is 5."""
    return sum(items)


def receipt(items):
    """One line an item, the total below."""
    lines = [str(item) for item in items]
    return [*lines, str(total(items))]
'''
STATS = """\
from prices import total


def average(items):
    return total(items) / len(items)
"""
LOOP = "    result = 0\n    for item in items:\n        result += item * 2\n"


def editing(window: VsCode, line: int, character: int, lines: int = 0) -> None:
    """The shop in the editor, with the cursor there, or so many lines selected from there."""
    window.open("shop.py", line, character)
    ready(window)
    if lines:
        window.press(*["Shift+ArrowDown"] * lines)


def menu(window: VsCode, key: str) -> list[str]:
    """Our rows of the editor's menu, which stays open. A daemon that has just begun may not know the file yet."""

    def opened_menu() -> bool:
        window.press(key)
        window.shows(MENU, "Ask agent", 3.0)
        return True

    window.until(opened_menu, 15.0)
    return [row for row in window.texts(MENU) if row.startswith("Ask agent")]


def prompts(place: Place) -> list[str]:
    """The words of all prompts."""
    return [row["text"] for row in place.records("Prompt")]


def hunks(window: VsCode, *lines: int) -> None:
    """Wait until the hunks of the shop are on these 0-based lines."""

    def there() -> bool:
        found = sorted(line for line, title in window.lenses("shop.py") if title == "Accept")
        assert found == list(lines), (found, window.notifications())
        return True

    window.until(there, WORKER_S)


def test_a_name_is_typed_into_the_box_and_its_uses_are_hunks(opened: Opening, place: Place) -> None:
    place.file("shop.py", SHOP)
    window = opened(**OFFLINE)
    editing(window, 11, 8)
    assert menu(window, REFACTOR) == ["Ask agent: Inline `total`", "Ask agent: Rename `total`…"]
    window.screenshot("entries-menu")
    window.click(MENU, "Ask agent: Rename")
    window.shows(QUICK_INPUT, "Ask the agent to rename total")
    assert window.evaluate(f"document.querySelector('{QUICK_FIELD}').value") == "total"
    window.answer("class", "rename total")
    window.shows(QUICK_INPUT, "is a word of the language")
    window.screenshot("entries-name")
    window.answer("grand_total", "rename total")
    hunks(window, 4, 11)
    window.screenshot("entries-hunks")
    assert prompts(place) == ["Rename `total` to `grand_total`"]
    (where,) = (row["context"] for row in place.records("Prompt"))
    assert (where["line"], where["column"], where["end"]) == (11, 6, None)
    window.command("Harness: Accept (keep) all in file")
    window.has("shop.py", SHOP.replace("total", "grand_total"))
    window.ended()


def test_a_use_in_a_docstring_is_told_apart_wherever_its_hunk_is_shown(opened: Opening, place: Place) -> None:
    place.file("prices.py", PRICES)
    place.file("stats.py", STATS)
    window = opened(**OFFLINE)
    window.open("prices.py", 3, 6)
    ready(window)
    ask(window, "rename total to grand_total")
    window.shows(LENS, "Agent changes 1 line, in a docstring: review", WORKER_S)
    window.screenshot("rename-text")
    window.command("View: Show Harness")
    window.shows(ROW, "in a docstring")
    window.shows(ROW, "stats.py")
    window.command("Harness: Review changes of this file")
    window.shows(f"{DIFF} .codelens-decoration", "1/6, in a docstring")
    noted = [title for _, title in window.lenses() if "/6" in title]
    assert noted == ["1/6, in a docstring", "2/6", "3/6, in a docstring", "4/6"]
    window.screenshot("rename")


def test_a_selection_is_extracted_and_the_agent_knows_its_columns(opened: Opening, place: Place) -> None:
    place.file("shop.py", SHOP)
    window = opened(**OFFLINE)
    editing(window, 5, 0, lines=3)
    assert menu(window, QUICK_FIX) == ["Ask agent: Extract function", "Ask agent…"]
    window.screenshot("entries-selection")
    window.click(MENU, "Ask agent: Extract function")
    window.until(lambda: place.records("Proposed"), WORKER_S)
    assert prompts(place) == ["Extract the selected code into a function"]
    (where,) = (row["context"] for row in place.records("Prompt"))
    uri = (place.work / "shop.py").as_uri()
    end = len("        result += item * 2")
    assert where == {"uri": uri, "line": 5, "end": 7, "column": 0, "end_column": end, "open": [uri]}
    window.until(lambda: any(title == "Accept" for _, title in window.lenses("shop.py")))
    window.command("Harness: Accept (keep) all in file")
    window.ended()
    (name,) = set(re.findall(r"def (\w+)", window.text("shop.py"))) - {"total"}
    called = SHOP.replace(LOOP, f"    result = {name}(items)\n")
    window.has("shop.py", called.replace("def total", f"def {name}(items):\n{LOOP}    return result\n\n\ndef total"))


def test_a_module_is_picked_or_its_path_typed(opened: Opening, place: Place) -> None:
    place.file("shop.py", SHOP)
    place.file("sums/all.py", "")
    place.file("venv/lib/other.py", "")
    window = opened(**OFFLINE)
    editing(window, 4, 4)
    assert "Ask agent: Move `total`…" in menu(window, REFACTOR)
    window.click(MENU, "Ask agent: Move")
    assert [row.partition(",")[0].strip() for row in window.picks()] == ["sums/all.py", "Another file…"]
    window.pick("Another file")
    window.answer("sums/new.py", "to move total")
    window.until(lambda: prompts(place) == ["Move `total` to `sums/new.py`"])
    window.until(lambda: place.records("Proposed"), WORKER_S)
    (proposed,) = place.records("Proposed")
    assert "/sums/new.py" in "".join(row["uri"] for row in proposed["proposal"]["files"])


def test_imports_are_organised_by_menu_and_key_and_not_by_saving(opened: Opening, place: Place) -> None:
    file = place.file("shop.py", SHOP)
    window = opened(**OFFLINE, **{"editor.codeActionsOnSave": {"source.organizeImports": "explicit"}})
    editing(window, 8, 0)
    window.type("# saved\n")
    window.save()
    window.until(lambda: "# saved" in file.read_text(encoding="utf-8"))
    window.command("Source Action...")
    window.shows(MENU, "Ask agent: Organise imports")
    window.screenshot("entries-source")
    assert prompts(place) == []
    window.press("Escape")
    window.press(ORGANISE)
    hunks(window, 0)
    assert prompts(place) == ["Organise the imports of this file"]
