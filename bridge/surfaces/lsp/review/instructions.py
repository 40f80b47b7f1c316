"""Instruction comments: how a person asks without a plugin. `# agent: rename foo to bar`, in any comment style.

A comment that goes on below with the same marker and a deeper indent belongs to it:

    # agent: split this function
    #   and keep its tests
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(
    r"^[^\n]*?(?:^|(?<=\s))(?P<mark>#+|//+|--+|;+|%+|/\*+|<!--|\"+|\(\*)[^\S\n]*agent:[^\S\n]*(?P<text>\S[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(r"\s*(?:\*+/|-->|\*\))\s*$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a comment asks for; `line` is 0-based, `lines` how many it takes."""

    line: int
    lines: int
    text: str


def find_instructions(text: str) -> Iterator[Instruction]:
    """All instruction comments of a document, from the top."""
    line, at = 0, 0
    for found in _OPENING.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        words = [_CLOSING.sub("", found["text"]).strip()]
        words += _continuation(text, found.end(), found["mark"])
        if words[0]:
            yield Instruction(line, len(words), " ".join(words))


def _continuation(text: str, at: int, mark: str) -> Iterator[str]:
    goes_on = re.compile(rf"\n[^\S\n]*{re.escape(mark)}(?: {{2,}}|\t+)(?P<text>\S[^\n]*)")
    while found := goes_on.match(text, at):
        yield _CLOSING.sub("", found["text"]).strip()
        at = found.end()
