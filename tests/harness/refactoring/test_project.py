"""The worker's view of the files: buffers over disk, each read once, and every place in characters."""

import os
from pathlib import Path

import pytest

from bridge.harness.refactoring.project import SIZE_LIMIT, Project, SourceFile, with_ends_of
from bridge.harness.refactoring.values import FindSymbol, Point, Refusal, Request, Skipped, Symbol
from bridge.harness.workspace.text import sha
from tests.harness.refactoring.asking import project_of


def file_of(text: str) -> SourceFile:
    return SourceFile("a.py", text, sha(text))


def take(project: Project, files: tuple[str, ...], buffers: dict[str, str] | None = None) -> None:
    project.take(Request(1, str(project.root), files, buffers or {}, FindSymbol(Symbol(name="x"))))


def test_a_buffer_stands_before_the_disk_as_long_as_it_is_there(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"a.py": "disk\r\n"}, {"a.py": "buffer", "new.py": "n"})
    assert project.files == ("a.py", "new.py")
    assert (project.read("a.py").text, project.read("new.py").text) == ("buffer", "n")
    take(project, ("a.py",))
    assert project.read("a.py").text == "disk\r\n"
    with pytest.raises(Refusal, match=r"new.py is not among the files"):
        project.read("new.py")


def test_a_file_is_read_again_only_when_it_is_another_one(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"a.py": "one"})
    first = project.read("a.py")
    assert project.read("a.py") is first
    stamp = (tmp_path / "a.py").stat().st_mtime_ns
    (tmp_path / "b").write_text("two")
    (tmp_path / "b").replace(tmp_path / "a.py")
    os.utime(tmp_path / "a.py", ns=(stamp, stamp))
    assert project.read("a.py").text == "two"


def test_an_unchanged_buffer_stays_the_same_value(tmp_path: Path) -> None:
    project = project_of(tmp_path, {}, {"a.py": "x"})
    first = project.read("a.py")
    take(project, (), {"a.py": "x"})
    assert project.read("a.py") is first


def test_what_can_not_be_read_is_kept_with_its_reason(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"bin.py": "a\0b", "ok.py": ""})
    (tmp_path / "huge.py").touch()
    os.truncate(tmp_path / "huge.py", SIZE_LIMIT + 1)
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    names = ("bin.py", "ok.py", "huge.py", "folder.py", "pipe.py", "gone.py")
    take(project, names)
    assert [name for name in names if project.try_read(name)] == ["ok.py"]
    assert project.skipped_files() == (
        Skipped("bin.py", "this is not a text file."),
        Skipped("folder.py", "it is not a file."),
        Skipped("gone.py", "can't be read: No such file or directory."),
        Skipped("huge.py", "the file is too large."),
        Skipped("pipe.py", "it is not a file."),
    )
    take(project, names)
    assert project.skipped_files() == ()


@pytest.mark.parametrize("name", ["../a.py", "sub/../b.py", "b.py"])
def test_of_the_workspace_only_listed_files_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.py").write_text("secret")
    project = project_of(tmp_path / "ws", {"a.py": ""})
    (tmp_path / "ws/b.py").write_text("hidden")
    with pytest.raises(Refusal, match="not among the files"):
        project.read(name)


def test_points_count_characters_and_lines_end_in_lf_alone() -> None:
    file = file_of("é = '𐐀'\r\na\rb = 1\n\nlast")
    for offset in range(len(file.text)):
        if file.text[offset] not in "\r\n":
            assert file.offset(file.point(offset)) == offset
    assert file.point(file.text.index("b")) == Point(2, 3)
    assert file.offset(Point(1, 99)) == file.text.index("\r\n")
    assert file.offset(Point(4, 99)) == len(file.text)
    assert (file.line(1), file.line(3), file.line(4)) == ("é = '𐐀'", "", "last")


@pytest.mark.parametrize("line", [0, 5])
def test_a_line_that_is_not_there_is_refused(line: int) -> None:
    with pytest.raises(Refusal, match=f"a.py has 4 lines; there is no line {line}"):
        file_of("a\nb\nc\n").offset(Point(line, 1))


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("a\nb\n", "a\nc\n", "a\nc\n"),
        ("a\r\nb\r\n", "a\nc\nd", "a\r\nc\r\nd"),
        ("a\r\nb\nc\r\n", "a\nb\nnew\nc\n", "a\r\nb\nnew\r\nc\r\n"),
        ("a\nb\r\nc\n", "new\na\nb\nc\n", "new\na\nb\r\nc\n"),
        ("a\r\nb\nc\n", "a\nb\nc", "a\r\nb\nc"),
    ],
)
def test_line_endings_are_those_of_the_file(old: str, new: str, written: str) -> None:
    assert with_ends_of(file_of(old), new) == written
