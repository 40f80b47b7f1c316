"""The sample's tests, run: they pass, fail, are none, or never end."""

from pathlib import Path

import anyio
import pytest

from bridge.surfaces.terminal.sample import make_sample
from bridge.surfaces.terminal.sample_run import run_tests

pytestmark = pytest.mark.anyio


def lay_out(folder: Path, texts: dict[str, bytes]) -> None:
    for name, raw in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


async def test_they_pass_and_leave_nothing_behind(tmp_path: Path) -> None:
    files = dict(make_sample(4).files)
    lay_out(tmp_path, files)
    run = await run_tests(tmp_path)
    assert (run.passed, run.count, run.problem) == (True, 9, "")
    assert names(tmp_path) == set(files)


async def test_why_they_fail_is_told_in_a_line(tmp_path: Path) -> None:
    sample = make_sample(4)
    broken = sample.files[f"{sample.name}/figures.py"].replace(f"def {sample.function}".encode(), b"def gone")
    lay_out(tmp_path, {**sample.files, f"{sample.name}/figures.py": broken})
    run = await run_tests(tmp_path)
    assert not run.passed
    assert run.problem == f"ImportError: cannot import name '{sample.function}' from '{sample.name}.figures'"


async def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    lay_out(tmp_path, {"tests/__init__.py": b"", "tests/test_long.py": b"while True: pass\n"})
    with anyio.fail_after(20):
        run = await run_tests(tmp_path, limit_s=0.5)
    assert (run.passed, run.problem) == (False, "they did not end within 0.5 s")
