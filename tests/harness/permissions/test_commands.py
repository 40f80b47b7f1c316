"""Commands under the policy: what the reader says, the rules and the mode. Nothing is run."""

from typing import Any

import pytest

from bridge.harness.permissions.policy import Setting, decide
from bridge.harness.permissions.shell.reader import read_command
from bridge.harness.values.policy import Effect, Mode, Rule, Ruling, Subj
from tests.harness.permissions.shell.places import ROOT, place
from tests.support.corpora import load_rows, ran

CORPUS = "security/rules.jsonl"
ROWS = load_rows(CORPUS)
# What is configured beside rules is not the policy's business, and `[` is a word here, no pattern that breaks.
NOT_RULES = {"ru-06a5d98488", "ru-9fd07367cf"}


def judged(command: str, *rules: str, mode: Mode = "default", trusted: bool = True, sandboxed: bool = True) -> Ruling:
    """Rules as `source effect tool(pattern)`."""
    here = place(trusted=trusted)
    setting = Setting(
        ROOT,
        mode,
        tuple(map(rule, rules)),
        here.forbidden,
        trusted,
        read=lambda text: read_command(text, here),
        sandboxed=sandboxed,
    )
    return decide("shell", [Subj("execute", str(ROOT), str(ROOT), inside=True, command=command)], setting)


def effect(command: str, *rules: str, mode: Mode = "default", trusted: bool = True) -> Effect:
    return judged(command, *rules, mode=mode, trusted=trusted).effect


def rule(text: str) -> Rule:
    source, what, rest = text.split(" ", 2)
    tool, _, pattern = rest.removesuffix(")").partition("(")
    made: Rule = Rule(what, tool, pattern, source)  # type: ignore[arg-type]
    return made


def as_ours(row: dict[str, Any]) -> list[str]:
    """The corpus's rules in our form; its `*` is the tool without a pattern."""
    ours = []
    for key, patterns in row["rules"].items():
        source, _, what = key.rpartition("_")
        ours += [
            f"{source or 'user'} {what} shell" + ("" if pattern == "*" else f"({pattern})")
            for pattern in patterns
            if what in ("allow", "ask", "deny")
        ]
    return ours


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_row_of_the_rules_corpus(row: dict[str, Any]) -> None:
    ran(CORPUS, row["id"])
    rules = [] if row["id"] in NOT_RULES else as_ours(row)
    expected = {"allow"} if row["id"] in NOT_RULES else {row["expect"], *row.get("acceptable", ())}
    trusted = row["class"] != "config_integrity"
    assert effect(row["command"], *rules, trusted=trusted) in expected


@pytest.mark.parametrize(
    ("command", "mode", "expected"),
    [
        ("ls -la", "default", "allow"),
        ("ls -la", "accept_edits", "allow"),
        ("ls -la", "plan", "deny"),
        ("make", "default", "ask"),
        ("make", "accept_edits", "ask"),
        ("make", "plan", "deny"),
        ("make", "bypass", "allow"),
        ("ls > a.txt", "accept_edits", "ask"),
        ("rm -rf /", "default", "deny"),
        ("rm -rf /", "bypass", "deny"),
    ],
)
def test_without_rules_the_reader_and_the_mode_decide(command: str, mode: Mode, expected: Effect) -> None:
    ruling = judged(command, mode=mode)
    assert ruling.effect == expected
    assert ruling.why.text


@pytest.mark.parametrize(
    ("command", "rules", "expected"),
    [
        ("npm test", ["user allow shell(npm test)"], "allow"),
        ("npm test", ["user allow execute(npm test)"], "allow"),
        ("npm test -- -x", ["user allow shell(npm test)"], "ask"),
        ("npm test -- -x", ["user allow shell(npm test *)"], "allow"),
        ("npm testing", ["user allow shell(npm test *)"], "ask"),
        ("npm 'test'", ["user allow shell(npm test)"], "allow"),
        ("cd src && npm test | head", ["user allow shell(npm test)"], "allow"),
        ("npm test; make", ["user allow shell(npm test)"], "ask"),
        ("npm test; make", ["user allow shell(npm test)", "user allow shell(make)"], "allow"),
        ("npm test > log", ["user allow shell(npm test)"], "ask"),
        ("npm test $X", ["user allow shell(npm test *)"], "ask"),
        ("npm test &", ["user allow shell(npm test)"], "ask"),
        ("X=1 npm test", ["user allow shell(npm test)"], "ask"),
        ("npm test", ["user allow *(npm test)"], "ask"),
        ("npm test", ["user allow *"], "ask"),
        ("npm test", ["user allow edit(**)"], "ask"),
        ("npm test", ["user allow shell"], "allow"),
        ("./npm test", ["user allow shell(npm test)"], "ask"),
        ("cat .env", ["user allow shell(cat *)"], "ask"),
        ("cat ../a", ["user allow shell(cat *)"], "ask"),
        ("git commit -m x", ["user allow shell(git commit *)"], "allow"),
        ("git log --output=x", ["user allow shell(git log *)"], "ask"),
        ("rm -rf /", ["user allow shell"], "deny"),
        ("ls", ["user deny shell"], "deny"),
        ("ls", ["user deny *"], "deny"),
        ("ls", ["user deny shell(ls)"], "deny"),
        ("ls", ["user deny shell(rm *)"], "allow"),
        ("ls", ["user deny edit(**)"], "allow"),
        ("ls -R", ["user deny *(src/**)"], "ask"),
        ("ls", ["user deny *(src/**)"], "allow"),
        ("pwd", ["user deny *(src/**)"], "allow"),
        ("ls", ["user ask shell(ls *)"], "ask"),
        ("ls", ["session allow shell(ls *)", "user ask shell(ls *)"], "allow"),
        ("ls", ["session allow shell(ls *)", "policy ask shell(ls *)"], "ask"),
        ("env make", ["user allow shell(env *)", "user ask shell(make *)"], "ask"),
        ("$X a", ["user deny shell(curl *)"], "deny"),
        ("cat private/a", ["user deny read(private/**)"], "deny"),
        ("cat private/a", ["user ask read_file(private/**)"], "ask"),
        ("cat open/a", ["user deny read(private/**)"], "allow"),
        ("grep -r x .", ["user deny read(private/**)"], "ask"),
        ("git log -p", ["user deny read(private/**)"], "ask"),
    ],
)
def test_rules_speak_of_commands_by_their_words(command: str, rules: list[str], expected: Effect) -> None:
    assert effect(command, *rules) == expected


def test_a_project_allows_commands_only_where_it_is_trusted() -> None:
    assert effect("npm test", "project allow shell(npm test)") == "allow"
    assert effect("npm test", "project allow shell(npm test)", trusted=False) == "ask"


@pytest.mark.parametrize("command", ["make", "ls $X", "ls &&", "cat /etc/passwd"])
def test_the_reason_says_why_it_asks(command: str) -> None:
    assert "not known to only read" in judged(command).why.text


def test_without_a_sandbox_a_command_that_only_reads_asks_unless_a_rule_allows_it() -> None:
    assert judged("ls").effect == "allow"
    assert judged("ls", sandboxed=False).effect == "ask"
    assert judged("ls", "user allow shell(ls)", sandboxed=False).effect == "allow"
    assert judged("ls", sandboxed=False, mode="bypass").effect == "allow"
