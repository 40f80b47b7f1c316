"""A model service of the tests: a real HTTP/1.1 server on loopback that speaks the Responses API and Chat Completions.

It is as strict as the real one: what no service would take is answered with 400, and is told at the end of the test.
"""

import contextlib
import json
import os
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import parse_qsl, urlsplit

from tests.support import model_answers as answers
from tests.support.model_answers import JSON, SSE, Answer, Cut, Gate, Hold, Json, Reply, Request
from tests.support.model_rules import faults
from tests.support.raw_client import PATIENCE_S

Script = Sequence[Answer] | Callable[[Request], Answer]

PREFIX = "/v1"

CONNECTIONS = 200
"""At most so many at once."""


class Left(Exception):
    """The client has left, or the server is to end."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A response that is stored: its events, and the conversation up to its end."""

    acts: tuple[answers.Act, ...]
    history: tuple[Json, ...]


class ModelServer:
    """Answers each model call by the next answer of a list, or by what a callable gives for the request.

    `last`: the answer where the list is at its end; None: nothing more may be asked.
    `key`: any other is refused. `compact`: the answer of the service's own compaction; None: it has none. `models` are
    the names that it lists. At the end of the context everything that went wrong here is raised, and what was asked in
    a way that no service takes (`complaints`).
    """

    def __init__(
        self,
        script: Script = (),
        *,
        last: Answer | None = None,
        key: str | None = None,
        compact: Answer | None = None,
        tls: ssl.SSLContext | None = None,
        models: Sequence[str] = (),
    ) -> None:
        self._script = script if callable(script) else None
        self._answers = [] if callable(script) else list(script)
        self._last = last
        self._key, self._compact, self._tls, self._models = key, compact, tls, models
        self._lock = threading.Condition()
        # Every whole request, in the order of arrival.
        self.requests: list[Request] = []
        self.connections = 0
        # Connections that never became HTTP: a TLS client on the plain server, a client that refused our certificate.
        self.strangers = 0
        self.errors: list[BaseException] = []
        self.complaints: list[str] = []
        self._kept: dict[str, Kept] = {}
        self._gates: list[Gate] = []
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        self._tasks: list[Future[None]] = []
        self._open: set[socket.socket] = set()
        self._ending = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    @property
    def base_url(self) -> str:
        """Where clients find it."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{PREFIX}"

    @property
    def asked(self) -> list[Request]:
        """The model calls."""
        with self._lock:
            return [request for request in self.requests if request.number]

    def others(self, path: str) -> list[Request]:
        """The requests that are no model calls, whose path ends so."""
        with self._lock:
            return [request for request in self.requests if not request.number and request.path.endswith(path)]

    def request(self, number: int) -> Request:
        """Wait for the model call of this number, from 1."""
        return self.wait(lambda one: one.number == number, f"model call {number}")

    def holding(self, words: str) -> Request:
        """Wait for the first model call that holds these words."""
        return self.wait(lambda one: bool(one.number) and one.holds(words), f"a model call with {words!r}")

    def wait(self, wanted: Callable[[Request], bool], what: str = "the request") -> Request:
        """Wait for the first request that fits."""
        with self._lock:
            self._lock.wait_for(lambda: any(wanted(one) for one in self.requests) or self.errors, PATIENCE_S)
            found = next((one for one in self.requests if wanted(one)), None)
        assert found is not None, f"{what} did not come; {len(self.requests)} requests, errors: {self.errors}"
        return found

    def add(self, *more: Answer) -> None:
        """Answers for the model calls to come."""
        with self._lock:
            self._answers.extend(more)

    def gate(self) -> Gate:
        """A gate that opens at the latest when the server ends."""
        gate = Gate()
        self._gates.append(gate)
        return gate

    def forget(self) -> None:
        """The service does not have any response any more."""
        with self._lock:
            self._kept.clear()

    def hang_up(self) -> None:
        """Close every connection, as after a time without use."""
        with self._lock:
            for conn in self._open:
                with contextlib.suppress(OSError):
                    conn.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        for gate in self._gates:
            gate.open_all()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        assert not wait(self._tasks, PATIENCE_S).not_done, "a connection does not end"
        self._pool.shutdown(wait=False)
        if error is None:
            self.check()

    def check(self) -> None:
        """Raise what went wrong here, and what was asked in a way that no service takes."""
        if self.errors:
            raise self.errors[0]
        assert not self.complaints, "\n".join(self.complaints)

    def clear(self) -> None:
        """As if nothing had been asked yet, nor any answer been given to the server."""
        with self._lock:
            for rows in (self.requests, self._answers, self.complaints, self.errors, self._kept):
                rows.clear()

    # Connections, each on a thread of its own.

    def _start(self, work: Callable[..., None], *args: Any) -> None:
        task = self._pool.submit(work, *args)
        self._tasks.append(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: Future[None]) -> None:
        if error := task.exception():  # told at the end of the test
            with self._lock:
                self.errors.append(error)
                self._lock.notify_all()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                number = self.connections
            self._start(self._serve, conn, number)

    def _serve(self, plain: socket.socket, number: int) -> None:
        conn = self._secured(plain)
        if conn is None:
            return
        with self._lock:
            self._open.add(conn)
        reader = conn.makefile("rb")
        try:
            while not self._ending.is_set() and (request := self._read(conn, reader, number)) is not None:
                self._answer(conn, reader, request)
        except (Left, ConnectionError, ssl.SSLError):
            pass
        finally:
            with self._lock:
                self._open.discard(conn)
            reader.close()
            conn.close()

    def _secured(self, plain: socket.socket) -> socket.socket | None:
        if self._tls is None:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_side=True)
        except (ssl.SSLError, ConnectionError):
            self.strangers += 1
            plain.close()
            return None

    def _read(self, conn: socket.socket, reader: BinaryIO, connection: int) -> Request | None:
        """The next whole request; None where the client has closed, or says something else than HTTP."""
        start = reader.readline(65536)
        if not start:
            return None
        words = start.split()
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            self.strangers += 1
            conn.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return None
        headers = {}
        while line := reader.readline(65536).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        raw = reader.read(length)
        if len(raw) < length:
            return None
        return self._noted(words[0].decode(), words[1].decode(), headers, raw, connection)

    def _noted(self, method: str, target: str, headers: dict[str, str], raw: bytes, connection: int) -> Request:
        parts = urlsplit(target)
        body = json.loads(raw) if raw else None
        with self._lock:
            called = method == "POST" and parts.path in (f"{PREFIX}/responses", f"{PREFIX}/chat/completions")
            number = 1 + sum(bool(one.number) for one in self.requests) if called else 0
            query = dict(parse_qsl(parts.query))
            request = Request(number, connection, method, parts.path, query, headers, raw, body)
            self.requests.append(request)
            self._lock.notify_all()
        return request

    # Answers.

    def _answer(self, conn: socket.socket, reader: BinaryIO, request: Request) -> None:
        reply = self._reply(request)
        try:
            self._send(conn, reader, request, reply)
        except (Left, OSError):
            request.left.set()
            raise Left from None
        request.served.set()

    def _reply(self, request: Request) -> Reply:
        if self._key is not None and request.headers.get("authorization") != f"Bearer {self._key}":
            return answers.wrong_key()(request)
        if not request.number:
            return self._other(request)
        if request.chat:
            return self._next(request)(request)
        return self._response(request)

    def _response(self, request: Request) -> Reply:
        """A call of the Responses API, whose conversation may be stored here."""
        former = request.body.get("previous_response_id")
        history: tuple[Json, ...] = ()
        if former is not None:
            with self._lock:
                kept = self._kept.get(former)
            if kept is None:
                return answers.forgotten(former)(request)
            history = kept.history
        conversation = (*history, *request.items)
        request.history = conversation
        if wrong := faults(request.body, conversation):
            self._complain(f"model call {request.number}: {wrong}")
            return answers.error(400, wrong)(request)
        reply = self._next(request)(request)
        if reply.kept and (request.body.get("store", True) or request.body.get("background")):
            output = _output(reply.kept)
            with self._lock:
                self._kept[answers.response_id(request)] = Kept(reply.kept, (*conversation, *output))
        return reply

    def _next(self, request: Request) -> Answer:
        if self._script:
            return self._script(request)
        with self._lock:
            if self._answers:
                return self._answers.pop(0)
        if self._last:
            return self._last
        self._complain(f"the test has no answer for model call {request.number}: {request.raw[-300:]!r}")
        return answers.error(400, "The test has no more answers.")

    def _complain(self, words: str) -> None:
        with self._lock:
            self.complaints.append(words)

    def _other(self, request: Request) -> Reply:
        path = request.path.removeprefix(PREFIX)
        if path == "/models":
            rows = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in self._models]
            return answers.status(200, {}, {"object": "list", "data": rows})(request)
        if path == "/responses/compact" and self._compact is not None:
            return self._compact(request)
        identifier = path.removeprefix("/responses/").removesuffix("/cancel")
        with self._lock:
            kept = self._kept.get(identifier)
        if kept is None or not path.startswith("/responses/"):
            return answers.error(404, f"Not found: {request.method} {request.path}")(request)
        if request.method == "POST":
            whole = {"id": identifier, "object": "response", "status": "cancelled", "output": []}
            return answers.status(200, {}, whole)(request)
        return _resumed(kept, request)

    def _send(self, conn: socket.socket, reader: BinaryIO, request: Request, reply: Reply) -> None:
        for hold in reply.before:
            self._hold(conn, hold.gate)
        if reply.status:
            conn.sendall(_head(reply))
        for act in reply.acts:
            match act:
                case Hold(gate):
                    self._hold(conn, gate)
                case Cut(reset):
                    _cut(conn, reader, reset=reset)
                    raise Left
                case bytes():
                    conn.sendall(act if reply.whole else b"%x\r\n%b\r\n" % (len(act), act))
            if self._ending.is_set():
                raise Left
        if not reply.whole:
            conn.sendall(b"0\r\n\r\n")

    def _hold(self, conn: socket.socket, gate: Gate) -> None:
        """Wait for the gate, or for the client to leave."""
        gone = threading.Event()
        done, told = os.pipe()
        watch = threading.Thread(target=_watch, args=(conn, done, gone, gate), daemon=True)
        watch.start()
        gate.wait(gone)
        os.write(told, b"!")
        watch.join(PATIENCE_S)
        os.close(done)
        os.close(told)
        if gone.is_set() or self._ending.is_set():
            raise Left


def _watch(conn: socket.socket, done: int, gone: threading.Event, gate: Gate) -> None:
    ready, _, _ = select.select([conn.fileno(), done], [], [])
    if done in ready:
        return
    try:
        left = not conn.recv(1, socket.MSG_PEEK)
    except OSError:
        left = True
    if left:
        gone.set()
        gate.look()
    else:
        select.select([done], [], [])


def _head(reply: Reply) -> bytes:
    length = sum(len(act) for act in reply.acts if isinstance(act, bytes)) if reply.whole else 0
    framing = {"content-length": str(length)} if reply.whole else {"transfer-encoding": "chunked"}
    rows = (f"{name}: {value}\r\n" for name, value in (dict(reply.headers) | framing).items())
    return f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n{''.join(rows)}\r\n".encode("latin-1")


def _cut(conn: socket.socket, reader: BinaryIO, *, reset: bool) -> None:
    if reset:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        conn.shutdown(socket.SHUT_RDWR)
    reader.close()
    conn.close()


def _output(acts: Sequence[answers.Act]) -> list[Json]:
    """The output items of a response, from its last event."""
    last = next((act for act in reversed(acts) if isinstance(act, bytes)), b"")
    found: list[Json] = json.loads(last.partition(b"\ndata: ")[2])["response"]["output"]
    return found


def _resumed(kept: Kept, request: Request) -> Reply:
    """The events after `starting_after`, or the whole response."""
    if request.query.get("stream") != "true":
        whole = json.loads(bytes(kept.acts[-1] if isinstance(kept.acts[-1], bytes) else b"").partition(b"\ndata: ")[2])
        return Reply(headers=JSON, acts=(json.dumps(whole["response"]).encode(),), whole=True)
    after = int(request.query.get("starting_after", "-1"))
    return Reply(headers=SSE, acts=tuple(act for act in kept.acts if (answers.sequence_of(act) or 0) > after))
