"""The changes of a `textDocument/didChange`, as changes of text."""

from collections.abc import Sequence

from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Encoding, LineIndex, apply_step
from bridge.surfaces.lsp import params as lsp


def apply_events(text: str, events: Sequence[lsp.ContentChange], encoding: Encoding) -> tuple[str, list[TextChange]]:
    """The text after the events, and each event as a change of the text that the one before it left.

    Editors tell many changes at once from the last to the first, as when a document is formatted. One that ends where
    the one before begins, or above, finds its lines unchanged: one line index serves such a run, and the text is put
    together once.
    """
    changes: list[TextChange] = []
    run: list[TextChange] = []
    index = LineIndex(text)
    for event in events:
        if run and not _is_above(event, index.position(run[-1].start, encoding)):
            text, run = apply_step(text, run[::-1]), []
            index = LineIndex(text)
        run.append(_change(index, len(text), event, encoding))
        changes.append(run[-1])
    return apply_step(text, run[::-1]), changes


def _is_above(event: lsp.ContentChange, top: tuple[int, int]) -> bool:
    return event.range is not None and (event.range.end.line, event.range.end.character) <= top


def _change(index: LineIndex, length: int, event: lsp.ContentChange, encoding: Encoding) -> TextChange:
    """A whole-document event replaces everything; it is refined by lines where hunks are moved."""
    if event.range is None:
        return TextChange(0, length, event.text)
    start = index.offset(event.range.start.line, event.range.start.character, encoding)
    end = index.offset(event.range.end.line, event.range.end.character, encoding)
    return TextChange(start, max(start, end), event.text)
