"""Lines added and removed, of the hunks that stand."""

import pytest

from bridge.harness.cost.changes import Changes
from bridge.harness.ids import HunkId
from bridge.harness.values.events import Event, HunkSplit, HunkStale, Placed, Proposed
from bridge.harness.values.proposals import Hunk
from bridge.harness.values.text import Span
from tests.harness.session.samples import CHANGE, PROPOSAL, SHA, URI


def hunk(name: str, old: str, new: str) -> Hunk:
    return Hunk(HunkId(name), PROPOSAL.id, CHANGE.id, URI, "edit", old, new, Span(0, 1), SHA)


PROPOSED = Proposed(PROPOSAL, (hunk("a", "x\ny\n", "z\n"), hunk("b", "", "1\n2\n3")))


def lines(*events: Event) -> tuple[int, int]:
    changes = Changes()
    for event in events:
        changes.fold(event)
    return changes.lines


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((PROPOSED,), (0, 0)),
        ((PROPOSED, Placed(HunkId("a"), "present", "")), (1, 2)),
        ((PROPOSED, Placed(HunkId("b"), "unverified", "")), (3, 0)),
        ((PROPOSED, Placed(HunkId("a"), "present", ""), Placed(HunkId("b"), "present", "")), (4, 2)),
        ((PROPOSED, Placed(HunkId("a"), "present", ""), Placed(HunkId("a"), "removed", "")), (0, 0)),
        ((PROPOSED, Placed(HunkId("a"), "present", ""), HunkStale(HunkId("a"), "gone")), (0, 0)),
        ((PROPOSED, Placed(HunkId("b"), "absent", "why")), (0, 0)),
        ((Placed(HunkId("lost"), "present", ""),), (0, 0)),
    ],
)
def test_what_stands_is_counted(events: tuple[Event, ...], expected: tuple[int, int]) -> None:
    assert lines(*events) == expected


def test_a_hunk_that_was_split_counts_by_its_parts() -> None:
    split = HunkSplit(HunkId("b"), (hunk("b1", "", "1\n"), hunk("b2", "", "2\n3")))
    assert lines(PROPOSED, split, Placed(HunkId("b1"), "present", "")) == (1, 0)
    kept = lines(PROPOSED, Placed(HunkId("b"), "present", ""), split, Placed(HunkId("b2"), "removed", ""))
    assert kept == (1, 0)
