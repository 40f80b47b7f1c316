"""The shell tool on real processes: the question, the result, the environment, and what it does not start."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from pydantic import ValidationError

from bridge.app.process_commands import LocalCommands
from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.ports.process import Ran, Written
from bridge.harness.tools.builtin.shell import KEEP, MAX_COMMAND, Shell, ShellInput, clean_environment
from bridge.harness.tools.contract import Context
from bridge.harness.tools.registry import Registry
from bridge.harness.values.policy import Subj
from bridge.harness.values.tools import RESULT_LIMIT, Flags, Outcome, Prepared
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.workspace import Workspace
from tests.support.fake_journal import FakeFiles

pytestmark = pytest.mark.anyio


@dataclass
class FakeCommands:
    """Runs nothing; says what it was asked for."""

    answer: Ran = field(default_factory=lambda: Ran(0, Written(b"")))
    asked: list[tuple[Sequence[str], Path, Mapping[str, str], float, int]] = field(default_factory=list)

    async def run(
        self, argv: Sequence[str], cwd: Path, environment: Mapping[str, str], seconds: float, keep: int
    ) -> Ran:
        self.asked.append((argv, cwd, environment, seconds, keep))
        return self.answer


def real(folder: Path) -> Path:
    """As a program in it sees it."""
    return folder.resolve()


def at(root: Path) -> Context:
    return Context(Workspace(root, FakeFiles(), Documents()), lambda _: False)


async def prepared(tool: Shell, root: Path, command: str, **given: Any) -> Prepared:
    return await tool.prepare(ShellInput(command=command, **given), at(root))


async def ran(root: Path, command: str, **given: Any) -> Outcome:
    """What the real one gives."""
    tool = Shell(LocalCommands(), os.environ)
    with anyio.fail_after(20):
        return await tool.commit(await prepared(tool, root, command, **given), at(root))


async def told(answer: Ran) -> Outcome:
    """What is made of an answer."""
    tool, root = Shell(FakeCommands(answer), {}), Path("/ws")
    return await tool.commit(await prepared(tool, root, "true"), at(root))


# The question.


async def test_the_question_is_the_whole_command_and_the_folder_it_runs_in(tmp_path: Path) -> None:
    tool = Shell(FakeCommands(), {})
    one = await prepared(tool, tmp_path, "git log --oneline | head -3")
    assert one.title == f"Run in {tmp_path}: git log --oneline | head -3"
    command = "git log --oneline | head -3"
    assert one.subjects == (Subj("execute", str(tmp_path), str(real(tmp_path)), inside=True, command=command),)
    assert one.draft is None


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("cd a\nmake", "cd a ⏎ make"),
        ("echo 'a\\nb'", "echo 'a\\nb'"),
        ("ls \x1b]52;c;AAAA\x07", "(characters that can't be seen are escaped) ls \\x1b]52;c;AAAA\\x07"),
        ("ls\r\nid", "(characters that can't be seen are escaped) ls\\r ⏎ id"),
        ("ls \u202e txt", "(characters that can't be seen are escaped) ls \\u202e txt"),
        ("grep größe 日本.txt", "grep größe 日本.txt"),
        ("printf 'a\tb'", "printf 'a\tb'"),
    ],
)
async def test_what_can_not_be_seen_is_shown(command: str, shown: str) -> None:
    tool = Shell(FakeCommands(), {})
    assert (await prepared(tool, Path("/ws"), command)).title == f"Run in /ws: {shown}"
    assert tool.title(ShellInput(command=command)) == f"Run {shown}"


async def test_what_runs_is_what_was_asked_about(tmp_path: Path) -> None:
    commands = FakeCommands()
    tool = Shell(commands, {"HOME": "/people/me"})
    await tool.commit(await prepared(tool, tmp_path, "--help\n", timeout_seconds=7), at(tmp_path))
    ((argv, cwd, environment, seconds, keep),) = commands.asked
    assert Path(argv[0]).is_absolute()
    assert list(argv[1:]) == ["--norc", "--noprofile", "-c", "--", "--help\n"]
    assert (cwd, seconds, keep) == (tmp_path, 7, KEEP)
    assert (environment["HOME"], environment["SHELL"]) == ("/people/me", argv[0])


async def test_without_a_limit_it_is_two_minutes(tmp_path: Path) -> None:
    commands = FakeCommands()
    tool = Shell(commands, {})
    await tool.commit(await prepared(tool, tmp_path, "true"), at(tmp_path))
    assert commands.asked[0][3] == 120


@pytest.mark.parametrize(
    "given",
    [
        {"command": ""},
        {"command": "x" * (MAX_COMMAND + 1)},
        {"command": "true", "timeout_seconds": 0},
        {"command": "true", "timeout_seconds": 601},
        {"command": "true", "timeout_seconds": "5"},
        {"command": ["true"]},
        {"command": "ls \ud800"},
        {"command": "true", "cwd": "/"},
    ],
)
def test_other_inputs_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ShellInput.model_validate(given)


async def test_what_no_process_can_be_given_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(ToolInputError, match="NUL"):
        await prepared(Shell(FakeCommands(), {}), Path("/ws"), "ls \0; id")


async def test_where_there_is_no_bash_it_says_so_before_anybody_is_asked() -> None:
    tool = Shell(FakeCommands(), {}, shells=(Path("/nowhere/bash"), Path("/nowhere/else/bash")))
    with pytest.raises(FileProblem, match=r"none here \(Windows is not supported\)"):
        await prepared(tool, Path("/ws"), "true")


def test_it_is_mutating_serial_and_destructive_and_is_shown_as_running() -> None:
    tool = Shell(FakeCommands(), {})
    assert tool.flags(ShellInput(command="ls")) == Flags(read_only=False, concurrency_safe=False, destructive=True)
    assert tool.spec.kind == "execute"


def test_its_schema_is_strict() -> None:
    (spec,) = Registry([Shell(FakeCommands(), {})]).specs()
    assert spec["parameters"]["required"] == ["command", "timeout_seconds"]
    assert spec["parameters"]["additionalProperties"] is False
    assert json.dumps(spec) == json.dumps(Registry([Shell(FakeCommands(), {"A": "1"})]).specs()[0])


# The result.


async def test_output_comes_in_order_with_the_exit_code_first(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, "echo one\necho two >&2\necho three; pwd; exit 3")
    assert outcome.model == f"Exit code 3.\none\ntwo\nthree\n{real(tmp_path)}\n"
    assert (outcome.shown, outcome.status) == ("exit code 3", "error")


async def test_a_command_that_says_nothing(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, "true")
    assert (outcome.model, outcome.shown, outcome.status) == ("Exit code 0.\n[no output]", "exit code 0", "ok")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (-9, "Ended by signal 9 (SIGKILL)."),
        (-77, "Ended by signal 77."),
        (None, "Stopped at its time limit of 120 s."),
        (127, "Exit code 127."),
    ],
)
async def test_how_it_ended_is_said(code: int | None, line: str) -> None:
    outcome = await told(Ran(code, Written(b"so far")))
    assert outcome.model == f"{line}\nso far"
    assert outcome.status == "error"


async def test_the_time_limit_keeps_what_was_said_before_it(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, "echo began; sleep 60", timeout_seconds=1)
    assert outcome.model == "Stopped at its time limit of 1 s.\nbegan\n"


async def test_what_was_ended_in_the_background_is_said(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, "sleep 60 > /dev/null 2>&1 & echo served")
    assert outcome.model == "Exit code 0.\nProcesses that it left in the background were ended: 1.\nserved\n"


async def test_long_output_is_head_and_tail_within_the_limit_of_results(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, "seq 100000")
    assert outcome.model.startswith("Exit code 0.\n1\n2\n")
    assert "\n[… 558895 bytes left out …]\n" in outcome.model
    assert outcome.model.endswith("99999\n100000\n")
    assert len(outcome.model) <= RESULT_LIMIT


async def test_binary_output_is_text_with_replacements(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, r"printf 'a\0b\xff\x1b[31mc\td\r\n'")
    assert outcome.model == "Exit code 0.\na\ufffdb\ufffd\ufffd[31mc\td\r\n"


async def test_a_character_that_the_cut_parts_is_left_out() -> None:
    euro = "€".encode()
    outcome = await told(Ran(0, Written(b"head" + euro[:2], euro[1:] + b"tail", 5)))
    assert outcome.model == "Exit code 0.\nhead\n[… 5 bytes left out …]\ntail"


async def test_a_character_on_the_seam_of_head_and_tail_is_whole_where_nothing_is_cut() -> None:
    euro = "€".encode()
    assert (await told(Ran(0, Written(euro[:1], euro[1:])))).model == "Exit code 0.\n€"


async def test_a_megabyte_of_noise_stays_within_the_limit(tmp_path: Path) -> None:
    outcome = await ran(tmp_path, "head -c 1000000 /dev/urandom")
    assert len(outcome.model) <= RESULT_LIMIT
    assert json.loads(json.dumps(outcome.model)) == outcome.model
    assert not any(ord(character) < 32 and character not in "\t\n\r" for character in outcome.model)


async def test_a_folder_that_has_gone_is_said(tmp_path: Path) -> None:
    tool, root = Shell(LocalCommands(), os.environ), tmp_path / "work"
    root.mkdir()
    one = await prepared(tool, root, "true")
    root.rmdir()
    with pytest.raises(FileProblem, match="work"):
        await tool.commit(one, at(root))


# Where it runs.


async def test_a_command_sees_no_key_no_startup_file_and_no_function_of_ours(tmp_path: Path) -> None:
    startup = tmp_path / "startup"
    startup.write_text("echo startup ran\n", encoding="utf-8")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "OPENAI_API_KEY": "of ours",
        "GITHUB_TOKEN": "of ours",
        "LC_SECRET": "of ours",
        "BASH_ENV": str(startup),
        "ENV": str(startup),
        "BASH_FUNC_ls%%": "() { echo of ours; }",
        "PS4": "$(echo of ours)",
        "LD_PRELOAD": "of ours",
    }
    (tmp_path / ".bashrc").write_text("echo startup ran\n", encoding="utf-8")
    (tmp_path / ".bash_profile").write_text("echo startup ran\n", encoding="utf-8")
    tool = Shell(LocalCommands(), environ)
    outcome = await tool.commit(await prepared(tool, tmp_path, "env"), at(tmp_path))
    assert "of ours" not in outcome.model
    assert "startup ran" not in outcome.model
    names = {line.partition("=")[0] for line in outcome.model.splitlines()[1:]}
    ours = {"HARNESS_BRIDGE_COMMAND", "HOME", "LC_ALL", "PATH", "SHELL"}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == ours | {"GIT_PAGER", "GIT_TERMINAL_PROMPT", "PAGER", "TERM"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a:/b", "/a:/b"),
        (".:/a::bin:/b", "/a:/b"),
        (".", "/usr/local/bin:/usr/bin:/bin"),
        (None, "/usr/local/bin:/usr/bin:/bin"),
    ],
)
def test_only_absolute_folders_of_the_path_are_looked_into(path: str | None, expected: str) -> None:
    assert clean_environment({} if path is None else {"PATH": path})["PATH"] == expected


async def test_nothing_is_kept_from_one_command_to_the_next(tmp_path: Path) -> None:
    await ran(tmp_path, "cd /; export LEFT=1")
    assert (await ran(tmp_path, "echo ${LEFT-none} $PWD")).model == f"Exit code 0.\nnone {real(tmp_path)}\n"


async def test_the_persons_programs_are_found(tmp_path: Path) -> None:
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    tool = Shell(LocalCommands(), environ)
    outcome = await tool.commit(await prepared(tool, tmp_path, "python -c 'print(6 * 7)'"), at(tmp_path))
    assert outcome.model == "Exit code 0.\n42\n"
