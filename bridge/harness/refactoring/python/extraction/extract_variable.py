"""An expression gets a name, in a line of its own above the statement."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from bridge.harness.refactoring.python.extraction.flow import begin_of
from bridge.harness.refactoring.python.extraction.later import is_wild
from bridge.harness.refactoring.python.extraction.selecting import Expression, standing
from bridge.harness.refactoring.python.names.scopes import BINDING, Outline
from bridge.harness.refactoring.python.reading.edits import Replacement
from bridge.harness.refactoring.python.reading.source import Source
from bridge.harness.refactoring.values import Refusal

_BRACKETED = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CHEAP = (ast.Name, ast.Constant, ast.JoinedStr, ast.Lambda)


def suggested(node: ast.expr) -> str:
    """A name for a value: that of what is called or read; `value` where nothing tells one."""
    if isinstance(node, ast.Call):
        node = node.func
    name = node.attr if isinstance(node, ast.Attribute) else ""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)]
    return "_".join(words[1:] if len(words) > 1 and words[0] == "get" else words) or "value"


def extract_variable(found: Outline, chosen: Expression, name: str) -> tuple[list[Replacement], str]:
    """The changes, and what to tell of them.

    Refusal where the expression would be evaluated at another time than now, or in another scope.
    """
    source = found.source
    path = path_to(found.source.tree, chosen.node)
    statement = next(node for node in reversed(path) if isinstance(node, ast.stmt))
    _check_context(path, statement, chosen.node)
    _check_early(found, statement, chosen)
    line = source.starts[source.line_of(begin_of(source, statement)) - 1]
    margin = source.text[line : _first_code(source, statement)]
    if margin.strip():
        raise Refusal("The statement shares its line with other code. Put it on a line of its own first.")
    if source.text[chosen.end :].lstrip()[:1] == "=" and any(isinstance(node, ast.JoinedStr) for node in path):
        raise Refusal("The f-string prints the code of this expression too. Take the `=` behind it out first.")
    text = source.text[chosen.start : chosen.end]
    if "\n" in text and not isinstance(chosen.node, _BRACKETED):
        text = f"({text})"
    edits = [Replacement(line, line, f"{margin}{name} = {text}\n"), standing(source, chosen, name)]
    return edits, _overtaken(source, statement, chosen)


def _overtaken(source: Source, statement: ast.stmt, chosen: Expression) -> str:
    """Which call of the statement comes after the value now, if both do something."""
    if not any(is_wild(node) for node in ast.walk(chosen.node)):
        return ""
    for node in ast.walk(statement):
        if is_wild(node) and source.start(statement) <= source.start(node) and source.end(node) <= chosen.start:
            return f"`{' '.join(source.segment(node).split())}` is called after it now"
    return ""


def _check_early(found: Outline, statement: ast.stmt, chosen: Expression) -> None:
    """Refusal where the expression reads what its own statement sets before it."""
    bound = {
        event.binding
        for event in found.events
        if event.role in BINDING and found.source.start(statement) <= event.start < chosen.start
    }
    for event in found.events:
        if chosen.start <= event.start < chosen.end and event.role not in BINDING and event.binding in bound:
            own = event.binding is not None and event.binding.scope is found.scope_of[statement]
            if own and not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                raise Refusal(
                    f"It reads `{event.name}`, which the statement sets just before it. Select something else."
                )


def path_to(tree: ast.AST, wanted: ast.AST) -> list[ast.AST]:
    """The nodes from the tree down to `wanted`, both included."""
    if tree is wanted:
        return [tree]
    for child in ast.iter_child_nodes(tree):
        if path := path_to(child, wanted):
            return [tree, *path]
    return []


def _first_code(source: Source, statement: ast.stmt) -> int:
    begin = begin_of(source, statement)
    return source.text.rindex("@", 0, begin) if getattr(statement, "decorator_list", None) else begin


def _check_context(path: list[ast.AST], statement: ast.stmt, node: ast.expr) -> None:
    """Refusal for places that are not evaluated exactly once when their statement runs."""
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        raise Refusal("This is assigned to; only a value can become a variable. Select a value.")
    if isinstance(statement, ast.While):
        raise Refusal("The condition of a `while` is evaluated again and again; a variable would be set once.")
    if any(isinstance(part, ast.NamedExpr | ast.Yield | ast.YieldFrom) for part in ast.walk(node)):
        raise Refusal("The expression assigns or yields; that can't be taken out of its statement.")
    if isinstance(statement, ast.If) and any(_is_elif(above, statement) for above in path):
        raise Refusal("The condition of an `elif` is evaluated only if those before it fail. Make it an `if` first.")
    for above, below in _pairs(path[path.index(statement) :]):
        _check_step(above, below, node)


def _check_step(above: ast.AST, below: ast.AST, node: ast.expr) -> None:
    if isinstance(above, ast.Lambda) and below is above.body:
        raise Refusal("The body of a `lambda` is evaluated when it is called. Extract a function instead.")
    if isinstance(above, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        first = above.generators[0]
        if below is not first:
            raise Refusal("This is evaluated for each item of a comprehension. Extract a function instead.")
    if isinstance(above, ast.comprehension) and below is not above.iter:
        raise Refusal("This is evaluated for each item of a comprehension. Extract a function instead.")
    late = isinstance(above, ast.BoolOp) and below is not above.values[0]
    late |= isinstance(above, ast.IfExp) and below is not above.test
    late |= isinstance(above, ast.Assert) and below is above.msg
    late |= isinstance(above, ast.Compare) and below in above.comparators[1:]
    if late and not isinstance(node, _CHEAP):
        raise Refusal("This is evaluated only if what stands before it is true; as a variable it always would be.")
    if isinstance(above, ast.With | ast.AsyncWith) and below is not above.items[0]:
        raise Refusal("This is evaluated after the `with` has begun. Split the `with` into two first.")
    if isinstance(above, ast.match_case | ast.ExceptHandler):
        raise Refusal("A pattern can't become a variable.")
    if below in (getattr(above, "annotation", None), getattr(above, "returns", None)):
        raise Refusal("An annotation can't become a variable.")


def _pairs(path: list[ast.AST]) -> Iterator[tuple[ast.AST, ast.AST]]:
    return pairwise(path)


def _is_elif(above: ast.AST, statement: ast.If) -> bool:
    """Whether `statement` is written as an `elif` of `above`."""
    return isinstance(above, ast.If) and above.orelse == [statement] and above.col_offset == statement.col_offset
