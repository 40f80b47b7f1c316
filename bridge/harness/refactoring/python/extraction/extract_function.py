"""Statements or an expression become a function: its head, its body, its place, and the call of it."""

import ast
import re

from bridge.harness.refactoring.python.extraction.exits import exits_of, is_async, own_nodes
from bridge.harness.refactoring.python.extraction.flow import begin_of
from bridge.harness.refactoring.python.extraction.passing import passed, read_outside
from bridge.harness.refactoring.python.extraction.selecting import Expression, Statements, standing
from bridge.harness.refactoring.python.names.kinds import decorators
from bridge.harness.refactoring.python.names.outline import arguments_of
from bridge.harness.refactoring.python.names.scopes import Binding, Outline, Scope
from bridge.harness.refactoring.python.reading.edits import Replacement
from bridge.harness.refactoring.python.reading.source import Source
from bridge.harness.refactoring.values import Refusal
from bridge.harness.workspace.text import split_lines

_UNIT = "    "
_ABOUT_CLASSES = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
"""Methods that are given the class without a decorator that says so."""
_PRIVATE = re.compile(r"(?<!\w)__[^\W_]\w*?(?<!__)(?!\w)")
"""A name that Python rewrites inside a class."""


def extract_statements(found: Outline, chosen: Statements, name: str) -> list[Replacement]:
    """The changes that make a function of whole statements; Refusal where it could not do the same."""
    source = found.source
    home = found.scope_of[chosen.nodes[0]]
    if home.kind == "class":
        raise Refusal("These statements are the body of a class. Select statements inside a function or a module.")
    if home.kind == "module" and any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in chosen.nodes):
        raise Refusal("The selection defines functions or classes of the module. Select other statements.")
    exits = exits_of(chosen, home.node)
    names = passed(found, chosen, home, returns=exits.returns)
    new = _New(found, name, home, chosen, is_async=exits.awaits, takes=names.takes)
    begin = begin_of(source, chosen.nodes[0])
    margin = _margin(source, begin)
    given = ", ".join(binding.name for binding in names.gives)
    body = source.text[chosen.start : chosen.end].rstrip("\n") + "\n"
    if given:
        body += f"{margin}return {given}\n"
    call = new.call
    if exits.returns:
        call = f"return {call}"
    elif given:
        call = f"{given} = {call}"
    end = "\n" if source.text[chosen.start : chosen.end].endswith("\n") else ""
    return [
        new.placed(_moved(source, chosen.start, body, margin, new.inner)),
        Replacement(chosen.start, chosen.end, f"{margin}{call}{end}"),
    ]


def extract_expression(found: Outline, chosen: Expression, name: str) -> list[Replacement]:
    """The changes that make a function of an expression."""
    node = chosen.node
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        raise Refusal("This is assigned to; only a value can become a function. Select a value.")
    if any(isinstance(part, ast.NamedExpr | ast.Yield | ast.YieldFrom) for part in ast.walk(node)):
        raise Refusal("The expression assigns or yields; that can't be taken out of its function.")
    home = found.scope_of[node].enclosing("function", "class", "module") or found.top
    waits = is_async(list(own_nodes(node)))
    takes = read_outside(found, chosen.start, chosen.end)
    new = _New(found, name, home, chosen, is_async=waits, takes=takes)
    text = found.source.text[chosen.start : chosen.end]
    body = f"{new.inner}return {f'({text})' if chr(10) in text else text}\n"
    return [new.placed(body), standing(found.source, chosen, f"({new.call})" if waits else new.call)]


class _New:
    """The new function: a method behind the one that it comes from, or a function above what uses it."""

    def __init__(
        self,
        found: Outline,
        name: str,
        home: Scope,
        chosen: Statements | Expression,
        *,
        is_async: bool,
        takes: tuple[Binding, ...],
    ) -> None:
        self._source = found.source
        self._home = home
        self._start = chosen.start
        self._receiver = _receiver(home)
        about_class = getattr(home.node, "name", "") in _ABOUT_CLASSES
        self._of_class = about_class or "classmethod" in decorators(home.node)
        text = found.source.text[chosen.start : chosen.end]
        bound = any(one.scope is home and one.name == self._receiver for one in takes)
        special = "super()" in text or "__class__" in text
        if special and not self._receiver:
            raise Refusal("`super()` and `__class__` work in methods only. Select less.")
        self._method = bound or special or bool(self._receiver and _PRIVATE.search(text))
        names = [one.name for one in takes if not (self._method and one.scope is home and one.name == self._receiver)]
        self._outer = _margin(self._source, begin_of(self._source, home.node)) if self._method else ""
        self.inner = self._outer + _unit(self._source, home)
        owner = f"{self._receiver}." if self._method else ""
        self.call = f"{'await ' if is_async else ''}{owner}{name}({', '.join(names)})"
        parameters = ", ".join([self._receiver, *names] if self._method else names)
        self._head = f"{self._outer}{'async ' if is_async else ''}def {name}({parameters}):\n"
        if self._method and self._of_class:
            self._head = f"{self._outer}@classmethod\n{self._head}"

    def placed(self, body: str) -> Replacement:
        """The whole definition, where it belongs."""
        text = self._source.text
        if self._method:
            at = text.find("\n", self._source.end(self._home.node)) + 1
            lead = "\n" if at else "\n\n"
            at = at or len(text)
            return Replacement(at, at, f"{lead}{self._head}{body}")
        top = next(node for node in self._source.tree.body if self._source.end(node) >= self._start)
        at = self._source.starts[self._source.line_of(begin_of(self._source, top)) - 1]
        at = min(_above_comments(text, at), self._start)
        blanks = len(text[:at]) - len(text[:at].rstrip("\n"))
        lead = "\n" * max(0, 3 - blanks) if text[:at].strip() else ""
        return Replacement(at, at, f"{lead}{self._head}{body}\n\n")


def _unit(source: Source, home: Scope) -> str:
    """By how much a body is indented: as that of the function that the code comes from."""
    body = getattr(home.node, "body", None)
    first = body[0] if isinstance(body, list) and body and home.kind != "module" else None
    if not isinstance(first, ast.stmt):
        return _UNIT
    outer, inner = _margin(source, source.start(home.node)), _margin(source, begin_of(source, first))
    return inner.removeprefix(outer) if inner != outer and inner.startswith(outer) else _UNIT


def _receiver(home: Scope) -> str:
    """`self` or `cls` of the method that a scope is; empty where it is none."""
    node, parent = home.node, home.parent
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or parent is None or parent.kind != "class":
        return ""
    args = arguments_of(node.args)
    if not args or "staticmethod" in decorators(node) or len(home.names[args[0].arg].origins) != 1:
        return ""
    return args[0].arg


def _margin(source: Source, begin: int) -> str:
    """The blanks before what begins there."""
    line = source.starts[source.line_of(begin) - 1]
    return source.text[line : line + len(source.text[line:]) - len(source.text[line:].lstrip(" \t"))]


def _above_comments(text: str, at: int) -> int:
    """The start of the comment lines right above."""
    while at > 0:
        above = text.rfind("\n", 0, at - 1) + 1
        if not text[above:at].startswith("#"):
            break
        at = above
    return at


def _moved(source: Source, start: int, body: str, old: str, new: str) -> str:
    """Lines with another margin; what continues a string literal stays as it is, for it is data."""
    strings = [piece for piece in source.pieces() if piece.kind == "string"]
    lines = []
    at = start
    for line in split_lines(body):
        within = any(piece.start < at < piece.end for piece in strings)
        at += len(line)
        moved = new + line.removeprefix(old) if line.startswith(old) else new + line.lstrip(" \t")
        lines.append(moved if line.strip() and not within else line)
    return "".join(lines)
