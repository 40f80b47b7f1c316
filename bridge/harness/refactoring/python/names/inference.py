"""What expressions are: from annotations, from what is assigned, from what functions return.

Where something can't be told the answer is open: rather too little is known than something wrong.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.harness.refactoring.python.names.annotations import read_annotation
from bridge.harness.refactoring.python.names.expressions import bound_by, builtin_call, evaluate
from bridge.harness.refactoring.python.names.index import Index, Module
from bridge.harness.refactoring.python.names.kinds import (
    NOTHING,
    UNKNOWN,
    ClassOf,
    Function,
    Instance,
    Klass,
    Known,
    Outside,
    Value,
    bare,
    decorators,
    known,
    part_of,
    union,
)
from bridge.harness.refactoring.python.names.outline import arguments_of
from bridge.harness.refactoring.python.names.scopes import Binding, Origin, Scope

_DEPTH = 24
"""How far a chain of assignments and calls is followed; what is farther is not known."""
_STEPS = 4000
"""How many expressions are evaluated to answer one question."""
_SILENT_BASES = frozenset({"object", "Protocol", "Generic", "ABC", "NamedTuple"})
"""Bases that bring no attributes of an ordinary name."""


class Inference:
    """Evaluates expressions. Answers are kept, so one serves one request only."""

    def __init__(self, index: Index) -> None:
        """Nothing is evaluated yet."""
        self.index = index
        self._classes: dict[ast.AST, Klass] = {}
        self._done: dict[ast.AST, Known] = {}
        self._running: set[object] = set()
        # Counted for each question from outside: steps taken, and answers cut short.
        self._steps = 0
        self._cuts = 0
        self._own: dict[Klass, dict[str, list[Origin]]] = {}
        self._ancestors: dict[Klass, list[Klass]] = {}

    # -- classes -------------------------------------------------------------------------------------------------------

    def klass(self, node: ast.ClassDef, scope: Scope) -> Klass:
        """The class of a definition; `scope`: any scope of its file."""
        if node not in self._classes:
            outline = self.index.outline(scope.source.path)
            if outline is None:
                raise LookupError(node.name)
            self._classes[node] = Klass(node, outline.scopes[node], outline)
        return self._classes[node]

    def all_classes(self) -> Iterator[Klass]:
        """All classes of the project."""
        for outline in self.index.outlines():
            for node, scope in outline.scopes.items():
                if isinstance(node, ast.ClassDef) and scope.kind == "class":
                    yield self.klass(node, scope)

    def bases(self, klass: Klass) -> list[Known]:
        """What each base is."""
        outside = klass.scope.parent or klass.scope
        return [self.value(bare(base), outside) for base in klass.node.bases]

    def ancestors(self, klass: Klass) -> list[Klass]:
        """The class and those of the project that it is derived from, nearest first."""
        if klass not in self._ancestors:
            # A class that is its own ancestor can't run; here it must only come to an end.
            self._ancestors[klass] = [klass]
            found = [klass]
            for base in self.bases(klass):
                for value in base.values:
                    if isinstance(value, ClassOf):
                        found += [up for up in self.ancestors(value.klass) if up not in found]
            self._ancestors[klass] = found
        return self._ancestors[klass]

    def open_bases(self, klass: Klass) -> list[str]:
        """Bases, its own and inherited, that are not the project's; those that bring no attributes do not count."""
        found = []
        for up in self.ancestors(klass):
            for node, base in zip(up.node.bases, self.bases(up), strict=True):
                name = ast.unparse(bare(node))
                ours = any(isinstance(value, ClassOf) for value in base.values)
                if not ours and name.rpartition(".")[2] not in _SILENT_BASES:
                    found.append(name)
        return found

    def own(self, klass: Klass) -> dict[str, list[Origin]]:
        """What the class itself defines: in its body, and by assigning to attributes of `self` in its methods."""
        if klass not in self._own:
            table = {name: list(bound.origins) for name, bound in klass.scope.names.items()}
            for target, origin in klass.outline.stored:
                if self.self_class(target.value, origin.scope) is klass:
                    table.setdefault(target.attr, []).append(origin)
            self._own[klass] = table
        return self._own[klass]

    def self_class(self, receiver: ast.expr, scope: Scope) -> Klass | None:
        """The class whose method's first parameter `receiver` is."""
        if not isinstance(receiver, ast.Name):
            return None
        home = next((near for near in scope.chain() if receiver.id in near.names), None)
        if home is None or not isinstance(home.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        parent = home.parent
        if parent is not None and parent.kind == "types":
            parent = parent.parent
        if parent is None or parent.kind != "class" or not isinstance(parent.node, ast.ClassDef):
            return None
        first = arguments_of(home.node.args)[:1]
        once = len(home.names[receiver.id].origins) == 1
        if not first or first[0].arg != receiver.id or not once or "staticmethod" in decorators(home.node):
            return None
        return self.klass(parent.node, parent)

    def member(self, klass: Klass, name: str, *, above: bool = False) -> Known | None:
        """What an attribute of a class's instances is; None where no class of the project defines it."""
        for up in self.ancestors(klass)[1 if above else 0 :]:
            origins = self.own(up).get(name)
            if origins is not None:
                return self._all(origins)
        return None

    # -- expressions ---------------------------------------------------------------------------------------------------

    def value(self, node: ast.expr, scope: Scope) -> Known:
        """What an expression is, evaluated in `scope`."""
        if node in self._done:
            return self._done[node]
        cuts = self._cuts
        with self._once(node) as first:
            answer = evaluate(self, node, scope) if first else UNKNOWN
        # What was cut short, as it is being asked for already, may be known when asked from elsewhere.
        if cuts == self._cuts or not self._running:
            self._done[node] = answer
        return answer

    def annotated(self, node: ast.expr, scope: Scope) -> Known:
        """What something with this annotation is."""
        return read_annotation(self, node, scope)

    def binding(self, bound: Binding) -> Known:
        """What a name can be: all that is assigned to it; an annotation says it for all."""
        return self._all(bound.origins)

    def of_module(self, found: Binding | Module | None) -> Known | None:
        """What a name in a module is."""
        if isinstance(found, Module):
            return known(found)
        return None if found is None else self.binding(found)

    def attribute(self, value: Value, name: str) -> Known:
        """What `value.name` is."""
        if isinstance(value, Module):
            return self.of_module(self.index.member(value, name)) or UNKNOWN
        if isinstance(value, Outside):
            return UNKNOWN if value.instance else known(Outside(f"{value.name}.{name}"))
        if not isinstance(value, ClassOf | Instance):
            return UNKNOWN
        if name == "__class__":
            return known(ClassOf(value.klass))
        found = self.member(value.klass, name, above=isinstance(value, Instance) and value.above)
        if found is None:
            return UNKNOWN
        return found if isinstance(value, ClassOf) else self._through_properties(found)

    def called(self, value: Value, call: ast.Call, scope: Scope) -> Known:
        """What calling `value` gives."""
        if isinstance(value, ClassOf):
            return known(Instance(value.klass))
        if isinstance(value, Function):
            return self.returned(value)
        if isinstance(value, Instance):
            found = self.member(value.klass, "__call__")
            return UNKNOWN if found is None else union([self.called(one, call, scope) for one in found.values])
        return builtin_call(self, value.name, call, scope) if isinstance(value, Outside) else UNKNOWN

    def returned(self, function: Function) -> Known:
        """What a function returns: what its annotation says, or else what its `return` statements give."""
        node = function.node
        if isinstance(node, ast.Lambda):
            return self.value(node.body, function.scope)
        if node.returns is not None:
            return self.annotated(node.returns, function.scope.parent or function.scope)
        parts = list(_own_nodes(node))
        if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in parts):
            return UNKNOWN
        with self._once(node) as first:
            given = [part.value for part in parts if isinstance(part, ast.Return) and part.value is not None]
            return union([self.value(one, function.scope) for one in given] + [NOTHING]) if first else UNKNOWN

    def _all(self, origins: list[Origin]) -> Known:
        said = [origin for origin in origins if origin.how == "annotation"] or origins
        # `box = None` says nothing of what box is when it is used.
        telling = [origin for origin in said if not _is_nothing(origin.node)]
        return union([self._origin(origin) for origin in telling]) if telling else UNKNOWN

    def _origin(self, origin: Origin) -> Known:
        how, *parts = origin.how.split("[")
        with self._once((origin.node, how)) as first:
            found = bound_by(self, Origin(how, origin.node, origin.scope)) if first else UNKNOWN
        for part in parts:
            found = part_of(found, int(part.rstrip("]")))
        return found

    def _through_properties(self, found: Known) -> Known:
        parts = [UNKNOWN] if found.open else []
        for value in found.values:
            computed = isinstance(value, Function) and any(name.endswith("property") for name in decorators(value.node))
            parts.append(self.returned(value) if computed and isinstance(value, Function) else known(value))
        return union(parts)

    @contextmanager
    def _once(self, what: object) -> Iterator[bool]:
        """Whether `what` is not being evaluated already, and the chain is not too long."""
        if not self._running:
            self._steps = 0
        self._steps += 1
        if what in self._running or len(self._running) > _DEPTH or self._steps > _STEPS:
            self._cuts += 1
            yield False
            return
        self._running.add(what)
        try:
            yield True
        finally:
            self._running.discard(what)


def _own_nodes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions and classes in it."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(part))


def _is_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis)
