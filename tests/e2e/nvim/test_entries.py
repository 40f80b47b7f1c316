"""Refactorings from the menu of a stock Neovim, done by the offline engine: offered, asked for, decided."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.nvim.test_readme import NICER
from tests.support.nvim import Neovim, Place, Row

pytestmark = pytest.mark.nvim

OFFLINE = "vim.lsp.config('harness', { init_options = { model = 'offline' } })\n"
WORKER_S = 30.0
"""The first refactoring starts a process and reads the workspace; other tests may run beside."""

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
LOOP = "    result = 0\n    for item in items:\n        result += item * 2\n"
COMMENT = "Another one: begin a comment for it here"
AT_EACH_SAVE = "vim.lsp.buf.code_action({ context = { only = { 'source.organizeImports' } }, apply = true })"


@pytest.fixture
def nvim(place: Place) -> Iterator[Neovim]:
    """The editor with the shop open."""
    with Neovim(place, OFFLINE) as editor:
        editor.edit(place.file("shop.py", SHOP))
        yield editor


def asked(place: Place, **where: object) -> str:
    """The words of the one prompt, which was about this place of the shop."""
    (prompt,) = place.records("Prompt")
    uri = (place.work / "shop.py").as_uri()
    known: Row = {name: value for name, value in prompt["context"].items() if value is not None}
    assert known == {"uri": uri, "open": [uri], **where}
    return str(prompt["text"])


def accepted(nvim: Neovim, place: Place, hunks: int) -> str:
    """The shop after all that was proposed for it, so many hunks, is accepted."""
    nvim.hunks(hunks, within=WORKER_S)
    nvim.run("harness.acceptFile", uri=(place.work / "shop.py").as_uri())
    nvim.ended(within=WORKER_S)
    return nvim.text(place.work / "shop.py")


def test_the_menu_has_the_refactorings_of_the_place(nvim: Neovim) -> None:
    nvim.go(4, 4)
    rename, inline, move = "Ask agent: Rename `total`…", "Ask agent: Inline `total`", "Ask agent: Move `total`…"
    assert nvim.actions() == (rename, inline, move)
    nvim.go(5, 6)
    assert nvim.actions() == ("Ask agent: Rename `result`…", "Ask agent: Inline `result`")
    nvim.go(0, 0)
    assert nvim.actions() == ("Ask agent: Organise imports",)
    nvim.keys("6GVjj")
    assert nvim.actions() == ("Ask agent: Extract function",)
    nvim.keys("<Esc>8G0fivf2")
    assert nvim.actions() == ("Ask agent: Extract function", "Ask agent: Extract variable")


def test_on_a_selection_that_it_can_do_nothing_with_the_offline_engine_offers_nothing(nvim: Neovim) -> None:
    nvim.keys("8G0fivt2h")
    nvim.lua("vim.lsp.buf.code_action()")
    nvim.says("No code actions available")


def test_selected_lines_become_a_function(nvim: Neovim, place: Place) -> None:
    nvim.keys("6GVjj")
    nvim.act("Ask agent: Extract function")
    text = accepted(nvim, place, 2)
    (name,) = set(re.findall(r"def (\w+)", text)) - {"total"}
    called = SHOP.replace(LOOP, f"    result = {name}(items)\n")
    assert text == called.replace("def total", f"def {name}(items):\n{LOOP}    return result\n\n\ndef total")
    selection = {"line": 5, "end": 7, "column": 0, "end_column": len("        result += item * 2")}
    assert asked(place, **selection) == "Extract the selected code into a function"


def test_a_selected_expression_becomes_a_variable(nvim: Neovim, place: Place) -> None:
    nvim.keys("8G0fivf2")
    nvim.act("Ask agent: Extract variable")
    text = accepted(nvim, place, 2)
    (name,) = re.findall(r"(\w+) = item \* 2", text)
    row = "        result += item * 2\n"
    assert text == SHOP.replace(row, f"        {name} = item * 2\n        result += {name}\n")
    assert asked(place, line=7, end=7, column=18, end_column=26) == "Extract the selected code into a variable"


def test_a_new_name_is_chosen_and_each_use_is_a_hunk(nvim: Neovim, place: Place) -> None:
    nvim.go(11, 8)
    nvim.act("Ask agent: Rename `total`…")
    question = nvim.pick("_total")
    assert question.kind == "lsp_message"
    assert question.prompt.startswith("Rename total to what?")
    assert question.items == (COMMENT, "_total")
    assert accepted(nvim, place, 2) == SHOP.replace("total", "_total")
    assert asked(place, line=11, column=6) == "Rename `total` to `_total`"


def test_any_other_name_is_typed_in_a_comment_that_is_begun_for_it(nvim: Neovim, place: Place) -> None:
    nvim.go(7, 18)
    nvim.act("Ask agent: Rename `item`…")
    nvim.pick(COMMENT)
    comment = "        # agent: rename item to "
    nvim.until(lambda: nvim.lines()[7] == comment)
    nvim.wait("vim.deep_equal({vim.fn.line('.'), vim.fn.col('.')}, {...})", 8, len(comment))
    assert place.records("Prompt") == []
    nvim.typed("Athing<Esc>")
    nvim.act("Ask agent: rename item to thing")
    with_comment = SHOP.replace(LOOP, LOOP.replace("        result", f"{comment}thing\n        result"))
    renamed = with_comment.replace("for item in", "for thing in").replace("item * 2", "thing * 2")
    assert accepted(nvim, place, 2) == renamed
    assert asked(place, line=7) == "rename item to thing"


def test_a_new_name_that_is_put_away_changes_nothing(nvim: Neovim, place: Place) -> None:
    nvim.go(11, 8)
    nvim.act("Ask agent: Rename `total`…")
    nvim.pick(None)
    assert nvim.actions() == ("Ask agent: Rename `total`…", "Ask agent: Inline `total`")
    assert (nvim.text(), place.records("Prompt")) == (SHOP, [])


def test_a_function_is_moved_to_a_module_that_is_open(nvim: Neovim, place: Place) -> None:
    nvim.edit(place.file("sums.py", '"""Sums."""\n'))
    nvim.edit("shop.py")
    nvim.go(4, 0)
    assert nvim.act("Ask agent: Move `total`…") == ("Ask agent: Move `total`…",)
    assert nvim.pick("sums.py").items == ("sums.py", COMMENT)
    nvim.until(lambda: place.records("Proposed"), WORKER_S)
    (proposed,) = place.records("Proposed")
    files = sorted(row["uri"].rpartition("/")[2] for row in proposed["proposal"]["files"])
    assert files == ["shop.py", "sums.py"]
    assert [row["text"] for row in place.records("Prompt")] == ["Move `total` to `sums.py`"]


def test_imports_are_organised_by_a_key_and_not_by_what_runs_at_each_save(place: Place) -> None:
    with Neovim(place, OFFLINE + NICER) as nvim:
        nvim.edit(place.file("shop.py", SHOP))
        nvim.go(8)
        nvim.lua(AT_EACH_SAVE)
        nvim.says("No code actions available")
        assert place.records("Prompt") == []
        nvim.keys("gro")
        assert accepted(nvim, place, 1) == SHOP.replace("import sys\n", "")
        assert asked(place, line=8, column=0) == "Organise the imports of this file"


def test_a_variable_is_inlined_at_the_cursor(nvim: Neovim, place: Place) -> None:
    text = "def half(x):\n    it = x / 2\n    return it\n"
    nvim.edit(place.file("half.py", text))
    nvim.go(2, 12)
    nvim.act("Ask agent: Inline `it`")
    nvim.hunks(1, within=WORKER_S)
    nvim.act("Accept hunk 1/1")
    nvim.ended(within=WORKER_S)
    assert nvim.text() == "def half(x):\n    return x / 2\n"
