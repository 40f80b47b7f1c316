"""Keys and what they mean."""

import pytest

from bridge.surfaces.terminal.choices import HELP, HUNK_KEYS, QUESTION_KEYS, STALE_KEYS, Command, KeyTable, command_for


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("y", "accept"),
        ("Y", "accept"),
        ("n", "reject"),
        ("r", "reason"),
        ("a", "accept_file"),
        ("A", "accept_all"),
        ("d", "reject_file"),
        ("q", "stop"),
        ("?", "help"),
    ],
)
def test_a_key_has_its_meaning_in_either_case_but_a_capital_that_is_a_key_itself(key: str, command: Command) -> None:
    assert command_for(key, HUNK_KEYS) == command


@pytest.mark.parametrize("key", ["x", " ", "\r", "\n", "\x1b", "\x1b[A", "\x04", "ё", "yes"])
def test_any_other_key_decides_nothing(key: str) -> None:
    for keys in (HUNK_KEYS, STALE_KEYS, QUESTION_KEYS):
        assert command_for(key, keys) is None


@pytest.mark.parametrize("keys", [HUNK_KEYS, STALE_KEYS, QUESTION_KEYS])
def test_a_terminal_that_is_gone_stops_the_turn_and_accepts_nothing(keys: KeyTable) -> None:
    assert command_for("", keys) == "stop"


@pytest.mark.parametrize("key", ["y", "Y", "a", "A", "r"])
def test_no_key_accepts_a_hunk_that_no_longer_fits(key: str) -> None:
    assert command_for(key, STALE_KEYS) is None


@pytest.mark.parametrize("keys", [HUNK_KEYS, STALE_KEYS, QUESTION_KEYS])
def test_every_key_has_a_line_of_help(keys: KeyTable) -> None:
    assert all(HELP[command] for command, _ in keys.values())
