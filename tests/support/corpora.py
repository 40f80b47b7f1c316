"""The labelled cases in the `shared` folder beside the project, and the account of which rows ran.

A test that wants a corpus calls `load_rows` or `corpus_path`, and `ran` for each row that it has judged. Where the
folder is not there the test is skipped. Where it is, such a skip is a failure, as is that of any test in a file that
loads rows while it is imported. The closing summary has the rows per corpus.
"""

import json
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT.parent / "shared"
# What stands in a corpus folder beside its cases.
NOT_CASES = frozenset({"LICENSE", "README.md", "meta.json"})


@dataclass
class Recorder:
    """What this run has asked for and judged.

    `collecting` is the test file that pytest is importing, if any: rows are mostly loaded there, to be parameters.
    """

    collecting: str = ""
    askers: set[str] = field(default_factory=set)
    rows: dict[str, set[str]] = field(default_factory=dict)

    def asked(self) -> None:
        """Note who asks: the test file that is being imported, else the running test by its node id."""
        running = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        self.askers.add(self.collecting or running)

    def has_asked(self, node_id: str) -> bool:
        """Whether the test has asked for a corpus, or its file did while it was imported."""
        return node_id in self.askers or node_id.partition("::")[0] in self.askers

    def summary(self, shared: Path) -> str:
        """`corpus rows: security/edit.jsonl 28/28, …`; empty where no row ran."""
        counts = [f"{corpus} {len(ids)}/{_size(_find(corpus, shared))}" for corpus, ids in sorted(self.rows.items())]
        return f"corpus rows: {', '.join(counts)}" if counts else ""


RECORDER = Recorder()


def corpus_path(rel: str, shared: Path = SHARED) -> Path:
    """A file or folder of `shared/corpora` (such as "security/edit.jsonl"), else of `shared` itself ("recordings").

    Skips the asking test where there is no shared folder; a wrong name in one that is there is a FileNotFoundError.
    """
    RECORDER.asked()
    if not shared.is_dir():
        pytest.skip(f"the shared folder is not here: corpus {rel} not run", allow_module_level=True)
    return _find(rel, shared)


def load_rows(rel: str) -> list[dict[str, Any]]:
    """The rows of a .jsonl corpus, in its order."""
    return [json.loads(line) for line in corpus_path(rel).read_text(encoding="utf-8").splitlines() if line.strip()]


def ran(corpus: str, *row_ids: str) -> None:
    """Record that these rows of the corpus were judged; a row counts once."""
    RECORDER.rows.setdefault(corpus, set()).update(row_ids)


@dataclass(frozen=True)
class CorpusAccount:
    """The pytest plugin that keeps the account; conftest.py registers it."""

    shared: Path

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """While a test file is imported, it is the file that asks for corpora."""
        RECORDER.collecting = collector.nodeid
        try:
            report = yield
        finally:
            RECORDER.collecting = ""
        self._refuse_skip(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A corpus test that did not run is a failure where its corpus is there."""
        report = yield
        self._refuse_skip(report)
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The rows per corpus, in one line."""
        if line := RECORDER.summary(self.shared):
            terminalreporter.write_line(line)

    def _refuse_skip(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.skipped and self.shared.is_dir() and RECORDER.has_asked(report.nodeid):
            report.outcome = "failed"
            report.longrepr = f"a corpus test was skipped though the shared folder is here: {report.longreprtext}"


def _find(rel: str, shared: Path) -> Path:
    for path in (shared / "corpora" / rel, shared / rel):
        if path.exists():
            return path
    raise FileNotFoundError(f"no corpus {rel} in the shared folder")


def _size(corpus: Path) -> int:
    """How many rows a .jsonl file has, or how many cases a folder."""
    if corpus.is_dir():
        return sum(1 for entry in corpus.iterdir() if entry.name not in NOT_CASES)
    return sum(1 for line in corpus.read_text(encoding="utf-8").splitlines() if line.strip())
