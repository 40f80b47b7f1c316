"""What these tests need is found or named, downloaded once, and never half there. Nothing is downloaded here."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scripts.vscode_setup import main
from tests.support.corpora import PROJECT
from tests.support.vscode_install import Installed, Missing, cache_folder, chromium, install, installed

ABSENT = "no-such-browser"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a program that passes for Chromium."""
    monkeypatch.setenv("HARNESS_BRIDGE_TEST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HARNESS_BRIDGE_TEST_CHROMIUM", sys.executable)
    return tmp_path / "cache"


def broken(fresh: Installed) -> None:
    """A download that ends half way."""
    fresh.bin.mkdir(parents=True)
    raise Missing("the network went away")


def test_without_chromium_it_is_said_which_one_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_BRIDGE_TEST_CHROMIUM", ABSENT)
    with pytest.raises(Missing, match=ABSENT):
        chromium()


def test_nothing_is_installed_in_an_empty_cache() -> None:
    with pytest.raises(Missing, match="make test-vscode"):
        installed()


def test_a_download_that_breaks_leaves_nothing_that_looks_installed(cache: Path) -> None:
    with pytest.raises(Missing, match="network"):
        install(broken)
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


def test_two_that_start_at_once_download_once(cache: Path) -> None:
    started, both = [], threading.Barrier(2)

    def download(fresh: Installed) -> None:
        started.append(fresh.root)
        fresh.bin.mkdir(parents=True)

    def one() -> None:
        both.wait(5)
        install(download)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(started) == 1
    assert installed().bin.is_dir()
    assert cache_folder() == cache


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)], ids=["by-hand", "ci"])
def test_what_is_missing_is_a_failure_in_ci_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    monkeypatch.setenv("HARNESS_BRIDGE_TEST_CHROMIUM", ABSENT)
    monkeypatch.setenv("CI", ci)
    assert main() == code
    assert ABSENT in capsys.readouterr().err


@pytest.mark.parametrize(("ci", "word"), [("", "skipped"), ("true", "error")], ids=["by-hand", "ci"])
def test_a_test_without_the_editor_is_skipped_but_in_ci(ci: str, word: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "vscode", "-k", "story"]
    here = str(Path(__file__).parent)
    environment = {**os.environ, "HARNESS_BRIDGE_TEST_CHROMIUM": ABSENT, "CI": ci}
    done = subprocess.run(
        [*command, here], cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=50, check=False
    )
    assert ABSENT in done.stdout
    assert f" {word}" in done.stdout.splitlines()[-1]
    assert (done.returncode != 0) == bool(ci)
