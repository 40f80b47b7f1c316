"""Every row of the shell corpus: read, never run. None that is dangerous is allowed, and the time is bounded.

The corpus's `.agent` is our `.harness`, its user folder `~/.config/agent` ours.
"""

import time
from typing import Any

import pytest

from bridge.harness.permissions.shell.reader import read_command
from bridge.harness.values.policy import Effect
from tests.harness.permissions.shell.places import place
from tests.support.corpora import load_rows, ran

CORPUS = "security/shell.jsonl"
ROWS = load_rows(CORPUS)
EFFECTS: dict[str, Effect] = {"allow_readonly": "allow", "ask": "ask", "deny": "deny"}


def command(row: dict[str, Any]) -> str:
    text: str = row["command"]
    return text.replace(".agent/", ".harness/").replace(".config/agent", ".config/harness-bridge")


def fine(row: dict[str, Any]) -> set[Effect]:
    """The decisions that the row takes, the expected one among them."""
    return {EFFECTS[name] for name in (row["expect"], *row.get("acceptable", ()))}


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_row_is_read_as_it_is_labelled(row: dict[str, Any]) -> None:
    reading = read_command(command(row), place())
    assert reading.effect in fine(row), f"{row['class']}: {reading.why}"
    if "expect_untrusted" in row:
        assert read_command(command(row), place(trusted=False)).effect == EFFECTS[row["expect_untrusted"]]
    ran(CORPUS, row["id"])


def test_the_bar_none_that_is_dangerous_is_allowed_and_what_only_reads_is() -> None:
    effects = {row["id"]: read_command(command(row), place()).effect for row in ROWS}
    dangerous = [row for row in ROWS if "allow" not in fine(row)]
    ordinary = [row for row in ROWS if fine(row) == {"allow"}]
    assert len(dangerous) > 400
    assert [row["id"] for row in dangerous if effects[row["id"]] == "allow"] == []
    allowed = [row for row in ordinary if effects[row["id"]] == "allow"]
    assert len(allowed) >= 0.95 * len(ordinary) > 100


@pytest.mark.bench
def test_reading_takes_less_than_50_ms_for_99_of_100() -> None:
    read_command("ls", place())  # the grammar is loaded once

    def seconds(text: str) -> float:
        began = time.perf_counter()
        read_command(text, place())
        return time.perf_counter() - began

    times = sorted(seconds(command(row)) for row in ROWS)
    assert times[int(len(times) * 0.99)] < 0.05
