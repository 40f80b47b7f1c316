"""Strings that hold names: annotations in quotes, `__all__`, `__slots__`, `getattr(box, "total")`."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from bridge.harness.refactoring.python.names.scopes import Access, Event, Outline, Scope
from bridge.harness.refactoring.python.reading.source import Source

_BY_ATTRIBUTE = frozenset({"getattr", "hasattr", "setattr", "delattr", "object"})
"""Functions whose first two arguments are an object and the name of its attribute (`object`: `mock.patch.object`)."""
_WORD = re.compile(r"[^\W\d]\w*")
_LISTS_OF_NAMES = frozenset({"__slots__", "__match_args__"})


def name_in(source: Source, node: ast.expr) -> int | None:
    """The offset of the text of a plain string literal, that is one whose source is its value in quotes."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    text = source.segment(node)
    quotes = 3 if text[:3] in {'"""', "'''"} else 1
    if len(text) < 2 or text[quotes:-quotes] != node.value or text[0] not in "\"'":
        return None
    return source.start(node) + quotes


def annotation_in(source: Source, node: ast.expr) -> Iterator[ast.expr]:
    """The expressions in the strings of an annotation, at their places; those in `Literal[…]` are no code."""
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Constant):
            if (inner := quoted_code(source, part)) is not None:
                yield inner
        elif isinstance(part, ast.Subscript) and last_name(part.value) == "Literal":
            continue
        elif isinstance(part, ast.Subscript) and last_name(part.value) == "Annotated":
            waiting.append(part.slice.elts[0] if isinstance(part.slice, ast.Tuple) and part.slice.elts else part.slice)
        else:
            waiting.extend(ast.iter_child_nodes(part))


def quoted_code(source: Source, node: ast.expr) -> ast.expr | None:
    """The expression in a string, with its places in the file; None where the string holds none."""
    begin = name_in(source, node)
    if begin is None or not isinstance(node, ast.Constant) or "\n" in str(node.value):
        return None
    try:
        parsed = ast.parse(str(node.value), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    shift = node.col_offset + (begin - source.start(node))
    for part in ast.walk(parsed):
        if isinstance(part, ast.expr | ast.keyword):
            part.col_offset += shift
            part.end_col_offset = (part.end_col_offset or 0) + shift
            part.lineno = part.end_lineno = node.lineno
    return parsed


def last_name(node: ast.expr) -> str:
    """`Literal` of `typing.Literal`; empty where there is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


class QuotedNames:
    """Adds names in strings to an outline."""

    def __init__(self, source: Source, out: Outline) -> None:
        self._source = source
        self._out = out

    def assigned(self, targets: Sequence[ast.expr], value: ast.expr, scope: Scope) -> None:
        """`__all__ = [...]` in a module, `__slots__ = (...)` in a class."""
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if "__all__" in names and scope.kind == "module":
            self._exported(_elements(value), scope)
        if names & _LISTS_OF_NAMES and scope.kind == "class":
            receiver = ast.Name(id=getattr(scope.node, "name", ""), ctx=ast.Load())
            outside = scope.parent or scope
            for node in _elements(value):
                self._access(node, ast.copy_location(receiver, node), outside)

    def given(self, function: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        """Parameters that `@pytest.mark.parametrize("size, box", …)` names."""
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and last_name(decorator.func) == "parametrize" and decorator.args:
                for node in _elements(decorator.args[0]):
                    self._given(node, scope)

    def _given(self, node: ast.expr, scope: Scope) -> None:
        begin = name_in(self._source, node)
        for match in _WORD.finditer(str(node.value)) if begin is not None and isinstance(node, ast.Constant) else ():
            self._out.events.append(Event(match[0], (begin or 0) + match.start(), "exported", scope, node))

    def called(self, node: ast.Call, scope: Scope) -> Iterator[ast.expr]:
        """Names in the arguments of a call; yields expressions that are code in quotes, as in `cast("Box", x)`."""
        name = last_name(node.func)
        if name in _BY_ATTRIBUTE and len(node.args) >= 2:
            self._access(node.args[1], node.args[0], scope)
        elif name in {"extend", "append", "remove"} and isinstance(node.func, ast.Attribute):
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "__all__":
                self._exported([part for arg in node.args for part in (arg, *_elements(arg))], scope)
        elif name in {"cast", "TypeVar", "NewType"}:
            yield from self._types_in(name, node)

    def _types_in(self, name: str, node: ast.Call) -> Iterator[ast.expr]:
        bound = [keyword.value for keyword in node.keywords if keyword.arg == "bound"]
        for part in [*(node.args[:1] if name == "cast" else node.args[1:]), *bound]:
            yield from annotation_in(self._source, part)

    def _exported(self, nodes: Iterable[ast.expr], scope: Scope) -> None:
        for node in nodes:
            begin = name_in(self._source, node)
            if begin is not None and isinstance(node, ast.Constant) and str(node.value).isidentifier():
                self._out.events.append(Event(str(node.value), begin, "exported", scope.module(), node))

    def _access(self, node: ast.expr, receiver: ast.expr, scope: Scope) -> None:
        begin = name_in(self._source, node)
        if begin is not None and isinstance(node, ast.Constant) and str(node.value).isidentifier():
            self._out.accesses.append(Access(str(node.value), begin, receiver, scope, node, quoted=True))


def _elements(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return value.elts
    if isinstance(value, ast.BinOp):
        return [*_elements(value.left), *_elements(value.right)]
    return [value] if isinstance(value, ast.Constant) else []
