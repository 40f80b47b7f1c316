"""How outcomes are put to the model: whose rejection it was."""

import pytest

from bridge.harness.execution.results import tell_outcomes
from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import HunkOutcome


@pytest.mark.parametrize(
    ("reviewed", "line"),
    [
        (True, "- hunk 1 of 1: rejected by the user: not so"),
        (False, "- hunk 1 of 1: rejected, but not by the user: not so"),
    ],
)
def test_only_a_persons_rejection_is_told_as_the_users(reviewed: bool, line: str) -> None:
    outcome = HunkOutcome(HunkId("h"), "rejected", "not so", reviewed=reviewed)
    assert tell_outcomes("Edit a.txt", [outcome]).model.splitlines() == ["Edit a.txt: 1 rejected", line]
