"""What code actions can't ask: new files, reads outside the workspace; and how a turn is seen and stopped."""

from pathlib import Path

import pytest

from tests.e2e.nvim.scripts import TWENTY, call, edit, step, under_review
from tests.support.nvim import Neovim, Place

pytestmark = pytest.mark.nvim


def asked(nvim: Neovim, place: Place, *calls: dict[str, object]) -> None:
    """A prompt from an open file whose turn makes these calls."""
    place.play(step(*calls), step(say="I go on."))
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.run("harness.prompt", text="go")


# New files.


def test_a_new_file_is_shown_first_then_accepted_and_written(nvim: Neovim, place: Place) -> None:
    asked(nvim, place, call("write_file", path="sub/new.py", content="print('new')\n"))
    question = nvim.pick("Show")
    assert question.kind == "lsp_message"
    assert "Create sub/new.py" in question.prompt
    assert question.items == ("Show", "Accept", "Reject")
    nvim.until(lambda: nvim.at()[0].endswith("new.py"))
    assert nvim.text() == "print('new')\n"
    assert not (place.work / "sub").exists()
    nvim.pick("Accept")
    nvim.ended()
    assert (place.work / "sub" / "new.py").read_text() == "print('new')\n"
    assert "accepted and applied" in place.results()[0]


@pytest.mark.parametrize("answer", ["Reject", None], ids=["rejected", "put-away"])
def test_a_new_file_that_is_not_wanted_is_not_written(nvim: Neovim, place: Place, answer: str | None) -> None:
    asked(nvim, place, call("write_file", path="new.py", content="SECRET\n"))
    nvim.pick(answer)
    nvim.ended()
    assert [path.name for path in place.work.iterdir()] == ["a.txt"]
    assert "rejected by the user" in place.results()[0]


# Reads outside the workspace.


def outside(place: Place) -> Path:
    path = place.root / "outside.txt"
    path.write_text("PRIVATE\n")
    return path


def test_a_read_outside_the_workspace_is_asked_and_done_when_allowed(nvim: Neovim, place: Place) -> None:
    path = outside(place)
    asked(nvim, place, call("read_file", path=str(path)))
    question = nvim.asked()
    assert question.kind == "lsp_message"
    assert str(path) in question.prompt
    assert question.items[0] == "Show"
    nvim.pick("Allow")
    nvim.ended()
    assert "PRIVATE" in place.results()[0]


def test_a_read_outside_the_workspace_that_is_put_away_is_not_done(nvim: Neovim, place: Place) -> None:
    asked(nvim, place, call("read_file", path=str(outside(place))))
    nvim.pick(None)
    nvim.ended()
    assert "PRIVATE" not in "".join(place.results())
    assert "the user said no" in place.results()[0]
    nvim.says("I go on.")


# Progress, and stopping.


def test_a_turn_is_a_progress_with_what_it_does_and_its_last_words(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, ("line 3\n", "LINE 3\n"))
    nvim.until(lambda: any(row["message"] == "waiting for you: 1 hunk in 1 file" for row in nvim.progress()))
    nvim.run("harness.acceptFile", uri=(place.work / "a.txt").as_uri())
    nvim.ended()
    nvim.until(lambda: nvim.progress()[-1]["kind"] == "end")
    seen = nvim.progress()
    assert (seen[0]["kind"], seen[0]["cancellable"]) == ("begin", True)
    assert seen[-1]["message"] == "Done."


def test_cancelling_the_progress_stops_the_turn_and_takes_its_hunks_back(nvim: Neovim, place: Place) -> None:
    under_review(nvim, place, TWENTY, ("line 3\n", "LINE 3\n"))
    nvim.until(nvim.progress)
    token = nvim.progress()[0]["token"]
    nvim.lua("E2E.client():notify('window/workDoneProgress/cancel', {token = ...})", token)
    nvim.ended("cancelled")
    nvim.hunks(0)
    assert nvim.text() == TWENTY
    nvim.until(lambda: nvim.progress()[-1]["message"] == "stopped")


def test_stop_the_agent_is_an_action_while_it_works_and_gone_after(nvim: Neovim, place: Place) -> None:
    place.play({"hold": True})
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.run("harness.prompt", text="go")
    nvim.until(nvim.progress)
    nvim.act("Stop the agent")
    nvim.ended("cancelled")
    # The end is in the log a moment before the client is told of it.
    nvim.until(lambda: nvim.progress()[-1]["kind"] == "end")
    nvim.keys("gra")
    nvim.says("No code actions available")


def test_an_open_question_is_taken_back_when_the_turn_is_stopped(nvim: Neovim, place: Place) -> None:
    """Neovim can't close a menu from outside; an answer that comes too late changes nothing."""
    asked(nvim, place, call("read_file", path=str(outside(place))))
    nvim.typed("ggO# agent: later<Esc>")
    nvim.asked()
    nvim.run("harness.cancel")
    nvim.ended("cancelled")
    nvim.until(lambda: nvim.progress()[-1]["kind"] == "end")
    nvim.pick("Allow")
    assert any(title.startswith("Ask agent") for title in nvim.actions())
    assert len(place.records("ApprovalClosed")) == 1
    assert "PRIVATE" not in "".join(place.results())


def test_a_model_that_fails_is_told_as_an_error(nvim: Neovim, place: Place) -> None:
    place.play({"fail": "the service is away"})
    nvim.edit(place.file("a.txt", TWENTY))
    nvim.run("harness.prompt", text="go")
    nvim.says("the service is away")
    nvim.ended("failed")


def test_what_was_asked_is_no_reason_and_no_second_question_is_offered_meanwhile(nvim: Neovim, place: Place) -> None:
    place.play(step(edit("a.py", ("x = 1\n", "x = 2\n"))), step(say="Done."))
    nvim.edit(place.file("a.py", "# agent: two, not one\nx = 1\n# agent: leave it\n"))
    nvim.go(0)
    nvim.act("Ask agent: two, not one")
    nvim.hunks(1)
    nvim.go(1)
    assert nvim.act("Reject hunk 1/1: leave it") == (
        "Accept hunk 1/1: change 1 line",
        "Reject hunk 1/1",
        "Reject hunk 1/1: leave it",
        "Reject hunk 1/1 with reason…",
        "Show hunk 1/1",
        "Stop the agent (it waits for you: 1 change in a.py)",
    )
    nvim.ended()
    nvim.go(2)
    # The end is in the log a moment before the session is free again.
    nvim.until(lambda: nvim.actions() == ("Ask agent: leave it",))


# Code lenses.


def test_a_lens_on_an_instruction_comment_asks_and_then_stops(nvim: Neovim, place: Place) -> None:
    place.play(step(edit("a.py", ("x = 1\n", "x = 2\n"))), step(say="Done."))
    nvim.edit(place.file("a.py", "# agent: two, not one\nx = 1\n"))
    lens = "vim.tbl_map(function(one) return one.command.title end, vim.lsp.codelens.get(0))"
    nvim.lua("vim.lsp.codelens.refresh({bufnr = 0})")
    nvim.until(lambda: nvim.lua(f"return {lens}") == ["Ask agent: two, not one"])
    nvim.go(0)
    nvim.lua("vim.lsp.codelens.run()")
    nvim.hunks(1)
    nvim.lua("vim.lsp.codelens.refresh({bufnr = 0})")
    nvim.until(lambda: "Agent is working — stop" in nvim.lua(f"return {lens}"))
    nvim.lua("vim.lsp.codelens.run()")
    nvim.ended("cancelled")
