"""Hunks as diagnostics: Hints with source `harness` and the hunk's id as code, published anew whenever they move.

Editors keep the old lines of diagnostics while a person types; only publishing again puts them right.
"""

from collections.abc import Sequence
from typing import Any

from bridge.app import wording
from bridge.app.bus import HunksMoved, Update
from bridge.harness.ids import SessionId, Uri
from bridge.harness.values.events import Decided, HunkFresh, HunkStale, Placed, Proposed, Recorded
from bridge.harness.workspace.review import HunkView
from bridge.surfaces.lsp.context import Context

SOURCE = "harness"
HINT, INFORMATION = 4, 3
MOST_IN_A_FILE = 200
MOST_IN_ALL = 1000
"""What a client is sent at most (design rule 4): the rest is counted in one line."""


class Publisher:
    """Keeps the client's diagnostics as the review stands."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context
        self._published: dict[Uri, int] = {}
        self._near: dict[Uri, int] = {}

    def on_update(self, session: SessionId, update: Update) -> None:
        """Publish the files that an update concerns."""
        live = self._context.runtime.session(session)
        match update:
            case HunksMoved(uri=uri):
                self.publish(uri)
            case Recorded(event=Proposed(proposal=proposal)):
                for file in proposal.files:
                    self.publish(file.uri)
            case Recorded(event=Decided(hunk=id_) | Placed(hunk=id_) | HunkStale(hunk=id_) | HunkFresh(hunk=id_)):
                if (view := live.review.find(id_)) is not None:
                    self.publish(view.hunk.uri)

    def look_near(self, uri: Uri, line: int) -> None:
        """The person is here: where there are too many hunks, the nearest are shown."""
        self._near[uri] = line

    def publish(self, uri: Uri) -> None:
        """Send a file's hunks; nothing where there are none and were none."""
        views = [view for _, view in self._context.runtime.hunks(uri) if view.hunk.op == "edit"]
        if not views and not self._published.get(uri):
            return
        shown = self._nearest(uri, views)
        rows = [self._diagnostic(view) for view in shown]
        if len(views) > len(shown):
            rows.append(_more(len(views) - len(shown)))
        self._published[uri] = len(shown)
        params = {"uri": self._context.editor.spelled(uri), "diagnostics": rows}
        self._context.peer.notify("textDocument/publishDiagnostics", params, f"diagnostics {uri}")

    def publish_all(self) -> None:
        """After a session was loaded."""
        for uri in {view.hunk.uri for _, view in self._context.runtime.hunks()}:
            self.publish(uri)

    def _nearest(self, uri: Uri, views: Sequence[HunkView]) -> list[HunkView]:
        elsewhere = sum(count for other, count in self._published.items() if other != uri)
        room = max(0, min(MOST_IN_A_FILE, MOST_IN_ALL - elsewhere))
        if len(views) <= room:
            return list(views)
        line = self._near.get(uri, 0)
        near = sorted(views, key=lambda view: abs(view.span.start - line))[:room]
        return sorted(near, key=lambda view: view.span.start)

    def _diagnostic(self, view: HunkView) -> dict[str, Any]:
        return {
            "range": line_range(view),
            "severity": HINT,
            "source": SOURCE,
            "code": view.hunk.id,
            "message": wording.message(view),
        }


def line_range(view: HunkView) -> dict[str, Any]:
    """The hunk's lines as a range that ends on its last line; for an insertion the line that it comes before."""
    start, end = view.span.start, max(view.span.end, view.span.start + 1)
    return {"start": {"line": start, "character": 0}, "end": {"line": end, "character": 0}}


def _more(count: int) -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    text = f"{count} more hunks in this file: decide some of these, or accept or reject all in the file"
    return {"range": {"start": start, "end": start}, "severity": INFORMATION, "source": SOURCE, "message": text}
