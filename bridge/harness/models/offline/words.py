"""A request's words: what stands between blanks, with code kept whole.

Quoted text is one word, never taken for one of the grammar's. Brackets hold blanks: `dict[str, int]` is one word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 2000
"""Of a request. A longer one is no sentence of this grammar."""

NEWLINE = "\n"
ARROW = "->"

_OPEN, _CLOSE = "([{", ")]}"
_STOPS = frozenset(",;?!")
_ENDS = ".…:"
_QUOTED = re.compile(
    r"(?:(?P<ticks>`{1,3})(?P<code>[^`\n]+)(?P=ticks)|\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)')(?!\w)"
)
_ARROW = re.compile(r"(?:-+|=+)>|[→⇒➜⟶]")
_RANGE = re.compile(r"[Ll]?(\d+)\s*(?:[-–—…]|\.\.+)\s*[Ll]?(\d+)(?![\w.])")
_FILE_LINE = re.compile(r"(?P<path>[\w@~./+-]*\w\.\w+):(?P<line>\d+)(?::\d+)?(?![\w.])")
_URI = re.compile(r"file://[^\s,;`\"'<>]+[^\s,;`\"'<>.:?!]")
_POSSESSIVE = re.compile(r"(?P<owner>.+)'s$", re.IGNORECASE)
_CONTRACTED = frozenset(("let's", "that's", "it's", "what's", "where's", "who's", "there's", "here's", "how's"))
_SMILEY = re.compile(r"[:;=]-?[)D(P]|<3|\^\^")
_TYPOGRAPHIC = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "´": "'", "\u00a0": " "})


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `start` and `end` are offsets in the text; `quote` is the mark around it, or empty."""

    text: str
    start: int
    end: int
    quote: str = ""

    @property
    def key(self) -> str:
        """How the grammar compares it; quoted words compare equal to none of its own."""
        return "" if self.quote else self.text.casefold()

    @property
    def is_break(self) -> bool:
        """Whether a sentence may end here."""
        return not self.quote and self.text in {NEWLINE, ".", ";", "!", "?", ",", "…", ":"}


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


def normalised(text: str) -> str:
    """With plain quotation marks and no invisible characters; the same length is not promised."""
    text = text.translate(_TYPOGRAPHIC).replace("\r\n", NEWLINE).replace("\r", NEWLINE)
    return "".join(c for c in text if c == NEWLINE or c == "\t" or unicodedata.category(c) not in {"Cc", "Cf", "So"})


def split(text: str) -> tuple[Word, ...]:
    """The words of a normalised text. Its end marks are words of their own."""
    words: list[Word] = []
    for word in _scan(text):
        words.extend(_parts(word))
    return tuple(words)


def _scan(text: str) -> Iterator[Word]:
    at = 0
    while at < len(text):
        character = text[at]
        if character in " \t":
            at += 1
            continue
        word = _special(text, at) or _chunk(text, at)
        yield word
        at = word.end


def _special(text: str, at: int) -> Word | None:
    """What is more than a run of characters without blanks."""
    if text[at] == NEWLINE:
        return Word(NEWLINE, at, at + 1)
    if found := _SMILEY.match(text, at):
        return Word(",", at, found.end())  # as a pause
    if found := _QUOTED.match(text, at):
        inner = found["code"] or found["double"] or found["single"] or ""
        if inner.strip():
            return Word(inner.strip(), at, found.end(), text[at])
    if found := _ARROW.match(text, at):
        return Word(ARROW, at, found.end())
    if found := _RANGE.match(text, at):
        return Word(f"{found[1]}-{found[2]}", at, found.end())
    for pattern in (_URI, _FILE_LINE):
        if found := pattern.match(text, at):
            return Word(found[0], at, found.end())
    if text[at] in _STOPS or text[at] in "=:":
        return Word(text[at], at, at + 1)
    return None


def _chunk(text: str, at: int) -> Word:
    """Up to a blank or a stop outside brackets; brackets that never close end nothing."""
    end, depth = at, 0
    while end < len(text):
        character = text[end]
        if character in _OPEN and _closes(text, end):
            depth += 1
        elif character in _CLOSE and depth:
            depth -= 1
        elif character == NEWLINE or (depth == 0 and end > at and _ends_chunk(character)):
            break
        end += 1
    return Word(text[at:end], at, end)


def _ends_chunk(character: str) -> bool:
    return character.isspace() or character in _STOPS or character in '`"=:'


def _closes(text: str, at: int) -> bool:
    """Whether the bracket at this place is closed on its line, with all between in balance."""
    depth = 0
    for character in text[at : at + 200]:
        if character == NEWLINE:
            return False
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0:
            return True
    return False


def _parts(word: Word) -> Iterator[Word]:
    """End marks and the possessive s come off."""
    if word.quote or word.text == NEWLINE or word.text in _STOPS:
        yield word
        return
    kept = word.text.rstrip(_ENDS) or word.text
    found = _POSSESSIVE.match(kept)
    if found and kept.casefold() not in _CONTRACTED:
        middle = word.start + len(found["owner"])
        yield Word(found["owner"], word.start, middle)
        yield Word("'s", middle, middle + 2)
    elif kept:
        yield Word(kept, word.start, word.start + len(kept))
    if kept != word.text:
        last = word.start + len(kept)
        yield Word(word.text[len(kept)], last, word.end)
