"""E3: the bridge ends at any point of an accept, and the next one finds out what became of it."""

import anyio
import pytest

from bridge.harness.ids import HunkId
from bridge.harness.values.events import Decided, HunkStale, IntentMade, Placed, Recorded
from bridge.harness.values.text import TextChange
from tests.support.fake_editor import VSCODE
from tests.support.fake_journal import Crash, FakeFiles
from tests.support.review_desk import PERSON, ROOT, Desk, ids_of, swap, uri_of
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

URI = uri_of("a.txt")
LINES = "".join(f"line {n}\n" for n in range(10))
FIVE = swap("line 5\n", "FIVE\n")
AFTER = FIVE(LINES)
WHERE = pytest.mark.parametrize("where", ["buffer", "disk"])


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def start(where: str) -> Desk:
    desk = Desk(VSCODE, FakeFiles(raw={ROOT / "a.txt": LINES.encode()}))
    if where == "buffer":
        desk.editor.open(URI, LINES)
    return desk


def text_of(desk: Desk) -> str:
    assert isinstance(desk.files, FakeFiles)
    return desk.editor.text(URI) if URI in desk.editor.buffers else desk.files.texts()["a.txt"]


def set_text(desk: Desk, text: str) -> None:
    if URI in desk.editor.buffers:
        desk.editor.type(URI, TextChange(0, len(desk.editor.text(URI)), text))
    else:
        assert isinstance(desk.files, FakeFiles)
        desk.files.raw[ROOT / "a.txt"] = text.encode()


async def crash(where: str, *, after: str = "", before: str = "") -> tuple[Desk, list[HunkId]]:
    """An accept that ends right after, or right before, an event of this kind is in the log."""
    async with start(where).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.journal.crash_after, desk.journal.crash_before = after, before
        with pytest.raises(Crash):
            await desk.accept(hunks)
    return desk, hunks


@WHERE
@pytest.mark.parametrize(
    ("after", "before", "stood", "intents"),
    [("Decided", "", LINES, 1), ("IntentMade", "", LINES, 2), ("", "Placed", AFTER, 1)],
    ids=["decided", "before the effect", "after the effect"],
)
async def test_an_accept_is_brought_to_its_end_by_the_next_run(
    where: str, after: str, before: str, stood: str, intents: int
) -> None:
    ended, hunks = await crash(where, after=after, before=before)
    assert text_of(ended) == stood
    async with ended.restarted().running() as desk:
        await desk.review.recover()
        assert desk.state(hunks[0]).placement == "present"
        assert text_of(desk) == AFTER
        assert [len(desk.journal.of(kind)) for kind in (Decided, IntentMade, Placed)] == [1, intents, 1]


@WHERE
async def test_a_text_that_is_neither_the_old_nor_the_expected_is_unverified_and_left_alone(where: str) -> None:
    ended, hunks = await crash(where, after="IntentMade")
    set_text(ended, "top\n" + LINES)
    async with ended.restarted().running() as desk:
        await desk.review.recover()
        state = desk.state(hunks[0])
        assert (state.placement, bool(state.cause)) == ("unverified", True)
        assert text_of(desk) == "top\n" + LINES


@WHERE
async def test_a_decision_without_an_intent_is_applied_where_its_lines_are_now(where: str) -> None:
    ended, hunks = await crash(where, after="Decided")
    set_text(ended, "top\n" + LINES)
    async with ended.restarted().running() as desk:
        await desk.review.recover()
        assert desk.state(hunks[0]).placement == "present"
        assert text_of(desk) == "top\n" + AFTER


@WHERE
async def test_a_decision_whose_lines_changed_while_nobody_looked_is_stale(where: str) -> None:
    ended, hunks = await crash(where, after="Decided")
    set_text(ended, LINES.replace("line 5\n", "mine\n"))
    async with ended.restarted().running() as desk:
        await desk.review.recover()
        assert desk.state(hunks[0]).stale == "overlap"
        assert text_of(desk) == LINES.replace("line 5\n", "mine\n")


@WHERE
async def test_undecided_hunks_are_found_at_their_place_again_and_can_be_decided(where: str) -> None:
    async with start(where).running() as desk:
        first = ids_of(await desk.propose({"a.txt": FIVE}))
        second = ids_of(await desk.propose({"a.txt": swap("line 8\n", "8\n8b\n")}))
        created = ids_of(await desk.create("new.txt", "new\n"))
    set_text(desk, "top\n" + LINES)
    async with desk.restarted().running() as again:
        await again.review.recover()
        assert [view.hunk.id for view in again.review.views(URI)] == [*first, *second]
        if where == "buffer":
            assert [view.span.start for view in again.review.views(URI)] == [6, 9]
        for hunks in (second, first, created):
            assert (await again.accept(hunks))[0].outcome == "present"
        assert text_of(again) == "top\n" + AFTER.replace("line 8\n", "8\n8b\n")
        assert isinstance(again.files, FakeFiles)
        assert again.files.texts()["new.txt"] == "new\n"


async def test_a_created_file_is_not_created_twice() -> None:
    async with Desk(VSCODE).running() as desk:
        hunks = ids_of(await desk.create("a.txt", "new\n"))
        desk.journal.crash_before = "Placed"
        with pytest.raises(Crash):
            await desk.accept(hunks)
    async with desk.restarted().running() as again:
        await again.review.recover()
        assert again.state(hunks[0]).placement == "present"
        assert again.trace.count("disk a.txt") == 0


async def test_a_hunk_that_went_stale_while_the_bridge_was_away_is_told_so() -> None:
    async with start("buffer").running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
    set_text(desk, LINES.replace("line 5\n", "mine\n"))
    async with desk.restarted().running() as again:
        await again.review.recover()
        await anyio.wait_all_tasks_blocked()
        assert again.state(hunks[0]).stale == "overlap"
        assert (await again.accept(hunks))[0].outcome == "stale"


async def test_a_log_with_a_lost_line_can_still_be_folded() -> None:
    async with start("buffer").running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        await desk.accept(hunks)
    again = Desk()
    async with again.running():
        for record in desk.journal.records[1:]:
            again.replay(record)
        again.replay(Recorded(9, 0.0, HunkStale(HunkId("unknown"), "overlap")))
        assert again.review.find(hunks[0]) is None
        decided = await again.review.decide(hunks, "rejected", PERSON)
        assert decided[0].outcome == "unknown"
