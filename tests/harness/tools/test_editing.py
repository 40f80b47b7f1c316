"""edit_file and write_file: what is proposed, in the form that the file has."""

from pathlib import Path
from typing import Any

import pytest

from bridge.harness.errors import BridgeError, EditMismatch, ToolInputError
from bridge.harness.values.proposals import FileDraft
from tests.harness.tools.desk import Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def draft(desk: Desk, tool: str, **args: Any) -> FileDraft:
    prepared = await desk.prepare(tool, **args)
    assert prepared.draft is not None
    (file,) = prepared.draft.files
    return file


async def edit(desk: Desk, path: str, *pairs: tuple[str, str]) -> FileDraft:
    return await draft(desk, "edit_file", path=path, edits=[{"old_text": a, "new_text": b} for a, b in pairs])


async def test_an_edit_is_prepared_on_the_live_buffer_and_changes_nothing(desk: Desk) -> None:
    path = desk.write("a.py", "disk\n")
    desk.open("a.py", "one\ntwo\n")
    file = await edit(desk, "a.py", ("two", "2"), ("one\n2", "1\n2"))
    assert (file.op, file.base, file.new) == ("edit", "one\ntwo\n", "1\n2\n")
    assert (file.source.kind, file.source.version) == ("buffer", 1)
    assert path.read_text() == "disk\n"


async def test_edits_keep_the_line_ends_of_the_file(desk: Desk) -> None:
    desk.write("crlf.txt", "one\r\ntwo\r\n")
    assert (await edit(desk, "crlf.txt", ("one\ntwo", "1\n1.5\n2"))).new == "1\r\n1.5\r\n2\r\n"
    desk.write("mixed.txt", "one\r\ntwo\nthree\r\n")
    assert (await edit(desk, "mixed.txt", ("two", "2"))).new == "one\r\n2\nthree\r\n"


async def test_an_edit_that_names_no_place_or_several_is_refused_as_a_whole(desk: Desk) -> None:
    desk.write("a.py", "x = 1\nx = 1\ny = 2\n")
    with pytest.raises(EditMismatch, match="2 places, at lines 1, 2"):
        await edit(desk, "a.py", ("y = 2", "y = 3"), ("x = 1", "x = 2"))
    with pytest.raises(EditMismatch, match="not in the file"):
        await edit(desk, "a.py", ("y = 22", ""))


@pytest.mark.parametrize(
    ("path", "kind"), [("none.py", "file_missing"), (".", "file_unreadable"), ("bin", "file_binary")]
)
async def test_what_can_not_be_edited_is_said(desk: Desk, path: str, kind: str) -> None:
    desk.write("bin", b"\0\0")
    with pytest.raises(BridgeError) as refused:
        await edit(desk, path, ("a", "b"))
    assert refused.value.kind == kind


async def test_a_new_file_is_a_creation_and_an_existing_one_a_change(desk: Desk) -> None:
    file = await draft(desk, "write_file", path="src/new.py", content="x\n")
    assert (file.op, file.base, file.new, file.source.kind) == ("create", "", "x\n", "absent")
    desk.write("old.py", "one\ntwo\n")
    file = await draft(desk, "write_file", path="old.py", content="one\n2\n")
    assert (file.op, file.base, file.new) == ("edit", "one\ntwo\n", "one\n2\n")
    desk.open("typed.py", "typed\n")
    file = await draft(desk, "write_file", path="typed.py", content="more\n")
    assert (file.op, file.base) == ("edit", "typed\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one\r\ntwo\r\n", "one\r\n2\r\nthree\r\n"),
        ("one\r\ntwo\nend\n", "one\r\n2\nthree\n"),
        ("one\ntwo\n", "one\n2\nthree\n"),
    ],
)
async def test_a_rewritten_file_keeps_its_line_ends(desk: Desk, before: str, after: str) -> None:
    desk.write("a.txt", before)
    assert (await draft(desk, "write_file", path="a.txt", content="one\n2\nthree\n")).new == after


async def test_writing_what_stands_already_is_said(desk: Desk) -> None:
    desk.write("a.txt", "one\r\n")
    with pytest.raises(ToolInputError, match="already reads exactly so"):
        await draft(desk, "write_file", path="a.txt", content="one\n")


async def test_a_binary_file_is_not_overwritten_with_text(desk: Desk) -> None:
    desk.write("bin", b"\0\0")
    with pytest.raises(BridgeError) as refused:
        await draft(desk, "write_file", path="bin", content="x")
    assert refused.value.kind == "file_binary"


async def test_what_an_edit_touches_is_judged_where_it_leads(desk: Desk) -> None:
    (desk.root / "link").symlink_to("/etc/passwd")
    prepared = await desk.prepare("write_file", path="/etc/x", content="x")
    assert [(subject.kind, subject.inside) for subject in prepared.subjects] == [("create", False)]
    desk.write("real.txt", "x\n")
    (desk.root / "alias").symlink_to("real.txt")
    prepared = await desk.prepare("write_file", path="alias", content="y\n")
    (subject,) = prepared.subjects
    assert (Path(subject.value).name, Path(subject.resolved).name, subject.inside) == ("alias", "real.txt", True)
