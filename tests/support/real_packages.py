"""Real packages with their own tests: source distributions from the Python registry, kept in the tests' cache."""

import ast
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.vscode_install import cache_folder

DOWNLOAD_S = 300
SUITE_S = 240


@dataclass(frozen=True, slots=True)
class Package:
    """A source distribution whose modules stand below `src` and whose tests stand in `tests`."""

    name: str
    version: str

    @property
    def archive(self) -> str:
        """The file's name."""
        return f"{self.name}-{self.version}.tar.gz"


PACKAGES = (Package("itsdangerous", "2.2.0"), Package("click", "8.3.1"))


def unpack(package: Package, folder: Path) -> None:
    """The package's files in `folder`. Skips where the registry can't be reached; in CI that is a failure."""
    archive = cache_folder() / "packages" / package.archive
    if not archive.is_file():
        _download(package, archive.parent)
    with tarfile.open(archive) as packed:
        packed.extractall(folder.parent / "unpacked", filter="data")
    (folder.parent / "unpacked" / archive.name.removesuffix(".tar.gz")).rename(folder)


def _download(package: Package, folder: Path) -> None:
    wanted = f"{package.name}=={package.version}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    done = subprocess.run([*pip, "--dest", str(folder), wanted], capture_output=True, timeout=DOWNLOAD_S, check=False)
    if done.returncode:
        said = f"{wanted} could not be had from the registry"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)


def tree(root: Path) -> dict[str, bytes]:
    """All files but what running Python leaves behind."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def run_suite(root: Path) -> str:
    """Run the package's own tests; the last line that pytest printed. Fails where they do."""
    ours = ["-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "ignore::pytest.PytestRemovedIn10Warning"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *ours],
        cwd=root,
        env={**os.environ, "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=SUITE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout.strip().splitlines()[-1]


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class at a module's top; `path` from the package's root."""

    path: str
    name: str


def definitions(root: Path) -> Iterator[Definition]:
    """All whose name is no special one and is defined only once, by path and line."""
    found = [
        Definition(path.relative_to(root).as_posix(), node.name)
        for path in sorted((root / "src").rglob("*.py"))
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("__")
    ]
    names = [one.name for one in found]
    return (one for one in found if names.count(one.name) == 1)
