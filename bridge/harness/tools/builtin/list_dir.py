"""list_dir: the names in a folder."""

from pydantic import Field

from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec

MAX_ENTRIES = 1000


class ListDirInput(ToolInput):
    """Which folder."""

    path: str = Field(default=".", description="The folder: relative to the workspace root, or absolute.")


class ListDir(Tool[ListDirInput]):
    """Folders end with a slash; buffers that were never saved are listed too."""

    spec = ToolSpec(
        name="list_dir",
        description="List a folder: one name a line, folders end with '/'. Unsaved new files are included.",
        kind="read",
        inputs=ListDirInput,
    )

    def flags(self, given: ListDirInput) -> Flags:
        """Listing changes nothing."""
        return Flags(read_only=True, concurrency_safe=True, destructive=False)

    def title(self, given: ListDirInput) -> str:
        """See the contract."""
        return f"List {given.path}"

    async def prepare(self, given: ListDirInput, context: Context) -> Prepared:
        """See the contract."""
        place = context.workspace.locate(given.path)
        return Prepared(f"List {context.workspace.shown(place.path)}", touched("list", [place]), state=place)

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """See the contract."""
        entries = await context.workspace.list_dir(prepared.state)
        names = [entry.name + ("/" if entry.is_dir else "") for entry in entries[:MAX_ENTRIES]]
        if len(entries) > MAX_ENTRIES:
            names.append(f"[{len(entries) - MAX_ENTRIES} more]")
        return Outcome(model="\n".join(names) or "[the folder is empty]", shown=f"{len(entries)} entries")
