"""Correlation of requests and answers in both directions, and nothing else: no meaning, no framing, no threads."""

import logging
from dataclasses import dataclass, field
from typing import Any, Protocol

import anyio

from bridge.surfaces.lsp import strictjson
from bridge.surfaces.lsp.framing import frame
from bridge.surfaces.lsp.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    Id,
    Invalid,
    Request,
    Response,
    RpcError,
)

_log = logging.getLogger(__name__)


class RemoteError(Exception):
    """The client answered our request with an error, or with something that is no answer (`code` -32603)."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.data = data


class Sender(Protocol):
    """Where framed bytes go: an Outbox."""

    def send(self, frame: bytes, key: str | None = None) -> None:
        """Take one frame; a key says which earlier frame it may replace."""


@dataclass(slots=True, eq=False)
class Inbound:
    """A request of the client that has no answer yet; cancelling `scope` cancels its handler."""

    id: Id
    method: str
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)


@dataclass(slots=True, eq=False)
class _Waiter:
    done: anyio.Event = field(default_factory=anyio.Event)
    response: Response | None = None


class Peer:
    """The other end of the wire. All methods belong to the event loop's thread."""

    def __init__(self, outbox: Sender) -> None:
        self._outbox = outbox
        # 1, "1", 1.0 and True are four ids to JSON; the type in the key keeps them apart.
        self._inbound: dict[tuple[type, Id], Inbound] = {}
        self._outbound: dict[str, _Waiter] = {}
        self._asked = 0
        self._quiet = anyio.Event()

    # The client asks.

    def accept(self, request: Request) -> Inbound | None:
        """Open a request. None where its id is in flight: refused with id null, as its own would settle the first."""
        key = (type(request.id), request.id)
        if key in self._inbound:
            self.reject(Invalid(None, INVALID_REQUEST, "A request with this id is in flight"))
            return None
        inbound = self._inbound[key] = Inbound(request.id, request.method)
        return inbound

    def answer(self, inbound: Inbound, result: Any) -> None:
        """Send the result. The first answer of a request is its only one; what is no JSON is answered as -32603."""
        if self._settle(inbound):
            try:
                self._send({"jsonrpc": "2.0", "id": inbound.id, "result": result})
            except (ValueError, TypeError, RecursionError) as error:
                _log.error("the result of %r can't be sent: %s", inbound.method, error)
                self._send_error(inbound.id, RpcError(INTERNAL_ERROR, "Internal error: the result can't be sent"))

    def refuse(self, inbound: Inbound, error: RpcError) -> None:
        """Send an error, unless the request has its answer."""
        if self._settle(inbound):
            self._send_error(inbound.id, error)

    def reject(self, invalid: Invalid) -> None:
        """Answer what is no message; one with the id of a question of ours is a malformed answer to it."""
        if isinstance(invalid.id, str) and invalid.id in self._outbound:
            self.deliver(Response(invalid.id, fault=invalid.message))
        else:
            self._send_error(invalid.id, RpcError(invalid.code, invalid.message))

    def cancel(self, request_id: Any) -> None:
        """`$/cancelRequest`: cancel the handler; it answers. An unknown or absurd id is ignored."""
        if isinstance(request_id, (int, str)):
            inbound = self._inbound.get((type(request_id), request_id))
            if inbound is not None:
                inbound.scope.cancel()

    def cancel_all(self) -> None:
        """Cancel every handler."""
        for inbound in list(self._inbound.values()):
            inbound.scope.cancel()

    async def quiet(self) -> None:
        """Wait until every request has its answer."""
        while self._inbound:
            self._quiet = anyio.Event()
            await self._quiet.wait()

    # We ask.

    async def request(self, method: str, params: Any = None, timeout: float | None = None) -> Any:
        """Ask the client and wait for its result, at most `timeout` seconds.

        Raises RemoteError for an error or a malformed answer, TimeoutError when the time is over. A wait that ends
        early takes the question back with `$/cancelRequest`; a late answer is dropped.
        """
        self._asked += 1
        request_id = f"bridge-{self._asked}"
        waiter = _Waiter()
        self._send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        self._outbound[request_id] = waiter
        try:
            with anyio.fail_after(timeout):
                await waiter.done.wait()
        finally:
            if self._outbound.pop(request_id, None) is not None:
                self.notify("$/cancelRequest", {"id": request_id})
        return _result(waiter.response)

    def notify(self, method: str, params: Any = None, coalesce_key: str | None = None) -> None:
        """Send a notification. While the client lags only the latest of those with one key is kept.

        Raises ValueError or TypeError where `params` are no JSON.
        """
        self._send({"jsonrpc": "2.0", "method": method, "params": params}, coalesce_key)

    def deliver(self, response: Response) -> None:
        """Hand an answer to who waits for it; one that nobody waits for is dropped."""
        waiter = self._outbound.pop(response.id, None) if isinstance(response.id, str) else None
        if waiter is None:
            _log.info("dropped an answer with id %.100r: %s", response.id, response.fault or response.error or "result")
            return
        waiter.response = response
        waiter.done.set()

    def _settle(self, inbound: Inbound) -> bool:
        key = (type(inbound.id), inbound.id)
        if self._inbound.get(key) is not inbound:
            return False
        del self._inbound[key]
        if not self._inbound:
            self._quiet.set()
        return True

    def _send_error(self, request_id: Id | None, error: RpcError) -> None:
        self._send({"jsonrpc": "2.0", "id": request_id, "error": error.to_wire()})

    def _send(self, message: dict[str, Any], key: str | None = None) -> None:
        self._outbox.send(frame(strictjson.dumps(message)), key)


def _result(response: Response | None) -> Any:
    if response is None or response.fault:
        raise RemoteError(INTERNAL_ERROR, f"malformed answer: {response.fault if response else 'none'}")
    if response.error is not None:
        raise RemoteError(response.error["code"], response.error["message"], response.error.get("data"))
    return response.result
