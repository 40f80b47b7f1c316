"""scripts/gen.py writes what is published, and with --check only looks."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the generator reads."""
    shutil.copytree(ROOT / "bridge", tmp_path / "bridge", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "gen.py", tmp_path / "scripts")
    return tmp_path


def gen(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts" / "gen.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_check_names_what_is_out_of_date_and_the_command_to_run(project: Path) -> None:
    checked = gen(project, "--check")

    assert checked.returncode == 1
    assert "protocol/README.md" in checked.stderr
    assert "make gen" in checked.stderr
    assert not (project / "protocol").exists()


def test_what_was_written_passes_the_check_and_is_not_written_again(project: Path) -> None:
    written = gen(project)

    assert written.returncode == 0
    assert len(written.stdout.splitlines()) == 5
    assert gen(project, "--check").returncode == 0
    assert gen(project).stdout == ""
