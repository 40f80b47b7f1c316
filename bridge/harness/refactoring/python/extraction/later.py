"""What is different when a value is computed where it is used, and not where it was assigned."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from bridge.harness.refactoring.python.reading.source import Source
from bridge.harness.refactoring.values import Refusal

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_BLOCKS = (ast.Try, ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)
_WITHS = (ast.With, ast.AsyncWith)
_RUNS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)
_READS = (ast.Call, ast.Attribute, ast.Subscript)
_TAME = frozenset(
    {
        "abs",
        "all",
        "any",
        "bool",
        "bytes",
        "callable",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "float",
        "format",
        "frozenset",
        "getattr",
        "hasattr",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "issubclass",
        "len",
        "list",
        "max",
        "min",
        "oct",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "zip",
    }
)
"""Built-in functions that change nothing that an assigned value could have read."""


def differences(source: Source, statement: ast.stmt, value: ast.expr, path: list[ast.AST]) -> list[str]:
    """What to tell about a use of `value`; Refusal where a call before it is given what the value reads.

    `statement` is the assignment; `path` are the nodes from the module down to the use.
    """
    text = " ".join(source.segment(value).split())
    works = any(is_wild(node) for node in ast.walk(value))
    reads = works or any(isinstance(node, _READS) for node in ast.walk(value))
    whys = []
    between = list(_between(source, statement, path)) if reads else []
    for node in between:
        if _roots(value) & _roots(node):
            line = source.line_of(source.start(node))
            raise Refusal(
                f"What `{path[-1].id}` stands for may be changed by the call in line {line}, before it is used. "  # type: ignore[attr-defined] # a use of a variable
                "Keep the variable."
            )
    if between:
        line = source.line_of(source.start(between[0]))
        whys.append(f"`{text}` comes after the call in line {line} now" if works else f"read after line {line} now")
    around = [(above, below) for above, below in pairwise(path) if not _holds(above, statement)]
    if works and any(_is_sometimes(above, below) for above, below in around):
        whys.append(f"`{text}` runs in some cases only now")
    if reads and any(isinstance(above, ast.Try) and below in above.body and above.handlers for above, below in around):
        whys.append(f"an error of `{text}` is handled here now")
    return whys + (_outgrown(text, statement, path) if reads else [])


def _outgrown(text: str, statement: ast.stmt, path: list[ast.AST]) -> list[str]:
    """What the assignment stands in and the use does not."""
    whys = []
    for above in ast.walk(path[0]):
        if not isinstance(above, (*_BLOCKS, *_WITHS)) or above in path or not _holds(above, statement):
            continue
        if isinstance(above, ast.Try):
            whys.append(f"an error of `{text}` is not handled by the `try` any more")
        elif isinstance(above, _WITHS):
            whys.append(f"`{text}` comes after the `with` now")
        else:
            whys.append(f"`{text}` runs in other cases than before")
    return whys


def _between(source: Source, statement: ast.stmt, path: list[ast.AST]) -> Iterator[ast.AST]:
    """What runs after the assignment and before the use: calls, and what waits."""
    start, end = source.end(statement), source.start(path[-1])
    home = next((node for node in reversed(path) if isinstance(node, _FUNCTIONS)), path[0])
    waiting = list(ast.iter_child_nodes(home))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, _FUNCTIONS):
            continue
        waiting.extend(ast.iter_child_nodes(node))
        if is_wild(node) and start <= source.start(node) and source.end(node) <= end:
            yield node


def is_wild(node: ast.AST) -> bool:
    """Whether it runs code that may change something."""
    tame = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TAME
    return isinstance(node, _RUNS) and not tame


def _roots(node: ast.AST) -> set[str]:
    """The names of the objects that an expression has to do with, without those of functions that it calls."""
    called = {part.func for part in ast.walk(node) if isinstance(part, ast.Call)}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part not in called}


def _holds(above: ast.AST, statement: ast.stmt) -> bool:
    return any(node is statement for node in ast.walk(above))


def _is_sometimes(above: ast.AST, below: ast.AST) -> bool:
    """Whether `below` runs in some cases only when `above` does."""
    match above:
        case ast.If() | ast.IfExp():
            return below is not above.test
        case ast.BoolOp():
            return below is not above.values[0]
        case ast.Try():
            return below not in above.body
        case ast.Match():
            return below is not above.subject
        case ast.For() | ast.AsyncFor():
            return below is not above.iter
        case _:
            return False
