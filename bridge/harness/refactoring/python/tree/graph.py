"""Which module imports which as it is imported, to see a circle before it is made."""

import ast
from collections.abc import Collection, Iterator, Mapping

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.reading.modules import Modules


class ImportGraph:
    """The imports that run when a module does: not those in functions or under `if TYPE_CHECKING:`."""

    def __init__(self, project: Project, modules: Modules, instead: Mapping[str, str] | None = None) -> None:
        """Files are read as they are asked for; the texts `instead` stand before them."""
        self._project = project
        self._instead = instead or {}
        self._modules = modules
        self._known: dict[str, set[str]] = {}

    def imports(self, path: str) -> set[str]:
        """The project's modules that this one imports."""
        if path not in self._known:
            self._known[path] = {module for module, _ in self.names(path)}
        return self._known[path]

    def meet(self, path: str, other: str) -> bool:
        """Whether two modules import each other, on whatever way."""
        return bool(self.reaches(path, other) and self.reaches(other, path))

    def new_circle(self, before: "ImportGraph", paths: Collection[str]) -> list[str]:
        """A circle through an import that one of these modules did not have before; empty if there is none.

        A further name of a module that was imported before counts too: in a circle it may not be there yet.
        """
        for path in sorted(paths):
            for target in sorted({module for module, _ in self.names(path) - before.names(path)}):
                if way := self.reaches(target, path):
                    return [path, *way]
        return []

    def taken_from(self, path: str, *, spoken: bool = True) -> set[str]:
        """The names that other modules import from this one, wherever; `spoken`: or seem to name, as in `a.name`."""
        stem = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
        names: set[str] = set()
        for other in sorted(self._modules.there - {path}):
            text = self._text(other)
            if stem not in text and "import" not in text:
                continue
            for node in ast.walk(_parsed(text)):
                if isinstance(node, ast.ImportFrom) and self._source(other, node) == path:
                    names.update(alias.name for alias in node.names)
                elif spoken and isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    names.update({node.attr} if node.value.id == stem else ())
        return names

    def _text(self, path: str) -> str:
        if path in self._instead:
            return self._instead[path]
        file = self._project.try_read(path) if path in self._modules.there else None
        return file.text if file is not None else ""

    def reaches(self, start: str, goal: str) -> list[str]:
        """The way from one module to another; empty if there is none."""
        waiting, seen = [[start]], {start}
        while waiting:
            way = waiting.pop(0)
            if way[-1] == goal:
                return way
            for path in sorted(self.imports(way[-1]) - seen):
                seen.add(path)
                waiting.append([*way, path])
        return []

    def names(self, path: str) -> set[tuple[str, str]]:
        """What it imports, as a module and a name of it; the name is empty for the module itself."""
        found: set[tuple[str, str]] = set()
        for node in _running(_parsed(self._text(path)).body):
            if isinstance(node, ast.Import):
                pairs = [(self._modules.resolve(path, 0, alias.name), "") for alias in node.names]
            else:
                pairs = list(self._from(path, node))
            found.update((module, name) for module, name in pairs if module and module != path)
        return found

    def _source(self, path: str, node: ast.ImportFrom) -> str | None:
        return self._modules.resolve(path, node.level, node.module or "")

    def _from(self, path: str, node: ast.ImportFrom) -> Iterator[tuple[str | None, str]]:
        source = self._source(path, node)
        for alias in node.names:
            inner = self._modules.submodule(source, alias.name) if source else None
            yield (inner, "") if inner else (source, alias.name)


def _parsed(text: str) -> ast.Module:
    """The tree; an empty one where the text does not parse, which others tell the person."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _running(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from _running(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _running(getattr(node, name, []))
            for handler in getattr(node, "handlers", []):
                yield from _running(handler.body)
