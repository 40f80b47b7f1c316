"""read_file: text with line numbers."""

from pydantic import Field

from bridge.harness.errors import ToolInputError
from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.values.documents import Reading
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec
from bridge.harness.workspace.text import split_lines
from bridge.harness.workspace.workspace import Location

MAX_LINES = 2000
MAX_LINE = 2000
"""A longer line is cut, with a mark."""


class ReadFileInput(ToolInput):
    """What to read."""

    path: str = Field(description="The file: relative to the workspace root, or absolute.")
    offset: int | None = Field(default=None, ge=1, description="The first line to read, counted from 1.")
    limit: int | None = Field(default=None, ge=1, le=MAX_LINES, description="How many lines to read.")


class ReadFile(Tool[ReadFileInput]):
    """Open buffers come before the disk: the model reads what the person sees."""

    spec = ToolSpec(
        name="read_file",
        description=(
            "Read a text file with line numbers (as 'number<TAB>text'). Unsaved editor buffers are read as they are. "
            f"At most {MAX_LINES} lines at once; use offset and limit for more."
        ),
        kind="read",
        inputs=ReadFileInput,
        result_limit=120_000,
    )

    def flags(self, given: ReadFileInput) -> Flags:
        """Reading changes nothing."""
        return Flags(read_only=True, concurrency_safe=True, destructive=False)

    def title(self, given: ReadFileInput) -> str:
        """See the contract."""
        return f"Read {given.path}"

    async def prepare(self, given: ReadFileInput, context: Context) -> Prepared:
        """Nothing is read before it is allowed."""
        place = context.workspace.locate(given.path)
        return Prepared(f"Read {context.workspace.shown(place.path)}", touched("read", [place]), state=(given, place))

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """Read, number, cut."""
        given, place = _state(prepared)
        reading = await context.workspace.read(place)
        lines = split_lines(reading.text)
        first = given.offset or 1
        if first > max(len(lines), 1):
            raise ToolInputError(f"{given.path} has {len(lines)} lines; line {first} is past its end")
        chosen = lines[first - 1 : first - 1 + (given.limit or MAX_LINES)]
        body = "".join(_numbered(number, line) for number, line in enumerate(chosen, start=first))
        return Outcome(model=body + _footer(reading, first, len(chosen), len(lines)), shown=f"{len(chosen)} lines")


def _state(prepared: Prepared) -> tuple[ReadFileInput, Location]:
    given, place = prepared.state
    return given, place


def _numbered(number: int, line: str) -> str:
    text = line.rstrip("\r\n")
    if len(text) > MAX_LINE:
        text = f"{text[:MAX_LINE]} [… {len(text) - MAX_LINE} characters more]"
    return f"{number}\t{text}\n"


def _footer(reading: Reading, first: int, shown: int, total: int) -> str:
    notes = []
    if total == 0:
        notes.append("the file is empty")
    if first + shown - 1 < total:
        notes.append(f"lines {first} to {first + shown - 1} of {total}; read on with offset {first + shown}")
    if reading.form.eol != "lf":
        notes.append(f"line endings: {reading.form.eol}")
    if total and not reading.form.final_newline:
        notes.append("no newline at the end")
    return f"[{'; '.join(notes)}]\n" if notes else ""
