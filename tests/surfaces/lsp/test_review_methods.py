"""harness/review/*: pages that stay small, decisions in runs, parts, remarks."""

from dataclasses import replace
from typing import Any

import anyio
import pytest

from bridge.harness.errors import NotFound, ToolInputError
from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import Actor, Decision, HunkOutcome, Part
from bridge.harness.values.text import Span
from bridge.protocol.review import CommentReviewRequest, DecideReviewRequest, HunkChoice, ListReviewRequest
from bridge.surfaces.lsp import strictjson
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.handlers.review import comment, decide_, list_
from bridge.surfaces.lsp.jsonrpc import RpcError
from bridge.surfaces.mapping.decisions import runs
from tests.surfaces.lsp.review_fakes import FakeRuntime, a_hunk, connected

pytestmark = pytest.mark.anyio

PAGE_LIMIT = 64 << 10


async def pages(context: Context) -> list[list[str]]:
    """The ids, page by page; each page as the result of a response."""
    found: list[list[str]] = []
    cursor: str | None = None
    while True:
        result = (await list_(context, ListReviewRequest(cursor=cursor))).dump()
        ids = [hunk["hunkId"] for hunk in result["hunks"]]
        found.append(ids)
        body = strictjson.dumps({"jsonrpc": "2.0", "id": "x" * 64, "result": result})
        assert len(body) <= PAGE_LIMIT or len(ids) == 1
        cursor = result.get("nextCursor")
        if cursor is None:
            return found


@pytest.mark.parametrize("letter", ["x", "é", "世", "\N{GRINNING FACE}", "\x01", '"', "\\"])
async def test_a_page_stays_small_in_bytes_whatever_the_texts_are(letter: str) -> None:
    context, _, _ = connected([a_hunk(f"h{n}", 2 * n, letter * 300 + "\n", letter * 300 + "!\n") for n in range(300)])
    found = await pages(context)
    assert [id_ for page in found for id_ in page] == [f"h{n}" for n in range(300)]
    assert len(found) > 1


async def test_five_thousand_hunks_are_listed_each_once() -> None:
    context, _, _ = connected([a_hunk(f"h{n}", 2 * n) for n in range(5000)])
    found = await pages(context)
    assert [id_ for page in found for id_ in page] == [f"h{n}" for n in range(5000)]


async def test_a_hunk_larger_than_a_page_is_one_of_its_own() -> None:
    big = a_hunk("big", 2, "x" * 100_000 + "\n", "y\n")
    context, _, _ = connected([a_hunk("a", 0), big, a_hunk("b", 4)])
    assert await pages(context) == [["a"], ["big"], ["b"]]


async def test_no_hunks_are_one_empty_page_and_a_cursor_past_the_end_another() -> None:
    context, _, _ = connected()
    assert await pages(context) == [[]]
    assert (await list_(context, ListReviewRequest(cursor="99"))).dump() == {"hunks": []}


def choices(*rows: dict[str, Any]) -> tuple[HunkChoice, ...]:
    return DecideReviewRequest.parse({"decisions": list(rows)}).decisions


def test_neighbours_with_one_verdict_and_reason_are_decided_together_in_order() -> None:
    rows = [
        ("a", "accept", None),
        ("b", "accept", None),
        ("c", "reject", "x"),
        ("d", "reject", "y"),
        ("e", "accept", None),
    ]
    found = runs(choices(*({"hunkId": id_, "verdict": verdict, "reason": why} for id_, verdict, why in rows)))
    assert [(run.verdict, run.reason, run.ids) for run in found] == [
        ("accepted", "", ("a", "b")),
        ("rejected", "x", ("c",)),
        ("rejected", "y", ("d",)),
        ("accepted", "", ("e",)),
    ]
    assert list(runs(())) == []


def test_a_part_is_decided_by_itself_and_the_whole_hunks_around_it_together() -> None:
    rows: list[dict[str, Any]] = [
        {"hunkId": "a"},
        {"hunkId": "b", "lines": {"start": 0, "end": 1}},
        {"hunkId": "c", "text": "x"},
        {"hunkId": "d", "text": "x"},
        {"hunkId": "e"},
        {"hunkId": "f", "anyway": False},
    ]
    found = list(runs(choices(*({"verdict": "accept", **row} for row in rows))))
    assert [run.ids for run in found] == [("a",), ("b",), ("c",), ("d",), ("e", "f")]
    assert [run.part for run in found] == [None, Part(lines=Span(0, 1)), Part(text="x"), Part(text="x"), None]


async def decided(runtime: FakeRuntime, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The outcomes of one request."""
    async with anyio.create_task_group() as tasks:
        context, _, _ = connected((), None, tasks, runtime)
        answer = await decide_(context, DecideReviewRequest(decisions=choices(*rows)))
    found: list[dict[str, Any]] = answer.dump()["outcomes"]
    return found


async def test_a_part_is_split_off_then_decided_and_its_outcome_has_the_id_that_was_named() -> None:
    runtime = FakeRuntime([a_hunk("h", 3)])
    runtime.outcomes = {HunkId("part of h"): HunkOutcome(HunkId("part of h"), "present")}
    (row,) = await decided(runtime, {"hunkId": "h", "verdict": "accept", "reason": "why", "text": "mine\n"})
    assert row == {"hunkId": "h", "outcome": "present", "decidedId": "part of h"}
    assert runtime.carved == [("h", Part(text="mine\n"))]
    assert runtime.decided == [(["part of h"], "accepted", "why")]


async def test_a_part_that_can_t_be_split_off_stops_nothing_else() -> None:
    runtime = FakeRuntime([a_hunk("a", 3), a_hunk("b", 5)])
    runtime.refusals = [ToolInputError("the hunk brings 1 lines; 0 to 9 is no range of them")]
    runtime.outcomes = {HunkId("b"): HunkOutcome(HunkId("b"), "rejected")}
    rows = await decided(
        runtime,
        {"hunkId": "a", "verdict": "accept", "lines": {"start": 0, "end": 9}},
        {"hunkId": "gone", "verdict": "accept", "anyway": True},
        {"hunkId": "b", "verdict": "reject"},
    )
    assert [(row["hunkId"], row["outcome"], row.get("kind")) for row in rows] == [
        ("a", "refused", "invalid_params"),
        ("gone", "unknown", "unknown_hunk"),
        ("b", "rejected", None),
    ]
    assert "0 to 9 is no range of them" in rows[0]["message"]
    assert runtime.decided == [(["b"], "rejected", "")]


async def test_a_part_of_a_hunk_that_is_decided_is_not_split_off_the_first_decision_stands() -> None:
    view = a_hunk("h", 3)
    state = replace(view.state, decision=Decision("rejected", Actor("person", "editor")))
    runtime = FakeRuntime([replace(view, state=state)])
    runtime.outcomes = {HunkId("h"): HunkOutcome(HunkId("h"), "already_decided", "it was rejected by editor")}
    (row,) = await decided(runtime, {"hunkId": "h", "verdict": "accept", "text": "x"})
    assert (row["outcome"], runtime.carved) == ("already_decided", [])
    assert "decidedId" not in row


async def commented(runtime: FakeRuntime, *rows: dict[str, Any]) -> None:
    context, _, _ = connected((), runtime=runtime)
    await comment(context, CommentReviewRequest.parse({"comments": list(rows)}))


async def test_the_remarks_of_one_request_are_one_and_quote_the_lines_they_are_about() -> None:
    runtime = FakeRuntime([a_hunk("a", 3, new="one\ntwo\n"), a_hunk("b", 9)])
    await commented(
        runtime, {"hunkId": "a", "text": "why?", "lines": {"start": 1, "end": 2}}, {"hunkId": "b", "text": "fine"}
    )
    assert runtime.remarks == [[("a", "on line 2 of its new text:\n> two\nwhy?"), ("b", "fine")]]
    await commented(runtime)
    assert len(runtime.remarks) == 1, "nothing was said"


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"hunkId": "a", "text": " \n"}, "comments.1.text"),
        ({"hunkId": "a", "text": "x", "lines": {"start": 0, "end": 2}}, "comments.1.lines"),
        ({"hunkId": "a", "text": "x", "lines": {"start": 1, "end": 1}}, "comments.1.lines"),
    ],
)
async def test_a_remark_that_says_nothing_refuses_all_of_the_request(row: dict[str, Any], path: str) -> None:
    runtime = FakeRuntime([a_hunk("a", 3)])
    with pytest.raises(RpcError) as refused:
        await commented(runtime, {"hunkId": "a", "text": "fine"}, row)
    assert refused.value.data["errors"][0]["path"] == path
    assert runtime.remarks == []


async def test_a_remark_on_a_hunk_that_is_not_there_refuses_all_of_the_request() -> None:
    runtime = FakeRuntime([a_hunk("a", 3)])
    with pytest.raises(NotFound):
        await commented(runtime, {"hunkId": "a", "text": "fine"}, {"hunkId": "x", "text": "fine"})
    assert runtime.remarks == []
