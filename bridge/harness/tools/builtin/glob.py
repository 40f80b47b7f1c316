"""glob: files by name pattern."""

from pydantic import Field

from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.tools.globs import compiled
from bridge.harness.tools.search import Ripgrep, need_folder
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec

MAX_FILES = 500


class GlobInput(ToolInput):
    """Which files."""

    pattern: str = Field(min_length=1, description="A glob such as '**/*.py' or 'src/*.ts'.")
    path: str = Field(default=".", description="The folder to look in.")


class Glob(Tool[GlobInput]):
    """Files that git ignores are left out; open files that were never saved are found."""

    def __init__(self, ripgrep: Ripgrep) -> None:
        """Ripgrep walks the folders."""
        self._ripgrep = ripgrep

    spec = ToolSpec(
        name="glob",
        description="Find files by a glob pattern, sorted by path; files ignored by git are left out. "
        "Unsaved new files are found too.",
        kind="search",
        inputs=GlobInput,
    )

    def flags(self, given: GlobInput) -> Flags:
        """Looking changes nothing."""
        return Flags(read_only=True, concurrency_safe=True, destructive=False)

    def title(self, given: GlobInput) -> str:
        """See the contract."""
        return f"Find {given.pattern}"

    async def prepare(self, given: GlobInput, context: Context) -> Prepared:
        """See the contract."""
        place = context.workspace.locate(given.path)
        return Prepared(f"Find {given.pattern}", touched("list", [place]), state=(given, place))

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """See the contract."""
        given, place = prepared.state
        await need_folder(place.path)
        fits = compiled(given.pattern)
        found, more = await self._ripgrep.files(place.path)
        unsaved = [path for path, _ in context.workspace.buffers() if path.is_relative_to(place.path)]
        paths = sorted({path for path in (*found, *unsaved) if fits(path.relative_to(place.path).as_posix())})
        lines = [context.workspace.shown(path) for path in paths[:MAX_FILES]]
        if more or len(paths) > MAX_FILES:
            lines.append("[there are more: use a narrower pattern]")
        return Outcome(model="\n".join(lines) or "[no file matches]", shown=f"{len(paths)} files")
