"""What a file declares and uses: scopes, bindings, and the sites where a name stands."""

from dataclasses import dataclass, field
from enum import Flag
from typing import Literal

from tree_sitter import Node


class Space(Flag):
    """TypeScript's kinds of meaning: one name may be a value and, apart from it, a type."""

    VALUE = 1
    TYPE = 2
    NAMESPACE = 4
    ANY = 7


DeclarationKind = Literal[
    "var",
    "variable",
    "function",
    "class",
    "parameter",
    "import",
    "interface",
    "type",
    "type parameter",
    "enum",
    "enum member",
    "namespace",
]

SPACES: dict[DeclarationKind, Space] = {
    "var": Space.VALUE,
    "variable": Space.VALUE,
    "function": Space.VALUE,
    "class": Space.VALUE | Space.TYPE,
    "parameter": Space.VALUE,
    "import": Space.ANY,
    "interface": Space.TYPE,
    "type": Space.TYPE,
    "type parameter": Space.TYPE,
    "enum": Space.ANY,
    "enum member": Space.VALUE,
    "namespace": Space.VALUE | Space.NAMESPACE,
}

REPEATABLE = frozenset({"var", "function", "parameter"})
"""What may be declared twice and is one thing all the same: `var a; var a`, overloads, a parameter and a `var`."""

ScopeKind = Literal["program", "parameters", "body", "block", "catch", "class", "self", "types", "enum", "namespace"]

HOISTING = frozenset({"program", "body", "namespace"})
"""Where a `var` comes to stand."""


@dataclass(eq=False, slots=True)
class Scope:
    """A region of the text with names of its own. `open`: more names may be there than this file shows."""

    kind: ScopeKind
    node: Node
    parent: "Scope | None"
    label: str = ""
    open: bool = False
    names: "dict[str, Binding]" = field(default_factory=dict)
    body: "Scope | None" = None
    """Of a function's parameters: the scope of its body."""

    def hoist(self) -> "Scope":
        """The scope that a `var` written here belongs to."""
        scope = self
        while scope.kind not in HOISTING and scope.parent is not None:
            scope = scope.parent
        return scope

    def within(self, outer: "Scope") -> bool:
        """Whether this is `outer`, or inside of it."""
        scope: Scope | None = self
        while scope is not None and scope is not outer:
            scope = scope.parent
        return scope is outer

    def path(self) -> tuple[str, ...]:
        """The functions, classes and namespaces around, outermost first."""
        labels = []
        scope: Scope | None = self
        while scope is not None:
            if scope.label:
                labels.append(scope.label)
            scope = scope.parent
        return tuple(reversed(labels))


@dataclass(eq=False, slots=True)
class Binding:
    """One thing with a name, in one scope. `trouble`: why a rule can't be sure of all its uses; a sentence."""

    name: str
    scope: Scope
    kinds: list[DeclarationKind] = field(default_factory=list)
    sites: "list[Site]" = field(default_factory=list)
    bodies: list[Scope] = field(default_factory=list)
    exported: int = 0
    """The line of its export, from 1; 0 for none."""
    ambient: bool = False
    trouble: str = ""

    @property
    def spaces(self) -> Space:
        """The meanings that its name has."""
        spaces = Space(0)
        for kind in self.kinds:
            spaces |= SPACES[kind]
        return spaces

    @property
    def definitions(self) -> "list[Site]":
        """Where it is declared."""
        return [site for site in self.sites if site.defines]

    @property
    def qualified(self) -> str:
        """Its name with those of the functions, classes and namespaces around."""
        return ".".join((*self.scope.path(), self.name))


@dataclass(eq=False, slots=True)
class Site:
    """A place where a name stands. `defines`: what it is declared as there. `certain` is False below an open scope."""

    node: Node
    name: str
    scope: Scope
    spaces: Space
    defines: DeclarationKind | None = None
    binding: Binding | None = None
    certain: bool = True


def resolve(name: str, scope: Scope, spaces: Space) -> tuple[Binding | None, bool]:
    """What a name means in a scope, and whether that is certain."""
    at: Scope | None = scope
    certain = True
    while at is not None:
        found = at.names.get(name)
        if found is not None and found.spaces & spaces:
            return found, certain
        certain = certain and not at.open
        at = at.parent
    return None, certain
