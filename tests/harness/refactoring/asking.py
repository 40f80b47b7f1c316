"""A project in a folder, asked without a process between."""

from pathlib import Path

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.values import FindSymbol, Found, Request, Symbol


def project_of(root: Path, files: dict[str, str], buffers: dict[str, str] | None = None) -> Project:
    """The files are written; the buffers stand before them."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    project = Project(root)
    project.take(Request(1, str(root), tuple(files), buffers or {}, FindSymbol(Symbol(name="x"))))
    return project


def rows(found: tuple[Found, ...]) -> list[str]:
    """`path:line:column kind name` of each."""
    return [f"{one.path}:{one.at.line}:{one.at.column} {one.kind} {one.name}" for one in found]
