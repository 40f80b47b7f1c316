"""Rules as people write them: which subjects they speak of."""

from pathlib import Path

import pytest

from bridge.harness.permissions.rules import matches
from bridge.harness.values.policy import Effect, Rule, Subj, SubjectKind

ROOT = Path("/ws")


def speaks(
    pattern: str, path: str, effect: Effect = "allow", tool: str = "*", kind: SubjectKind = "read", to: str = ""
) -> bool:
    one = Subj(kind, str(ROOT / path), str(ROOT / (to or path)), inside=True)
    return matches(Rule(effect, tool, pattern, "user"), "read_file", one, ROOT)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("", "any/thing", True),
        ("a.py", "a.py", True),
        ("a.py", "src/a.py", False),
        ("*.py", "a.py", True),
        ("*.py", "src/a.py", False),
        ("**/*.py", "a.py", True),
        ("**/*.py", "src/deep/a.py", True),
        ("src/**", "src/a.py", True),
        ("src/**", "src/deep/a.py", True),
        ("src/**", "src2/a.py", False),
        ("src/**", "src", False),
        ("src/*", "src/deep/a.py", False),
        ("./src/*", "src/a.py", True),
        ("src/**/b.py", "src/b.py", True),
        ("?.py", "a.py", True),
        ("?.py", "/.py", False),
        ("a.py", "aXpy", False),
        ("[a].py", "[a].py", True),
        ("**", "a\nb", True),
        ("src/*", "src/a\nb", True),
        ("/etc/**", "/etc/passwd", True),
        ("/etc/**", "a.py", False),
        ("**", "/etc/passwd", False),
        ("../**", "/etc/passwd", False),
    ],
)
def test_a_pattern_is_matched_on_whole_components(pattern: str, path: str, expected: bool) -> None:
    assert speaks(pattern, path) is expected
    assert speaks(pattern, path, "deny") is expected


def test_an_allow_has_to_fit_both_where_a_path_points_and_where_it_leads() -> None:
    assert speaks("src/**", "src/a.py", to="src/b.py")
    assert not speaks("src/**", "src/a.py", to="private/b.py")
    assert not speaks("src/**", "link", to="src/a.py")


@pytest.mark.parametrize("effect", ["deny", "ask"])
def test_a_deny_or_an_ask_has_to_fit_one_of_the_two(effect: Effect) -> None:
    assert speaks("private/**", "link", effect, to="private/b.py")
    assert speaks("link", "link", effect, to="src/b.py")


@pytest.mark.parametrize("spelling", ["SECRETS/a", "secrets./a", "secrets /a", "sec\u200brets/a"])
def test_a_deny_reaches_other_spellings_of_a_name_and_an_allow_does_not(spelling: str) -> None:
    assert speaks("secrets/**", spelling, "deny")
    assert not speaks("secrets/**", spelling, "allow")


def test_composed_and_decomposed_letters_are_one_name_to_a_deny() -> None:
    assert speaks("cafe\u0301/**", "caf\u00e9/x", "deny")


@pytest.mark.parametrize(
    ("tool", "effect", "kinds"),
    [
        ("*", "allow", {"read", "list", "edit", "create", "delete", "move"}),
        ("edit", "allow", {"edit", "create"}),
        ("edit", "deny", {"edit", "create", "delete", "move"}),
        ("edit", "ask", {"edit", "create", "delete", "move"}),
        ("read", "allow", {"read", "list"}),
        ("read", "deny", {"read", "list"}),
        ("delete", "allow", {"delete"}),
        ("read_file", "deny", {"read", "list", "edit", "create", "delete", "move"}),
        ("shell", "deny", set()),
    ],
)
def test_a_rule_names_a_tool_or_what_is_done(tool: str, effect: Effect, kinds: set[SubjectKind]) -> None:
    every: tuple[SubjectKind, ...] = ("read", "list", "edit", "create", "delete", "move")
    assert {kind for kind in every if speaks("**", "a.py", effect, tool, kind)} == kinds


def test_a_root_that_is_a_link_is_known_by_both_names(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "ws").symlink_to("real")
    one = Subj("read", str(tmp_path / "ws/a.py"), str(tmp_path / "real/a.py"), inside=True)
    assert matches(Rule("allow", "read", "*.py", "user"), "read_file", one, tmp_path / "ws")
