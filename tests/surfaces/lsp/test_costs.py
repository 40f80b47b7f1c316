"""The cost of a turn beside the comment that began it: where it is known, and nowhere else."""

from decimal import Decimal

import pytest

from bridge.harness.ids import SessionId, TurnId
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import Prompt, Recorded, StepEnded
from bridge.harness.values.usage import Spent, Usage
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.costs import MOST_TURNS, Costs
from tests.surfaces.lsp.review_fakes import SESSION, URI, FakeRuntime, connected

TEXT = "x = 1\n# agent: rename x to y\ny = 2  # agent: add a test\n"
TURN = TurnId("t")
USED = Usage(12_000, output=300)


def desk() -> tuple[Context, FakeRuntime, Costs]:
    context, runtime, _ = connected()
    context.documents.opened(OpenDocument(URI, 1, TEXT, "python"))
    return context, runtime, Costs(context)


def asked(costs: Costs, text: str, turn: TurnId = TURN, session: SessionId = SESSION) -> None:
    costs.on_update(session, Recorded(2, 0.0, Prompt(turn, text)))


def spend(runtime: FakeRuntime, dollars: str | None, usage: Usage | None = USED) -> None:
    spent = Spent("m", usage, Decimal(dollars) if dollars else None)
    runtime.books.fold(StepEnded(TURN, 1, "completed", spent=spent))


@pytest.mark.parametrize(
    ("dollars", "label"),
    [("0.0123", "▸ $0.0123 · 12.3k tokens"), (None, "▸ 12.3k tokens"), ("2.5", "▸ $2.50 · 12.3k tokens")],
)
def test_a_comment_has_what_its_turn_cost_at_the_end_of_its_line(dollars: str | None, label: str) -> None:
    _, runtime, costs = desk()
    asked(costs, "rename x to y")
    spend(runtime, dollars)
    (hint,) = costs.hints(URI, 0, 99)
    assert (hint["label"], hint["position"]) == (label, {"line": 1, "character": 22})
    assert "1 model call" in hint["tooltip"]


def test_what_is_not_known_has_no_hint() -> None:
    _, runtime, costs = desk()
    assert costs.hints(URI, 0, 99) == [], "nothing was asked"
    asked(costs, "rename x to y")
    assert costs.hints(URI, 0, 99) == [], "nothing was used yet"
    spend(runtime, None, usage=None)
    assert costs.hints(URI, 0, 99) == [], "the service did not tell"


def test_only_lines_that_are_asked_for_and_comments_that_began_a_turn_have_one() -> None:
    _, runtime, costs = desk()
    asked(costs, "rename x to y")
    spend(runtime, "0.0123")
    assert costs.hints(URI, 2, 99) == []
    assert len(costs.hints(URI, 1, 1)) == 1
    asked(costs, "add a test", TurnId("another"))
    assert [hint["position"]["line"] for hint in costs.hints(URI, 0, 99)] == [1]


def test_a_session_that_is_gone_and_a_file_that_is_closed_have_none() -> None:
    context, runtime, costs = desk()
    asked(costs, "rename x to y", session=SessionId("gone"))
    spend(runtime, "0.0123")
    assert costs.hints(URI, 0, 99) == []
    asked(costs, "rename x to y")
    context.documents.closed(URI)
    assert costs.hints(URI, 0, 99) == []


def test_of_many_turns_the_last_ones_are_known() -> None:
    _, runtime, costs = desk()
    asked(costs, "rename x to y")
    spend(runtime, "0.0123")
    for number in range(MOST_TURNS):
        asked(costs, f"do {number}")
    assert costs.hints(URI, 0, 99) == []
