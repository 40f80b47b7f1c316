"""Random typing and decisions, as fast as Neovim takes them: the end is the typing and the accepted hunks, no more."""

import random

import pytest

from tests.e2e.nvim.scripts import under_review
from tests.support.nvim import Neovim, Place

pytestmark = pytest.mark.nvim

LINES, EVERY = 120, 10
ACTS = 40

# Finds a line by its text, wherever it stands by now, and types there.
TYPE = """
local text, keys = ...
local line = vim.fn.search('^' .. text .. '$', 'nw')
assert(line > 0, text)
vim.api.nvim_win_set_cursor(0, {line, 0})
vim.api.nvim_feedkeys(vim.keycode(keys), 'xt', false)
"""


@pytest.mark.parametrize("seed", range(4))
def test_typing_and_decisions_in_any_order_end_as_a_model_of_them_says(nvim: Neovim, place: Place, seed: int) -> None:
    rng = random.Random(seed)
    model = {n: [f"line {n}."] for n in range(LINES)}
    targets = list(range(5, LINES, EVERY))
    replaced = {n: [f"LINE {n}.", *(f"added {n}.{k}." for k in range(rng.randrange(3)))] for n in targets}
    pairs = [(f"line {n}.\n", "".join(f"{row}\n" for row in replaced[n])) for n in targets]
    under_review(nvim, place, "".join(f"line {n}.\n" for n in range(LINES)), *pairs)
    ids = {n: row["code"] for n, row in zip(targets, nvim.diagnostics(), strict=True)}
    undecided = list(targets)
    # The lines right beside a hunk are left alone: to type there is another rule's case.
    free = [n for n in range(LINES) if n % EVERY not in (4, 5, 6)]
    for act in range(ACTS):
        if undecided and rng.random() < 0.3:
            n = undecided.pop(rng.randrange(len(undecided)))
            accepted = rng.random() < 0.7
            nvim.run("harness.accept" if accepted else "harness.reject", hunkId=ids[n])
            if accepted:
                model[n] = replaced[n]
            continue
        n = free.pop(rng.randrange(len(free)))
        if rng.random() < 0.4:
            nvim.lua(TYPE, f"line {n}[.]", "dd")
            model[n] = []
        else:
            nvim.lua(TYPE, f"line {n}[.]", f"Otyped {act}.<CR>and more {act}.<Esc>")
            model[n] = [f"typed {act}.", f"and more {act}.", *model[n]]
    for n in undecided:
        nvim.run("harness.reject", hunkId=ids[n])
    nvim.ended()
    assert nvim.lines() == [row for n in range(LINES) for row in model[n]]
    assert {row["placement"] for row in place.records("Placed")} == {"present"}
