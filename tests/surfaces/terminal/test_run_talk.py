"""`harness-bridge run` with somebody at the keys: questions answered, reasons, Ctrl-C; and with nobody there."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bridge.surfaces.terminal.exits import Exit
from tests.support.corpora import PROJECT
from tests.surfaces.terminal.place import AFTER, BEFORE, Place, bridge
from tests.surfaces.terminal.terminal_child import CTRL_C, TerminalChild

ASKS = {"turns": [{"when": "a.txt", "steps": [{"say": "It is a.txt."}]}, {"steps": [{"say": "In which file?"}]}]}
ANSWER = "Your answer (Enter ends): "


def asking(place: Place) -> Place:
    """The agent asks which file, until it is told."""
    (place.folder / "script.json").write_text(json.dumps(ASKS))
    return place


def prompts(place: Place) -> list[str]:
    """What was asked of the agent, from the logs."""
    logs = [log.read_text(encoding="utf-8") for log in place.folder.glob("state/sessions/*/*.jsonl")]
    rows = [json.loads(row) for log in logs for row in log.splitlines()]
    return [row["data"]["text"] for row in rows if row["kind"] == "Prompt"]


@pytest.mark.parametrize("more", [[], ["--approve", "edits"], ["--json"]])
def test_a_question_that_nobody_can_answer_is_exit_code_3_with_a_word_aside(place: Place, more: list[str]) -> None:
    done = asking(place).run(*more, "look")
    assert done.returncode == Exit.REFUSED
    assert "nobody could answer: there is no terminal" in done.stderr
    assert "there is no terminal" not in done.stdout
    assert asking(place).run(*more, "look at a.txt").returncode == Exit.DONE


@pytest.mark.parametrize("more", [[], ["--json"], ["--approve", "none"]])
def test_an_answer_goes_on_in_the_same_session_until_nothing_is_asked(place: Place, more: list[str]) -> None:
    with TerminalChild(asking(place).arguments(*more, "look")) as child:
        child.shows(ANSWER)
        child.press("there\n")
        child.shows(ANSWER)
        child.press("in a.txt\n")
        assert child.exit_code() == Exit.DONE
        assert "It is a.txt." in child.text()
        assert child.echoes_lines()
    assert prompts(place) == ["look", "there", "in a.txt"]
    assert len(list(place.folder.glob("state/sessions/*/*.jsonl"))) == 1


@pytest.mark.parametrize("nothing", ["\n", "  \n", "\x1b", "half\x1b"])
def test_no_answer_ends(place: Place, nothing: str) -> None:
    with TerminalChild(asking(place).arguments("look")) as child:
        child.shows(ANSWER)
        child.press(nothing)
        assert child.exit_code() == Exit.DONE
        assert "^[" not in child.text()
    assert prompts(place) == ["look"]


def test_ctrl_c_at_the_question_leaves_quietly(place: Place) -> None:
    with TerminalChild(asking(place).arguments("look")) as child:
        child.shows(ANSWER)
        child.press(CTRL_C)
        assert child.exit_code() == Exit.INTERRUPTED
        assert "Traceback" not in child.text()
        assert child.echoes_lines()


@pytest.mark.parametrize(("pressed", "left"), [("\x1b", "because"), ("too\x1b", "because: too"), ("\x1b[D", "because")])
def test_escape_takes_a_reason_back_and_nothing_of_it_stays_on_the_screen(
    place: Place, pressed: str, left: str
) -> None:
    with TerminalChild(place.arguments("change it")) as child:
        child.shows("hunk 1/2")
        child.shows("> ")
        child.press("r")
        child.shows("because: ")
        child.press(pressed)
        child.shows("No reason was given, so nothing is decided yet.")
        child.shows("> ")
        child.press("r")
        child.shows("because: ")
        child.press("too smart\x7f\x7f\x7f\x7f\x7fclever\n")
        child.shows("hunk 2/2")
        child.shows("> ")
        child.press("A")
        assert child.exit_code() == 0
        before = child.text().split("No reason was given")[0]
        assert left not in before
        assert "^[" not in child.text()
        assert "rejected by the user: too clever" in child.text()
    assert place.file.read_bytes() == BEFORE.replace(b"five", b"FIVE")


def test_a_key_accepts_all_of_a_change(place: Place) -> None:
    with TerminalChild(place.arguments("change it")) as child:
        child.shows("A\x1b[0m all  ")
        child.shows("> ")
        child.press("A")
        assert child.exit_code() == 0
    assert place.file.read_bytes() == AFTER


def test_ctrl_c_in_the_middle_tells_what_stands_and_leaves_no_prompt(place: Place) -> None:
    with TerminalChild(place.arguments("change it")) as child:
        child.shows("hunk 1/2")
        child.shows("> ")
        child.press("y")
        child.shows("hunk 2/2")
        child.shows("> ")
        child.press(CTRL_C)
        assert child.exit_code() == Exit.CANCELLED
        after = child.text().split("hunk 2/2")[1].split("? help\n")[1]
        assert after.startswith("Stopping the turn (Ctrl-C again leaves at once).\n")
        assert "The turn was cancelled. 1 of 2 accepted and in a.txt; the rest was not applied." in after
        assert ">" not in after
    assert place.file.read_bytes() == BEFORE.replace(b"one", b"ONE")


# Waits until the module of the first argument begins to be imported, then is interrupted, as by Ctrl-C.
INTERRUPTED = """
import os, signal, sys
from bridge.cli import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.exit(main(["run", "look"]))
"""


@pytest.mark.parametrize(
    "module",
    ["bridge.surfaces.terminal", "bridge.surfaces.terminal.cli", "anyio", "pydantic", "bridge.surfaces.terminal.run"],
)
def test_ctrl_c_while_it_is_loaded_leaves_quietly(module: str) -> None:
    done = interrupted(module)
    assert (done.returncode, done.stdout, done.stderr) == (Exit.INTERRUPTED, "", "")


def interrupted(module: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", INTERRUPTED, module]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=50, check=False)


def test_who_has_ctrl_c_ignored_has_it_ignored() -> None:
    def ignored() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    command: Sequence[str] = [sys.executable, "-c", INTERRUPTED.replace('"run", "look"', '"--version"'), "anyio"]
    done = subprocess.run(
        command, cwd=PROJECT, preexec_fn=ignored, capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("harness-bridge ")


def test_what_cannot_be_written_is_told_at_the_keys_and_asked_once_it_is_mended(tmp_path: Path) -> None:
    for name, text in (("a.py", "def fee():\n    return 1\n"), ("b.py", "from a import fee\n\nfee()\n")):
        (tmp_path / name).write_text(text)
    there = ["--cwd", str(tmp_path), "--state-dir", str(tmp_path / "state")]
    with TerminalChild(["-m", "bridge", "run", *there, "rename fee to price"]) as child:
        child.shows("hunk 1/3")
        child.shows("> ")
        (tmp_path / "b.py").chmod(0o444)
        child.press("A")
        child.shows("Not done: nothing was written, as the change is meant as a whole")
        child.shows("Mend that and accept the next one again, or reject it.")
        child.shows("> ")
        (tmp_path / "b.py").chmod(0o644)
        child.press("A")
        assert child.exit_code() == Exit.DONE
    assert (tmp_path / "b.py").read_text() == "from a import price\n\nprice()\n"


def test_a_change_that_deletes_a_file_is_asked_about_although_edits_are_approved(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("fee = 1\n")
    there = ["--cwd", str(tmp_path), "--state-dir", str(tmp_path / "state"), "--approve", "edits"]
    assert bridge(["-m", "bridge", "run", *there, "rename a.py to z.py"]).returncode == Exit.REFUSED
    assert sorted(tmp_path.glob("*.py")) == [tmp_path / "a.py"]
    assert bridge(["-m", "bridge", "run", *there, "rename fee to price"]).returncode == Exit.DONE
    assert (tmp_path / "a.py").read_text() == "price = 1\n"


def test_help_says_what_is_asked_all_the_same_what_becomes_of_questions_and_how_to_undo() -> None:
    text = " ".join(bridge(["-m", "bridge", "run", "--help"]).stdout.split())
    assert "are accepted, but one that deletes a file, or touches a protected one, is asked about all the same" in text
    assert "your answer is the next prompt; Enter alone ends. Without a terminal that is exit code 3." in text
    assert "taken back with git, or in your editor: there is no undo here." in text
