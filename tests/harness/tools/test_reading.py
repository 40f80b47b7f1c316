"""read_file and list_dir: what a model sees, and what it is told when it can't."""

import os
from pathlib import Path

import pytest

from bridge.harness.errors import BridgeError, FileProblem, ToolInputError
from bridge.harness.tools.builtin.read_file import MAX_LINE, MAX_LINES
from tests.harness.tools.desk import Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_lines_are_numbered_from_1(desk: Desk) -> None:
    desk.write("a.py", "one\ntwo\n")
    assert await desk.run("read_file", path="a.py") == "1\tone\n2\ttwo\n"


async def test_offset_and_limit_choose_lines_and_say_how_to_go_on(desk: Desk) -> None:
    desk.write("a.py", "".join(f"line {n}\n" for n in range(1, 11)))
    said = await desk.run("read_file", path="a.py", offset=4, limit=2)
    assert said == "4\tline 4\n5\tline 5\n[lines 4 to 5 of 10; read on with offset 6]\n"
    assert (await desk.run("read_file", path="a.py", offset=10)) == "10\tline 10\n"


async def test_an_offset_past_the_end_is_told_with_the_number_of_lines(desk: Desk) -> None:
    desk.write("a.py", "one\ntwo\n")
    with pytest.raises(ToolInputError, match=r"a\.py has 2 lines; line 3 is past its end"):
        await desk.run("read_file", path="a.py", offset=3)


async def test_a_long_file_and_a_long_line_are_cut_with_a_mark(desk: Desk) -> None:
    desk.write("a.py", "x\n" * (MAX_LINES + 5) + "y" * (MAX_LINE + 7))
    said = await desk.run("read_file", path="a.py")
    assert said.count("\n") == MAX_LINES + 1
    assert f"read on with offset {MAX_LINES + 1}" in said
    last = await desk.run("read_file", path="a.py", offset=MAX_LINES + 6)
    assert last == f"{MAX_LINES + 6}\t{'y' * MAX_LINE} [… 7 characters more]\n[no newline at the end]\n"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "[the file is empty]\n"),
        (b"\xef\xbb\xbf", "[the file is empty]\n"),
        (b"a\r\nb\r\n", "1\ta\n2\tb\n[line endings: crlf]\n"),
        (b"a\r\nb\n", "1\ta\n2\tb\n[line endings: mixed]\n"),
        (b"a", "1\ta\n[no newline at the end]\n"),
        ("a\u2028b\x0bc\x85d\n".encode(), "1\ta\u2028b\x0bc\x85d\n"),
        (b"caf\xe9\n", "1\tcafé\n"),
        ("é\n".encode("utf-16"), "1\té\n"),
    ],
)
async def test_every_form_of_text_is_read(desk: Desk, raw: bytes, said: str) -> None:
    desk.write("a.txt", raw)
    assert await desk.run("read_file", path="a.txt") == said


async def test_an_open_buffer_comes_before_the_disk(desk: Desk) -> None:
    desk.write("a.py", "old\n")
    desk.open("a.py", "typed\n")
    desk.open("new.py", "never saved\n")
    assert await desk.run("read_file", path="a.py") == "1\ttyped\n"
    assert await desk.run("read_file", path="./src/../a.py") == "1\ttyped\n"
    assert await desk.run("read_file", path="new.py") == "1\tnever saved\n"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("none.py", "file_missing", "there is no such file"),
        ("a.py/x", "file_missing", "Check the path"),
        ("folder", "file_unreadable", "folder"),
        ("binary", "file_binary", "not a text file"),
        ("huge", "file_too_large", "grep"),
        ("pipe", "file_unreadable", ""),
        ("out", "outside_workspace", "outside the workspace"),
        ("a\0b", "file_missing", "not a path"),
        ("", "file_missing", "not a path"),
    ],
)
async def test_what_can_not_be_read_is_told_in_words_to_act_on(desk: Desk, name: str, kind: str, words: str) -> None:
    desk.write("a.py", "x\n")
    desk.write("folder/x", "x\n")
    desk.write("binary", b"\0\1\2\0")
    os.truncate(desk.write("huge", ""), 200 << 20)
    os.mkfifo(desk.root / "pipe")
    (desk.root / "out").symlink_to("/etc/passwd")
    with pytest.raises(BridgeError) as refused:
        await desk.run("read_file", path=name)
    assert (refused.value.kind, words in f"{refused.value.message} {refused.value.hint}") == (kind, True)


async def test_a_folder_is_listed_with_buffers_that_were_never_saved(desk: Desk) -> None:
    desk.write("b.py", "")
    desk.write("src/a.py", "")
    desk.write("-rf", "")
    (desk.root / "link").symlink_to("src")
    desk.open("new.py", "x")
    desk.open("b.py", "x")
    desk.open("src/new.py", "x")
    assert (await desk.run("list_dir")).split("\n") == ["-rf", "b.py", "link", "new.py", "src/"]
    assert (await desk.run("list_dir", path="src")).split("\n") == ["a.py", "new.py"]


async def test_an_empty_a_huge_and_a_missing_folder_are_said(desk: Desk) -> None:
    (desk.root / "empty").mkdir()
    assert await desk.run("list_dir", path="empty") == "[the folder is empty]"
    for number in range(1005):
        desk.write(f"many/{number:04}", "")
    listed = await desk.run("list_dir", path="many")
    assert listed.endswith("0999\n[5 more]")
    for name, kind in (("none", "file_missing"), ("many/0001", "file_unreadable")):
        with pytest.raises(FileProblem) as refused:
            await desk.run("list_dir", path=name)
        assert refused.value.kind == kind
