import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup

from bridge.harness.errors import FileProblem
from bridge.protocol.base import Many, Wire
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.dispatch import Dispatcher, Route
from bridge.surfaces.lsp.jsonrpc import Notification, Request, RpcError
from bridge.surfaces.lsp.peer import Peer, RemoteError
from tests.surfaces.lsp.fakes import FakeOutbox

pytestmark = pytest.mark.anyio


class Inner(Wire):
    count: int


class Params(Wire):
    text: str
    inner: Many[Inner] = ()


class Result(Wire):
    session_id: str
    note: str | None = None


class Rig:
    """A dispatcher with a fake way out."""

    def __init__(self, tasks: TaskGroup, *routes: Route) -> None:
        self.outbox = FakeOutbox()
        self.peer = Peer(self.outbox)
        self.dispatcher = Dispatcher({route.method: route for route in routes}, self.peer, tasks)
        self._ids = 0

    async def call(self, method: str, params: Any = None) -> dict[str, Any]:
        """The one answer to a request."""
        self._ids += 1
        self.dispatcher.request(Request(self._ids, method, params))
        await self.peer.quiet()
        (answer,) = [one for one in self.outbox.sent if one.get("id") == self._ids]
        return answer


@asynccontextmanager
async def rig(*routes: Route) -> AsyncIterator[Rig]:
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(5):
            yield Rig(tasks, *routes)
        tasks.cancel_scope.cancel()


def route(handler: Callable[[Any], Any], params: type[Any] | None = None) -> Route:
    return Route("m", "request", params, handler)


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        (None, None),
        ({"a": 1}, {"a": 1}),
        (Result(session_id="x"), {"sessionId": "x"}),
        ([Result(session_id="x")], [{"sessionId": "x"}]),
        (lsp.Position(line=1, character=2), {"line": 1, "character": 2}),
    ],
)
async def test_a_result_goes_out_as_json(given: Any, wire: Any) -> None:
    async def answer(_: Any) -> Any:
        return given

    for handler in (answer, lambda _: given):
        async with rig(route(handler)) as daemon:
            assert (await daemon.call("m"))["result"] == wire


async def test_params_reach_the_handler_as_what_the_route_declares() -> None:
    seen: list[Any] = []
    async with rig(route(seen.append, Params)) as daemon:
        await daemon.call("m", {"text": "a", "inner": [{"count": 1}]})
    async with rig(route(seen.append, lsp.DocumentId)) as daemon:
        await daemon.call("m", {"uri": "file:///a"})
    async with rig(route(seen.append, dict)) as daemon:
        await daemon.call("m", {"any": "thing"})
    async with rig(route(seen.append)) as daemon:
        await daemon.call("m", {"ignored": True})
    assert seen == [
        Params(text="a", inner=(Inner(count=1),)),
        lsp.DocumentId(uri="file:///a"),
        {"any": "thing"},
        None,
    ]


@pytest.mark.parametrize(
    ("params", "raw", "path"),
    [
        (Params, {"text": "a", "inner": [{"count": "x"}]}, "inner.0.count"),
        (Params, {"text": 5}, "text"),
        (Params, None, "text"),
        (Params, [], ""),
        (dict, [], ""),
        (lsp.DocumentId, {"uri": 5}, "uri"),
        (lsp.DidOpen, {"textDocument": {"uri": "u", "languageId": "x"}}, "textDocument.version"),
        (lsp.Position, {"line": "1", "character": 1}, "line"),
        (lsp.Position, {"line": True, "character": 1}, "line"),
        (lsp.Position, {"line": 1.5, "character": 1}, "line"),
        (lsp.DocumentId, [], ""),
        (lsp.DocumentId, None, "uri"),
    ],
)
async def test_wrong_params_are_refused_with_the_path_of_the_field(params: type[Any], raw: Any, path: str) -> None:
    async with rig(route(lambda _: None, params)) as daemon:
        error = (await daemon.call("m", raw))["error"]
    assert error["code"] == -32602
    assert error["data"]["errors"][0]["path"].startswith(path)
    assert error["data"]["errors"][0]["message"]


async def test_a_whole_number_written_as_a_float_is_an_integer() -> None:
    seen: list[Any] = []
    async with rig(route(seen.append, lsp.Position)) as daemon:
        await daemon.call("m", {"line": 1.0, "character": 2})
    assert seen == [lsp.Position(line=1, character=2)]
    assert type(seen[0].line) is int


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (
            FileProblem("file_missing", "a.py"),
            {
                "code": -32803,
                "message": "a.py: there is no such file.",
                "data": {"kind": "file_missing", "hint": "Check the path, or create the file."},
            },
        ),
        (
            RpcError(-32050, "rate limited", {"after": 3}),
            {"code": -32050, "message": "rate limited", "data": {"after": 3}},
        ),
    ],
)
async def test_a_failure_that_is_meant_for_the_client_is_told(raised: Exception, error: dict[str, Any]) -> None:
    def fail(_: Any) -> None:
        raise raised

    async with rig(route(fail)) as daemon:
        assert (await daemon.call("m"))["error"] == error


@pytest.mark.parametrize("raised", [ValueError("/home/ada/secret"), RemoteError(-32099, "theirs"), TimeoutError()])
async def test_any_other_failure_shows_an_incident_and_nothing_else(
    raised: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: Any) -> None:
        raise raised

    async with rig(route(fail)) as daemon:
        error = (await daemon.call("m"))["error"]
        incident = error["data"]["incident"]
        assert error["code"] == -32603
        assert set(error["data"]) == {"kind", "hint", "incident"}
        assert "secret" not in json.dumps(error)
    assert incident in caplog.text
    assert "Traceback" in caplog.text


async def test_a_scope_that_fails_is_answered_too() -> None:
    async with rig(Route("m", "request", dict, lambda _: None, lambda params: str(params["key"]))) as daemon:
        assert (await daemon.call("m", {}))["error"]["code"] == -32603


@pytest.mark.parametrize("method", ["no/such", "$/no", "__class__", "a/notification"])
async def test_a_method_that_is_no_request_is_not_found(method: str) -> None:
    async with rig(Route("a/notification", "notification", None, lambda _: None)) as daemon:
        error = (await daemon.call(method))["error"]
        assert (error["code"], error["data"]["kind"]) == (-32601, "unknown_method")


async def test_cancelling_gives_the_one_answer_that_says_so() -> None:
    running = anyio.Event()

    async def slow(_: Any) -> None:
        running.set()
        await anyio.sleep_forever()

    async with rig(route(slow)) as daemon:
        daemon.dispatcher.request(Request(1, "m", None))
        await running.wait()
        for _ in range(3):
            daemon.peer.cancel(1)
        await daemon.peer.quiet()
    assert [(one["id"], one["error"]["code"]) for one in daemon.outbox.sent] == [(1, -32800)]


async def test_a_handler_that_returns_although_cancelled_is_heard() -> None:
    running = anyio.Event()

    async def polite(_: Any) -> str:
        with anyio.CancelScope():
            running.set()
            try:
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class():
                return "cancelled"
        return "never"

    async with rig(route(polite)) as daemon:
        daemon.dispatcher.request(Request(1, "m", None))
        await running.wait()
        daemon.peer.cancel(1)
        await daemon.peer.quiet()
    assert daemon.outbox.sent == [{"jsonrpc": "2.0", "id": 1, "result": "cancelled"}]


async def test_a_failure_while_being_cancelled_counts_as_cancelled() -> None:
    running = anyio.Event()

    async def clumsy(_: Any) -> None:
        running.set()
        try:
            await anyio.sleep_forever()
        finally:
            raise ValueError("while cleaning up")

    async with rig(route(clumsy)) as daemon:
        daemon.dispatcher.request(Request(1, "m", None))
        await running.wait()
        daemon.peer.cancel(1)
        await daemon.peer.quiet()
    assert [one["error"]["code"] for one in daemon.outbox.sent] == [-32800]


async def test_ending_the_tasks_answers_what_is_in_flight() -> None:
    running = anyio.Event()

    async def slow(_: Any) -> None:
        running.set()
        await anyio.sleep_forever()

    async with rig(route(slow)) as daemon:
        daemon.dispatcher.request(Request(1, "m", None))
        await running.wait()
    assert [one["error"]["code"] for one in daemon.outbox.sent] == [-32800]


class Lanes:
    """Handlers that wait for their gate and note when they begin and end."""

    def __init__(self) -> None:
        self.gates = {name: anyio.Event() for name in ("a1", "a2", "a3", "b1", "none")}
        self.begun = {name: anyio.Event() for name in self.gates}
        self.order: list[str] = []

    async def work(self, params: dict[str, str]) -> None:
        self.order.append(params["name"])
        self.begun[params["name"]].set()
        await self.gates[params["name"]].wait()

    @property
    def route(self) -> Route:
        return Route("m", "request", dict, self.work, lambda params: params.get("key"))


async def test_requests_of_one_scope_run_in_order_one_after_another_and_others_beside_them() -> None:
    lanes = Lanes()
    async with rig(lanes.route) as daemon:
        names = ("a1", "a2", "a3", "b1", "none")
        for number, name in enumerate(names):
            key = None if name == "none" else name[0]
            daemon.dispatcher.request(Request(number, "m", {"name": name, "key": key}))
        for name in ("a1", "b1", "none"):
            await lanes.begun[name].wait()
        assert sorted(lanes.order) == ["a1", "b1", "none"]
        for done, following in (("a1", "a2"), ("a2", "a3")):
            assert not lanes.begun[following].is_set()
            lanes.gates[done].set()
            await lanes.begun[following].wait()
        for gate in lanes.gates.values():
            gate.set()
        await daemon.peer.quiet()
        assert daemon.dispatcher._lanes == {}


async def test_a_request_cancelled_while_it_waits_lets_nobody_run_early() -> None:
    lanes = Lanes()
    async with rig(lanes.route) as daemon:
        for number, name in enumerate(("a1", "a2", "a3")):
            daemon.dispatcher.request(Request(number, "m", {"name": name, "key": "a"}))
        await lanes.begun["a1"].wait()
        daemon.peer.cancel(1)
        assert (await daemon.outbox.until(1))[0]["error"]["code"] == -32800
        assert lanes.order == ["a1"]
        lanes.gates["a1"].set()
        await lanes.begun["a3"].wait()
        assert lanes.order == ["a1", "a3"]


async def test_notifications_run_before_anything_later_is_looked_at() -> None:
    seen: list[str] = []
    async with rig(Route("n", "notification", dict, lambda params: seen.append(params["name"]))) as daemon:
        for name in ("one", "two"):
            daemon.dispatcher.notification(Notification("n", {"name": name}))
            assert seen[-1] == name


@pytest.mark.parametrize("params", [[], {}, None])
async def test_a_notification_that_fails_is_logged_and_not_answered(
    params: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with rig(Route("n", "notification", dict, lambda params: params["missing"])) as daemon:
        daemon.dispatcher.notification(Notification("n", params))
        daemon.dispatcher.notification(Notification("no/such", params))
        assert daemon.outbox.sent == []
    assert "'n'" in caplog.text


async def test_an_async_handler_for_a_notification_is_refused_when_the_route_is_made() -> None:
    async def handler(_: Any) -> None:
        return None

    with pytest.raises(TypeError, match="not async"):
        Route("n", "notification", None, handler)
