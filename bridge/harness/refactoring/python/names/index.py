"""The project's files as outlines, and how names travel between them by imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.guards import whole_word
from bridge.harness.refactoring.python.names.outline import outline
from bridge.harness.refactoring.python.names.scopes import Binding, Import, Outline
from bridge.harness.refactoring.python.reading.kept import Kept
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.reading.source import Source, parse


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project: its file, or for a package without `__init__.py` its folder with a "/" at the end."""

    path: str

    @property
    def folder(self) -> str:
        """The folder of a package, with "/" at its end; empty for a plain module."""
        if self.path.endswith("/__init__.py"):
            return self.path.removesuffix("__init__.py")
        return self.path if self.path.endswith("/") else ""


class Index:
    """Answers what a name in one file means in another. Lives as long as the list of files stays the same."""

    def __init__(self, project: Project) -> None:
        """Nothing is parsed yet."""
        self.project = project
        self.files = project.files
        self.python = project.python_files()
        self.modules = Modules(project)
        self._folders = {path[: at + 1] for path in self.python for at, char in enumerate(path) if char == "/"}
        self._outlines: dict[str, tuple[Source, Outline]] = {}
        self._resolved: dict[tuple[str, int, str], Module | None] = {}

    def fresh(self) -> bool:
        """Whether the list of files is the one this was made for."""
        return self.files == self.project.files

    def outline(self, path: str) -> Outline | None:
        """The outline of a file; None where it does not parse, which the answer then tells."""
        source = parse(self.project, path)
        if source is None:
            return None
        known = self._outlines.get(path)
        if known is None or known[0] is not source:
            known = self._outlines[path] = (source, outline(source))
        return known[1]

    def outlines(self, name: str = "") -> Iterator[Outline]:
        """The outlines of all files that have `name` in them; those are kept out that do not parse."""
        word = whole_word(name)
        for path in self.python:
            file = self.project.try_read(path)
            if file is None or (name and not (name in file.text and word.search(file.text))):
                continue
            if (found := self.outline(path)) is not None:
                yield found

    def resolve(self, importer: str, level: int, name: str) -> Module | None:
        """What an import means; None where it is not the project's."""
        key = (importer, level, name)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(importer, level, name)
        return self._resolved[key]

    def _resolve(self, importer: str, level: int, name: str) -> Module | None:
        if (found := self.modules.resolve(importer, level, name)) is not None:
            return Module(found)
        own = importer.rpartition("/")[0]
        if level:
            base = "/".join(own.split("/")[: len(own.split("/")) - level + 1]) if own else ""
            roots = [base + "/" if base else ""]
        else:
            roots = ["", "src/", own + "/"]
        for root in roots:
            folder = f"{root}{name.replace('.', '/')}/" if name else root
            if folder in self._folders:
                return Module(folder)
        return None

    def submodule(self, module: Module, name: str) -> Module | None:
        """The module `name` in a package."""
        if not module.folder:
            return None
        for path in (f"{module.folder}{name}/__init__.py", f"{module.folder}{name}.py", f"{module.folder}{name}.pyi"):
            if path in self.modules.files:
                return Module(path)
        folder = f"{module.folder}{name}/"
        return Module(folder) if folder in self._folders else None

    def member(self, module: Module, name: str, seen: frozenset[str] = frozenset()) -> Binding | Module | None:
        """What `module.name` is: a name bound there (also by `from … import *`), or a module in a package."""
        if module.path in seen:
            return None
        top = None if module.path.endswith("/") else self.outline(module.path)
        if top is not None:
            if (bound := top.top.names.get(name)) is not None:
                return self._behind(bound, module, seen) or bound
            for level, starred in top.stars:
                source = self.resolve(module.path, level, starred)
                if source is not None and (found := self.member(source, name, seen | {module.path})) is not None:
                    return found
        return self.submodule(module, name)

    def _behind(self, bound: Binding, module: Module, seen: frozenset[str]) -> Module | None:
        """The module that a name is, where nothing but imports of that module bind it."""
        for origin in bound.origins:
            node = origin.node
            if origin.how != "member" or not isinstance(node, ast.ImportFrom) or node.names[0].asname:
                return None
            source = self.resolve(module.path, node.level, node.module or "")
            if source == module:
                return self.submodule(module, bound.name)
            found = None if source is None else self.member(source, bound.name, seen | {module.path})
            return found if isinstance(found, Module) else None
        return None

    def means(self, part: Import, path: str) -> Binding | Module | None:
        """What a part of an import means."""
        module = self.resolve(path, part.level, part.name)
        return self.member(module, part.member) if module is not None and part.member else module


_kept: Kept[Index] = Kept(Index, Index.fresh)


def index_of(project: Project) -> Index:
    """The project's index."""
    return _kept.of(project)
