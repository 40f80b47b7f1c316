"""`harness-bridge key`, as a process on a keyring that is a file."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.surfaces.terminal.exits import Exit
from tests.support.corpora import PROJECT

SECRET = "not-for-eyes-0123"
BACKEND = "tests.support.file_keyring.FileKeyring"


class Desk:
    """The command, with a keyring of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "keyring.json"
        self.env = {"PYTHONPATH": str(PROJECT), "HOME": str(folder), "PATH": os.environ["PATH"]}
        self.env |= {"PYTHON_KEYRING_BACKEND": BACKEND, "FILE_KEYRING": str(self.file)}

    def key(self, *arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run it; the key is in nothing that it says."""
        argv = [sys.executable, "-P", "-m", "bridge", "key", *arguments]
        env = self.env | environ
        done = subprocess.run(
            argv, input=stdin, capture_output=True, encoding="utf-8", timeout=50, check=False, cwd=PROJECT, env=env
        )
        assert SECRET not in done.stdout + done.stderr
        return done

    @property
    def kept(self) -> dict[str, str]:
        """The keyring: `service/user` to key."""
        found: dict[str, str] = json.loads(self.file.read_text()) if self.file.exists() else {}
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_key_is_kept_found_and_forgotten(desk: Desk) -> None:
    nowhere = desk.key("show-where")
    assert (nowhere.returncode, nowhere.stdout.startswith("There is no key for api.openai.com.")) == (5, True)
    kept = desk.key("set", stdin=f"{SECRET}\n")
    assert (kept.returncode, kept.stderr) == (Exit.DONE, "")
    assert desk.kept == {"harness-bridge/api.openai.com": SECRET}
    assert "is in the keyring of the system." in desk.key("show-where").stdout
    assert "is in OPENAI_API_KEY." in desk.key("show-where", OPENAI_API_KEY="other").stdout
    assert "no longer" in desk.key("delete").stdout
    assert desk.kept == {}
    assert "There was no key" in desk.key("delete").stdout


def test_each_server_has_its_own(desk: Desk) -> None:
    desk.key("set", "--base-url", "http://127.0.0.1:8080/v1/", stdin=SECRET)
    desk.key("set", stdin=SECRET, HARNESS_BRIDGE_BASE_URL="https://models.example/v1")
    assert set(desk.kept) == {"harness-bridge/127.0.0.1:8080", "harness-bridge/models.example"}


def test_a_variable_that_goes_before_it_is_told(desk: Desk) -> None:
    assert "OPENAI_API_KEY is set and goes before it." in desk.key("set", stdin=SECRET, OPENAI_API_KEY="x").stdout


@pytest.mark.parametrize("typed", ["", "\n", "two words\n", "tab\tbed\n", "schlüssel\n", "x" * 5000])
def test_what_is_no_key_is_not_kept(typed: str, desk: Desk) -> None:
    done = desk.key("set", stdin=typed)
    assert (done.returncode, "Nothing was changed" in done.stderr) == (Exit.USAGE, True)
    assert desk.kept == {}


def test_an_address_that_is_none_is_told(desk: Desk) -> None:
    done = desk.key("set", "--base-url", "models.example", stdin=SECRET)
    assert (done.returncode, "--base-url is not an address like" in done.stderr) == (Exit.USAGE, True)


def test_a_system_without_keyring_is_told(desk: Desk) -> None:
    done = desk.key("set", stdin=SECRET, PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    assert done.returncode == Exit.ENVIRONMENT
    assert "The keyring of the system can't be used" in done.stderr
    assert "OPENAI_API_KEY" in done.stderr


def test_a_key_on_the_command_line_is_not_taken(desk: Desk) -> None:
    assert desk.key("set", "sk-something").returncode == Exit.USAGE


def test_at_a_terminal_it_is_typed_without_echo(desk: Desk) -> None:
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-P", "-m", "bridge", "key", "set"]
    with subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, cwd=PROJECT, env=desk.env) as process:
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"Key for api.openai.com: "):
            shown += os.read(ours, 1024)
        os.write(ours, f"{SECRET}\n".encode())
        while b"now." not in shown:
            shown += os.read(ours, 1024)
        assert process.wait(30) == Exit.DONE
    os.close(ours)
    assert SECRET.encode() not in shown
    assert desk.kept == {"harness-bridge/api.openai.com": SECRET}
