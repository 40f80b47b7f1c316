"""A JavaScript or TypeScript text as a syntax tree, and its places: bytes there, lines and columns here."""

import functools
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import PurePosixPath

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from bridge.harness.refactoring.project import SourceFile
from bridge.harness.refactoring.values import Point, Refusal
from bridge.harness.workspace.text import split_lines

JAVASCRIPT = frozenset({".js", ".jsx", ".mjs", ".cjs"})
"""Read with JSX; TypeScript's .ts can't be, as `<T>x` is a cast there."""
TYPESCRIPT = frozenset({".ts", ".mts", ".cts"})
EXTENSIONS = JAVASCRIPT | TYPESCRIPT | {".tsx"}


def speaks(path: str) -> bool:
    """Whether a file is JavaScript or TypeScript, by its ending."""
    return PurePosixPath(path).suffix in EXTENSIONS


class Source:
    """A text that parses. Offsets of nodes are bytes of its UTF-8; what leaves is lines and columns in characters."""

    def __init__(self, file: SourceFile) -> None:
        """Refusal where the text does not parse, with the line."""
        self.file = file
        self.data = file.text.encode()
        self.lines = [line.encode() for line in split_lines(file.text)]
        self._starts = [0, *accumulate(len(line) for line in self.lines)]
        self.root = _parser(PurePosixPath(file.path).suffix).parse(self.data).root_node
        if self.root.has_error:
            raise Refusal(
                f"{file.path} does not parse (line {self._broken() + 1}): a mistake, or syntax that is not known here. "
                "Mend that first, or ask a language model."
            )

    def text(self, node: Node) -> str:
        """What stands at a node."""
        return self.data[node.start_byte : node.end_byte].decode()

    def point(self, byte: int) -> Point:
        """Line and column of a byte."""
        row = min(bisect_right(self._starts, byte) - 1, max(len(self.lines) - 1, 0))
        start = self._starts[row]
        return Point(row + 1, len(self.data[start:byte].decode()) + 1)

    def line(self, node: Node) -> int:
        """The line that a node begins on, from 1."""
        return node.start_point.row + 1

    def byte(self, point: Point) -> int:
        """The byte of a place; Refusal for one outside of the text."""
        if not 1 <= point.line <= max(len(self.lines), 1):
            raise Refusal(f"{self.file.path} has {len(self.lines)} lines; there is no line {point.line}.")
        line = self.lines[point.line - 1].decode() if self.lines else ""
        return self._starts[point.line - 1] + len(line[: point.column - 1].encode())

    def byte_of_row(self, row: int) -> int:
        """Where a row, from 0, begins; the end of the text for the one after the last."""
        return self._starts[row]

    def row_text(self, line: int) -> str:
        """A line, from 1, without the white space around it."""
        return self.lines[line - 1].decode().strip()

    def _broken(self) -> int:
        """The row of the first place that does not parse."""
        broken = (node for node in walk(self.root) if node.is_error or node.is_missing)
        return min((node.start_point.row for node in broken), default=0)


def walk(root: Node) -> Iterator[Node]:
    """All nodes below and with `root`, in the order of the text. No recursion: a tree can be thousands deep."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


@functools.cache
def _parser(suffix: str) -> Parser:
    if suffix in JAVASCRIPT:
        return Parser(Language(tree_sitter_javascript.language()))
    if suffix in TYPESCRIPT:
        return Parser(Language(tree_sitter_typescript.language_typescript()))
    return Parser(Language(tree_sitter_typescript.language_tsx()))
