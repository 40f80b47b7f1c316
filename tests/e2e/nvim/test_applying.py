"""Typing that meets an edit on its way: whatever Neovim makes of it, no line is written in a wrong place."""

import pytest

from tests.e2e.nvim.scripts import TWENTY, edit, step, under_review
from tests.support.nvim import Neovim, Place
from tests.support.nvim_tiers import ACTIONS, CLIENT, TIERS, Tier

pytestmark = pytest.mark.nvim

HUNK = ("line 10\n", "LINE 10\nand more\n")
ABOVE = "vim.api.nvim_buf_set_lines(..., 0, 0, false, {'typed above', 'typed too'})"
BELOW = "vim.api.nvim_buf_set_lines(..., -1, -1, false, {'typed below'})"
INSIDE = "vim.api.nvim_buf_set_lines(..., 9, 10, false, {'line ten, mine'})"
CUT = "vim.api.nvim_buf_set_lines(..., 5, -1, false, {})"
DONE = TWENTY.replace(*HUNK)


def touched(nvim: Neovim, fresh: bool) -> None:
    """A fresh buffer has the version 0; another one had a change."""
    if not fresh:
        nvim.typed("xu")


def around(nvim: Neovim, before: str = "", after: str = "", times: int = 1) -> None:
    """What is typed in the moment before, or right after, an edit is applied."""
    nvim.lua("E2E.around_edit(...)", times, before, after)


def accept(nvim: Neovim, tier: Tier) -> None:
    tier.accept(nvim, nvim.hunks(1)[0])


in_every_tier = pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)
fresh_and_changed = pytest.mark.parametrize("fresh", [True, False], ids=["version-0", "later-version"])


@in_every_tier
@fresh_and_changed
@pytest.mark.parametrize(
    ("typing", "expected"),
    [(ABOVE, "typed above\ntyped too\n" + DONE), (BELOW, DONE + "typed below\n")],
    ids=["above", "below"],
)
def test_typing_before_the_edit_arrives_is_kept_and_the_edit_lands_where_it_belongs(
    nvim: Neovim, place: Place, tier: Tier, fresh: bool, typing: str, expected: str
) -> None:
    under_review(nvim, place, TWENTY, HUNK)
    touched(nvim, fresh)
    around(nvim, before=typing)
    accept(nvim, tier)
    nvim.ended()
    assert nvim.text() == expected
    assert "accepted and applied" in place.results()[0]


@in_every_tier
@fresh_and_changed
@pytest.mark.parametrize(
    ("typing", "expected"),
    [(ABOVE, "typed above\ntyped too\n" + DONE), (BELOW, DONE + "typed below\n")],
    ids=["above", "below"],
)
def test_typing_right_after_the_edit_in_one_batch_with_it_is_told_from_it(
    nvim: Neovim, place: Place, tier: Tier, fresh: bool, typing: str, expected: str
) -> None:
    under_review(nvim, place, TWENTY, HUNK)
    touched(nvim, fresh)
    around(nvim, after=typing)
    accept(nvim, tier)
    nvim.ended()
    assert nvim.text() == expected
    assert "accepted and applied" in place.results()[0]


@in_every_tier
@fresh_and_changed
def test_the_hunk_itself_overtyped_before_the_edit_arrives_is_stale_and_the_typing_stands(
    nvim: Neovim, place: Place, tier: Tier, fresh: bool
) -> None:
    under_review(nvim, place, TWENTY, HUNK)
    touched(nvim, fresh)
    around(nvim, before=INSIDE)
    accept(nvim, tier)
    tier.not_applied(nvim)
    nvim.ended()
    assert nvim.text() == TWENTY.replace("line 10", "line ten, mine")
    assert "the user changed these lines meanwhile" in place.results()[0]
    assert "line ten, mine" in place.results()[0]


@in_every_tier
@fresh_and_changed
def test_lines_gone_before_the_edit_arrives_make_it_stale_and_nothing_is_appended(
    nvim: Neovim, place: Place, tier: Tier, fresh: bool
) -> None:
    under_review(nvim, place, TWENTY, HUNK)
    touched(nvim, fresh)
    around(nvim, before=CUT)
    accept(nvim, tier)
    tier.not_applied(nvim)
    nvim.ended()
    assert nvim.text() == "".join(TWENTY.splitlines(keepends=True)[:5])


@in_every_tier
def test_typing_that_overtakes_every_try_is_told_and_nothing_is_written(nvim: Neovim, place: Place, tier: Tier) -> None:
    under_review(nvim, place, TWENTY, HUNK)
    around(nvim, before="vim.api.nvim_buf_set_lines(..., 0, 0, false, {'again'})", times=99)
    accept(nvim, tier)
    # Five tries; where the typing is told before the answer, a try is over only when nothing has followed for 2 s.
    tier.not_applied(nvim, within=20)
    nvim.ended()
    assert nvim.text().replace("again\n", "") == TWENTY
    assert "could not be applied" in place.results()[0]


@pytest.mark.parametrize("tier", [ACTIONS, CLIENT], ids=lambda tier: tier.name)
def test_the_second_of_two_files_typed_into_meanwhile_is_not_written_on_a_wrong_line(
    nvim: Neovim, place: Place
) -> None:
    first, second = place.file("a.txt", TWENTY), place.file("b.txt", TWENTY)
    place.play(step(edit("a.txt", HUNK), edit("b.txt", HUNK)), step(say="Done."))
    for path in (second, first):
        nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    ids = [nvim.hunks(1, path)[0]["code"] for path in (first, second)]
    nvim.lua("E2E.other = vim.fn.bufnr(...)", str(second))
    around(nvim, before="vim.api.nvim_buf_set_lines(E2E.other, 0, 0, false, {'typed'})")
    decisions = [{"hunkId": id_, "verdict": "accept"} for id_ in ids]
    nvim.lua("E2E.client():request('harness/review/decide', ..., function() end)", {"decisions": decisions})
    nvim.ended()
    assert nvim.text(first) == DONE
    assert nvim.text(second) == "typed\n" + DONE
    assert all("accepted and applied" in result for result in place.results())


def test_an_editor_that_does_not_check_version_0_has_the_edit_moved_to_its_place(place: Place) -> None:
    """Without its name Neovim is any editor that lets a version 0 pass."""
    nameless = "vim.lsp.config('harness', {before_init = function(params) params.clientInfo = nil end})"
    with Neovim(place, config=nameless) as nvim:
        under_review(nvim, place, TWENTY, HUNK)
        around(nvim, before=ABOVE)
        accept(nvim, ACTIONS)
        nvim.says("moved to its place")
        nvim.ended()
        assert nvim.text() == "typed above\ntyped too\n" + DONE
