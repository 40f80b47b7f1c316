"""Walks a file's tree and makes its `Outline`: scopes, names, attribute accesses, keywords and imports."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from bridge.harness.refactoring.python.names.scopes import (
    Access,
    Event,
    FunctionNode,
    Import,
    Keyword,
    Origin,
    Outline,
    Role,
    Scope,
    ScopeKind,
)
from bridge.harness.refactoring.python.names.strings import QuotedNames, annotation_in
from bridge.harness.refactoring.python.reading.source import Source

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def outline(source: Source) -> Outline:
    """The outline of a file."""
    return _Walk(source).done()


class _Walk(ast.NodeVisitor):
    """One walk over one file. `visit` methods are called by the names of nodes."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scope = Scope("module", source.tree, source)
        self.out = Outline(source, self.scope, {source.tree: self.scope})
        self.quoted = QuotedNames(source, self.out)
        # The offset from which a name that is being bound holds, in a class body: behind its statement.
        self.holds = 0

    def done(self) -> Outline:
        for statement in self.source.tree.body:
            self.visit(statement)
        self.out.settle()
        return self.out

    def visit(self, node: ast.AST) -> None:
        self.out.scope_of[node] = self.scope
        if isinstance(node, ast.stmt):
            simple = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
            self.holds = self.source.end(node) if simple else 0
        super().visit(node)

    # -- names ---------------------------------------------------------------------------------------------------------

    def event(self, name: str, start: int, role: Role, node: ast.AST) -> None:
        """Keeps a name; one that is not spelled out at its place (an exotic Unicode form of it) is left alone."""
        if self.source.text.startswith(name, start):
            self.out.events.append(Event(name, start, role, self.scope, node, from_=max(start, self.holds)))

    def origin(self, name: str, how: str, node: ast.AST) -> None:
        """Keeps where the value of a name comes from, for its binding."""
        self.out.origins.append((self.scope, name, Origin(how, node, self.scope)))

    def visit_Name(self, node: ast.Name) -> None:
        self.event(node.id, self.source.start(node), "load" if isinstance(node.ctx, ast.Load) else "store", node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        start = self.source.end(node) - len(node.attr)
        if self.source.text.startswith(node.attr, start):
            self.out.accesses.append(Access(node.attr, start, node.value, self.scope, node))
        self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Strings that hold names are looked at where their use tells so."""

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.global_names.update(node.names)
        self._declared(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outer_names.update(node.names)
        self._declared(node)

    def _declared(self, node: ast.Global | ast.Nonlocal) -> None:
        start = self.source.start(node)
        found = list(_IDENTIFIER.finditer(self.source.text, start, self.source.end(node)))[1:]
        for match in found:
            if match[0] in node.names:
                self.event(match[0], match.start(), "declared", node)

    # -- values --------------------------------------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.target(target, "value", node.value)
        self.quoted.assigned(node.targets, node.value, self.scope)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self.visit(node.target)
        self.quoted.assigned([node.target], node.value, self.scope)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.quoted.assigned([node.target], node.value, self.scope)
        self.target(node.target, "annotation", node.annotation)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        inner = self.scope
        while self.scope.kind == "comprehension" and self.scope.parent is not None:
            self.scope = self.scope.parent
        self.target(node.target, "value", node.value)
        self.scope = inner

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.target(node.target, "item", node.iter)
        self.all([*node.body, *node.orelse])

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.visit_For(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self.target(node.optional_vars, "entered", node.context_expr)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name is not None:
            begin = self.source.end(node.type) if node.type is not None else self.source.start(node)
            self.bind(node.name, begin, node, "caught", node.type or node)
        self.all(node.body)

    def target(self, target: ast.expr, how: str, value: ast.AST) -> None:
        """What is assigned to: names get an origin, parts of a tuple one that takes the value apart."""
        if isinstance(target, ast.Name):
            self.origin(target.id, how, value)
            self.visit(target)
        elif isinstance(target, ast.Tuple | ast.List):
            self.out.scope_of[target] = self.scope
            for index, part in enumerate(target.elts):
                self.target(part, f"{how}[{index}]", value)
        elif isinstance(target, ast.Starred):
            self.target(target.value, "unknown", value)
        else:
            if isinstance(target, ast.Attribute):
                self.out.stored.append((target, Origin(how, value, self.scope)))
            self.visit(target)

    def bind(self, name: str, begin: int, node: ast.AST, how: str, value: ast.AST) -> None:
        """A name that stands somewhere after `begin` without a node of its own."""
        match = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").search(self.source.text, begin)
        if match is not None:
            self.event(name, match.start(), "store", node)
            self.origin(name, how, value)

    def all(self, nodes: Iterable[ast.AST]) -> None:
        """Visits each."""
        for node in nodes:
            self.visit(node)

    def annotation(self, node: ast.expr) -> None:
        """An annotation: the strings in it are code too."""
        self.visit(node)
        for part in annotation_in(self.source, node):
            self.visit(part)

    # -- scopes --------------------------------------------------------------------------------------------------------

    @contextmanager
    def inside(self, kind: ScopeKind, node: ast.AST) -> Iterator[None]:
        """The scope that `node` opens."""
        outer, self.scope = self.scope, Scope(kind, node, self.source, self.scope)
        self.out.scopes[node] = self.scope
        holds, self.holds = self.holds, 0
        yield
        self.scope, self.holds = outer, holds

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.all(node.decorator_list)
        self.definition(node, "async def" if isinstance(node, ast.AsyncFunctionDef) else "def")
        with self.types(node):
            self.signature(node.args)
            if node.returns is not None:
                self.annotation(node.returns)
            with self.inside("function", node):
                self.parameters(node)
                self.quoted.given(node, self.scope)
                self.all(node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.signature(node.args)
        with self.inside("lambda", node):
            self.parameters(node)
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.all(node.decorator_list)
        self.definition(node, "class")
        with self.types(node):
            self.all([*node.bases, *(keyword.value for keyword in node.keywords)])
            with self.inside("class", node):
                self.all(node.body)

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, word: str) -> None:
        """The name behind `def` or `class`; it holds, in a class body, behind its decorators."""
        begin = self.source.start(node)
        match = re.compile(rf"{word[:5]}\s*(?:\\\n\s*)?(?:def)?").match(self.source.text, begin)
        found = _IDENTIFIER.search(self.source.text, match.end() if match else begin)
        if found is not None and found[0] == node.name:
            self.holds = 0
            self.event(node.name, found.start(), "definition", node)
            self.origin(node.name, "definition", node)

    @contextmanager
    def types(self, node: ast.AST) -> Iterator[None]:
        """The scope of type parameters (`def f[T]`), where there are any."""
        parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
        if not parameters:
            yield
            return
        with self.inside("types", node):
            for parameter in parameters:
                self.bind(getattr(parameter, "name", ""), self.source.start(parameter), parameter, "unknown", parameter)
                bound: ast.expr | None = getattr(parameter, "bound", None)
                if bound is not None:
                    self.annotation(bound)
            yield

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """`type X = …`, which Python 3.11 does not have."""
        self.visit(node.name)  # type: ignore[attr-defined]
        with self.types(node):
            self.annotation(node.value)  # type: ignore[attr-defined]

    def signature(self, args: ast.arguments) -> None:
        """Defaults and annotations, which are evaluated outside of the function."""
        self.all([*args.defaults, *(default for default in args.kw_defaults if default is not None)])
        for arg in arguments_of(args):
            if arg.annotation is not None:
                self.annotation(arg.annotation)

    def parameters(self, node: FunctionNode) -> None:
        """The names that a call binds."""
        for arg in arguments_of(node.args):
            self.event(arg.arg, self.source.start(arg), "parameter", arg)
            self.origin(arg.arg, "parameter", arg)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self.visit(node.generators[0].iter)
        with self.inside("comprehension", node):
            for index, part in enumerate(node.generators):
                if index:
                    self.visit(part.iter)
                self.target(part.target, "item", part.iter)
                self.all(part.ifs)
            self.all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self.visit_ListComp(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self.visit_ListComp(node)

    # -- calls, patterns, imports --------------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg is not None and self.source.text.startswith(keyword.arg, self.source.start(keyword)):
                start = self.source.start(keyword)
                self.out.keywords.append(Keyword(keyword.arg, start, node, self.scope))
        self.all([node.func, *node.args, *(keyword.value for keyword in node.keywords)])
        for part in self.quoted.called(node, self.scope):
            self.visit(part)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.pattern is not None:
            self.visit(node.pattern)
        if node.name is not None:
            begin = self.source.end(node.pattern) if node.pattern is not None else self.source.start(node)
            self.bind(node.name, begin, node, "unknown", node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name is not None:
            self.bind(node.name, self.source.start(node), node, "unknown", node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.all([*node.keys, *node.patterns])
        if node.rest is not None:
            begin = self.source.end(node.patterns[-1]) if node.patterns else self.source.start(node)
            self.bind(node.rest, begin, node, "unknown", node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        self.all([node.cls, *node.patterns, *node.kwd_patterns])
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            before = self.source.text[: self.source.start(pattern)]
            match = re.search(rf"{re.escape(name)}\s*=[\s(]*$", before)
            if match is not None:
                self.out.keywords.append(Keyword(name, match.start(), node, self.scope))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            begin = self.source.start(alias)
            self.dotted(alias.name, begin, 0, aliased=alias.asname is not None)
            if alias.asname is None:
                top = alias.name.partition(".")[0]
                self.event(top, begin, "import", node)
                self.origin(top, "module", ast.alias(name=top))
            else:
                self.bind_alias(alias, ast.alias(name=alias.name), "module")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if module:
            match = re.compile(r"from[\s.\\]*").match(self.source.text, self.source.start(node))
            self.dotted(module, match.end() if match else 0, node.level, aliased=True)
        for alias in node.names:
            if alias.name == "*":
                self.out.stars.append((node.level, module))
                continue
            begin, given_on = self.source.start(alias), alias.asname == alias.name
            places = [begin, self.source.end(alias) - len(alias.name)] if given_on else [begin]
            aliased = alias.asname is not None and not given_on
            self.out.imports += [
                Import(alias.name, place, node.level, module, alias.name, self.scope, aliased) for place in places
            ]
            if aliased:
                self.bind_alias(alias, ast.ImportFrom(module=module, names=[alias], level=node.level), "member")
            else:
                # `from a import f as f` is how typed packages give a name on: it is that very name.
                self.event(alias.name, places[-1], "import", node)
                member = ast.ImportFrom(module=module, names=[ast.alias(name=alias.name)], level=node.level)
                self.origin(alias.name, "member", member)

    def bind_alias(self, alias: ast.alias, value: ast.AST, how: str) -> None:
        """The name behind `as`."""
        if alias.asname is not None:
            start = self.source.end(alias) - len(alias.asname)
            self.event(alias.asname, start, "store", alias)
            self.origin(alias.asname, how, value)

    def dotted(self, name: str, begin: int, level: int, *, aliased: bool) -> None:
        """Each part of a dotted module name."""
        at, known = begin, ""
        for part in name.split("."):
            at = self.source.text.index(part, at)
            known = f"{known}.{part}" if known else part
            self.out.imports.append(Import(part, at, level, known, "", self.scope, aliased))
            at += len(part)


def arguments_of(args: ast.arguments) -> list[ast.arg]:
    """All parameters, in order."""
    last = [args.kwarg] if args.kwarg else []
    rest = [args.vararg] if args.vararg else []
    return [*args.posonlyargs, *args.args, *rest, *args.kwonlyargs, *last]
