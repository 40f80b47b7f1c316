"""ripgrep, over the disk and over unsaved buffers."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.ports.process import Completed, Process

OUTPUT_LIMIT = 4 << 20
"""Bytes of ripgrep's output that are looked at; more is said to be more."""


@dataclass(frozen=True, slots=True)
class Match:
    """One line that matches; `line` counts from 1."""

    path: Path
    line: int
    text: str


class Ripgrep:
    """Runs `rg`, without its configuration file, and never with options from outside."""

    def __init__(self, process: Process) -> None:
        """The program is looked for when first needed."""
        self._process = process

    async def files(self, root: Path, pattern: str) -> tuple[list[Path], bool]:
        """Files below a folder whose path matches a glob, ignored ones left out; and whether there were more."""
        argv = [
            "--files",
            "--null",
            "--hidden",
            "--glob",
            "!.git",
            "--glob",
            pattern,
            "--sort",
            "path",
            "--",
            str(root),
        ]
        done = await self._run(argv, root)
        return [Path(name) for name in done.stdout.decode("utf-8", "surrogateescape").split("\0") if name], done.cut

    async def search(self, pattern: str, where: Path, options: Sequence[str]) -> tuple[list[Match], bool]:
        """Matches on disk, in order of path; and whether there were more."""
        argv = [
            "--json",
            "--hidden",
            "--glob",
            "!.git",
            "--sort",
            "path",
            *options,
            "--regexp",
            pattern,
            "--",
            str(where),
        ]
        done = await self._run(argv, where.parent)
        return list(_matches(done.stdout, None)), done.cut

    async def search_text(self, pattern: str, path: Path, text: str, options: Sequence[str]) -> list[Match]:
        """Matches in a buffer's text."""
        body = text.encode("utf-8", "surrogatepass")
        done = await self._run(["--json", *options, "--regexp", pattern, "--", "-"], path.parent, body)
        return list(_matches(done.stdout, path))

    async def _run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"") -> Completed:
        done = await self._process.run([_program(), "--no-config", *argv], cwd, stdin, OUTPUT_LIMIT)
        if done.code == 2 and not done.stdout:
            message = done.stderr.decode("utf-8", "replace").strip()
            raise ToolInputError(f"the search can't be made: {message[:500]}")
        return done


def _program() -> str:
    """The `rg` installed beside Python, as the package brings it; else the one on PATH."""
    beside = shutil.which("rg", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("rg")
    if found is None:
        raise FileProblem(
            "file_missing", Path("rg"), "ripgrep is not installed", hint="Install it: pip install ripgrep."
        )
    return found


def _matches(output: bytes, path: Path | None) -> Iterator[Match]:
    for row in output.split(b"\n"):
        if not row.startswith(b'{"type":"match"'):
            continue
        try:
            data = json.loads(row)["data"]
        except ValueError:
            continue  # the last row, cut at the limit
        text = data["lines"].get("text", "[not text]").rstrip("\r\n")
        where = path if path is not None else Path(data["path"].get("text", "?"))
        yield Match(where, data["line_number"], text)
