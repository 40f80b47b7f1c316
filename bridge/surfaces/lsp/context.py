"""What handlers are given: the client, and what serves it. Built once a connection, complete after `start`."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio.abc import TaskGroup

from bridge.app.bus import Bus
from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.harness.errors import TryLater
from bridge.harness.ids import Uri
from bridge.harness.workspace.documents import Documents
from bridge.surfaces.lsp.client import Client
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.editor import LspEditor
from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.mapping.review import Seen

PartT = TypeVar("PartT")
Handler = Callable[["Context", Any], Any]


class Context:
    """One connection's parts."""

    def __init__(self, peer: Peer) -> None:
        """The client and the runtime come with `begin`."""
        self.peer = peer
        self.editor = LspEditor(peer)
        self.documents = Documents()
        self.bus = Bus()
        self.current: Session | None = None
        self.on_resumed: Callable[[Session], None] = lambda _: None
        self._client: Client | None = None
        self._runtime: Runtime | None = None
        self._tasks: TaskGroup | None = None
        self.folders = Folders({})

    def begin(self, client: Client, folders: Folders, runtime: Runtime, tasks: TaskGroup) -> None:
        """The client has introduced itself."""
        self._client, self._runtime, self._tasks = client, runtime, tasks
        self.folders = folders
        self.editor.know(client.name, client.encoding, applies=client.applies_edits, saves=client.saves)

    @property
    def client(self) -> Client:
        """The client; no handler runs before it is known."""
        return self._known(self._client)

    @property
    def seen(self) -> Seen:
        """How the client sees the documents."""
        return Seen(self.editor.spelled, self._version, self.editor.keeps)

    def _version(self, uri: Uri) -> int | None:
        document = self.documents.get(uri)
        return document.version if document is not None else None

    @property
    def runtime(self) -> Runtime:
        """The use-cases."""
        return self._known(self._runtime)

    @property
    def free_words(self) -> bool:
        """Whether the model that would be asked now can be asked anything: the session's, where one is open."""
        session = self.current
        if session is None:
            return self.runtime.free_words
        return session.models.named(session.options.model).free_words

    @property
    def tasks(self) -> TaskGroup:
        """Where what outlives a request goes on."""
        return self._known(self._tasks)

    async def take_up(self, session: Session) -> None:
        """Go on where a loaded session's log ends: its questions are asked again, with the same ids."""
        await self.runtime.go_on(session)
        self.on_resumed(session)

    def notification(self, method: str, params: type[Any] | None, handler: Handler) -> Route:
        """A notification's route."""
        return Route(method, "notification", params, partial(handler, self))

    def request(
        self, method: str, params: type[Any] | None, handler: Handler, scope: Callable[[Any], str | None] | None = None
    ) -> Route:
        """A request's route; `scope` gives the key by which requests are kept in order."""
        return Route(method, "request", params, partial(handler, self), scope)

    def _known(self, part: PartT | None) -> PartT:
        if part is None:
            raise TryLater("busy", "the connection is not initialized yet")
        return part
