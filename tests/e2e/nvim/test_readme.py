"""The configuration that nvim/README.md gives."""

import re

import pytest

from tests.e2e.nvim.scripts import TWENTY, edit, step, under_review
from tests.support.corpora import PROJECT
from tests.support.nvim import Neovim, Place

pytestmark = pytest.mark.nvim

FIRST, NICER = re.findall(r"```lua\n(.*?)```", (PROJECT / "nvim" / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def statusline(nvim: Neovim) -> str:
    """As it is drawn."""
    return str(nvim.lua("return vim.api.nvim_eval_statusline(vim.o.statusline, {}).str"))


def test_the_shortest_configuration_starts_the_daemon(place: Place) -> None:
    (place.work / ".git").mkdir()
    with Neovim(place, config="vim.lsp.config('harness', {root_dir = false})\n" + FIRST, daemon=("none",)) as nvim:
        configured = nvim.lua("return vim.lsp.config.harness")
        assert configured["cmd"] == ["harness-bridge"]
        assert configured["root_markers"] == [".harness", ".git"]
        assert nvim.lua("return vim.lsp.is_enabled('harness')")


def test_the_nicer_configuration_shows_messages_and_progress_and_lenses(place: Place) -> None:
    with Neovim(place, config=NICER) as nvim:
        path = place.file("a.txt", "# agent: shout\n" + TWENTY)
        place.play(step(edit("a.txt", ("line 3\n", "LINE 3\n"))), step(say="Done."))
        nvim.edit(path)
        nvim.command("doautocmd BufEnter")
        nvim.until(lambda: nvim.lua("return #vim.lsp.codelens.get(0)") == 1)
        nvim.lua("vim.lsp.codelens.run()")
        nvim.hunks(1)
        nvim.until(lambda: "waiting for you: 1 hunk in 1 file" in statusline(nvim))
        nvim.run("harness.acceptFile", uri=path.as_uri())
        nvim.ended()
        assert nvim.says("Agent: Done.") == "Agent: Done."
        nvim.until(lambda: "waiting" not in statusline(nvim))


def test_without_it_the_same_works(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, ("line 3\n", "LINE 3\n"))
    nvim.go(2)
    nvim.act("Accept hunk 1/1")
    nvim.ended()
    assert nvim.says("Agent: Done.") == "LSP[harness][Info] Agent: Done."
