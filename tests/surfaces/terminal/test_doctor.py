"""`harness-bridge doctor`: what it finds on whole and on broken systems, and how it says so."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from bridge.app import doctor as checks
from bridge.app.doctor import Around, Finding, look, output
from bridge.harness.refactoring.values import Refused
from bridge.harness.refactoring.wire import Reply, encode
from bridge.surfaces.terminal.doctor import Look, _page, doctor
from bridge.surfaces.terminal.doctor_editors import EXTENSION, editors, is_worth_a_row
from bridge.surfaces.terminal.doctor_machine import Terminal, git, machine, sandbox
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.output import Palette
from tests.support.corpora import PROJECT
from tests.support.eventually import eventually
from tests.support.nvim import alive
from tests.surfaces.terminal.fakes import FakeOut

pytestmark = pytest.mark.anyio

COMMAND = ("harness-bridge",)
SECRET = "sk-not-for-eyes"
NO_TERMINAL = Terminal(is_one=False, coloured=False, columns=80, rows=24)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def around(cwd: Path, **environ: str) -> Around:
    """A workspace and an environment that has nothing but this."""
    return Around(environ, cwd)


def a_program(folder: Path, name: str, says: str) -> Path:
    """An executable that prints a text, whatever it is asked."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\n")
    path.chmod(0o755)
    return path


def run(arguments: Sequence[str], env: Mapping[str, str], cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """The command as a process, with this environment and no other."""
    # `-P` keeps a workspace's own `bridge` away; PYTHONPATH stands for an installed package.
    argv = [sys.executable, "-P", "-m", "bridge", "doctor", *arguments]
    whole = {"PYTHONPATH": str(PROJECT), **env}
    return subprocess.run(argv, capture_output=True, encoding="utf-8", timeout=30, check=False, cwd=cwd, env=whole)


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """The findings by name."""
    return {row["name"]: row for row in json.loads(done.stdout)["findings"]}


# As a command, on systems that are broken in one way.


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HOME": "/nowhere/at/all", "PATH": "/nowhere"},
        {"HOME": "", "XDG_STATE_HOME": "relative", "PATH": ""},
        {"HARNESS_BRIDGE_STATE_DIR": "~nobody-by-this-name/x", "HARNESS_BRIDGE_SCRIPT": "~nobody-by-this-name/y"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "xx_YY.nonsense", "TERM": "", "COLUMNS": "0"},
        {"HARNESS_BRIDGE_MODEL": "\x1b[2J no such model"},
        {"HARNESS_BRIDGE_MODEL": "scripted", "HARNESS_BRIDGE_SCRIPT": "/dev/null"},
    ],
)
def test_a_broken_system_gets_an_answer(env: dict[str, str], tmp_path: Path) -> None:
    as_json, read = run(["--json"], env, tmp_path), run([], env, tmp_path)
    page = json.loads(as_json.stdout)
    lacking = [row["name"] for row in page["findings"] if row["needed"] and row["state"] == "missing"]
    assert page["ok"] is not bool(lacking)
    assert as_json.returncode == read.returncode == (Exit.ENVIRONMENT if lacking else Exit.DONE)
    assert not [row for row in page["findings"] if "could not be looked at" in row["seen"]]
    assert all(row["seen"] for row in page["findings"])
    assert "\x1b" not in read.stdout
    assert ("Needed, and not here: " in read.stdout) is bool(lacking)


def test_a_look_that_never_ends_does_not_keep_the_program(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "script")
    done = run([], {"HARNESS_BRIDGE_MODEL": f"scripted:{tmp_path / 'script'}", "HOME": str(tmp_path)}, tmp_path)
    assert done.returncode == Exit.ENVIRONMENT
    assert "model         no answer in" in done.stdout


def test_a_workspace_that_is_gone_is_told(tmp_path: Path) -> None:
    done = run(["--json", "--cwd", str(tmp_path / "gone")], {})
    assert done.returncode == Exit.ENVIRONMENT
    assert rows(done)["workspace"]["state"] == "missing"
    assert "No such file" in rows(done)["workspace"]["seen"]


def test_a_current_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    words = ["sh", "-c", 'rmdir "$PWD"; exec "$0" "$@"', sys.executable, "-P", "-m", "bridge", "doctor", "--json"]
    folder = tmp_path / "gone"
    folder.mkdir()
    env = {"PYTHONPATH": str(PROJECT), "PATH": os.environ["PATH"]}
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=30, check=False, cwd=folder, env=env)
    assert done.returncode == Exit.ENVIRONMENT, done.stderr
    assert rows(done)["workspace"]["state"] == "missing"


def test_without_a_home_folder_there_is_no_place_for_sessions(tmp_path: Path) -> None:
    done = run(["--json"], {"HARNESS_BRIDGE_STATE_DIR": "~nobody-by-this-name/x"}, tmp_path)
    row = rows(done)["state folder"]
    assert (row["state"], row["needed"]) == ("missing", True)
    assert "HARNESS_BRIDGE_STATE_DIR" in row["mend"]


def test_a_key_is_never_shown_and_nothing_is_written(tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    for arguments in (["--json"], []):
        done = run(arguments, {"OPENAI_API_KEY": SECRET, "HOME": str(home)}, work)
        assert "OPENAI_API_KEY set" in done.stdout
        assert SECRET not in done.stdout + done.stderr
    assert not list(home.iterdir()) + list(work.iterdir())


# Check by check.


async def test_the_default_model_is_the_offline_engine_and_its_origin_is_told(tmp_path: Path) -> None:
    assert (await checks.model(around(tmp_path))).seen.startswith("offline, the default")
    chosen = await checks.model(around(tmp_path, HARNESS_BRIDGE_MODEL="nonsense"))
    assert chosen.state == "warning"
    assert chosen.seen.startswith("nonsense, by HARNESS_BRIDGE_MODEL")
    assert "its price is not known; its context window is not known" in chosen.seen
    assert "HARNESS_BRIDGE_WINDOW" in chosen.mend


async def test_of_a_model_of_a_service_it_is_told_where_it_is_and_what_is_known_of_it(tmp_path: Path) -> None:
    known = await checks.model(around(tmp_path, HARNESS_BRIDGE_MODEL="gpt-5.2"))
    assert known.state == "ok"
    assert "at https://api.openai.com/v1 (responses); $1.75 in, $14 out" in known.seen
    assert known.seen.endswith("a window of 400,000 tokens")
    local = {"HARNESS_BRIDGE_BASE_URL": "http://127.0.0.1:9/v1", "HARNESS_BRIDGE_API": "chat"}
    own = await checks.model(around(tmp_path, HARNESS_BRIDGE_MODEL="tiny", HARNESS_BRIDGE_WINDOW="8192", **local))
    assert own.state == "ok"
    assert "at http://127.0.0.1:9/v1 (chat); its price is not known; a window of 8,192 tokens" in own.seen


async def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    environ = {"HARNESS_BRIDGE_MODEL": "tiny", "HARNESS_BRIDGE_BASE_URL": "nowhere"}
    assert (await checks.model(around(tmp_path, **environ))).state == "missing"
    assert (await checks.network(Around(environ, tmp_path, network=True))).state == "warning"
    assert (await checks.key(around(tmp_path, **environ))).state == "ok"


async def test_where_the_key_is_from_is_told_and_never_which(tmp_path: Path) -> None:
    named = {"HARNESS_BRIDGE_MODEL": "gpt-5.2"}
    assert (await checks.key(around(tmp_path))).seen == "none is needed"
    none = await checks.key(around(tmp_path, **named))
    assert (none.state, none.seen) == ("missing", "there is none for api.openai.com")
    there = await checks.key(around(tmp_path, OPENAI_API_KEY=SECRET, **named))
    assert (there.state, there.seen) == ("ok", "OPENAI_API_KEY, for api.openai.com")
    local = {**named, "HARNESS_BRIDGE_BASE_URL": "http://127.0.0.1:9/v1"}
    assert (await checks.key(around(tmp_path, **local))).seen == "none for 127.0.0.1:9: it is called without one"
    others = await checks.key(around(tmp_path, OPENAI_API_KEY=SECRET, **local))
    assert "OPENAI_API_KEY is for OpenAI and" in others.seen
    far = {**named, "HARNESS_BRIDGE_BASE_URL": "http://models.example/v1", "HARNESS_BRIDGE_API_KEY": SECRET}
    open_ = await checks.key(around(tmp_path, **far))
    assert (open_.state, "unencrypted" in open_.seen) == ("warning", True)
    assert SECRET not in repr((there, open_))


async def test_a_setting_that_can_not_be_used_is_told(tmp_path: Path) -> None:
    assert (await checks.settings(around(tmp_path))).seen == "no variables HARNESS_BRIDGE_…; all can be used"
    wrong = await checks.settings(around(tmp_path, HARNESS_BRIDGE_EFFORT="very", HARNESS_BRIDGE_STEPS="0"))
    assert wrong.state == "warning"
    assert "HARNESS_BRIDGE_EFFORT is 'very'" in wrong.seen
    assert "HARNESS_BRIDGE_STEPS is '0'" in wrong.seen


async def test_a_script_is_read_before_it_is_believed(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    environ = {"HARNESS_BRIDGE_MODEL": "scripted", "HARNESS_BRIDGE_SCRIPT": str(script)}
    assert (await checks.model(around(tmp_path, **environ))).state == "missing"
    script.write_text('{"turns": [{"steps": [{"say": "Hello."}]}]}')
    assert (await checks.model(around(tmp_path, **environ))).state == "ok"
    assert (await checks.model(around(tmp_path, HARNESS_BRIDGE_MODEL=f"scripted:{script}"))).state == "ok"
    assert "SCRIPT" in (await checks.model(around(tmp_path, HARNESS_BRIDGE_MODEL="scripted"))).mend


async def test_the_network_is_tried_only_when_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        base = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        quiet = await checks.network(around(tmp_path, OPENAI_BASE_URL=base))
        assert quiet.seen.startswith("not tried")
        with pytest.raises(BlockingIOError):
            server.accept()
        tried = await checks.network(Around({"OPENAI_BASE_URL": base}, tmp_path, network=True))
        assert (tried.state, "can be reached" in tried.seen) == ("ok", True)
        with server.accept()[0] as connection:
            assert connection.recv(1) == b""
    gone = await checks.network(Around({"OPENAI_BASE_URL": base}, tmp_path, network=True))
    assert gone.state == "warning"
    assert "refused" in gone.seen


async def test_what_is_trusted_is_what_the_policy_says(tmp_path: Path) -> None:
    seen = (await checks.trust(around(tmp_path))).seen
    assert seen.startswith("mode default: reading here is allowed, editing here asks you, reading elsewhere asks you")
    assert "not trusted" in seen


async def test_the_state_folder_is_looked_at_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    environ = {"HARNESS_BRIDGE_STATE_DIR": str(folder)}
    assert (await checks.state_folder(around(tmp_path, **environ))).seen == f"{folder}, made when first needed"
    assert not folder.exists()
    folder.mkdir(parents=True, mode=0o700)
    (folder / "sessions" / "w").mkdir(parents=True)
    (folder / "sessions" / "w" / "s.jsonl").touch()
    whole = await checks.state_folder(around(tmp_path, **environ))
    assert whole.state == "ok"
    assert whole.seen.endswith("free, 1 session")
    folder.chmod(0o755)
    open_to_all = await checks.state_folder(around(tmp_path, **environ))
    assert (open_to_all.state, open_to_all.mend) == ("warning", f"chmod 700 {folder}")


async def test_a_state_folder_that_can_not_be_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        found = await checks.state_folder(around(tmp_path, HARNESS_BRIDGE_STATE_DIR=str(folder)))
        assert found.state == "missing"


async def test_ripgrep_that_is_not_there_or_does_not_run_is_missing(tmp_path: Path) -> None:
    assert (await checks.ripgrep(around(tmp_path))).state == "ok"
    rg = tmp_path / "bin" / "rg"
    without = Around({"PATH": str(rg.parent)}, tmp_path, python=str(rg.with_name("python3")))
    assert (await checks.ripgrep(without)).state == "missing"
    rg.parent.mkdir()
    rg.write_text("#!/no/such/interpreter\n")
    rg.chmod(0o755)
    broken = await checks.ripgrep(without)
    assert (broken.state, broken.seen) == ("missing", f"{rg} does not run")


async def test_a_worker_that_does_not_start_is_missing(tmp_path: Path) -> None:
    found = await checks.worker(Around({}, tmp_path, worker=(sys.executable, "-c", "raise SystemExit(3)")))
    assert found.state == "missing"
    assert "code 3" in found.seen


async def test_a_worker_that_refuses_is_missing_and_says_why(tmp_path: Path) -> None:
    reply = encode(Reply(1, Refused("Not today."))).decode()
    refuses = Around({}, tmp_path, worker=(sys.executable, "-c", f"input(); print({reply!r})"))
    assert (await checks.worker(refuses)).seen == "the worker answers wrongly: Not today."


async def test_the_worker_answers(tmp_path: Path) -> None:
    found = await checks.worker(around(tmp_path))
    assert found.state == "ok", found.seen
    assert all(name in found.seen for name in checks.LIBRARIES)


async def test_git_is_told_and_not_needed(tmp_path: Path) -> None:
    bin_ = tmp_path / "bin"
    assert (await git(around(tmp_path, PATH=str(bin_)))).state == "missing"
    a_program(bin_, "git", "git version 2.50.1")
    without = await git(around(tmp_path, PATH=str(bin_)))
    assert (without.state, without.seen) == ("warning", "2.50.1; the workspace is in no repository")
    (tmp_path / ".git").mkdir()
    assert (await git(around(tmp_path / "bin", PATH=str(bin_)))).state == "ok"


async def test_no_sandbox_is_claimed(tmp_path: Path) -> None:
    bin_ = tmp_path / "bin"
    assert "none is used" in (await sandbox(around(tmp_path, PATH=str(bin_)))).seen
    a_program(bin_, "bwrap", "bubblewrap 0.11.0")
    assert "bubblewrap 0.11.0" in (await sandbox(around(tmp_path, PATH=str(bin_)))).seen


@pytest.mark.parametrize(("utf8", "state"), [("1", "ok"), ("0", "warning")])
def test_names_that_may_be_misread_are_a_warning(utf8: str, state: str, tmp_path: Path) -> None:
    done = run(["--json"], {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": utf8}, tmp_path)
    assert rows(done)["file names"]["state"] == state


async def test_a_program_that_is_not_on_the_path_is_a_warning(tmp_path: Path) -> None:
    on_path = await machine(NO_TERMINAL, COMMAND)["package"](around(tmp_path))
    assert on_path.state == "ok"
    ours = await machine(NO_TERMINAL, (str(tmp_path / "x" / "harness-bridge"),))["package"](around(tmp_path, PATH=""))
    assert (ours.state, str(tmp_path / "x") in ours.mend) == ("warning", True)


# Editors.


async def editor(name: str, home: Path) -> Finding:
    return await editors(COMMAND)[name](around(home, PATH=str(home / "bin"), HOME=str(home)))


@pytest.mark.parametrize(
    ("name", "program", "says", "number"),
    [
        ("Neovim", "nvim", "NVIM v0.11.4\nBuild type: Release", "0.11.4"),
        ("VS Code", "code", "1.99.1\n4949701c880d4bdb949e3c0e6b400288da7f474b\nx64", "1.99.1"),
        ("code-server", "code-server", "4.139.1 abcdef12 with Code 1.139.1", "1.139.1"),
        ("Helix", "hx", "helix 25.07.1 (a05c151b)", "25.07.1"),
        ("Helix", "helix", "helix 24.7 (079f5442)", "24.7"),
        ("Emacs", "emacs", "GNU Emacs 30.1\nCopyright", "30.1"),
    ],
)
async def test_an_editor_is_found_and_how_to_set_it_up_is_told(
    name: str, program: str, says: str, number: str, tmp_path: Path
) -> None:
    assert (await editor(name, tmp_path)).state == "missing"
    a_program(tmp_path / "bin", program, says)
    found = await editor(name, tmp_path)
    assert (found.state, found.seen) == ("warning", f"{number}, not set up for Harness Bridge")
    assert "harness-bridge init-editor " in found.mend


@pytest.mark.parametrize(
    ("name", "program", "says", "config"),
    [
        ("Neovim", "nvim", "NVIM v0.12.0", ".config/nvim/lua/plugins/agent.lua"),
        ("Helix", "hx", "helix 25.07.1", ".config/helix/languages.toml"),
        ("Emacs", "emacs", "GNU Emacs 29.4", ".emacs.d/init.el"),
        ("Emacs", "emacs", "GNU Emacs 29.4", ".emacs"),
    ],
)
async def test_a_configuration_that_names_us_counts(
    name: str, program: str, says: str, config: str, tmp_path: Path
) -> None:
    a_program(tmp_path / "bin", program, says)
    file = tmp_path / config
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\xff somebody else's")
    assert (await editor(name, tmp_path)).state == "warning"
    file.write_text("x = '/a/harness-bridge'")
    found = await editor(name, tmp_path)
    assert (found.state, found.seen.endswith(f"set up in {file}")) == ("ok", True)


async def test_vs_code_is_set_up_when_the_extension_is_there(tmp_path: Path) -> None:
    a_program(tmp_path / "bin", "code", "1.99.1")
    (tmp_path / ".vscode" / "extensions" / f"{EXTENSION}0.1.0").mkdir(parents=True)
    assert (await editor("VS Code", tmp_path)).state == "ok"


@pytest.mark.parametrize(("says", "seen"), [("NVIM v0.9.5", "0.11 or newer"), ("I refuse", "version: I refuse")])
async def test_an_editor_that_is_too_old_or_strange_is_a_warning(says: str, seen: str, tmp_path: Path) -> None:
    a_program(tmp_path / "bin", "nvim", says)
    found = await editor("Neovim", tmp_path)
    assert (found.state, seen in found.seen) == ("warning", True)


async def test_relatives_of_vs_code_have_a_row_only_where_they_are(tmp_path: Path) -> None:
    found = await look(editors(COMMAND), around(tmp_path, PATH="", HOME=str(tmp_path)))
    assert [one.name for one in found if is_worth_a_row(one)] == ["Neovim", "VS Code", "Helix", "Emacs"]


# All of it together.


async def test_a_check_that_hangs_or_breaks_costs_its_own_row_only(tmp_path: Path) -> None:
    async def hangs(_: Around) -> Finding:
        await anyio.sleep_forever()
        raise AssertionError

    async def breaks(_: Around) -> Finding:
        raise ZeroDivisionError

    async def works(_: Around) -> Finding:
        return Finding("", "ok", "here")

    tried = {"hangs": hangs, "breaks": breaks, "works": works, "ripgrep": hangs, "model": works}
    found = await look(tried, around(tmp_path), limit=0.2)
    assert [(one.name, one.state, one.needed) for one in found] == [
        ("hangs", "warning", False),
        ("breaks", "warning", False),
        ("works", "ok", False),
        ("ripgrep", "missing", True),
        ("model", "ok", True),
    ]
    assert "0.2 s" in found[0].seen
    assert "ZeroDivisionError" in found[1].seen


async def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = tmp_path / "hangs"
    script.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {pid}\nwait\n")
    script.chmod(0o755)
    assert await output([str(script)], limit=1.0) is None
    eventually(lambda: not alive(int(pid.read_text())))


async def test_the_exit_code_tells_that_something_needed_is_missing(tmp_path: Path) -> None:
    out = FakeOut()
    wanted = Look(around(tmp_path, HARNESS_BRIDGE_MODEL="nonsense", PATH=""), NO_TERMINAL, COMMAND)
    assert await doctor(wanted, out) == Exit.ENVIRONMENT
    assert "Needed, and not here: " in out.text
    assert "key" in out.text.splitlines()[-2] + out.text.splitlines()[-1]


def test_rows_are_aligned_wrapped_and_followed_by_the_way_to_mend_them() -> None:
    found = [
        Finding("one", "ok", "fine \x1b[2J", needed=True),
        Finding("another", "warning", "word " * 14, "do this --now"),
        Finding("third", "missing", "not found"),
    ]
    assert list(_page({"Things": found}, Palette(coloured=False), 60)) == [
        "Things",
        "  ok       one      fine \\x1b[2J",
        "  warning  another  word word word word word word word word",
        "                    word word word word word word",
        "                    → do this --now",
        "  missing  third    not found",
        "",
        "Everything needed is here.",
        "1 warning.",
    ]


def test_colours_are_there_only_where_they_are_wanted() -> None:
    found = {"Things": [Finding("one", "missing", "gone", needed=True), Finding("two", "missing", "gone")]}
    painted = list(_page(found, Palette(coloured=True), 60))
    assert painted[1] == "  \x1b[1;31mmissing\x1b[0m  one  gone"
    assert painted[2] == "  \x1b[2mmissing\x1b[0m  two  gone"
    assert painted[-1] == "\x1b[1;31mNeeded, and not here: one.\x1b[0m"
