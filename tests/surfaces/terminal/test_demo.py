"""The demo as a process: by the seed, at the keys, and as the committed capture shows it."""

import subprocess
import sys
from pathlib import Path

import pytest

from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.lsp_client import Buffer
from bridge.surfaces.terminal.sample import make_sample
from bridge.surfaces.terminal.sample_check import Observed, check, match, start_of, with_changes
from tests.support.corpora import PROJECT
from tests.surfaces.terminal.capture import CAPTURE, PICTURE, capture, normal, picture
from tests.surfaces.terminal.terminal_child import CTRL_C, TerminalChild, plain

DEMO = ("-m", "bridge", "demo")


def by_seed(seed: int, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *DEMO, "--seed", str(seed)]
    path = {"PATH": str(Path(sys.executable).parent), "TMPDIR": str(folder)}
    return subprocess.run(
        command, cwd=PROJECT, env=path, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_without_a_terminal_the_seed_decides_the_check_holds_and_nothing_is_left(seed: int, tmp_path: Path) -> None:
    done = by_seed(seed, tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "No terminal: the seed decides" in done.stdout
    assert done.stdout.count("> by the seed: ") == 6
    assert "> by the seed: accept" in done.stdout
    assert "> by the seed: reject, because: " in done.stdout
    assert done.stdout.count("✓") == 8
    assert "✗" not in done.stdout
    assert "vim.lsp.enable('harness')" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_seed_that_is_no_number_is_a_wrong_command_line() -> None:
    command = [sys.executable, *DEMO]
    done = subprocess.run(command, cwd=PROJECT, env={"SEED": "many"}, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.USAGE
    assert "SEED='many'" in done.stderr


def test_a_person_who_stops_the_demo_sees_it_checked_all_the_same() -> None:
    with TerminalChild(DEMO, {"SEED": "3"}) as child:
        child.shows("hunk 1/3")
        child.shows("> ")
        child.press("y")
        child.shows("hunk 2/3")
        child.shows("> ")
        child.press("q")
        assert child.exit_code() == 0
        assert "The turn was cancelled." in child.text()
        assert "✓ the turn was stopped" in child.text()
        assert "accepted  1" in child.text()
        assert child.text().count("✓") == 8


def test_ctrl_c_stops_the_turn_and_not_the_daemon_under_it() -> None:
    with TerminalChild(DEMO, {"SEED": "3"}) as child:
        child.shows("hunk 1/3")
        child.shows("> ")
        child.press(CTRL_C)
        assert child.exit_code() == 0
        assert "✓ the turn was stopped" in child.text()


def test_the_committed_capture_is_what_the_demo_shows() -> None:
    rows = capture()
    assert normal(plain(rows)) == CAPTURE.read_text(encoding="utf-8"), "run scripts/capture_demo.py and look at it"
    assert picture(rows) == PICTURE.read_text(encoding="utf-8"), "run scripts/capture_demo.py and look at it"


@pytest.mark.parametrize("seed", range(20))
def test_a_sample_is_the_same_for_the_same_seed_and_right_whatever_is_accepted(seed: int) -> None:
    sample = make_sample(seed)
    assert sample == make_sample(seed)
    for path, raw in sample.files.items():
        if path.endswith(".py"):
            compile(raw, path, "exec")
    for bits in range(2 ** len(sample.changes)):
        accepted = [change for number, change in enumerate(sample.changes) if bits >> number & 1]
        disk = {
            path: raw if path == sample.opened else with_changes(sample, path, raw.decode(), accepted).encode()
            for path, raw in sample.files.items()
        }
        buffer = with_changes(sample, sample.opened, start_of(sample), accepted)
        compile(buffer, sample.opened, "exec")
        assert all(found.holds for found in check(sample, accepted, Observed(buffer, disk)))


def test_samples_differ_from_seed_to_seed() -> None:
    assert len({make_sample(seed).prompt for seed in range(20)}) > 10


def test_the_check_sees_each_way_to_be_wrong() -> None:
    sample = make_sample(1)
    accepted = sample.changes[:1]
    buffer = with_changes(sample, sample.opened, start_of(sample), accepted)
    other = next(change for change in sample.changes if change.path != sample.opened)
    slipped = {path: with_changes(sample, path, raw.decode(), [other]).encode() for path, raw in sample.files.items()}
    saved = dict(sample.files) | {sample.opened: buffer.encode()}
    for wrong in (
        Observed(start_of(sample), sample.files),
        Observed(buffer.replace(sample.typed, ""), sample.files),
        Observed(buffer, dict(sample.files) | {other.path: slipped[other.path]}),
        Observed(buffer, saved),
        Observed(buffer, dict(sample.files) | {"new.py": b""}),
        Observed(buffer, {path: raw for path, raw in sample.files.items() if path != "README.md"}),
        Observed(buffer + other.new, sample.files),
    ):
        assert not all(found.holds for found in check(sample, accepted, wrong))


def test_a_hunk_that_the_script_never_asked_for_is_known() -> None:
    sample = make_sample(1)
    assert match(sample, sample.opened, sample.changes[0].old, sample.changes[0].new) is sample.changes[0]
    assert match(sample, sample.opened, sample.changes[0].old, "something else\n") is None


def test_the_demos_buffer_counts_in_utf_16_and_tells_its_changes_from_the_last_to_the_first() -> None:
    buffer = Buffer("🍏 one\ntwo\n")
    first = {"range": {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 6}}, "newText": "ONE"}
    second = {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}, "newText": ""}
    changes = buffer.apply([first, second])
    assert (buffer.text, buffer.version) == ("🍏 ONE\n\n", 2)
    assert [change["text"] for change in changes] == ["", "ONE"]
