"""The production surface: the route table, and a runtime for one client."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup, TaskStatus

from bridge.app.bootstrap import running
from bridge.app.bus import Bus, Update
from bridge.app.session import Session
from bridge.app.settings import Settings, environment_settings
from bridge.harness.ids import SessionId
from bridge.harness.isolate import isolate
from bridge.harness.values.model import ReasoningDelta, TextDelta
from bridge.surfaces.lsp.client import Client
from bridge.surfaces.lsp.configured import configured, without_limits
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.handlers import config, documents, permission, review, usage
from bridge.surfaces.lsp.handlers.commands import Commands
from bridge.surfaces.lsp.handlers.language import Language
from bridge.surfaces.lsp.handlers.sessions import Sessions
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.questions import Questions
from bridge.surfaces.lsp.queued import Queue
from bridge.surfaces.lsp.review.costs import Costs
from bridge.surfaces.lsp.review.publisher import Publisher
from bridge.surfaces.lsp.review.refresh import Refresher
from bridge.surfaces.lsp.review.show import WARNING, show_text
from bridge.surfaces.lsp.review.shown import Shown
from bridge.surfaces.lsp.review.virtual import VirtualDocuments
from bridge.surfaces.lsp.updates import UpdateStream

SETTLE_S = 1.0
"""After `initialized` an editor opens its documents; a review of an earlier life is taken up when they are known."""


class BridgeSurface:
    """What the loop serves."""

    def __init__(self, peer: Peer) -> None:
        """The routes are complete from the start; the runtime comes with the client."""
        self._context = Context(peer)
        self._progress = Progress(self._context)
        virtual = VirtualDocuments(self._context)
        self._shown = Shown(Publisher(self._context), Refresher(self._context, virtual), virtual)
        self._questions = Questions(self._context)
        self._queue = Queue(self._context)
        self._costs = Costs(self._context)
        self._stream = UpdateStream(self._context)
        self._records = Bus()
        self._context.on_resumed = self._resumed
        self._opened = anyio.Event()
        self._stop = anyio.Event()
        self._stopped = anyio.Event()
        self.routes: Mapping[str, Route] = {route.method: route for route in self._routes()}

    async def start(self, initialize: dict[str, Any], tasks: TaskGroup) -> None:
        """Build the runtime for this client."""
        client, folders = Client.of(initialize), Folders(initialize)
        context = self._context
        settings, remarks = configured(environment_settings(os.environ), client.options)
        await tasks.start(self._live, client, settings, folders, tasks)
        shown, asked = self._shown, (self._questions, self._queue, self._costs)
        for listener in (shown.publisher, shown.refresher, *asked, self._progress):
            self._records.subscribe(listener.on_update)
        if client.wants_updates:
            self._records.subscribe(self._stream.on_update)
        context.bus.subscribe(self._hear)
        context.documents.listen(lambda _: self._opened.set())
        limits = without_limits(settings, client.unlimited)
        for complaint in filter(None, (client.complaint, *limits, *remarks)):
            show_text(context, complaint, kind=WARNING)

    def _hear(self, session: SessionId, update: Update) -> None:
        """Pieces of messages come by the thousand a second: they go to those alone who do something with them."""
        if not isinstance(update, TextDelta | ReasoningDelta):
            self._records.publish(session, update)
            return
        self._progress.on_piece(session)
        if self._context.client.wants_updates:
            self._stream.on_update(session, update)

    def leave(self) -> None:
        """Turns are suspended and what is queued stays so, although those who wait for them are cancelled."""
        self._queue.leave()
        self._context.runtime.leave()

    async def stop(self) -> None:
        """Suspend what runs: the logs are enough to go on."""
        self._stop.set()
        await self._stopped.wait()

    def initialized(self, _: Context, params: object) -> None:
        """Take up what waited when the bridge last stopped; clients of our own load sessions themselves."""
        root = self._context.folders.first
        if self._context.client.harness is None and root is not None:
            self._context.tasks.start_soon(self._take_up_open, root)

    def folders_changed(self, _: Context, params: dict[str, Any]) -> None:
        """Sessions keep the boundary that they were opened with; later ones go by the new folders."""
        self._context.tasks.start_soon(self._change_folders, params)

    def _routes(self) -> list[Route]:
        context = self._context
        return [
            context.notification("initialized", None, self.initialized),
            context.notification("workspace/didChangeWorkspaceFolders", dict, self.folders_changed),
            context.notification("$/setTrace", None, _ignored),
            *documents.routes(context),
            *review.routes(context),
            *permission.routes(context),
            *config.routes(context),
            *usage.routes(context),
            *Sessions(context, self._progress, self._queue, self._stream).routes(),
            *Commands(context, self._progress, self._questions, self._queue, self._shown).routes(),
            *Language(context, self._progress, self._shown, self._costs).routes(),
        ]

    async def _live(
        self, client: Client, settings: Settings, folders: Folders, tasks: TaskGroup, *, task_status: TaskStatus[None]
    ) -> None:
        """The runtime's life, in a task of its own: what runs in it is suspended when it ends."""
        context = self._context
        try:
            async with running(settings, context.editor, context.documents, context.bus) as runtime:
                context.begin(client, folders, runtime, tasks)
                task_status.started()
                await self._stop.wait()
        finally:
            self._stopped.set()

    async def _change_folders(self, raw: dict[str, Any]) -> None:
        with isolate("a change of folders"):
            await self._context.folders.change(raw)

    async def _take_up_open(self, root: Path) -> None:
        with anyio.move_on_after(SETTLE_S):
            await self._opened.wait()
        with isolate("taking up open sessions"):
            for session in await self._context.runtime.resume_open(str(root)):
                self._context.current = session
                await self._context.take_up(session)

    def _resumed(self, session: Session) -> None:
        """Everything that waits is shown and asked again, with the ids it had."""
        self._shown.all()
        for approval in session.approvals.pending():
            self._questions.ask(approval)
        views = [view for view in session.review.views() if view.state.open]
        self._questions.ask_about_files([view.hunk for view in views])
        if session.turn is not None:
            self._context.tasks.start_soon(self._progress.begin, session, session.turn, None)
        if views and not self._context.client.wants_updates:
            count = "1 hunk waits" if len(views) == 1 else f"{len(views)} hunks wait"
            show_text(self._context, f"A review goes on: {count} for you ({session.transcript.title})")


def build(peer: Peer) -> BridgeSurface:
    """What `loop.run` serves in production."""
    return BridgeSurface(peer)


def _ignored(_: Context, params: object) -> None:
    """Announced so that clients may send it; there is nothing to do."""
