"""File globs, as ripgrep and git read them."""

import re
from collections.abc import Callable

from bridge.harness.errors import ToolInputError

Fits = Callable[[str], bool]
"""Whether a path, relative to where the search begins, with slashes, is one that the glob means."""


def compiled(pattern: str) -> Fits:
    """`*` and `?` stay within a name, `**` crosses folders, `[ab]` and `{a,b}` choose, a leading `!` turns it round.

    A glob without a slash is for names at any depth; with one it is for the path from the start of the search.
    ToolInputError where it can't be read, as when brackets or braces are left open.
    """
    wanted = not pattern.startswith("!")
    text = pattern.removeprefix("!").removeprefix("./")
    if "/" not in text:
        text = f"**/{text}"
    try:
        matches = re.compile(_translate(text.removeprefix("/"), pattern), re.DOTALL).fullmatch
    except re.error as error:
        raise ToolInputError(f"the glob {pattern!r} can't be read: {error}") from error
    return lambda path: (matches(path) is not None) is wanted


_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)
_WORDS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _translate(text: str, pattern: str) -> str:
    out, braces = "", 0
    for piece in _PIECES.findall(text):
        if piece == "{":
            out, braces = out + "(?:", braces + 1
        elif piece == "}" and braces:
            out, braces = out + ")", braces - 1
        elif piece == "," and braces:
            out += "|"
        else:
            out += _WORDS.get(piece) or _literal(piece, pattern)
    if braces:
        raise ToolInputError(f"the glob {pattern!r} has a {{ without its }}")
    return out


def _literal(piece: str, pattern: str) -> str:
    if piece == "[":
        raise ToolInputError(f"the glob {pattern!r} has a [ without its ]")
    return _class(piece) if piece[0] == "[" else re.escape(piece[-1])


def _class(piece: str) -> str:
    """A choice of characters; never the slash."""
    body = piece[1:-1]
    negated = body[:1] in ("!", "^")
    chosen = re.sub(r"[\\\[\]&~|^]", r"\\\g<0>", body[1:] if negated else body)
    return f"(?!/)[{'^' if negated else ''}{chosen}]"
