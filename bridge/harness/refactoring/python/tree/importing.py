"""Edits of import statements: names taken out of them, and new ones added where the file would have them."""

import sys
from collections.abc import Collection
from dataclasses import dataclass

import libcst as cst

from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.bindings import ImportNode
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, dotted, without_lines
from bridge.harness.refactoring.values import Refusal

_LINE = 88
"""An import that would become longer than this stands on a line of its own; formatters use it unless told."""


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """An import to add: `from {module} import {name} as {alias}`, or without a name `import {module} as {alias}`.

    `typing`: it is needed by annotations only, so it stands under `if TYPE_CHECKING:`.
    """

    module: str
    name: str = ""
    alias: str = ""
    typing: bool = False

    @property
    def local(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module.split(".")[0]

    @property
    def text(self) -> str:
        """The statement."""
        as_name = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{as_name}" if self.name else f"import {self.module}{as_name}"


def without(tree: Tree, node: ImportNode, gone: Collection[cst.ImportAlias]) -> list[Edit]:
    """The import without these names; the whole statement goes if none is left."""
    if isinstance(node.names, cst.ImportStar):
        return []
    aliases = list(node.names)
    kept = [alias for alias in aliases if alias not in gone]
    if not kept:
        return [without_statement(tree, node)]
    edits, last = [], aliases.index(kept[-1])
    for index, alias in enumerate(aliases[:last]):
        if alias in gone:
            edits.append(Edit(tree.span(alias)[0], tree.span(aliases[index + 1])[0], ""))
    if last + 1 < len(aliases):
        edits.append(Edit(_alias_end(tree, kept[-1]), _alias_end(tree, aliases[-1]), ""))
    return edits


def without_blocks(
    tree: Tree, gone: Collection[ImportNode], *, filled: bool
) -> tuple[list[Edit], set[cst.BaseSmallStatement]]:
    """The blocks that lose all they have, such as that of `if TYPE_CHECKING:`, and the imports that this is about.

    An `if` goes with its block; `filled`: it gets other imports, so it stays.
    """
    blocks: dict[cst.IndentedBlock, list[cst.BaseSmallStatement]] = {}
    for node in gone:
        line = tree.parent(node)
        block = tree.parent(line)
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 and isinstance(block, cst.IndentedBlock):
            blocks.setdefault(block, []).append(node)
    edits: list[Edit] = []
    done: set[cst.BaseSmallStatement] = set()
    for block, nodes in blocks.items():
        if len(nodes) < len(block.body):
            continue
        done.update(nodes)
        owner, spans = tree.parent(block), [tree.span(node) for node in nodes]
        start, end = tree.line_start(tree.span(owner)[0]), tree.line_end(max(span[1] for span in spans))
        alone = isinstance(owner, cst.If) and owner.orelse is None and isinstance(tree.parent(owner), cst.Module)
        if alone and not filled and "#" not in tree.file.text[start:end]:
            edits.append(without_lines(start, end))
            continue
        kept = 0 if filled else 1
        edits += [Edit(*span, "pass") for span in sorted(spans)[:kept]]
        edits += [without_lines(tree.line_start(span[0]), tree.line_end(span[1])) for span in sorted(spans)[kept:]]
    return edits, done


def without_statement(tree: Tree, node: cst.BaseSmallStatement) -> Edit:
    """The file without a statement that has a line of its own, or with `pass` for it where it is alone in a block."""
    line = tree.parent(node)
    start, end = tree.span(node)
    if not isinstance(line, cst.SimpleStatementLine):
        return Edit(start, end, "pass")
    if len(line.body) > 1:
        at = list(line.body).index(node)
        if at + 1 < len(line.body):
            return Edit(start, tree.span(line.body[at + 1])[0], "")
        return Edit(tree.span(line.body[at - 1])[1], end, "")
    block = tree.parent(line)
    if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        return Edit(start, end, "pass")
    return without_lines(tree.line_start(start), tree.line_end(end))


def respelled(tree: Tree, node: cst.ImportFrom, module: str) -> Edit:
    """`from {module} import …` with all its names."""
    start = tree.span(node)[0]
    first = node.relative[0] if node.relative else node.module
    last = node.module or node.relative[-1]
    if first is None:
        raise Refusal(f"The import at {tree.where(node)} is not understood.")
    text = tree.file.text
    begin = start + len("from") if node.relative else tree.span(first)[0]
    while text[begin] in " \t":
        begin += 1
    end = tree.span(last)[1] if node.module else begin + len(node.relative)
    return Edit(begin, end, module)


def adding(
    tree: Tree, wanted: Collection[Wanted], modules: Modules, leaving: Collection[ImportNode] = ()
) -> list[Edit]:
    """The edits that import what is wanted at the file's top. `leaving`: imports that other edits take away."""
    edits: list[Edit] = []
    plain = [want for want in wanted if not want.typing]
    typed = sorted(want for want in wanted if want.typing)
    if typed:
        block = _typing_block(tree)
        if block is None:
            plain.append(Wanted("typing", "TYPE_CHECKING"))
            lines = "".join(f"    {want.text}\n" for want in typed)
            edits.append(Edit(_after_imports(tree), _after_imports(tree), f"\nif TYPE_CHECKING:\n{lines}", rank=1))
        else:
            at = tree.span(block.body.body[-1])
            edits += [
                Edit(tree.line_end(at[1]), tree.line_end(at[1]), f"{tree.indent(at[0])}{want.text}\n") for want in typed
            ]
    fresh: dict[str, list[Wanted]] = {}
    for want in sorted(set(plain)):
        joined = _joined(tree, want, leaving)
        if joined is not None:
            edits.append(joined)
        else:
            fresh.setdefault(want.module if want.name else want.text, []).append(want)
    return edits + _lines(tree, list(fresh.values()), modules, leaving)


def import_block(tree: Tree) -> list[ImportNode]:
    """The imports with which the file begins, after its docstring."""
    found: list[ImportNode] = []
    for index, statement in enumerate(tree.module.body):
        node = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        if isinstance(node, cst.Import | cst.ImportFrom):
            found.append(node)
        elif not (index == 0 and isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)):
            break
    return found


def _joined(tree: Tree, want: Wanted, leaving: Collection[ImportNode]) -> Edit | None:
    """The name added to an import of the same module."""
    if not want.name or want.module == "__future__":
        return None
    block = [node for node in import_block(tree) if isinstance(node, cst.ImportFrom)]
    modules = [_spelling(node) for node in block]
    fitting = [node for node in block if _spelling(node) == want.module and node not in leaving]
    if len(fitting) != 1 or len(set(modules)) < len(modules) or isinstance(fitting[0].names, cst.ImportStar):
        return None
    node, aliases = fitting[0], list(fitting[0].names)
    name = want.text.partition(" import ")[2]
    start, end = tree.span(node)
    lines = "\n" in tree.file.text[start:end]
    if not lines and (tree.line_end(end) - tree.line_start(start) + len(name) + 2 > _LINE or "#" in _line(tree, start)):
        return None
    before = next((alias for alias in aliases if alias.name.value > want.name), None)  # type: ignore[operator] # a name
    at = tree.span(before or aliases[-1])
    gap = (
        "\n" + tree.indent(at[0]) if lines and not _line(tree, at[0])[: at[0] - tree.line_start(at[0])].strip() else " "
    )
    if before is not None:
        return Edit(at[0], at[0], f"{name},{gap}")
    return Edit(_alias_end(tree, aliases[-1]), _alias_end(tree, aliases[-1]), f",{gap}{name}")


def _lines(tree: Tree, groups: list[list[Wanted]], modules: Modules, leaving: Collection[ImportNode]) -> list[Edit]:
    """New import lines, each where the file's order has its place; those of one place are one edit."""
    known = modules.first_party(tree.path)
    block = [
        (_key(_spelling(node), isinstance(node, cst.ImportFrom), known), node)
        for node in import_block(tree)
        if node not in leaving
    ]
    places: dict[int, list[tuple[tuple[int, bool, str], str, str]]] = {}
    for wants in groups:
        key = _key(wants[0].module, bool(wants[0].name), known)
        names = ", ".join(want.text.partition(" import ")[2] for want in wants)
        text = f"from {wants[0].module} import {names}\n" if wants[0].name else f"{wants[0].text}\n"
        at, shape = _place(tree, key, block)
        places.setdefault(at, []).append((key, text, shape))
    edits = []
    for at, rows in places.items():
        rows.sort()
        text, previous = "", None
        for key, line, _ in rows:
            text += ("\n" if previous not in {None, key[0]} else "") + line
            previous = key[0]
        first, last = rows[0][2], rows[-1][2]
        edits.append(Edit(at, at, ("\n" if "before" in first else "") + text + ("\n" if "after" in last else "")))
    return edits


def _place(
    tree: Tree, key: tuple[int, bool, str], block: list[tuple[tuple[int, bool, str], ImportNode]]
) -> tuple[int, str]:
    """Where a line goes, and whether a blank line belongs before or after it."""
    gone = import_block(tree)
    if not block and gone:
        return tree.line_start(tree.span(gone[0])[0]), ""
    if not block:
        at = _after_imports(tree)
        rest = tree.file.text[at:]
        return at, ("before " if tree.file.text[:at].strip() else "") + (
            "after" if rest.strip() and rest[0] not in "\r\n" else ""
        )
    for other, node in block:
        if other[0] == key[0] and other > key:
            return tree.line_start(tree.span(node)[0]), ""
    lower = [(other, node) for other, node in block if other[0] <= key[0]]
    if not lower:
        return tree.line_start(tree.span(block[0][1])[0]), "after"
    other, node = lower[-1]
    return tree.line_end(tree.span(node)[1]), "before" if other[0] < key[0] else ""


def _after_imports(tree: Tree) -> int:
    """Where the file's imports end; without any, after its comments at the top and its docstring."""
    block = import_block(tree)
    if block:
        return tree.line_end(tree.span(block[-1])[1])
    body = tree.module.body
    first = body[0].body[0] if body and isinstance(body[0], cst.SimpleStatementLine) else None
    if isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString):
        return tree.line_end(tree.span(first)[1])
    at, text = 0, tree.file.text
    while text.startswith(("#!", "# -*-", "# coding"), at):
        at = tree.line_end(at)
    return at


def _typing_block(tree: Tree) -> cst.If | None:
    for statement in tree.module.body:
        block = isinstance(statement, cst.If) and isinstance(statement.body, cst.IndentedBlock)
        if block and isinstance(statement, cst.If) and dotted(statement.test).split(".")[-1] == "TYPE_CHECKING":
            return statement
    return None


def _key(module: str, is_from: bool, first_party: Collection[str]) -> tuple[int, bool, str]:
    top = module.split(".", maxsplit=1)[0]
    if module == "__future__":
        return 0, is_from, module
    if module.startswith("."):
        return 4, is_from, module
    if top in first_party:
        return 3, is_from, module
    return (1 if top in sys.stdlib_module_names else 2), is_from, module


def _spelling(node: ImportNode) -> str:
    if isinstance(node, cst.ImportFrom):
        return "." * len(node.relative) + (dotted(node.module) if node.module else "")
    return dotted(node.names[0].name)


def _line(tree: Tree, offset: int) -> str:
    return tree.file.text[tree.line_start(offset) : tree.line_end(offset)]


def _alias_end(tree: Tree, alias: cst.ImportAlias) -> int:
    """Where an alias ends, before its comma."""
    return tree.span(alias.asname.name if alias.asname else alias.name)[1]
