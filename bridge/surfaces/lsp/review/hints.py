"""Inlay hints: at the end of a hunk's first line, what the agent wants to do there."""

from typing import Any

from bridge.app import wording
from bridge.harness.ids import Uri
from bridge.harness.workspace.spans import LineIndex
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.waiting import last_line, nearest, waiting


def inlay_hints(context: Context, uri: Uri, first: int, last: int) -> list[dict[str, Any]]:
    """The hints on lines [first, last] of an open document; of too many hunks those nearest to the first line."""
    document = context.documents.get(uri)
    views = waiting(context, uri)
    if document is None or not views:
        return []
    end = last_line(document.text)
    here = [view for view in views if first <= min(view.span.start, end) <= last]
    index = LineIndex(document.text)
    return [
        {
            "position": line_end(context, index, document.text, min(view.span.start, end)),
            "label": wording.hint(view),
            "tooltip": wording.preview(view),
            "paddingLeft": True,
        }
        for view in nearest(here, first)
    ]


def line_end(context: Context, index: LineIndex, text: str, line: int) -> dict[str, int]:
    """The end of a line of a document, before its line end, as the client counts."""
    end = index.offset_of_line(line + 1)
    at = index.position(end - text.endswith("\n", 0, end), context.editor.encoding)
    return {"line": at[0], "character": at[1]}
