"""From a message to its handler and from what the handler gives to the one answer."""

import inspect
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import anyio
from anyio.abc import TaskGroup
from pydantic import ValidationError

from bridge.harness.errors import BridgeError
from bridge.harness.isolate import Fault, isolate
from bridge.protocol.base import Wire
from bridge.protocol.errors import BY_KIND
from bridge.surfaces.lsp.jsonrpc import (
    INTERNAL_ERROR,
    METHOD_NOT_FOUND,
    REQUEST_CANCELLED,
    Notification,
    Request,
    RpcError,
    invalid_params,
    wrong_fields,
)
from bridge.surfaces.lsp.peer import Inbound, Peer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """How one method of the client is served.

    `params` is a wire model, `dict` for an object taken as it is, or None where there are none (the handler is then
    given None). A notification's handler is a plain function and runs before the next message is looked at; a
    request's may be async. It returns JSON, a wire model, or a list of them.
    Requests whose `scope` gives the same key run one after another, in order; None runs beside all others.
    """

    method: str
    kind: Literal["request", "notification"]
    params: type[Wire] | type[dict[str, Any]] | None
    handler: Callable[[Any], Any]
    scope: Callable[[Any], str | None] | None = None

    def __post_init__(self) -> None:
        if self.kind == "notification" and inspect.iscoroutinefunction(self.handler):
            raise TypeError(f"{self.method}: the handler of a notification is not async")


@dataclass(slots=True, eq=False)
class _Lane:
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    users: int = 0


class Dispatcher:
    """Serves the methods of a route table; each request that it is given gets exactly one answer."""

    def __init__(self, routes: Mapping[str, Route], peer: Peer, tasks: TaskGroup) -> None:
        self._routes = routes
        self._peer = peer
        self._tasks = tasks
        self._lanes: dict[str, _Lane] = {}

    def request(self, message: Request) -> None:
        """Validate now, run in a task of its own; what is refused is answered at once."""
        inbound = self._peer.accept(message)
        if inbound is None:
            return
        with isolate(f"the params of {message.method!r}") as fault:
            try:
                route = self._route(message.method)
                params = self._params(route, message.params)
                lane = route.scope(params) if route.scope else None
            except (RpcError, BridgeError) as error:
                self._peer.refuse(inbound, _told(error))
            else:
                self._tasks.start_soon(self._run, inbound, route, params, lane)
        if fault.error is not None:
            self._peer.refuse(inbound, _internal(fault))

    def notification(self, message: Notification) -> None:
        """Run the handler now; an unknown method is ignored, a failure only logged, as there is nobody to answer."""
        route = self._routes.get(message.method)
        if route is None or route.kind != "notification":
            _log.debug("ignored the notification %.200r", message.method)
            return
        with isolate(f"the notification {message.method!r}"):
            try:
                route.handler(self._params(route, message.params))
            except RpcError as error:
                _log.warning("ignored a malformed notification %r: %s", message.method, error.data)

    def _route(self, method: str) -> Route:
        route = self._routes.get(method)
        if route is None or route.kind != "request":
            _log.info("no such method: %.200r", method)
            raise RpcError(METHOD_NOT_FOUND, "Method not found")
        return route

    def _params(self, route: Route, raw: Any) -> Any:
        if route.params is None:
            return None
        if not issubclass(route.params, Wire):
            if not isinstance(raw, dict):
                raise invalid_params([{"path": "", "message": "an object is required"}])
            return raw
        try:
            return route.params.parse({} if raw is None else raw)
        except ValidationError as error:
            raise wrong_fields(error) from None

    async def _run(self, inbound: Inbound, route: Route, params: Any, lane: str | None) -> None:
        try:
            with inbound.scope:
                async with self._in_lane(lane):
                    await self._call(inbound, route, params)
        finally:
            # Says nothing where the handler has brought its answer.
            self._peer.refuse(inbound, _CANCELLED)

    async def _call(self, inbound: Inbound, route: Route, params: Any) -> None:
        failure: RpcError | None = None
        with isolate(f"the request {route.method!r}") as fault:
            try:
                result = route.handler(params)
                if inspect.isawaitable(result):
                    result = await result
                self._peer.answer(inbound, self._to_wire(result))
            except (RpcError, BridgeError) as error:
                failure = _told(error)
        if fault.error is not None:
            failure = _internal(fault)
        if failure is not None:
            self._peer.refuse(inbound, _CANCELLED if inbound.scope.cancel_called else failure)

    @asynccontextmanager
    async def _in_lane(self, key: str | None) -> AsyncIterator[None]:
        if key is None:
            yield
            return
        lane = self._lanes.setdefault(key, _Lane())
        lane.users += 1
        try:
            async with lane.lock:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[key]

    def _to_wire(self, result: Any) -> Any:
        if isinstance(result, Wire):
            return result.dump()
        if isinstance(result, (list, tuple)):
            return [self._to_wire(item) for item in result]
        return result


_CANCELLED = RpcError(REQUEST_CANCELLED, "Request cancelled")


def _told(error: RpcError | BridgeError) -> RpcError:
    if isinstance(error, RpcError):
        return error
    return RpcError(BY_KIND[error.kind].code, str(error), {"kind": error.kind, "hint": error.hint})


def _internal(fault: Fault) -> RpcError:
    return RpcError(INTERNAL_ERROR, "Internal error", {"incident": fault.incident})
