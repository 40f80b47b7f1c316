"""grep: lines that match a regular expression, in files and in unsaved buffers."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import anyio.to_thread
from pydantic import Field

from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.tools.globs import compiled
from bridge.harness.tools.search import Match, Ripgrep, need_file_or_folder
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec
from bridge.harness.workspace.workspace import Location

MAX_MATCHES = 300
MAX_LINE = 400


class GrepInput(ToolInput):
    """What to look for, and where."""

    pattern: str = Field(min_length=1, description="A regular expression (Rust syntax), or a plain text with literal.")
    path: str = Field(default=".", description="The file or folder to search.")
    glob: str | None = Field(default=None, description="Only files whose path matches this glob.")
    mode: Literal["regex", "literal"] = Field(default="regex", description="How to read the pattern.")
    ignore_case: bool = Field(default=False, description="Whether letter case is ignored.")


class Grep(Tool[GrepInput]):
    """An open file is searched as its buffer stands; its text on disk is not."""

    def __init__(self, ripgrep: Ripgrep) -> None:
        """Ripgrep does the searching."""
        self._ripgrep = ripgrep

    spec = ToolSpec(
        name="grep",
        description="Search file contents with ripgrep: 'path:line:text' a match. Unsaved editor buffers are searched "
        "as they are. Files ignored by git are left out.",
        kind="search",
        inputs=GrepInput,
    )

    def flags(self, given: GrepInput) -> Flags:
        """Looking changes nothing."""
        return Flags(read_only=True, concurrency_safe=True, destructive=False)

    def title(self, given: GrepInput) -> str:
        """See the contract."""
        return f"Search {given.pattern}"

    async def prepare(self, given: GrepInput, context: Context) -> Prepared:
        """See the contract."""
        place = context.workspace.locate(given.path)
        return Prepared(f"Search {given.pattern}", touched("read", [place]), state=(given, place))

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """Disk and buffers, merged by path."""
        given, place = prepared.state
        found, more = await self._find(given, place, context)
        # Not a word of protected files, not even how many match: a pattern could spell out what they hold.
        hidden = {path for path in {match.path for match in found} if _is_hidden(path, place, context)}
        matches = [match for match in found if match.path not in hidden]
        lines = [f"{context.workspace.shown(m.path)}:{m.line}:{m.text[:MAX_LINE]}" for m in matches[:MAX_MATCHES]]
        if more or len(matches) > MAX_MATCHES:
            lines.append("[there are more: narrow the pattern, the path or the glob]")
        return Outcome(model="\n".join(lines) or "[no match]", shown=f"{len(matches)} matches")

    async def _find(self, given: GrepInput, place: Location, context: Context) -> tuple[list[Match], bool]:
        how = ["--fixed-strings"] * (given.mode == "literal") + ["--ignore-case"] * given.ignore_case
        buffers = {path: d.text for path, d in context.workspace.buffers() if path.is_relative_to(place.path)}
        if place.path in buffers:
            return await self._ripgrep.search_text(given.pattern, place.path, buffers[place.path], how), False
        await need_file_or_folder(place.path)
        wanted = await self._wanted(given, place)
        found, more = await self._ripgrep.search(given.pattern, place.path, [*how, *_only(given)])
        matches = [match for match in found if match.path not in buffers and wanted(match.path)]
        for path, text in buffers.items():
            if _fits(given, place, path):
                matches += await self._ripgrep.search_text(given.pattern, path, text, how)
        return sorted(matches, key=lambda match: (match.path, match.line)), more

    async def _wanted(self, given: GrepInput, place: Location) -> Callable[[Path], bool]:
        """With a glob ripgrep also looks into files that git ignores: those are left out here."""
        if not given.glob or await anyio.to_thread.run_sync(place.path.is_file):
            return lambda _: True
        files, _ = await self._ripgrep.files(place.path)
        return set(files).__contains__


def _only(given: GrepInput) -> list[str]:
    return [f"--glob={given.glob}"] if given.glob else []


def _fits(given: GrepInput, place: Location, path: Path) -> bool:
    return not given.glob or compiled(given.glob)(path.relative_to(place.path).as_posix())


def _is_hidden(path: Path, place: Location, context: Context) -> bool:
    """The file that the call names was judged by its name; one that is found in a folder is judged here."""
    return path != place.path and context.hidden(touched("read", [context.workspace.locate(str(path))])[0])
