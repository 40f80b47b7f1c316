"""What a selection means: whole statements side by side, or one expression. Blanks around it don't matter."""

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.harness.refactoring.project import SourceFile
from bridge.harness.refactoring.python.reading.edits import Replacement
from bridge.harness.refactoring.python.reading.source import Source
from bridge.harness.refactoring.values import Refusal, Selection

_BODIES = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True)
class Statements:
    """Whole statements of one block, each on lines of its own; `start` and `end` are line starts, comments included."""

    nodes: tuple[ast.stmt, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression, without the parentheses around it."""

    node: ast.expr
    start: int
    end: int


def bounds(source: Source, file: SourceFile, selection: Selection) -> tuple[int, int]:
    """The selection in offsets of the analysed text, without the blanks at its ends; Refusal for an empty one."""
    start = source.from_file(file.offset(selection.start))
    end = source.from_file(file.offset(selection.end))
    while start < end and source.text[start].isspace():
        start += 1
    while end > start and source.text[end - 1].isspace():
        end -= 1
    if start >= end:
        raise Refusal("Nothing is selected. Select the code to extract.")
    return start, end


def expression_in(source: Source, start: int, end: int) -> Expression | None:
    """The expression that stands exactly there, perhaps in parentheses."""
    at, to = start, end
    while True:
        for node in _expressions(source.tree):
            if source.start(node) == at and source.end(node) == to:
                return Expression(node, at, to)
        if source.text[at] != "(" or source.text[to - 1] != ")" or to - at < 3:
            return None
        at, to = _inside(source.text, at + 1, to - 1)


def standing(source: Source, chosen: Expression, new: str) -> Replacement:
    """A name or call instead of an expression: without parentheses that only that one needed.

    Those that are a call's own stay, also where they are a generator's: `sum(x for x in y)`.
    """
    text, start, end = source.text, chosen.start, chosen.end
    if _is_called(text, start):
        return Replacement(start, end, f"({new})")
    while (before := text[:start].rstrip())[-1:] == "(" and (behind := text[end:].lstrip())[:1] == ")":
        opening = len(before) - 1
        if _is_called(text, opening):
            break
        start, end = opening, len(text) - len(behind) + 1
    return Replacement(start, end, new)


def _is_called(text: str, at: int) -> bool:
    """Whether a parenthesis there belongs to what stands before it, or parts it from a word."""
    before = text[:at].rstrip(" \t\\\n")
    word = re.search(r"\w+$", before)
    if text[at : at + 1] != "(":
        return False
    if word is not None and keyword.iskeyword(word[0]):
        return len(before) == at
    return word is not None or before[-1:] in {")", "]", "}", '"', "'"}


def statements_in(source: Source, start: int, end: int) -> Statements:
    """The statements that the selection touches; Refusal where they are not side by side, or share their lines."""
    block = _block(source.tree, source, start, end)
    touched = [node for node in block if _begin(source, node) < end and source.end(node) > start]
    if not touched:
        raise Refusal("No code is selected, only comments or blanks. Select whole statements or an expression.")
    if source.text.startswith("elif", _begin(source, touched[0])):
        raise Refusal(
            "An `elif` can't be taken out of its `if`. Select the whole `if`, or what stands below the `elif`."
        )
    first = source.starts[source.line_of(_begin(source, touched[0])) - 1]
    last = source.text.find("\n", source.end(touched[-1]))
    last = len(source.text) if last < 0 else last + 1
    before = source.text[first : _begin(source, touched[0])]
    behind = source.text[source.end(touched[-1]) : last].strip()
    if before.strip() or (behind and not behind.startswith("#")):
        raise Refusal("The statements share a line with other code. Put them on lines of their own first.")
    # Comments above the first statement belong to it, as far as they are selected.
    while first > start:
        above = source.text.rfind("\n", 0, first - 1) + 1
        if source.text[above:first].strip() and not source.text[above:first].strip().startswith("#"):
            break
        first = above
    return Statements(tuple(touched), first, last)


def _block(tree: ast.Module, source: Source, start: int, end: int) -> list[ast.stmt]:
    """The innermost block that holds the whole selection."""
    best: list[ast.stmt] = tree.body
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for block in blocks_of(node):
            inside = _only_comments(source.text[start : _begin(source, block[0])])
            if inside and end <= source.end(block[-1]) and _own_lines(source, node, block):
                best = block
            waiting.extend(block)
    return best


def _only_comments(text: str) -> bool:
    """Whether a text, perhaps empty, has nothing but comments and blanks in it."""
    return all(line.strip()[:1] in {"", "#"} for line in text.split("\n"))


def _own_lines(source: Source, node: ast.AST, block: list[ast.stmt]) -> bool:
    return isinstance(node, ast.Module) or source.line_of(source.start(node)) < source.line_of(_begin(source, block[0]))


def blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of statements right below a node."""
    for name in _BODIES:
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        yield part.body


def _begin(source: Source, node: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return source.text.rindex("@", 0, source.start(decorators[0])) if decorators else source.start(node)


def _expressions(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Slice | ast.Starred):
            yield node


def _inside(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
