"""The way to a model service, light until the first call: then the SDK is loaded, in a thread.

What stays in the SDK (`sdk`): base URL and headers, authentication, proxies, TLS, the connection pool, time limits, and
which answers are errors. What does not: building requests (bodies are joined from cached bytes) and reading streams
(`sse`), where it costs 47 ms a step and 80 µs an event, and retries: the engine decides on those, by the fault.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.to_thread

from bridge.harness.errors import ModelProblem
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import broken
from bridge.harness.models.service.wire import Answer, Call, Wire
from bridge.lazy import load

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer that is read whole."""


class Client:
    """One service, one connection pool."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Opens nothing."""
        self._endpoint = endpoint
        self._open: _Open | None = None
        self._opening = anyio.Lock()

    @property
    def secret(self) -> str:
        """The key that is in use, so that nobody repeats it; empty before the first call."""
        return self._open.secret if self._open else ""

    async def warm(self) -> None:
        """Load what the first call needs, so that it does not wait for it. Asks for no key and sends nothing."""
        await anyio.to_thread.run_sync(load, _SDK)

    def post(self, path: str, body: bytes, *, seconds: float | None = None) -> AbstractAsyncContextManager[Answer]:
        """Send a JSON body; `seconds` without a byte are a stall (default: the endpoint's `idle_seconds`).

        Raises `ModelProblem`, which is a `Refused` where the service answered with an error.
        """
        return self._call(Call("POST", path, body, None, seconds or self._endpoint.idle_seconds))

    def get(self, path: str, query: Mapping[str, str] | None = None) -> AbstractAsyncContextManager[Answer]:
        """Ask for something; raises as `post` does."""
        return self._call(Call("GET", path, b"", query, self._endpoint.idle_seconds))

    async def aclose(self) -> None:
        """Give the connections back. The next call opens new ones."""
        one, self._open = self._open, None
        if one is not None:
            await one.wire.aclose()

    @asynccontextmanager
    async def _call(self, call: Call) -> AsyncIterator[Answer]:
        one = self._open or await self._opened()
        one.calls += 1
        try:
            async with one.wire.call(call) as answer:
                yield answer
        except ModelProblem as problem:
            if problem.fault == "auth" and self._open is one:
                self._open = None  # a person who now sets another key shall not have to start us again
            raise
        finally:
            one.calls -= 1
            if self._open is not one and not one.calls:
                await one.wire.aclose()

    async def _opened(self) -> "_Open":
        async with self._opening:
            if self._open is None:
                # A person who does not want to wait for a keyring that asks for its password is not made to.
                self._open = await anyio.to_thread.run_sync(_connect, self._endpoint, abandon_on_cancel=True)
            return self._open


@dataclass(slots=True, eq=False)
class _Open:
    """A way to the service with the key that it uses, and how many calls go over it."""

    wire: Wire
    secret: str
    calls: int = 0


_SDK = "bridge.harness.models.service.sdk"


def _connect(endpoint: Endpoint) -> _Open:
    """In a thread: importing the SDK takes half a second, a keyring may take longer."""
    key = (endpoint.key() or "").strip()
    if not (key.isascii() and (key.isprintable() or not key)):
        raise ModelProblem("The key for the model has characters that no key has.", kind="model_auth")
    return _Open(load(_SDK).connect(endpoint, key), key)


async def is_json(answer: Answer) -> tuple[bool, AsyncGenerator[bytes, None]]:
    """Whether an answer is one JSON body rather than a stream of events, and its bytes.

    By the content type; where a server says none of the two, by the first byte. Raises `ModelProblem` for a web page.
    """
    kind = answer.content_type
    if kind == "text/html":
        raise ModelProblem(
            "A web page came instead of the model's answer.",
            kind="model_unavailable",
            hint="Check the model's base URL: it usually ends in /v1.",
            fault="bad_request",
        )
    chunks = answer.chunks()
    if kind in {"application/json", "text/event-stream"}:
        return kind == "application/json", chunks
    first = b""
    while not first.lstrip():
        more = await anext(chunks, None)
        if more is None:
            break
        first += more
    return first.lstrip().startswith(b"{"), _behind(first, chunks)


async def _behind(first: bytes, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield first
    async for chunk in chunks:
        yield chunk


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    """The body of an answer that is no stream. Raises `ModelProblem`: broken above BODY_LIMIT."""
    pieces: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > BODY_LIMIT:
            raise broken(f"it is longer than {BODY_LIMIT} bytes")
        pieces.append(chunk)
    return b"".join(pieces)
