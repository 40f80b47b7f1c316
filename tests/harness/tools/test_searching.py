"""glob and grep: the disk, the buffers over it, and nothing that a pattern or a path could smuggle in."""

import os
import shutil
from pathlib import Path

import anyio
import pytest

from bridge.harness.errors import BridgeError, FileProblem, ToolInputError
from bridge.harness.permissions.policy import Setting
from bridge.harness.tools.search import rg_program
from bridge.harness.values.policy import Rule
from tests.harness.tools.desk import Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "ws").mkdir()
    desk = Desk(tmp_path / "ws")
    desk.write("a.py", "alpha = 1\nbeta = 2\n")
    desk.write("src/b.py", "alpha = 3\n")
    desk.write("src/deep/c.ts", "alpha()\n")
    desk.write("notes.md", "nothing\n")
    return desk


async def glob(desk: Desk, pattern: str, path: str = ".") -> list[str]:
    return (await desk.run("glob", pattern=pattern, path=path)).split("\n")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.py", ["a.py", "src/b.py"]),
        ("**/*.py", ["a.py", "src/b.py"]),
        ("/*.py", ["a.py"]),
        ("./*.py", ["a.py", "src/b.py"]),
        ("src/*", ["src/b.py"]),
        ("src/**", ["src/b.py", "src/deep/c.ts"]),
        ("src/**/*.ts", ["src/deep/c.ts"]),
        ("*.{py,md}", ["a.py", "notes.md", "src/b.py"]),
        ("[ab].py", ["a.py", "src/b.py"]),
        ("[!a].py", ["src/b.py"]),
        ("?.ts", ["src/deep/c.ts"]),
        ("!*.py", ["notes.md", "src/deep/c.ts"]),
        ("*.rs", ["[no file matches]"]),
    ],
)
async def test_globs_are_read_as_ripgrep_and_git_read_them(desk: Desk, pattern: str, found: list[str]) -> None:
    assert await glob(desk, pattern) == found


@pytest.mark.parametrize("pattern", ["[a", "{a,b", "[z-a]"])
async def test_a_glob_that_can_not_be_read_is_said(desk: Desk, pattern: str) -> None:
    with pytest.raises(ToolInputError, match="the glob"):
        await glob(desk, pattern)


async def test_buffers_that_were_never_saved_are_found_by_the_same_globs(desk: Desk) -> None:
    desk.open("src/new.py", "x")
    assert await glob(desk, "src/*.py") == ["src/b.py", "src/new.py"]
    assert await glob(desk, "*.{py,rs}") == ["a.py", "src/b.py", "src/new.py"]
    assert await glob(desk, "*.ts") == ["src/deep/c.ts"]
    assert await glob(desk, "new.py", "src") == ["src/new.py"]


async def test_ignored_files_and_git_itself_are_left_out_whatever_the_glob_says(desk: Desk) -> None:
    desk.write(".git/config", "alpha\n")
    desk.write(".gitignore", "*.log\nbuild/\n")
    desk.write("x.log", "alpha\n")
    desk.write("build/x.js", "alpha\n")
    for pattern in ("*.log", "**/*.log", "build/*.js", "*.js", "config", ".git/**"):
        assert await glob(desk, pattern) == ["[no file matches]"]
        assert await desk.run("grep", pattern="alpha", glob=pattern) == "[no match]"
    assert "config" not in " ".join(await glob(desk, "**"))
    assert "log" not in await desk.run("grep", pattern="alpha")


async def test_a_huge_list_is_cut_with_a_marker(desk: Desk) -> None:
    for number in range(505):
        desk.write(f"many/{number}.txt", "")
    found = await glob(desk, "*.txt")
    assert len(found) == 501
    assert found[-1] == "[there are more: use a narrower pattern]"


async def test_matches_come_by_path_and_line(desk: Desk) -> None:
    said = await desk.run("grep", pattern="alpha|beta")
    assert said.split("\n") == [
        "a.py:1:alpha = 1",
        "a.py:2:beta = 2",
        "src/b.py:1:alpha = 3",
        "src/deep/c.ts:1:alpha()",
    ]


async def test_an_open_buffer_is_searched_and_its_text_on_disk_is_not(desk: Desk) -> None:
    desk.open("a.py", "gamma\r\nalpha typed\r\n")
    desk.open("src/new.py", "alpha new\n")
    assert (await desk.run("grep", pattern="alpha")).split("\n") == [
        "a.py:2:alpha typed",
        "src/b.py:1:alpha = 3",
        "src/deep/c.ts:1:alpha()",
        "src/new.py:1:alpha new",
    ]
    assert await desk.run("grep", pattern="beta") == "[no match]"
    assert await desk.run("grep", pattern="alpha", path="a.py") == "a.py:2:alpha typed"
    assert await desk.run("grep", pattern="alpha", path="src/new.py") == "src/new.py:1:alpha new"
    assert (
        await desk.run("grep", pattern="alpha", glob="*.py", path="src")
        == "src/b.py:1:alpha = 3\nsrc/new.py:1:alpha new"
    )


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("*.ts", ["src/deep/c.ts"]),
        ("src/*.py", ["src/b.py"]),
        ("src/**", ["src/b.py", "src/deep/c.ts"]),
        ("/*.py", ["a.py"]),
    ],
)
async def test_a_glob_narrows_a_search_from_where_it_begins(desk: Desk, glob: str, found: list[str]) -> None:
    said = await desk.run("grep", pattern="alpha", glob=glob)
    assert [line.partition(":")[0] for line in said.split("\n")] == found


async def test_a_literal_is_no_expression_and_case_can_be_ignored(desk: Desk) -> None:
    desk.write("c.txt", "a.b(c\nAxB\n")
    assert await desk.run("grep", pattern="a.b(c", mode="literal") == "c.txt:1:a.b(c"
    assert await desk.run("grep", pattern="a.b", ignore_case=True) == "c.txt:1:a.b(c\nc.txt:2:AxB"
    with pytest.raises(ToolInputError, match="unclosed group"):
        await desk.run("grep", pattern="a.b(c")


@pytest.mark.parametrize(
    "pattern", ["--pre=touch pwned", "--pre", "-e", "--files", "-", "--", "--hostname-bin=touch pwned", "-f/etc/passwd"]
)
async def test_a_pattern_is_never_an_option(desk: Desk, pattern: str) -> None:
    desk.write("c.txt", f"see {pattern} here\n")
    for mode in ("literal", "regex"):
        assert await desk.run("grep", pattern=pattern, mode=mode) == f"c.txt:1:see {pattern} here"
    desk.open("c.txt", f"now {pattern}\n")
    assert await desk.run("grep", pattern=pattern, mode="literal", path="c.txt") == f"c.txt:1:now {pattern}"
    assert await glob(desk, pattern) == ["[no file matches]"]
    assert await desk.run("grep", pattern="see", glob=pattern) == "[no match]"
    assert not list(desk.root.rglob("pwned"))


async def test_a_path_is_never_an_option(desk: Desk) -> None:
    desk.write("-rf", "alpha\n")
    desk.write("--pre=x/y.py", "alpha\n")
    assert await desk.run("grep", pattern="alpha", path="-rf") == "-rf:1:alpha"
    assert await glob(desk, "*.py", "--pre=x") == ["--pre=x/y.py"]


async def test_a_configuration_file_of_ripgrep_is_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIPGREP_CONFIG_PATH", str(desk.write("rc", "--invert-match\n")))
    assert await desk.run("grep", pattern="nothing") == "notes.md:1:nothing"


async def test_a_file_that_is_linked_out_of_the_workspace_is_not_read(desk: Desk) -> None:
    outside = desk.root.parent / "secret.txt"
    outside.write_text("alpha secret\n")
    (desk.root / "link.txt").symlink_to(outside)
    (desk.root / "folder").symlink_to(desk.root.parent)
    assert "secret" not in await desk.run("grep", pattern="alpha")
    assert "secret" not in "".join(await glob(desk, "**"))
    assert not (await desk.prepare("grep", pattern="alpha", path="link.txt")).subjects[0].inside
    assert not (await desk.prepare("glob", pattern="*", path="folder")).subjects[0].inside


async def test_protected_files_are_not_shown_by_a_search_that_did_not_name_them(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Setting(tmp_path, rules=(Rule("deny", "read", "private/**", "user"),)))
    desk.write(".env", "KEY=alpha\n")
    desk.write("private/x.txt", "alpha\n")
    desk.write("open.txt", "alpha\n")
    said = await desk.run("grep", pattern="alpha")
    assert said == "open.txt:1:alpha"
    assert await desk.run("grep", pattern="KEY=a") == await desk.run("grep", pattern="KEY=b"), (
        "not even that one matches"
    )
    assert await desk.run("grep", pattern="KEY", path=".env") == ".env:1:KEY=alpha"
    desk.open("private/y.txt", "typed alpha\n")
    assert "typed" not in await desk.run("grep", pattern="alpha")


@pytest.mark.parametrize("tool", ["glob", "grep"])
@pytest.mark.parametrize(
    ("path", "kind"), [("none", "file_missing"), ("none/deeper", "file_missing"), ("pipe", "file_unreadable")]
)
async def test_a_place_that_can_not_be_searched_is_said(desk: Desk, tool: str, path: str, kind: str) -> None:
    os.mkfifo(desk.root / "pipe")
    with anyio.fail_after(5), pytest.raises(BridgeError) as refused:
        await desk.run(tool, pattern="x", path=path)
    assert refused.value.kind == kind
    assert path in refused.value.message


async def test_huge_results_are_cut_with_a_marker(desk: Desk) -> None:
    desk.write("many.txt", "match\n" * 1000)
    desk.write("wide.txt", "wide " * 10_000)
    said = (await desk.run("grep", pattern="match")).split("\n")
    assert len(said) == 301
    assert said[-1].startswith("[there are more")
    assert len(await desk.run("grep", pattern="wide")) < 500
    desk.write("vast.txt", ("vast " * 10 + "\n") * 200_000)
    with anyio.fail_after(10):
        said = (await desk.run("grep", pattern="vast")).split("\n")
    assert (len(said), said[-1][:16]) == (301, "[there are more:")


async def test_names_and_lines_that_are_not_utf_8_are_shown_as_far_as_they_can_be(desk: Desk) -> None:
    path = desk.root / os.fsdecode(b"caf\xe9.txt")
    path.write_bytes(b"alpha \xff end\n")
    said = await desk.run("grep", pattern="alpha", path=str(path))
    assert said == f"{path.name}:1:alpha \ufffd end"


def test_a_program_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rg").write_text("#!/bin/sh\n")
    (tmp_path / "rg").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    nowhere, relative = str(tmp_path / "no" / "python"), os.pathsep.join(["", ".", "../" + tmp_path.name])
    with pytest.raises(FileProblem, match="ripgrep is not installed"):
        rg_program(nowhere, relative)
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    shutil.copy2(tmp_path / "rg", trusted)
    assert rg_program(nowhere, os.pathsep.join([relative, str(trusted)])) == str(trusted / "rg")
