"""A Python file as the analysis sees it: its tree, and places as offsets in the analysed text and in the file's own."""

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from dataclasses import dataclass, field

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.reading.fstrings import mend_places
from bridge.harness.refactoring.python.reading.kept import Kept
from bridge.harness.values.text import Sha

_ENDS = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A comment, or a string literal with its quotes; `fields` are the parts of an f-string that are code."""

    start: int
    end: int
    kind: str
    fields: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Source:
    r"""A file that parses. Offsets count characters of `text`, in which every line ends in \n."""

    file: SourceFile
    text: str
    tree: ast.Module
    starts: tuple[int, ...]
    # Where, in `text`, a line end stands that takes two characters in the file.
    _pairs: tuple[int, ...]
    _pieces: list[tuple[Piece, ...]] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The file's path."""
        return self.file.path

    def offset(self, line: int, column: int) -> int:
        """The offset of a place as `ast` gives it: line from 1, column in UTF-8 bytes from 0."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        text = self.text[start:end]
        if text.isascii():
            return start + column
        return start + len(text.encode()[:column].decode(errors="ignore"))

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def line_of(self, offset: int) -> int:
        """The line, from 1, that an offset lies in."""
        return bisect_right(self.starts, offset)

    def in_file(self, offset: int) -> int:
        """The same place in the file's own text."""
        return offset + bisect_right(self._pairs, offset - 1)

    def from_file(self, offset: int) -> int:
        """An offset in the file's own text, as one here."""
        low, high = 0, len(self.text)
        while low < high:
            middle = (low + high) // 2
            if self.in_file(middle) < offset:
                low = middle + 1
            else:
                high = middle
        return low

    def pieces(self) -> tuple[Piece, ...]:
        """All comments and string literals, in order."""
        if not self._pieces:
            self._pieces.append(tuple(_pieces(self)))
        return self._pieces[0]


def read_source(file: SourceFile) -> Source:
    """Parses a file; SyntaxError (or ValueError, for a NUL) where it is none of Python."""
    text = _ENDS.sub("\n", file.text)
    with warnings.catch_warnings():
        # An invalid escape in somebody's file is a SyntaxWarning; it is theirs.
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    starts = (0, *(match.end() for match in re.finditer("\n", text)))
    pairs = []
    shift = 0
    for match in _ENDS.finditer(file.text):
        if len(match[0]) == 2:
            pairs.append(match.start() - shift)
            shift += 1
    source = Source(file, text, tree, starts, tuple(pairs))
    mend_places(source.text, source.tree)
    return source


_Cache = dict[str, tuple[Sha, Source | str]]
_parsed: Kept[_Cache] = Kept(lambda _: {}, lambda _: True)


def parse(project: Project, path: str) -> Source | None:
    """A file's source, parsed once for each text; one that does not parse is skipped, which the answer tells."""
    file = project.try_read(path)
    if file is None:
        return None
    cache = _parsed.of(project)
    known = cache.get(path)
    if known is None or known[0] != file.sha:
        known = cache[path] = (file.sha, _parse(file))
    if isinstance(known[1], str):
        project.skip(path, known[1])
        return None
    return known[1]


def _parse(file: SourceFile) -> Source | str:
    try:
        return read_source(file)
    except SyntaxError as error:
        return f"it does not parse (line {error.lineno or 1})"
    except (ValueError, RecursionError) as error:
        return f"it does not parse ({error})"


def tokens(text: str) -> list[tokenize.TokenInfo]:
    """All tokens up to the first that tokenize can't make sense of."""
    found: list[tokenize.TokenInfo] = []
    try:
        found.extend(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def _pieces(source: Source) -> list[Piece]:
    found = []
    formatted = [node.value for node in ast.walk(source.tree) if isinstance(node, ast.FormattedValue)]
    fields = sorted((source.start(node), source.end(node)) for node in formatted)
    for start, end, kind in _literals(source):
        inside = tuple(part for part in fields if start < part[0] and part[1] < end) if kind == "string" else ()
        found.append(Piece(start, end, kind, inside))
    return found


def _literals(source: Source) -> list[tuple[int, int, str]]:
    """Comments and whole string literals; an f-string, which is many tokens since Python 3.12, is one."""
    found: list[tuple[int, int, str]] = []
    opened: list[int] = []
    for token in tokens(source.text):
        name = tokenize.tok_name[token.type]
        if name in {"FSTRING_START", "TSTRING_START"}:
            opened.append(_at(source, token.start))
        elif name in {"FSTRING_END", "TSTRING_END"}:
            begun = opened.pop()
            if not opened:
                found.append((begun, _at(source, token.end), "string"))
        elif name in {"STRING", "COMMENT"} and not opened:
            found.append((_at(source, token.start), _at(source, token.end), name.lower()))
    return found


def _at(source: Source, place: tuple[int, int]) -> int:
    """The offset of a place as `tokenize` gives it: its columns count characters, unlike those of `ast`."""
    return source.starts[place[0] - 1] + place[1]
