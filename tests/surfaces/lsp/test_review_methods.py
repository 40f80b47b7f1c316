"""harness/review/*: pages that stay small, and decisions in runs."""

import pytest

from bridge.protocol.review import DecideReviewRequest, HunkChoice, ListReviewRequest
from bridge.surfaces.lsp import strictjson
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.handlers.review import _runs, list_
from tests.surfaces.lsp.review_fakes import a_hunk, connected

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


def test_neighbours_with_one_verdict_and_reason_are_decided_together_in_order() -> None:
    rows = [
        ("a", "accept", None),
        ("b", "accept", None),
        ("c", "reject", "x"),
        ("d", "reject", "y"),
        ("e", "accept", None),
    ]
    request = DecideReviewRequest.parse(
        {"decisions": [{"hunkId": id_, "verdict": verdict, "reason": why} for id_, verdict, why in rows]}
    )
    assert list(_runs(request.decisions)) == [
        ("accept", "", ["a", "b"]),
        ("reject", "x", ["c"]),
        ("reject", "y", ["d"]),
        ("accept", "", ["e"]),
    ]
    assert list(_runs(())) == []
    assert isinstance(request.decisions[0], HunkChoice)
