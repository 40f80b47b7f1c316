"""A Neovim client of the published protocol: each accept is an undo step of its own, hunks can be kept or undone."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.nvim.scripts import TWENTY, edit, step, under_review
from tests.support.nvim import Neovim, Place
from tests.support.nvim_tiers import CLIENT, Tier

pytestmark = pytest.mark.nvim

THREE = (("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\nand more\n"), ("line 17\n", ""))
DONE = TWENTY.replace(*THREE[0]).replace(*THREE[1]).replace(*THREE[2])
KEEP = "vim.lsp.config('harness', { init_options = { review = 'keep' } })\n"
SAVE = "vim.lsp.config('harness', { init_options = { save = 'always' } })\n"


@pytest.fixture
def tier() -> Tier:
    return CLIENT


@pytest.fixture
def keeping(place: Place) -> Iterator[Neovim]:
    """The client, with the policy that hunks are applied first and decided afterwards."""
    with Neovim(place, CLIENT.config + KEEP, CLIENT.setup) as nvim:
        yield nvim


def applied(nvim: Neovim, place: Place, *replacements: tuple[str, str]) -> None:
    """The file `a.txt`, open, with these replacements made at once; a second prompt says "again"."""
    turns = [
        {"when": "^go$", "steps": [step(edit("a.txt", *replacements)), step(say="Done.")]},
        {"when": "^again$", "steps": [step(say="Seen.")]},
    ]
    place.script.write_text(json.dumps({"turns": turns}), encoding="utf-8")
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.run("harness.prompt", text="go")
    nvim.ended()


def notes(nvim: Neovim, place: Place) -> str:
    """Ask again; what the model is told of what the person did meanwhile."""
    nvim.run("harness.prompt", text="again")
    nvim.ended(count=2)
    return "\n".join(row["text"] for row in place.records("Note"))


def placements(place: Place) -> list[str]:
    return [row["placement"] for row in place.records("Placed")]


# Undo.


def test_what_is_typed_before_and_after_a_hunk_in_one_insertion_are_undo_steps_of_their_own(
    nvim: Neovim, place: Place
) -> None:
    under_review(nvim, place, TWENTY, THREE[1])
    hunk = nvim.hunks(1)[0]
    nvim.keys("Gobefore ")
    nvim.wait("E2E.text(''):find('before ') ~= nil")
    CLIENT.accept(nvim, hunk)
    nvim.wait("E2E.text(''):find('LINE 10') ~= nil")
    assert nvim.lua("return vim.api.nvim_get_mode().mode") == "i"
    nvim.keys("after<CR>and after")
    nvim.typed("<Esc>")
    nvim.ended()
    before = TWENTY + "before \n"
    made = before.replace(*THREE[1])
    after = made.replace("before \n", "before after\nand after\n")
    assert nvim.text() == after
    for keys, expected in [("u", made), ("u", before), ("u", TWENTY)]:
        nvim.typed(keys)
        assert nvim.text() == expected
    for expected in (before, made, after):
        nvim.typed("<C-r>")
        assert nvim.text() == expected


def test_three_hunks_accepted_together_are_one_undo_step(nvim: Neovim, place: Place) -> None:
    path = under_review(nvim, place, TWENTY, *THREE)
    nvim.typed("Gomine<Esc>")
    nvim.run("harness.acceptFile", uri=path.as_uri())
    nvim.ended()
    assert nvim.text() == DONE + "mine\n"
    nvim.typed("u")
    assert nvim.text() == TWENTY + "mine\n"
    nvim.typed("<C-r>")
    assert nvim.text() == DONE + "mine\n"


def test_a_hunk_taken_out_on_request_leaves_the_typing_and_can_be_had_back_by_undo(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, *THREE[:2])
    hunks = nvim.hunks(2)
    for hunk in hunks:
        CLIENT.accept(nvim, hunk)
    nvim.ended()
    nvim.typed("Gomine<Esc>")
    request = "E2E.client():request('harness/review/undo', ..., function(_, result) E2E.undone = result.outcomes end)"
    nvim.lua(request, {"hunkIds": [hunks[1]["code"]]})
    assert nvim.wait("E2E.undone")[0]["outcome"] == "removed"
    assert nvim.text() == TWENTY.replace(*THREE[0]) + "mine\n"
    nvim.typed("u")
    assert nvim.text() == TWENTY.replace(*THREE[0]).replace(*THREE[1]) + "mine\n"


def test_the_client_is_asked_to_save_what_was_accepted(place: Place) -> None:
    with Neovim(place, CLIENT.config + SAVE, CLIENT.setup) as nvim:
        path = under_review(nvim, place, TWENTY, THREE[0])
        CLIENT.accept(nvim, nvim.hunks(1)[0])
        nvim.ended()
        nvim.until(lambda: path.read_text() == TWENTY.replace(*THREE[0]))
        assert not nvim.lua("return vim.bo.modified")


# Keep: applied first, decided afterwards.


def test_hunks_are_applied_at_once_and_kept_or_undone_one_by_one(keeping: Neovim, place: Place) -> None:
    applied(keeping, place, *THREE)
    assert keeping.text() == DONE
    hunks = keeping.hunks(3)
    CLIENT.accept(keeping, hunks[0])
    keeping.hunks(2)
    CLIENT.reject(keeping, hunks[1], "too much")
    keeping.hunks(1)
    old, new = THREE[1]
    keeping.until(lambda: keeping.text() == DONE.replace(new, old))
    keeping.typed("Gomine<Esc>")
    CLIENT.reject(keeping, hunks[2])
    keeping.until(lambda: keeping.text() == TWENTY.replace(*THREE[0]) + "mine\n")
    keeping.hunks(0)
    told = notes(keeping, place)
    assert "rejected by the user: too much" in told
    assert told.count("rejected by the user") == 2


def test_what_the_person_undoes_in_the_editor_is_told_to_the_model(keeping: Neovim, place: Place) -> None:
    applied(keeping, place, THREE[1])
    keeping.hunks(1)
    keeping.typed("u")
    assert keeping.text() == TWENTY
    keeping.until(lambda: placements(place) == ["present", "removed"])
    keeping.hunks(0)
    told = notes(keeping, place)
    assert "hunk 1 of 1" in told
    assert "taken out again" in told


def test_what_the_person_undoes_and_redoes_waits_for_them_again(keeping: Neovim, place: Place) -> None:
    applied(keeping, place, THREE[1])
    keeping.typed("u")
    keeping.until(lambda: placements(place) == ["present", "removed"])
    keeping.typed("<C-r>")
    assert keeping.text() == TWENTY.replace(*THREE[1])
    keeping.until(lambda: placements(place) == ["present", "removed", "present"])
    CLIENT.accept(keeping, keeping.hunks(1)[0])
    keeping.hunks(0)
    assert notes(keeping, place) == ""


def test_typing_while_hunks_are_applied_at_once_is_kept_apart_from_them(keeping: Neovim, place: Place) -> None:
    above = "vim.api.nvim_buf_set_lines(..., 0, 0, false, {'typed above'})"
    keeping.lua("E2E.around_edit(...)", 1, above, above)
    applied(keeping, place, *THREE[:2])
    expected = TWENTY.replace(*THREE[0]).replace(*THREE[1])
    assert sorted(keeping.text().splitlines()) == sorted(["typed above"] * 2 + expected.splitlines())
    assert keeping.text() == "typed above\ntyped above\n" + expected
    assert [row["line"] for row in keeping.hunks(2)] == [4, 11]
