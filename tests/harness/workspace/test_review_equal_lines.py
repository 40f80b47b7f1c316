"""Equal lines, and several hunks at one point: which is which is known by what happened, not by what they read."""

import anyio
import pytest

from bridge.harness.errors import Stale
from bridge.harness.ids import HunkId
from bridge.harness.values.events import Note
from bridge.harness.values.text import TextChange
from tests.support.fake_editor import NEOVIM, VSCODE, Manner
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import LINES, PERSON, ROOT, URI, Desk, ids_of, opened, swap, typed
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

FIVE = swap("line 5\n", "FIVE\nfive\n")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


async def outcomes(desk: Desk, hunks: list[HunkId]) -> list[str]:
    return [outcome.outcome for outcome in await desk.accept(hunks)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_lines_inserted_among_equal_ones_are_told_apart_however_the_editor_tells_them(end: str) -> None:
    text = "first\n" + "a\nb\nc\n" * 50 + "last\n"
    text, block = text.replace("\n", end), f"a{end}b{end}c{end}"
    async with opened(text=text).running() as desk:
        own = text.index(f"b{end}", text.index(block) + 1)
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:own] + f"+new{end}" + t[own + 1 + len(end) :]}))
        desk.editor.type(URI, TextChange(own - len(end), own, end + block))
        typed_ = desk.editor.text(URI)
        assert await outcomes(desk, hunks) == ["present"]
        own += len(block)
        assert desk.editor.text(URI) == typed_[:own] + f"+new{end}" + typed_[own + 1 + len(end) :]


async def test_lines_typed_within_a_hunk_among_equal_ones_leave_it_stale() -> None:
    text = "a\nb\nc\n" * 50
    async with opened(text=text).running() as desk:
        own = text.index("b\nc\n", 60)
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:own] + "+new\n" + t[own + 4 :]}))
        desk.editor.type(URI, TextChange(own + 2, own + 2, "a\nb\nc\n"))
        assert await outcomes(desk, hunks) == ["stale"]
        desk.editor.undo(URI)
        desk.editor.type(URI, TextChange(own + 2, own + 8, ""))
        assert desk.editor.text(URI) == text[: own + 2] + text[own + 8 :]
        assert await outcomes(desk, hunks) == ["stale"]


async def test_an_empty_line_opened_above_an_empty_line_moves_the_hunk_on_it() -> None:
    async with opened(text="\n").running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda _: "agent\n"}))
        desk.editor.type(URI, TextChange(0, 0, "\n"))
        desk.editor.type(URI, TextChange(1, 1, "mine"))
        assert await outcomes(desk, hunks) == ["stale"]
        assert desk.editor.text(URI) == "\nmine\n"


@pytest.mark.parametrize("order", [(5, 4), (4, 5)])
@pytest.mark.parametrize("together", [True, False])
async def test_deletions_that_touch_come_back_in_their_order(order: tuple[int, int], together: bool) -> None:
    async with opened().running() as desk:
        ids = [ids_of(await desk.propose({"a.txt": swap(f"line {n}\n", "")}, "keep"))[0] for n in order]
        assert desk.editor.text(URI) == LINES.replace("line 4\nline 5\n", "")
        for group in [ids] if together else [[id_] for id_ in ids]:
            await desk.review.undo(group, PERSON)
        assert desk.editor.text(URI) == LINES


async def test_deletions_that_touch_come_back_in_their_order_after_typing_while_they_were_made() -> None:
    async with opened(NEOVIM).running() as desk:
        first = ids_of(await desk.propose({"a.txt": swap("line 5\n", "")}, "keep"))
        desk.editor.afterwards.append(lambda: desk.editor.type(URI, TextChange(0, 0, "top\n")))
        second = ids_of(await desk.propose({"a.txt": swap("line 4\n", "")}, "keep"))
        await desk.review.undo([*first, *second], PERSON)
        assert desk.editor.text(URI) == "top\n" + LINES


def both(text: str) -> str:
    return swap("line 8\n", "line 8\nnew\n")(swap("line 4\n", "")(text))


async def test_what_the_editors_own_undo_brings_back_is_noticed_hunk_by_hunk() -> None:
    async with opened().running() as desk:
        ids = ids_of(await desk.propose({"a.txt": both}, "keep"))
        await desk.review.undo(ids, PERSON)
        await desk.journal.append(Note(desk.review.news()))
        desk.editor.undo(URI)
        await anyio.wait_all_tasks_blocked()
        assert desk.editor.text(URI) == both(LINES)
        assert [desk.state(id_).placement for id_ in ids] == ["present", "present"]
        assert desk.review.news().count("there again") == 2


async def test_the_agents_own_later_change_is_not_told_as_the_users() -> None:
    async with opened().running() as desk:
        await desk.propose({"a.txt": FIVE}, "keep")
        await desk.propose({"a.txt": swap("five\n", "FIFTH\n")}, "keep")
        assert desk.review.news() == ""


@pytest.mark.parametrize("manner", [VSCODE, NEOVIM])
@pytest.mark.parametrize("typing", [True, False])
async def test_a_hunk_that_a_later_one_deletes_is_not_taken_out_by_the_user(manner: Manner, typing: bool) -> None:
    async with opened(manner).running() as desk:
        (below,) = ids_of(await desk.propose({"a.txt": swap("line 5\n", "line 5\nnew\n")}, "keep"))
        if typing:
            desk.editor.afterwards.append(lambda: desk.editor.type(URI, TextChange(0, 6, "zero")))
        (upon,) = ids_of(await desk.propose({"a.txt": swap("new\n", "")}, "keep"))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(below).placement == "present"
        assert desk.review.news() == ""
        assert [one.outcome for one in await desk.review.undo([below, upon], PERSON)] == ["removed", "removed"]
        await anyio.wait_all_tasks_blocked()
        assert desk.editor.text(URI) == (LINES.replace("line 0", "zero") if typing else LINES)
        assert [desk.state(id_).placement for id_ in (below, upon)] == ["removed", "removed"]


async def test_a_hunk_that_waits_upon_one_that_is_taken_out_of_a_closed_file_is_stale() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode()})
    async with Desk(files=files).running() as desk:
        below = ids_of(await desk.propose({"a.txt": FIVE}, "keep"))
        (upon,) = ids_of(await desk.propose({"a.txt": swap("five\n", "")}))
        await desk.review.undo(below, PERSON)
        await anyio.wait_all_tasks_blocked()
        assert files.texts() == {"a.txt": LINES}
        assert desk.state(upon).stale == "overlap"


async def test_a_rejected_hunk_that_could_not_be_taken_out_is_told_to_stand() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": FIVE}, "keep"))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, typed(desk.editor.text(URI), "five", "fifth")))
        (outcome,) = await desk.decide([hunk], "rejected", "not so")
        assert outcome.outcome == "refused"
        assert "fifth" in desk.editor.text(URI)
        assert "rejected by the user: not so; it still stands" in desk.review.news()


async def test_under_keep_what_did_not_fit_when_it_was_to_be_written_stays_stale() -> None:
    async with opened().running() as desk:
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, typed(desk.editor.text(URI), "line 5", "mine")))
        proposal = await desk.propose({"a.txt": FIVE}, "keep")
        assert [one.outcome for one in await desk.review.settle(proposal.id)] == ["stale"]
        desk.editor.undo(URI)
        await anyio.wait_all_tasks_blocked()
        assert desk.review.views() == ()
        assert desk.editor.text(URI) == LINES


async def test_an_edit_made_on_pending_hunks_that_are_no_more_is_prepared_again() -> None:
    async with opened().running() as desk:
        first = ids_of(await desk.propose({"a.txt": swap("line 2\n", "two\nTWO\n")}))
        draft = await desk.draft({"a.txt": swap("line 8\n", "EIGHT\n")})
        await desk.decide(first, "rejected")
        with pytest.raises(Stale):
            await desk.propose_draft(draft)
        second = ids_of(await desk.propose({"a.txt": swap("line 8\n", "EIGHT\n")}))
        assert await outcomes(desk, second) == ["present"]
        assert desk.editor.text(URI) == LINES.replace("line 8", "EIGHT")


async def test_an_edit_made_on_a_pending_hunk_that_the_person_types_in_is_whole() -> None:
    async with opened().running() as desk:
        await desk.propose({"a.txt": swap("line 2\n", "two\nTWO\n")})
        draft = await desk.draft({"a.txt": swap("line 8\n", "EIGHT\n")})
        desk.editor.type(URI, typed(LINES, "line 2", "mine 2"))
        assert await outcomes(desk, ids_of(await desk.propose_draft(draft))) == ["present"]
        assert desk.editor.text(URI) == LINES.replace("line 8", "EIGHT").replace("line 2", "mine 2")
