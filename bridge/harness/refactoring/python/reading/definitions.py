"""What one Python file defines, by its syntax alone: quick, and enough to find a name that a person has said."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from bridge.harness.refactoring.python.reading.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_DEFINED = re.compile(r"(?:async[\s\\]+)?(?:def|class)[\s\\]+(?=\w)")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Definition:
    """A place where a name is bound. `within` is its name in the module, such as `Basket.total`.

    `start` is the offset of the name, in the source's text. `local`: only the code from `scope[0]` to `scope[1]` can
    see it. `header` is the first line of a function or class, that of its first decorator; 0 for others.
    """

    name: str
    within: str
    kind: str
    start: int
    local: bool
    scope: tuple[int, int]
    header: int = 0


@dataclass(frozen=True, eq=False)
class Index:
    """All definitions of a file, in order, and by name. Imports are among them, as `import`."""

    all: tuple[Definition, ...]
    by_name: dict[str, list[Definition]]
    by_start: dict[int, Definition]


_known: WeakKeyDictionary[Source, Index] = WeakKeyDictionary()


def index_of(source: Source) -> Index:
    """The file's definitions, found once for each text."""
    known = _known.get(source)
    if known is None:
        finder = _Finder(source)
        for node in source.tree.body:
            finder.visit(node)
        found = tuple(sorted(finder.found, key=lambda one: one.start))
        by_name: dict[str, list[Definition]] = {}
        for one in found:
            by_name.setdefault(one.name, []).append(one)
        known = _known[source] = Index(found, by_name, {one.start: one for one in found})
    return known


@dataclass(slots=True)
class _Scope:
    """A namespace. `prefix` goes before the names in it, with its dot; `owner` is what a method calls its object."""

    kind: str
    prefix: str
    span: tuple[int, int]
    owner: str = ""
    elsewhere: set[str] = field(default_factory=set)
    in_module: set[str] = field(default_factory=set)


class _Finder(ast.NodeVisitor):
    def __init__(self, source: Source) -> None:
        self.found: list[Definition] = []
        self._source = source
        self._seen: set[tuple[str, bool]] = set()
        self._scopes = [_Scope("module", "", (0, len(source.text)))]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        self._define(node, "class")
        self._inside(_Scope("class", self._scopes[-1].prefix + node.name + ".", self._span(node)), node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all(_defaults(node.args))
        scope = _Scope("function", self._scopes[-1].prefix, self._span(node))
        self._inside(scope, [*_parameters(node.args), node.body])

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def visit_arg(self, node: ast.arg) -> None:
        self._add(node.arg, "parameter", self._source.start(node))

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id, self._source.start(node))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.visit(node.value)
        if not isinstance(node.ctx, ast.Store) or not isinstance(node.value, ast.Name):
            return
        owner = node.value.id
        depth = next((n for n, scope in enumerate(self._scopes) if scope.owner == owner), 0)
        if depth and self._scopes[depth - 1].kind == "class":
            within = self._scopes[depth - 1].prefix + node.attr
            self._once(node.attr, within, "attribute", self._source.end(node) - len(node.attr))

    def visit_Global(self, node: ast.Global) -> None:
        self._scopes[-1].in_module.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._scopes[-1].elsewhere.update(node.names)

    def visit_alias(self, node: ast.alias) -> None:
        if node.asname and node.asname != node.name:
            self._bind(node.asname, self._source.end(node) - len(node.asname))
        elif node.name != "*":
            name = node.name.partition(".")[0]
            within = self._scopes[-1].prefix + name
            start = self._source.start(node)
            self.found.append(Definition(name, within, "import", start, True, self._scopes[-1].span))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name and node.type is not None:
            self._bind_after(node.name, self._source.end(node.type))
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind(node.name, self._source.end(node) - len(node.name))
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name, self._source.end(node) - len(node.name))

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            last = node.patterns[-1] if node.patterns else None
            self._bind_after(node.rest, self._source.end(last) if last else self._source.start(node))
        self.generic_visit(node)

    def _function(self, node: Function) -> None:
        self._visit_all([*node.decorator_list, *_defaults(node.args)])
        method = self._scopes[-1].kind == "class"
        self._define(node, "method" if method else "function")
        scope = _Scope("function", self._scopes[-1].prefix + node.name + ".", self._span(node))
        parameters = _parameters(node.args)
        static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
        if method and parameters and not static:
            scope.owner = parameters[0].arg
        self._inside(scope, [*parameters, *node.body])

    def _comprehension(self, node: Comprehension) -> None:
        scope = _Scope("function", self._scopes[-1].prefix, self._span(node))
        self._inside(scope, list(ast.iter_child_nodes(node)))

    def _define(self, node: Function | ast.ClassDef, kind: str) -> None:
        start = self._source.start(node)
        if (head := _DEFINED.match(self._source.text, start)) is None:
            return
        header = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        within = self._scopes[-1].prefix + node.name
        local = self._scopes[-1].kind == "function"
        self._seen.add((within, local))
        self.found.append(Definition(node.name, within, kind, head.end(), local, self._scopes[-1].span, header))

    def _bind_after(self, name: str, offset: int) -> None:
        """A name that has no node of its own: the next word like it."""
        text = self._source.text
        start = next((word.start() for word in _WORD.finditer(text, offset) if word[0] == name), None)
        if start is not None:
            self._bind(name, start)

    def _bind(self, name: str, start: int) -> None:
        scope = self._scopes[-1]
        if name in scope.in_module:
            self._once(name, name, "variable", start)
        elif name not in scope.elsewhere:
            self._add(name, "attribute" if scope.kind == "class" else "variable", start)

    def _add(self, name: str, kind: str, start: int) -> None:
        scope = self._scopes[-1]
        self._once(name, scope.prefix + name, kind, start, scope if scope.kind == "function" else None)

    def _once(self, name: str, within: str, kind: str, start: int, scope: _Scope | None = None) -> None:
        """A variable is defined where it is first bound; in comprehensions of one scope each is another."""
        key = (within if scope is None else f"{within} {scope.span}", scope is not None)
        if key not in self._seen:
            self._seen.add(key)
            span = self._scopes[0].span if scope is None else scope.span
            self.found.append(Definition(name, within, kind, start, scope is not None, span))

    def _inside(self, scope: _Scope, nodes: Iterable[ast.AST]) -> None:
        self._scopes.append(scope)
        self._visit_all(nodes)
        self._scopes.pop()

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self._source.start(node), self._source.end(node)


def _parameters(args: ast.arguments) -> list[ast.arg]:
    optional = [one for one in (args.vararg, args.kwarg) if one is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *optional]


def _defaults(args: ast.arguments) -> list[ast.expr]:
    return [one for one in (*args.defaults, *args.kw_defaults) if one is not None]
