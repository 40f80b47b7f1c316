"""The policy *keep*: written at once, then kept or taken out; the person's undo and redo; undo of accepted hunks."""

import anyio
import pytest

from bridge.harness.ids import HunkId, ProposalId
from bridge.harness.values.events import Decided, Note, Placed
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.news import HEAD
from tests.support.fake_editor import Manner
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import LINES, MANNERS, PERSON, ROOT, URI, Desk, ids_of, opened, swap, typed, uri_of
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

FIVE = swap("line 5\n", "FIVE\nfive\n")
NO_SEVEN = swap("line 7\n", "")
NEW_AT_2 = swap("line 2\n", "line 2\nnew\n")
ALL = [FIVE, NO_SEVEN, NEW_AT_2]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def every(text: str) -> str:
    for change in ALL:
        text = change(text)
    return text


async def undone(desk: Desk, ids: list[HunkId]) -> list[str]:
    return [one.outcome for one in await desk.review.undo(ids, PERSON)]


@pytest.mark.parametrize("manner", MANNERS)
async def test_hunks_are_written_at_once_then_one_is_kept_and_the_others_are_taken_out(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        proposal = await desk.propose({"a.txt": every}, "keep")
        first, second, third = ids_of(proposal)
        assert desk.editor.text(URI) == every(LINES)
        assert [one.outcome for one in await desk.review.settle(proposal.id)] == ["present"] * 3
        assert not any(one.reviewed for one in desk.review.outcomes(proposal.id))
        assert [view.state.open for view in desk.review.views()] == [True] * 3
        assert [one.outcome for one in await desk.decide([first], "accepted")] == ["present"]
        assert [one.outcome for one in await desk.decide([second, third], "rejected", "no")] == ["rejected"] * 2
        assert desk.editor.text(URI) == NEW_AT_2(LINES)
        assert desk.review.views() == ()
        assert [one.outcome for one in await desk.decide([first], "rejected")] == ["already_decided"]


@pytest.mark.parametrize("manner", MANNERS)
async def test_each_kind_of_hunk_is_taken_out_after_typing_around_it(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        ids = ids_of(await desk.propose({"a.txt": every}, "keep"))
        desk.editor.type(URI, typed(desk.editor.text(URI), "line 0\n", "zero\nzero\n"))
        desk.editor.type(URI, typed(desk.editor.text(URI), "line 9", "nine"))
        desk.editor.flush(URI)
        for id_ in ids:
            assert [one.outcome for one in await desk.decide([id_], "rejected")] == ["rejected"]
        assert desk.editor.text(URI) == LINES.replace("line 0\n", "zero\nzero\n").replace("line 9", "nine")


async def test_a_hunk_that_the_person_edited_is_not_taken_out_over_their_text() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": FIVE}, "keep"))
        desk.editor.type(URI, typed(desk.editor.text(URI), "five", "fifth"))
        refused = (await desk.decide([hunk], "rejected"))[0]
        assert (refused.outcome, refused.current) == ("stale", "FIVE\nfifth\n")
        assert desk.state(hunk).open
        assert [one.outcome for one in await desk.decide([hunk], "accepted")] == ["present"]
        assert "FIVE\nfifth\n" in desk.editor.text(URI)


@pytest.mark.parametrize("policy", ["ask", "keep"])
@pytest.mark.parametrize("change", ALL)
async def test_the_persons_own_undo_and_redo_are_noticed_and_told_to_the_model(policy: str, change: object) -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": change}, policy))  # type: ignore[dict-item, arg-type]
        if policy == "ask":
            await desk.accept([hunk])
        with_it = desk.editor.text(URI)
        desk.editor.undo(URI)
        await anyio.wait_all_tasks_blocked()
        assert desk.editor.text(URI) == LINES
        assert desk.state(hunk).placement == "removed"
        assert not desk.state(hunk).open
        assert "hunk 1 of 1" in desk.review.news()
        assert "taken out again" in desk.review.news()
        await desk.journal.append(Note(desk.review.news()))
        assert desk.review.news() == ""
        start = next(n for n, (a, b) in enumerate(zip(LINES, with_it + "\0", strict=False)) if a != b)
        end = next(n for n, (a, b) in enumerate(zip(LINES[::-1], with_it[::-1] + "\0", strict=False)) if a != b)
        end = min(end, len(LINES) - start, len(with_it) - start)
        desk.editor.type(URI, TextChange(start, len(LINES) - end, with_it[start : len(with_it) - end]))
        await anyio.wait_all_tasks_blocked()
        assert desk.editor.text(URI) == with_it
        assert desk.state(hunk).placement == "present"
        assert desk.state(hunk).open is (policy == "keep")
        assert "there again" in desk.review.news()
        desk.editor.undo(URI)
        await anyio.wait_all_tasks_blocked()
        assert desk.review.news() == "", "it is as the model was told last"


async def test_deleted_lines_that_the_person_puts_back_are_noticed_beside_a_later_hunk_that_stands() -> None:
    async with opened().running() as desk:
        gone, other = ids_of(await desk.propose({"a.txt": lambda text: FIVE(swap("line 1\n", "")(text))}))
        await desk.accept([gone, other])
        desk.editor.type(URI, typed(desk.editor.text(URI), "line 2\n", "line 1\nline 2\n"))
        await anyio.wait_all_tasks_blocked()
        assert desk.editor.text(URI) == FIVE(LINES)
        assert [desk.state(id_).placement for id_ in (gone, other)] == ["removed", "present"]


async def test_deleted_lines_that_a_later_proposal_puts_back_are_not_the_persons_doing_after_a_restart() -> None:
    async with opened().running() as desk:
        (gone,) = ids_of(await desk.propose({"a.txt": NO_SEVEN}))
        await desk.accept([gone])
        (again,) = ids_of(await desk.propose({"a.txt": swap("line 8\n", "line 7\nline 8\n")}))
        await desk.accept([again])
        assert desk.editor.text(URI) == LINES
    async with desk.restarted().running() as later:
        await later.review.recover()
        await anyio.wait_all_tasks_blocked()
        assert [later.state(id_).placement for id_ in (gone, again)] == ["present", "present"]


async def test_undo_and_redo_between_two_steps_cancel_out_in_what_the_model_is_told() -> None:
    async with opened().running() as desk:
        (hunk,) = ids_of(await desk.propose({"a.txt": FIVE}, "keep"))
        desk.editor.undo(URI)
        await anyio.wait_all_tasks_blocked()
        assert desk.review.news().startswith(HEAD)
        assert desk.review.news().count("hunk 1 of 1") == 1
        assert desk.state(hunk).placement == "removed"
        desk.editor.type(URI, typed(LINES, "line 5\n", "FIVE\nfive\n"))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(hunk).placement == "present"
        assert desk.review.news() == ""


async def test_a_hand_edit_of_a_hunk_that_waits_reaches_the_model_once() -> None:
    async with opened().running() as desk:
        await desk.propose({"a.txt": FIVE}, "keep")
        desk.editor.type(URI, typed(desk.editor.text(URI), "five", "fifth"))
        told = desk.review.news()
        assert "edited by the user; it now reads\nFIVE\nfifth" in told
        assert desk.review.news() == ""


@pytest.mark.parametrize("manner", MANNERS)
async def test_an_accepted_hunk_can_be_undone_later(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        ids = ids_of(await desk.propose({"a.txt": every}))
        await desk.accept(ids)
        desk.editor.type(URI, typed(desk.editor.text(URI), "line 0\n", ""))
        desk.editor.flush(URI)
        assert await undone(desk, [ids[1]]) == ["removed"]
        assert desk.editor.text(URI) == NO_SEVEN(NEW_AT_2(LINES)).replace("line 0\n", "")
        assert await undone(desk, [ids[1]]) == ["refused"]
        assert await undone(desk, ids) == ["removed", "refused", "removed"]
        assert desk.editor.text(URI) == LINES.replace("line 0\n", "")
        assert all(desk.state(id_).decision.verdict == "accepted" for id_ in ids)  # type: ignore[union-attr]


async def test_a_hunk_on_which_a_later_one_stands_is_undone_only_together_with_it() -> None:
    async with opened().running() as desk:
        (below,) = ids_of(await desk.propose({"a.txt": FIVE}, "keep"))
        (upon,) = ids_of(await desk.propose({"a.txt": swap("five\n", "FIFTH\n")}, "keep"))
        (beside,) = ids_of(await desk.propose({"a.txt": NO_SEVEN}, "keep"))
        refused = (await desk.review.undo([below], PERSON))[0]
        assert (refused.outcome, refused.blockers) == ("refused", (upon,))
        assert "together" in refused.message
        assert desk.editor.text(URI) == NO_SEVEN(LINES).replace("line 5\n", "FIVE\nFIFTH\n")
        assert await undone(desk, [below, upon]) == ["removed", "removed"]
        assert desk.editor.text(URI) == NO_SEVEN(LINES)
        assert desk.state(beside).placement == "present"
        decisions = [(event.hunk, event.decision.verdict) for event in desk.journal.of(Decided)]  # type: ignore[attr-defined]
        assert decisions == [(below, "rejected"), (upon, "rejected")]


async def test_a_closed_file_is_written_at_once_and_can_be_undone_on_disk() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode()})
    async with Desk(files=files).running() as desk:
        ids = ids_of(await desk.propose({"a.txt": every}, "keep"))
        assert files.texts() == {"a.txt": every(LINES)}
        files.raw[ROOT / "a.txt"] = files.raw[ROOT / "a.txt"].replace(b"line 0\n", b"zero\n")
        assert [one.outcome for one in await desk.decide(ids, "rejected")] == ["rejected"] * 3
        assert files.texts() == {"a.txt": LINES.replace("line 0\n", "zero\n")}


async def test_a_created_file_is_deleted_when_it_is_undone_unless_the_person_has_written_in_it() -> None:
    files = FakeFiles()
    async with Desk(files=files).running() as desk:
        first = ids_of(await desk.create("new.txt", "one\ntwo\n"))
        await desk.accept(first)
        assert await undone(desk, first) == ["removed"]
        assert files.texts() == {}
        second = ids_of(await desk.create("new.txt", "one\ntwo\n"))
        await desk.accept(second)
        files.raw[ROOT / "new.txt"] = b"one\nmine\n"
        assert await undone(desk, second) == ["stale"]
        assert files.texts() == {"new.txt": "one\nmine\n"}


async def test_closing_a_document_without_saving_takes_the_hunk_with_it() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode()})
    desk = Desk(files=files)
    desk.editor.open(URI, LINES)
    async with desk.running():
        (hunk,) = ids_of(await desk.propose({"a.txt": FIVE}, "keep"))
        desk.editor.close(URI)
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(5):
            while desk.state(hunk).placement != "removed":
                await anyio.lowlevel.checkpoint()
        assert not desk.state(hunk).open


async def test_closing_without_saving_takes_hunks_beside_each_other() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode()})
    desk = Desk(files=files)
    desk.editor.open(URI, LINES)
    async with desk.running():
        beside = {"a.txt": lambda text: swap("line 4\n", "new\n")(swap("line 2\n", "")(text))}
        ids = ids_of(await desk.propose(beside, "keep"))
        desk.editor.close(URI)
        with anyio.fail_after(5):
            while {desk.state(id_).placement for id_ in ids} != {"removed"}:
                await anyio.lowlevel.checkpoint()


async def test_after_a_restart_what_waits_to_be_kept_can_still_be_undone() -> None:
    async with opened().running() as first:
        ids = ids_of(await first.propose({"a.txt": every}, "keep"))
        await first.decide([ids[0]], "accepted")
        first.editor.type(URI, typed(first.editor.text(URI), "line 0\n", "zero\nzero\n"))
    async with first.restarted().running() as desk:
        await desk.review.recover()
        assert [view.hunk.id for view in desk.review.views() if view.state.open] == ids[1:]
        assert [one.outcome for one in await desk.decide(ids[1:], "rejected")] == ["rejected"] * 2
        assert desk.editor.text(URI) == NEW_AT_2(LINES).replace("line 0\n", "zero\nzero\n")


async def test_a_crash_before_the_edit_of_keep_writes_it_after_the_restart_once() -> None:
    async with opened().running() as first:
        first.journal.crash_after = "Proposed"
        with pytest.raises(Exception, match="Proposed"):
            await first.propose({"a.txt": FIVE}, "keep")
    async with first.restarted().running() as desk:
        await desk.review.recover()
        assert desk.editor.text(URI) == FIVE(LINES)
        (view,) = desk.review.views()
        assert view.state.open
    async with desk.restarted().running() as third:
        await third.review.recover()
        assert third.editor.text(URI) == FIVE(LINES)


@pytest.mark.parametrize("moment", ["Decided", "IntentMade"])
async def test_a_crash_while_a_hunk_is_taken_out_leaves_it_seen_as_it_stands(moment: str) -> None:
    async with opened().running() as first:
        (hunk,) = ids_of(await first.propose({"a.txt": FIVE}, "keep"))
        first.journal.crash_after = moment
        with pytest.raises(Exception, match=moment):
            await first.decide([hunk], "rejected")
    async with first.restarted().running() as desk:
        await desk.review.recover()
        assert desk.editor.text(URI) == FIVE(LINES)
        assert desk.state(hunk).placement == "present"


async def test_an_editor_that_had_unsaved_work_is_not_asked_to_save() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode(), ROOT / "b.txt": LINES.encode()})
    desk = Desk(files=files)
    desk.editor.open(URI, LINES)
    desk.editor.open(uri_of("b.txt"), LINES + "unsaved\n")
    async with desk.running():
        ids = ids_of(await desk.propose({"a.txt": FIVE, "b.txt": FIVE}))
        await desk.accept(ids)
        assert desk.editor.saved == [URI]
        files.raw[ROOT / "a.txt"] = desk.editor.text(URI).encode()
        await desk.review.undo(ids, PERSON)
        assert desk.editor.saved == [URI, URI]


async def test_a_call_is_over_when_its_file_is_saved() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode()})
    desk = Desk(files=files)
    desk.editor.open(URI, LINES)
    desk.editor.held = anyio.Event()
    settled = anyio.Event()

    async def settle(proposal: ProposalId) -> None:
        await desk.review.settle(proposal)
        settled.set()

    async with desk.running(), anyio.create_task_group() as group:
        proposal = await desk.propose({"a.txt": FIVE})
        (hunk,) = ids_of(proposal)
        group.start_soon(desk.accept, [hunk])
        group.start_soon(settle, proposal.id)
        with anyio.fail_after(60):
            while desk.state(hunk).placement != "present":
                await anyio.lowlevel.checkpoint()
        await anyio.wait_all_tasks_blocked()
        assert not settled.is_set()
        desk.editor.held.set()
        await settled.wait()
        assert desk.editor.saved == [URI]


async def test_a_stopped_turn_leaves_what_stands_to_be_decided() -> None:
    async with opened().running() as desk:
        proposal = await desk.propose({"a.txt": FIVE}, "keep")
        await desk.review.withdraw(proposal.id, "the turn was stopped")
        (view,) = desk.review.views()
        assert view.state.open
        assert desk.journal.of(Placed)[-1].placement == "present"  # type: ignore[attr-defined]
