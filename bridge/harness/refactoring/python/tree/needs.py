"""What a piece of a module needs of the rest of it: imports, and names that the module defines."""

import builtins
import re
from dataclasses import dataclass, field
from typing import Literal

import libcst as cst
from libcst.metadata.scope_provider import GlobalScope

from bridge.harness.refactoring.python.tree.bindings import ImportNode, import_of, is_binding, is_inside, is_read
from bridge.harness.refactoring.python.tree.cst import Tree, dotted
from bridge.harness.refactoring.values import Refusal

When = Literal["import", "call", "typing"]
"""When a name is looked up: as the module is imported, when a function runs, or by a reader of annotations only."""

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Need:
    """A name that is needed: `alias` of `node` imports it, or the module defines it itself, or a star brought it."""

    word: str
    node: ImportNode | None = None
    alias: cst.ImportAlias | None = None
    guarded: bool = False
    whens: set[When] = field(default_factory=set)


def needs(tree: Tree, spans: list[tuple[int, int]]) -> list[Need]:
    """What the code of these spans reads of its module, by word."""
    found: dict[str, Need] = {}
    for name in _names_in(tree, spans):
        if not is_read(tree, name):
            _no_global(tree, name)
        elif _is_global(tree, name, spans):
            need = found.setdefault(name.value, _need(tree, name.value))
            need.whens.add(when(tree, name, spans))
    for word in _quoted(tree, spans):
        if top_bindings(tree, word):
            found.setdefault(word, _need(tree, word)).whens.add("typing")
    return [found[word] for word in sorted(found)]


def when(tree: Tree, name: cst.CSTNode, spans: list[tuple[int, int]] | None = None) -> When:
    """When a name that is read there is looked up."""
    node = name
    future = has_future_annotations(tree)
    for around in tree.parents(name):
        if isinstance(around, cst.Annotation) and future:
            return "typing"
        if isinstance(around, cst.FunctionDef | cst.Lambda) and around.body is node:
            return "call"
        if spans and not isinstance(around, cst.Module) and not _within(tree.span(around), spans):
            break
        node = around
    return "import"


def has_future_annotations(tree: Tree) -> bool:
    """Whether the file's annotations are not evaluated."""
    for node in tree.all(cst.ImportFrom):
        if (
            node.module is not None
            and dotted(node.module) == "__future__"
            and not isinstance(node.names, cst.ImportStar)
        ):
            return any(alias.name.value == "annotations" for alias in node.names)
    return False


def top_level_words(tree: Tree) -> set[str]:
    """All names that the module's own level binds."""
    return {word for word in tree.words() if top_bindings(tree, word)}


def is_guarded(tree: Tree, node: cst.CSTNode) -> bool:
    """Whether it stands under `if TYPE_CHECKING:`."""
    return any(
        isinstance(around, cst.If) and dotted(around.test).split(".")[-1] == "TYPE_CHECKING"
        for around in tree.parents(node)
    )


def quoted_outside(tree: Tree, word: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether an annotation that is a string names the word, in the rest of the module."""
    edges = [0, *(edge for span in spans for edge in span), len(tree.file.text)]
    return word in _quoted(tree, list(zip(edges[::2], edges[1::2], strict=True)))


def _need(tree: Tree, word: str) -> Need:
    sites = [import_of(tree, name) for name in top_bindings(tree, word)]
    node = sites[0] if len(sites) == 1 else None
    if node is None or isinstance(node.names, cst.ImportStar):
        return Need(word)
    guarded = is_guarded(tree, node)
    if not guarded and not isinstance(tree.parent(tree.parent(node)), cst.Module):
        return Need(word)
    alias = next(alias for alias in node.names if (alias.evaluated_alias or dotted(alias.name).split(".")[0]) == word)
    return Need(word, node, alias, guarded)


def top_bindings(tree: Tree, word: str) -> list[cst.Name]:
    """Where the module's own level binds a word."""
    found = []
    for name in tree.names(word):
        if not is_binding(tree, name) or isinstance(tree.parent(name), cst.Param):
            continue
        around = tree.parent(name)
        own = isinstance(around, cst.FunctionDef | cst.ClassDef) and around.name is name
        if not is_inside(tree, around if own else name):
            found.append(name)
    return found


def _is_global(tree: Tree, name: cst.Name, spans: list[tuple[int, int]]) -> bool:
    """Whether a name that is read is one of the module's, not one of the code's own or a builtin."""
    inner = [other for other in tree.names(name.value) if is_binding(tree, other) and _within(tree.span(other), spans)]
    if inner:
        return any(isinstance(found.scope, GlobalScope) for found in tree.scope(name)[name.value])
    return bool(top_bindings(tree, name.value)) or (
        not hasattr(builtins, name.value)
        and not any(is_binding(tree, other) for other in tree.names(name.value))
        and not name.value.startswith("__")
    )


def _names_in(tree: Tree, spans: list[tuple[int, int]]) -> list[cst.Name]:
    return [name for name in tree.all(cst.Name) if _within(tree.span(name), spans)]


def _no_global(tree: Tree, name: cst.Name) -> None:
    around = tree.parent(name)
    if isinstance(around, cst.NameItem) and isinstance(tree.parent(around), cst.Global):
        raise Refusal(
            f"It assigns `{name.value}`, a global of its module ({tree.where(name)}); in another module that would be"
            f" another variable. Give `{name.value}` an owner first, such as a class."
        )


def _quoted(tree: Tree, spans: list[tuple[int, int]]) -> set[str]:
    """The words inside annotations that are strings."""
    words: set[str] = set()
    for node in tree.all(cst.SimpleString):
        if _within(tree.span(node), spans) and any(isinstance(around, cst.Annotation) for around in tree.parents(node)):
            words.update(_WORD.findall(node.raw_value))
    return words


def _within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
