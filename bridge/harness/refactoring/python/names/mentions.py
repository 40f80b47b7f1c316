"""Mentions of a name in texts: docstrings, comments and other strings.

What is a word of the language too (`total`, `name`) counts only where it is written as code: in backticks or quotes,
before a "(" or beside a dot. A string that is nothing but the name is data, such as a key: it does not count.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.harness.refactoring.instructions import is_instruction
from bridge.harness.refactoring.python.guards import whole_word
from bridge.harness.refactoring.python.names.scopes import Outline, Scope
from bridge.harness.refactoring.python.names.target import Target

_QUOTES = "`'\"\u2018\u2019\u201c\u201d"
_SENTENCE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention, in offsets of the analysed text; `where`: in a docstring, in a comment, in a string.

    `counts`: whether it means the target; otherwise it may be just a word, or data.
    """

    start: int
    end: int
    where: str
    counts: bool


def mentions_in(outline: Outline, target: Target, *, used: bool) -> Iterator[Mention]:
    """All that may be mentions of a target in one file; `used`: whether the file has the name in its code.

    In a file that does not use it only a distinctive name counts: another's `name` is not this one's.
    """
    regions = _regions(outline, target)
    docstrings = _docstrings(outline)
    source = outline.source
    for piece in source.pieces():
        if regions is not None and not any(start <= piece.start < end for start, end in regions):
            continue
        if piece.kind == "comment" and is_instruction(source.text[piece.start : piece.end]):
            continue
        where = "in a comment" if piece.kind == "comment" else "in a string"
        if piece.start in docstrings:
            where = "in a docstring"
        prose = where != "in a string" or _SENTENCE.search(source.text, piece.start, piece.end) is not None
        for match in whole_word(target.name).finditer(source.text, piece.start, piece.end):
            if any(start <= match.start() < end for start, end in piece.fields):
                continue
            plain = is_word(target.name)
            meant = _as_code(source.text, match.start(), match.end()) if plain else True
            yield Mention(match.start(), match.end(), where, prose and meant and (used or not plain))


def is_word(name: str) -> bool:
    """Whether a name may be an ordinary word in a sentence."""
    return name.isalpha() and (name.islower() or name.istitle())


def _as_code(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and after and before in _QUOTES and after in _QUOTES:
        return True
    if after == "(" or (after == "." and text[end + 1 : end + 2].isidentifier()):
        return True
    return before == "." and text[start - 2 : start - 1].isidentifier()


def _docstrings(outline: Outline) -> set[int]:
    """Where docstrings begin: strings that are statements, those below a constant among them."""
    return {
        outline.source.start(node.value)
        for node in ast.walk(outline.source.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def _regions(outline: Outline, target: Target) -> list[tuple[int, int]] | None:
    """Where a local name or a parameter can be meant: in its function; None for the whole file."""
    if target.kind not in {"local", "parameter"}:
        return None
    scopes: list[Scope] = [one.scope for one in target.bindings if one.scope.source is outline.source]
    return [(outline.source.start(scope.node), outline.source.end(scope.node)) for scope in scopes]
