"""How code that stands in another module now gets what it needs: by imports, or because it is there already."""

from dataclasses import dataclass

import libcst as cst

from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.bindings import import_of
from bridge.harness.refactoring.python.tree.cst import Tree, Trees, dotted
from bridge.harness.refactoring.python.tree.importing import Wanted
from bridge.harness.refactoring.python.tree.needs import Need, top_bindings, top_level_words
from bridge.harness.refactoring.values import Refusal

_EACH_ITS_OWN = {"getLogger", "get_logger", "TypeVar", "ParamSpec", "TypeVarTuple"}
"""What is made by these may stand in both modules: a logger by its module's name, a type variable by its use."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for: `name` of a module, or with an empty name the module. `module` is a path or dotted."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Loan:
    """A need and the import that serves it."""

    need: Need
    wanted: Wanted


class Borrowing:
    """Decides for one question."""

    def __init__(self, trees: Trees, modules: Modules) -> None:
        """Nothing is read yet."""
        self._trees = trees
        self._modules = modules

    def loans(self, source: Tree, target: Tree, needed: list[Need], *, leaving: str = "") -> list[Loan]:
        """The imports that `target` needs for code of `source`; Refusal where a name means something else there.

        `leaving`: a name that `target` imports now and will not any more.
        """
        there = top_level_words(target) - {leaving}
        found = []
        for need in needed:
            meaning = self.meaning(source, need.word)
            if need.word in there:
                if meaning != self.meaning(target, need.word) and not _same_own(source, target, need.word):
                    raise Refusal(
                        f"{target.path} has a `{need.word}` of its own, which is not the one that the code needs from"
                        f" {source.path}. Rename one of them first."
                    )
            elif meaning.module != target.path or not meaning.name:
                found.append(Loan(need, self._wanted(source, target, need)))
        return found

    def meaning(self, tree: Tree, word: str) -> Meaning:
        """What a word of a module's top level stands for, followed through the project's imports."""
        for _ in range(10):
            need = _import(tree, word)
            if need is None:
                return Meaning(tree.path, word)
            node, alias = need
            name = dotted(alias.name)
            if isinstance(node, cst.Import):
                shown = name if alias.asname else name.split(".")[0]
                return Meaning(self._modules.resolve(tree.path, 0, shown) or shown, "")
            source = self._path(tree, node)
            if source is None:
                return Meaning("." * len(node.relative) + (dotted(node.module) if node.module else ""), name)
            if (inner := self._modules.submodule(source, name)) is not None:
                return Meaning(inner, "")
            following = self._trees.try_get(source)
            if following is None or name not in top_level_words(following):
                return Meaning(source, name)
            tree, word = following, name
        return Meaning(tree.path, word)

    def spelled(self, importer: Tree, target: str, like: Tree | None = None) -> str:
        """How a file names a module in a new import: relative if that is how it, or one it is like, names others."""
        styled = importer if importer.file.text.strip() else like or importer
        relative = any(node.relative for node in styled.all(cst.ImportFrom))
        return self._modules.spelled(importer.path, target, relative=relative)

    def _wanted(self, source: Tree, target: Tree, need: Need) -> Wanted:
        typing = need.guarded or need.whens == {"typing"}
        if need.node is None or need.alias is None:
            star = self._star(source, need.word)
            return Wanted(star or self.spelled(target, source.path, source), need.word, typing=typing)
        name, alias = dotted(need.alias.name), need.alias.evaluated_alias or ""
        if isinstance(need.node, cst.Import):
            return Wanted(name, alias=alias, typing=need.guarded)
        path = self._path(source, need.node)
        module = dotted(need.node.module) if need.node.module else ""
        if need.node.relative:
            if path is None:
                raise Refusal(
                    f"The import at {source.where(need.node)} is of no file of the project; write it absolutely."
                )
            module = self._modules.spelled(target.path, path, relative=True)
        return Wanted(module, name, alias, need.guarded)

    def _star(self, source: Tree, word: str) -> str:
        """The module that a star import brought the word from; empty if the module defines it."""
        if word in top_level_words(source):
            return ""
        stars = [node for node in source.all(cst.ImportFrom) if isinstance(node.names, cst.ImportStar)]
        if len(stars) == 1 and not stars[0].relative and stars[0].module is not None:
            return dotted(stars[0].module)
        raise Refusal(f"Where `{word}` in {source.path} comes from is not known (an import with `*`, or nowhere).")

    def _path(self, tree: Tree, node: cst.ImportFrom) -> str | None:
        return self._modules.resolve(tree.path, len(node.relative), dotted(node.module) if node.module else "")


def _import(tree: Tree, word: str) -> tuple[cst.Import | cst.ImportFrom, cst.ImportAlias] | None:
    """The one import that binds a word; None if the module defines it, or several things do."""
    nodes = {import_of(tree, name) for name in top_bindings(tree, word)}
    node = nodes.pop() if len(nodes) == 1 else None
    if node is None or isinstance(node.names, cst.ImportStar):
        return None
    for alias in node.names:
        if (alias.evaluated_alias or dotted(alias.name).split(".")[0]) == word:
            return node, alias
    return None


def _same_own(source: Tree, target: Tree, word: str) -> bool:
    """Whether both define it by the same text, and each may have its own."""
    texts = [_definition(tree, word) for tree in (source, target)]
    return texts[0] is not None and texts[0] == texts[1]


def _definition(tree: Tree, word: str) -> str | None:
    for name in tree.names(word):
        node = tree.parent(tree.parent(name))
        call = node.value if isinstance(node, cst.Assign) else None
        if isinstance(call, cst.Call) and dotted(call.func).split(".")[-1] in _EACH_ITS_OWN:
            return tree.code(node)
    return None
