"""Hunks and questions as lines for a terminal. Pure: text in, lines out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bridge.app.wording import visible
from bridge.harness.workspace.text import split_lines
from bridge.harness.workspace.uris import to_path
from bridge.protocol.permission import ApprovalView
from bridge.protocol.review import HunkView
from bridge.surfaces.terminal.choices import HELP, KeyTable
from bridge.surfaces.terminal.output import Palette

CONTEXT = 3
"""Unchanged lines shown above and below a hunk."""


def place(uri: str, root: Path) -> str:
    """A file as a person names it: relative to the workspace where it lies in it."""
    path = to_path(uri)
    if path is None:
        return visible(uri)
    return visible(str(path.relative_to(root) if path.is_relative_to(root) else path))


def hunk_lines(hunk: HunkView, text: str | None, root: Path, palette: Palette) -> Iterator[str]:
    """A header with file and line, what is to be known of it, then the change with line numbers among the lines around.

    `text` is the file as it stands, or None where that is not known: then there is no context.
    """
    first = hunk.range.start.line
    old, new = split_lines(hunk.old_text), split_lines(hunk.new_text)
    above, below = _context(hunk, text)
    width = len(str(first + len(old) + len(below)))
    yield palette.paint("head", f"── {_header(hunk, root)}")
    if hunk.fit == "stale":
        yield palette.paint("bad", "   It no longer fits: the text changed here.")
    if hunk.note:
        yield palette.paint("key", f"   note: {visible(hunk.note)}")
    for number, line in enumerate(above, start=first - len(above) + 1):
        yield palette.paint("dim", f"  {number:>{width}}  {visible(line)}")
    ends = _ends_differ(old, new)
    for number, line in enumerate(old, start=first + 1):
        yield palette.paint("old", f"- {number:>{width}}  {_shown(line, ends)}")
    for line in new:
        yield palette.paint("new", f"+ {'':>{width}}  {_shown(line, ends)}")
    for number, line in enumerate(below, start=first + len(old) + 1):
        yield palette.paint("dim", f"  {number:>{width}}  {visible(line)}")


def question_lines(approval: ApprovalView, palette: Palette) -> Iterator[str]:
    """What would run, what it touches, and why it is asked."""
    yield palette.paint("head", f"── {visible(approval.tool_call.title or 'A tool call')}?")
    yield f"   asks because: {visible(approval.why)}"
    for touched in approval.touches:
        yield f"   touches: {visible(touched)}"


def legend(keys: KeyTable, palette: Palette) -> str:
    """The keys in one line."""
    return "  ".join(f"{palette.paint('key', key)} {words}" for key, (_, words) in keys.items())


def help_lines(keys: KeyTable, palette: Palette) -> Iterator[str]:
    """The keys, a line each."""
    for key, (command, words) in keys.items():
        yield f"   {palette.paint('key', key)}  {words} — {HELP[command]}"


def _header(hunk: HunkView, root: Path) -> str:
    where = place(hunk.uri, root)
    match hunk.op:
        case "edit":
            what = f"{where}:{hunk.range.start.line + 1}"
        case "create":
            what = f"{where} (new file)"
        case _:
            what = f"{where} ({hunk.op} the file)"
    return f"{what} · hunk {hunk.index + 1}/{hunk.total} · {visible(hunk.title)}"


def _context(hunk: HunkView, text: str | None) -> tuple[Sequence[str], Sequence[str]]:
    """The lines above and below; none where the old text does not stand at the hunk's place."""
    first, last = hunk.range.start.line, hunk.range.end.line
    lines = split_lines(text) if text is not None else []
    if hunk.op != "edit" or "".join(lines[first:last]) != hunk.old_text:
        return (), ()
    return lines[max(0, first - CONTEXT) : first], lines[last : last + CONTEXT]


def _ends_differ(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether line ends are part of the change: then they are shown."""
    ends = [{line[len(line.rstrip("\r\n")) :] for line in lines} for lines in (old, new)]
    return bool(old) and bool(new) and ends[0] != ends[1]


def _shown(line: str, ends: bool) -> str:
    if not ends:
        return visible(line)
    tail = line[len(line.rstrip("\r\n")) :]
    names = {"\n": "⏎", "\r\n": "␍⏎", "": " (no line end)"}
    return visible(line) + names.get(tail, tail.encode("unicode_escape").decode("ascii"))
