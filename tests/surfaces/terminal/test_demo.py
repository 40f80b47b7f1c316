"""The demo as a process: by the seed, at the keys, and as the committed capture shows it."""

import subprocess
import sys
from pathlib import Path

import pytest

from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.lsp_client import Buffer
from bridge.surfaces.terminal.sample import make_sample
from tests.support.corpora import PROJECT
from tests.surfaces.terminal.capture import CAPTURE, PICTURE, capture, normal, picture
from tests.surfaces.terminal.terminal_child import CTRL_C, TerminalChild, plain

DEMO = ("-m", "bridge", "demo")
CHECKS = 8

# Starts the real daemon, with a file more in the project than there should be.
STRAY = """
import sys
from pathlib import Path
from bridge.cli import main
(next(Path(sys.argv[1]).glob("harness-demo-*/*/README.md")).parent / "stray.txt").touch()
sys.exit(main([]))
"""


# Shows the demo over the daemon that the arguments start.
OVER = """
import sys
from functools import partial
import anyio
from bridge.surfaces.terminal.demo import demo
from bridge.surfaces.terminal.output import Descriptor, Palette, Screen
screen = Screen(Descriptor(1), Descriptor(1), Palette(coloured=False))
sys.exit(anyio.run(partial(demo, 3, screen, None, paced=False, command=sys.argv[1:])))
"""


def run(*arguments: str, folder: Path, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Python, with nothing of the environment but where temporary files go."""
    around = {"PATH": str(Path(sys.executable).parent), "TMPDIR": str(folder), "HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=around,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def at_the_keys(seed: int, folder: Path) -> TerminalChild:
    return TerminalChild(DEMO, {"SEED": str(seed), "TMPDIR": str(folder)})


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_without_a_terminal_the_seed_decides_the_check_holds_and_nothing_is_left(seed: int, tmp_path: Path) -> None:
    done = run(*DEMO, "--seed", str(seed), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    sample = make_sample(seed)
    assert f"You ask: {sample.prompt}" in done.stdout
    assert "No terminal: the seed decides" in done.stdout
    assert done.stdout.count("> by the seed: reject, because: ") == 1
    assert "note: in a docstring" in done.stdout
    assert "note: in a comment" in done.stdout
    accepted = done.stdout.count("> by the seed: accept")
    assert f"approved  {accepted}\nrejected  1\n" in done.stdout
    assert done.stdout.count("✓") == CHECKS
    assert "✗" not in done.stdout
    assert "✓ its tests: 9 pass" in done.stdout
    assert "harness-bridge init-editor nvim" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_folder_that_it_is_started_in_is_run(tmp_path: Path) -> None:
    (tmp_path / "bridge").mkdir()
    for name in ("bridge/__init__.py", "json.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit('this is not ours to run')\n")
    (tmp_path / "temporary").mkdir()
    done = run("-P", *DEMO, "--seed", "1", folder=tmp_path / "temporary", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.count("✓") == CHECKS


def test_a_seed_that_is_no_number_is_a_wrong_command_line() -> None:
    command = [sys.executable, *DEMO]
    done = subprocess.run(command, cwd=PROJECT, env={"SEED": "many"}, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.USAGE
    assert "SEED='many'" in done.stderr


def test_a_person_who_takes_a_part_of_the_code_sees_why_the_tests_fail(tmp_path: Path) -> None:
    with at_the_keys(3, tmp_path) as child:
        child.shows("meant as a whole")
        files = sorted({place.path for place in make_sample(3).places})
        for path, key in zip(files, "d" + "a" * len(files), strict=False):
            child.shows(f"── {path}:")
            child.shows("> ")
            child.press(key)
        assert child.exit_code() == 0, child.text()
        assert "✓ its tests fail (" in child.text()
        assert "as they must: only a part of the code has the new name" in child.text()
        assert child.text().count("✓") == CHECKS
    assert list(tmp_path.iterdir()) == []


def test_a_person_who_stops_the_demo_sees_it_checked_all_the_same(tmp_path: Path) -> None:
    with at_the_keys(3, tmp_path) as child:
        child.shows("hunk 1/")
        child.shows("> ")
        child.press("n")
        child.shows("hunk 2/")
        child.shows("> ")
        child.press("q")
        assert child.exit_code() == 0
        assert "The turn was cancelled." in child.text()
        assert "✓ the turn was stopped" in child.text()
        assert "approved  0" in child.text()
        assert "✓ its tests: 9 pass" in child.text()
        assert child.text().count("✓") == CHECKS
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_stops_the_turn_and_not_the_daemon_under_it(tmp_path: Path) -> None:
    with at_the_keys(3, tmp_path) as child:
        child.shows("hunk 1/")
        child.shows("> ")
        child.press(CTRL_C)
        assert child.exit_code() == 0
        assert "✓ the turn was stopped" in child.text()
    assert list(tmp_path.iterdir()) == []


def test_a_second_ctrl_c_leaves_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with at_the_keys(3, tmp_path) as child:
        child.shows("hunk 1/")
        child.shows("> ")
        child.press(CTRL_C)
        child.shows("You save")
        child.press(CTRL_C)
        assert child.exit_code() == Exit.INTERRUPTED
        assert "In figures" not in child.text()
        assert "Traceback" not in child.text()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_before_there_is_a_turn_leaves_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with at_the_keys(3, tmp_path) as child:
        child.shows("A made-up project")
        child.press(CTRL_C)
        assert child.exit_code() == Exit.INTERRUPTED
        assert "You ask" not in child.text()
        assert "Traceback" not in child.text()
        assert child.echoes_lines()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("daemon", "words"),
    [
        ("raise SystemExit(3)", "The daemon failed: initialize: the daemon ended without an answer"),
        (STRAY, "✗ the other 6 files are as they were"),
    ],
)
def test_what_fails_is_said_and_left_to_be_looked_at(daemon: str, words: str, tmp_path: Path) -> None:
    done = run("-c", OVER, sys.executable, "-c", daemon, str(tmp_path), folder=tmp_path)
    assert (done.returncode, done.stderr) == (Exit.FAILED, "")
    assert words in done.stdout
    [left] = tmp_path.iterdir()
    assert f"Everything is left in {left.resolve()};" in done.stdout
    assert (left / make_sample(3).name / "README.md").exists()


def test_the_committed_capture_is_what_the_demo_shows() -> None:
    rows = capture()
    assert normal(plain(rows)) == CAPTURE.read_text(encoding="utf-8"), "run scripts/capture_demo.py and look at it"
    assert picture(rows) == PICTURE.read_text(encoding="utf-8"), "run scripts/capture_demo.py and look at it"


def test_the_demos_buffer_counts_in_utf_16_and_tells_its_changes_from_the_last_to_the_first() -> None:
    buffer = Buffer("🍏 one\ntwo\n")
    first = {"range": {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 6}}, "newText": "ONE"}
    second = {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}, "newText": ""}
    changes = buffer.apply([first, second])
    assert (buffer.text, buffer.version) == ("🍏 ONE\n\n", 2)
    assert [change["text"] for change in changes] == ["", "ONE"]
