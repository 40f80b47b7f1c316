"""A file that goes elsewhere is deleted where it was and created where it will be: both, or neither."""

from dataclasses import replace

import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.ids import HunkId
from bridge.harness.values.documents import Source
from bridge.harness.values.proposals import Draft, FileDraft, Part, Proposal
from bridge.harness.values.text import Sha
from bridge.harness.workspace.text import form_of, sha
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import PERSON, ROOT, Desk, ids_of, origin, uri_of
from tests.support.skipping_loop import SkippingLoop

pytestmark = pytest.mark.anyio

OLD, NEW, USER = ROOT / "fees.py", ROOT / "prices.py", ROOT / "app.py"
TEXT, USES = "fee = 1\n", "import fees\n"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def files_of(desk: Desk) -> FakeFiles:
    assert isinstance(desk.files, FakeFiles)
    return desk.files


def desk_with_files() -> Desk:
    desk = Desk()
    files_of(desk).raw.update({OLD: TEXT.encode(), USER: USES.encode()})
    return desk


def draft() -> Draft:
    form = form_of(TEXT)
    source = Source("disk", sha(TEXT))
    uses = Source("disk", sha(USES))
    edit = FileDraft("edit", uri_of("app.py"), uses, form, USES, USES, "import prices\n")
    made = FileDraft("create", uri_of("prices.py"), Source("absent", Sha("")), form, "", "", TEXT)
    gone = FileDraft("delete", uri_of("fees.py"), source, form, TEXT, TEXT, "", to_uri=uri_of("prices.py"))
    return Draft("Rename fees", (edit, made, gone), atomic=True)


async def propose(desk: Desk) -> tuple[Proposal, HunkId, HunkId, HunkId]:
    proposal = await desk.review.propose(draft(), origin("ask"))
    edit, made, gone = ids_of(proposal)
    return proposal, edit, made, gone


@pytest.mark.parametrize("which", [1, 2])
async def test_to_accept_one_half_accepts_the_other_and_to_undo_one_undoes_the_other(which: int) -> None:
    async with desk_with_files().running() as desk:
        proposal, *_ = await propose(desk)
        (outcome,) = await desk.decide([ids_of(proposal)[which]], "accepted")
        assert (outcome.hunk, outcome.outcome) == (ids_of(proposal)[which], "present")
        assert (OLD in files_of(desk).raw, files_of(desk).raw[NEW]) == (False, TEXT.encode())
        await desk.review.undo([ids_of(proposal)[which]], PERSON)
        assert (files_of(desk).raw[OLD], NEW in files_of(desk).raw) == (TEXT.encode(), False)


@pytest.mark.parametrize("which", [1, 2])
async def test_to_reject_one_half_rejects_the_other(which: int) -> None:
    async with desk_with_files().running() as desk:
        proposal, edit, made, gone = await propose(desk)
        await desk.decide([ids_of(proposal)[which]], "rejected")
        assert [view.hunk.id for view in desk.review.views() if view.state.open] == [edit]
        await desk.decide([made, gone], "accepted")
        assert (files_of(desk).raw[OLD], NEW in files_of(desk).raw) == (TEXT.encode(), False)


async def test_the_new_file_with_a_text_of_the_persons_still_takes_the_place_of_the_old_one() -> None:
    async with desk_with_files().running() as desk:
        _, _, made, _ = await propose(desk)
        await desk.decide([await desk.review.carve(made, Part(text="fee = 2\n"))], "accepted")
        assert (OLD in files_of(desk).raw, files_of(desk).raw[NEW]) == (False, b"fee = 2\n")


async def test_the_new_file_has_the_form_of_the_old_one() -> None:
    async with desk_with_files().running() as desk:
        files_of(desk).raw[OLD] = b"\xef\xbb\xbf" + TEXT.encode()
        edit, made, gone = draft().files
        form = replace(form_of(TEXT), bom=True)
        source = Source("disk", sha(TEXT))
        moved = (edit, replace(made, form=form), replace(gone, form=form, source=source))
        proposal = await desk.review.propose(Draft("Rename fees", moved, atomic=True), origin("ask"))
        await desk.decide(ids_of(proposal), "accepted")
        assert files_of(desk).raw[NEW] == b"\xef\xbb\xbf" + TEXT.encode()


async def test_where_the_new_place_is_taken_meanwhile_the_old_file_stays() -> None:
    async with desk_with_files().running() as desk:
        _, _, made, gone = await propose(desk)
        files_of(desk).raw[NEW] = b"somebody else's\n"
        await desk.decide([made, gone], "accepted")
        assert (files_of(desk).raw[OLD], files_of(desk).raw[NEW]) == (TEXT.encode(), b"somebody else's\n")


async def test_the_views_tell_where_the_file_goes() -> None:
    async with desk_with_files().running() as desk:
        _, _, _, gone = await propose(desk)
        view = desk.review.find(gone)
        assert view is not None
        assert view.to_uri == uri_of("prices.py")


async def test_a_change_meant_as_a_whole_is_not_proposed_where_a_file_can_not_be_written() -> None:
    desk = desk_with_files()
    files_of(desk).problems[USER] = FileProblem("read_only", USER)
    async with desk.running():
        with pytest.raises(FileProblem, match=r"app\.py"):
            await desk.review.propose(draft(), origin("ask"))
        await desk.review.propose(replace(draft(), atomic=False), origin("ask"))


async def test_what_a_rule_accepts_and_can_not_be_written_is_withdrawn_with_the_reason() -> None:
    """Nobody else will decide: the call has to end."""
    async with desk_with_files().running() as desk:
        proposal = await desk.review.propose(draft(), origin("allow"))
        files_of(desk).problems[USER] = FileProblem("read_only", USER)
        await desk.review.grant(proposal.id, "mode accept_edits")
        outcomes = await desk.review.settle(proposal.id)
        assert {one.outcome for one in outcomes} == {"withdrawn"}
        assert any("app.py" in one.message for one in outcomes)
        assert files_of(desk).raw == {OLD: TEXT.encode(), USER: USES.encode()}


@pytest.mark.parametrize("saved", [False, True])
async def test_undoing_brings_a_file_back_to_the_disk_though_an_editor_still_shows_it(saved: bool) -> None:
    async with desk_with_files().running() as desk:
        desk.editor.open(uri_of("fees.py"), TEXT)
        proposal, *_ = await propose(desk)
        assert {one.outcome for one in await desk.accept(ids_of(proposal))} == {"present"}
        assert OLD not in files_of(desk).raw
        if saved:  # by the person, meanwhile
            files_of(desk).raw[OLD] = TEXT.encode()
        assert {one.outcome for one in await desk.review.undo(ids_of(proposal), PERSON)} == {"removed"}
        assert files_of(desk).raw == {OLD: TEXT.encode(), USER: USES.encode()}
        assert desk.editor.text(uri_of("fees.py")) == TEXT
