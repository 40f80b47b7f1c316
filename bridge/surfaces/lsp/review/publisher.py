"""Hunks as diagnostics: Hints with source `harness` and the hunk's id as code, published anew whenever they move.

Editors keep the old lines of diagnostics while a person types; only publishing again puts them right.
"""

from typing import Any

from bridge.app import wording
from bridge.app.bus import Update
from bridge.harness.ids import HunkId, SessionId, Uri
from bridge.harness.values.events import FileFollowed, Recorded, TurnEnded
from bridge.harness.workspace.spans import LineIndex
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.joined import Joined
from bridge.surfaces.lsp.review.waiting import MOST_IN_A_FILE, files_of, nearest, point, waiting

SOURCE = "harness"
HOW = "Decide it with a code action on this line."
HINT, INFORMATION = 4, 3
MOST_IN_ALL = 1000
"""What a client is sent at most of all files together (design rule 4): the rest is counted in one line."""


class Publisher:
    """Keeps the client's diagnostics as the review stands."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context
        self._published: dict[Uri, frozenset[HunkId]] = {}
        self._cut: set[Uri] = set()
        self._near: dict[Uri, int] = {}
        self._joined = Joined("the diagnostics of a file", lambda: context.tasks, self.publish)

    def on_update(self, session: SessionId, update: Update) -> None:
        """Publish the files that an update concerns; once for all that happens in a moment."""
        for uri in files_of(self._context, session, update):
            self._joined.ask(uri)
        match update:
            case Recorded(event=FileFollowed()):
                for uri in self._published:  # what stands under the old name, whichever that was, goes
                    self._joined.ask(uri)
            case Recorded(event=TurnEnded()):
                self._joined.flush()  # who is told of the end sees the review as it ended

    def near(self, uri: Uri) -> int:
        """The line of a file where the person was last seen."""
        return self._near.get(uri, 0)

    def look_near(self, uri: Uri, line: int) -> bool:
        """The person is here: where there are too many hunks, the nearest are shown. Whether these are other ones."""
        self._near[uri] = line
        if uri in self._cut and (shown := self._published[uri]):
            first = nearest(waiting(self._context, uri), line, 1)
            if first and first[0].hunk.id not in shown:
                self.publish(uri)
                return True
        return False

    def publish(self, uri: Uri) -> None:
        """Send a file's hunks; nothing where there are none and were none."""
        views = waiting(self._context, uri)
        if not views and uri not in self._published:
            return
        before = self._published.pop(uri, frozenset())
        self._cut.discard(uri)
        shown = nearest(views, self.near(uri), self._room())
        rows = [self._diagnostic(view) for view in shown]
        if len(views) > len(shown):
            rows.append(_more(len(views) - len(shown)))
            self._cut.add(uri)
        if views:
            self._published[uri] = frozenset(view.hunk.id for view in shown)
        params = {"uri": self._context.editor.spelled(uri), "diagnostics": rows}
        self._context.peer.notify("textDocument/publishDiagnostics", params, f"diagnostics {uri}")
        if len(shown) < len(before):
            self._fill(uri)

    def publish_all(self) -> None:
        """After a session was loaded."""
        for uri in {view.hunk.uri for _, view in self._context.runtime.hunks()}:
            self.publish(uri)

    def _fill(self, emptied: Uri) -> None:
        """There is room again: files that were cut short have it."""
        for uri in sorted(self._cut - {emptied}):
            if self._room() > 0:
                self.publish(uri)

    def _room(self) -> int:
        return min(MOST_IN_A_FILE, MOST_IN_ALL - sum(map(len, self._published.values())))

    def _range(self, view: HunkView) -> dict[str, Any]:
        """Editors that have no line after the last one would mark a single column of a hunk that ends there."""
        found, document = line_range(view), self._context.documents.get(view.hunk.uri)
        if document is not None and found["end"]["line"] >= document.text.count("\n"):
            at = LineIndex(document.text).position(_end_of(document.text), self._context.editor.encoding)
            found["end"] = {"line": at[0], "character": at[1]}
        return found

    def _diagnostic(self, view: HunkView) -> dict[str, Any]:
        return {
            "range": self._range(view),
            "severity": HINT,
            "source": SOURCE,
            "code": view.hunk.id,
            # Editors put the code behind the last line: not behind a line of the change.
            "message": f"{wording.message(view)}\n{HOW}",
        }


def _end_of(text: str) -> int:
    """Where the last line's characters end, before its line end."""
    return len(text) - (2 if text.endswith("\r\n") else 1 if text.endswith("\n") else 0)


def line_range(view: HunkView) -> dict[str, Any]:
    """The hunk's lines as a range that ends on its last line; for an insertion the line that it comes before."""
    start, end = view.span.start, max(view.span.end, view.span.start + 1)
    return {"start": {"line": start, "character": 0}, "end": {"line": end, "character": 0}}


def _more(count: int) -> dict[str, Any]:
    text = f"{count} more hunks in this file: decide some of these, or accept or reject all in the file"
    return {"range": point(0), "severity": INFORMATION, "source": SOURCE, "message": text}
