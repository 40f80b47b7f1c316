"""ripgrep, over the disk and over unsaved buffers."""

import base64
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.ports.process import Completed, Process

OUTPUT_LIMIT = 4 << 20
"""Bytes of ripgrep's matches that are looked at; more is said to be more."""

NAMES_LIMIT = 64 << 20
"""The same for names of files: some hundred thousand."""

_WALK = ("--hidden", "--glob", "!.git", "--sort", "path")


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

    async def files(self, root: Path) -> tuple[list[Path], bool]:
        """All files below a folder, sorted, but those that git ignores; and whether there were more.

        Not by a glob of ripgrep's: a file that one names is found though git ignores it.
        """
        done = await self._run(["--files", "--null", *_WALK, "--", str(root)], root, limit=NAMES_LIMIT)
        return await anyio.to_thread.run_sync(_names, done.stdout), done.cut

    async def search(self, pattern: str, where: Path, options: Sequence[str]) -> tuple[list[Match], bool]:
        """Matches on disk, in order of path; and whether there were more."""
        cwd = where if await anyio.to_thread.run_sync(where.is_dir) else where.parent
        done = await self._run(["--json", *options, *_WALK, f"--regexp={pattern}", "--", str(where)], cwd)
        return list(_matches(done.stdout, None)), done.cut

    async def search_text(self, pattern: str, path: Path, text: str, options: Sequence[str]) -> list[Match]:
        """Matches in a buffer's text."""
        body = text.encode("utf-8", "surrogatepass")
        done = await self._run(["--json", *options, f"--regexp={pattern}", "--", "-"], Path(path.anchor), body)
        return list(_matches(done.stdout, path))

    async def _run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = OUTPUT_LIMIT) -> Completed:
        done = await self._process.run([rg_program(), "--no-config", *argv], cwd, stdin, limit)
        if done.code == 2 and not done.stdout:
            message = done.stderr.decode("utf-8", "replace").strip()
            raise ToolInputError(f"the search can't be made: {message[:500]}")
        return done


async def need_folder(path: Path) -> None:
    """FileProblem where no folder stands at `path`."""
    if await anyio.to_thread.run_sync(path.is_dir):
        return
    if await anyio.to_thread.run_sync(path.exists):
        raise FileProblem("file_unreadable", path, "it is not a folder.")
    raise FileProblem("file_missing", path)


async def need_file_or_folder(path: Path) -> None:
    """FileProblem where neither a file nor a folder stands at `path`: ripgrep would wait for a pipe for ever."""
    if not await anyio.to_thread.run_sync(path.is_file):
        await need_folder(path)


def rg_program(python: str = sys.executable, path: str | None = None) -> str:
    """The `rg` installed beside Python, as the package brings it; else the one on the path. FileProblem for none.

    A relative entry of the path would be looked up in the workspace: what lies there is not run.
    """
    named = (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep)
    trusted = os.pathsep.join(folder for folder in named if Path(folder).is_absolute())
    beside = shutil.which("rg", path=str(Path(python).parent))
    found = beside or shutil.which("rg", path=trusted)
    if found is None:
        raise FileProblem(
            "file_missing", Path("rg"), "ripgrep is not installed", hint="Install it: pip install ripgrep."
        )
    return found


def _names(output: bytes) -> list[Path]:
    """What follows the last NUL is nothing, or a name that was cut at the limit."""
    return [Path(name) for name in output.decode("utf-8", "surrogateescape").split("\0")[:-1]]


def _matches(output: bytes, path: Path | None) -> Iterator[Match]:
    for row in output.split(b"\n"):
        if not row.startswith(b'{"type":"match"'):
            continue
        try:
            data = json.loads(row)["data"]
        except ValueError:
            continue  # the last row, cut at the limit
        where = path if path is not None else Path(os.fsdecode(_bytes(data["path"])))
        yield Match(where, data["line_number"], _bytes(data["lines"]).decode("utf-8", "replace").rstrip("\r\n"))


def _bytes(data: dict[str, Any]) -> bytes:
    """ripgrep gives what is not UTF-8 in base64."""
    return base64.b64decode(data["bytes"]) if "bytes" in data else str(data["text"]).encode()
