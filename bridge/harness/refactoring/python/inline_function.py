"""Puts the body of a function in the place of its calls, where that is sound, and takes the function away."""

import textwrap

import libcst as cst

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.guards import guard
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.arglist import Pending
from bridge.harness.refactoring.python.tree.bindings import import_of
from bridge.harness.refactoring.python.tree.borrowing import Borrowing
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, Trees, changed_file
from bridge.harness.refactoring.python.tree.graph import ImportGraph
from bridge.harness.refactoring.python.tree.importing import without_statement
from bridge.harness.refactoring.python.tree.inlining import Body, Placed, body_of, fitting, placed
from bridge.harness.refactoring.python.tree.leaving import give_up
from bridge.harness.refactoring.python.tree.needs import Need, needs
from bridge.harness.refactoring.python.tree.pieces import Piece, piece_of
from bridge.harness.refactoring.python.tree.references import Reference, References
from bridge.harness.refactoring.python.tree.targets import top_level_at
from bridge.harness.refactoring.python.tree.users import FileEdits, drop_module
from bridge.harness.refactoring.values import Changed, Refusal

_WHOLE = (cst.Expr, cst.Assign, cst.AnnAssign, cst.Return)
"""Statements before which others can stand for the call that is their whole value."""


def inline_function(project: Project, file: SourceFile, offset: int) -> Changed:
    """Refusal where some use is no call, or the body would mean something else in its place."""
    trees, modules = Trees(project), Modules(project)
    meaning = top_level_at(trees, modules, trees.get(file.path), offset)
    if meaning is None:
        raise Refusal(
            "Only functions of a module's top level can be inlined; a method may be overridden. Name a function."
        )
    return _Inlining(trees, modules, piece_of(trees.get(meaning.module), meaning.name)).changed()


class _Inlining:
    """One function and all its calls."""

    def __init__(self, trees: Trees, modules: Modules, piece: Piece) -> None:
        self._trees = trees
        self._modules = modules
        self._piece = piece
        self._source = piece.tree
        self._borrowing = Borrowing(trees, modules)
        self._body = _body(piece)
        self._needs: list[Need] = needs(self._source, self._body.spans) if self._body.spans else []
        self._files: dict[str, FileEdits] = {}
        self._pending: dict[str, Pending] = {}
        self._count = 0

    def changed(self) -> Changed:
        """The change."""
        found = References(self._trees, self._modules).of(self._source.path, self._piece.name)
        calls = [(each, self._call(each)) for each in found if each.kind in {"name", "attribute"}]
        if not calls:
            raise Refusal(f"Nothing that was found calls `{self._piece.name}`, so there is nowhere to put its body.")
        for reference, call in sorted(calls, key=lambda pair: _length(pair[0].tree, pair[1])):
            self._inline(reference, call)
        remarks = self._imports(found)
        source = self._file(self._source)
        kept = any(each.path == self._source.path for each, _ in calls)
        before = ImportGraph(self._trees.project, self._modules)
        remarks += give_up(self._piece, source, [] if kept else self._needs, before)
        files = []
        for path, file in self._files.items():
            file.edits += self._pending[path].edits
            if (done := changed_file(file.tree.file, file.finish(self._modules))) is not None:
                files.append(done)
        after = ImportGraph(self._trees.project, self._modules, {file.path: file.new for file in files})
        if circle := after.new_circle(before, [file.path for file in files]):
            raise Refusal(f"Imports would go in a circle: {' imports '.join(circle)}. Inline it by hand.")
        files.sort(key=lambda file: file.path)
        changed = Changed(f"Inline `{self._piece.name}`", tuple(files), tuple(remarks))
        return guard(self._trees.project, changed, self._piece.name)

    def _call(self, reference: Reference) -> cst.Call:
        tree, node = reference.tree, reference.node
        around = tree.parent(node)
        if isinstance(around, cst.Call) and around.func is node:
            return around
        raise Refusal(
            f"`{self._piece.name}` is used without being called in {tree.where(node)}, so it must stay. Call it there,"
            " or inline the other calls by hand."
        )

    def _inline(self, reference: Reference, call: cst.Call) -> None:
        tree = reference.tree
        file, pending = self._file(tree), self._pending[tree.path]
        self._means_the_same(tree, call)
        if tree is not self._source:
            loans = self._borrowing.loans(self._source, tree, self._needs)
            file.wanted |= {loan.wanted for loan in loans}
        what = placed(self._body, tree, call, pending, self._taken(tree, call))
        line = tree.parent(tree.parent(call))
        if what.before:
            line = self._line(tree, call)
        if (
            isinstance(tree.parent(call), cst.Expr)
            and isinstance(line, cst.SimpleStatementLine)
            and len(line.body) == 1
        ):
            self._replace_statement(tree, line, what, pending)
            return
        if what.before:
            start = tree.span(line)[0]
            indent = tree.indent(start)
            lines = "".join(textwrap.indent(each, indent).lstrip(" \t") + f"\n{indent}" for each in what.before)
            self._count += 1
            pending.edits.append(Edit(start, start, lines, rank=self._count))
        pending.edits.append(Edit(*tree.span(call), fitting(tree, call, self._body, what)))

    def _replace_statement(self, tree: Tree, line: cst.SimpleStatementLine, what: Placed, pending: Pending) -> None:
        """A call that is a statement: the body's statements, and its value where computing it does something."""
        start, end = tree.span(line)
        end = tree.span(line.body[0])[1]
        indent = tree.indent(start)
        lines = [*what.before, *([what.value] if what.matters and what.value else [])]
        if not lines:
            pending.edits.append(without_statement(tree, line.body[0]))
            return
        text = f"\n{indent}".join(textwrap.indent(each, indent).lstrip(" \t") for each in lines)
        pending.taken(start, end)
        pending.edits.append(Edit(start, end, text))

    def _line(self, tree: Tree, call: cst.Call) -> cst.SimpleStatementLine:
        """The line before which statements can stand; Refusal where the call is a part of what is computed there."""
        statement = tree.parent(call)
        line = tree.parent(statement)
        if isinstance(statement, _WHOLE) and isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            return line
        raise Refusal(
            f"The call at {tree.where(call)} is a part of a larger expression, and the body needs statements before it."
            " Put its result into a variable first."
        )

    def _taken(self, tree: Tree, call: cst.Call) -> set[str]:
        """The names that mean something around a call."""
        functions = [node for node in tree.parents(call) if isinstance(node, cst.FunctionDef)]
        start, end = tree.span(functions[0]) if functions else (0, len(tree.file.text))
        words = [name for word in tree.words() for name in tree.names(word) if not self._is_gone(tree, name)]
        here = {name.value for name in words if start <= tree.span(name)[0] < end}
        return here | {need.word for need in self._needs}

    def _is_gone(self, tree: Tree, name: cst.Name) -> bool:
        return tree is self._source and self._piece.holds(name)

    def _means_the_same(self, tree: Tree, call: cst.Call) -> None:
        """What the body reads of its module must not be another thing where the call stands."""
        top = tree.scope(tree.module)
        scope = tree.scope(call)
        for need in self._needs if scope is not top else ():
            if any(each.scope is not top and each.scope is not top.parent for each in scope[need.word]):
                raise Refusal(f"`{need.word}` means something else in {tree.where(call)}. Rename it there first.")

    def _imports(self, found: list[Reference]) -> list[str]:
        """Takes the imports of the function away; where a package offered it, that is told."""
        remarks = []
        for each in found:
            node = import_of(each.tree, each.node)
            if each.kind == "import" and node is not None and isinstance(each.node, cst.ImportAlias):
                self._file(each.tree).leaving.setdefault(node, []).append(each.node)
                if each.path.endswith("__init__.py"):
                    remarks.append(f"{each.path} does not offer `{each.local}` any more: look, if others use it.")
        attributes: dict[str, list[cst.Attribute]] = {}
        for each in found:
            if isinstance(each.node, cst.Attribute):
                attributes.setdefault(each.path, []).append(each.node)
        for path, nodes in attributes.items():
            drop_module(self._modules, self._files[path], nodes, self._source.path)
        return remarks

    def _file(self, tree: Tree) -> FileEdits:
        self._pending.setdefault(tree.path, Pending(tree.file.text))
        return self._files.setdefault(tree.path, FileEdits(tree))


def _body(piece: Piece) -> Body:
    functions = [node for node in piece.tree.module.body if isinstance(node, cst.FunctionDef)]
    found = [node for node in functions if node.name.value == piece.name]
    if len(found) != 1:
        raise Refusal(f"`{piece.name}` is no single function, so it has no body that could stand for its calls.")
    return body_of(piece.tree, found[0])


def _length(tree: Tree, call: cst.Call) -> int:
    """Inner calls come before those around them."""
    start, end = tree.span(call)
    return end - start
