"""A raw HTTP server on loopback: it answers with the bytes that a test gives it, cut where the test says.

`tests.support.model_server` is a service that behaves; this one says exactly what it is told, right or wrong.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

TLS = b"\x16"
"""How a client begins that wants TLS, which this server does not speak: it hangs up."""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """What was sent, decoded."""
        return json.loads(self.raw)


@dataclass(frozen=True)
class Says:
    """An answer: `pieces` are written one by one, each as a chunk of HTTP.

    `cut`: the connection is closed behind them, without the end of the body. `reset`: it is aborted. `holds`: nothing
    more is said until the client leaves.
    """

    pieces: Sequence[bytes] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})
    cut: bool = False
    reset: bool = False
    holds: bool = False


@dataclass
class Loopback:
    """The running server: what was asked so far, and how many connections were made."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def bodies(self) -> list[Any]:
        """The bodies of the calls."""
        return [one.body for one in self.asked if one.raw]


def sse(*events: Mapping[str, Any]) -> bytes:
    """Events as a service sends them."""
    return b"".join(
        f"event: {event.get('type', '')}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        for event in events
    )


def says(*events: Mapping[str, Any]) -> Says:
    """A stream of these events, each in a chunk of its own."""
    return Says([sse(event) for event in events])


def says_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Says:
    """One JSON body."""
    return Says([json.dumps(value).encode()], status, {"content-type": "application/json", **(headers or {})})


@asynccontextmanager
async def serving(answers: Iterable[Says] | Callable[[Asked], Says]) -> AsyncIterator[Loopback]:
    """Answer each request by the next of `answers`, or by what a function says to it; 500 when there are no more."""
    waiting = None if callable(answers) else iter(answers)
    state = Loopback()
    path = f"/{uuid4().hex}/v1"
    open_ones: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ones[task] = writer
        state.connections += 1
        try:
            while (asked := await _read(reader, path)) is not None:
                state.asked.append(asked)
                state.came.set()
                answer = answers(asked) if callable(answers) else next(waiting or iter(()), Says(status=500))
                if not await _answer(writer, reader, answer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            del open_ones[task]
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**26)
    state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
    try:
        yield state
    finally:
        server.close()
        left = list(open_ones)
        for writer in list(open_ones.values()):
            writer.close()
        await asyncio.gather(*left)


@contextmanager
def refusing() -> Iterator[str]:
    """An address at which nothing listens, and nothing will."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"


async def _read(reader: asyncio.StreamReader, path: str) -> Asked | None:
    """The next request; None where the client has gone, or is not ours: a port may be another's of a moment ago."""
    first = await reader.read(1)
    if not first or first == TLS:
        return None
    head = first + await reader.readuntil(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = start.split()
    parts = urlsplit(target)
    if not parts.path.startswith(path):
        return None
    return Asked(method, parts.path.removeprefix(path), dict(parse_qsl(parts.query)), headers, raw)


async def _answer(writer: asyncio.StreamWriter, reader: asyncio.StreamReader, answer: Says) -> bool:
    """Whether the connection is kept."""
    rows = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    if answer.status:
        writer.write(f"HTTP/1.1 {answer.status} Said\r\n{rows}transfer-encoding: chunked\r\n\r\n".encode("latin-1"))
    for piece in answer.pieces:
        if piece:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
    if answer.holds:
        await reader.read(1)
        return False
    if answer.reset:
        writer.transport.abort()
    if answer.cut or answer.reset:
        return False
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True
