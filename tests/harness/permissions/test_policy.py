"""The policy as tables: what a call touches, the rules and the mode, to a verdict with its reason."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.permissions.policy import Setting, decide, hides
from bridge.harness.values.policy import Effect, Mode, Rule, RuleSource, Subj, SubjectKind

ROOT = Path("/ws")
MODES: tuple[Mode, ...] = get_args(Mode)
SOURCES: tuple[RuleSource, ...] = get_args(RuleSource)
WRITES: tuple[SubjectKind, ...] = ("edit", "create", "delete", "move")
SEVERITY: dict[Effect, int] = {"allow": 0, "ask": 1, "deny": 2}


def subject(kind: SubjectKind, path: str, resolved: str = "") -> Subj:
    """A path below the root, or an absolute one; inside is what both say."""
    value, target = str(ROOT / path), str(ROOT / (resolved or path))
    return Subj(kind, value, target, Path(value).is_relative_to(ROOT) and Path(target).is_relative_to(ROOT))


def effect(one: Subj, setting: Setting, tool: str = "tool") -> Effect:
    return decide(tool, [one], setting).effect


def setting(*rules: str, mode: Mode = "default", trusted: bool = False) -> Setting:
    """Rules as `source effect tool(pattern)`."""
    return Setting(ROOT, mode, tuple(map(rule, rules)), trusted=trusted)


def rule(text: str) -> Rule:
    source, what, rest = text.split(" ", 2)
    tool, _, pattern = rest.rstrip(")").partition("(")
    made: Rule = Rule(what, tool, pattern, source)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("kind", "path", "mode", "expected"),
    [
        ("read", "a.py", "default", "allow"),
        ("list", "src", "default", "allow"),
        ("read", "a.py", "plan", "allow"),
        ("read", "/etc/passwd", "default", "ask"),
        ("list", "/etc", "default", "ask"),
        ("read", "/etc/passwd", "accept_edits", "ask"),
        ("read", "/etc/passwd", "plan", "ask"),
        ("read", "/etc/passwd", "bypass", "allow"),
        ("edit", "a.py", "default", "ask"),
        ("create", "a.py", "default", "ask"),
        ("edit", "a.py", "accept_edits", "allow"),
        ("create", "a.py", "accept_edits", "allow"),
        ("delete", "a.py", "accept_edits", "ask"),
        ("move", "a.py", "accept_edits", "ask"),
        ("edit", "/other/a.py", "accept_edits", "ask"),
        ("edit", "a.py", "plan", "deny"),
        ("delete", "a.py", "plan", "deny"),
        ("edit", "a.py", "bypass", "allow"),
        ("delete", "a.py", "bypass", "allow"),
        ("execute", "", "default", "ask"),
        ("execute", "", "accept_edits", "ask"),
        ("execute", "", "plan", "deny"),
        ("execute", "", "bypass", "allow"),
    ],
)
def test_without_rules_the_mode_decides(kind: SubjectKind, path: str, mode: Mode, expected: Effect) -> None:
    assert effect(subject(kind, path), setting(mode=mode)) == expected


@pytest.mark.parametrize("named", ["*", "*(**)", "shell", "shell(**)", "shell(git *)", "execute"])
@pytest.mark.parametrize("source", SOURCES)
def test_no_rule_allows_a_command_yet(named: str, source: str) -> None:
    ruled = setting(f"{source} allow {named}", trusted=True)
    assert effect(subject("execute", ""), ruled, tool="shell") == "ask"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("user deny shell", "deny"),
        ("user ask execute", "ask"),
        ("user deny shell(rm *)", "deny"),
        ("user deny *", "deny"),
        ("user deny *(src/**)", "allow"),
        ("user deny edit", "allow"),
        ("user deny edit(**)", "allow"),
        ("user deny read_file", "allow"),
    ],
)
def test_a_deny_or_an_ask_speaks_of_commands_by_the_tools_name(rule: str, expected: Effect) -> None:
    """A pattern that can't be compared with a command yet makes it no narrower."""
    assert effect(subject("execute", ""), setting(rule, mode="bypass"), tool="shell") == expected


def test_a_link_that_leads_out_is_outside() -> None:
    assert effect(subject("read", "link", "/etc/passwd"), setting()) == "ask"
    assert effect(subject("edit", "link", "/etc/passwd"), setting(mode="accept_edits")) == "ask"


def test_the_worst_subject_of_a_call_decides_and_each_has_its_reason() -> None:
    ruling = decide(
        "tool",
        [subject("read", "a"), subject("read", "/b"), subject("read", "secret/c"), subject("read", "/d")],
        setting("user deny read(secret/**)"),
    )
    assert ruling.effect == "deny"
    assert ruling.why.text == "deny read(secret/**)"
    assert [judged.effect for judged in ruling.subjects] == ["allow", "ask", "deny", "ask"]
    assert all(judged.why.text for judged in ruling.subjects)


@pytest.mark.parametrize("mode", MODES)
def test_a_call_that_says_nothing_of_what_it_touches_asks(mode: Mode) -> None:
    assert decide("tool", [], setting("user allow *()", mode=mode, trusted=True)).effect == "ask"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("source", SOURCES)
def test_a_deny_from_any_source_is_final_in_every_mode(source: RuleSource, mode: Mode) -> None:
    rules = (f"{source} deny read(a.py)", *(f"{other} allow read(**)" for other in SOURCES))
    assert effect(subject("read", "a.py"), setting(*rules, mode=mode, trusted=True)) == "deny"


@pytest.mark.parametrize(
    ("rules", "trusted", "expected"),
    [
        # The nearest source that has a rule decides; at one source ask beats allow.
        (["session allow edit(**)", "user ask edit(**)"], False, "allow"),
        (["session ask edit(**)", "user allow edit(**)"], False, "ask"),
        (["command_line allow edit(**)", "user ask edit(**)"], False, "allow"),
        (["user allow edit(**)", "user ask edit(a.py)"], False, "ask"),
        (["user allow edit(**)"], False, "allow"),
        # An ask of the organisation asks every time.
        (["policy ask edit(**)", "session allow edit(**)"], True, "ask"),
        # A project's allow counts only in a trusted workspace, and never beats a user's ask.
        (["project allow edit(**)"], False, "ask"),
        (["project allow edit(**)"], True, "allow"),
        (["project allow edit(**)", "user ask edit(**)"], True, "ask"),
        # A project's ask asks, trusted or not, whatever is nearer.
        (["project ask edit(**)", "user allow edit(**)"], False, "ask"),
        (["project ask edit(**)", "command_line allow edit(**)"], True, "ask"),
    ],
)
def test_sources_are_heard_in_order(rules: list[str], trusted: bool, expected: Effect) -> None:
    assert effect(subject("edit", "a.py"), setting(*rules, trusted=trusted)) == expected


@pytest.mark.parametrize("kind", WRITES)
def test_plan_mode_is_read_only_whatever_rules_allow(kind: SubjectKind) -> None:
    rules = ("session allow *()", "user allow edit(**)")
    assert effect(subject(kind, "a.py"), setting(*rules, mode="plan", trusted=True)) == "deny"
    assert effect(subject(kind, ".git/config"), setting(*rules, mode="plan", trusted=True)) == "deny"


PROTECTED = (
    ".git/config",
    "sub/.git/hooks/pre-commit",
    ".GIT/config",
    ".git./config",
    ".git /config",
    ".git::$INDEX_ALLOCATION/config",
    "GIT~1/config",
    ".g\u200cit/config",
    ".git\\config",
    ".vscode/tasks.json",
    ".VSCode/tasks.json",
    ".idea/x",
    ".envrc",
    "conftest.py",
    "pkg/ConfTest.py",
    "a.code-workspace",
    "AGENTS.md",
    ".env",
    ".ssh/config",
    "key.PEM",
    "key.pem.",
)


@pytest.mark.parametrize("mode", ["default", "accept_edits", "bypass"])
@pytest.mark.parametrize("path", PROTECTED)
def test_writing_a_protected_path_asks_in_every_mode_whatever_rules_allow(path: str, mode: Mode) -> None:
    chosen = setting(*(f"{source} allow *()" for source in SOURCES), mode=mode, trusted=True)
    for kind in WRITES:
        assert effect(subject(kind, path), chosen) == "ask"
    assert effect(subject("edit", "harmless.md", path), chosen) == "ask", "also through a link"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "path", [".env", ".ENV", ".env.local", ".env.", "id_rsa", ".aws/credentials", "certs/server.pem", "x.Key", ".netrc"]
)
def test_reading_credentials_asks_in_every_mode(path: str, mode: Mode) -> None:
    assert effect(subject("read", path), setting("user allow read(**)", mode=mode)) == "ask"
    assert effect(subject("read", "notes.txt", path), setting(mode=mode)) == "ask"


@pytest.mark.parametrize("path", [".env.example", ".environment", "envrc.md", "keys.py", ".vscode-notes/x.md", "pem"])
def test_names_that_only_look_alike_are_not_protected(path: str) -> None:
    assert effect(subject("edit", path), setting(mode="accept_edits")) == "allow"
    assert effect(subject("read", path), setting()) == "allow"


def test_what_only_runs_code_can_be_read() -> None:
    assert effect(subject("read", ".vscode/tasks.json"), setting()) == "allow"


@pytest.mark.parametrize("path", ["invoice\u202efdp.exe", "a\nb.txt", "a\x1b[2K.txt", "app\u200b.py", "\u3000x", " x"])
def test_a_new_file_whose_name_can_not_be_read_for_what_it_is_asks(path: str) -> None:
    ruling = decide("tool", [subject("create", path)], setting(mode="bypass"))
    assert ruling.effect == "ask"
    assert ruling.why.text.isprintable()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", get_args(SubjectKind))
@pytest.mark.parametrize("path", ["/state/sessions/s.jsonl", "/state", "/State/x", "/state./x"])
def test_the_bridges_own_state_is_denied_to_all_tools(path: str, kind: SubjectKind, mode: Mode) -> None:
    chosen = Setting(ROOT, mode, (rule("session allow *()"),), forbidden=(Path("/state"),), trusted=True)
    assert effect(subject(kind, path), chosen) == "deny"
    assert effect(subject(kind, "link", path), chosen) == "deny"
    assert effect(subject(kind, "/state2/x"), chosen) != "deny" or mode == "plan"


@pytest.mark.parametrize("path", [".harness/settings.toml", ".Harness/x", "sub/.harness", ".harness/agents/a.md"])
def test_the_bridges_settings_in_a_workspace_are_never_written_by_tools(path: str) -> None:
    chosen = setting("session allow *()", mode="bypass", trusted=True)
    assert effect(subject("edit", path), chosen) == "deny"
    assert effect(subject("create", "link", path), chosen) == "deny"
    assert effect(subject("read", path), chosen) == "allow"


def test_devices_are_denied() -> None:
    assert effect(subject("read", "/dev/zero"), setting(mode="bypass")) == "deny"
    assert effect(subject("edit", "link", "/dev/sda"), setting(mode="bypass")) == "deny"


def test_a_search_hides_what_would_be_denied_or_asked_about_for_its_own_sake() -> None:
    chosen = setting("user deny read(private/**)", "user ask read(drafts/**)")
    hidden = {
        path: hides(subject("read", path), chosen) for path in ("a.py", ".env", "private/x", "drafts/x", "/etc/x")
    }
    assert hidden == {"a.py": False, ".env": True, "private/x": True, "drafts/x": True, "/etc/x": False}


PATHS = st.sampled_from(["a.py", "src/a.py", "src/deep/b.py", ".env", ".git/config", "/etc/passwd", "caf\u00e9/x"])
PATTERNS = st.sampled_from(
    ["", "**", "*", "src/**", "src/*", "**/*.py", "a.py", "/etc/**", "cafe\u0301/**", "./src/**"]
)
RULES = st.builds(
    Rule,
    st.sampled_from(get_args(Effect)),
    st.sampled_from(["*", "tool", "edit", "read", "create"]),
    PATTERNS,
    st.sampled_from(SOURCES),
)
SUBJECTS = st.builds(subject, st.sampled_from(get_args(SubjectKind)), PATHS, PATHS)


@given(
    st.lists(RULES, max_size=5), RULES, st.lists(SUBJECTS, max_size=3), st.sampled_from(MODES), st.booleans(), st.data()
)
def test_one_more_deny_or_one_more_subject_never_makes_a_verdict_milder(
    rules: list[Rule], deny: Rule, subjects: list[Subj], mode: Mode, trusted: bool, data: st.DataObject
) -> None:
    before = decide("tool", subjects, Setting(ROOT, mode, tuple(rules), trusted=trusted)).effect
    more = [*rules, Rule("deny", deny.tool, deny.pattern, deny.source)]
    assert (
        SEVERITY[decide("tool", subjects, Setting(ROOT, mode, tuple(more), trusted=trusted)).effect] >= SEVERITY[before]
    )
    if subjects:
        wider = [*subjects, data.draw(SUBJECTS)]
        after = decide("tool", wider, Setting(ROOT, mode, tuple(rules), trusted=trusted)).effect
        assert SEVERITY[after] >= SEVERITY[before]


@given(st.lists(RULES, max_size=5), st.lists(SUBJECTS, max_size=3), st.sampled_from(MODES))
def test_what_a_project_brings_never_makes_a_verdict_milder_before_it_is_trusted(
    rules: list[Rule], subjects: list[Subj], mode: Mode
) -> None:
    own = tuple(rule for rule in rules if rule.source != "project")
    without = decide("tool", subjects, Setting(ROOT, mode, own)).effect
    assert SEVERITY[decide("tool", subjects, Setting(ROOT, mode, tuple(rules))).effect] >= SEVERITY[without]
