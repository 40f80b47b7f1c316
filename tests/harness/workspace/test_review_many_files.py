"""Changes of several files: looked at first, all or none where they are meant as a whole; files that are moved."""

import anyio
import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.events import Decided, FileFollowed, IntentMade, Placed
from bridge.harness.values.proposals import Proposal
from bridge.harness.workspace.applying import ROLLED_BACK
from tests.support.fake_editor import NEOVIM, VSCODE, Manner
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import PERSON, ROOT, Desk, ids_of, swap, typed, uri_of
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

LINES = "".join(f"line {n}\n" for n in range(10))
FIVE = swap("line 5\n", "FIVE\n")
NAMES = ("a.txt", "b.txt", "c.txt", "d.txt")
OPEN = ("b.txt", "d.txt")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def desk_with_four(manner: Manner = VSCODE) -> tuple[Desk, FakeFiles]:
    """Two files are open, two are not."""
    files = FakeFiles(raw={ROOT / name: LINES.encode() for name in NAMES})
    desk = Desk(manner, files)
    for name in OPEN:
        desk.editor.open(uri_of(name), LINES)
    return desk, files


async def proposed(desk: Desk, *, atomic: bool = True) -> tuple[Proposal, list[HunkId]]:
    proposal = await desk.propose_draft(await desk.draft(dict.fromkeys(NAMES, FIVE), atomic=atomic))
    return proposal, ids_of(proposal)


def texts(desk: Desk, files: FakeFiles) -> dict[str, str]:
    return {**files.texts(), **{name: desk.editor.text(uri_of(name)) for name in OPEN}}


@pytest.mark.parametrize("manner", [VSCODE, NEOVIM])
async def test_open_documents_are_written_before_closed_files(manner: Manner) -> None:
    desk, files = desk_with_four(manner)
    async with desk.running():
        _, ids = await proposed(desk)
        assert [one.outcome for one in await desk.accept(ids)] == ["present"] * 4
        assert texts(desk, files) == dict.fromkeys(NAMES, FIVE(LINES))
        order = [row for row in desk.trace if row == "edit" or row.startswith("disk")]
        assert order == ["edit", "edit", "disk a.txt", "disk c.txt"]
        assert len(desk.journal.of(IntentMade)) == 4


async def test_of_a_whole_nothing_is_written_while_a_part_does_not_fit() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        _, ids = await proposed(desk)
        files.raw[ROOT / "c.txt"] = LINES.replace("line 5", "line five").encode()
        outcomes = await desk.accept(ids)
        assert [one.outcome for one in outcomes] == ["refused", "refused", "stale", "refused"]
        assert "nothing was written" in outcomes[0].message
        assert texts(desk, files) == {**dict.fromkeys(NAMES, LINES), "c.txt": LINES.replace("line 5", "line five")}
        assert desk.journal.of(Decided, IntentMade) == []
        assert [one.outcome for one in await desk.accept([ids[0], ids[1], ids[3]])] == ["present"] * 3


async def test_of_a_whole_nothing_is_written_while_a_file_can_not_be() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        _, ids = await proposed(desk)
        files.problems[ROOT / "a.txt"] = FileProblem("read_only", "a.txt")
        outcomes = await desk.accept(ids)
        assert [one.outcome for one in outcomes] == ["refused"] * 4
        assert "a.txt" in outcomes[2].message
        assert texts(desk, files) == dict.fromkeys(NAMES, LINES)


async def test_a_whole_that_breaks_on_the_way_is_rolled_back_but_for_what_changed_since() -> None:
    desk, files = desk_with_four()

    def full() -> None:
        files.problems[ROOT / "c.txt"] = FileProblem("disk_full", "c.txt")
        desk.editor.type(uri_of("d.txt"), typed(desk.editor.text(uri_of("d.txt")), "FIVE", "FIVE!"))

    async with desk.running():
        proposal, ids = await proposed(desk)
        files.meanwhile.append(full)
        outcomes = dict(zip(NAMES, await desk.accept(ids), strict=True))
        assert {name: one.outcome for name, one in outcomes.items()} == {
            "a.txt": "removed",
            "b.txt": "removed",
            "c.txt": "absent",
            "d.txt": "present",
        }
        assert outcomes["a.txt"].message.startswith(ROLLED_BACK)
        assert texts(desk, files) == {**dict.fromkeys(NAMES, LINES), "d.txt": LINES.replace("line 5", "FIVE!")}
        assert desk.review.news() == ""
        assert [one.outcome for one in await desk.review.settle(proposal.id)] == [
            "removed",
            "removed",
            "absent",
            "present",
        ]


async def test_other_changes_keep_what_landed_and_report_each_file() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        _, ids = await proposed(desk, atomic=False)
        files.problems[ROOT / "a.txt"] = FileProblem("disk_full", "a.txt")
        outcomes = await desk.accept(ids)
        assert [one.outcome for one in outcomes] == ["absent", "present", "present", "present"]
        assert "a.txt" in outcomes[0].message
        assert texts(desk, files) == {**dict.fromkeys(NAMES, FIVE(LINES)), "a.txt": LINES}


async def test_a_crash_in_the_middle_of_a_whole_is_completed_after_the_restart() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        _, ids = await proposed(desk)
        desk.journal.crash_before = "Placed"
        with pytest.raises(BaseException, match="Placed"):
            await desk.accept(ids)
    async with desk.restarted().running() as again:
        await again.review.recover()
        assert {**files.texts(), **{name: again.editor.text(uri_of(name)) for name in OPEN}} == dict.fromkeys(
            NAMES, FIVE(LINES)
        )
        assert {event.placement for event in again.journal.of(Placed)} == {"present"}  # type: ignore[attr-defined]


# Files that the person moves or deletes.


async def until(desk: Desk, kind: type, count: int = 1) -> None:
    with anyio.fail_after(5):
        while len(desk.journal.of(kind)) < count:
            await anyio.lowlevel.checkpoint()


async def test_hunks_follow_a_file_that_the_editor_renames() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        ids = ids_of(await desk.propose({"a.txt": FIVE, "b.txt": FIVE}))
        text = desk.editor.close(uri_of("b.txt"))
        files.raw[ROOT / "new" / "b.txt"] = files.raw.pop(ROOT / "b.txt")
        desk.editor.open(uri_of("new/b.txt"), text)
        desk.review.renamed(uri_of("b.txt"), uri_of("new/b.txt"))
        files.raw[ROOT / "z.txt"] = files.raw.pop(ROOT / "a.txt")
        desk.review.renamed(uri_of("a.txt"), uri_of("z.txt"))
        await until(desk, FileFollowed, 2)
        assert sorted(view.hunk.uri for view in desk.review.views()) == [uri_of("new/b.txt"), uri_of("z.txt")]
        assert [one.outcome for one in await desk.accept(ids)] == ["present", "present"]
        assert desk.editor.text(uri_of("new/b.txt")) == FIVE(LINES)
        assert files.texts()["z.txt"] == FIVE(LINES)


async def test_hunks_follow_the_files_of_a_renamed_folder_and_survive_a_restart() -> None:
    files = FakeFiles(raw={ROOT / "old" / "a.txt": LINES.encode()})
    desk = Desk(files=files)
    async with desk.running():
        ids = ids_of(await desk.propose({"old/a.txt": FIVE}))
        files.raw[ROOT / "older" / "a.txt"] = files.raw.pop(ROOT / "old" / "a.txt")
        desk.review.renamed(uri_of("old"), uri_of("older"))
        await until(desk, FileFollowed)
    async with desk.restarted().running() as again:
        await again.review.recover()
        assert [one.outcome for one in await again.accept(ids)] == ["present"]
        assert files.texts() == {"a.txt": FIVE(LINES)}


async def test_a_file_that_is_opened_under_another_name_is_found_by_its_text() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        ids = ids_of(await desk.propose({"a.txt": FIVE}))
        files.raw[ROOT / "moved.txt"] = files.raw.pop(ROOT / "a.txt")
        desk.editor.open(uri_of("moved.txt"), LINES)
        await until(desk, FileFollowed)
        assert [one.outcome for one in await desk.accept(ids)] == ["present"]
        assert desk.editor.text(uri_of("moved.txt")) == FIVE(LINES)


async def test_a_copy_of_a_file_is_not_taken_for_it() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        ids = ids_of(await desk.propose({"a.txt": FIVE}))
        desk.editor.open(uri_of("copy.txt"), LINES)
        await anyio.wait_all_tasks_blocked()
        assert [one.outcome for one in await desk.accept(ids)] == ["present"]
        assert (files.texts()["a.txt"], desk.editor.text(uri_of("copy.txt"))) == (FIVE(LINES), LINES)


@pytest.mark.parametrize("which", ["a.txt", "folder"])
async def test_hunks_of_a_deleted_file_are_stale_until_it_is_back(which: str) -> None:
    name = "a.txt" if which == "a.txt" else "folder/a.txt"
    files = FakeFiles(raw={ROOT / name: LINES.encode()})
    async with Desk(files=files).running() as desk:
        ids = ids_of(await desk.propose({name: FIVE}))
        raw = files.raw.pop(ROOT / name)
        desk.review.deleted(Uri(uri_of(which)))
        with anyio.fail_after(5):
            while desk.state(ids[0]).stale != "gone":
                await anyio.lowlevel.checkpoint()
        assert [one.outcome for one in await desk.accept(ids)] == ["stale"]
        files.raw[ROOT / name] = raw
        desk.editor.open(uri_of(name), LINES)
        with anyio.fail_after(5):
            while desk.state(ids[0]).stale is not None:
                await anyio.lowlevel.checkpoint()
        assert [one.outcome for one in await desk.accept(ids)] == ["present"]


async def test_undo_of_a_whole_takes_every_file_back() -> None:
    desk, files = desk_with_four()
    async with desk.running():
        _, ids = await proposed(desk)
        await desk.accept(ids)
        assert [one.outcome for one in await desk.review.undo(ids, PERSON)] == ["removed"] * 4
        assert texts(desk, files) == dict.fromkeys(NAMES, LINES)
