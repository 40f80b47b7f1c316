"""Code actions and lenses by position, from our own map of hunks."""

from typing import Any

import pytest

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.protocol.commands import BY_NAME, parse_arguments
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.actions import MOST_HUNKS, code_actions
from bridge.surfaces.lsp.review.entries import MOST_INSTRUCTIONS
from bridge.surfaces.lsp.review.menu import TITLE_LIMIT
from tests.surfaces.lsp.review_fakes import SESSION, SHOWS_HUNKS, URI, FakeTurn, a_hunk, connected, kept, stale

ONE = "Accept hunk 1/1: change 1 line"


def titles(context: Context, line: int, last: int | None = None, codes: frozenset[str] = frozenset()) -> list[str]:
    return [a["title"] for a in code_actions(context, URI, line, line if last is None else last, codes)]


def with_text(context: Context, text: str) -> None:
    context.documents.opened(OpenDocument(URI, 1, text, "python"))


def argument(action: dict[str, Any]) -> Any:
    return action["command"]["arguments"][0]


def test_a_hunk_has_its_actions_on_each_of_its_lines_and_on_no_other() -> None:
    context, _, _ = connected([a_hunk("h", 3, "a\nb\n", "c\nd\n")])
    on = [line for line in range(8) if "Reject hunk 1/1" in titles(context, line)]
    assert on == [3, 4]
    assert titles(context, 3) == [
        "Accept hunk 1/1: change 2 lines",
        "Reject hunk 1/1",
        "Reject hunk 1/1 with reason…",
        "Show hunk 1/1",
    ]


def test_elsewhere_in_the_file_there_are_the_actions_of_the_file() -> None:
    context, _, _ = connected([a_hunk("h", 3)])
    assert titles(context, 9) == ["Accept all in file (1 hunk)", "Reject all in file (1 hunk)", "Next hunk"]
    next_ = code_actions(context, URI, 9, 9, frozenset())[-1]
    assert argument(next_) == {"uri": URI, "line": 9}


def test_where_another_file_has_hunks_there_is_the_way_to_them_and_without_any_there_is_nothing() -> None:
    context, runtime, _ = connected([a_hunk("h", 3, uri=Uri("file:///w/other.py"))])
    assert titles(context, 0) == ["Next hunk"]
    runtime.views.clear()
    assert titles(context, 0) == []


@pytest.mark.parametrize(("line", "on"), [(0, [0]), (5, [4, 5])])
def test_an_insertion_is_found_before_and_after_the_place_where_it_comes(line: int, on: list[int]) -> None:
    context, _, _ = connected([a_hunk("h", line, old="")])
    assert [n for n in range(9) if "Reject hunk 1/1" in titles(context, n)] == on


def test_a_hunk_on_the_first_and_one_on_the_last_line_have_their_own_actions() -> None:
    context, _, _ = connected([a_hunk("first", 0), a_hunk("last", 19, old="end", new="END")])
    found = [argument(code_actions(context, URI, line, line, frozenset())[0])["hunkId"] for line in (0, 19)]
    assert found == ["first", "last"]


def test_a_selection_has_the_actions_of_every_hunk_in_it() -> None:
    context, _, _ = connected([a_hunk("a", 1), a_hunk("b", 3), a_hunk("c", 8)])
    assert titles(context, 0, 3).count(ONE) == 2


def test_the_clients_own_diagnostics_name_a_hunk_whose_lines_it_has_not_heard_of_yet() -> None:
    context, _, _ = connected([a_hunk("h", 3)])
    assert ONE in titles(context, 7, codes=frozenset({"h"}))
    assert ONE not in titles(context, 7, codes=frozenset({"gone"}))


def test_a_stale_hunk_is_dismissed_and_never_accepted() -> None:
    context, _, _ = connected([stale(a_hunk("h", 3))])
    assert titles(context, 3) == [
        "Dismiss hunk 1/1: the text changed here",
        "Apply hunk 1/1 anyway",
        "Show hunk 1/1",
    ]


def test_what_has_no_place_any_more_can_t_be_applied_anyway() -> None:
    context, _, _ = connected([stale(a_hunk("h", 3), "gone")])
    assert titles(context, 3) == ["Dismiss hunk 1/1: the text changed here", "Show hunk 1/1"]


def test_what_stands_already_is_kept_or_undone() -> None:
    context, _, _ = connected([kept(a_hunk("h", 3))])
    with_text(context, "\n\n# agent: leave it\nnew\n")
    assert titles(context, 3) == [
        "Keep hunk 1/1: change 1 line",
        "Undo hunk 1/1",
        "Undo hunk 1/1: leave it",
        "Undo hunk 1/1 with reason…",
        "Show hunk 1/1",
    ]
    assert titles(context, 9)[:2] == ["Keep all in file (1 hunk)", "Undo all in file (1 hunk)"]


def test_what_is_to_stand_under_keep_is_no_question_before_it_does() -> None:
    context, _, _ = connected([kept(a_hunk("h", 3), placement="applying")])
    assert titles(context, 3) == []


def test_a_file_with_both_policies_has_the_words_of_decisions() -> None:
    context, _, _ = connected([kept(a_hunk("a", 3)), a_hunk("b", 5)])
    assert titles(context, 9)[:2] == ["Accept all in file (2 hunks)", "Reject all in file (2 hunks)"]


def test_a_client_that_shows_hunks_itself_has_the_actions_of_the_agent_alone() -> None:
    context, _, _ = connected([a_hunk("h", 3)], SHOWS_HUNKS)
    with_text(context, "\n\n\n# agent: do it\n")
    assert titles(context, 3) == ["Ask agent: do it"]


def test_only_what_fits_is_counted_for_accept_all() -> None:
    context, _, _ = connected([stale(a_hunk("a", 3)), a_hunk("b", 5)])
    assert {"Accept all in file (1 hunk)", "Reject all in file (2 hunks)"} <= set(titles(context, 0))


def test_a_selection_over_too_many_hunks_has_the_nearest_ones_and_all_are_counted() -> None:
    context, _, _ = connected([a_hunk(f"h{n}", 2 * n) for n in range(1000)])
    actions = code_actions(context, URI, 800, 1999, frozenset())
    accepts = [argument(a)["hunkId"] for a in actions if a["title"].startswith("Accept hunk")]
    assert accepts == [f"h{n}" for n in range(400, 400 + MOST_HUNKS)]
    assert "Accept all in file (1000 hunks)" in [a["title"] for a in actions]


def test_an_instruction_comment_by_a_hunk_is_offered_as_the_reason_for_its_rejection() -> None:
    context, _, _ = connected([a_hunk("h", 3)])
    with_text(context, "\n# agent: leave it\n\nold\n")
    (action,) = [a for a in code_actions(context, URI, 3, 3, frozenset()) if a["title"] == "Reject hunk 1/1: leave it"]
    assert argument(action) == {"hunkId": "h", "reason": "leave it"}
    with_text(context, "# agent: leave it\n\n\n\nold\n")
    assert "Reject hunk 1/1: leave it" not in titles(context, 4)


def test_what_the_agent_was_asked_is_no_reason_for_a_rejection() -> None:
    context, runtime, _ = connected([a_hunk("h", 1)])
    runtime.asked = ["shout"]
    with_text(context, "# agent: shout\nold\n# agent: not so loud\n")
    reasons = [title for title in titles(context, 1) if title.startswith("Reject hunk 1/1: ")]
    assert reasons == ["Reject hunk 1/1: not so loud"]


def test_with_more_than_one_hunk_the_file_has_its_actions_and_there_is_a_next_one() -> None:
    context, _, _ = connected([a_hunk("a", 3), a_hunk("b", 6)])
    assert titles(context, 3)[-3:] == ["Accept all in file (2 hunks)", "Reject all in file (2 hunks)", "Next hunk"]
    assert argument(code_actions(context, URI, 3, 3, frozenset())[-1]) == {"hunkId": "a"}


def test_while_the_agent_works_it_can_be_stopped_and_told_something_but_asked_nothing() -> None:
    context, runtime, _ = connected()
    context.current = runtime.session(SESSION)
    with_text(context, "# agent: do it\n# agent: leave the tests\n")
    assert titles(context, 0) == ["Ask agent: do it"]
    runtime.turn, runtime.asked = FakeTurn(), ["do it"]
    context.current = runtime.session(SESSION)
    assert titles(context, 0) == ["Stop the agent"], "that is what it works on"
    assert titles(context, 1) == ["Tell agent: leave the tests", "Stop the agent"]
    told = code_actions(context, URI, 1, 1, frozenset())[0]
    assert told["command"]["command"] == "harness.steer"
    where = {"uri": URI, "line": 1, "sessionId": SESSION, "turnId": "t"}
    assert argument(told) == {"text": "leave the tests", **where}
    runtime.free_words = False
    assert titles(context, 1) == ["Stop the agent"], "the offline engine hears nothing while it works"


def test_an_instruction_is_asked_on_each_of_its_lines() -> None:
    context, _, _ = connected()
    with_text(context, "x\n# agent: do this\n#   and that\ny\n")
    assert [titles(context, line) for line in range(4)] == [
        [],
        ["Ask agent: do this and that"],
        ["Ask agent: do this and that"],
        [],
    ]
    (action,) = code_actions(context, URI, 1, 1, frozenset())
    assert argument(action) == {"text": "do this and that", "uri": URI, "line": 1}
    assert action["kind"] == "refactor"


def test_what_would_not_be_seen_in_a_title_is_made_visible_and_what_is_asked_stays_as_it_is() -> None:
    context, _, _ = connected()
    hidden = "delete\u202e all \x1b[8mfiles"
    with_text(context, f"# agent: {hidden}\n")
    (action,) = code_actions(context, URI, 0, 0, frozenset())
    assert action["title"] == "Ask agent: delete\\u202e all \\x1b[8mfiles"
    assert argument(action)["text"] == hidden


def test_a_long_instruction_is_cut_in_the_title_alone() -> None:
    context, _, _ = connected()
    with_text(context, f"# agent: {'word ' * 40}\n")
    (action,) = code_actions(context, URI, 0, 0, frozenset())
    assert len(action["title"]) == TITLE_LIMIT + len("Ask agent: ")
    assert action["title"].endswith("…")
    assert argument(action)["text"] == ("word " * 40).strip()


def test_every_action_is_a_published_command_with_an_argument_that_it_takes() -> None:
    context, _, _ = connected([a_hunk("a", 1), stale(a_hunk("b", 2))])
    with_text(context, "# agent: do it\nold\nold\n")
    for action in code_actions(context, URI, 0, 5, frozenset()):
        command = action["command"]
        parse_arguments(BY_NAME[command["command"]], command["arguments"])
        assert command["title"] == action["title"]


def test_a_document_full_of_instructions_has_a_bounded_list_of_actions() -> None:
    context, _, _ = connected()
    with_text(context, "# agent: do it\n" * 50_000)
    assert len(code_actions(context, URI, 0, 49_999, frozenset())) == MOST_INSTRUCTIONS
    (action,) = code_actions(context, URI, 49_000, 49_000, frozenset())
    assert argument(action)["line"] == 49_000
