"""Exercises solved through the whole loop: a model service over HTTP reads, runs the tests, edits, and runs them again.

What the model says is scripted from the exercise's reference solution; all else is real: the daemon, the tools, the
person's answers and decisions, and the tests that decide.
"""

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.corpora import corpus_path, ran
from tests.support.model_answers import calls, text
from tests.support.model_server import ModelServer
from tests.support.on_model import OnModel, outputs
from tests.support.raw_client import Message

CORPUS = corpus_path("polyglot-python")
EXERCISES = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
FIRST = EXERCISES[0]
TESTS = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {shlex.quote(sys.executable)} -m pytest -q -p no:cacheprovider"


@pytest.mark.parametrize("exercise", [FIRST, *(pytest.param(one, marks=pytest.mark.slow) for one in EXERCISES[1:])])
def test_an_exercise_is_solved_by_reading_testing_editing_and_testing_again(exercise: str, tmp_path: Path) -> None:
    name = exercise.replace("-", "_")
    stub, reference = CORPUS / exercise / f"{name}.py", CORPUS / exercise / ".meta" / "example.py"
    replacement = {
        "old_text": stub.read_bytes().decode(),
        "new_text": reference.read_bytes().decode(),
    }
    script = [
        calls(("read_file", {"path": f"{name}.py"}), ("read_file", {"path": f"{name}_test.py"}), say="I look first."),
        calls(("shell", {"command": TESTS, "timeout_seconds": 60})),
        calls(("edit_file", {"path": f"{name}.py", "edits": [replacement]})),
        calls(("shell", {"command": TESTS, "timeout_seconds": 60})),
        text("The tests pass."),
    ]
    with ModelServer(script) as server, OnModel(tmp_path, server) as model:
        for path in (CORPUS / exercise).glob("*.py"):
            shutil.copyfile(path, model.work / path.name)
        model.bridge.file("pytest.ini", "[pytest]\n")  # whatever stands above the folder
        model.prompt(f"Make {name}.py pass its tests.")
        assert TESTS in model.allow()["params"]["toolCall"]["title"]
        accept_all(model)
        assert (model.work / f"{name}.py").read_bytes() == reference.read_bytes()
        model.allow()
        assert model.ended().stop == "end_turn"
        told = list(outputs(server.request(5).items).values())
    read, tests, failing, edited, passing = told
    assert "\t".join(["1", replacement["old_text"].splitlines()[0]]) in read
    assert "import" in tests
    assert failing.startswith(("Exit code 1.\n", "Exit code 2.\n")), "they fail, or can't be collected"
    assert "accepted and applied" in edited
    assert passing.startswith("Exit code 0.\n")
    assert " passed in " in passing
    assert " failed" not in passing
    ran("polyglot-python", exercise)


def accept_all(model: OnModel) -> list[Message]:
    """Wait for the proposal, and accept every hunk of it."""
    model.update("hunk_update")
    hunks = model.wired.call("harness/review/list", sessionId=model.session)["hunks"]
    decisions = [{"hunkId": hunk["hunkId"], "verdict": "accept"} for hunk in hunks]
    outcomes: list[Message] = model.wired.call("harness/review/decide", decisions=decisions)["outcomes"]
    assert {one["outcome"] for one in outcomes} == {"present"}
    return outcomes
