"""Which module a file is, and which file an import means, in one project."""

import sys

from bridge.harness.refactoring.project import Project

_ROOTS = ("", "src/")
"""Folders that are on the import path by custom."""


class Modules:
    """The modules of a project.

    A folder without `__init__.py` may stand on the import path, so a file can have several names.
    """

    def __init__(self, project: Project) -> None:
        """Looks at the list of files alone."""
        self.files = frozenset(path for path in project.files if path.endswith((".py", ".pyi")))
        self.there = self.files
        self._packages = frozenset(_folder(path) for path in self.files if path.endswith("__init__.py"))

    def add(self, path: str) -> None:
        """A module that will be there."""
        self.files |= {path}

    def name(self, path: str) -> str:
        """The name by which others should import the file: from its outermost package, or the root of the sources."""
        folder = _folder(path)
        top = folder
        while top in self._packages:
            top = _folder(top[:-1])
        if top == folder:
            top = next((root for root in reversed(_ROOTS) if folder.startswith(root)), "")
        return _dotted(path[len(top) :])

    def package(self, path: str) -> str:
        """The outermost package's folder, with a slash; the file's own folder where it is in none."""
        folder = _folder(path)
        if folder not in self._packages:
            return folder
        while _folder(folder[:-1]) in self._packages:
            folder = _folder(folder[:-1])
        return folder

    def in_package(self, path: str) -> bool:
        """Whether the file's folder is a regular package."""
        return _folder(path) in self._packages

    def resolve(self, importer: str, level: int, name: str) -> str | None:
        """The file that `from {level dots}{name} import …` in `importer` means; None where it is not the project's."""
        if level:
            folder = _folder(importer)
            for _ in range(level - 1):
                folder = _folder(folder[:-1])
            return self._at(folder, name)
        if not name:
            return None
        roots = [_folder(importer)] if not self.in_package(importer) else []
        own_root = _folder(self.package(importer)[:-1])
        for root in (*roots, own_root, *_ROOTS):
            if (found := self._at(root, name)) is not None:
                return found
        tails = (f"/{name.replace('.', '/')}.py", f"/{name.replace('.', '/')}/__init__.py")
        fitting = (path for path in self.files if path.endswith(tails))
        possible = [path for path in fitting if self._root(path, name) not in self._packages]
        return possible[0] if len(possible) == 1 else None

    def submodule(self, path: str, name: str) -> str | None:
        """The module `name` in the package whose `__init__.py` is `path`."""
        return self._at(_folder(path), name) if path.endswith("__init__.py") else None

    def spelled(self, importer: str, target: str, *, relative: bool) -> str:
        """How `importer` names the module `target` after `from`: `.values`, `..shop.values` or `shop.values`."""
        if not relative or not self.in_package(importer) or self.package(importer) != self.package(target):
            return self.name(target)
        here, there = _folder(importer).split("/")[:-1], _dotted(target).split(".")
        if target.endswith("__init__.py"):
            there = _folder(target).split("/")[:-1]
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        return "." * (len(here) - common + 1) + ".".join(there[common:])

    def first_party(self, path: str) -> list[str]:
        """The top names that belong to the project, for a file that imports them."""
        roots = {*_ROOTS, _folder(self.package(path)[:-1])}
        names = {file[len(root) :].split("/")[0] for root in roots for file in self.files if file.startswith(root)}
        if not self.in_package(path):
            own = {file[len(_folder(path)) :].split("/")[0] for file in self.files if file.startswith(_folder(path))}
            names |= {name for name in own if name.split(".")[0] not in sys.stdlib_module_names}
        return sorted({name.split(".")[0] for name in names} - {"src", "__init__", "__main__", ""})

    def _at(self, root: str, name: str) -> str | None:
        base = root + name.replace(".", "/")
        base = base.removesuffix("/")
        options = (f"{base}/__init__.py", f"{base}.py", f"{base}.pyi", "__init__.py" if not base else "")
        return next((path for path in options if path in self.files), None)

    @staticmethod
    def _root(path: str, name: str) -> str:
        return path.removesuffix("/__init__.py").removesuffix(".py")[: -len(name)]


def _folder(path: str) -> str:
    return path.rpartition("/")[0] + "/" if "/" in path else ""


def _dotted(path: str) -> str:
    bare = path.removesuffix("/__init__.py").removesuffix(".pyi").removesuffix(".py")
    return bare.replace("/", ".")
