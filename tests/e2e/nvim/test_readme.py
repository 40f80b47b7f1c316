"""The configuration that nvim/README.md gives."""

import re
from pathlib import Path

import pytest

from bridge.protocol.base import strict
from bridge.protocol.handshake import InitializationOptions
from bridge.surfaces.terminal import editor_texts
from tests.e2e.nvim.scripts import TWENTY, edit, step, under_review
from tests.support.corpora import PROJECT
from tests.support.nvim import Neovim, Place
from tests.support.nvim_screen import COLUMNS, Screen

pytestmark = pytest.mark.nvim

README = PROJECT / "nvim" / "README.md"
FIRST, NICER, MODEL, COMMANDS = re.findall(r"```lua\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
MESSAGES = FIRST[FIRST.index("vim.lsp.handlers") :]
MANY_LINES = """
function Tell(kind)
  local rows = vim.iter(vim.fn.range(1, 99)):map(function(number) return 'and ' .. number end):join('\\n')
  vim.lsp.handlers['window/showMessage'](nil, { message = 'the first one\\n' .. rows, type = kind })
end
"""


def statusline(nvim: Neovim) -> str:
    """As it is drawn."""
    return str(nvim.lua("return vim.api.nvim_eval_statusline(vim.o.statusline, {}).str"))


def test_the_first_configuration_is_the_one_that_init_editor_prints() -> None:
    assert editor_texts.nvim(("harness-bridge",)) == FIRST


def test_the_files_that_are_referred_to_are_there() -> None:
    for path in re.findall(r"\]\(([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / path).exists(), path


def test_the_agents_last_words_are_one_line_however_long_and_no_key_is_asked_for(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.file("a.txt", "# agent: shout\n" + TWENTY)
    place.play(step(say="It is " + "long, " * 30 + "and ends."))
    with Screen(place, "a.txt", MESSAGES) as screen:
        screen.keys("gra")
        screen.shows("1: Ask agent: shout")
        screen.keys("1\r")
        row = screen.shows("Agent: It is long, long,").splitlines()[-1]
        assert row.endswith("…")
        assert len(row) <= COLUMNS
        screen.keys("Gozzz\x1b")
        assert "Press ENTER" not in screen.shows("zzz", "line 2")


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_a_message_of_many_lines_is_cut_to_one_and_all_of_it_can_be_read(kind: int, tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.file("a.txt", TWENTY)
    with Screen(place, "a.txt", MESSAGES + MANY_LINES) as screen:
        screen.keys(f":lua Tell({kind})\r")
        assert screen.shows("line 2", "the first one and 1 and 2 and 3").splitlines()[-1].endswith("…")
        screen.keys('GoPut here:\x1b:redir @a | silent messages | redir END\r"ap')
        assert "Press ENTER" not in screen.shows("Put here:")
        screen.keys("G")
        screen.shows("and 98", "and 99")


def test_the_shortest_configuration_starts_the_daemon(place: Place) -> None:
    (place.work / ".git").mkdir()
    with Neovim(place, config="vim.lsp.config('harness', {root_dir = false})\n" + FIRST, daemon=("none",)) as nvim:
        configured = nvim.lua("return vim.lsp.config.harness")
        assert configured["cmd"] == ["harness-bridge"]
        assert configured["root_markers"] == [".harness", ".git"]
        assert nvim.lua("return vim.lsp.is_enabled('harness')")


def test_the_whole_configuration_shows_messages_and_progress_and_lenses(place: Place) -> None:
    with Neovim(place, config=MESSAGES + NICER) as nvim:
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


def test_the_settings_of_a_model_are_those_that_the_daemon_knows(place: Place) -> None:
    every = re.sub(r"-- (?=\w+ = )", "", MODEL)
    with Neovim(place, config=every, daemon=("none",)) as nvim:
        options = nvim.lua("return vim.lsp.config.harness.init_options")
        with strict():
            parsed = InitializationOptions.parse(options)
        assert (parsed.base_url, parsed.budget) == ("http://localhost:11434/v1", 5)
        assert parsed.prices is not None
        assert parsed.prices["qwen3"].output == 0.4


def test_the_commands_tell_the_agent_something_and_show_what_it_used(place: Place) -> None:
    with Neovim(place, config=MESSAGES + COMMANDS) as nvim:
        path = place.file("a.txt", "# agent: shout\n" + TWENTY)
        place.play(step(edit("a.txt", ("line 3\n", "LINE 3\n"))), step(say="Done."))
        nvim.edit(path)
        nvim.command("HarnessUsage")
        nvim.until(lambda: "nothing was asked of the agent yet" in nvim.lua("return vim.fn.execute('messages')"))
        nvim.run("harness.prompt", text="shout")
        nvim.hunks(1)
        nvim.command("HarnessTell leave the rest")
        nvim.says("The agent hears of it at its next step.")
        nvim.run("harness.acceptFile", uri=path.as_uri())
        nvim.ended()
        nvim.command("HarnessTell and the tests")
        late = nvim.says("The agent does not work on anything now: send it as a prompt of its own.")
        assert late.startswith("The agent"), "no number in front of it"
        nvim.command("HarnessUsage")
        nvim.until(lambda: "model call" in nvim.lua("return vim.fn.execute('messages')"))


def test_without_it_the_same_works(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, ("line 3\n", "LINE 3\n"))
    nvim.go(2)
    nvim.act("Accept hunk 1/1")
    nvim.ended()
    assert nvim.says("Agent: Done.") == "LSP[harness][Info] Agent: Done."
