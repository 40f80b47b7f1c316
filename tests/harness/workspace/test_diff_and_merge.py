"""Our diff and merge, held against their laws and against git."""

import itertools
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.harness.values.text import Span
from bridge.harness.workspace.diff import Change, diff, shortest_diff
from bridge.harness.workspace.merge import apply_changes, merge3
from bridge.harness.workspace.text import split_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), max_size=40)


def edited(rng: random.Random, lines: list[str], edits: int, mark: str) -> list[str]:
    result = list(lines)
    for number in range(edits):
        at = rng.randrange(len(result) + 1)
        removed = rng.choice([0, 0, 1, 2])
        result[at : at + removed] = [f"{mark} {number}\n"] * rng.choice([0, 1, 1, 2])
    return result


@given(LINES, LINES)
def test_a_diff_applied_gives_the_other_side_in_maximal_runs(a: list[str], b: list[str]) -> None:
    for changes in (diff(a, b), shortest_diff(a, b)):
        assert apply_changes(a, b, changes) == b
        assert all(earlier.a.end < later.a.start for earlier, later in itertools.pairwise(changes))
        assert all(c.a.start < c.a.end or c.b.start < c.b.end for c in changes)


@given(LINES, LINES)
def test_the_shortest_diff_is_as_short_as_a_full_search_finds(a: list[str], b: list[str]) -> None:
    row = [0] * (len(b) + 1)
    for line in a:
        above = row
        row = [0]
        for j, other in enumerate(b):
            row.append(above[j] + 1 if line == other else max(above[j + 1], row[j]))
    size = sum((c.a.end - c.a.start) + (c.b.end - c.b.start) for c in shortest_diff(a, b))
    assert size == len(a) + len(b) - 2 * row[-1]


def test_lines_that_share_nothing_are_one_hunk() -> None:
    a, b = [f"a{n}\n" for n in range(2000)], [f"b{n}\n" for n in range(1500)]
    assert diff(a, b) == [Change(Span(0, 2000), Span(0, 1500))]


def test_a_gap_that_is_too_different_is_one_hunk() -> None:
    rng = random.Random(7)
    a, b = ([f"{rng.randrange(9)}\n" for _ in range(3000)] for _ in range(2))
    assert apply_changes(a, b, diff(a, b)) == b
    assert apply_changes(a, b, shortest_diff(a, b)) == b


@pytest.mark.bench
def test_twenty_thousand_lines_with_two_hundred_edits_take_50_ms() -> None:
    base = [f"line {n} = {n * 7}\n" for n in range(20_000)]
    now = edited(random.Random(1), base, 200, "new")
    times, changes = [], list[Change]()
    for _ in range(3):
        started = time.perf_counter()
        changes = diff(base, now)
        times.append(time.perf_counter() - started)
    assert apply_changes(base, now, changes) == now
    assert min(times) <= 0.050


@pytest.mark.parametrize(
    ("ours", "theirs", "clean"),
    [
        ("a B c d e", "a b c D e", True),
        ("a B c d e", "a b C d e", False),
        ("a B c d e", "a B c d e", True),
        ("a x b c d e", "a y b c d e", False),
        ("a x b c d e", "a b x c d e", True),
        ("a c d e", "a B c d e", False),
        ("a c d e", "a b c e", True),
        ("a c d e", "a c d E", True),
        ("x a b c d e", "a b c d e y", True),
    ],
)
def test_changes_that_touch_are_a_conflict_and_equal_ones_are_not(ours: str, theirs: str, clean: bool) -> None:
    base, our_lines, their_lines = ([w + "\n" for w in text.split()] for text in ("a b c d e", ours, theirs))
    merged = merge3(base, our_lines, their_lines)
    assert (merged.conflicts == ()) is clean
    if not clean:
        assert list(merged.lines) == their_lines


def test_a_conflict_names_its_lines_on_all_three_sides() -> None:
    merged = merge3(
        ["a\n", "b\n", "c\n", "d\n"], ["a\n", "b\n", "X\n", "Y\n", "d\n"], ["n\n", "a\n", "b\n", "Z\n", "d\n"]
    )
    (conflict,) = merged.conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == (Span(2, 3), Span(2, 4), Span(3, 4))
    assert "".join(merged.lines) == "n\na\nb\nZ\nd\n"


@given(LINES, LINES)
def test_a_merge_with_an_unchanged_side_is_the_other_side(base: list[str], changed: list[str]) -> None:
    for merged in (merge3(base, changed, base), merge3(base, base, changed), merge3(base, changed, changed)):
        assert (list(merged.lines), merged.conflicts) == (changed, ())


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the other implementation")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9), st.integers(0, 25), st.integers(0, 4), st.integers(0, 4))
def test_merges_agree_with_git(tmp_path: Path, seed: int, size: int, ours_edits: int, theirs_edits: int) -> None:
    rng = random.Random(seed)
    base = [f"line {n}\n" for n in range(size)]
    ours, theirs = (
        edited(rng, base, ours_edits, "ours"),
        edited(rng, base, theirs_edits, rng.choice(["ours", "theirs"])),
    )
    files = [tmp_path / name for name in ("ours", "base", "theirs")]
    for file, lines in zip(files, (ours, base, theirs), strict=True):
        file.write_text("".join(lines), encoding="utf-8")
    git = subprocess.run(["git", "merge-file", "-p", *map(str, files)], capture_output=True, text=True, check=False)
    merged = merge3(base, ours, theirs)
    assert (merged.conflicts == ()) is (git.returncode == 0)
    if not merged.conflicts:
        assert list(merged.lines) == split_lines(git.stdout)
