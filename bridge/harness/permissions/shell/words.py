"""Text as bash reads it: what may stand in a command at all, and what a word says without its quotes."""

import re
import unicodedata

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category, blank to the eye."""

_JOINED = re.compile(r"(?<=[ \t])\\\n(?=[ \t])")
_PLAIN = re.compile(r"[\w./,:=+@%^\-]+")


def unreadable(text: str) -> str:
    """Why a text can't be read for what it is: characters that are not seen, or that shells take differently."""
    if not text.strip():
        return "it is empty"
    for char in text:
        if (char < " " and char not in "\n\t") or char == "\x7f":
            return "it holds control characters"
        if char > "\x7f" and (unicodedata.category(char)[0] not in "LN" or char in _FILLERS or _blank(char)):
            return "it holds characters that can't be told from others"
    return ""


def _blank(char: str) -> bool:
    """Old shells take single bytes of a character for blanks."""
    return not {0x85, 0xA0}.isdisjoint(char.encode())


def joined(text: str) -> str | None:
    """The text with continued lines made one, at the same offsets; None where that is not sure."""
    if "\\\n" not in text:
        return text
    if any(char in text for char in "'\"#<`"):
        return None
    out = _JOINED.sub("  ", text)
    return None if "\\\n" in out else out


def literal(raw: str) -> str | None:
    """What a word says; None for one that says more than itself: expansions, patterns, braces, or not one word."""
    out: list[str] = []
    at = 0
    while at < len(raw):
        taken = _piece(raw, at)
        if taken is None:
            return None
        said, at = taken
        out.append(said)
    return "".join(out)


def _piece(raw: str, at: int) -> tuple[str, int] | None:
    if plain := _PLAIN.match(raw, at):
        return plain[0], plain.end()
    match raw[at]:
        case "'":
            end = raw.find("'", at + 1)
            return None if end < 0 else (raw[at + 1 : end], end + 1)
        case '"':
            return _double(raw, at + 1)
        case "\\" if at + 1 < len(raw) and raw[at + 1] != "\n":
            return raw[at + 1], at + 2
        case "~" | "#" as char if at > 0 and raw[at - 1] not in ":=":
            return char, at + 1
        case "!" if raw == "!":
            return "!", at + 1
    return None


def _double(raw: str, at: int) -> tuple[str, int] | None:
    out: list[str] = []
    while at < len(raw):
        char, after = raw[at], raw[at + 1 : at + 2]
        if char == '"':
            return "".join(out), at + 1
        if char == "`" or (char == "$" and after not in ('"', " ")):
            return None
        if char == "\\" and after and after in '$`"\\':
            char, at = after, at + 1
        out.append(char)
        at += 1
    return None
