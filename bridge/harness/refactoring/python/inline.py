"""A variable's uses become what it stands for; then its assignment goes."""

import ast
import re
from collections.abc import Iterator

from bridge.harness.refactoring.project import Project, SourceFile, with_ends_of
from bridge.harness.refactoring.python.extraction.extract_variable import path_to
from bridge.harness.refactoring.python.extraction.later import differences
from bridge.harness.refactoring.python.extraction.selecting import blocks_of
from bridge.harness.refactoring.python.guards import guard
from bridge.harness.refactoring.python.inline_function import inline_function
from bridge.harness.refactoring.python.names.index import Index
from bridge.harness.refactoring.python.names.scopes import BINDING, Binding, Event, Outline
from bridge.harness.refactoring.python.names.target import Target
from bridge.harness.refactoring.python.names.uses import find_target
from bridge.harness.refactoring.python.reading.edits import Replacement, replaced
from bridge.harness.refactoring.python.reading.symbols import MODULE, place
from bridge.harness.refactoring.values import Changed, ChangedFile, Inline, LineNote, Refusal

_WHOLE = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.JoinedStr)
"""Expressions that need no parentheses around them."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MUTABLE = (ast.List, ast.Dict, ast.Set, *_COMPREHENSIONS)
_IN_PLACE = (ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Await)
"""Expressions that do something at the place where they stand."""
_QUOTE = re.compile("[\"']")
_FOR_TOOLS = re.compile(r"#\s*(?:type:|noqa|pragma|pylint:|pyright:|mypy:|fmt:|ruff:)", re.IGNORECASE)
"""Comments that speak to a tool about their own line."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)


def inline(project: Project, ask: Inline) -> Changed:
    """A variable or function inlined; Refusal where the program would do something else then."""
    file, offset = place(project, ask.symbol)
    if offset == MODULE:
        raise Refusal("A module can't be inlined. Name a variable or a function.")
    targets, target = find_target(project, file, offset)
    if any(origin.how == "definition" for one in target.bindings for origin in one.origins):
        return inline_function(project, file, offset)
    return guard(project, _Variable(targets.index, target).inlined(), None)


class _Variable:
    """One variable with its single assignment."""

    def __init__(self, index: Index, target: Target) -> None:
        self._name = target.name
        if target.kind not in {"local", "global"}:
            what = {"parameter": "a parameter", "member": "an attribute", "module": "a module"}[target.kind]
            raise Refusal(f"`{self._name}` is {what}; only variables and functions can be inlined.")
        defining = [one for one in target.bindings if not any(event.role == "import" for event in one.events)]
        if len(target.bindings) != 1 or len(defining) != 1:
            other = next(one for one in target.bindings if one not in defining[:1])
            raise Refusal(f"`{self._name}` is imported in {other.scope.source.path}. Inline it there by hand first.")
        self._binding: Binding = defining[0]
        path = self._binding.scope.source.path
        outline = index.outline(path)
        if outline is None:
            raise Refusal(f"{path} changed while it was looked at. Try again.")
        self._outline: Outline = outline
        self._source = outline.source
        self._check_readers(index, path)
        self._statement, self._value = self._assignment()

    def inlined(self) -> Changed:
        """The change."""
        uses = [event for event in self._binding.events if event.role not in BINDING]
        if not uses:
            raise Refusal(f"`{self._name}` is not used. Delete it instead.")
        self._check_value(uses)
        edits = [self._replacement(use) for use in uses] + [self._removal()]
        file: SourceFile = self._source.file
        new = with_ends_of(file, replaced(self._source.text, edits))
        return Changed(f"Inline `{self._name}`", (ChangedFile(file.path, file.sha, new, notes=self._notes(uses)),))

    def _notes(self, uses: list[Event]) -> tuple[LineNote, ...]:
        """What is not the same any more: the value is computed later than before."""
        found = []
        for use in uses:
            whys = differences(self._source, self._statement, self._value, path_to(self._source.tree, use.node))
            found += [LineNote(self._source.line_of(use.start), "; ".join(whys))] if whys else []
        return tuple(found)

    def _check_readers(self, index: Index, path: str) -> None:
        """A module's name may be read as an attribute of the module."""
        if self._binding.scope.kind != "module":
            return
        for outline in index.outlines(self._name):
            for access in outline.accesses:
                if access.name == self._name and outline.source.path != path:
                    line = outline.source.line_of(access.start)
                    where = f"{outline.source.path}, line {line}"
                    raise Refusal(f"`{self._name}` may be read in {where}. Look there first.")

    def _assignment(self) -> tuple[ast.stmt, ast.expr]:
        bound = [event for event in self._binding.events if event.role in BINDING]
        lines = sorted({self._source.line_of(event.start) for event in bound})
        if len(bound) != 1:
            listed = ", ".join(map(str, lines))
            raise Refusal(f"`{self._name}` is set more than once (lines {listed}), so it does not stand for one value.")
        path = path_to(self._source.tree, bound[0].node)
        statement = next((node for node in reversed(path) if isinstance(node, ast.stmt)), None)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        simple = isinstance(statement, ast.Assign | ast.AnnAssign) and targets == [bound[0].node]
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if statement is None or not simple or value is None:
            raise Refusal(f"`{self._name}` does not get its value by a plain `{self._name} = …` (line {lines[0]}).")
        return statement, value

    # -- soundness -----------------------------------------------------------------------------------------------------

    def _check_value(self, uses: list[Event]) -> None:
        if any(isinstance(node, _IN_PLACE) for node in ast.walk(self._value)):
            raise Refusal(f"What `{self._name}` stands for awaits, yields or assigns. Keep the variable.")
        constant = isinstance(self._value, ast.Constant)
        end = self._source.end(self._statement)
        for use in uses:
            self._check_use(use, end, constant=constant)
        works = any(isinstance(node, (ast.Call, *_MUTABLE)) for node in ast.walk(self._value))
        if works and (len(uses) > 1 or self._is_repeated(uses[0])):
            raise Refusal(f"What `{self._name}` stands for would be made anew at each use. Keep the variable.")
        for use in uses:
            self._check_unchanged(use)

    def _check_use(self, use: Event, end: int, *, constant: bool) -> None:
        line = self._source.line_of(use.start)
        if use.role != "load":
            raise Refusal(f"`{self._name}` is named in line {line} in a way that needs it as a variable.")
        if isinstance(use.node, ast.Name) and isinstance(use.node.ctx, ast.Del):
            raise Refusal(f"`{self._name}` is deleted in line {line}.")
        scope = use.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        if not constant and (scope is not self._binding.scope or use.start < end):
            raise Refusal(f"Line {line} may run when the value of `{self._name}` is another. Keep the variable.")

    def _is_repeated(self, use: Event) -> bool:
        """Whether a use is in a loop that its assignment is not in."""
        path = path_to(self._source.tree, use.node)
        own = path_to(self._source.tree, self._statement)
        return any(isinstance(node, _LOOPS) and node not in own for node in path)

    def _check_unchanged(self, use: Event) -> None:
        """Nothing that the value reads is set between the assignment and a use, and it means the same there."""
        start, end = self._source.end(self._statement), use.start
        if self._is_repeated(use):
            path = path_to(self._source.tree, use.node)
            end = max(self._source.end(node) for node in path if isinstance(node, _LOOPS))
        values = (self._source.start(self._value), self._source.end(self._value))
        for event in self._outline.events:
            if not values[0] <= event.start < values[1]:
                continue
            for other in event.binding.events if event.binding is not None else []:
                if other.role in BINDING and start <= other.start < end:
                    line = self._source.line_of(other.start)
                    raise Refusal(f"`{event.name}` is set anew in line {line}, before `{self._name}` is used.")
            if use.scope.find(event.name, use.start) is not event.binding:
                line = self._source.line_of(use.start)
                raise Refusal(f"`{event.name}` means something else in line {line}.")
        self._check_attributes(start, end)

    def _check_attributes(self, start: int, end: int) -> None:
        read = {node.attr for node in ast.walk(self._value) if isinstance(node, ast.Attribute)}
        items = any(isinstance(node, ast.Subscript) for node in ast.walk(self._value))
        for node in ast.walk(self._source.tree):
            stored = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
            if not stored or not start <= self._source.start(node) < end:
                continue
            if (isinstance(node, ast.Attribute) and node.attr in read) or (isinstance(node, ast.Subscript) and items):
                line = self._source.line_of(self._source.start(node))
                raise Refusal(f"What `{self._name}` stands for may be changed in line {line}, before it is used.")

    # -- text ----------------------------------------------------------------------------------------------------------

    def _replacement(self, use: Event) -> Replacement:
        text = self._source.segment(self._value)
        path = path_to(self._source.tree, use.node)
        above = path[-2]
        if any(isinstance(node, ast.JoinedStr) for node in path):
            if not self._fits(text, use):
                line = self._source.line_of(use.start)
                raise Refusal(f"Inside the f-string of line {line} the value of `{self._name}` can't be written.")
            return Replacement(use.start, use.end, f"({text})")
        constant = isinstance(self._value, ast.Constant)
        needs = not isinstance(self._value, _WHOLE) or (constant and (isinstance(above, ast.Attribute) or "\n" in text))
        if isinstance(self._value, ast.Tuple | ast.GeneratorExp) and text.startswith("("):
            needs = False
        if needs and "\n" not in text and _stands_alone(above, use.node):
            needs = isinstance(self._value, ast.Tuple) and not isinstance(above, ast.Assign | ast.Return)
        return Replacement(use.start, use.end, f"({text})" if needs else text)

    def _fits(self, text: str, use: Event) -> bool:
        """Whether an f-string can hold a text: not its own quotes, no backslash, and no field that prints its code."""
        string = next(piece for piece in self._source.pieces() if piece.start <= use.start < piece.end)
        quote = _QUOTE.search(self._source.text, string.start, string.end)
        unfit = {"\\", "\n", "#", quote[0] if quote else ""}
        return not set(text) & unfit and self._source.text[use.end :].lstrip()[:1] != "="

    def _removal(self) -> Replacement:
        """The assignment's lines, but for a comment behind it; `pass` where its block would be empty."""
        text, start, end = self._source.text, self._source.start(self._statement), self._source.end(self._statement)
        line = text.rfind("\n", 0, start) + 1
        after = text.find("\n", end)
        after = len(text) if after < 0 else after + 1
        behind = text[end:after].strip()
        if text[line:start].strip() or (behind and not behind.startswith("#")):
            raise Refusal(f"`{self._name} = …` shares its line with other code. Put it on a line of its own first.")
        alone = any(block == [self._statement] for block in _blocks(self._source.tree))
        if alone:
            return Replacement(start, end, "pass")
        value = range(self._source.start(self._value), self._source.end(self._value))
        pieces = [one for one in self._source.pieces() if one.kind == "comment" and line <= one.start < after]
        kept = [text[one.start : one.end] for one in pieces if one.start not in value]
        return Replacement(
            line, after, "".join(f"{text[line:start]}{one}\n" for one in kept if not _FOR_TOOLS.match(one))
        )


def _stands_alone(above: ast.AST, node: ast.AST) -> bool:
    """Whether an expression there needs no parentheses, whatever it is."""
    if isinstance(above, ast.Assign | ast.Return | ast.Expr | ast.keyword | ast.AugAssign | ast.AnnAssign):
        return True
    return isinstance(above, ast.Call) and node in above.args


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        yield from blocks_of(node)
