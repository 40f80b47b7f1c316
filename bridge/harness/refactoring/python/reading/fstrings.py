"""Before Python 3.12 `ast` puts the expressions inside an f-string at wrong places; here they are put right.

Each field's text is parsed once more by itself, and the places of its nodes are carried over.
"""

import ast
import io
import re
import sys
import tokenize
from bisect import bisect_right
from dataclasses import dataclass

_OPENING, _CLOSING = "([{", ")]}"
_PREFIX = re.compile(r"(?i)[a-z]*")


@dataclass(frozen=True, slots=True)
class _Field:
    """A replacement field: its expression from `start` to `end`, and the fields of its format."""

    start: int
    end: int
    nested: tuple["_Field", ...]


def mend_places(text: str, tree: ast.AST) -> None:
    """Puts the nodes inside f-strings where they stand; nothing to do where `ast` does it itself."""
    if sys.version_info >= (3, 12):
        return
    _mend(_Lines(text), tree, 0)


class _Lines:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def offset(self, line: int, column: int) -> int:
        start = self.starts[line - 1]
        rest = self.text[start:].partition("\n")[0] if column else ""
        return start + len(rest.encode()[:column].decode(errors="ignore"))

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, len(self.text[self.starts[line - 1] : offset].encode())


def _mend(lines: _Lines, tree: ast.AST, depth: int) -> None:
    for node in _outermost(tree):
        start = lines.offset(node.lineno, node.col_offset)
        end = lines.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        _pair(lines, node, _fields_of(lines.text, start, end), depth)


def _outermost(tree: ast.AST) -> list[ast.JoinedStr]:
    found: list[ast.JoinedStr] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr):
            found.append(node)
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _pair(lines: _Lines, node: ast.JoinedStr, fields: tuple[_Field, ...], depth: int) -> None:
    values = [value for value in node.values if isinstance(value, ast.FormattedValue)]
    if len(values) != len(fields):
        return
    for value, part in zip(values, fields, strict=True):
        _carry(lines, value.value, part, depth)
        if isinstance(value.format_spec, ast.JoinedStr):
            _pair(lines, value.format_spec, part.nested, depth)


def _carry(lines: _Lines, old: ast.expr, part: _Field, depth: int) -> None:
    inner = "(" + lines.text[part.start : part.end] + ")"
    try:
        parsed = ast.parse(inner, mode="eval").body
    except SyntaxError:
        return
    own = _Lines(inner)
    if depth < 8:  # f-strings inside f-strings: Python 3.11 itself allows four
        _mend(own, parsed, depth + 1)
    for mine, theirs in zip(ast.walk(old), ast.walk(parsed), strict=False):
        if type(mine) is not type(theirs):
            return
        if isinstance(mine, ast.expr | ast.keyword | ast.arg) and isinstance(theirs, ast.expr | ast.keyword | ast.arg):
            start = part.start - 1 + own.offset(theirs.lineno, theirs.col_offset)
            end = part.start - 1 + own.offset(theirs.end_lineno or 1, theirs.end_col_offset or 0)
            mine.lineno, mine.col_offset = lines.place(start)
            mine.end_lineno, mine.end_col_offset = lines.place(end)


def _fields_of(text: str, start: int, end: int) -> tuple[_Field, ...]:
    """The fields of the string literals between `start` and `end`, which may be several side by side."""
    found: list[_Field] = []
    # In parentheses, so that literals on several lines are one expression; they take one character at the front.
    part = "(" + text[start:end] + ")"
    own = _Lines(part)
    for token in tokenize.generate_tokens(io.StringIO(part).readline):
        prefix = _PREFIX.match(token.string)
        if token.type != tokenize.STRING or prefix is None or "f" not in prefix[0].lower():
            continue
        first = start - 1 + own.starts[token.start[0] - 1] + token.start[1]
        quotes = 3 if token.string[prefix.end() :][:3] in {'"""', "'''"} else 1
        body = first + prefix.end() + quotes
        last = first + len(token.string) - quotes
        found.extend(_scan(text, body, last, raw="r" in prefix[0].lower())[0])
    return tuple(found)


def _scan(text: str, at: int, end: int, *, raw: bool, nested: bool = False) -> tuple[tuple[_Field, ...], int]:
    """The fields from `at` on, and where it stopped: at the end, or at the brace that closes a format."""
    found: list[_Field] = []
    while at < end:
        if not raw and text.startswith("\\N{", at):
            at = text.index("}", at) + 1
        elif text[at] == "}" and nested:
            break
        elif text[at] in "{}" and text[at : at + 2] in {"{{", "}}"} and not nested:
            at += 2
        elif text[at] == "{":
            part, at = _field(text, at + 1, end, raw=raw)
            found.append(part)
        else:
            at += 1
    return tuple(found), at


def _field(text: str, start: int, end: int, *, raw: bool) -> tuple[_Field, int]:
    at = _end_of_expression(text, start, end)
    last = at
    if text[at] == "=":
        at += 1
        while text[at].isspace():
            at += 1
    if text[at] == "!":
        at += 2
    nested: tuple[_Field, ...] = ()
    if text[at] == ":":
        nested, at = _scan(text, at + 1, end, raw=raw, nested=True)
    return _Field(start, last, nested), at + 1


def _end_of_expression(text: str, at: int, end: int) -> int:
    """Where a field's expression ends: at a "!", ":", "}" or "=" that is not part of it."""
    depth = 0
    while at < end:
        character = text[at]
        if character in "\"'":
            at = _after_string(text, at)
            continue
        if depth == 0 and _ends(text, at):
            return at
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        at += 1
    return at


def _ends(text: str, at: int) -> bool:
    character = text[at]
    if character in ":}":
        return True
    if character == "!":
        return text[at + 1] != "="
    return character == "=" and text[at + 1] != "=" and text[at - 1] not in "=!<>"


def _after_string(text: str, at: int) -> int:
    quote = text[at : at + 3] if text[at : at + 3] in {'"""', "'''"} else text[at]
    return text.index(quote, at + len(quote)) + len(quote)
