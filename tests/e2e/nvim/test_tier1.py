"""Reviewing in a stock Neovim by code lenses and inlay hints, and asking from a selection and from a diagnostic."""

from pathlib import Path

import pytest

from tests.e2e.nvim.scripts import TWENTY, edit, step, under_review
from tests.support.nvim import Neovim, Place
from tests.support.nvim_screen import Screen

pytestmark = pytest.mark.nvim

THREE = (("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\nand more\n"), ("line 17\n", ""))
LENSES = """
  local rows = {}
  for _, one in ipairs(vim.lsp.codelens.get(0)) do
    table.insert(rows, { one.range.start.line, one.range.start.character, one.command.title })
  end
  table.sort(rows, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
  return vim.tbl_map(function(row) return { row[1], row[3] } end, rows)
"""


def lenses(nvim: Neovim, *expected: tuple[int, str]) -> None:
    """Ask for the lenses until the buffer has exactly these: (line, title), in the order in which they are shown."""

    def shown() -> bool:
        nvim.lua("vim.lsp.codelens.refresh({bufnr = 0})")
        found = [(line, title) for line, title in nvim.lua(LENSES)]
        assert found == list(expected), found
        return True

    nvim.until(shown)


def of_hunk(line: int, number: str) -> tuple[tuple[int, str], ...]:
    """The lenses of a hunk that fits."""
    return tuple((line, title) for title in ("Accept", "Reject", number, "Show"))


def run_lens(nvim: Neovim, title: str) -> None:
    """`vim.lsp.codelens.run()` on the cursor's line, then the lens that is called so."""
    nvim.lua("vim.lsp.codelens.run()")
    assert nvim.pick(title).kind == "codelens"


def test_a_file_is_reviewed_by_lenses_alone(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, *THREE)
    lenses(nvim, *of_hunk(2, "1/3"), *of_hunk(9, "2/3"), *of_hunk(16, "3/3"))
    nvim.go(2)
    run_lens(nvim, "1/3")
    nvim.until(lambda: nvim.at() == ("a.txt", 9))
    run_lens(nvim, "Accept")
    nvim.placed(1)
    lenses(nvim, *of_hunk(2, "1/3"), *of_hunk(17, "3/3"))
    nvim.go(2)
    run_lens(nvim, "Reject")
    lenses(nvim, *of_hunk(17, "3/3"))
    nvim.go(17)
    run_lens(nvim, "Show")
    nvim.until(lambda: nvim.at()[0].endswith("a.txt.diff"))
    assert nvim.text() == "- line 17\n"
    nvim.command("edit #")
    nvim.go(17)
    run_lens(nvim, "Accept")
    nvim.ended()
    lenses(nvim)
    assert nvim.text() == TWENTY.replace(*THREE[1]).replace(*THREE[2])


def test_a_hunk_that_fits_no_more_is_applied_anyway_over_what_stands_there(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, THREE[1])
    nvim.typed("10GA, mine<Esc>")
    lenses(nvim, *((9, title) for title in ("Dismiss", "Apply anyway", "1/1", "Show")))
    nvim.go(9)
    run_lens(nvim, "Apply anyway")
    nvim.ended()
    assert nvim.text() == TWENTY.replace(*THREE[1])
    nvim.typed("u")
    assert nvim.text() == TWENTY.replace("line 10\n", "line 10, mine\n")


def test_an_insertion_below_the_last_line_has_its_lenses_on_that_line(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, ("line 20\n", "line 20\nline 21\n"))
    lenses(nvim, *of_hunk(19, "1/1"))
    nvim.go(19)
    run_lens(nvim, "Accept")
    nvim.ended()
    assert nvim.text() == TWENTY + "line 21\n"


def test_hints_say_what_the_agent_wants_and_follow_the_review(nvim: Neovim, place: Place) -> None:
    found = "vim.tbl_map(function(one) local h = one.inlay_hint return {h.position.line, h.label} end, %s)"
    hints = found % "vim.lsp.inlay_hint.get({bufnr = 0})"
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.lua("vim.lsp.inlay_hint.enable(true)")
    place.play(step(edit("a.txt", *THREE)), step(say="Done."))
    nvim.run("harness.prompt", text="go")
    three = [[2, "▸ agent: change 1 line"], [9, "▸ agent: replace 1 line with 2"], [16, "▸ agent: remove 1 line"]]
    nvim.until(lambda: sorted(nvim.lua(f"return {hints}")) == three)
    nvim.go(9)
    nvim.act("Reject hunk 2/3")
    nvim.until(lambda: sorted(nvim.lua(f"return {hints}")) == [three[0], three[2]])
    nvim.typed("3GA, mine<Esc>")
    nvim.until(lambda: [2, "▸ agent: no longer fits"] in nvim.lua(f"return {hints}"))


def test_a_selection_is_asked_about_with_a_choice_and_its_lines(nvim: Neovim, place: Place) -> None:
    place.play(step(edit("a.txt", THREE[0])), step(say="Done."), when="^Simplify the selected code")
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.keys("2GVjj")
    nvim.act("Ask agent…")
    question = nvim.pick("Simplify")
    assert question.kind == "lsp_message"
    assert len(question.items) == 5
    nvim.hunks(1)
    (prompt,) = place.records("Prompt")
    assert (prompt["context"]["line"], prompt["context"]["end"]) == (1, 3)
    assert prompt["context"]["uri"] == (place.work / "a.txt").as_uri()


def test_a_selection_that_is_put_away_asks_nothing(nvim: Neovim, place: Place) -> None:
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.keys("2GVjj")
    nvim.act("Ask agent…")
    nvim.pick(None)
    nvim.keys("<Esc>")
    nvim.go(0)
    nvim.keys("gra")
    nvim.says("No code actions available")
    assert place.records("Prompt") == []


def test_a_diagnostic_of_another_source_is_fixed(nvim: Neovim, place: Place) -> None:
    """Neovim gives a server its own diagnostics alone: one line of configuration gives it all of the line."""
    place.play(step(edit("a.txt", THREE[0])), step(say="Done."), when="^Fix this diagnostic")
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.lua("""
        vim.diagnostic.set(vim.api.nvim_create_namespace('linter'), 0, {
          { lnum = 2, col = 0, end_lnum = 2, end_col = 4, message = 'shout this', source = 'linter', code = 'L1' },
        })
        vim.keymap.set('n', 'gra', function()
          local here = vim.diagnostic.get(0, { lnum = vim.fn.line('.') - 1 })
          vim.lsp.buf.code_action({ context = { diagnostics = vim.lsp.diagnostic.from(here) } })
        end)
    """)
    nvim.go(2)
    assert nvim.act("Fix with agent: shout this") == ("Fix with agent: shout this",)
    nvim.hunks(1)
    (prompt,) = place.records("Prompt")
    assert prompt["text"] == "Fix this diagnostic: shout this (linter L1)"
    assert (prompt["context"]["line"], prompt["context"]["end"]) == (2, 2)
    nvim.act("Accept hunk 1/1")
    nvim.ended()
    assert nvim.text() == TWENTY.replace(*THREE[0])


def test_lenses_and_hints_are_on_the_screen_as_soon_as_hunks_are(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.file("a.txt", "# agent: shout\n" + TWENTY)
    place.play(step(edit("a.txt", *THREE[:2])), step(say="Done."))
    with Screen(place, "a.txt") as screen:
        screen.shows("# agent: shout")
        screen.keys(":lua vim.lsp.inlay_hint.enable(true)\r")
        screen.keys("gra")
        screen.shows("1: Ask agent: shout", "Type number and <Enter>")
        screen.keys("1\r")
        screen.shows("line 3 ▸ agent: change 1 line", "line 10 ▸ agent: replace 1 line with 2")
        screen.keys(":lua vim.lsp.codelens.refresh({bufnr = 0})\r")
        screen.shows(
            "# agent: shout Agent is working — stop",
            "line 3 ▸ agent: change 1 line Accept | Reject | 1/2 | Show",
            "line 10 ▸ agent: replace 1 line with 2 Accept | Reject | 2/2 | Show",
        )
        screen.keys("4G:lua vim.lsp.codelens.run()\r")
        screen.shows("1: Accept", "2: Reject", "3: 1/2", "4: Show", "Type number and <Enter>")
        screen.keys("1\r")
        screen.shows("LINE 3\n", "line 10 ▸ agent: replace 1 line with 2 Accept | Reject | 2/2 | Show")
