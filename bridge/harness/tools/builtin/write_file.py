"""write_file: a new file, or the whole text of one that exists."""

from pydantic import Field

from bridge.harness.errors import ToolInputError
from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.values.proposals import Draft, FileDraft
from bridge.harness.values.tools import Prepared, ToolSpec
from bridge.harness.workspace.replace import rewrite
from bridge.harness.workspace.text import form_of
from bridge.harness.workspace.workspace import absent


class WriteFileInput(ToolInput):
    """The whole text."""

    path: str = Field(description="The file: relative to the workspace root, or absolute.")
    content: str = Field(description="The whole new text.")


class WriteFile(Tool[WriteFileInput]):
    """An existing file keeps its line endings, and is reviewed as a diff against what stands."""

    spec = ToolSpec(
        name="write_file",
        description="Create a file, or replace the whole text of an existing one. The user reviews the change. Use "
        "edit_file for changes of parts.",
        kind="edit",
        inputs=WriteFileInput,
        aliases=("write",),
    )

    def title(self, given: WriteFileInput) -> str:
        """See the contract."""
        return f"Write {given.path}"

    async def prepare(self, given: WriteFileInput, context: Context) -> Prepared:
        """See the contract."""
        place = context.workspace.locate(given.path)
        shown = context.workspace.shown(place.path)
        if not await context.workspace.exists(place):
            title = f"Create {shown}"
            reading = absent(place.uri, form_of(given.content))
            file = FileDraft("create", place.uri, reading.source, reading.form, "", "", given.content)
            return Prepared(title, touched("create", [place]), Draft(title, (file,)))
        reading = await context.workspace.read(place)
        new = rewrite(reading.text, given.content, reading.form)
        if new == reading.text:
            raise ToolInputError(f"{shown} already reads exactly so; there is nothing to change")
        title = f"Rewrite {shown}"
        file = FileDraft("edit", place.uri, reading.source, reading.form, reading.base, reading.text, new)
        return Prepared(title, touched("edit", [place]), Draft(title, (file,)))
