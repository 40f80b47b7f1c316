"""How control can leave selected statements, other than at their end."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.harness.refactoring.python.extraction.selecting import Statements, blocks_of
from bridge.harness.refactoring.values import Refusal

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Exits:
    """`returns`: the call must be returned, for the statements return themselves. `awaits`: they await something."""

    returns: bool
    awaits: bool


def exits_of(chosen: Statements, function: ast.AST) -> Exits:
    """How the statements are left; Refusal where a call can't do the same."""
    own = [node for statement in chosen.nodes for node in own_nodes(statement)]
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own):
        raise Refusal("The selection has a `yield`, which would yield from the new function. Select less.")
    _check_loops(chosen)
    returns = any(isinstance(node, ast.Return) for node in own)
    if returns and not _always_leaves(chosen.nodes) and not _is_tail(function, chosen.nodes[-1]):
        raise Refusal(
            "The selection returns in some cases only; a call of the new function can't. "
            "Select up to the end of the function, or without the `return`."
        )
    return Exits(returns, is_async(own))


def is_async(nodes: list[ast.AST]) -> bool:
    """Whether any of them works in an `async def` only."""
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(isinstance(node, kinds) or (isinstance(node, ast.comprehension) and node.is_async) for node in nodes)


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it, without the insides of functions and classes."""
    yield node
    if not isinstance(node, _FUNCTIONS):
        for child in ast.iter_child_nodes(node):
            yield from own_nodes(child)


def _check_loops(chosen: Statements) -> None:
    waiting: list[ast.AST] = list(chosen.nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break | ast.Continue):
            word = "break" if isinstance(node, ast.Break) else "continue"
            raise Refusal(f"The selection has a `{word}` of a loop that is not selected. Select the loop, or less.")
        if isinstance(node, _LOOPS):
            # `break` in the `else` of a loop is the outer loop's.
            waiting.extend(node.orelse)
        elif not isinstance(node, _FUNCTIONS):
            waiting.extend(ast.iter_child_nodes(node))


def _always_leaves(nodes: tuple[ast.stmt, ...] | list[ast.stmt]) -> bool:
    """Whether the end of a block is never reached."""
    last = nodes[-1] if nodes else None
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _always_leaves(last.body) and _always_leaves(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return _always_leaves(last.body)
    if isinstance(last, ast.Try):
        handled = all(_always_leaves(handler.body) for handler in last.handlers)
        return _always_leaves(last.finalbody) or (handled and _always_leaves(last.orelse or last.body))
    return False


def _is_tail(function: ast.AST, last: ast.stmt) -> bool:
    """Whether nothing runs behind `last` before the function returns None."""
    blocks = list(blocks_of(function))
    while blocks:
        block = blocks.pop()
        if block[-1] is last:
            return True
        if isinstance(block[-1], ast.If | ast.With | ast.AsyncWith):
            blocks.extend(blocks_of(block[-1]))
    return False
