import logging
import sys

import pytest

from bridge.surfaces.lsp.log import EscapingFormatter, escaped


def line(message: str, *args: object, error: bool = False) -> str:
    try:
        raise ValueError("a\n2026 ERROR forged\x1b[2J")
    except ValueError:
        exc_info = sys.exc_info() if error else None
    return EscapingFormatter().format(logging.LogRecord("n", logging.INFO, "f", 1, message, args, exc_info))


def test_a_message_stays_on_its_line() -> None:
    assert line("no such method: %s", "../x\n2026 ERROR forged\x1b[2J\x9b\u202e\ud800").endswith(
        "no such method: ../x\\n2026 ERROR forged\\x1b[2J\\x9b\\u202e\\ud800"
    )


def test_the_lines_of_a_traceback_can_not_pass_for_log_lines() -> None:
    first, *rest = line("failed", error=True).split("\n")
    assert first.endswith("failed")
    assert all(text.startswith("  | ") for text in rest)
    assert rest[-1] == "  | 2026 ERROR forged\\x1b[2J"


@pytest.mark.parametrize("text", ["", "plain", "é€\N{GRINNING FACE}", "a b"])
def test_printable_text_is_left_alone(text: str) -> None:
    assert escaped(text) == text
