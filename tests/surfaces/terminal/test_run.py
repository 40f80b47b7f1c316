"""`harness-bridge run` as a process: what is written, what is printed, how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.protocol.base import strict
from bridge.protocol.review import HunkView
from bridge.protocol.update import SessionNotification, TurnEnded
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.run import judge
from bridge.surfaces.terminal.teller import Account
from tests.support.corpora import PROJECT
from tests.support.eventually import eventually
from tests.surfaces.terminal.fakes import a_hunk
from tests.surfaces.terminal.place import AFTER, BEFORE, Place, bridge
from tests.surfaces.terminal.terminal_child import CTRL_C, TerminalChild


def test_without_a_terminal_every_hunk_is_refused_openly_and_nothing_is_written(place: Place) -> None:
    done = place.run("change it")
    assert done.returncode == Exit.REFUSED
    assert place.file.read_bytes() == BEFORE
    assert done.stderr.count("> rejected: nobody could be asked: there is no terminal") == 2
    assert "- 1  one" in done.stderr
    assert "rejected, but not by the user: nobody could be asked" in done.stdout


def test_the_models_words_alone_are_on_stdout_and_no_colour_is_in_a_pipe(place: Place) -> None:
    done = place.run("--approve", "edits", "change it")
    assert done.stdout.startswith("I change it.\nTold: Edit a.txt: 2 accepted\n")
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("approve", ["edits", "all"])
def test_approved_edits_are_written_exactly(place: Place, approve: str) -> None:
    done = place.run("--approve", approve, "change it")
    assert done.returncode == Exit.DONE
    assert place.file.read_bytes() == AFTER
    assert "· Edit a.txt: 2 accepted" in done.stderr
    assert done.stderr.count("> accepted by mode ") == 2


def test_a_no_to_everything_that_was_asked_for_is_no_failure(place: Place) -> None:
    done = place.run("--approve", "none", "change it")
    assert (done.returncode, place.file.read_bytes()) == (0, BEFORE)
    assert "--approve none" in done.stderr


def test_a_read_outside_the_workspace_is_refused_without_a_terminal_and_allowed_by_all(place: Place) -> None:
    secret = place.folder / "outside.txt"
    secret.write_text("a secret\n")
    place.script({"calls": [{"tool": "read_file", "args": {"path": str(secret)}}]}, {"say": "{last_output}"})
    refused, allowed = place.run("look"), place.run("--approve", "all", "look")
    assert (refused.returncode, allowed.returncode) == (3, 0)
    assert "a secret" not in refused.stdout
    assert "the user said no" in refused.stdout
    assert "a secret" in allowed.stdout


@pytest.mark.parametrize("approve", ["ask", "edits", "none"])
def test_every_line_of_json_is_an_update_of_the_published_protocol(place: Place, approve: str) -> None:
    done = place.run("--json", "--approve", approve, "change it")
    with strict():
        rows = [SessionNotification.parse(json.loads(line)) for line in done.stdout.splitlines()]
    kinds = [row.update.session_update for row in rows]
    assert kinds[:2] == ["turn_started", "user_message_chunk"]
    assert kinds[-1] == "turn_ended"
    assert {"agent_message_chunk", "tool_call", "tool_call_update", "hunk_update"} <= set(kinds)
    numbers = [row.seq for row in rows if row.seq is not None]
    assert numbers == sorted(numbers)


def test_the_prompt_may_come_from_stdin(place: Place) -> None:
    done = place.run("--json", "--approve", "none", "-", stdin="change it\nplease\n")
    chunk = json.loads(done.stdout.splitlines()[1])["update"]
    assert chunk["content"]["text"] == "change it\nplease\n"


def test_a_model_that_fails_is_exit_code_1_with_its_words(place: Place) -> None:
    place.script({"fail": "the service is \x1b[2Jdown"})
    done = place.run("change it")
    assert done.returncode == Exit.FAILED
    assert "the service is \\x1b[2Jdown" in done.stderr


def test_a_model_that_can_not_be_had_is_said_with_what_to_set_up(tmp_path: Path) -> None:
    where = ["--cwd", str(tmp_path), "--state-dir", str(tmp_path / "state")]
    done = bridge(["-m", "bridge", "run", *where, "--model", "scripted", "hello"])
    assert done.returncode == 1
    assert "the model `scripted` has no script to play" in done.stderr
    assert "--model" in done.stderr


def test_without_a_model_what_is_not_understood_is_said_with_what_is(tmp_path: Path) -> None:
    where = ["--cwd", str(tmp_path), "--state-dir", str(tmp_path / "state")]
    done = bridge(["-m", "bridge", "run", *where, "write me a poem"])
    assert done.returncode == 0
    assert "I don't understand that, so I did nothing." in done.stdout
    assert "rename `total` to `grand_total`" in done.stdout
    assert "For anything else a language model is needed" in done.stdout


def test_a_workspace_that_is_no_folder_is_an_error_of_the_environment(place: Place) -> None:
    done = place.run("--cwd", str(place.file), "change it")
    assert done.returncode == Exit.ENVIRONMENT
    assert "Traceback" not in done.stderr
    assert str(place.file) in done.stderr


def test_a_state_folder_that_is_a_file_is_an_error_of_the_environment(place: Place) -> None:
    done = place.run("--state-dir", str(place.file), "change it")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_accepted_change_of_a_read_only_file_is_told_by_the_exit_code(place: Place) -> None:
    place.workspace.chmod(0o500)
    try:
        done = place.run("--approve", "edits", "change it")
    finally:
        place.workspace.chmod(0o700)
    assert (done.returncode, place.file.read_bytes()) == (5, BEFORE)


def test_a_reader_that_goes_away_ends_the_turn_without_a_traceback(place: Place) -> None:
    place.script({"say": "word\n" * 100_000}, {"hold": True})
    command = [sys.executable, *place.arguments("--json", "talk")]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=PROJECT, stdin=nothing, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(20) == 5


def test_hunks_are_decided_by_keys_and_only_what_was_accepted_is_written(place: Place) -> None:
    with TerminalChild(place.arguments("change it")) as child:
        child.shows("hunk 1/2")
        child.shows("> ")
        child.press("y")
        child.shows("hunk 2/2")
        child.shows("> ")
        child.press("r")
        child.shows("because: ")
        child.press("leave five\n")
        assert child.exit_code() == 0
        text = child.text()
        assert "hunk 2 of 2: rejected by the user: leave five" in text
        assert "\x1b[31m- 1  one\x1b[0m" in child.raw.decode()
        assert "thinking" not in text
    assert place.file.read_bytes() == BEFORE.replace(b"one", b"ONE")


def test_a_command_is_shown_while_it_runs_after_a_yes_and_thinking_is_not_once_stopped(place: Place) -> None:
    place.script({"calls": [{"tool": "shell", "args": {"command": "sleep 30"}}]}, {"say": "Never said."})
    with TerminalChild(place.arguments("wait")) as child:
        child.shows("> ")
        child.press("y")
        child.shows("⋯ Run sleep 30")
        child.press(CTRL_C)
        assert child.exit_code() == Exit.CANCELLED
        assert "thinking" not in child.raw.decode().partition("Stopping the turn")[2]


def test_nothing_is_said_to_go_on_after_the_key_that_stops(place: Place) -> None:
    with TerminalChild(place.arguments("change it")) as child:
        child.shows("hunk 1/2")
        child.shows("> ")
        child.press("q")
        assert child.exit_code() == Exit.CANCELLED
        assert "thinking" not in child.raw.decode().partition("stopping the turn")[2]


def test_no_color_is_honoured_on_a_terminal(place: Place) -> None:
    with TerminalChild(place.arguments("change it"), {"NO_COLOR": "1"}) as child:
        child.shows("hunk 1/2")
        child.shows("> ")
        child.press("q")
        assert child.exit_code() == Exit.CANCELLED
        assert b"\x1b[3" not in child.raw
    assert place.file.read_bytes() == BEFORE


def test_ctrl_c_cancels_the_turn_and_leaves_the_terminal_as_it_was(place: Place) -> None:
    place.script({"hold": True})
    with TerminalChild(place.arguments("wait")) as child:
        child.shows("thinking")
        assert not child.echoes_lines()
        child.press(CTRL_C)
        assert child.exit_code() == 4
        assert child.echoes_lines()
        assert "Stopping the turn" in child.text()
        assert "The turn was cancelled." in child.text()
    logs = list((place.folder / "state").glob("sessions/*/*.jsonl"))
    assert b'"cancelled"' in logs[0].read_bytes().splitlines()[-1]


def test_ctrl_c_while_a_hunk_is_asked_about_withdraws_it(place: Place) -> None:
    with TerminalChild(place.arguments("change it")) as child:
        child.shows("hunk 1/2")
        child.shows("> ")
        child.press(CTRL_C)
        assert child.exit_code() == 4
    assert place.file.read_bytes() == BEFORE


def test_a_log_of_a_cancelled_turn_is_complete_when_the_process_has_gone(place: Place) -> None:
    place.script({"hold": True})
    command = [sys.executable, *place.arguments("wait")]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.DEVNULL) as process:
        state = place.folder / "state"
        eventually(lambda: any(b"StepStarted" in log.read_bytes() for log in state.glob("sessions/*/*.jsonl")), 10)
        process.terminate()
        assert process.wait(20) == 4


def account(stop: str, *hunks: HunkView) -> Account:
    found = Account()
    found.on_update(TurnEnded.parse({"sessionUpdate": "turn_ended", "turnId": "t", "stopReason": stop}))
    found.hunks.update({hunk.hunk_id: hunk for hunk in hunks})
    return found


@pytest.mark.parametrize(
    ("stop", "hunks", "refused", "code"),
    [
        ("end_turn", [], 0, Exit.DONE),
        ("end_turn", [a_hunk(decision="accepted", placement="present")], 0, Exit.DONE),
        ("end_turn", [a_hunk(decision="rejected")], 0, Exit.DONE),
        ("end_turn", [a_hunk(decision="rejected")], 1, Exit.REFUSED),
        ("end_turn", [a_hunk(decision="accepted")], 0, Exit.ENVIRONMENT),
        ("end_turn", [a_hunk(decision="accepted", placement="unverified")], 1, Exit.ENVIRONMENT),
        ("failed", [a_hunk(decision="accepted")], 1, Exit.FAILED),
        ("max_tokens", [], 0, Exit.FAILED),
        ("max_turn_requests", [], 0, Exit.FAILED),
        ("refusal", [], 0, Exit.FAILED),
        ("cancelled", [], 1, Exit.CANCELLED),
    ],
)
def test_the_exit_code_tells_what_went_wrong_first(stop: str, hunks: list[HunkView], refused: int, code: Exit) -> None:
    assert judge(account(stop, *hunks), refused) is code


@pytest.mark.parametrize(
    "arguments",
    [["frobnicate"], ["run"], ["run", "--approve", "maybe", "x"], ["run", "  "], ["serve", "--fast"], ["--nonsense"]],
)
def test_a_wrong_command_line_is_exit_code_2_with_a_sentence(arguments: list[str]) -> None:
    done = bridge(["-m", "bridge", *arguments])
    assert done.returncode == Exit.USAGE
    assert "harness-bridge" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    assert "there is no command 'frobnicate', only serve, run, demo" in bridge(["-m", "bridge", "frobnicate"]).stderr


def test_help_names_every_command_and_every_exit_code() -> None:
    done = bridge(["-m", "bridge", "--help"])
    assert done.returncode == 0
    assert all(f"\n    {name} " in done.stdout for name in ("serve", "run", "demo"))
    assert all(f"\n  {code.value} " in done.stdout for code in Exit)


def test_the_version_is_the_packages() -> None:
    assert bridge(["-m", "bridge", "--version"]).stdout.startswith("harness-bridge 0.")
