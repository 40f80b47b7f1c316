"""The hard cases of the review rules, one by one, with an editor that behaves as the real ones were measured."""

import asyncio
import dataclasses

import anyio
import pytest

from bridge.harness.errors import FileProblem, OverlapsPending
from bridge.harness.ids import HunkId
from bridge.harness.values.events import Decided, HunkFresh, HunkStale, IntentMade
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.text import sha
from tests.support.fake_editor import NEOVIM, NEOVIM_COARSE, VSCODE, WHOLE_TEXTS, Manner
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import LINES, MANNERS, ROOT, URI, Desk, ids_of, opened, swap, typed, uri_of
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

THREE = "a\nb\nc\n"
FIVE = swap("line 5\n", "FIVE\n")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def on_disk(text: str = LINES) -> tuple[Desk, FakeFiles]:
    files = FakeFiles(raw={ROOT / "a.txt": text.encode()})
    return Desk(files=files), files


async def outcomes(desk: Desk, hunks: list[HunkId]) -> list[str]:
    return [outcome.outcome for outcome in await desk.accept(hunks)]


# 1. Rebase.


@pytest.mark.parametrize("manner", MANNERS)
async def test_an_accepted_hunk_stands_in_the_buffer_and_a_rejected_one_nowhere(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        first, second = ids_of(await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "")(t))}))
        assert (await desk.decide([second], "rejected", "no"))[0].outcome == "rejected"
        assert await outcomes(desk, [first]) == ["present"]
        assert desk.editor.text(URI) == FIVE(LINES)


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(typed(LINES, "line 6", "Xline 6"), id="typing at the start of the line below"),
        pytest.param(typed(LINES, "line 4\n", "line 4X\n"), id="typing at the end of the line above"),
        pytest.param(typed(LINES, "line 5\n", "new\nline 5\n"), id="the lines told as replaced, with a new one above"),
        pytest.param(TextChange(LINES.index("line 5"), LINES.index("line 5"), "new\n"), id="a line inserted above"),
        pytest.param(TextChange(LINES.index("line 6"), LINES.index("line 6"), "new\n"), id="a line inserted below"),
        pytest.param(TextChange(LINES.index("\nline 6"), LINES.index("\nline 6"), "\nnew"), id="a line opened below"),
        pytest.param(TextChange(LINES.index("\nline 5"), LINES.index("\nline 5"), "\nnew"), id="a line opened above"),
        pytest.param(typed(LINES, "line 6\n", ""), id="the line below deleted"),
        pytest.param(TextChange(LINES.index("line 6"), LINES.index("line 6"), "X"), id="typing before the line below"),
    ],
)
async def test_typing_that_only_touches_a_hunk_moves_it(touch: TextChange) -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.type(URI, touch)
        expected = FIVE(desk.editor.text(URI))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == expected
        assert desk.journal.of(HunkStale) == []


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(typed(LINES, "line 5", "line X5"), id="typing in the line"),
        pytest.param(typed(LINES, "line 4\nline 5", "line 4 line 5"), id="joining it with the line above"),
        pytest.param(typed(LINES, "line 5\n", ""), id="deleting it"),
    ],
)
async def test_typing_in_a_hunks_lines_makes_it_stale_until_it_is_undone(touch: TextChange) -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.type(URI, touch)
        after = desk.editor.text(URI)
        refused = (await desk.accept(hunks))[0]
        assert refused.outcome == "stale"
        assert desk.editor.text(URI) == after
        assert desk.state(hunks[0]).decision is None
        await anyio.wait_all_tasks_blocked()
        desk.editor.undo(URI)
        await anyio.wait_all_tasks_blocked()
        assert [type(event) for event in desk.journal.of(HunkStale, HunkFresh)] == [HunkStale, HunkFresh]
        assert await outcomes(desk, hunks) == ["present"]


@pytest.mark.parametrize("undo", [(TextChange(34, 34, "\nline 5"),), (TextChange(40, 40, "5\nline "),)])
async def test_undoing_a_deletion_is_seen_however_the_editor_tells_it(undo: tuple[TextChange, ...]) -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.type(URI, typed(LINES, "line 5\n", ""))
        desk.editor.type(URI, *undo)
        assert desk.editor.text(URI) == LINES
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == FIVE(LINES)


BELOW_FIVE = LINES.index("line 6")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param(TextChange(BELOW_FIVE, BELOW_FIVE, "mine\n"), "stale", id="a line inserted there too"),
        pytest.param(TextChange(BELOW_FIVE - 1, BELOW_FIVE - 1, "\nmine"), "stale", id="told as Neovim does"),
        pytest.param(typed(LINES, "line 5\nline 6\n", ""), "stale", id="both lines around deleted"),
        pytest.param(TextChange(BELOW_FIVE, BELOW_FIVE, "X"), "present", id="typing at the start of the line below"),
        pytest.param(
            TextChange(BELOW_FIVE - 1, BELOW_FIVE - 1, "X"), "present", id="typing at the end of the one above"
        ),
        pytest.param(typed(LINES, "line 6\n", ""), "present", id="the line below deleted"),
    ],
)
async def test_an_insertion_is_stale_only_where_something_else_is_done_at_its_very_place(
    change: TextChange, outcome: str
) -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": swap("line 5\n", "line 5\nnew\n")}))
        desk.editor.type(URI, change)
        assert await outcomes(desk, hunks) == [outcome]


async def test_lines_that_change_places_with_equal_ones_take_their_hunks_with_them() -> None:
    text = THREE * 50
    async with opened(NEOVIM, text).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:122] + "B\n" + t[124:]}))
        desk.editor.type(URI, TextChange(240, 240, THREE), TextChange(60, 66, ""))
        desk.editor.flush(URI)
        assert desk.editor.text(URI) == text
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI).index("B") == 116


async def test_among_equal_lines_an_unchecked_edit_on_the_wrong_line_is_seen_by_what_the_editor_told() -> None:
    async with opened(dataclasses.replace(NEOVIM, first_version=0), THREE * 50).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:122] + "B\n" + t[124:]}))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, TextChange(0, 0, THREE)))
        assert await outcomes(desk, hunks) == ["unverified"]


async def test_an_unchecked_deletion_of_the_wrong_line_is_not_taken_for_the_persons() -> None:
    async with opened(dataclasses.replace(NEOVIM, first_version=0)).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": swap("line 5\n", "")}))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, TextChange(0, 0, "top\n")))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == "top\n" + LINES.replace("line 5\n", "")


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        pytest.param(LINES.replace("line 3\n", "3\n"), "present", id="one unchanged line between"),
        pytest.param(LINES.replace("line 4\n", "4\n"), "stale", id="the line above changed"),
        pytest.param(LINES.replace("line 6\n", "line 6\nnew\n"), "present", id="an insertion one line below"),
        pytest.param(LINES.replace("line 5\n", "line 5\nnew\n"), "stale", id="a line inserted right below"),
        pytest.param(LINES.replace("line 5\n", "new\nline 5\n"), "stale", id="a line inserted right above"),
        pytest.param(LINES.replace("line 6\n", ""), "stale", id="the line below deleted"),
        pytest.param(LINES.replace("line 5\n", "5\n"), "stale", id="the same line changed otherwise"),
        pytest.param(LINES.replace("line 5\n", "FIVE\n"), "present", id="the identical change"),
    ],
)
@pytest.mark.parametrize("where", ["whole text", "disk"])
async def test_where_only_texts_are_known_the_merge_is_gits(now: str, outcome: str, where: str) -> None:
    files = FakeFiles(raw={ROOT / "a.txt": LINES.encode()})
    desk = Desk(WHOLE_TEXTS, files)
    if where == "whole text":
        desk.editor.open(URI, LINES)
    async with desk.running():
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        if where == "whole text":
            desk.editor.type(URI, TextChange(0, len(LINES), now))
            await anyio.wait_all_tasks_blocked()
        else:
            files.raw[ROOT / "a.txt"] = now.encode()
        assert await outcomes(desk, hunks) == [outcome]
        text = desk.editor.text(URI) if where == "whole text" else files.texts()["a.txt"]
        assert text == (now if outcome == "stale" else now.replace("line 5\n", "FIVE\n"))


async def test_a_hunk_that_a_whole_text_touched_stays_stale_while_the_person_types_elsewhere() -> None:
    async with opened(WHOLE_TEXTS).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.type(URI, typed(LINES, "line 4\n", "4\n"))
        desk.editor.type(URI, TextChange(0, 0, "top\n"))
        assert await outcomes(desk, hunks) == ["stale"]
        desk.editor.undo(URI)
        desk.editor.undo(URI)
        assert desk.editor.text(URI) == LINES
        assert await outcomes(desk, hunks) == ["present"]


async def test_an_identical_change_by_the_person_is_not_stale_and_is_written_by_nobody() -> None:
    async with opened(WHOLE_TEXTS).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.type(URI, typed(LINES, "line 5\n", "FIVE\n"))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(hunks[0]).stale is None
        assert await outcomes(desk, hunks) == ["present"]
        assert "edit" not in desk.trace


@pytest.mark.parametrize("manner", [WHOLE_TEXTS, NEOVIM_COARSE])
async def test_among_repeated_lines_a_hunk_is_never_misplaced_by_a_text_that_does_not_say_where(manner: Manner) -> None:
    text = THREE * 50
    at = 20 * len(THREE)
    async with opened(manner, text).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:at] + "a\nB\nc\n" + t[at + 6 :]}))
        desk.editor.type(URI, TextChange(60, 60, THREE), TextChange(280, 282, "A\n"))
        desk.editor.flush(URI)
        now = desk.editor.text(URI)
        place = at + 6
        found = await outcomes(desk, hunks)
        expected = now if found == ["stale"] else now[:place] + "a\nB\nc\n" + now[place + 6 :]
        assert desk.editor.text(URI) == expected


async def test_an_exact_insertion_among_repeated_lines_moves_the_hunk_exactly() -> None:
    text = THREE * 50
    at = 20 * len(THREE)
    async with opened(VSCODE, text).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:at] + "a\nB\nc\n" + t[at + 6 :]}))
        desk.editor.type(URI, TextChange(0, 0, THREE))
        now = desk.editor.text(URI)
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == now[: at + 6] + "a\nB\nc\n" + now[at + 12 :]


# What the person does between a tool's read and its proposal, and between two proposals.


async def test_typing_between_the_read_and_the_proposal_moves_the_hunk() -> None:
    async with opened().running() as desk:
        draft = await desk.draft({"a.txt": FIVE})
        desk.editor.type(URI, TextChange(0, 0, "top\n"))
        hunks = ids_of(await desk.propose_draft(draft))
        desk.editor.type(URI, TextChange(0, 0, "higher\n"))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == "higher\ntop\n" + FIVE(LINES)


async def test_typing_over_the_lines_between_the_read_and_the_proposal_makes_it_stale_at_once() -> None:
    async with opened().running() as desk:
        await desk.propose({"a.txt": swap("line 1\n", "ONE\n")})
        draft = await desk.draft({"a.txt": FIVE})
        desk.editor.type(URI, typed(LINES, "line 5", "line X5"))
        hunks = ids_of(await desk.propose_draft(draft))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(hunks[0]).stale == "overlap"
        assert await outcomes(desk, hunks) == ["stale"]


async def test_typing_while_the_proposal_is_being_recorded_is_not_missed() -> None:
    async with opened().running() as desk:
        draft = await desk.draft({"a.txt": FIVE})
        async with anyio.create_task_group() as group, desk.journal._order:
            proposals = []

            async def propose() -> None:
                proposals.append(await desk.propose_draft(draft))

            group.start_soon(propose)
            while not list(desk.review._places.tracked(URI)):
                await anyio.lowlevel.checkpoint()
            desk.editor.type(URI, TextChange(0, 0, "top\n"))
            desk.editor.type(URI, typed("top\n" + LINES, "line 5", "line X5"))
            desk.journal._order.release()
            await anyio.lowlevel.checkpoint()
            await desk.journal._order.acquire()
        await anyio.wait_all_tasks_blocked()
        assert desk.state(ids_of(*proposals)[0]).stale == "overlap"


async def test_an_older_look_at_a_buffer_does_not_move_the_hunks_that_wait() -> None:
    text = THREE * 50
    async with opened(VSCODE, text).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:120] + "a\nB\nc\n" + t[126:]}))
        desk.editor.type(URI, TextChange(0, 0, THREE))
        desk.review.pending_text(URI, text)
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI).index("B") == 128


# 2. A second edit of the same step.


async def test_a_second_edit_sees_the_first_and_may_stand_beside_it() -> None:
    async with opened().running() as desk:
        first = await desk.propose({"a.txt": swap("line 2\n", "2\n2.5\n")})
        seen = (await desk.draft({"a.txt": FIVE})).files[0]
        assert seen.old == LINES.replace("line 2\n", "2\n2.5\n")
        assert seen.base == LINES
        second = await desk.propose({"a.txt": lambda t: FIVE(swap("line 3\n", "3\n")(t))})
        await desk.decide(ids_of(first), "rejected")
        assert await outcomes(desk, ids_of(second)) == ["present", "present"]
        assert desk.editor.text(URI) == FIVE(LINES).replace("line 3\n", "3\n")


async def test_a_second_edit_of_pending_lines_waits_until_they_are_settled() -> None:
    async with opened().running() as desk:
        first = await desk.propose({"a.txt": FIVE})
        with pytest.raises(OverlapsPending):
            await desk.propose({"a.txt": swap("FIVE\n", "SIX\n")})
        await desk.accept(ids_of(first))
        second = await desk.propose({"a.txt": swap("FIVE\n", "SIX\n")})
        assert await outcomes(desk, ids_of(second)) == ["present"]


@pytest.mark.parametrize("manner", MANNERS)
async def test_accepting_a_hunk_does_not_make_its_neighbour_stale(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        first = await desk.propose({"a.txt": FIVE})
        second = await desk.propose({"a.txt": swap("line 6\n", "SIX\nSIX\n")})
        assert await outcomes(desk, ids_of(first)) == ["present"]
        assert await outcomes(desk, ids_of(second)) == ["present"]
        assert desk.editor.text(URI) == FIVE(LINES).replace("line 6\n", "SIX\nSIX\n")


async def test_a_settled_stale_hunk_is_no_pending_text_when_its_lines_come_back() -> None:
    async with opened(NEOVIM).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, typed(LINES, "line 5", "line X5")))
        assert await outcomes(desk, hunks) == ["stale"]
        desk.editor.undo(URI)
        assert desk.editor.text(URI) == LINES
        assert desk.review.pending_text(URI, LINES) == LINES


# 6, 7, 8. Closed files.


async def test_a_closed_file_that_changed_elsewhere_is_merged_and_one_that_changed_there_is_stale() -> None:
    desk, files = on_disk()
    async with desk.running():
        hunks = ids_of(await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(t))}))
        files.raw[ROOT / "a.txt"] = ("top\n" + LINES.replace("line 8\n", "eight\n")).encode()
        assert await outcomes(desk, hunks) == ["present", "stale"]
        assert files.texts()["a.txt"] == "top\n" + FIVE(LINES).replace("line 8\n", "eight\n")


async def test_a_change_on_disk_that_is_seen_at_one_accept_is_told_of_the_other_hunks() -> None:
    desk, files = on_disk()
    async with desk.running():
        five, eight = ids_of(await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(t))}))
        files.raw[ROOT / "a.txt"] = LINES.replace("line 8\n", "eight\n").encode()
        assert await outcomes(desk, [five]) == ["present"]
        await anyio.wait_all_tasks_blocked()
        assert desk.state(eight).stale == "overlap"


async def test_a_file_that_changes_right_before_the_write_is_read_again() -> None:
    desk, files = on_disk()
    async with desk.running():
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))

        def change() -> None:
            files.raw[ROOT / "a.txt"] = ("top\n" + LINES).encode()

        files.meanwhile.append(change)
        assert await outcomes(desk, hunks) == ["present"]
        assert files.texts()["a.txt"] == "top\n" + FIVE(LINES)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(LINES, FIVE(LINES), id="the old text"),
        pytest.param("typed\n" + LINES, "typed\n" + FIVE(LINES), id="the old text, and typing"),
        pytest.param(FIVE(LINES), FIVE(LINES), id="the new text"),
    ],
)
async def test_a_file_opened_while_it_is_written_has_the_hunk_in_the_buffer_too(shown: str, expected: str) -> None:
    desk, files = on_disk()
    async with desk.running():
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        files.meanwhile.append(lambda: anyio.from_thread.run_sync(desk.editor.open, URI, shown))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == expected


async def test_a_document_closed_while_it_is_edited_is_written_on_disk() -> None:
    async with opened(NEOVIM).running() as desk:
        assert isinstance(desk.files, FakeFiles)
        desk.files.raw[ROOT / "a.txt"] = LINES.encode()
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.meanwhile.append(lambda: _close(desk))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.files.texts()["a.txt"] == FIVE(LINES)


async def test_unsaved_work_that_was_closed_away_leaves_the_hunks_that_need_it_stale() -> None:
    desk, files = on_disk()
    desk.editor.open(URI, LINES)
    async with desk.running():
        desk.editor.type(URI, TextChange(0, 0, "unsaved\n"))
        gone, there = ids_of(await desk.propose({"a.txt": lambda t: FIVE(swap("unsaved\n", "better\n")(t))}))
        desk.editor.close(URI)
        assert await outcomes(desk, [gone, there]) == ["stale", "present"]
        assert files.texts()["a.txt"] == FIVE(LINES)


# 9. Files that go.


async def test_a_file_that_is_gone_makes_all_its_hunks_stale() -> None:
    desk, files = on_disk()
    async with desk.running():
        proposal = await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(t))})
        five, eight = ids_of(proposal)
        del files.raw[ROOT / "a.txt"]
        answer = (await desk.accept([five]))[0]
        assert (answer.outcome, answer.message) == ("stale", "the file is gone")
        await anyio.wait_all_tasks_blocked()
        assert desk.state(eight).stale == "gone"
        assert await outcomes(desk, [eight]) == ["stale"]
        await desk.decide([eight], "rejected")
        assert [outcome.outcome for outcome in await desk.review.settle(proposal.id)] == ["stale", "rejected"]
        assert files.raw == {}


async def test_a_file_that_goes_right_before_the_write_is_gone_too() -> None:
    desk, files = on_disk()
    async with desk.running():
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        files.meanwhile.append(files.raw.clear)
        assert await outcomes(desk, hunks) == ["stale"]
        assert desk.state(hunks[0]).placement == "absent"


@pytest.mark.parametrize(
    ("text", "outcome"), [("", "present"), ("new\n", "present"), ("the person's\n", "stale")], ids=["", "new", "other"]
)
async def test_a_file_to_be_created_that_an_editor_has_open_is_written_there_if_it_is_empty(
    text: str, outcome: str
) -> None:
    async with Desk(VSCODE).running() as desk:
        hunks = ids_of(await desk.create("a.txt", "new\n"))
        desk.editor.open(URI, text)
        assert await outcomes(desk, hunks) == [outcome]
        assert desk.editor.text(URI) == (text if outcome == "stale" else "new\n")


async def test_a_file_that_somebody_created_meanwhile_is_never_written_over() -> None:
    async with Desk(VSCODE).running() as desk:
        assert isinstance(desk.files, FakeFiles)
        hunks = ids_of(await desk.create("a.txt", "new\n"))
        desk.files.raw[ROOT / "a.txt"] = b"the person's\n"
        assert await outcomes(desk, hunks) == ["stale"]
        assert desk.files.texts() == {"a.txt": "the person's\n"}


# 10. Several files.


async def test_of_several_files_the_open_ones_come_first_and_a_failure_stops_no_other() -> None:
    files = FakeFiles(raw={ROOT / name: LINES.encode() for name in ("a.txt", "b.txt", "c.txt")})
    files.problems[ROOT / "b.txt"] = FileProblem("read_only", ROOT / "b.txt")
    async with Desk(files=files).running() as desk:
        desk.editor.open(uri_of("c.txt"), LINES)
        proposal = await desk.propose(dict.fromkeys(("a.txt", "b.txt", "c.txt"), FIVE))
        found = await desk.accept(ids_of(proposal))
        assert [outcome.outcome for outcome in found] == ["present", "absent", "present"]
        assert "b.txt" in found[1].message
        assert "read-only" in found[1].message
        assert [step for step in desk.trace if " " in step or step == "edit"] == ["edit", "disk a.txt"]
        assert (await desk.review.settle(proposal.id))[1].outcome == "absent"
        assert files.texts() == {"a.txt": FIVE(LINES), "b.txt": LINES, "c.txt": LINES}


# 13. Final newlines, byte order marks, line ends.


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (swap("end", "END"), "a\nb\nEND\n"),
        (swap("end", "end\nmore"), "a\nb\nend\nmore\n"),
        (swap("end", ""), "a\nb\n"),
        (swap("end", "end\n"), "a\nb\nend\n"),
        (swap("b\n", "B\n"), "a\nB\nend\n"),
    ],
    ids=["changed", "appended", "removed", "ended", "elsewhere"],
)
async def test_a_final_newline_that_an_editor_adds_when_it_opens_a_file_is_not_a_change(
    change: object, expected: str
) -> None:
    assert callable(change)
    desk, _ = on_disk("a\nb\nend")
    desk.editor.manner = NEOVIM
    async with desk.running():
        hunks = ids_of(await desk.propose({"a.txt": change}))
        desk.editor.open(URI, "a\nb\nend")
        await anyio.wait_all_tasks_blocked()
        assert desk.journal.of(HunkStale) == []
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == expected


async def test_a_hunk_made_in_a_buffer_with_a_final_newline_does_not_add_it_to_the_file() -> None:
    desk, files = on_disk("a\r\nend")
    desk.editor.manner = NEOVIM
    async with desk.running():
        desk.editor.open(URI, "a\r\nend")
        hunks = ids_of(await desk.propose({"a.txt": swap("end\r\n", "END\r\n")}))
        desk.editor.close(URI)
        assert await outcomes(desk, hunks) == ["present"]
        assert files.raw[ROOT / "a.txt"] == b"a\r\nEND"


async def test_a_byte_order_mark_mixed_line_ends_and_encoding_survive() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": b"\xef\xbb\xbfone\r\ntwo\nthree\r", ROOT / "b.txt": b"caf\xe9\nold\n"})
    async with Desk(files=files).running() as desk:
        change = {"a.txt": swap("two\n", "2\r\n2b\n"), "b.txt": swap("old\n", "new\n")}
        assert await outcomes(desk, ids_of(await desk.propose(change))) == ["present", "present"]
        assert files.raw[ROOT / "a.txt"] == b"\xef\xbb\xbfone\r\n2\r\n2b\nthree\r"
        assert files.raw[ROOT / "b.txt"] == b"caf\xe9\nnew\n"


async def test_a_character_that_the_files_encoding_has_not_is_refused_in_plain_words() -> None:
    files = FakeFiles(raw={ROOT / "a.txt": b"caf\xe9\nold\n"})
    async with Desk(files=files).running() as desk:
        answer = (await desk.accept(ids_of(await desk.propose({"a.txt": swap("old\n", "\u20ac\n")}))))[0]
        assert (answer.outcome, "U+20AC" in answer.message) == ("absent", True)
        assert files.raw[ROOT / "a.txt"] == b"caf\xe9\nold\n"


# 14. Two decisions.


async def test_of_two_decisions_at_once_the_first_wins_and_is_the_only_one_recorded() -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        found: dict[str, str] = {}

        async def decide(verdict: str) -> None:
            if verdict == "accepted":
                found[verdict] = (await desk.accept(hunks))[0].outcome
            else:
                found[verdict] = (await desk.decide(hunks, "rejected"))[0].outcome

        async with anyio.create_task_group() as group:
            group.start_soon(decide, "rejected")
            group.start_soon(decide, "accepted")
        assert len(desk.journal.of(Decided)) == 1
        assert found == {"rejected": "rejected", "accepted": "already_decided"}
        assert desk.editor.text(URI) == LINES


async def test_a_late_decision_is_told_what_stands_and_changes_nothing() -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        assert await outcomes(desk, hunks) == ["present"]
        late = (await desk.decide(hunks, "rejected"))[0]
        assert (late.outcome, late.message) == ("already_decided", "it was accepted by the person")
        assert (await desk.accept([HunkId("none")]))[0].outcome == "unknown"
        assert desk.editor.text(URI) == FIVE(LINES)


# 16. Cancel.


async def test_hunks_of_a_cancelled_call_are_withdrawn_and_those_that_were_decided_stay_so() -> None:
    async with opened().running() as desk:
        proposal = await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(t))})
        await desk.accept(ids_of(proposal)[:1])
        await desk.review.withdraw(proposal.id, "the turn was stopped")
        assert [outcome.outcome for outcome in await desk.review.settle(proposal.id)] == ["present", "withdrawn"]
        assert desk.review.views() == ()
        assert desk.review.pending_text(URI, LINES) == LINES


@pytest.mark.parametrize("manner", [VSCODE, NEOVIM])
async def test_an_accept_whose_caller_is_cancelled_is_still_seen_to_its_end(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        proposal = await desk.propose({"a.txt": FIVE})
        async with anyio.create_task_group() as group:
            desk.editor.afterwards.append(group.cancel_scope.cancel)
            group.start_soon(desk.accept, ids_of(proposal))
        assert (await desk.review.settle(proposal.id))[0].outcome == "present"
        assert desk.editor.text(URI) == FIVE(LINES)


async def test_an_accept_that_is_cancelled_before_it_was_sent_is_absent() -> None:
    async with opened().running() as desk:
        proposal = await desk.propose({"a.txt": FIVE})
        async with anyio.create_task_group() as group:

            def stop() -> None:
                desk.editor.manner = dataclasses.replace(VSCODE, answer="lies")
                group.cancel_scope.cancel()

            desk.editor.meanwhile.append(stop)
            group.start_soon(desk.accept, ids_of(proposal))
        assert (await desk.review.settle(proposal.id))[0].outcome == "absent"


# 18. Version 0, and whatever else an editor does.


async def test_an_edit_that_version_0_let_land_on_the_wrong_line_is_moved_to_its_place() -> None:
    async with opened(dataclasses.replace(NEOVIM, first_version=0)).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, TextChange(0, 0, "top\n")))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == "top\n" + FIVE(LINES)
        assert [step for step in desk.trace if step in ("IntentMade", "edit")] == ["IntentMade", "edit"] * 2


async def test_an_edit_on_the_wrong_line_that_cant_be_put_right_is_told_as_unverified() -> None:
    async with opened(dataclasses.replace(NEOVIM, first_version=0), THREE * 5).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": lambda t: t[:12] + "X\n" + t[14:]}))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, TextChange(0, 0, "b\n")))
        answer = (await desk.accept(hunks))[0]
        assert answer.outcome == "unverified"
        assert answer.message


@pytest.mark.parametrize("manner", MANNERS)
async def test_typing_that_overtakes_the_edit_makes_it_be_sent_again(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.meanwhile.append(lambda: desk.editor.type(URI, TextChange(0, 0, "top\n")))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == "top\n" + FIVE(LINES)
        assert len(desk.editor.edits) == 2


@pytest.mark.parametrize("manner", MANNERS)
async def test_typing_in_the_same_moment_as_the_edit_does_not_hide_it(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.afterwards.append(lambda: desk.editor.type(URI, TextChange(0, 0, "top\n")))
        assert await outcomes(desk, hunks) == ["present"]
        assert desk.editor.text(URI) == "top\n" + FIVE(LINES)
        assert len(desk.editor.edits) == 1


@pytest.mark.parametrize("manner", MANNERS)
async def test_other_hunks_stay_at_their_place_while_typing_and_an_edit_come_in_one(manner: Manner) -> None:
    async with opened(manner).running() as desk:
        five, eight = ids_of(await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(t))}))
        desk.editor.afterwards.append(lambda: desk.editor.type(URI, TextChange(0, 0, "top\n")))
        assert await outcomes(desk, [five]) == ["present"]
        desk.editor.type(URI, TextChange(0, 0, "higher\n"))
        desk.editor.flush(URI)
        assert await outcomes(desk, [eight]) == ["present"]
        assert desk.editor.text(URI) == "higher\ntop\n" + FIVE(LINES).replace("line 8\n", "8\n")


async def test_an_edit_that_was_overtaken_again_and_again_is_sent_in_a_pause_of_the_typing() -> None:
    async with opened(NEOVIM).running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))

        def type_on(left: int) -> None:
            desk.editor.type(URI, TextChange(0, 0, f"typed {left}\n"))
            desk.editor.flush(URI)
            if left:
                asyncio.get_running_loop().call_later(0.1, type_on, left - 1)

        def overtake() -> None:
            desk.editor.type(URI, TextChange(0, 0, "overtaken\n"))
            if len(desk.editor.edits) < 4:
                desk.editor.meanwhile.append(overtake)
            else:
                type_on(12)

        desk.editor.meanwhile.append(overtake)
        assert await outcomes(desk, hunks) == ["present"]
        assert len(desk.editor.edits) == 5
        assert desk.editor.text(URI) == "".join(f"typed {n}\n" for n in range(13)) + "overtaken\n" * 4 + FIVE(LINES)


async def test_an_editor_that_lies_is_found_out() -> None:
    async with opened(dataclasses.replace(VSCODE, answer="lies")).running() as desk:
        proposal = await desk.propose({"a.txt": FIVE})
        assert await outcomes(desk, ids_of(proposal)) == ["unverified"]
        assert (await desk.review.settle(proposal.id))[0].message
        assert desk.editor.text(URI) == LINES


async def test_a_refusal_is_told_in_the_editors_words_and_not_sent_again() -> None:
    async with opened(dataclasses.replace(VSCODE, answer="refuses")).running() as desk:
        answer = (await desk.accept(ids_of(await desk.propose({"a.txt": FIVE}))))[0]
        assert (answer.outcome, answer.message) == ("absent", "the editor refused the edit: the buffer is read-only")
        assert len(desk.editor.edits) == 1


async def test_an_editor_that_makes_the_edit_and_never_answers_is_believed_by_its_text() -> None:
    async with opened(dataclasses.replace(VSCODE, answer="says nothing")).running() as desk:
        assert await outcomes(desk, ids_of(await desk.propose({"a.txt": FIVE}))) == ["present"]


async def test_what_was_placed_stays_so_when_a_later_try_for_its_neighbour_fails() -> None:
    async with opened(NEOVIM).running() as desk:
        hunks = ids_of(
            await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(swap("line 2\n", "2\n")(t)))})
        )

        def undo_one_and_close_at_the_next_edit() -> None:
            desk.editor.type(URI, typed(desk.editor.text(URI), "\n8\n", "\nline 8\n"))
            desk.editor.meanwhile.append(lambda: _close(desk))

        desk.editor.afterwards.append(undo_one_and_close_at_the_next_edit)
        assert await outcomes(desk, hunks) == ["present", "present", "stale"]
        assert desk.state(hunks[2]).stale == "gone"


def _close(desk: Desk) -> None:
    desk.editor.close(URI)


# The log.


async def test_the_intent_is_in_the_log_before_the_editor_or_the_disk_sees_anything() -> None:
    desk, _ = on_disk()
    assert isinstance(desk.files, FakeFiles)
    desk.files.raw[ROOT / "b.txt"] = LINES.encode()
    desk.editor.open(uri_of("b.txt"), LINES)
    async with desk.running():
        proposal = await desk.propose({"a.txt": FIVE, "b.txt": FIVE})
        await desk.accept(ids_of(proposal))
        assert desk.trace == [
            "Proposed", "Decided", "Decided", "IntentMade", "edit", "Placed", "IntentMade", "disk a.txt", "Placed",
        ]  # fmt: skip
        intents = [event.intent for event in desk.journal.of(IntentMade) if isinstance(event, IntentMade)]
        assert [intent.via for intent in intents] == ["client", "disk"]
        assert {intent.before for intent in intents} == {sha(LINES)}
        assert {intent.expect for intent in intents} == {sha(FIVE(LINES))}
        assert desk.editor.text(uri_of("b.txt")) == desk.files.texts()["a.txt"] == FIVE(LINES)


async def test_what_a_rule_allows_is_applied_and_recorded_as_decided_by_it() -> None:
    async with opened().running() as desk:
        proposal = await desk.propose({"a.txt": lambda t: FIVE(swap("line 8\n", "8\n")(t))}, "allow")
        await desk.review.grant(proposal.id, "edit(*.txt)")
        assert [outcome.outcome for outcome in await desk.review.settle(proposal.id)] == ["present", "present"]
        decisions = [event.decision for event in desk.journal.of(Decided) if isinstance(event, Decided)]
        assert [(d.verdict, d.by.kind, d.by.name) for d in decisions] == [("accepted", "rule", "edit(*.txt)")] * 2
        assert desk.editor.text(URI) == FIVE(LINES).replace("line 8\n", "8\n")


async def test_a_proposal_that_could_not_be_recorded_leaves_no_trace() -> None:
    async with opened().running() as desk:
        desk.journal.full = True
        with pytest.raises(FileProblem):
            await desk.propose({"a.txt": FIVE})
        desk.journal.full = False
        assert desk.review.pending_text(URI, LINES) == LINES
        assert await outcomes(desk, ids_of(await desk.propose({"a.txt": FIVE}))) == ["present"]


async def test_a_full_disk_under_the_log_does_not_end_the_watching_of_documents() -> None:
    async with opened().running() as desk:
        hunks = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.journal.full = True
        desk.editor.type(URI, typed(LINES, "line 5", "line X5"))
        await anyio.wait_all_tasks_blocked()
        desk.journal.full = False
        desk.editor.type(URI, TextChange(0, 0, "top\n"))
        await anyio.wait_all_tasks_blocked()
        assert desk.state(hunks[0]).stale == "overlap"


async def test_typing_and_undoing_while_a_decision_is_recorded_never_marks_a_placed_hunk_stale() -> None:
    async with opened().running() as desk:
        proposal = await desk.propose({"a.txt": FIVE})
        desk.editor.type(URI, typed(LINES, "line 5", "line X5"))
        desk.editor.undo(URI)
        assert await outcomes(desk, ids_of(proposal)) == ["present"]
        await anyio.wait_all_tasks_blocked()
        kinds = [type(record.event).__name__ for record in desk.journal.records]
        assert kinds.index("Decided") > max((n for n, kind in enumerate(kinds) if kind.startswith("Hunk")), default=0)
        assert desk.state(ids_of(proposal)[0]).stale is None
