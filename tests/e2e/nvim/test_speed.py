"""How long a person waits: for the first hunks, for an accepted one, and at each key."""

import statistics
import time

import pytest

from tests.e2e.nvim.scripts import TWENTY, edit, step, under_review
from tests.support.nvim import Neovim, Place

pytestmark = pytest.mark.nvim

KEYS = 150
MANY = "".join(f"line {n}\n" for n in range(1200))
REPLACED = tuple((f"line {n}\n", f"LINE {n}\n") for n in range(100, 1100, 5))

# One key every 4 ms in insert mode; how long each took the editor, in milliseconds, with all that it handles meanwhile.
TYPING = """
local times, before = {}, vim.uv.hrtime()
vim.cmd('normal! gg')
for _ = 1, ... do
  before = vim.uv.hrtime()
  vim.api.nvim_feedkeys(vim.keycode('ix<Esc>'), 'xt', false)
  vim.wait(0)
  table.insert(times, (vim.uv.hrtime() - before) / 1e6)
  vim.wait(4)
end
return times
"""


def p95(nvim: Neovim) -> float:
    """Of typing so many keys at the top of the buffer."""
    times: list[float] = nvim.lua(TYPING, KEYS)
    return statistics.quantiles(times, n=20)[-1]


def test_the_first_hunks_are_there_soon_after_the_editor_is_started(place: Place) -> None:
    begun = time.monotonic()
    with Neovim(place) as nvim:
        under_review(nvim, place, TWENTY, ("line 3\n", "LINE 3\n"))
        first = time.monotonic() - begun
        begun = time.monotonic()
        nvim.run("harness.acceptFile", uri=(place.work / "a.txt").as_uri())
        nvim.wait("E2E.text(''):find('LINE 3') ~= nil")
        applied = time.monotonic() - begun
    assert first < 4
    assert applied < 1


def test_typing_beside_two_hundred_hunks_is_not_slowed(nvim: Neovim, place: Place) -> None:
    path = place.file("a.txt", MANY)
    place.play(step(edit("a.txt", *REPLACED)), step(say="Done."))
    nvim.edit(path)
    alone = p95(nvim)
    nvim.command("edit!")
    nvim.run("harness.prompt", text="go")
    nvim.hunks(len(REPLACED))
    beside = p95(nvim)
    nvim.until(lambda: nvim.diagnostics()[0]["line"] == 100)
    assert beside - alone < 5, f"{alone:.2f} ms a key without hunks, {beside:.2f} ms beside {len(REPLACED)}"
