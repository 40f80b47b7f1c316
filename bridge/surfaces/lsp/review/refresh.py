"""Asks the client to ask again for what it shows: code lenses, inlay hints, virtual documents."""

import logging

import anyio

from bridge.app.bus import HunksMoved, Update
from bridge.harness.ids import SessionId, Uri
from bridge.harness.isolate import isolate
from bridge.harness.values.events import Prompt, Recorded, StepEnded, TurnEnded
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.joined import JOIN_S
from bridge.surfaces.lsp.peer import RemoteError
from bridge.surfaces.lsp.review.virtual import VirtualDocuments
from bridge.surfaces.lsp.review.waiting import files_of

logger = logging.getLogger(__name__)

REPLY_S = 10.0
"""A client that is busy answers late; one that never does is asked again then."""

LENSES = "workspace/codeLens/refresh"
HINTS = "workspace/inlayHint/refresh"
CONTENT = "workspace/textDocumentContent/refresh"


class Refresher:
    """One request of a kind is under way at a time: what happens meanwhile is one more.

    A request waits a moment, for what else happens in it and until the editor has drawn the diagnostics: Neovim takes
    the hints of before for the new ones where it draws the window between a refresh and our answer.
    """

    def __init__(self, context: Context, documents: VirtualDocuments) -> None:
        """Subscribe `on_update` to the bus, after the session's own state."""
        self._context = context
        self._documents = documents
        self._wanted: set[tuple[str, str]] = set()
        self._running: set[tuple[str, str]] = set()

    def on_update(self, session: SessionId, update: Update) -> None:
        """What an update concerns. Editors move lenses and hints by themselves, and ask again when a text changes."""
        files = files_of(self._context, session, update)
        for file in dict.fromkeys(files):
            self._ask_for_content(file)
        if isinstance(update, HunksMoved):
            return
        if files:
            self.marks()
        elif isinstance(update, Recorded) and isinstance(update.event, Prompt | TurnEnded):
            self.marks(hints=False)  # what can be asked, or stopped
        elif isinstance(update, Recorded) and isinstance(update.event, StepEnded):
            self._costs(update.event)

    def _costs(self, ended: StepEnded) -> None:
        """A comment that began the turn shows what it has cost."""
        if ended.spent is not None and ended.spent.usage is not None and self._context.client.refreshes_hints:
            self._ask(HINTS, "")

    def marks(self, *, hints: bool = True) -> None:
        """The lenses, and the hints."""
        if self._context.client.refreshes_lenses:
            self._ask(LENSES, "")
        if hints and self._context.client.refreshes_hints:
            self._ask(HINTS, "")

    def _ask_for_content(self, file: Uri) -> None:
        for uri in self._documents.of_file(file):
            self._ask(CONTENT, uri)

    def _ask(self, method: str, uri: str) -> None:
        key = method, uri
        self._wanted.add(key)
        if key not in self._running:
            self._running.add(key)
            self._context.tasks.start_soon(self._run, method, uri)

    async def _run(self, method: str, uri: str) -> None:
        key = method, uri
        try:
            while key in self._wanted:
                await anyio.sleep(JOIN_S)
                self._wanted.discard(key)
                with isolate(f"the request {method}"):
                    await self._request(method, {"uri": uri} if uri else None)
        finally:
            self._running.discard(key)

    async def _request(self, method: str, params: dict[str, str] | None) -> None:
        try:
            await self._context.peer.request(method, params, REPLY_S)
        except (RemoteError, TimeoutError):
            logger.info("the client did not answer %s", method)
