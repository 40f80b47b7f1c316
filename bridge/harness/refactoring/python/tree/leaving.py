"""What a module gives up when a definition leaves it: lines, its entry in `__all__`, imports that nobody needs."""

from collections.abc import Iterable

import libcst as cst

from bridge.harness.refactoring.python.tree.bindings import ImportNode, reads
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, without_lines
from bridge.harness.refactoring.python.tree.graph import ImportGraph
from bridge.harness.refactoring.python.tree.needs import Need, quoted_outside
from bridge.harness.refactoring.python.tree.pieces import Piece, exported, without_export
from bridge.harness.refactoring.python.tree.users import FileEdits
from bridge.harness.refactoring.values import Refusal


def give_up(piece: Piece, source: FileEdits, needed: list[Need], graph: ImportGraph) -> list[str]:
    """Adds the edits of the source; the remarks to them."""
    tree = piece.tree
    source.edits += [without_lines(*span) for span in piece.spans]
    for node, alias in unneeded(piece, needed, graph):
        source.leaving.setdefault(node, []).append(alias)
    entry = exported(tree, piece.name)
    if entry is None or tree.path.endswith("__init__.py"):
        return []
    source.edits.append(without_export(tree, entry))
    return [f"`{piece.name}` is not in the `__all__` of {tree.path} any more."]


def unneeded(piece: Piece, needed: list[Need], graph: ImportGraph) -> list[tuple[ImportNode, cst.ImportAlias]]:
    """The imports that only the piece used, that nobody imports from this module, and that nothing marks as wanted."""
    tree = piece.tree
    if tree.path.endswith("__init__.py"):
        return []
    mine = [need for need in needed if need.node is not None and need.alias is not None and _is_only_its(piece, need)]
    taken = graph.taken_from(tree.path) if mine else set()
    return [(need.node, need.alias) for need in mine if need.node and need.alias and need.word not in taken]


def lazily(tree: Tree, names: Iterable[cst.CSTNode], statement: str) -> list[Edit]:
    """The statement at the beginning of each outermost function in which one of the names is used."""
    functions: dict[cst.FunctionDef, None] = {}
    for name in names:
        around = [node for node in tree.parents(name) if isinstance(node, cst.FunctionDef)]
        if around:
            functions[around[-1]] = None
    edits = []
    for function in functions:
        if not isinstance(function.body, cst.IndentedBlock):
            raise Refusal(
                f"{tree.where(function)} has its body on its own line, so no import fits in. Break the line first."
            )
        first = function.body.body[0]
        node = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
        start, end = tree.span(first)
        documented = isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)
        at = tree.line_end(end) if documented else tree.line_start(start)
        edits.append(Edit(at, at, f"{tree.indent(start)}{statement}\n"))
    return edits


def _is_only_its(piece: Piece, need: Need) -> bool:
    tree = piece.tree
    if need.node is None or need.alias is None:
        return False
    start, end = tree.span(need.alias)
    line = tree.file.text[tree.line_start(start) : tree.line_end(end)]
    given_on = need.alias.asname is not None and need.alias.evaluated_alias == need.alias.evaluated_name
    if "noqa" in line or given_on or exported(tree, need.word) is not None:
        return False
    if quoted_outside(tree, need.word, piece.spans):
        return False
    return all(piece.holds(name) for name in reads(tree, need.node, need.word))
