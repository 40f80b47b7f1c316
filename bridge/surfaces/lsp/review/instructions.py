"""Instruction comments: how a person asks without a plugin. `# agent: rename foo to bar`, in any comment style.

A comment that goes on below with the same marker and a deeper indent belongs to it:

    # agent: split this function
    #   and keep its tests

No language is parsed: a marker stands at the start of a line or after a blank, so one within a string literal can be
taken for a comment. It does no harm: an action is offered, and nothing runs before the person takes it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES = 50
MOST_CHARACTERS = 10_000
"""Of one instruction. A longer one is no comment that a person wrote; half of it could mean something else."""

# Every repetition is bounded or ends at a character that it can't hold, so a line takes time linear in its length.
# `--` (an option on a command line: `--agent:`) and `"` (a string) want a blank after them.
_OPENING = re.compile(
    r"(?<!\S)(?P<mark>#{1,8}|/{2,8}|;{1,8}|%{1,8}|/\*{1,8}|\(\*{1,8}|<!--|-{2,8}(?=[^\S\n])|\"(?=[^\S\n]))"
    r"[^\S\n]*agent:[^\S\n]*(?P<text>\S[^\n]*)",
    re.IGNORECASE,
)
_CLOSINGS = {"/*": "*/", "(*": "*)", "<!": "-->"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a comment asks for; `line` is 0-based, `lines` how many it takes."""

    line: int
    lines: int
    text: str


def find_instructions(text: str) -> Iterator[Instruction]:
    """All instruction comments of a document, from the top; at most one a line."""
    line, at = 0, 0
    for found in _OPENING.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        mark = found["mark"]
        if mark == '"' and not _begins_line(text, at):
            continue  # a string; only Vim's comments begin so, and they begin their line
        words = [_unclosed(found["text"], mark), *_continuation(text, found.end(), mark)]
        whole = " ".join(words)
        if words[0] and len(words) <= MOST_LINES and len(whole) <= MOST_CHARACTERS:
            yield Instruction(line, len(words), whole)


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _unclosed(text: str, mark: str) -> str:
    """The words of one line, up to the end of a block comment."""
    closing = _CLOSINGS.get(mark[:2])
    if closing is not None:
        text = text.partition(closing)[0]
        if closing[0] == "*":
            text = text.rstrip("*")
    return text.strip()


def _continuation(text: str, at: int, mark: str) -> Iterator[str]:
    goes_on = re.compile(rf"\n[^\S\n]*{re.escape(mark)}(?: {{2,}}|\t+)(?!(?i:agent:))(?P<text>\S[^\n]*)")
    while found := goes_on.match(text, at):
        yield _unclosed(found["text"], mark)
        at = found.end()
