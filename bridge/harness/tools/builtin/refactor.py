"""refactor: changes that follow from the rules of the language, all or nothing, reviewed like any edit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from bridge.harness.errors import FileProblem, Stale, ToolInputError
from bridge.harness.refactoring import values
from bridge.harness.refactoring.values import Ask, Changed, ChangedFile, LineEdit, Point, Selection, Symbol
from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.tools.found import doing, skipped_row
from bridge.harness.tools.refactorer import Refactorer
from bridge.harness.tools.symbol import inside, symbol_of
from bridge.harness.values.policy import Subj, SubjectKind
from bridge.harness.values.proposals import Draft, FileDraft
from bridge.harness.values.text import Span, TextChange, TextForm, visible
from bridge.harness.values.tools import Prepared, ToolSpec
from bridge.harness.workspace.spans import LineIndex
from bridge.harness.workspace.text import form_of, sha, split_lines
from bridge.harness.workspace.workspace import Location, absent

Action = Literal[
    "rename", "extract_function", "extract_variable", "inline", "move", "change_signature", "organise_imports"
]


class ParameterInput(ToolInput):
    """A parameter as it should be. Texts are source code."""

    name: str = Field(min_length=1, description="Its name.")
    was: str | None = Field(default=None, description="Its name now; null for a new parameter.")
    annotation: str | None = Field(default=None, description="Its type; null keeps what there is.")
    default: str | None = Field(default=None, description="Its default; null keeps what there is.")
    value: str | None = Field(default=None, description="What callers pass for it, where it is new.")


class RefactorInput(ToolInput):
    """What to do, and to which name or selection."""

    action: Action = Field(description="What to do.")
    path: str | None = Field(default=None, description="The file of the symbol, the selection or the imports.")
    line: int | None = Field(default=None, ge=1, description="A line with the name, or the selection's first; from 1.")
    column: int | None = Field(default=None, ge=1, description="The column there, in characters, from 1.")
    end_line: int | None = Field(default=None, ge=1, description="The selection's last line.")
    end_column: int | None = Field(default=None, ge=1, description="The column after its last character.")
    symbol: str | None = Field(default=None, description="The name; dotted where needed: Basket.total, shop.a.total.")
    new_name: str | None = Field(default=None, description="For rename; for extractions, where you want to choose it.")
    to: str | None = Field(default=None, description="For move: the module, as a path (shop/prices.py) or dotted.")
    parameters: list[ParameterInput] | None = Field(
        default=None, description="For change_signature: all parameters in order, without self; others go."
    )
    docs: bool = Field(default=True, description="Whether a rename looks into comments and strings too.")


class Refactor(Tool[RefactorInput]):
    """The worker computes the new texts on what the session sees; what comes of it is one proposal for all files."""

    spec = ToolSpec(
        name="refactor",
        description="Refactor Python by rule, over all files, without you writing code: rename, extract_function, "
        "extract_variable, inline, move, change_signature, organise_imports (JavaScript and TypeScript: rename and "
        "organise_imports, inside one file). Prefer it to edit_file for these. The user reviews the change hunk by "
        "hunk; uncertain places are hunks of their own. The result tells what was accepted, and what was left.",
        kind="edit",
        inputs=RefactorInput,
    )

    def __init__(self, refactorer: Refactorer) -> None:
        """The worker does the computing."""
        self._refactorer = refactorer

    def title(self, given: RefactorInput) -> str:
        """See the contract."""
        what = given.symbol or given.path or ""
        return f"{given.action.replace('_', ' ').capitalize()} {what}".strip()

    async def prepare(self, given: RefactorInput, context: Context) -> Prepared:
        """See the contract."""
        ask = await _ask(given, context)
        changed = await self._refactorer.ask(context, ask)
        if not isinstance(changed, Changed):
            raise TypeError(f"an answer {type(changed).__name__} to a refactoring")
        drafts: list[FileDraft] = []
        subjects: list[Subj] = []
        for file in changed.files:
            for draft, subject in await _drafts(file, context):
                drafts.append(draft)
                subjects.append(subject)
        title = visible(changed.title)
        skipped = (f"not looked into: {skipped_row(one)}" for one in changed.skipped)
        remarks = (*map(visible, changed.remarks), *skipped)
        if not drafts:
            raise ToolInputError("\n".join([f"{doing(ask)}: there is nothing to change", *remarks]), hint="")
        return Prepared(title, tuple(subjects), Draft(title, tuple(drafts), atomic=True, remarks=remarks))


async def _ask(given: RefactorInput, context: Context) -> Ask:
    match given.action:
        case "rename":
            return values.Rename(_symbol(given, context), _need(given.new_name, "new_name"), given.docs)
        case "extract_function" | "extract_variable":
            into: Literal["function", "variable"] = "function" if given.action == "extract_function" else "variable"
            return values.Extract(await _selection(given, context), into, given.new_name or "")
        case "inline":
            return values.Inline(_symbol(given, context))
        case "move":
            return values.Move(_symbol(given, context), _module(_need(given.to, "to"), context))
        case "change_signature":
            if given.parameters is None:
                raise ToolInputError("change_signature needs parameters", hint="Give all of them, in order.")
            wanted = tuple(
                values.Parameter(one.name, one.was or "", one.annotation, one.default, one.value)
                for one in given.parameters
            )
            return values.ChangeSignature(_symbol(given, context), wanted)
        case "organise_imports":
            return values.OrganiseImports(inside(_need(given.path, "path"), context))


def _need(text: str | None, name: str) -> str:
    if text is None or not text.strip():
        raise ToolInputError(f"{name} is needed for this action", hint=f"Give {name} too.")
    return text.strip()


def _symbol(given: RefactorInput, context: Context) -> Symbol:
    """A path alone is the module itself."""
    if not given.symbol and not given.path:
        raise ToolInputError("say which name", hint="Give symbol, or path with line and column.")
    return symbol_of(given, context)


def _module(to: str, context: Context) -> str:
    """A path from the root; a dotted name as it is."""
    return inside(to, context) if "/" in to or to.endswith(values.PYTHON + values.SCRIPT) else to


async def _selection(given: RefactorInput, context: Context) -> Selection:
    """Whole lines where no columns are given."""
    path = inside(_need(given.path, "path"), context)
    if given.line is None:
        raise ToolInputError("say which code", hint="Give line and end_line; columns for a part of a line.")
    end_line = given.end_line or given.line
    end_column = given.end_column
    if end_column is None:
        lines = split_lines((await context.workspace.read(context.workspace.locate(path))).text)
        end_column = len(lines[end_line - 1].rstrip("\r\n")) + 1 if end_line <= len(lines) else 1
    start, end = Point(given.line, given.column or 1), Point(end_line, end_column)
    if (start.line, start.column) >= (end.line, end.column):
        raise ToolInputError("the selection is empty", hint="end_column is the column after the last character.")
    return Selection(path, start, end)


async def _drafts(file: ChangedFile, context: Context) -> list[tuple[FileDraft, Subj]]:
    """What becomes of one file. One that moves is made at its new place and deleted at its old one."""
    place = context.workspace.locate(file.path)
    if not place.inside:
        raise FileProblem("outside_workspace", file.path)
    if not file.old:
        return [await _created(file.path, file.new, form_of(file.new), context)]
    reading = await context.workspace.read(place)
    if sha(reading.text) != file.old:
        raise Stale(f"{file.path} changed while the refactoring was computed")
    if file.moved_to:
        created, subject = await _created(file.moved_to, file.new, reading.form, context)
        gone = FileDraft("delete", place.uri, reading.source, reading.form, reading.base, reading.text, "")
        gone = replace(gone, to_uri=created.uri)
        return [(created, subject), (gone, _touch("delete", place))]
    if file.new == reading.text:
        return []
    edit = FileDraft("edit", place.uri, reading.source, reading.form, reading.base, reading.text, file.new, file.notes)
    edit = replace(edit, changes=_changes(reading.text, file.edits))
    return [(edit, _touch("edit", place))]


def _changes(text: str, edits: Sequence[LineEdit]) -> tuple[TextChange, ...]:
    """What the refactoring itself says that it changes."""
    index, count = LineIndex(text), len(split_lines(text))
    spans = [Span(min(one.start - 1, count), min(one.end - 1, count)) for one in edits]
    return tuple(TextChange(*index.offsets(span), one.new) for span, one in zip(spans, edits, strict=True))


async def _created(path: str, text: str, form: TextForm, context: Context) -> tuple[FileDraft, Subj]:
    place = context.workspace.locate(path)
    if not place.inside:
        raise FileProblem("outside_workspace", path)
    if await context.workspace.exists(place):
        raise ToolInputError(f"{path} is there already", hint="Choose another name, or move into it.")
    reading = absent(place.uri, form)
    draft = FileDraft("create", place.uri, reading.source, reading.form, "", "", text)
    return draft, _touch("create", place)


def _touch(kind: SubjectKind, place: Location) -> Subj:
    return touched(kind, [place])[0]
