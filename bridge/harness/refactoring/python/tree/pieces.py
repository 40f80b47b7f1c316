"""A definition of a module's top level as a piece of text: with its decorators and the comments right above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import libcst as cst

from bridge.harness.refactoring.python.tree.bindings import is_binding, is_read
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, dotted
from bridge.harness.refactoring.python.tree.importing import import_block
from bridge.harness.refactoring.python.tree.needs import Need, when
from bridge.harness.refactoring.values import Refusal

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines [start, end) of each part; an overloaded function has several."""

    tree: Tree
    name: str
    kind: Literal["function", "class", "constant"]
    spans: tuple[tuple[int, int], ...]

    def holds(self, node: cst.CSTNode) -> bool:
        """Whether a node stands in it."""
        start, end = self.tree.span(node)
        return any(first <= start and end <= last for first, last in self.spans)


def piece_of(tree: Tree, name: str) -> Piece:
    """The definition of a top-level name; Refusal where it is not one function, class or assignment."""
    bound = [node for node in tree.names(name) if is_binding(tree, node)]
    statements = [statement for statement in tree.module.body if _defines(statement, name)]
    if not statements:
        raise Refusal(
            f"`{name}` is not defined by a statement of its own at the top level of {tree.path}. Functions, classes and"
            " constants of a module can be moved; take it out of the block it stands in first."
        )
    first = statements[0]
    changed = [node for node in bound if _is_other(tree, node, statements)]
    if changed or (len(statements) > 1 and not all(_is_overload(each) for each in statements[:-1])):
        where = tree.where(changed[0] if changed else statements[1])
        raise Refusal(f"`{name}` is bound in several places ({where}), so it can't go as one piece.")
    kind: Literal["function", "class", "constant"] = "constant"
    if isinstance(first, cst.FunctionDef | cst.ClassDef):
        kind = "function" if isinstance(first, cst.FunctionDef) else "class"
    return Piece(tree, name, kind, tuple(_lines(tree, statement) for statement in statements))


def insertion(tree: Tree, piece: Piece, text: str, needed: list[Need]) -> Edit:
    """The piece in its new module: before what needs it on import, else at the end; constants at the top."""
    body = tree.module.body
    own = [need.word for need in needed if "import" in need.whens and need.node is None]
    users = [index for index, statement in enumerate(body) if _reads_now(tree, statement, piece.name)]
    defined = [index for index, statement in enumerate(body) if any(_defines(statement, word) for word in own)]
    top = len(_prologue(tree))
    earliest = max([top, *(index + 1 for index in defined)])
    latest = min([*users, len(body) - _has_main(body)])
    if earliest > latest:
        raise Refusal(
            f"`{piece.name}` would have to stand before {tree.where(body[latest])}, which uses it, and after what it"
            f" needs itself. Reorder {tree.path} first."
        )
    reached = bool(tree.names(piece.name))
    index = earliest if piece.kind == "constant" or reached else latest
    return _placed(tree, index, text, 1 if piece.kind == "constant" else 2)


def exported(tree: Tree, name: str) -> cst.BaseElement | None:
    """The entry of a name in the module's `__all__`."""
    for element in _all_entries(tree):
        if isinstance(element.value, cst.SimpleString) and element.value.evaluated_value == name:
            return element
    return None


def without_export(tree: Tree, element: cst.BaseElement) -> Edit:
    """`__all__` without an entry."""
    elements = list(_all_entries(tree))
    at = elements.index(element)
    if at + 1 < len(elements):
        return Edit(tree.span(element)[0], tree.span(elements[at + 1])[0], "")
    start = _end(tree, elements[at - 1]) if at else tree.span(element)[0]
    return Edit(start, _end(tree, element), "")


def with_export(tree: Tree, name: str) -> list[Edit]:
    """`__all__` with one more entry, where the module has one that is not empty."""
    elements = list(_all_entries(tree))
    if not elements or exported(tree, name) is not None:
        return []
    start, end = tree.span(elements[-1].value)
    quote = tree.file.text[start]
    alone = not tree.file.text[tree.line_start(start) : start].strip()
    return [Edit(end, end, f",\n{tree.indent(start)}{quote}{name}{quote}" if alone else f", {quote}{name}{quote}")]


def _end(tree: Tree, element: cst.BaseElement) -> int:
    return tree.span(element.value)[1]


def _all_entries(tree: Tree) -> list[cst.BaseElement]:
    for name in tree.names("__all__"):
        around = tree.parent(tree.parent(name))
        if isinstance(around, cst.Assign) and isinstance(around.value, cst.List | cst.Tuple):
            return list(around.value.elements)
    return []


def _lines(tree: Tree, statement: cst.CSTNode) -> tuple[int, int]:
    """The lines of a statement, with the comments right above it and in its block, and a string that documents it."""
    start, end = tree.span(statement)
    text = tree.file.text
    start, end = tree.line_start(start), tree.line_end(end - 1)
    above = start
    while above > 0 and text[tree.line_start(above - 1) : above].startswith("#"):
        above = tree.line_start(above - 1)
    if above > 0 or not text.startswith("#"):
        start = above
    while end < len(text) and text[end] in " \t" and text[end : tree.line_end(end)].strip().startswith("#"):
        end = tree.line_end(end)
    if isinstance(statement, cst.SimpleStatementLine):
        body = list(tree.module.body)
        at = body.index(statement) + 1
        if at < len(body) and _is_text(body[at]) and tree.line_start(tree.span(body[at])[0]) == end:
            end = tree.line_end(tree.span(body[at])[1])
    return start, end


def _defines(statement: cst.CSTNode, name: str) -> bool:
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return statement.name.value == name
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    node = statement.body[0]
    if isinstance(node, cst.Assign):
        return len(node.targets) == 1 and dotted(node.targets[0].target) == name
    if isinstance(node, cst.AnnAssign):
        return node.value is not None and dotted(node.target) == name
    return isinstance(node, cst.TypeAlias) and node.name.value == name


def _is_other(tree: Tree, name: cst.Name, statements: list[Statement]) -> bool:
    """Whether a binding of the word is another one of the same variable: at the top level, or by `global`."""
    around = tree.parent(name)
    if isinstance(around, cst.NameItem):
        return isinstance(tree.parent(around), cst.Global)
    if isinstance(around, cst.Param) or any(isinstance(node, cst.CompFor) for node in tree.parents(name)):
        return False
    place = around if isinstance(around, cst.FunctionDef | cst.ClassDef) and around.name is name else name
    holders = [node for node in tree.parents(place) if isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Lambda)]
    return not holders and not any(node in statements for node in (place, *tree.parents(place)))


def _is_overload(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.FunctionDef) and any(
        dotted(decorator.decorator).split(".")[-1] == "overload" for decorator in statement.decorators
    )


def _is_text(statement: cst.CSTNode) -> bool:
    node = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _reads_now(tree: Tree, statement: cst.CSTNode, word: str) -> bool:
    """Whether a statement looks the word up as the module is imported."""
    return any(
        is_read(tree, name) and when(tree, name) == "import" and statement in tree.parents(name)
        for name in tree.names(word)
    )


def _prologue(tree: Tree) -> list[cst.CSTNode]:
    """The statements with which a module begins: docstring, imports, `if TYPE_CHECKING:`, `try` around imports."""
    found: list[cst.CSTNode] = []
    imports = set(import_block(tree))
    for index, statement in enumerate(tree.module.body):
        inner = statement.body.body if isinstance(statement, cst.If | cst.Try) else [statement]
        first = inner[0].body[0] if inner and isinstance(inner[0], cst.SimpleStatementLine) else None
        if not (
            isinstance(first, cst.Import | cst.ImportFrom) or first in imports or (index == 0 and _is_text(statement))
        ):
            break
        found.append(statement)
    return found


def _has_main(body: Sequence[Statement]) -> bool:
    last = body[-1] if body else None
    return isinstance(last, cst.If) and isinstance(last.test, cst.Comparison) and dotted(last.test.left) == "__name__"


def _placed(tree: Tree, index: int, text: str, blanks: int) -> Edit:
    body = tree.module.body
    source = tree.file.text
    if index == len(body):
        stem = source.rstrip()
        gap = "\n" * max(0, blanks + 1 - source[len(stem) :].count("\n")) if stem else "\n" * blanks
        return Edit(len(source), len(source), f"{gap}{text.rstrip()}\n", rank=2)
    start, _ = _lines(tree, body[index])
    if isinstance(body[index], cst.FunctionDef | cst.ClassDef):
        blanks = 2
    before = source[:start]
    have = len(before) - len(before.rstrip("\r\n")) if before.strip() else 3
    lead = "\n" * max(0, blanks + 1 - before[len(before.rstrip()) :].count("\n")) if have < 3 else ""
    return Edit(start, start, f"{lead}{text.rstrip()}\n" + "\n" * blanks, rank=2)
