"""What a name does where it stands: bind, or be read; and what a read name means, by scopes."""

from collections.abc import Iterator

import libcst as cst
from libcst.metadata.scope_provider import BaseAssignment

from bridge.harness.refactoring.python.tree.cst import Tree

ImportNode = cst.Import | cst.ImportFrom

_PATTERN = cst.Tuple | cst.List | cst.Element | cst.StarredElement
"""What a target may be made of."""

_TARGETS = {
    cst.AssignTarget: "target",
    cst.AugAssign: "target",
    cst.AnnAssign: "target",
    cst.For: "target",
    cst.CompFor: "target",
    cst.NamedExpr: "target",
    cst.AsName: "name",
    cst.Param: "name",
    cst.FunctionDef: "name",
    cst.ClassDef: "name",
    cst.MatchAs: "name",
    cst.MatchStar: "name",
    cst.MatchMapping: "rest",
    cst.NameItem: "name",
    cst.TypeVar: "name",
    cst.ParamSpec: "name",
    cst.TypeVarTuple: "name",
    cst.TypeAlias: "name",
    cst.Del: "target",
}
"""Where a name is bound (or declared, or unbound), and in which field."""


def is_binding(tree: Tree, name: cst.Name) -> bool:
    """Whether the name is bound here, or declared `global`, or deleted."""
    node: cst.CSTNode = name
    around = tree.parent(node)
    if isinstance(around, cst.ImportAlias):
        return around.asname is None and around.name is name
    if isinstance(around, cst.Attribute):
        return _heads_import(tree, name)
    while isinstance(around, _PATTERN):
        node, around = around, tree.parent(around)
    field = _TARGETS.get(type(around))
    return field is not None and getattr(around, field) is node


def is_read(tree: Tree, name: cst.Name) -> bool:
    """Whether it is looked up here as a name of its own: no attribute, keyword, or part of an import."""
    around = tree.parent(name)
    if isinstance(around, cst.Attribute) and around.attr is name:
        return False
    if isinstance(around, cst.Arg) and around.keyword is name:
        return False
    if isinstance(around, cst.ImportAlias | cst.ImportFrom) or import_of(tree, name) is not None:
        return False
    return not is_binding(tree, name)


def import_of(tree: Tree, name: cst.CSTNode) -> ImportNode | None:
    """The import that a name is a part of."""
    node = tree.parent(name)
    while isinstance(node, cst.Attribute | cst.ImportAlias | cst.AsName):
        node = tree.parent(node)
    return node if isinstance(node, cst.Import | cst.ImportFrom) else None


def only_imports(tree: Tree, word: str) -> list[ImportNode] | None:
    """The imports that bind a word, if nothing else in the file does and they stand in no function or class."""
    found = []
    for name in tree.names(word):
        if not is_binding(tree, name):
            continue
        node = import_of(tree, name)
        if node is None or is_inside(tree, node):
            return None
        found.append(node)
    return found


def reads(tree: Tree, binding: cst.CSTNode, word: str) -> list[cst.Name]:
    """Where the word is read that is bound by `binding`: an import, or the module for its own top level."""
    candidates = [name for name in tree.names(word) if is_read(tree, name)]
    sites = {_site(tree, name) for name in tree.names(word) if is_binding(tree, name)}
    top = binding is tree.module
    if (top or not is_inside(tree, binding)) and sites <= ({tree.module} if top else {binding}):
        return candidates
    # By looking each name up: libcst's own list of a binding's references counts some names of parameters too.
    scope = tree.scope(binding)
    return [name for name in candidates if any(found.scope is scope for found in assignments(tree, name))]


def free_reads(tree: Tree, word: str) -> list[cst.Name]:
    """Where the word is read and bound nowhere in the file: a builtin, or it came by a star."""
    if any(is_binding(tree, name) for name in tree.names(word)):
        return []
    return [name for name in tree.names(word) if is_read(tree, name)]


def assignments(tree: Tree, name: cst.Name) -> Iterator[BaseAssignment]:
    """What may bind a name that is read."""
    yield from tree.scope(name)[name.value]


def is_inside(tree: Tree, node: cst.CSTNode) -> bool:
    """Whether a node stands in a function, a lambda or a class."""
    return any(isinstance(around, cst.FunctionDef | cst.ClassDef | cst.Lambda) for around in tree.parents(node))


def _site(tree: Tree, name: cst.Name) -> cst.CSTNode:
    """What binds: the import, the module for a statement of its top level, or the name itself."""
    if (node := import_of(tree, name)) is not None:
        return node
    around = tree.parent(name)
    own = isinstance(around, cst.FunctionDef | cst.ClassDef) and around.name is name
    comprehension = any(isinstance(node, cst.CompFor) for node in tree.parents(name))
    parameter = isinstance(around, cst.Param)
    place = around if own else name
    return name if comprehension or parameter or is_inside(tree, place) else tree.module


def _heads_import(tree: Tree, name: cst.Name) -> bool:
    """`a` of `import a.b`."""
    node: cst.CSTNode = name
    while isinstance(around := tree.parent(node), cst.Attribute):
        if around.value is not node:
            return False
        node = around
    return isinstance(around, cst.ImportAlias) and around.asname is None and isinstance(tree.parent(around), cst.Import)
