"""Values for text, its places and its files. Lines are what `workspace.text.split_lines` gives: they end with "\\n"."""

from dataclasses import dataclass
from typing import Literal, NewType

Sha = NewType("Sha", str)
"""A sha256 in lower-case hex."""

Eol = Literal["lf", "crlf", "mixed"]


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a file holds its text; kept by every edit.

    `encoding` is a Python codec name (utf-8, utf-16-le, utf-16-be, latin-1), `bom` whether the file begins with
    a byte order mark (never a part of the text), `mode` the permission bits, None where there is no file.
    A text without line ends counts as "lf".
    """

    encoding: str
    bom: bool
    eol: Eol
    final_newline: bool
    mode: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """Lines [start, end), 0-based; start == end is a place between lines."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """Whole lines `old`, standing at `span`, become `new`."""

    span: Span
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """Characters [start, end) become `text`; offsets count code points in the text before the change."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One exact replacement, as a model asks for it; `replace_all` allows any number of places but none."""

    old: str
    new: str
    replace_all: bool = False


def visible(line: str) -> str:
    """One line without its end; escapes for what would not be seen, or seen as something else.

    Control characters would be orders to a terminal; bidirectional and invisible ones hide what a line says.
    """
    text = line.rstrip("\r\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_seen(c) else c.encode("unicode_escape").decode("ascii") for c in text)


def _is_seen(character: str) -> bool:
    """Unicode calls the Hangul fillers letters and the variation selectors marks: both can hide what a line says."""
    if character in "\u115f\u1160\u3164\uffa0" or "\U000e0100" <= character <= "\U000e01ef":
        return False
    return character.isprintable() or character == "\t"
