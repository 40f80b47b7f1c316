"""edit_file: exact replacement, one or several in one file, all or nothing."""

from typing import Annotated

from pydantic import Field

from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.values.proposals import Draft, FileDraft
from bridge.harness.values.text import Edit
from bridge.harness.values.tools import Prepared, ToolSpec
from bridge.harness.workspace.replace import apply_edits


class Replace(ToolInput):
    """One replacement."""

    old_text: str = Field(min_length=1, description="Text that stands exactly once in the file, with its blanks.")
    new_text: str = Field(description="What it becomes; may be empty.")


class EditFileInput(ToolInput):
    """The replacements, made one after another."""

    path: str = Field(description="The file: relative to the workspace root, or absolute.")
    edits: Annotated[
        list[Replace], Field(min_length=1, description="The replacements, in order; all or none are made.")
    ]


class EditFile(Tool[EditFileInput]):
    """Reads the live buffer; what comes of it is a proposal."""

    spec = ToolSpec(
        name="edit_file",
        description="Change a file by exact replacements. Each old_text has to stand exactly once (else give more "
        "lines around it). The user reviews the change hunk by hunk; the result tells what was accepted.",
        kind="edit",
        inputs=EditFileInput,
        aliases=("edit",),
    )

    def title(self, given: EditFileInput) -> str:
        """See the contract."""
        return f"Edit {given.path}"

    async def prepare(self, given: EditFileInput, context: Context) -> Prepared:
        """See the contract."""
        place = context.workspace.locate(given.path)
        reading = await context.workspace.read(place)
        edits = [Edit(edit.old_text, edit.new_text) for edit in given.edits]
        new = apply_edits(reading.text, edits, reading.form)
        title = f"Edit {context.workspace.shown(place.path)}"
        file = FileDraft("edit", place.uri, reading.source, reading.form, reading.base, reading.text, new)
        return Prepared(title, touched("edit", [place]), Draft(title, (file,)))
