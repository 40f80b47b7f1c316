"""The demo's project and the model of its rename: right by the project's own tests, whatever is accepted."""

import ast
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from bridge.surfaces.terminal.sample import Sample, make_sample
from bridge.surfaces.terminal.sample_check import (
    Line,
    Observed,
    check,
    check_hunks,
    match,
    named_lines,
    renamed,
    runs,
    standing,
)

SEEDS = range(200)
SUITE = Path(__file__).with_name("sample_suite.py")


def suites(projects: Iterable[dict[str, str]], folder: Path) -> list[str]:
    """What the projects' own tests say: "ok 8" or "failed 8" for each."""
    roots = []
    for number, texts in enumerate(projects):
        roots.append(folder / str(number))
        for name, text in texts.items():
            path = roots[-1] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    listed = folder / "list.txt"
    listed.write_text("\n".join(map(str, roots)), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(SUITE), str(listed)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def code_lines(sample: Sample) -> list[Line]:
    return sorted({(place.path, place.line) for place in sample.places if place.runs})


def test_each_sample_passes_its_tests_before_and_after_the_rename(tmp_path: Path) -> None:
    samples = [make_sample(seed) for seed in SEEDS]
    on_disk = [{path: raw.decode() for path, raw in sample.files.items()} for sample in samples[::10]]
    after = [renamed(sample, named_lines(sample)) for sample in samples]
    projects = [*on_disk, *map(standing, samples), *after]
    assert set(suites(projects, tmp_path)) == {"ok 9"}


def test_without_the_mentions_it_passes_and_with_a_part_of_the_code_it_fails(tmp_path: Path) -> None:
    samples = [make_sample(seed) for seed in range(0, 200, 20)]
    code = [frozenset(code_lines(sample)) for sample in samples]
    choices: list[tuple[Sample, frozenset[Line]]] = []
    for sample, lines in zip(samples, code, strict=True):
        mentions = named_lines(sample) - lines
        chance = random.Random(sample.name)
        some = frozenset(chance.sample(sorted(lines), chance.randrange(1, len(lines))))
        alone = [frozenset({line}) for line in lines]
        choices += [(sample, one) for one in (lines, mentions, some, *alone, *(lines - one for one in alone))]
    found = suites((renamed(sample, accepted) for sample, accepted in choices), tmp_path)
    said = [runs(sample, accepted) for sample, accepted in choices]
    assert [row.startswith("ok") for row in found] == said
    assert {True, False} == set(said)


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_the_places_are_all_that_python_and_the_eye_can_see(seed: int) -> None:
    sample = make_sample(seed)
    word = re.compile(rf"\b{sample.function}\b")
    texts = standing(sample)
    seen = {
        (path, number, found.start())
        for path, text in texts.items()
        if path != sample.lookalike
        for number, line in enumerate(text.split("\n"))
        for found in word.finditer(line)
    }
    assert seen == {(place.path, place.line, place.column) for place in sample.places}
    names = {
        (path, getattr(node, "lineno", 0) - 1)
        for path, text in texts.items()
        if path.endswith(".py") and path != sample.lookalike
        for node in ast.walk(ast.parse(text))
        if sample.function in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "value", ""))
        or (isinstance(node, ast.FunctionDef) and node.name == sample.function)
        or (isinstance(node, ast.ImportFrom) and sample.function in {one.name for one in node.names})
    }
    assert names == set(code_lines(sample))
    assert {place.kind for place in sample.places} == {"code", "export", "comment", "docstring"}
    mentions = {(place.path, place.line) for place in sample.places if not place.runs}
    assert len(mentions) == 2
    assert not mentions.intersection(code_lines(sample))
    assert sample.wanted not in "".join(texts.values())
    assert (sample.opened, sample.at) in code_lines(sample)


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert all(make_sample(seed) == make_sample(seed) for seed in range(20))
    samples = [make_sample(seed) for seed in SEEDS]
    assert len({sample.prompt for sample in samples}) > 60
    assert len({sample.opened.split("/")[1] for sample in samples}) == 2
    assert len({sample.crlf.split("/")[1] for sample in samples}) == 3
    assert all(sample.files[sample.crlf].count(b"\r\n") == sample.files[sample.crlf].count(b"\n") for sample in samples)


@pytest.mark.parametrize("seed", range(10))
def test_the_check_holds_for_what_was_accepted(seed: int) -> None:
    sample = make_sample(seed)
    chance = random.Random(seed)
    for _ in range(20):
        accepted = {line for line in named_lines(sample) if chance.random() < 0.5}
        assert all(found.holds for found in check(sample, accepted, observed(sample, accepted)))


def observed(sample: Sample, accepted: Iterable[Line]) -> Observed:
    """What stands when all went well: the open file is not saved."""
    texts = renamed(sample, set(accepted))
    disk = {path: text.encode() for path, text in texts.items()} | {sample.opened: sample.files[sample.opened]}
    return Observed(texts[sample.opened], disk)


def test_the_check_sees_each_way_to_be_wrong() -> None:
    sample = make_sample(1)
    accepted = named_lines(sample)
    good = observed(sample, accepted)
    other = next(place.path for place in sample.places if place.path != sample.opened)
    for wrong in (
        Observed(standing(sample)[sample.opened], good.disk),
        Observed(good.buffer.replace("nothing is measured yet", ""), good.disk),
        Observed(good.buffer, {**good.disk, sample.opened: good.buffer.encode()}),
        Observed(good.buffer, {**good.disk, other: sample.files[other]}),
        Observed(good.buffer, {**good.disk, sample.crlf: good.disk[sample.crlf].replace(b"\r\n", b"\n")}),
        Observed(good.buffer, {**good.disk, sample.lookalike: b""}),
        Observed(good.buffer, {**good.disk, "new.py": b""}),
        Observed(good.buffer, {path: raw for path, raw in good.disk.items() if path != "README.md"}),
    ):
        assert not all(found.holds for found in check(sample, accepted, wrong))
    assert not all(found.holds for found in check(sample, (), good))


def test_a_hunk_is_known_by_its_lines() -> None:
    sample = make_sample(1)
    place = sample.places[0]
    old = standing(sample)[place.path].splitlines(keepends=True)[place.line]
    new = renamed(sample, {(place.path, place.line)})[place.path].splitlines(keepends=True)[place.line]
    assert match(sample, place.path, place.line, old, new) == {(place.path, place.line)}
    for path, line, before, after in (
        (place.path, place.line + 1, old, new),
        (place.path, place.line, old, old),
        (place.path, place.line, new, new),
        ("elsewhere.py", place.line, old, new),
        (place.path, place.line, old, new + "\n"),
        (place.path, place.line, "", "something\n"),
    ):
        assert match(sample, path, line, before, after) == frozenset()


def test_the_hunks_must_be_all_lines_once() -> None:
    sample = make_sample(1)
    lines = [frozenset({line}) for line in sorted(named_lines(sample))]
    assert check_hunks(sample, lines).holds
    assert check_hunks(sample, [lines[0] | lines[1], *lines[2:]]).holds
    missed = check_hunks(sample, lines[1:])
    assert not missed.holds
    assert "missed: library/__init__.py:3" in missed.text
    for wrong in ([*lines, lines[0]], [*lines, frozenset[Line]()]):
        assert not check_hunks(sample, list[Sequence[Line] | frozenset[Line]](wrong)).holds
