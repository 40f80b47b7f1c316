"""The whole story in a stock Neovim: asked in a comment, read unsaved, decided hunk by hunk, confirmed, ended."""

import pytest

from tests.e2e.nvim.scripts import call, edit, step
from tests.support.nvim import Neovim, Place

pytestmark = pytest.mark.nvim

SAVED = "\n".join(f"line {n}" for n in range(1, 21)) + "\n"


def test_a_comment_in_an_unsaved_buffer_becomes_decided_hunks_and_the_turn_goes_on(nvim: Neovim, place: Place) -> None:
    file = place.file("a.py", SAVED)
    place.play(
        step(call("read_file", path="a.py")),
        step(edit("a.py", ("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\n"), ("line 15\n", "LINE 15\n"))),
        step(say="All three are settled."),
    )
    nvim.edit(file)
    nvim.typed("gg" + "O# agent: shout<Esc>")
    nvim.go(0)
    nvim.act("Ask agent: shout")
    hunks = nvim.hunks(3)
    assert "1\t# agent: shout" in place.results()[0]
    assert [row["line"] for row in hunks] == [3, 10, 15]
    assert {row["severity"] for row in hunks} == {4}

    nvim.go(3)
    nvim.act("Accept hunk 1/3")
    nvim.hunks(2)
    nvim.go(10)
    nvim.act("Reject hunk 2/3 with reason…")
    nvim.pick("Out of scope")
    nvim.hunks(1)
    nvim.typed("15GO# agent: leave this one alone<Esc>")
    nvim.until(lambda: nvim.diagnostics()[0]["line"] == 16)
    nvim.go(16)
    nvim.act("Reject hunk 3/3: leave this one alone")
    nvim.ended()

    expected = SAVED.replace("line 3\n", "LINE 3\n").splitlines()
    expected.insert(0, "# agent: shout")
    expected.insert(14, "# agent: leave this one alone")
    assert nvim.lines() == expected
    assert file.read_text() == SAVED
    result = place.results()[1]
    assert "hunk 1 of 3: accepted and applied" in result
    assert "hunk 2 of 3: rejected by the user: Out of scope" in result
    assert "hunk 3 of 3: rejected by the user: leave this one alone" in result
    nvim.says("All three are settled.")
    nvim.command("write")
    assert file.read_text() == "\n".join(expected) + "\n"
