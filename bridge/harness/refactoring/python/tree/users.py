"""The users of a definition that moves: each import and each `module.name` follows it to its new module."""

import re
from dataclasses import dataclass, field

import libcst as cst

from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.bindings import ImportNode, import_of, is_binding, reads
from bridge.harness.refactoring.python.tree.borrowing import Borrowing
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, Trees, dotted
from bridge.harness.refactoring.python.tree.importing import (
    Wanted,
    adding,
    import_block,
    respelled,
    without,
    without_blocks,
)
from bridge.harness.refactoring.python.tree.references import Reference, References
from bridge.harness.refactoring.values import LineNote, Refusal


@dataclass(slots=True)
class FileEdits:
    """What changes in one file."""

    tree: Tree
    edits: list[Edit] = field(default_factory=list)
    wanted: set[Wanted] = field(default_factory=set)
    leaving: dict[ImportNode, list[cst.ImportAlias]] = field(default_factory=dict)
    notes: list[LineNote] = field(default_factory=list)

    def finish(self, modules: Modules) -> list[Edit]:
        """All edits, the imports' included."""
        gone = [node for node, aliases in self.leaving.items() if len(aliases) == len(tuple(node.names))]  # type: ignore[arg-type] # no star leaves
        edits, done = without_blocks(self.tree, gone, filled=any(want.typing for want in self.wanted))
        for node, aliases in self.leaving.items():
            edits += without(self.tree, node, aliases) if node not in done else []
        return [*self.edits, *edits, *adding(self.tree, self.wanted, modules, gone)]


class Users:
    """Rewrites the references to `name`, which goes from the module `source` to `target`."""

    def __init__(self, trees: Trees, modules: Modules, source: Tree, target: str, name: str) -> None:
        """`target` is a path; its file may be new."""
        self._trees = trees
        self._modules = modules
        self._borrowing = Borrowing(trees, modules)
        self._references = References(trees, modules)
        self._source = source
        self._target = target
        self._name = name

    def follow(self, found: list[Reference]) -> dict[str, FileEdits]:
        """By file. References inside the source by its own name are left to the caller."""
        files: dict[str, FileEdits] = {}
        direct = [each for each in found if each.origin.path == self._source.path]
        attributes: dict[str, list[cst.Attribute]] = {}
        for reference in direct:
            file = files.setdefault(reference.path, FileEdits(reference.tree))
            if reference.kind == "import":
                self._import(file, reference)
            elif reference.kind == "star" and self._is_used(reference, found):
                module = self._borrowing.spelled(reference.tree, self._target)
                file.wanted |= {Wanted(module, self._name)} if reference.path != self._target else set()
            elif isinstance(reference.node, cst.Attribute):
                attributes.setdefault(reference.path, []).append(reference.node)
        for path, nodes in attributes.items():
            self._attributes(files[path], nodes)
        self._spoken(files)
        return files

    def _import(self, file: FileEdits, reference: Reference) -> None:
        node, alias = import_of(reference.tree, reference.node), reference.node
        if not isinstance(node, cst.ImportFrom) or not isinstance(alias, cst.ImportAlias):
            return
        tree = file.tree
        if tree.path == self._target:
            if reference.local != self._name:
                raise Refusal(
                    f"{tree.where(node)} imports `{self._name}` as `{reference.local}`, where it should stand under its"
                    " own name. Rename one of them first."
                )
            file.leaving.setdefault(node, []).append(alias)
            return
        module = self._modules.spelled(tree.path, self._target, relative=bool(node.relative))
        alone = not isinstance(node.names, cst.ImportStar) and len(node.names) == 1
        block = import_block(tree)
        known = any(isinstance(other, cst.ImportFrom) and self._goes_there(tree, other) for other in block)
        line = tree.file.text[tree.line_start(tree.span(node)[0]) : tree.line_end(tree.span(node)[1])]
        if alone and (node not in block or (not known and ("#" in line or len(block) == 1))):
            file.edits.append(respelled(tree, node, module))
            return
        file.leaving.setdefault(node, []).append(alias)
        wanted = Wanted(module, self._name, alias.evaluated_alias or "")
        if node in block:
            file.wanted.add(wanted)
        else:
            start, end = tree.span(node)
            file.edits.append(Edit(end, end, f"\n{tree.indent(start)}{wanted.text}"))

    def _goes_there(self, tree: Tree, node: cst.ImportFrom) -> bool:
        return not isinstance(node.names, cst.ImportStar) and self._references.source_of(tree, node) == self._target

    def _is_used(self, star: Reference, found: list[Reference]) -> bool:
        """Whether the file with the star uses the name, or gives it on."""
        return star.path.endswith("__init__.py") or any(
            (other.path == star.path and other.kind == "name") or other.origin.path == star.path for other in found
        )

    def _attributes(self, file: FileEdits, nodes: list[cst.Attribute]) -> None:
        tree = file.tree
        base = "" if tree.path == self._target else self._base(file, nodes[0])
        for node in nodes:
            start, end = tree.span(node.value)
            edit = Edit(start, end, base) if base else Edit(*tree.span(node), self._name)
            file.edits.append(edit)
        drop_module(self._modules, file, nodes, self._source.path)

    def _base(self, file: FileEdits, node: cst.Attribute) -> str:
        """The expression for the new module, imported in the way of the old one."""
        tree = file.tree
        for other in import_block(tree):
            if (known := self._known(tree, other)) is not None:
                return known
        dotted_name = self._modules.name(self._target)
        package, _, stem = dotted_name.rpartition(".")
        plain = dotted(node.value) == self._modules.name(self._source.path) and "." in dotted_name
        if plain or not package:
            self._free(tree, dotted_name.split(".")[0], node)
            file.wanted.add(Wanted(dotted_name))
            return dotted_name
        self._free(tree, stem, node)
        spelled = self._borrowing.spelled(tree, self._target)
        parent = spelled[: -len(stem)]
        file.wanted.add(Wanted(parent if not parent.strip(".") else parent.removesuffix("."), stem))
        return stem

    def _known(self, tree: Tree, node: ImportNode) -> str | None:
        """How an import that is there already names the new module."""
        if isinstance(node.names, cst.ImportStar):
            return None
        for alias in node.names:
            name = dotted(alias.name)
            if isinstance(node, cst.Import):
                if self._modules.resolve(tree.path, 0, name) == self._target:
                    return alias.evaluated_alias or name
            elif (source := self._references.source_of(tree, node)) and (
                self._modules.submodule(source, name) == self._target
            ):
                return alias.evaluated_alias or name
        return None

    def _free(self, tree: Tree, word: str, node: cst.Attribute) -> None:
        head = dotted(node.value).split(".")[0]
        if word != head and any(self._is_another(tree, name) for name in tree.names(word)):
            raise Refusal(
                f"{tree.path} would have to import the module `{word}`, and has another `{word}`. Import"
                f" `{self._name}` by its name there first."
            )

    def _is_another(self, tree: Tree, name: cst.Name) -> bool:
        """Whether a name is bound here to something else than the new module."""
        node = import_of(tree, name)
        return is_binding(tree, name) and (node is None or self._known(tree, node) is None)

    def _spoken(self, files: dict[str, FileEdits]) -> None:
        """`shop.prices.total` in strings and comments, such as what a test patches."""
        old, new = (f"{self._modules.name(path)}.{self._name}" for path in (self._source.path, self._target))
        pattern = re.compile(rf"(?<![\w.]){re.escape(old)}(?!\w)")
        for path in sorted(self._modules.there):
            text = self._trees.project.try_read(path)
            if text is None or not pattern.search(text.text) or (tree := self._trees.try_get(path)) is None:
                continue
            for match in pattern.finditer(text.text):
                if tree.name_at(match.end() - len(self._name)) is None:
                    file = files.setdefault(path, FileEdits(tree))
                    file.edits.append(Edit(match.start(), match.end(), new))
                    file.notes.append(LineNote(tree.line(match.start()), tree.kind_of_text(match.start())))


def drop_module(modules: Modules, file: FileEdits, nodes: list[cst.Attribute], path: str) -> None:
    """Takes the import of module `path` away where nothing but these attributes, which go, uses it."""
    tree = file.tree
    heads = {_head(node) for node in nodes}
    words = {head.value for head in heads}
    for node in import_block(tree):
        if isinstance(node.names, cst.ImportStar) or node in file.leaving:
            continue
        for alias in node.names:
            local = alias.evaluated_alias or dotted(alias.name)
            if local.split(".")[0] not in words or not _imports_module(modules, tree, alias, path):
                continue
            users = [name for name in reads(tree, node, local.split(".")[0]) if name not in heads]
            if not any(_continues(tree, name, local) for name in users):
                file.leaving.setdefault(node, []).append(alias)


def _imports_module(modules: Modules, tree: Tree, alias: cst.ImportAlias, path: str) -> bool:
    node, name = tree.parent(alias), dotted(alias.name)
    if not isinstance(node, cst.ImportFrom):
        return modules.resolve(tree.path, 0, name) == path
    package = modules.resolve(tree.path, len(node.relative), dotted(node.module) if node.module else "")
    return package is not None and modules.submodule(package, name) == path


def _head(node: cst.Attribute) -> cst.Name:
    inner: cst.BaseExpression = node
    while isinstance(inner, cst.Attribute):
        inner = inner.value
    return cst.ensure_type(inner, cst.Name)


def _continues(tree: Tree, name: cst.Name, local: str) -> bool:
    """Whether a name that is read goes on to the dotted module `local`."""
    node: cst.CSTNode = name
    for part in local.split(".")[1:]:
        around = tree.parent(node)
        if not isinstance(around, cst.Attribute) or around.attr.value != part:
            return False
        node = around
    return True
