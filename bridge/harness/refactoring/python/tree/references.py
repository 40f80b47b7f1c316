"""Every reference to a name of a module, followed through imports, aliases and re-exports of the whole project.

Only names of a module's top level have references here: what they mean is decided by scopes and imports alone, so each
one found is certain. Methods are another matter, see `uses`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import libcst as cst
from libcst.metadata.scope_provider import Assignment

from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.bindings import (
    ImportNode,
    assignments,
    free_reads,
    is_inside,
    only_imports,
    reads,
)
from bridge.harness.refactoring.python.tree.cst import Tree, Trees, dotted


@dataclass(frozen=True, slots=True)
class Origin:
    """A name that stands for the thing: where it is defined, and each module that imports it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One place. `node` is the name, the attribute with its base (`a.b.f`), the alias in an import, or the star.

    `origin`: by which module's name it is reached; `local`: the name that an import binds.
    """

    tree: Tree
    kind: Literal["name", "attribute", "import", "star"]
    node: cst.Name | cst.Attribute | cst.ImportAlias | cst.ImportStar
    origin: Origin
    local: str = ""

    @property
    def path(self) -> str:
        """The file."""
        return self.tree.path


class References:
    """Looks through a project; trees and modules are those of the question."""

    def __init__(self, trees: Trees, modules: Modules) -> None:
        """Nothing is read yet."""
        self._trees = trees
        self._modules = modules

    def of(self, path: str, name: str) -> list[Reference]:
        """All references to the name that module `path` defines; its definition is none of them."""
        found: list[Reference] = []
        waiting, known = [Origin(path, name)], {Origin(path, name)}
        while waiting:
            origin = waiting.pop()
            for reference in self._of(origin, first=origin.path == path):
                found.append(reference)
                further = Origin(reference.path, reference.local)
                if (
                    reference.kind in {"import", "star"}
                    and further not in known
                    and not is_inside(reference.tree, reference.node)
                ):
                    known.add(further)
                    waiting.append(further)
        return found

    def module_of(self, tree: Tree, base: cst.BaseExpression) -> str | None:
        """The file of the module that `base` of an attribute stands for; None where it is no module of the project."""
        name = dotted(base)
        head = base
        while isinstance(head, cst.Attribute):
            head = head.value
        if not name or not isinstance(head, cst.Name):
            return None
        for node in _imports_of(tree, head):
            found = self._bound(tree, node, head.value, name.split(".")[1:])
            if found is not None:
                return found
        return None

    def source_of(self, tree: Tree, node: cst.ImportFrom) -> str | None:
        """The file that an import imports from."""
        return self._modules.resolve(tree.path, len(node.relative), dotted(node.module) if node.module else "")

    def _of(self, origin: Origin, *, first: bool) -> Iterator[Reference]:
        word = re.compile(rf"\b{re.escape(origin.name)}\b")
        for path in sorted(self._modules.there):
            file = self._trees.project.try_read(path)
            if file is None or not _may_name(file.text, origin.name, word):
                continue
            if (tree := self._trees.try_get(path)) is None:
                continue
            if path == origin.path and first:
                yield from self._names(tree, tree.module, origin.name, origin)
            yield from self._imports(tree, origin)
            yield from self._attributes(tree, origin)

    def _imports(self, tree: Tree, origin: Origin) -> Iterator[Reference]:
        for node in tree.all(cst.ImportFrom):
            if self.source_of(tree, node) != origin.path:
                continue
            if isinstance(node.names, cst.ImportStar):
                yield Reference(tree, "star", node.names, origin, origin.name)
                yield from self._names(tree, node, origin.name, origin)
                continue
            for alias in node.names:
                if alias.name.value == origin.name:
                    local = alias.evaluated_alias or origin.name
                    yield Reference(tree, "import", alias, origin, local)
                    yield from self._names(tree, node, local, origin)

    def _attributes(self, tree: Tree, origin: Origin) -> Iterator[Reference]:
        for name in tree.names(origin.name):
            node = tree.parent(name)
            if not isinstance(node, cst.Attribute) or node.attr is not name:
                continue
            if self.module_of(tree, node.value) == origin.path:
                yield Reference(tree, "attribute", node, origin)

    @staticmethod
    def _names(tree: Tree, binding: cst.CSTNode, local: str, origin: Origin) -> Iterator[Reference]:
        """Where the name is read that is bound there; a star binds what nothing else does."""
        star = isinstance(binding, cst.ImportFrom) and isinstance(binding.names, cst.ImportStar)
        found = free_reads(tree, local) if star else reads(tree, binding, local)
        for name in found:
            yield Reference(tree, "name", name, origin)

    def _bound(self, tree: Tree, node: ImportNode, head: str, rest: list[str]) -> str | None:
        if isinstance(node.names, cst.ImportStar):
            return None
        for alias in node.names:
            name = dotted(alias.name)
            if isinstance(node, cst.ImportFrom):
                if (alias.evaluated_alias or name) == head:
                    source = self.source_of(tree, node)
                    return self._down(source, [name, *rest]) if source else None
            elif alias.evaluated_alias == head:
                return self._down(self._modules.resolve(tree.path, 0, name), rest)
            elif alias.asname is None and name.split(".")[0] == head:
                return self._modules.resolve(tree.path, 0, ".".join([head, *rest]))
        return None

    def _down(self, path: str | None, names: list[str]) -> str | None:
        for name in names:
            path = self._modules.submodule(path, name) if path else None
        return path


def _may_name(text: str, name: str, word: re.Pattern[str]) -> bool:
    """Whether a file is worth parsing."""
    return (name in text and word.search(text) is not None) or "import *" in text


def _imports_of(tree: Tree, head: cst.Name) -> list[ImportNode]:
    """The imports that a name which is read may be bound by."""
    known = only_imports(tree, head.value)
    if known is not None:
        return known
    nodes = [found.node for found in assignments(tree, head) if isinstance(found, Assignment)]
    return [node for node in nodes if isinstance(node, cst.Import | cst.ImportFrom)]
