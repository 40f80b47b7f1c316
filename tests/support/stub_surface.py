"""A surface with which tests reach every corner of the wire. Its methods are what `_routes` lists."""

import logging
import os
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import anyio
from anyio.abc import TaskGroup
from pydantic import Field

from bridge.harness.errors import NotFound
from bridge.protocol.base import Wire
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.jsonrpc import RpcError
from bridge.surfaces.lsp.peer import Peer, RemoteError

_log = logging.getLogger(__name__)


class Flood(Wire):
    """`count` notifications test/event of `size` characters, with the coalescing key `key` or none."""

    count: int
    size: int = 40
    key: str | None = None


class Fail(Wire):
    """How to fail: "unknown" raises what no handler should, "bridge" and "rpc" raise what is told to the client."""

    how: str


class Ask(Wire):
    """Ask the client `test/question`; `timeout` in seconds. A yes is counted under `name` (see test/accepted)."""

    name: str = ""
    timeout: float | None = None


class Lane(Wire):
    """Work in the lane `key`: waits for the notification test/release with the same name."""

    key: str
    name: str


class Pong(Wire):
    """A result with an alias and an absent member."""

    was_pong: bool = Field(default=True, serialization_alias="pong")
    note: str | None = None


class StubSurface:
    """Serves the stub's methods for one client."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._documents: dict[str, lsp.DocumentItem] = {}
        self._tasks: TaskGroup | None = None
        self._releases: dict[str, anyio.Event] = {}
        self._running: list[str] = []
        self._accepted: Counter[str] = Counter()
        self._routes = {route.method: route for route in _routes(self)}

    @property
    def routes(self) -> Mapping[str, Route]:
        return self._routes

    async def start(self, initialize: dict[str, Any], tasks: TaskGroup) -> None:
        _log.info("started for %r", initialize.get("processId"))
        self._tasks = tasks

    def leave(self) -> None:
        """Nothing runs on."""

    async def stop(self) -> None:
        sys.stderr.write("stub stopped\n")
        sys.stderr.flush()
        if os.environ.get("STUB_HANGS_ON_STOP"):
            await anyio.sleep_forever()

    def ping(self, _: None) -> Pong:
        return Pong()

    async def slow(self, _: None) -> None:
        self._peer.notify("test/started", {})
        try:
            await anyio.sleep_forever()
        finally:
            self._peer.notify("test/cleaned", {})

    async def stubborn(self, _: None) -> dict[str, str]:
        self._peer.notify("test/started", {})
        with anyio.CancelScope() as scope:
            await anyio.sleep_forever()
        return {"stopReason": "cancelled" if scope.cancelled_caught else "end"}

    async def swallow(self, _: None) -> dict[str, str]:
        self._peer.notify("test/started", {})
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            return {"stopReason": "cancelled"}
        return {"stopReason": "end"}

    def fail(self, params: Fail) -> Any:
        if params.how == "bridge":
            raise NotFound("unknown_session", "There is no such session.")
        if params.how == "rpc":
            raise RpcError(-32050, "rate limited", {"retryAfter": 3})
        if params.how == "json":
            return {"x": float("nan")}
        if params.how == "remote":
            raise RemoteError(-32001, "the client's own error")
        raise ValueError(f"secret of {__file__}\n2026 INFO forged line\x1b[2J")

    async def ask(self, params: Ask) -> dict[str, Any]:
        try:
            answer = await self._peer.request("test/question", {"options": ["allow_once"]}, params.timeout)
        except RemoteError as error:
            return {"outcome": "denied", "code": error.code}
        except TimeoutError:
            return {"outcome": "denied", "code": "timeout"}
        outcome = answer.get("outcome") if isinstance(answer, dict) else None
        allowed = outcome == {"outcome": "selected", "optionId": "allow_once"}
        self._accepted[params.name] += allowed
        return {"outcome": "allowed" if allowed else "denied"}

    def accepted(self, _: None) -> dict[str, int]:
        return dict(self._accepted)

    def flood(self, params: Flood) -> dict[str, int]:
        text = "x" * params.size
        for number in range(params.count):
            self._peer.notify("test/event", {"number": number, "text": text}, params.key)
        sys.stderr.write("flood done\n")
        sys.stderr.flush()
        return {"sent": params.count}

    async def in_lane(self, params: Lane) -> dict[str, list[str]]:
        release = self._releases.setdefault(params.name, anyio.Event())
        self._running.append(params.name)
        self._peer.notify("test/started", {"name": params.name})
        await release.wait()
        running = list(self._running)
        self._running.remove(params.name)
        return {"running": running}

    def release(self, params: dict[str, Any]) -> None:
        self._releases.setdefault(params["name"], anyio.Event()).set()

    def crash(self, _: None) -> None:
        async def background() -> None:
            raise ValueError("background task")

        assert self._tasks is not None
        self._tasks.start_soon(background)

    def text(self, params: dict[str, Any]) -> dict[str, Any]:
        document = self._documents[params["uri"]]
        return {"text": document.text, "version": document.version}

    def opened(self, params: lsp.DidOpen) -> None:
        self._documents[params.text_document.uri] = params.text_document

    def print_something(self, _: None) -> None:
        print("stray print")  # noqa: T201 - what this method is for
        os.write(1, b"stray write\n")

    def read_stdin(self, _: None) -> dict[str, int]:
        return {"read": len(sys.stdin.read())}


def build(peer: Peer) -> StubSurface:
    """The surface for this client."""
    return StubSurface(peer)


def _routes(stub: StubSurface) -> list[Route]:
    return [
        Route("ping", "request", None, stub.ping),
        Route("test/slow", "request", None, stub.slow),
        Route("test/stubborn", "request", None, stub.stubborn),
        Route("test/swallow", "request", None, stub.swallow),
        Route("test/fail", "request", Fail, stub.fail),
        Route("test/ask", "request", Ask, stub.ask),
        Route("test/accepted", "request", None, stub.accepted),
        Route("test/flood", "request", Flood, stub.flood),
        Route("test/lane", "request", Lane, stub.in_lane, lambda params: str(params.key)),
        Route("test/release", "notification", dict, stub.release),
        Route("test/crash", "notification", None, stub.crash),
        Route("test/text", "request", dict, stub.text),
        Route("test/print", "request", None, stub.print_something),
        Route("test/stdin", "request", None, stub.read_stdin),
        Route("textDocument/didOpen", "notification", lsp.DidOpen, stub.opened),
    ]
