"""The imports that a file begins with: each with the lines that are its own, in groups that may be put in order."""

import re
from dataclasses import dataclass, field

from tree_sitter import Node

from bridge.harness.refactoring.script.syntax import Source

_STAYS = re.compile(
    r"^///|@(license|licence|preserve|copyright|file|fileoverview|flow|jsx\w*|ts-check|ts-nocheck|format|jest-environment)\b"
    r"|copyright|\blicense|eslint-(disable(?!-)|enable|env)|prettier-ignore-(start|end)|#(end)?region",
    re.IGNORECASE,
)
"""Comments about a file or a region, and not about the import below them."""
_NEXT_LINE = re.compile(r"-next-line|@ts-ignore|@ts-expect-error|prettier-ignore|biome-ignore")
"""Comments about the line below them."""
_STYLES = (".css", ".scss", ".sass", ".less", ".styl", ".pcss")
"""What these bring depends on their order."""


@dataclass(frozen=True, slots=True)
class Specifier:
    """One of `{ a, type b as c }`: `key` is the name in the other file, `local` the node of the name here."""

    text: str
    key: str
    local: Node


@dataclass(eq=False, slots=True)
class Import:
    """An import that may move: rows from `first` up to and without `last`, with the comments that belong to it."""

    node: Node
    first: int
    last: int
    module: str
    only_types: bool
    default: Node | None
    namespace: Node | None
    braces: Node | None
    named: list[Specifier] = field(default_factory=list)
    commented: bool = False
    """A comment stands above it or behind it."""
    fixed: bool = False
    """It has to be written as it is: a comment inside, or attributes."""


def groups(source: Source) -> list[list[Import]]:
    """Imports that stand line upon line. What ends a group: a blank line, an import that is there for its effects (or
    a style sheet), a comment about a region, and anything that shares a line.
    """
    found: list[list[Import]] = []
    previous: Import | None = None
    for node in _block(source):
        item = _read(source, node)
        if item is None:
            previous = None
            continue
        if previous is None or previous.last != item.first:
            found.append([])
        found[-1].append(item)
        previous = item
    return found


def _block(source: Source) -> list[Node]:
    """The import statements at the top, after directives such as "use strict"."""
    block: list[Node] = []
    for node in source.root.named_children:
        if node.type == "import_statement":
            block.append(node)
        elif node.type in {"comment", "html_comment", "hash_bang_line"} or (not block and _directive(node)):
            continue
        else:
            break
    return block


def _directive(node: Node) -> bool:
    return (
        node.type == "expression_statement" and node.named_child_count == 1 and node.named_children[0].type == "string"
    )


def _read(source: Source, node: Node) -> Import | None:
    """An import that may move; None for one that stays where it is, and what is on either side of it."""
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    origin = node.child_by_field_name("source")
    if clause is None or origin is None:
        return None
    module = source.text(origin)[1:-1]
    above, behind = _comments_above(source, node), _comment_behind(node)
    first = (above[0] if above else node).start_point.row
    last = (behind or node).end_point.row + 1
    braces = next((child for child in clause.named_children if child.type == "named_imports"), None)
    named = [_specifier(source, child) for child in braces.named_children if child.type != "comment"] if braces else []
    item = Import(
        node=node,
        first=first,
        last=last,
        module=module,
        only_types=any(child.type == "type" for child in node.children),
        default=next((child for child in clause.named_children if child.type == "identifier"), None),
        namespace=_namespace(clause),
        braces=braces,
        named=named,
        commented=bool(above or behind),
        fixed=_inside(node),
    )
    stays = module.split("?")[0].lower().endswith(_STYLES) or not (named or item.default or item.namespace)
    return None if stays or _shares_lines(item, above, behind) else item


def _specifier(source: Source, node: Node) -> Specifier:
    name = node.child_by_field_name("name") or node
    return Specifier(source.text(node), source.text(name), node.child_by_field_name("alias") or name)


def _namespace(clause: Node) -> Node | None:
    star = next((child for child in clause.named_children if child.type == "namespace_import"), None)
    return star.named_children[-1] if star is not None else None


def _comments_above(source: Source, node: Node) -> list[Node]:
    """The comments line upon line above an import, from the last that is about more than it."""
    above: list[Node] = []
    below = node
    before = node.prev_named_sibling
    while before is not None and before.type == "comment" and below.start_point.row - before.end_point.row <= 1:
        other = before.prev_sibling
        if _STAYS.search(source.text(before)) or (other is not None and other.end_point.row == before.start_point.row):
            break
        above.append(before)
        below, before = before, before.prev_named_sibling
    above.reverse()
    first = next(node for node in source.root.named_children if node.type != "hash_bang_line")
    if first in above:
        # The comment that a file begins with is about the file, unless it says otherwise.
        own = (index for index, comment in enumerate(above) if _NEXT_LINE.search(source.text(comment)))
        return above[next(own, len(above)) :]
    return above


def _comment_behind(node: Node) -> Node | None:
    after = node.next_named_sibling
    return (
        after if after is not None and after.type == "comment" and after.start_point.row == node.end_point.row else None
    )


def _inside(node: Node) -> bool:
    """Whether it has comments or attributes inside."""
    stack = [node]
    while stack:
        part = stack.pop()
        if part.type in {"comment", "import_attribute"}:
            return True
        stack.extend(part.children)
    return False


def _shares_lines(item: Import, above: list[Node], behind: Node | None) -> bool:
    """Whether something that is not its own stands on its lines."""
    before = (above[0] if above else item.node).prev_sibling
    after = (behind or item.node).next_sibling
    return (before is not None and before.end_point.row >= item.first and before.end_point.column > 0) or (
        after is not None and after.start_point.row < item.last
    )
