"""rope, kept warm beside the worker's project: it reads through `Project.read`, and has no way to write."""

from pathlib import PurePosixPath
from typing import Any, NoReturn

from rope.base import exceptions
from rope.base.fscommands import FileSystemCommands
from rope.base.prefs import Prefs
from rope.base.project import Project as RopeProject
from rope.base.resources import File, Folder

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.reading.kept import Kept
from bridge.harness.refactoring.values import Refusal
from bridge.harness.values.text import Sha

_PREFS: dict[str, Any] = {
    # Static object analysis runs after each change and can take minutes; nothing here needs it.
    "automatic_soa": False,
    "perform_doa": False,
    "validate_objectdb": False,
    "save_objectdb": False,
    # A module named here would be imported, that is, run.
    "extension_modules": [],
    "import_dynload_stdmods": False,
    "ignore_syntax_errors": True,
    "ignore_bad_imports": True,
    "python_path": [],
}


class _ReadOnly(FileSystemCommands):  # type: ignore[misc]  # rope publishes no types
    """Texts come from the project; everything that writes is refused."""

    def __init__(self, project: Project, address: str) -> None:
        self._project = project
        self._prefix = address.rstrip("/") + "/"
        self.seen: dict[str, Sha] = {}

    def read(self, path: str) -> str:
        """The text; rope takes a str as it is, so a coding cookie is not applied a second time."""
        try:
            file = self._project.read(path.removeprefix(self._prefix))
        except Refusal as refusal:
            raise exceptions.RopeError(str(refusal)) from refusal
        self.seen[file.path] = file.sha
        return file.text

    def create_file(self, path: str) -> NoReturn:
        """Refused."""
        _refuse(path)

    def create_folder(self, path: str) -> NoReturn:
        """Refused."""
        _refuse(path)

    def move(self, path: str, new_location: str) -> NoReturn:
        """Refused."""
        _refuse(f"{path} to {new_location}")

    def remove(self, path: str) -> NoReturn:
        """Refused."""
        _refuse(path)

    def write(self, path: str, data: bytes) -> NoReturn:
        """Refused."""
        _refuse(f"{path}, {len(data)} bytes")


def _refuse(what: str) -> NoReturn:
    raise PermissionError(f"rope must not write: {what}")


class _NoClock:
    """What changed is told by `refresh`; rope would look at the files' times, which a buffer does not have."""

    def get_indicator(self, resource: File | Folder) -> str:
        """The same at all times."""
        return str(resource.path)


class WarmRope(RopeProject):  # type: ignore[misc]  # rope publishes no types
    """rope's project over ours: the same files, buffers before disk, no configuration of its own read or run."""

    def __init__(self, project: Project) -> None:
        """Nothing is parsed yet."""
        self._python = {path for path in project.files if path.endswith((".py", ".pyi"))}
        self._folders = {str(parent) for path in self._python for parent in PurePosixPath(path).parents}
        self._roots = source_roots(project.files)
        self._project = project
        self._commands = _ReadOnly(project, str(project.root.resolve()))
        super().__init__(str(project.root), self._commands, ropefolder=None)
        self.pycore.observer.timekeeper = _NoClock()

    def _init_prefs(self, prefs: dict[str, Any]) -> None:
        # rope would read the project's pyproject.toml, which may name modules to import.
        self.prefs = Prefs()
        self.prefs.add_callback("ignored_resources", self.ignored.set_patterns)
        self.ignored.set_patterns(self.prefs.ignored_resources)
        for key, value in {**_PREFS, **prefs}.items():
            self.prefs.set(key, value)
        self._init_other_parts()

    def _init_source_folders(self) -> None:
        """None are configured."""

    def get_resource(self, resource_name: str) -> File | Folder:
        """A file or folder; one that only a buffer holds is there too."""
        if resource_name in self._python:
            return File(self, resource_name)
        if resource_name in self._folders:
            return Folder(self, resource_name)
        return super().get_resource(resource_name)

    def get_python_files(self) -> list[File]:
        """The project's Python files, as the daemon listed them."""
        return [File(self, path) for path in sorted(self._python) if path.endswith(".py")]

    def get_source_folders(self) -> list[Folder]:
        """The folders that absolute imports start from; rope would walk the whole disk below the root."""
        return [Folder(self, root) for root in self._roots]

    def module(self, path: str) -> Any:
        """rope's module for a file of the project."""
        return self.get_pymodule(File(self, path))

    def same_files(self) -> bool:
        """Whether the list of Python files is still the one this was made for."""
        return self._python == {path for path in self._project.files if path.endswith((".py", ".pyi"))}

    def refresh(self) -> None:
        """Drops what changed since it was read, in buffers or on disk."""
        for resource in list(self.pycore.module_cache.module_map):
            path = resource.path
            if resource.project is not self or path not in self._python:
                continue
            file = self._project.try_read(path)
            if file is None or self._commands.seen.get(path) != file.sha:
                for observer in list(self.observers):
                    observer.resource_changed(resource)


_warm: Kept[WarmRope] = Kept(WarmRope, WarmRope.same_files)


def rope_of(project: Project) -> WarmRope:
    """The project's rope, made once and brought up to date at each call; made anew when files came or went."""
    rope = _warm.of(project)
    rope.refresh()
    return rope


def source_roots(files: tuple[str, ...]) -> tuple[str, ...]:
    """Folders that top-level packages and modules lie in: the root first, then the nearest to it.

    A folder with Python files and without `__init__.py` holds top-level modules; so does the folder above a package.
    """
    python = [PurePosixPath(path) for path in files if path.endswith((".py", ".pyi"))]
    packages = {path.parent for path in python if path.stem == "__init__"}
    roots = {PurePosixPath()}
    for path in python:
        folder = path.parent
        while folder in packages and folder != folder.parent:
            folder = folder.parent
        roots.add(folder)
    ordered = sorted(roots, key=lambda root: (len(root.parts), root))
    return tuple("" if root == PurePosixPath() else str(root) for root in ordered)
