"""Where a function is used: by scopes and imports if it is a module's, else by `uses`."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from bridge.harness.refactoring.python.names.uses import uses
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.reading.symbols import place
from bridge.harness.refactoring.python.tree.bindings import is_binding
from bridge.harness.refactoring.python.tree.cst import Tree, Trees, dotted
from bridge.harness.refactoring.python.tree.needs import top_bindings
from bridge.harness.refactoring.python.tree.parameters import decorator_names
from bridge.harness.refactoring.python.tree.references import References
from bridge.harness.refactoring.python.tree.targets import meant, name_at
from bridge.harness.refactoring.values import Refusal, Symbol

_ASK_ONLY = {"isinstance", "issubclass", "cast", "super", "TypeVar"}
"""Functions that take a class and make nothing of it."""

Definition = cst.FunctionDef | cst.ClassDef


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A use: the name, or the attribute with its base. `why`: what is not known, where it is not certain."""

    tree: Tree
    node: cst.BaseExpression
    why: str = ""

    @property
    def call(self) -> cst.Call | None:
        """The call of it, if it is called here."""
        around = self.tree.parent(self.node)
        return around if isinstance(around, cst.Call) and around.func is self.node else None


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A function or class, and its file."""

    tree: Tree
    node: Definition


class Sites:
    """Looks through a project, for one question."""

    def __init__(self, trees: Trees, modules: Modules) -> None:
        """Nothing is looked at yet."""
        self._trees = trees
        self._modules = modules

    def definitions(self, symbol: Symbol) -> list[Defined]:
        """The function or class that is meant first, then its overloads and the methods of the hierarchy."""
        meaning = meant(self._trees, self._modules, symbol)
        if meaning is not None:
            tree = self._trees.get(meaning.module)
            return _defined(tree, top_bindings(tree, meaning.name))
        file, offset = place(self._trees.project, symbol)
        tree = self._trees.get(file.path)
        own = _defined(tree, [name_at(tree, offset)] if offset >= 0 else [])
        places = [use for use in uses(self._trees.project, file, offset) if use.kind == "definition"]
        found = [each for use in places for each in self._at(use.path, use.start)]
        return own + [each for each in found if all(each.node is not other.node for other in own)]

    def of(self, defined: Defined) -> list[Site]:
        """All uses but definitions and imports."""
        tree, name = defined.tree, defined.node.name
        if name in top_bindings(tree, name.value):
            references = References(self._trees, self._modules).of(tree.path, name.value)
            nodes = [(each.tree, each.node) for each in references if each.kind in {"name", "attribute"}]
            return [Site(where, node) for where, node in nodes if isinstance(node, cst.BaseExpression)]
        return list(self._by_uses(defined))

    def subclasses(self, defined: Defined) -> Iterator[Defined]:
        """The classes that name this one as a base."""
        for site in self.of(defined):
            around = site.tree.parent(site.node)
            owner = site.tree.parent(around)
            if isinstance(around, cst.Arg) and isinstance(owner, cst.ClassDef) and around in owner.bases:
                yield Defined(site.tree, owner)

    def _by_uses(self, defined: Defined) -> Iterator[Site]:
        tree = defined.tree
        for use in uses(self._trees.project, tree.file, tree.span(defined.node.name)[0]):
            where = self._trees.try_get(use.path) if use.kind == "use" else None
            name = where.name_at(use.start) if where is not None else None
            if where is None or name is None:
                continue
            around = where.parent(name)
            node = around if isinstance(around, cst.Attribute) and around.attr is name else name
            yield Site(where, node, "" if use.certain else use.why)

    def _at(self, path: str, offset: int) -> list[Defined]:
        tree = self._trees.try_get(path)
        name = tree.name_at(offset) if tree is not None else None
        return _defined(tree, [name]) if tree is not None and name is not None else []


def makings(sites: Sites, made: Defined) -> Iterator[Site]:
    """The calls that run a class's own `__init__`: those of the class, of subclasses without one, and of `super()`."""
    waiting, known = [made], set()
    while waiting:
        each = waiting.pop()
        if each.node in known or not isinstance(each.node, cst.ClassDef):
            continue
        known.add(each.node)
        for site in sites.of(each):
            around = site.tree.parent(site.node)
            if site.call is not None:
                yield site
            elif isinstance(around, cst.Attribute) and around.attr.value == "__init__":
                yield Site(site.tree, around, site.why)
            elif _is_passed(site):
                yield site
        yield from _cls_calls(each)
        for below in sites.subclasses(each):
            if isinstance(below.node, cst.ClassDef) and method_of(below.tree, below.node, "__init__") is not None:
                yield from _super_calls(below.tree, below.node)
            else:
                waiting.append(below)


def _is_passed(site: Site) -> bool:
    """Whether a class is given to somebody who may make objects of it, such as `partial`."""
    around = site.tree.parent(site.node)
    call = site.tree.parent(around)
    return isinstance(call, cst.Call) and dotted(call.func).rpartition(".")[2] not in _ASK_ONLY


def _super_calls(tree: Tree, owner: cst.ClassDef) -> Iterator[Site]:
    """`super().__init__(…)` in a class; with several bases the next one is not known."""
    why = f"`{owner.name.value}` has several bases, so whose `__init__` is next is not known"
    for name in tree.names("__init__"):
        node = tree.parent(name)
        if not isinstance(node, cst.Attribute) or not isinstance(node.value, cst.Call):
            continue
        within = next((around for around in tree.parents(node) if isinstance(around, cst.ClassDef)), None)
        if within is owner and dotted(node.value.func) == "super":
            yield Site(tree, node, why if len(owner.bases) > 1 else "")


def _cls_calls(made: Defined) -> Iterator[Site]:
    """`cls(…)` in the class methods of a class."""
    for name in made.tree.names("cls"):
        call = made.tree.parent(name)
        around = [node for node in made.tree.parents(name) if isinstance(node, cst.FunctionDef)]
        called = isinstance(call, cst.Call) and call.func is name and made.node in made.tree.parents(name)
        if called and around and "classmethod" in decorator_names(around[-1]):
            yield Site(made.tree, name, "`cls` may be a class with another `__init__`")


def owner_of(defined: Defined) -> cst.ClassDef | None:
    """The class whose method it is."""
    around = defined.tree.parent(defined.tree.parent(defined.node))
    return around if isinstance(around, cst.ClassDef) else None


def method_of(tree: Tree, owner: cst.ClassDef, name: str) -> Defined | None:
    """A class's own method, the last of that name."""
    found = [node for node in owner.body.body if isinstance(node, cst.FunctionDef) and node.name.value == name]
    return Defined(tree, found[-1]) if found else None


def function_meant(tree: Tree, node: Definition) -> cst.FunctionDef:
    """The function itself, or the `__init__` of a class; Refusal where it has none."""
    if isinstance(node, cst.FunctionDef):
        return node
    init = method_of(tree, node, "__init__")
    if init is not None and isinstance(init.node, cst.FunctionDef):
        return init.node
    fields = " Its parameters are its fields: change those." if "dataclass" in decorator_names(node) else ""
    raise Refusal(f"The class `{node.name.value}` has no `__init__` of its own.{fields}")


def is_unbound(site: Site, classes: set[str]) -> bool:
    """Whether a method is reached by its class, so that `self` is passed: `Basket.total(basket)`."""
    if isinstance(site.node, cst.Attribute):
        return dotted(site.node.value).rpartition(".")[2] in classes
    return True


def _defined(tree: Tree, names: list[cst.Name]) -> list[Defined]:
    found = []
    for name in names:
        node = tree.parent(name)
        if is_binding(tree, name) and isinstance(node, cst.FunctionDef | cst.ClassDef):
            found.append(Defined(tree, node))
    return found
