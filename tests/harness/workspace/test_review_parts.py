"""Parts of hunks: a range of lines, the person's own text, a stale hunk wanted anyway."""

import anyio
import pytest

from bridge.harness.errors import AlreadyResolved, BridgeError, NotFound, Stale, ToolInputError
from bridge.harness.ids import HunkId
from bridge.harness.values.events import Decided, HunkSplit
from bridge.harness.values.proposals import SPLIT, Part, Verdict, digest
from bridge.harness.values.text import Span
from tests.support.fake_editor import WHOLE_TEXTS, Manner
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import LINES, MANNERS, PERSON, ROOT, URI, Desk, ids_of, opened, swap, typed
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

THREE = swap("line 4\nline 5\nline 6\n", "FOUR\nFIVE\nSIX\n")
GROWN = swap("line 5\n", "A\nB\nC\nD\n")
ADDED = swap("line 5\n", "line 5\nA\nB\nC\n")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def lines(start: int, end: int) -> Part:
    return Part(lines=Span(start, end))


def waiting(desk: Desk) -> list[tuple[str, str]]:
    return [(view.hunk.old, view.hunk.new) for view in desk.review.views() if view.state.open]


async def accept_part(desk: Desk, hunk: HunkId, part: Part) -> str:
    (outcome,) = await desk.accept([await desk.review.carve(hunk, part)])
    return outcome.outcome


@pytest.mark.parametrize("manner", MANNERS)
async def test_lines_that_replace_as_many_are_accepted_each_for_itself(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}))
        assert await accept_part(desk, hunk, lines(1, 2)) == "present"
        assert desk.editor.text(URI) == LINES.replace("line 5", "FIVE")
        assert waiting(desk) == [("line 4\n", "FOUR\n"), ("line 6\n", "SIX\n")]
        rest = [view.hunk.id for view in desk.review.views()]
        assert [one.outcome for one in await desk.accept(rest)] == ["present", "present"]
        assert desk.editor.text(URI) == THREE(LINES)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("change", [GROWN, ADDED])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1)])
async def test_parts_at_one_point_keep_their_order_whatever_is_accepted_first(
    manner: Manner, change: object, order: tuple[int, ...]
) -> None:
    async with opened(manner).running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": change}))  # type: ignore[dict-item]
        whole = (await desk.review.carve(hunk, lines(1, 2)), desk.review.views())[1]
        assert len(whole) == 3
        for number in order:
            assert [one.outcome for one in await desk.accept([whole[number].hunk.id])] == ["present"]
        assert desk.editor.text(URI) == change(LINES)  # type: ignore[operator]


@pytest.mark.parametrize("chosen", [(0, 1), (2, 1), (1, 0), (2, 0)])
async def test_parts_accepted_together_stand_in_their_order(chosen: tuple[int, int]) -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": ADDED}))
        await desk.review.carve(hunk, lines(1, 2))
        parts = [view.hunk for view in desk.review.views()]
        await desk.accept([parts[number].id for number in chosen])
        wanted = "".join(parts[number].new for number in sorted(chosen))
        assert desk.editor.text(URI) == LINES.replace("line 5\n", f"line 5\n{wanted}")


async def test_the_lines_that_go_are_with_the_first_part_where_they_can_not_be_paired() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": GROWN}))
        assert await accept_part(desk, hunk, lines(2, 4)) == "present"
        assert desk.editor.text(URI) == LINES.replace("line 5\n", "line 5\nC\nD\n")
        assert waiting(desk) == [("line 5\n", "A\nB\n")]


async def test_a_split_retires_the_hunk_and_its_parts_have_their_own_digests() -> None:
    async with opened().running() as desk:
        proposal = await desk.propose({"a.txt": THREE})
        (hunk,) = ids_of(proposal)
        part = await desk.review.carve(hunk, lines(0, 2))
        parent = desk.state(hunk)
        assert parent.decision is not None
        assert (parent.decision.verdict, parent.decision.reason) == ("withdrawn", SPLIT)
        (split,) = desk.journal.of(HunkSplit)
        assert isinstance(split, HunkSplit)
        assert split.children[0].id == part
        assert all(child.parent == hunk for child in split.children)
        assert all(child.digest == digest("edit", URI, child.old, child.new) for child in split.children)
        assert [(view.index, view.total) for view in desk.review.views()] == [(1, 2), (2, 2)]
        assert [one.outcome for one in await desk.accept([hunk])] == ["already_decided"]
        await desk.decide([part], "rejected", "no")
        await desk.accept([split.children[1].id])
        told = await desk.review.settle(proposal.id)
        assert [(one.outcome, one.current) for one in told] == [("rejected", "FOUR\nFIVE\n"), ("present", "SIX\n")]


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 2), (2, 1), (0, 4), (3, 4)])
async def test_a_range_that_the_hunk_does_not_have_is_refused(start: int, end: int) -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}))
        with pytest.raises(ToolInputError):
            await desk.review.carve(hunk, lines(start, end))
        assert waiting(desk) == [("line 4\nline 5\nline 6\n", "FOUR\nFIVE\nSIX\n")]


@pytest.mark.parametrize("part", [lines(0, 2), Part(text="mine\n")])
async def test_a_hunk_that_no_longer_fits_is_not_carved(part: Part) -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}))
        desk.editor.type(URI, typed(LINES, "line 5", "mine"))
        with pytest.raises(Stale):
            await desk.review.carve(hunk, part)


async def test_all_lines_are_the_hunk_itself() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}))
        assert await desk.review.carve(hunk, lines(0, 3)) == hunk
        assert desk.journal.of(HunkSplit) == []


@pytest.mark.parametrize("manner", MANNERS)
async def test_the_persons_own_text_is_what_is_written(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        proposal = await desk.propose({"a.txt": THREE})
        (hunk,) = ids_of(proposal)
        assert await accept_part(desk, hunk, Part(text="mine\nand mine")) == "present"
        assert desk.editor.text(URI) == LINES.replace("line 4\nline 5\nline 6\n", "mine\nand mine\n")
        (told,) = await desk.review.settle(proposal.id)
        assert (told.outcome, told.current) == ("present", "mine\nand mine\n")


async def test_the_persons_text_takes_the_files_line_ends() -> None:
    crlf = LINES.replace("\n", "\r\n")
    files = FakeFiles(raw={ROOT / "a.txt": crlf.encode()})
    async with Desk(files=files).running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": swap("line 5\r\n", "FIVE\r\n")}))
        assert await accept_part(desk, hunk, Part(text="a\nb\n")) == "present"
        assert files.texts()["a.txt"] == crlf.replace("line 5\r\n", "a\r\nb\r\n")


async def test_a_new_file_can_be_written_with_the_persons_text() -> None:
    files = FakeFiles()
    async with Desk(files=files).running() as desk:
        (hunk,) = ids_of(await desk.create("new.txt", "one\n"))
        assert await accept_part(desk, hunk, Part(text="two\n")) == "present"
        assert files.texts() == {"new.txt": "two\n"}


@pytest.mark.parametrize("mine", ["line five", "my line 5", "line 5 of mine"])
async def test_a_stale_hunk_wanted_anyway_goes_over_what_stands_there(mine: str) -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": swap("line 5\n", "FIVE\n")}))
        desk.editor.type(URI, typed(LINES, "line 5", mine))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(hunk).stale == "overlap"
        assert await accept_part(desk, hunk, Part(anyway=True)) == "present"
        assert desk.editor.text(URI) == LINES.replace("line 5\n", "FIVE\n")
        assert [type(event) for event in desk.journal.of(HunkSplit, Decided)] == [HunkSplit, Decided, Decided]


async def test_where_lines_beside_it_changed_unseen_a_hunk_wanted_anyway_spares_them() -> None:
    async with opened(WHOLE_TEXTS).running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": swap("line 5\n", "FIVE\n")}))
        desk.editor.type(URI, typed(LINES, "line 6\n", "six\n"))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(hunk).stale == "overlap"
        assert await accept_part(desk, hunk, Part(anyway=True)) == "present"
        assert desk.editor.text(URI) == LINES.replace("line 5\nline 6\n", "FIVE\nsix\n")


async def test_a_hunk_whose_place_was_joined_with_another_line_is_not_applied_anyway() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": swap("line 5\n", "FIVE\n")}))
        desk.editor.type(URI, typed(LINES, "line 4\nline 5", "line 4 and 5"))
        await anyio.wait_all_tasks_blocked()
        before = desk.editor.text(URI)
        try:
            outcome = await accept_part(desk, hunk, Part(anyway=True))
        except Stale:
            assert desk.editor.text(URI) == before
        else:
            assert outcome == "present"
            assert desk.editor.text(URI).startswith("line 0\nline 1\nline 2\nline 3\n")


@pytest.mark.parametrize("part", [Part(), Part(text="x", anyway=True), Part(Span(0, 1), "x")])
async def test_a_part_names_one_way_of_carving(part: Part) -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}))
        with pytest.raises(ToolInputError):
            await desk.review.carve(hunk, part)


async def test_what_is_decided_or_unknown_is_not_carved() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}))
        await desk.accept([hunk])
        with pytest.raises(AlreadyResolved):
            await desk.review.carve(hunk, lines(0, 1))
        with pytest.raises(NotFound):
            await desk.review.carve(HunkId("nothing"), lines(0, 1))


@pytest.mark.parametrize("manner", MANNERS)
async def test_under_keep_a_range_of_lines_is_taken_out(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": THREE}, "keep"))
        part = await desk.review.carve(hunk, lines(1, 2))
        assert [one.outcome for one in await desk.decide([part], "rejected")] == ["rejected"]
        assert desk.editor.text(URI) == THREE(LINES).replace("FIVE", "line 5")
        assert waiting(desk) == [("line 4\n", "FOUR\n"), ("line 6\n", "SIX\n")]
        with pytest.raises(BridgeError):
            await desk.review.carve(desk.review.views()[0].hunk.id, Part(text="x"))


@pytest.mark.parametrize("policy", ["ask", "keep"])
async def test_parts_come_back_after_a_restart(policy: str) -> None:
    async with opened().running() as first:
        (hunk,) = ids_of(await first.propose({"a.txt": GROWN}, policy))  # type: ignore[arg-type]
        await first.review.carve(hunk, lines(1, 2))
        ids = [view.hunk.id for view in first.review.views()]
    async with first.restarted().running() as desk:
        await desk.review.recover()
        assert [view.hunk.id for view in desk.review.views()] == ids
        verdict: Verdict = "accepted" if policy == "ask" else "rejected"
        for id_ in (ids[2], ids[0], ids[1]):
            await desk.review.decide([id_], verdict, PERSON)
        assert desk.editor.text(URI) == (GROWN(LINES) if policy == "ask" else LINES)
