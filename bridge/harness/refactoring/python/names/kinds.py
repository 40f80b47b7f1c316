"""What an expression can be, as far as it is known."""

import ast
from dataclasses import dataclass, field
from typing import Protocol

from bridge.harness.refactoring.python.names.index import Index, Module
from bridge.harness.refactoring.python.names.scopes import Binding, Outline, Scope


@dataclass(frozen=True, eq=False)
class Klass:
    """A class of the project."""

    node: ast.ClassDef
    scope: Scope
    outline: Outline

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name


@dataclass(frozen=True)
class ClassOf:
    """The class itself; an instance is `Instance(klass)`."""

    klass: Klass


@dataclass(frozen=True)
class Instance:
    """An object of a class or of one that is derived from it. `above`: `super()`, which skips the class itself."""

    klass: Klass
    above: bool = False


@dataclass(frozen=True)
class Function:
    """A function of the project; `owner` is the class whose method it is."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: Klass | None = None


@dataclass(frozen=True)
class Outside:
    """Something that is not the project's: a number, a string, a module of somebody else's. `name` is dotted."""

    name: str
    instance: bool = False


@dataclass(frozen=True)
class Items:
    """A container: what its items are, its keys, and, of a tuple, each part."""

    items: "Known"
    keys: "Known | None" = None
    parts: tuple["Known", ...] = ()


Value = Module | ClassOf | Instance | Function | Outside | Items


@dataclass(frozen=True)
class Known:
    """All that an expression can be; with `open` it may be something else too."""

    values: frozenset[Value] = field(default_factory=frozenset)
    open: bool = False

    def __or__(self, other: "Known") -> "Known":
        return Known(self.values | other.values, self.open or other.open)


UNKNOWN = Known(frozenset(), open=True)
NOTHING = Known()


def known(*values: Value) -> Known:
    """Certainly one of these."""
    return Known(frozenset(values))


def union(parts: list[Known]) -> Known:
    """All of them; nothing known where there is none."""
    result = NOTHING
    for part in parts:
        result |= part
    return result if parts else UNKNOWN


class Evaluator(Protocol):
    """What the rules for single kinds of expressions ask of the inference as a whole."""

    index: Index

    def value(self, node: ast.expr, scope: Scope) -> Known:
        """What an expression is."""

    def annotated(self, node: ast.expr, scope: Scope) -> Known:
        """What something with this annotation is."""

    def binding(self, bound: Binding) -> Known:
        """What a name can be."""

    def of_module(self, found: Binding | Module | None) -> Known | None:
        """What a name in a module is."""

    def attribute(self, value: Value, name: str) -> Known:
        """What `value.name` is."""

    def called(self, value: Value, call: ast.Call, scope: Scope) -> Known:
        """What calling `value` gives."""

    def klass(self, node: ast.ClassDef, scope: Scope) -> Klass:
        """The class of a definition."""

    def self_class(self, receiver: ast.expr, scope: Scope) -> Klass | None:
        """The class whose method's first parameter `receiver` is."""

    def member(self, klass: Klass, name: str, *, above: bool = False) -> Known | None:
        """What an attribute of a class's instances is."""


def items_of(of: Known) -> Known:
    """What iterating gives; of a mapping its keys."""
    parts = [UNKNOWN] if of.open else []
    for value in of.values:
        if isinstance(value, Items):
            parts.append(value.keys if value.keys is not None else value.items | union([*value.parts, NOTHING]))
        else:
            text = isinstance(value, Outside) and value.instance
            parts.append(known(value) if text else UNKNOWN)
    return union(parts)


def part_of(whole: Known, index: int) -> Known:
    """What the part at `index` is, where a tuple is taken apart."""
    found = [UNKNOWN] if whole.open else []
    for value in whole.values:
        if isinstance(value, Items) and index < len(value.parts):
            found.append(value.parts[index])
        else:
            found.append(value.items if isinstance(value, Items) and not value.parts else UNKNOWN)
    return union(found)


def enclosing_class(scope: Scope) -> Scope | None:
    """The class in whose body, or in whose methods, a scope lies."""
    return scope.enclosing("class")


def decorators(node: ast.AST) -> set[str]:
    """The last names of a definition's decorators."""
    found: list[ast.expr] = getattr(node, "decorator_list", [])
    return {ast.unparse(part.func if isinstance(part, ast.Call) else part).rpartition(".")[2] for part in found}


def bare(base: ast.expr) -> ast.expr:
    """`Base` of `Base[T]`."""
    return base.value if isinstance(base, ast.Subscript) else base
