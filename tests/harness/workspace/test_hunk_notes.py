"""What a tool says of lines: such lines are hunks of their own, and the note goes where the hunk goes."""

from dataclasses import replace

import pytest

from bridge.harness.ids import FileId, ProposalId, Uri
from bridge.harness.values.documents import Source
from bridge.harness.values.proposals import Draft, FileDraft, LineNote, Part
from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.hunks import find_hunks
from bridge.harness.workspace.text import form_of, sha
from tests.support.fake_editor import Manner
from tests.support.review_desk import MANNERS, Desk, ids_of, origin, uri_of
from tests.support.skipping_loop import SkippingLoop

TEXT = 'def total():\n    """The total."""\n    return total\n\nbox.total()\n'
NEW = TEXT.replace("total", "sum_up")
NOTES = (LineNote(2, "in a docstring"), LineNote(5, "the type of `box` is not known"))


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def drafted(old: str, new: str, notes: tuple[LineNote, ...]) -> FileDraft:
    return FileDraft("edit", Uri("file:///w/a.py"), Source("disk", sha(old)), form_of(old), old, old, new, notes)


def rows(draft: FileDraft, pending: tuple[TextChange, ...] = ()) -> list[tuple[str, str, str, int, int]]:
    found = find_hunks(draft, pending, FileId("f"), ProposalId("p"))
    return [(one.hunk.old, one.hunk.new, one.hunk.note, one.start, one.end) for one in found]


def test_a_noted_line_is_a_hunk_of_its_own() -> None:
    found = rows(drafted(TEXT, NEW, NOTES))
    assert [(old, note) for old, _, note, _, _ in found] == [
        ("def total():\n", ""),
        ('    """The total."""\n', "in a docstring"),
        ("    return total\n", ""),
        ("box.total()\n", "the type of `box` is not known"),
    ]
    assert all(TEXT[start:end] == old for old, _, _, start, end in found)
    assert "".join(new for _, new, _, _, _ in found) == NEW.replace("\n\n", "\n")


def test_without_notes_a_run_of_lines_is_one_hunk() -> None:
    assert [old.count("\n") for old, *_ in rows(drafted(TEXT, NEW, ()))] == [3, 1]


def test_lines_beside_each_other_with_one_note_stay_together() -> None:
    notes = (LineNote(1, "look"), LineNote(2, "look"))
    assert [(old.count("\n"), note) for old, _, note, *_ in rows(drafted(TEXT, NEW, notes))] == [
        (2, "look"),
        (1, ""),
        (1, ""),
    ]


def test_where_other_lines_come_than_go_the_run_is_not_cut_and_has_all_notes() -> None:
    old, new = "a\nb\nc\n", "x\ny\n"
    found = rows(drafted(old, new, (LineNote(1, "one"), LineNote(3, "two"), LineNote(2, "one"))))
    assert [note for _, _, note, *_ in found] == ["one; two"]


def test_two_notes_on_one_line_are_both_told() -> None:
    assert rows(drafted("a\n", "b\n", (LineNote(1, "one"), LineNote(1, "two"))))[0][2] == "one; two"


async def proposed(desk: Desk) -> Draft:
    desk.editor.open(uri_of("a.py"), TEXT)
    made = await desk.draft({"a.py": lambda _: NEW})
    file = replace(made.files[0], notes=NOTES)
    return Draft("Rename total", (file,), remarks=("left as it is: README.md:3",))


@pytest.mark.anyio
@pytest.mark.parametrize("manner", MANNERS)
async def test_each_is_decided_for_itself_though_they_touch(manner: Manner) -> None:
    async with Desk(manner).running() as desk:
        draft = await proposed(desk)
        first, docstring, third, unsure = ids_of(await desk.review.propose(draft, origin("ask")))
        assert [view.hunk.note for view in desk.review.views()] == ["", "in a docstring", "", NOTES[1].text]
        await desk.decide([docstring], "rejected")
        await desk.decide([third, first, unsure], "accepted")
        assert desk.editor.text(uri_of("a.py")) == NEW.replace("The sum_up", "The total")


@pytest.mark.anyio
async def test_a_part_of_a_noted_hunk_keeps_the_note_and_remarks_are_kept_with_the_proposal() -> None:
    async with Desk().running() as desk:
        proposal = await desk.review.propose(await proposed(desk), origin("ask"))
        assert proposal.remarks == ("left as it is: README.md:3",)
        docstring = ids_of(proposal)[1]
        chosen = await desk.review.carve(docstring, Part(text='    """The sum."""\n'))
        view = desk.review.find(chosen)
        assert view is not None
        assert (chosen != docstring, view.hunk.note, view.span) == (True, "in a docstring", Span(1, 2))


# Changes that the tool knows better than a diff does.

BODY = "def fee(days):\n    a = days\n    return a\n"
MOVED = "def part(days):\n    a = days\n    return a\n\n\ndef fee(days):\n    return part(days)\n"
OWN = (
    TextChange(0, 0, "def part(days):\n    a = days\n    return a\n\n\n"),
    TextChange(15, 41, "    return part(days)\n"),
)


def test_the_tools_own_changes_are_the_hunks() -> None:
    found = rows(replace(drafted(BODY, MOVED, ()), changes=OWN))
    assert [(old, new) for old, new, *_ in found] == [("", OWN[0].text), (BODY[15:], OWN[1].text)]
    assert found != rows(drafted(BODY, MOVED, ()))


@pytest.mark.parametrize("changes", [(OWN[0],), (TextChange(3, 4, "x"),), (TextChange(0, len(BODY), "other\n"),)])
def test_changes_that_do_not_make_the_new_text_of_whole_lines_are_not_believed(changes: tuple[TextChange, ...]) -> None:
    draft = drafted(BODY, MOVED, ())
    assert rows(replace(draft, changes=changes)) == rows(draft)
