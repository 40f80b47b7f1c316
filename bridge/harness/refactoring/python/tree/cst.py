"""A Python file as a tree whose nodes know their character offsets, and edits of its text by those offsets.

Edits splice the text as it is: what no edit covers keeps every character, its line endings included.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.metadata import BaseMetadataProvider, MetadataWrapper, ScopeProvider
from libcst.metadata.scope_provider import Scope
from libcst.metadata.span_provider import CodeSpan, SpanProvidingCodegenState

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.reading.kept import Kept
from bridge.harness.refactoring.values import ChangedFile, LineNote, Refusal

_KEPT = 1_000_000
"""Characters of source whose trees are kept; a tree takes some 300 times its text."""
_CUT = -1
"""The rank of an edit that takes whole lines away."""

_Node = TypeVar("_Node", bound=cst.CSTNode)


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters [start, end) become `new`, which is written with newlines as \\n. `rank` orders those of one place."""

    start: int
    end: int
    new: str
    rank: int = 0


class _Writing(SpanProvidingCodegenState):
    """Writes a module and learns where each node stands, and what it is a part of."""

    def __init__(self, module: cst.Module, spans: "_CharSpans") -> None:
        super().__init__(module.default_indent, module.default_newline, provider=spans, get_length=len)
        self.around: dict[cst.CSTNode, cst.CSTNode] = {}
        self._open: list[cst.CSTNode] = [module]

    def before_codegen(self, node: cst.CSTNode) -> None:
        """A node begins; shared constants of libcst, such as empty blanks, have no place of their own."""
        super().before_codegen(node)
        self.around[node] = self._open[-1]
        self._open.append(node)

    def after_codegen(self, node: cst.CSTNode) -> None:
        """It ends."""
        super().after_codegen(node)
        self._open.pop()


class _CharSpans(BaseMetadataProvider[CodeSpan]):
    """Where each node stands, in characters of the code that libcst writes."""

    def __init__(self) -> None:
        super().__init__()
        self.around: dict[cst.CSTNode, cst.CSTNode] = {}

    def write(self, module: cst.Module) -> tuple[dict[cst.CSTNode, CodeSpan], dict[cst.CSTNode, cst.CSTNode], str]:
        """Spans and parents of all nodes, and the code."""
        state = _Writing(module, self)
        module._codegen(state)  # noqa: SLF001 - the way that libcst's own providers of positions take
        spans = {node: span for node, span in self._computed.items() if isinstance(span, CodeSpan)}
        return spans, state.around, "".join(state.tokens)


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Without the garbage collector, which would walk the many nodes that are made, and find none to free."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Tree:
    """One parsed file."""

    def __init__(self, file: SourceFile) -> None:
        """Refusal names the line of a file that does not parse."""
        self.file = file
        with _not_collecting():
            try:
                module = cst.parse_module(file.text)
            except cst.ParserSyntaxError as error:
                raise Refusal(f"{file.path} does not parse (line {error.raw_line}). Mend it first.") from error
            self.module = module
            self._spans, self._parents, code = _CharSpans().write(module)
        self._offsets = _offsets(code, file)

    @property
    def path(self) -> str:
        """The file's path."""
        return self.file.path

    @cached_property
    def _scopes(self) -> dict[cst.CSTNode, Scope | None]:
        with _not_collecting():
            wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
            return dict(wrapper.resolve(ScopeProvider))

    @cached_property
    def _kinds(self) -> dict[type[cst.CSTNode], list[cst.CSTNode]]:
        found: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        for node in self._spans:
            found.setdefault(type(node), []).append(node)
        return found

    @cached_property
    def _names(self) -> dict[str, list[cst.Name]]:
        found: dict[str, list[cst.Name]] = {}
        for node in self.all(cst.Name):
            found.setdefault(node.value, []).append(node)
        return found

    @cached_property
    def _starts(self) -> dict[int, cst.Name]:
        return {self.span(node)[0]: node for node in self.all(cst.Name)}

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Its characters [start, end), with the parentheses around it, or the decorators before it."""
        start = self._spans[_first(node)].start
        last = self._spans[_last(node)]
        end = last.start + last.length
        return (start, end) if self._offsets is None else (self._offsets[start], self._offsets[end])

    def stands(self, node: cst.CSTNode) -> bool:
        """Whether it is a node of the text; those inside string annotations are not."""
        return node in self._spans

    def code(self, node: cst.CSTNode) -> str:
        """Its text, as it stands in the file, with \\n."""
        start, end = self.span(node)
        return self.file.text[start:end].replace("\r\n", "\n")

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The node that it is a part of; the module's is the module."""
        return self._parents.get(node, self.module)

    def parents(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """All nodes around it, from the inside, the module last."""
        while node is not self.module:
            node = self.parent(node)
            yield node

    def scope(self, node: cst.CSTNode) -> Scope:
        """The scope in which its names are looked up."""
        known = self._scopes.get(node)
        while known is None:
            node = self.parent(node)
            known = self._scopes.get(node)
            if node is self.module and known is None:
                raise Refusal(f"{self.path} has nothing in it.")
        return known

    def name_at(self, offset: int) -> cst.Name | None:
        """The name that begins there; None inside strings and comments."""
        return self._starts.get(offset)

    def names(self, word: str) -> list[cst.Name]:
        """All names that are this word, in their order."""
        return self._names.get(word, [])

    def words(self) -> Iterator[str]:
        """All words that are names."""
        return iter(self._names)

    def all(self, kind: type[_Node]) -> Iterator[_Node]:
        """All nodes of a kind; of one class, inner ones first."""
        for known, nodes in self._kinds.items():
            if issubclass(known, kind):
                yield from (node for node in nodes if isinstance(node, kind))

    def kind_of_text(self, offset: int) -> str:
        """What text that is no code is, for a note: `in a docstring`, `in a string` or `in a comment`."""
        for node in self._spans:
            if isinstance(node, cst.SimpleString | cst.FormattedString):
                start, end = self.span(node)
                if start <= offset < end:
                    alone = isinstance(self.parent(node), cst.Expr)
                    return "in a docstring" if alone else "in a string"
        return "in a comment"

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return self.file.text.count("\n", 0, offset) + 1

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.file.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Where the next line begins, or the end of the text."""
        found = self.file.text.find("\n", offset)
        return len(self.file.text) if found < 0 else found + 1

    def indent(self, offset: int) -> str:
        """The blanks at the beginning of its line."""
        line = self.file.text[self.line_start(offset) : offset]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def where(self, node: cst.CSTNode) -> str:
        """`path:line`, for a sentence."""
        return f"{self.path}:{self.line(self.span(node)[0])}"


class _Parsed:
    """Trees between two questions, the latest used last: they are large, so not those of all files."""

    def __init__(self) -> None:
        self._trees: dict[str, Tree] = {}

    def get(self, file: SourceFile) -> Tree:
        """The tree of this very text."""
        tree = self._trees.pop(file.path, None)
        if tree is None or tree.file.sha != file.sha:
            tree = Tree(file)
        self._trees[file.path] = tree
        while sum(len(one.file.text) for one in self._trees.values()) > _KEPT and len(self._trees) > 1:
            del self._trees[next(iter(self._trees))]
        return tree


_parsed: Kept[_Parsed] = Kept(lambda _: _Parsed(), lambda _: True)


class Trees:
    """The files of a project, each parsed once for one question."""

    def __init__(self, project: Project) -> None:
        """Nothing is parsed yet."""
        self.project = project
        self._known: dict[str, Tree] = {}

    def get(self, path: str) -> Tree:
        """Refusal where it does not parse or can't be read."""
        if path not in self._known:
            self._known[path] = _parsed.of(self.project).get(self.project.read(path))
        return self._known[path]

    def try_get(self, path: str) -> Tree | None:
        """The same; a file that can't be looked into is kept in the project's `skipped`."""
        try:
            return self.get(path)
        except Refusal as refusal:
            self.project.skip(path, refusal.refused.why)
            return None


def edited(text: str, edits: list[Edit]) -> str:
    """The text with all edits; equal ones count once, and those that overlap are refused."""
    crlf = text.count("\r\n") * 2 > text.count("\n")
    done, parts = 0, []
    for edit in sorted(_united(text, set(edits)), key=lambda edit: (edit.start, edit.end, edit.rank, edit.new)):
        if edit.start < done:
            raise Refusal(
                "Two of the changes overlap, so the result would not be certain. Change one place by hand first."
            )
        parts += [text[done : edit.start], edit.new.replace("\n", "\r\n") if crlf else edit.new]
        done = edit.end
    return "".join([*parts, text[done:]])


def without_lines(start: int, end: int) -> Edit:
    """Whole lines go; of the blank lines around them, and around others that go beside them, the larger gap stays."""
    return Edit(start, end, "", rank=_CUT)


def _united(text: str, edits: set[Edit]) -> list[Edit]:
    """The edits, each run of lines that go as one, with what is inserted into their gap."""
    runs: list[list[int]] = []
    for edit in sorted((edit for edit in edits if edit.rank == _CUT), key=lambda edit: edit.start):
        if runs and not text[runs[-1][1] : edit.start].strip():
            runs[-1][1] = max(runs[-1][1], edit.end)
        else:
            runs.append([edit.start, edit.end])
    others = [edit for edit in edits if edit.rank != _CUT]
    result = []
    for start, end in runs:
        first = len(text[:start].rstrip())
        first = text.find("\n", first, start) + 1 or start
        last = end
        while last < len(text) and not text[last : (text.find("\n", last) + 1) or len(text)].strip():
            last = (text.find("\n", last) + 1) or len(text)
        inside = [each for each in others if first < each.start < last or (first == 0 and each.start in {0, last})]
        inside = [each for each in inside if not text[each.start : each.end].strip()]
        others = [each for each in others if each not in inside]
        result.append(Edit(first, last, _filled(text, (first, start, end, last), inside)))
    return result + others


def _filled(text: str, edges: tuple[int, int, int, int], inside: list[Edit]) -> str:
    """What stands for lines that go, of which the edges are: with the blank lines around them, and without."""
    first, start, end, last = edges
    new = "".join(edit.new for edit in sorted(inside, key=lambda edit: (edit.start, edit.rank, edit.new)))
    gap = max(text[first:start].count("\n"), text[end:last].count("\n"))
    if first == 0:
        new = new.lstrip("\n")
    elif new and not new.startswith("\n"):
        new = "\n" + new
    attached = first == 0 and any(edit.start == last for edit in inside)
    if last == len(text) or attached or not (first or new):
        return new
    have = len(new) - len(new.rstrip("\n")) - 1 if new else 0
    return new + "\n" * max(0, gap - have)


def changed_file(file: SourceFile, edits: list[Edit], notes: list[LineNote] | None = None) -> ChangedFile | None:
    """The file with its edits; None where they change nothing."""
    new = edited(file.text, edits)
    if new == file.text:
        return None
    return ChangedFile(file.path, file.sha, new, notes=tuple(sorted(set(notes or []), key=lambda n: (n.line, n.text))))


def dotted(node: cst.CSTNode) -> str:
    """`a.b.c` of names and attributes; empty for any other expression."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr.value}"
    return ""


def parse_expression(text: str, what: str) -> cst.BaseExpression:
    """The expression that a person or model gave as text; Refusal names it."""
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError as error:
        raise Refusal(f"{what} `{text}` is no Python expression.") from error


def _first(node: cst.CSTNode) -> cst.CSTNode:
    if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
        return node.decorators[0]
    brackets = getattr(node, "lpar", None)
    return brackets[0] if isinstance(brackets, tuple | list) and brackets else node


def _last(node: cst.CSTNode) -> cst.CSTNode:
    brackets = getattr(node, "rpar", None)
    return brackets[-1] if isinstance(brackets, tuple | list) and brackets else node


def _offsets(code: str, file: SourceFile) -> list[int] | None:
    """Where each character of libcst's code stands in the file: it leaves out form feeds. None: they are the same."""
    if code == file.text:
        return None
    at, offsets = 0, []
    for character in code:
        while at < len(file.text) and file.text[at] != character and file.text[at] == "\f":
            at += 1
        if at == len(file.text) or file.text[at] != character:
            raise Refusal(
                f"{file.path} can't be read to its last character. Take unusual control characters out first."
            )
        offsets.append(at)
        at += 1
    return [*offsets, len(file.text)]
