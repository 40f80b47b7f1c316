"""What a keystroke and a proposal cost in a large file with many pending hunks."""

import statistics
import time

import pytest

from bridge.harness.values.text import TextChange
from tests.support.fake_editor import VSCODE
from tests.support.review_desk import Desk, ids_of, uri_of

pytestmark = [pytest.mark.anyio, pytest.mark.bench]

URI = uri_of("a.txt")
LINES = 20_000
HUNKS = 200
TEXT = "".join(f"    value_{n} = compute(value_{n}, option={n % 7})\n" for n in range(LINES))


def edited(text: str) -> str:
    lines = text.splitlines(keepends=True)
    for n in range(50, LINES, LINES // HUNKS):
        lines[n] = f"    changed_{n} = True\n"
    return "".join(lines)


async def test_200_hunks_of_20000_lines_are_proposed_within_150_ms() -> None:
    async with Desk(VSCODE).running() as desk:
        desk.editor.open(URI, TEXT)
        draft = await desk.draft({"a.txt": edited})
        began = time.perf_counter()
        proposal = await desk.propose_draft(draft)
        took = (time.perf_counter() - began) * 1000
        print(f"proposed {len(ids_of(proposal))} hunks in {took:.0f} ms")  # noqa: T201
        assert len(ids_of(proposal)) == HUNKS
        assert took <= 150


async def test_a_keystroke_beside_200_pending_hunks_takes_10_ms_at_most() -> None:
    async with Desk(VSCODE).running() as desk:
        desk.editor.open(URI, TEXT)
        await desk.propose({"a.txt": edited})
        took = []
        for n in range(60):
            at = TEXT.index(f"value_{n * 300 + 7} ")
            began = time.perf_counter()
            desk.editor.type(URI, TextChange(at, at, "x"))
            took.append((time.perf_counter() - began) * 1000)
        print(f"keystroke: median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms")  # noqa: T201
        assert statistics.median(took) <= 10
        assert len(desk.review.views(URI)) == HUNKS


async def test_accepting_200_hunks_at_once_takes_a_second_at_most() -> None:
    async with Desk(VSCODE).running() as desk:
        desk.editor.open(URI, TEXT)
        proposal = await desk.propose({"a.txt": edited})
        began = time.perf_counter()
        outcomes = await desk.accept(ids_of(proposal))
        took = (time.perf_counter() - began) * 1000
        print(f"accepted in {took:.0f} ms")  # noqa: T201
        assert {outcome.outcome for outcome in outcomes} == {"present"}
        assert desk.editor.text(URI) == edited(TEXT)
        assert took <= 1000
