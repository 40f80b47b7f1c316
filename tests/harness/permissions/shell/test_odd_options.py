"""Programs that read their words otherwise than most do: commands read, never run."""

from pathlib import Path

import pytest

from bridge.harness.permissions.shell.reader import read_command
from tests.harness.permissions.shell.places import ROOT, place

REMARKS = '# "\nimport # "\n"credentials" # "\n as $d {search: # "\n"/home/ada/.aws" # "\n}; $d # "'


@pytest.mark.parametrize(
    "text",
    [
        "xxd -bc /etc/passwd",
        "xxd -bc a.bin b.hex",
        "xxd a.bin -b",
        "xxd -psr a.bin",
        "awk '{print}' -F /etc/passwd",
        "head a.txt -n /etc/passwd",
        "uniq a.txt -c",
        "column -n -o /etc/passwd",
        "strings @a.txt",
        "strings -n @a.txt a",
        "tail +5f a.txt",
        "sort +1 a.txt",
        f"jq '{REMARKS}' a.json",
        "jq '. # \"\n| env # \"' a.json",
        "git log --format='%+GK'",
        "git log --format='% G?'",
    ],
)
def test_words_that_a_program_takes_for_something_else_ask(text: str) -> None:
    assert read_command(text, place()).effect == "ask"


@pytest.mark.parametrize(
    "text",
    [
        "xxd -c 8 -l64 a.bin",
        "xxd -ps a.bin",
        "awk -F : '{print}' a.txt",
        "grep -rn a src --include '*.py'",
        "ls src -l",
    ],
)
def test_the_usual_forms_are_allowed(text: str) -> None:
    assert read_command(text, place()).effect == "allow"


def test_what_picks_its_program_by_the_workspace_asks() -> None:
    shims = {"node": Path("/home/ada/.asdf/shims/node"), "grep": ROOT / "bin" / "grep"}
    assert read_command("node --version", place(programs=shims)).effect == "ask"
    assert read_command("egrep x a.txt", place(programs=shims)).effect == "ask"


def test_an_ignore_file_may_let_a_search_read_hidden_credentials() -> None:
    assert read_command("rg x", place(secrets={"/ws/.env": True})).effect == "ask"
