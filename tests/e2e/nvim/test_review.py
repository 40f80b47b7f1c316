"""Reviewing with the keys that every Neovim has: `]d` to go to a hunk, `gra` to decide it."""

from functools import partial
from itertools import pairwise

import pytest

from tests.e2e.nvim.scripts import TWENTY, call, edit, step, under_review
from tests.support.nvim import Neovim, Place
from tests.support.nvim_tiers import CLIENT, LENSES, TIERS, WRONG, Tier

pytestmark = pytest.mark.nvim

in_every_tier = pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)

LOWER, UPPER = ("line 3\n", "line 10\n", "line 17\n"), ("LINE 3\n", "LINE 10\n", "LINE 17\n")
THREE = tuple(zip(LOWER, UPPER, strict=True))


def is_at(nvim: Neovim, name: str, line: int) -> bool:
    """Whether the cursor is there."""
    return nvim.at() == (name, line)


def test_nine_hunks_in_three_files_are_decided_with_two_keys(nvim: Neovim, place: Place) -> None:
    names = ("a.txt", "b.txt", "c.txt")
    files = [place.file(name, TWENTY) for name in names]
    place.play(step(*(edit(name, *THREE) for name in names)), step(say="Done."))
    nvim.edit(files[0])
    nvim.run("harness.prompt", text="go")
    nvim.hunks(3)
    nvim.until(lambda: nvim.lua("vim.diagnostic.setqflist({open = false}); return #vim.fn.getqflist()") == 9)
    for name, following in pairwise([*names, ""]):
        for left, decision in ((2, "Accept hunk 1/3"), (1, "Reject hunk 2/3"), (0, "Accept hunk 3/3")):
            nvim.typed("]d")
            nvim.act(decision)
            nvim.hunks(left, place.work / name)
        if following:
            nvim.act("Next hunk")
            nvim.until(partial(is_at, nvim, following, 2))
            nvim.hunks(3)
            nvim.go(0)
    nvim.ended()
    expected = TWENTY.replace(*THREE[0]).replace(*THREE[2])
    assert [nvim.text(path) for path in files] == [expected] * 3
    assert [path.read_text() for path in files] == [TWENTY] * 3
    nvim.command("wall")
    assert [path.read_text() for path in files] == [expected] * 3


@pytest.mark.parametrize("tier", [LENSES, CLIENT], ids=lambda tier: tier.name)
def test_nine_hunks_in_three_files_are_decided_by_what_the_client_shows(nvim: Neovim, place: Place, tier: Tier) -> None:
    files = [place.file(name, TWENTY) for name in ("a.txt", "b.txt", "c.txt")]
    place.play(step(*(edit(path.name, *THREE) for path in files)), step(say="Done."))
    nvim.edit(files[0])
    nvim.run("harness.prompt", text="go")
    for path in files:
        nvim.edit(path)
        tier.accept(nvim, nvim.hunks(3)[0])
        tier.reject(nvim, nvim.hunks(2)[0])
        tier.accept(nvim, nvim.hunks(1)[0])
        nvim.hunks(0)
    nvim.ended()
    expected = TWENTY.replace(*THREE[0]).replace(*THREE[2])
    assert [nvim.text(path) for path in files] == [expected] * 3
    decided = [(row["decision"]["verdict"], row["decision"]["by"]["kind"]) for row in place.records("Decided")]
    assert sorted(decided) == [("accepted", "person")] * 6 + [("rejected", "person")] * 3


def test_a_file_that_is_not_open_is_accepted_at_once_and_written(nvim: Neovim, place: Place) -> None:
    nvim.edit(place.file("a.txt", "here\n"))
    other = place.file("sub/b.txt", TWENTY)
    other.chmod(0o640)
    place.play(step(edit("sub/b.txt", *THREE)), step(say="Done."))
    nvim.run("harness.prompt", text="go")
    nvim.hunks(3, other)
    nvim.run("harness.acceptFile", uri=other.as_uri())
    nvim.ended()
    assert other.read_text() == TWENTY.replace(*THREE[0]).replace(*THREE[1]).replace(*THREE[2])
    assert other.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in place.work.rglob("*")) == ["a.txt", "b.txt", "sub"]


@in_every_tier
def test_a_rejected_hunk_is_nowhere_on_disk_and_its_reason_reaches_the_model(
    nvim: Neovim, place: Place, tier: Tier
) -> None:
    place.file("b.txt", TWENTY)
    place.play(
        step(edit("a.txt", ("line 3\n", "SECRET-ONE\n"), ("line 9\n", "kept\n")), edit("b.txt", ("line 3\n", "TWO\n"))),
        step(say="I go on."),
    )
    path = place.file("a.txt", TWENTY)
    nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    tier.reject(nvim, nvim.hunks(2)[0], WRONG)
    tier.accept(nvim, nvim.hunks(1)[0])
    nvim.run("harness.rejectFile", uri=(place.work / "b.txt").as_uri())
    nvim.ended()
    first = next(result for result in place.results() if "a.txt" in result)
    assert f"hunk 1 of 2: rejected by the user: {WRONG}" in first
    assert "hunk 2 of 2: accepted" in first
    assert "I go on." in str(place.records("ItemDone")[-1])
    nvim.command("wall")
    files = [file for folder in (place.work, place.home) for file in folder.rglob("*") if file.is_file()]
    assert not [file for file in files if b"SECRET-ONE" in file.read_bytes()]
    assert path.read_text() == TWENTY.replace("line 9\n", "kept\n")
    assert (place.work / "b.txt").read_text() == TWENTY


def test_a_reason_that_is_not_chosen_rejects_nothing(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, THREE[0])
    nvim.typed("]d")
    nvim.act("Reject hunk 1/1 with reason…")
    nvim.pick(None)
    assert nvim.actions()[0].startswith("Accept hunk 1/1")
    assert place.records("Decided") == []


# Undo and redo.


@in_every_tier
def test_one_undo_takes_back_exactly_the_hunk_and_redo_brings_it_again(nvim: Neovim, place: Place, tier: Tier) -> None:
    under_review(nvim, place, TWENTY, *THREE)
    nvim.typed("Gotyped before<Esc>")
    tier.accept(nvim, nvim.hunks(3)[1])
    nvim.placed(1)
    nvim.typed("ggOtyped after<Esc>")
    before = TWENTY + "typed before\n"
    accepted = before.replace(*THREE[1])
    for keys, expected in [
        ("u", accepted),
        ("u", before),
        ("u", TWENTY),
        ("<C-r>", before),
        ("<C-r>", accepted),
        ("<C-r>", "typed after\n" + accepted),
    ]:
        nvim.typed(keys)
        assert nvim.text() == expected
    nvim.until(lambda: [row["line"] for row in nvim.diagnostics()] == [3, 17])


def test_a_hunk_accepted_while_typing_loses_nothing(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, THREE[1])
    nvim.lua("""
        vim.keymap.set('i', '<C-y>', function()
          local hunk = E2E.diagnostics('')[1]
          E2E.run('harness.accept', { hunkId = hunk.code })
        end)
    """)
    nvim.keys("Goone <C-y>two ")
    nvim.wait("E2E.text(''):find('LINE 10') ~= nil")
    assert nvim.lua("return vim.api.nvim_get_mode().mode") == "i"
    nvim.keys("three<CR>four<Esc>")
    nvim.ended()
    assert nvim.text() == TWENTY.replace(*THREE[1]) + "one two three\nfour\n"
    assert "accepted and applied" in place.results()[0]


# The person types while hunks wait.


def test_typing_around_hunks_moves_them_exactly(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, *THREE)
    nvim.typed("ggOabove<CR>and above<Esc>")
    nvim.until(lambda: [row["line"] for row in nvim.diagnostics()] == [4, 11, 18])
    nvim.typed("14Gdd")
    nvim.until(lambda: [row["line"] for row in nvim.diagnostics()] == [4, 11, 17])
    nvim.typed("Gobelow<Esc>")
    nvim.typed("uuu")
    nvim.until(lambda: [row["line"] for row in nvim.diagnostics()] == [2, 9, 16])


def test_typing_in_a_hunk_makes_it_stale_and_undoing_that_makes_it_whole(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, *THREE)
    nvim.typed("10GA, mine<Esc>")
    nvim.until(lambda: "no longer fits" in nvim.diagnostics()[1]["message"])
    offered = nvim.actions()
    assert not [title for title in offered if title.startswith("Accept hunk")]
    assert [title for title in offered if title.startswith("Dismiss hunk 2/3")]
    nvim.typed("u")
    nvim.until(lambda: "no longer fits" not in nvim.diagnostics()[1]["message"])
    nvim.act("Accept hunk 2/3")
    nvim.placed(1)
    assert nvim.text() == TWENTY.replace(*THREE[1])


def test_a_stale_hunk_that_is_dismissed_is_told_with_what_stands_there(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, THREE[1])
    nvim.typed("10GA, mine<Esc>")
    nvim.until(lambda: "no longer fits" in nvim.diagnostics()[0]["message"])
    nvim.act("Dismiss hunk 1/1")
    nvim.ended()
    result = place.results()[0]
    assert "hunk 1 of 1" in result
    assert "the user changed these lines" in result
    assert "line 10, mine" in result
    assert nvim.text() == TWENTY.replace("line 10\n", "line 10, mine\n")


def test_accept_all_takes_what_fits_and_leaves_what_the_person_changed(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, *THREE)
    nvim.typed("10GA, mine<Esc>")
    nvim.until(lambda: "no longer fits" in nvim.diagnostics()[1]["message"])
    nvim.act("Accept all in file")
    nvim.placed(2)
    nvim.act("Dismiss hunk 2/3")
    nvim.ended()
    expected = TWENTY.replace(*THREE[0]).replace(*THREE[2]).replace("line 10\n", "line 10, mine\n")
    assert nvim.text() == expected


# A second edit on top of the first, while that one waits.


def test_a_later_call_of_the_same_step_sees_the_first_ones_hunks(nvim: Neovim, place: Place) -> None:
    path = place.file("a.txt", TWENTY)
    place.play(
        step(
            edit("a.txt", ("line 3\n", "line 3\nadded\n")),
            edit("a.txt", ("line 17\n", "LINE 17\n")),
            call("read_file", path="a.txt"),
        ),
        step(say="Done."),
    )
    nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    hunks = nvim.hunks(2)
    assert [row["line"] for row in hunks] == [3, 16]
    nvim.go(16)
    nvim.act("Accept hunk 1/1: change 1 line")
    nvim.placed(1)
    nvim.typed("gg]d")
    nvim.act("Accept hunk 1/1: add 1 line")
    nvim.ended()
    assert nvim.text() == TWENTY.replace("line 3\n", "line 3\nadded\n").replace("line 17", "LINE 17")
