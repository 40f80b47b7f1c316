"""The support code that every other test leans on does what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.corpora import PROJECT, corpus_path
from tests.support.eventually import eventually, eventually_async

# A run with a shared folder of its own, and the account that the real conftest registers.
CONFTEST = """
from pathlib import Path
from tests.support.corpora import CorpusAccount

def pytest_configure(config):
    config.pluginmanager.register(CorpusAccount(Path(__file__).parent / "shared"))
"""
OPENING = """
import pytest
from pathlib import Path
from tests.support.corpora import corpus_path, ran
SHARED = Path(__file__).parent / "shared"
"""
SUITE = {
    "test_in_the_test.py": "def test_row():\n    corpus_path('c.jsonl', SHARED)\n    pytest.skip('no editor')\n",
    "test_by_mark.py": "corpus_path('c.jsonl', SHARED)\n@pytest.mark.skip('later')\ndef test_row(): ...\n",
    "test_whole_file.py": "corpus_path('c.jsonl', SHARED)\npytest.skip('later', allow_module_level=True)\n",
    "test_no_corpus.py": "def test_it():\n    pytest.skip('not today')\n",
    "test_counted.py": "def test_row():\n    ran('c.jsonl', 'a')\n    ran('c.jsonl', 'a')\n",
}
REFUSED = "a corpus test was skipped though the shared folder is here"


def with_corpus(folder: Path) -> Path:
    (folder / "shared" / "corpora").mkdir(parents=True)
    (folder / "shared" / "corpora" / "c.jsonl").write_text('{"id": "a"}\n{"id": "b"}\n')
    return folder


def run_suite(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run some files of SUITE in a folder of their own, in another pytest."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\n")
    for name in names:
        (folder / name).write_text(OPENING + SUITE[name])
    options = ["-rA", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--rootdir", str(folder)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def test_where_the_shared_folder_is_a_skipped_corpus_test_fails_and_rows_are_counted(tmp_path: Path) -> None:
    done = run_suite(with_corpus(tmp_path), *SUITE)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed, 1 skipped, 2 errors" in done.stdout
    assert done.stdout.count(REFUSED) >= 3
    assert "corpus rows: c.jsonl 1/2" in done.stdout


def test_where_the_shared_folder_is_not_a_corpus_test_is_skipped_with_the_reason(tmp_path: Path) -> None:
    done = run_suite(tmp_path, "test_in_the_test.py", "test_whole_file.py")
    assert "2 skipped" in done.stdout
    assert "the shared folder is not here: corpus c.jsonl not run" in done.stdout
    assert REFUSED not in done.stdout


def test_a_wrong_corpus_name_is_an_error_and_not_a_skip(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no corpus missing"):
        corpus_path("missing.jsonl", with_corpus(tmp_path) / "shared")


def test_eventually_answers_with_the_first_true_value() -> None:
    answers = iter([0, None, 7, 8])
    assert eventually(lambda: next(answers)) == 7


def test_eventually_takes_an_assertion_error_for_not_yet_and_reports_the_last() -> None:
    def never() -> bool:
        raise AssertionError("three hunks left")

    with pytest.raises(AssertionError, match=r"not within 0.05 s; last: three hunks left"):
        eventually(never, within=0.05)


@pytest.mark.anyio
async def test_eventually_async_answers_with_the_first_true_value() -> None:
    answers = iter([False, True])
    assert await eventually_async(lambda: next(answers))
