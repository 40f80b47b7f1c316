"""Which names certainly have a value at a point of a function, and which are read before they get one."""

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bridge.harness.refactoring.python.names.scopes import Binding, Event, Outline
from bridge.harness.refactoring.python.reading.source import Source

Set = frozenset[Binding]


@dataclass
class Flow:
    """Follows the statements of a block in the order in which they run."""

    outline: Outline
    read_early: set[Binding] = field(default_factory=set)
    at_mark: dict[ast.stmt, Set] = field(default_factory=dict)

    def block(self, statements: Sequence[ast.stmt], have: Set) -> Set | None:
        """What certainly has a value behind the block, given what has before; None where its end is never reached."""
        now: Set | None = have
        for statement in statements:
            if now is None:
                break
            self.at_mark.setdefault(statement, now)
            now = self._statement(statement, now)
        return now

    def _statement(self, node: ast.stmt, have: Set) -> Set | None:
        rule = self._rules.get(type(node))
        if rule is not None:
            return rule(self, node, have)
        have = self._run(node, have)
        return None if isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue) else have

    def _run(self, node: ast.AST, have: Set) -> Set:
        """An expression or a simple statement: reads first, then what it binds."""
        return self._stores(node, self._reads(node, have))

    def _reads(self, node: ast.AST, have: Set) -> Set:
        for event in self._events(node):
            both = isinstance(node, ast.AugAssign) and event.node is node.target
            if event.binding is not None and (event.role == "load" or both) and event.binding not in have:
                self.read_early.add(event.binding)
        return have

    def _stores(self, node: ast.AST, have: Set) -> Set:
        stored = [event for event in self._events(node) if event.role in {"store", "definition", "import"}]
        gone = {event.binding for event in stored if _deletes(event)}
        return (have | {event.binding for event in stored if event.binding is not None}) - gone

    def _events(self, node: ast.AST) -> list[Event]:
        source = self.outline.source
        start, end = begin_of(source, node), source.end(node)
        return [event for event in self.outline.events if start <= event.start < end]

    def _if(self, node: ast.If, have: Set) -> Set | None:
        have = self._run(node.test, have)
        return _meet([self.block(node.body, have), self.block(node.orelse, have)])

    def _for(self, node: ast.For | ast.AsyncFor, have: Set) -> Set | None:
        have = self._run(node.iter, have)
        self.block(node.body, self._stores(node.target, self._reads(node.target, have)))
        self.block(node.orelse, have)
        return have

    def _while(self, node: ast.While, have: Set) -> Set | None:
        have = self._run(node.test, have)
        self.block(node.body, have)
        self.block(node.orelse, have)
        return have

    def _with(self, node: ast.With | ast.AsyncWith, have: Set) -> Set | None:
        for item in node.items:
            have = self._run(item.context_expr, have)
            if item.optional_vars is not None:
                have = self._stores(item.optional_vars, self._reads(item.optional_vars, have))
        # A context manager may swallow an exception; hardly one does, so what its block binds counts as bound.
        return self.block(node.body, have)

    def _try(self, node: ast.Try, have: Set) -> Set | None:
        ends = [self.block(node.orelse, after) if (after := self.block(node.body, have)) is not None else None]
        for handler in node.handlers:
            inside = have
            if handler.type is not None:
                inside = self._run(handler.type, inside)
            named = {e.binding for e in self.outline.events if e.node is handler and e.binding is not None}
            after = self.block(handler.body, inside | named)
            ends.append(after if after is None else after - named)
        met = _meet(ends)
        final = self.block(node.finalbody, have)
        return None if met is None or final is None else met | final

    def _match(self, node: ast.Match, have: Set) -> Set | None:
        have = self._run(node.subject, have)
        ends: list[Set | None] = [have]
        for case in node.cases:
            inside = self._stores(case.pattern, self._reads(case.pattern, have))
            if case.guard is not None:
                inside = self._run(case.guard, inside)
            ends.append(self.block(case.body, inside))
        return _meet(ends)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, have: Set) -> Set:
        """Names that a nested function reads must have a value at once: when it is called is not known."""
        have = self._reads(node, have)
        named = {e.binding for e in self.outline.events if e.node is node and e.role == "definition" and e.binding}
        return have | named

    _rules: ClassVar[dict[type[ast.AST], Callable[..., Set | None]]] = {
        ast.If: _if,
        ast.For: _for,
        ast.AsyncFor: _for,
        ast.While: _while,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.Match: _match,
        ast.FunctionDef: _define,
        ast.AsyncFunctionDef: _define,
        ast.ClassDef: _define,
    }


def begin_of(source: Source, node: ast.AST) -> int:
    """Where a node begins, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return source.start(decorators[0]) if decorators else source.start(node)


def _meet(ends: Iterable[Set | None]) -> Set | None:
    reached = [end for end in ends if end is not None]
    return frozenset.intersection(*reached) if reached else None


def _deletes(event: Event) -> bool:
    return isinstance(event.node, ast.Name) and isinstance(event.node.ctx, ast.Del)
