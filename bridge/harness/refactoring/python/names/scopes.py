"""The scopes of a file: every name in it, what binds it, and the other places where identifiers stand.

The rules are those of the language reference: where decorators, defaults and annotations are evaluated, which scopes a
function sees, what `global`, `nonlocal` and `:=` do.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bridge.harness.refactoring.python.reading.source import Source

ScopeKind = Literal["module", "class", "function", "lambda", "comprehension", "types"]
Role = Literal["load", "store", "definition", "parameter", "import", "declared", "exported"]
BINDING = frozenset({"store", "definition", "parameter", "import"})
"""The roles that bind a name in the scope they stand in."""
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value of a name comes from: `how` says what `node` is to it."""

    how: str
    node: ast.AST
    scope: "Scope"


@dataclass(eq=False, slots=True)
class Event:
    """A name at a place. `from_` is the offset from which a binding in a class body holds."""

    name: str
    start: int
    role: Role
    scope: "Scope"
    node: ast.AST
    binding: "Binding | None" = None
    from_: int = 0

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.start + len(self.name)


@dataclass(eq=False, slots=True)
class Binding:
    """A name in the scope that it belongs to."""

    name: str
    scope: "Scope"
    events: list[Event] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Scope:
    """A namespace of the program."""

    kind: ScopeKind
    node: ast.AST
    source: Source
    parent: "Scope | None" = None
    names: dict[str, Binding] = field(default_factory=dict)
    global_names: set[str] = field(default_factory=set)
    outer_names: set[str] = field(default_factory=set)

    def module(self) -> "Scope":
        """The file's outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def chain(self) -> Iterator["Scope"]:
        """The scopes in which a name used here is looked up, nearest first."""
        yield self
        scope = self.parent
        while scope is not None:
            if scope.kind != "class":
                yield scope
            scope = scope.parent

    def home(self, name: str) -> "Scope":
        """The scope in which a binding of `name` made here lives."""
        if name in self.global_names:
            return self.module()
        if name in self.outer_names:
            for scope in list(self.chain())[1:]:
                if scope.kind != "module" and name in scope.names:
                    return scope
        return self

    def find(self, name: str, at: int) -> Binding | None:
        """What `name`, read at `at`, is bound to; None for built-in names and unknown ones."""
        if name in self.global_names:
            return self.module().names.get(name)
        for scope in self.chain():
            if name in scope.outer_names:
                continue
            binding = scope.names.get(name)
            if binding is None:
                continue
            if scope is self and scope.kind == "class" and not _holds(binding, at):
                continue
            return binding
        return None

    def enclosing(self, *kinds: ScopeKind) -> "Scope | None":
        """The nearest scope of one of these kinds, this one included."""
        scope: Scope | None = self
        while scope is not None and scope.kind not in kinds:
            scope = scope.parent
        return scope


@dataclass(frozen=True, slots=True)
class Access:
    """`receiver.name`, or the same said in a string: `getattr(receiver, "name")`."""

    name: str
    start: int
    receiver: ast.expr
    scope: Scope
    node: ast.AST
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Keyword:
    """`function(name=…)`, or `case Class(name=…)`."""

    name: str
    start: int
    call: ast.Call | ast.MatchClass
    scope: Scope


@dataclass(frozen=True, slots=True)
class Import:
    """A part of an import: the module `name` (dotted, from `level` folders up), or with `member` a name in it.

    The identifier at `start` is the last part of what it means. `aliased`: it binds no name itself.
    """

    identifier: str
    start: int
    level: int
    name: str
    member: str
    scope: Scope
    aliased: bool


@dataclass(eq=False, slots=True)
class Outline:
    """All of a file's identifiers."""

    source: Source
    top: Scope
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    keywords: list[Keyword] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    stars: list[tuple[int, str]] = field(default_factory=list)
    scope_of: dict[ast.AST, Scope] = field(default_factory=dict)
    origins: list[tuple[Scope, str, Origin]] = field(default_factory=list)
    # Attributes that are assigned to, with what is.
    stored: list[tuple[ast.Attribute, Origin]] = field(default_factory=list)

    def settle(self) -> None:
        """Binds every name, now that all bindings are known; `nonlocal` ones last, for they need the outer ones."""
        binding = [event for event in self.events if event.role in BINDING]
        for event in sorted(binding, key=lambda event: event.name in event.scope.outer_names):
            home = event.scope.home(event.name)
            event.binding = home.names.setdefault(event.name, Binding(event.name, home))
            event.binding.events.append(event)
        for scope, name, origin in self.origins:
            if (bound := scope.home(name).names.get(name)) is not None:
                bound.origins.append(origin)
        for event in self.events:
            if event.binding is None:
                event.binding = self._read(event)
                if event.binding is not None:
                    event.binding.events.append(event)

    def _read(self, event: Event) -> Binding | None:
        if event.role == "declared":
            home = event.scope.home(event.name)
            return home.names.get(event.name) if home is not event.scope else None
        return event.scope.find(event.name, event.start)


def _holds(binding: Binding, at: int) -> bool:
    """Whether a name of a class body is bound before `at`; until then the name outside is meant."""
    return any(event.from_ <= at for event in binding.events if event.role in BINDING)
