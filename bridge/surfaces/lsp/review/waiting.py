"""The hunks that a client is shown by standard LSP: which of them, and of too many the nearest to the person."""

from collections.abc import Sequence
from typing import Any

from bridge.app.bus import HunksMoved, Update
from bridge.harness.ids import HunkId, SessionId, Uri
from bridge.harness.values.events import (
    Decided,
    FileFollowed,
    HunkFresh,
    HunkSplit,
    HunkStale,
    Placed,
    Proposed,
    Recorded,
)
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.context import Context

MOST_IN_A_FILE = 200
"""What a client is sent of a file at most (design rule 4): the rest is counted in one line."""


def waiting(context: Context, uri: Uri) -> list[HunkView]:
    """The hunks in the lines of a file that wait for the person, by place; none where the client shows them itself.

    One that is being applied does not wait: its mark would be pushed below its own new lines.
    """
    if context.client.shows_hunks:
        return []
    views = (view for _, view in context.runtime.hunks(uri))
    return [view for view in views if view.hunk.op == "edit" and view.state.open]


def nearest(views: Sequence[HunkView], line: int, room: int = MOST_IN_A_FILE) -> list[HunkView]:
    """Those that there is room for, by place: the nearest to a line."""
    if len(views) <= room:
        return list(views)
    near = sorted(views, key=lambda view: abs(view.span.start - line))[: max(room, 0)]
    return sorted(near, key=lambda view: view.span.start)


def is_working(context: Context) -> bool:
    """Whether the agent works on what was asked here: it can be stopped, and asked nothing else.

    When a turn's end is told it is in the log; that its task is done comes a moment later, and nobody tells of it.
    """
    session = context.current
    return session is not None and session.turn is not None and session.transcript.turn is not None


def files_of(context: Context, session: SessionId, update: Update) -> list[Uri]:
    """The files whose hunks an update concerns."""
    match update:
        case HunksMoved(uri=uri):
            return [uri]
        case Recorded(event=Proposed(proposal=proposal)):
            return [file.uri for file in proposal.files]
        case Recorded(event=Decided(hunk=id_) | Placed(hunk=id_) | HunkStale(hunk=id_) | HunkFresh(hunk=id_)):
            return _file_of(context, session, id_)
        case Recorded(event=HunkSplit(hunk=id_)):
            return _file_of(context, session, id_)
        case Recorded(event=FileFollowed(uri=uri)):
            return [uri]
    return []


def last_line(text: str) -> int:
    """The last line that an editor has of a text. Most have none after a final line end."""
    return max(text.count("\n") - text.endswith("\n"), 0)


def point(line: int, character: int = 0) -> dict[str, Any]:
    """An empty LSP range."""
    at = {"line": line, "character": character}
    return {"start": at, "end": at}


def _file_of(context: Context, session: SessionId, id_: HunkId) -> list[Uri]:
    view = context.runtime.session(session).review.find(id_)
    return [view.hunk.uri] if view is not None else []
