"""The life of one client: LSP's lifecycle over peer and dispatcher, one message at a time."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from anyio.abc import TaskGroup

from bridge.harness.isolate import isolate
from bridge.surfaces.lsp.capabilities import initialize_result
from bridge.surfaces.lsp.dispatch import Dispatcher, Route
from bridge.surfaces.lsp.framing import FrameError
from bridge.surfaces.lsp.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    SERVER_NOT_INITIALIZED,
    Invalid,
    Notification,
    Request,
    Response,
    RpcError,
    invalid_params,
    parse,
)
from bridge.surfaces.lsp.peer import Inbound, Peer

_log = logging.getLogger(__name__)


_NO_CAPABILITIES = invalid_params([{"path": "capabilities", "message": "an object is required"}])


class Surface(Protocol):
    """What is served. A module that can be served has `build(peer: Peer) -> Surface`."""

    @property
    def routes(self) -> Mapping[str, Route]:
        """All methods by name, complete from the start. Of the lifecycle's, `initialized` alone may be among them."""

    async def start(self, initialize: dict[str, Any], tasks: TaskGroup) -> None:
        """Begin, with the raw InitializeParams; what goes on does so in `tasks`. Later messages wait for the return."""

    def leave(self) -> None:
        """The client has gone, or is about to: handlers are cancelled next, which is nobody's wish to stop anything."""
        ...

    async def stop(self) -> None:
        """Finish; cut short after 3 seconds. Called once if `start` was called, with every handler answered."""


class Connection:
    """Takes what the decoder gives; `exit_code` is LSP's, should the client end now."""

    def __init__(
        self, peer: Peer, surface: Surface, tasks: TaskGroup, started: Callable[[dict[str, Any]], None]
    ) -> None:
        self._peer = peer
        self._surface = surface
        self._tasks = tasks
        self._started = started
        self._dispatcher = Dispatcher(surface.routes, peer, tasks)
        self._phase: Literal["new", "ready", "shut"] = "new"
        self.surface_started = False

    @property
    def exit_code(self) -> int:
        """0 after `shutdown`, else 1."""
        return 0 if self._phase == "shut" else 1

    async def take(self, item: bytes | FrameError, answered: bool = False) -> bool:
        """Handle one frame; False when the connection is over. `answered`: the front door has answered it."""
        if isinstance(item, FrameError):
            self._peer.reject(Invalid(None, PARSE_ERROR if item.fatal else INVALID_REQUEST, item.message))
            return not item.fatal
        match parse(item):
            case Request() as request:
                return await self._request(request, answered)
            case Notification() as notification:
                return self._notification(notification)
            case Response() as response:
                self._peer.deliver(response)
            case Invalid() as invalid:
                self._peer.reject(invalid)
        return True

    async def _request(self, request: Request, answered: bool) -> bool:
        if request.method == "initialize" and self._phase == "new":
            return await self._initialize(request, answered)
        if self._phase == "ready" and request.method not in {"initialize", "shutdown"}:
            self._dispatcher.request(request)
            return True
        inbound = self._peer.accept(request)
        if inbound is not None:
            self._lifecycle(inbound)
        return True

    def _lifecycle(self, inbound: Inbound) -> None:
        if self._phase == "new":
            self._peer.refuse(inbound, RpcError(SERVER_NOT_INITIALIZED, "The first request is `initialize`"))
        elif self._phase == "shut":
            self._peer.refuse(inbound, RpcError(INVALID_REQUEST, "The server has been shut down"))
        elif inbound.method == "initialize":
            self._peer.refuse(inbound, RpcError(INVALID_REQUEST, "The server is initialized already"))
        else:
            self._phase = "shut"
            self._peer.answer(inbound, None)
            self._surface.leave()
            self._peer.cancel_all()

    async def _initialize(self, request: Request, answered: bool) -> bool:
        inbound = None if answered else self._peer.accept(request)
        with isolate("initialize") as fault:
            params = request.params
            if not isinstance(params, dict) or not isinstance(params.get("capabilities"), dict):
                if inbound is not None:
                    self._peer.refuse(inbound, _NO_CAPABILITIES)
                return True
            self.surface_started = True
            await self._surface.start(params, self._tasks)
            self._phase = "ready"
            self._started(params)
            if inbound is not None:
                self._peer.answer(inbound, initialize_result(params))
        if fault.error is not None and inbound is not None:
            self._peer.refuse(inbound, RpcError(INTERNAL_ERROR, "Internal error", {"incident": fault.incident}))
        return fault.error is None

    def _notification(self, notification: Notification) -> bool:
        if notification.method == "exit":
            return False
        if self._phase != "ready":
            _log.debug("dropped the notification %.200r", notification.method)
        elif notification.method == "$/cancelRequest":
            if isinstance(notification.params, dict):
                self._peer.cancel(notification.params.get("id"))
        else:
            self._dispatcher.notification(notification)
        return True
