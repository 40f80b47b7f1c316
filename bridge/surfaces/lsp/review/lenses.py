"""Code lenses: the decisions on each hunk that waits, where it stands, and what can be asked of the agent."""

from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from bridge.app import wording
from bridge.harness.ids import Uri
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.entries import MOST_INSTRUCTIONS, ask, instructions
from bridge.surfaces.lsp.review.menu import command
from bridge.surfaces.lsp.review.waiting import is_working, last_line, nearest, point, waiting

Lens = tuple[int, dict[str, Any]]
"""A line, and the command of the lens that stands on it."""


def code_lenses(context: Context, uri: Uri, near: int) -> list[dict[str, Any]]:
    """The lenses of a document; of too many hunks those nearest to the line `near` have theirs.

    Some editors put the lenses of a line in the order of their columns (Neovim), and editors show none below the last
    line. Columns past a line's end mean its end, by LSP.
    """
    lenses = sorted([*_of_hunks(context, uri, near), *_of_instructions(context, uri)], key=itemgetter(0))
    document, columns = context.documents.get(uri), Counter[int]()
    rows = []
    for line, each in lenses:
        shown = min(line, last_line(document.text)) if document is not None else line
        rows.append({"range": point(shown, columns[shown]), "command": each})
        columns[shown] += 1
    return rows


def _of_hunks(context: Context, uri: Uri, near: int) -> Iterator[Lens]:
    views = waiting(context, uri)
    shown = nearest(views, near)
    if len(views) > len(shown):
        title = f"{len(views) - len(shown)} more hunks in this file"
        yield 0, command(title, "harness.next", {"hunkId": shown[-1].hunk.id})
    for view in shown:
        for each in _of_hunk(view):
            yield view.span.start, each


def _of_hunk(view: HunkView) -> Iterator[dict[str, Any]]:
    hunk, words = {"hunkId": view.hunk.id}, wording.words(view)
    if view.state.stale is None:
        yield command(words.accept, "harness.accept", hunk)
        yield command(words.reject, "harness.reject", hunk)
    else:
        yield command("Dismiss", "harness.reject", hunk)
        if view.state.stale == "overlap":
            yield command("Apply anyway", "harness.applyAnyway", hunk)
    yield command(f"{view.index}/{view.total}", "harness.next", hunk)
    yield command("Show", "harness.show", hunk)


def _of_instructions(context: Context, uri: Uri) -> Iterator[Lens]:
    """On each instruction comment: ask, or stop while the agent works."""
    working = context.current if is_working(context) else None
    for instruction in instructions(context, uri)[:MOST_INSTRUCTIONS]:
        if working is not None:
            stop = command("Agent is working — stop", "harness.cancel", {"sessionId": working.id})
            yield instruction.line, stop
        else:
            yield instruction.line, ask(context.editor.spelled(uri), instruction)["command"]
