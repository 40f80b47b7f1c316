"""Documents that only we have, for clients that open them (LSP 3.18, `workspace/textDocumentContent`).

- `harness:/hunk/<hunk id>.diff`: a hunk as `-` and `+` lines. It never changes.
- `harness:/proposal/<hunk id>/<file name>`: the hunk's file as it would be with all hunks that wait.
"""

import re
from urllib.parse import quote

from bridge.app import wording
from bridge.app.session import Session
from bridge.harness.errors import NotFound
from bridge.harness.ids import HunkId, Uri
from bridge.harness.workspace.uris import to_path
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.capabilities import CONTENT_SCHEME
from bridge.surfaces.lsp.context import Context

WHOLE_LINES = 100_000
"""A preview that a person asked for is cut only here."""

MOST_KNOWN = 100
"""Proposals whose changes a client is told of: those that it asked for last. Nobody says when one is closed."""

_HUNK = re.compile(rf"{CONTENT_SCHEME}:(?://)?/hunk/(\w+)\.diff")
_PROPOSAL = re.compile(rf"{CONTENT_SCHEME}:(?://)?/proposal/(\w+)/[^/]+")


class VirtualDocuments:
    """One client's: their texts, and which of them it has been given."""

    def __init__(self, context: Context) -> None:
        """One a connection."""
        self._context = context
        self._given: dict[str, HunkId] = {}

    async def text(self, uri: str) -> str:
        """The text now. Raises `NotFound` for an unknown document, `FileProblem` where its file can't be read."""
        if found := _HUNK.fullmatch(uri):
            return diff(self._context.runtime.hunk(HunkId(found[1]))[1])
        if found := _PROPOSAL.fullmatch(uri):
            session, view = self._context.runtime.hunk(HunkId(found[1]))
            self._remember(uri, view.hunk.id)
            return await _proposed(session, view)
        raise NotFound("unknown_hunk", f"there is no document {uri}")

    def of_file(self, file: Uri) -> list[str]:
        """The proposals for a file that the client has been given."""
        return [uri for uri, id_ in self._given.items() if self._file_of(id_) == file]

    def _file_of(self, id_: HunkId) -> Uri | None:
        """The person may have given the file another name since; a session may have been closed."""
        found = (session.review.find(id_) for session in self._context.runtime.sessions())
        return next((view.hunk.uri for view in found if view is not None), None)

    def _remember(self, uri: str, id_: HunkId) -> None:
        self._given.pop(uri, None)
        self._given[uri] = id_
        while len(self._given) > MOST_KNOWN:
            self._given.pop(next(iter(self._given)))


def is_ours(uri: Uri) -> bool:
    """Whether it is a document that only we have: the person reads in it, and the agent knows nothing of it."""
    return uri.startswith(f"{CONTENT_SCHEME}:")


def diff(view: HunkView) -> str:
    """A hunk as `-` and `+` lines, whole."""
    return wording.preview(view, limit=WHOLE_LINES) + "\n"


def hunk_uri(view: HunkView) -> Uri:
    """The document that shows a hunk best: what changes, or the new file."""
    if view.hunk.op == "create":
        return proposal_uri(view)
    return Uri(f"{CONTENT_SCHEME}:/hunk/{view.hunk.id}.diff")


def proposal_uri(view: HunkView) -> Uri:
    """The document with the file as it would be."""
    path = to_path(view.hunk.uri)
    name = quote(path.name if path is not None else "document", safe="")
    return Uri(f"{CONTENT_SCHEME}:/proposal/{view.hunk.id}/{name}")


async def _proposed(session: Session, view: HunkView) -> str:
    """A file that is not there yet is its hunk's new text; one that goes is empty."""
    if view.hunk.op == "create" and not view.state.stands:
        return view.hunk.new
    if view.hunk.op == "delete":
        return ""
    return (await session.workspace.read(session.workspace.locate(view.hunk.uri))).text
