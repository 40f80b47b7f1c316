"""Where the person is, as the agent is told: a place or a selection in characters, and the documents they have open."""

import sys

from bridge.harness.ids import Uri
from bridge.harness.values.events import PromptContext
from bridge.harness.workspace.spans import LineIndex
from bridge.harness.workspace.uris import to_path
from bridge.protocol import review as wire
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context

MOST_OPEN = 20
"""Open documents that the agent is told of: those opened last."""


def place(context: Context, uri: Uri, range_: lsp.Range | wire.Range) -> PromptContext:
    """A range of a document; an empty one is the cursor. Of one that is not open the columns are not known."""
    start, end = range_.start, range_.end
    empty = (start.line, start.character) == (end.line, end.character)
    last = None if empty else lines(range_)[1]
    document = context.documents.get(uri)
    if document is None:
        return PromptContext(uri, start.line, last, open=opened(context))
    index = LineIndex(document.text)
    column = _column(context, index, start.line, start.character)
    if last is None:
        return PromptContext(uri, start.line, None, column, open=opened(context))
    end_column = _column(context, index, last, end.character if last == end.line else sys.maxsize)
    return PromptContext(uri, start.line, last, column, end_column, opened(context))


def whole_lines(context: Context, uri: Uri, line: int | None, end: int | None) -> PromptContext:
    """Lines of a document, or the document alone."""
    return PromptContext(uri, line, end, open=opened(context))


def lines(range_: lsp.Range | wire.Range) -> tuple[int, int]:
    """The first and the last line of a range. One that ends before a line's first character does not reach it."""
    first, end = range_.start.line, range_.end.line
    reaches = range_.end.character > 0 or end <= first
    return first, max(end if reaches else end - 1, first)


def opened(context: Context) -> tuple[Uri, ...]:
    """What the person has open in the workspace, in the order of opening."""
    found = [document.uri for document in context.documents.all() if _is_inside(context, document.uri)]
    return tuple(found[-MOST_OPEN:])


def _is_inside(context: Context, uri: Uri) -> bool:
    """What lies elsewhere is nothing that the agent has to know of."""
    path = to_path(uri)
    root = context.folders.holding(path)
    return path is not None and root is not None and path.is_relative_to(root)


def _column(context: Context, index: LineIndex, line: int, character: int) -> int:
    return index.offset(line, character, context.editor.encoding) - index.offset_of_line(line)
