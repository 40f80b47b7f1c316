"""Bash's syntax by tree-sitter: the one module that imports it, reached by `bridge.lazy` alone.

The grammar accepts much that bash reads otherwise, so that nothing is trusted for parsing alone (see `structure`).
"""

import functools

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from bridge.harness.permissions.shell.values import Piece

MAX_DEPTH = 24
"""Nodes inside each other: of what nests deeper nothing is told."""


def parse(data: bytes) -> Piece | None:
    """The tree of a text; None for one with errors in it, or that nests too deep."""
    root = _parser().parse(data).root_node
    return None if root.has_error else _piece(root, MAX_DEPTH)


def _piece(node: Node, left: int) -> Piece | None:
    if node.is_missing or left == 0:
        return None
    inside = []
    for child in node.children:
        if (piece := _piece(child, left - 1)) is None:
            return None
        inside.append(piece)
    return Piece(node.type, node.start_byte, node.end_byte, tuple(inside))


@functools.cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))
