"""Walks a syntax tree once and notes each name: declared where, or used where.

Each kind of node that scopes, declares or hides a name has a rule in `RULES`; all other nodes hand their children on.
A name that is used is looked up later, when all declarations are known.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tree_sitter import Node

from bridge.harness.refactoring.script.scopes import (
    SPACES,
    Binding,
    DeclarationKind,
    Scope,
    ScopeKind,
    Site,
    Space,
)


@dataclass(frozen=True, slots=True)
class Context:
    """Where the walk is. `declares`: identifiers here are declared, as this, in `into`."""

    scope: Scope
    declares: DeclarationKind | None = None
    into: Scope | None = None
    spaces: Space = Space.VALUE
    exported: int = 0
    ambient: bool = False
    infers: Scope | None = None
    """The conditional type that an `infer T` belongs to."""

    def plain(self) -> "Context":
        """For what is inside and is no part of the declaration: an expression or a type."""
        if self.declares is None and self.into is None and self.spaces is Space.VALUE and not self.exported:
            return self
        return replace(self, declares=None, into=None, spaces=Space.VALUE, exported=0)

    def inside(self, scope: Scope) -> "Context":
        """Plain, in an inner scope."""
        return replace(self.plain(), scope=scope)

    def declaring(self, kind: DeclarationKind) -> "Context":
        """The identifiers of a pattern here are declared."""
        into = self.scope.hoist() if kind == "var" else self.scope
        return replace(self, declares=kind, into=into, spaces=Space.VALUE)


Rule = Callable[["Binder", Node, Context], None]


class Binder:
    """The walk, and what it noted."""

    def __init__(self, data: bytes, root: Node, rules: dict[str, Rule], *, ambient: bool) -> None:
        """Walks all of it. `ambient`: a declaration file, whose names stand for things elsewhere."""
        self.sites: list[Site] = []
        self.bindings: list[Binding] = []
        self.dynamic: list[Node] = []
        """`with` statements and calls of `eval`."""
        self.exports: list[Site] = []
        """Names in `export { a }`, which other files know by that name."""
        self.jsx = False
        self.program = Scope("program", root, None)
        self.scopes: list[Scope] = []
        self._data = data
        self._rules = rules
        self._stack: list[tuple[Node, Context]] = []
        self.children(root, Context(self.program, ambient=ambient))
        while self._stack:
            node, context = self._stack.pop()
            rule = self._rules.get(node.type)
            if rule is None:
                self.children(node, context.plain())
            else:
                rule(self, node, context)

    def text(self, node: Node) -> str:
        """What stands at a node."""
        return self._data[node.start_byte : node.end_byte].decode()

    def later(self, *work: tuple[Node | None, Context]) -> None:
        """To be walked next, in this order; the order of the text, as a parameter comes before its function's body."""
        self._stack.extend((node, context) for node, context in reversed(work) if node is not None)

    def children(self, node: Node, context: Context) -> None:
        """All of a node's children, in one context."""
        self.later(*((child, context) for child in node.named_children))

    def fields(self, node: Node, contexts: dict[str, Context | None], otherwise: Context) -> None:
        """A node's children by their field; None leaves one out. Braces of a `body` named here are no scope."""
        work: list[tuple[Node | None, Context]] = []
        for index, child in enumerate(node.children):
            field = node.field_name_for_child(index) or ""
            context = contexts.get(field, otherwise)
            if not child.is_named or context is None:
                continue
            if field == "body" and field in contexts and child.type == "statement_block":
                work.extend((part, context) for part in child.named_children)
            else:
                work.append((child, context))
        self.later(*work)

    def scope(self, kind: ScopeKind, node: Node, parent: Scope, label: str = "") -> Scope:
        """A new one."""
        made = Scope(kind, node, parent, label)
        self.scopes.append(made)
        return made

    def use(self, node: Node, context: Context, spaces: Space) -> Site:
        """A name that is used."""
        site = Site(node, self.text(node), context.scope, spaces)
        self.sites.append(site)
        return site

    def declare(self, node: Node, kind: DeclarationKind, context: Context, into: Scope | None = None) -> Binding:
        """A name that is declared. A `var` or function with a parameter's name is that parameter's binding."""
        name = self.text(node)
        scope = into or context.scope
        if scope.kind == "body" and kind in {"var", "function"} and scope.parent and name in scope.parent.names:
            scope = scope.parent
        binding = scope.names.get(name)
        if binding is None:
            binding = scope.names[name] = Binding(name, scope)
            self.bindings.append(binding)
        site = Site(node, name, context.scope, SPACES[kind], kind, binding)
        self.sites.append(site)
        binding.kinds.append(kind)
        binding.exported = binding.exported or context.exported
        binding.ambient = binding.ambient or (context.ambient and scope.kind in {"program", "namespace"})
        return binding
