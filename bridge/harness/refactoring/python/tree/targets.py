"""Which definition of a module's top level a place in a file means."""

import libcst as cst

from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.reading.symbols import place
from bridge.harness.refactoring.python.tree.bindings import import_of, is_binding, is_inside
from bridge.harness.refactoring.python.tree.borrowing import Borrowing, Meaning
from bridge.harness.refactoring.python.tree.cst import Tree, Trees, dotted
from bridge.harness.refactoring.python.tree.needs import top_bindings
from bridge.harness.refactoring.python.tree.references import References
from bridge.harness.refactoring.values import Refusal, Symbol


def name_at(tree: Tree, offset: int) -> cst.Name:
    """The name at an offset; Refusal where none begins there, such as in a string."""
    name = tree.name_at(offset)
    if name is None:
        raise Refusal(f"{tree.path}:{tree.line(offset)} has no name there that is code. Point at the name itself.")
    return name


def meant(trees: Trees, modules: Modules, symbol: Symbol) -> Meaning | None:
    """What a question names: a path with a plain name means the name of that module's top level, if there is one."""
    if symbol.path in modules.there and symbol.at is None and symbol.name.isidentifier():
        tree = trees.get(symbol.path)
        if top_bindings(tree, symbol.name):
            return _known(modules, Borrowing(trees, modules).meaning(tree, symbol.name))
    file, offset = place(trees.project, symbol)
    return top_level_at(trees, modules, trees.get(file.path), offset) if offset >= 0 else None


def top_level_at(trees: Trees, modules: Modules, tree: Tree, offset: int) -> Meaning | None:
    """The module and the name; None where it is something inside a function or class, or outside the project."""
    name = name_at(tree, offset)
    around = tree.parent(name)
    borrowing, references = Borrowing(trees, modules), References(trees, modules)
    if isinstance(around, cst.Attribute) and around.attr is name:
        path = references.module_of(tree, around.value)
        return _known(modules, borrowing.meaning(trees.get(path), name.value)) if path else None
    node = import_of(tree, name)
    if isinstance(node, cst.ImportFrom):
        path = references.source_of(tree, node)
        alias = next((each for each in tree.parents(name) if isinstance(each, cst.ImportAlias)), None)
        return _known(modules, borrowing.meaning(trees.get(path), dotted(alias.name))) if path and alias else None
    if is_binding(tree, name):
        top = name in top_bindings(tree, name.value)
        return _known(modules, borrowing.meaning(tree, name.value)) if top else None
    if not top_bindings(tree, name.value) or _is_local(tree, name):
        return None
    return _known(modules, borrowing.meaning(tree, name.value))


def _is_local(tree: Tree, name: cst.Name) -> bool:
    """Whether a name that is read means something of a function or class around it."""
    if not is_inside(tree, name):
        return False
    top = tree.scope(tree.module)
    return not any(found.scope is top for found in tree.scope(name)[name.value])


def _known(modules: Modules, meaning: Meaning) -> Meaning | None:
    return meaning if meaning.name and meaning.module in modules.files else None
