from typing import Any

import anyio
import pytest

from bridge.surfaces.lsp.jsonrpc import Invalid, Request, Response, RpcError
from bridge.surfaces.lsp.peer import Inbound, Peer, RemoteError
from tests.surfaces.lsp.fakes import FakeOutbox

pytestmark = pytest.mark.anyio


def accepted(peer: Peer, request_id: int | str) -> Inbound:
    inbound = peer.accept(Request(request_id, "m", None))
    assert inbound is not None
    return inbound


async def test_a_request_gets_its_first_answer_only() -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    inbound = accepted(peer, 1)
    peer.answer(inbound, {"a": 1})
    peer.answer(inbound, {"a": 2})
    peer.refuse(inbound, RpcError(-1, "no"))
    assert outbox.sent == [{"jsonrpc": "2.0", "id": 1, "result": {"a": 1}}]


async def test_a_null_result_is_sent_as_one() -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    peer.answer(accepted(peer, 1), None)
    assert outbox.sent == [{"jsonrpc": "2.0", "id": 1, "result": None}]


async def test_look_alike_ids_are_two_requests() -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    number, text = accepted(peer, 7), accepted(peer, "7")
    peer.cancel(7)
    assert (number.scope.cancel_called, text.scope.cancel_called) == (True, False)
    peer.answer(text, "text")
    peer.answer(number, "number")
    assert [(one["id"], one["result"]) for one in outbox.sent] == [("7", "text"), (7, "number")]


async def test_an_id_in_flight_is_refused_with_null_and_free_again_after_the_answer() -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    first = accepted(peer, 1)
    assert peer.accept(Request(1, "m", None)) is None
    assert (outbox.sent[0]["id"], outbox.sent[0]["error"]["code"]) == (None, -32600)
    peer.answer(first, True)
    accepted(peer, 1)


@pytest.mark.parametrize("request_id", [None, {}, [], True, 1.0, 2, "1"])
async def test_cancelling_what_is_not_in_flight_does_nothing(request_id: Any) -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    inbound = accepted(peer, 1)
    peer.cancel(request_id)
    assert not inbound.scope.cancel_called
    assert outbox.sent == []


@pytest.mark.parametrize("result", [float("nan"), object(), "\ud800"])
async def test_a_result_that_is_no_json_is_answered_as_an_internal_error(result: Any) -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    peer.answer(accepted(peer, 1), {"x": result})
    assert [(one["id"], one["error"]["code"]) for one in outbox.sent] == [(1, -32603)]


async def test_quiet_waits_for_the_last_answer() -> None:
    peer = Peer(FakeOutbox())
    first, second = accepted(peer, 1), accepted(peer, 2)
    done = anyio.Event()

    async def wait() -> None:
        await peer.quiet()
        done.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        peer.answer(first, None)
        await anyio.wait_all_tasks_blocked()
        assert not done.is_set()
        peer.answer(second, None)
    assert done.is_set()


async def ask(
    peer: Peer, outbox: FakeOutbox, *responses: Response | Invalid, timeout: float | None = None
) -> list[Any]:
    """What a request gives or raises when these come as answers, with the request's id in the place of "$"."""
    outcome: list[Any] = []

    async def request() -> None:
        try:
            outcome.append(await peer.request("ask", {"n": 1}, timeout))
        except (RemoteError, TimeoutError) as error:
            outcome.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(request)
        sent = await outbox.until(1)
        for one in responses:
            its_id = sent[0]["id"] if one.id == "$" else one.id
            if isinstance(one, Invalid):
                peer.reject(Invalid(its_id, one.code, one.message))
            else:
                peer.deliver(Response(its_id, one.result, one.error, one.fault))
    return outcome


@pytest.mark.parametrize("result", [None, False, {"a": [1]}])
async def test_a_result_reaches_who_has_asked(result: Any) -> None:
    outbox = FakeOutbox()
    assert await ask(Peer(outbox), outbox, Response("$", result)) == [result]
    assert {key: outbox.sent[0][key] for key in ("jsonrpc", "method", "params")} == {
        "jsonrpc": "2.0",
        "method": "ask",
        "params": {"n": 1},
    }


async def test_a_second_answer_is_dropped() -> None:
    outbox = FakeOutbox()
    assert await ask(Peer(outbox), outbox, Response("$", 1), Response("$", 2)) == [1]
    assert len(outbox.sent) == 1


async def test_an_error_raises_with_its_code_and_data() -> None:
    outbox = FakeOutbox()
    error = {"code": -32601, "message": "no", "data": {"a": 1}}
    (raised,) = await ask(Peer(outbox), outbox, Response("$", error=error))
    assert isinstance(raised, RemoteError)
    assert (raised.code, raised.message, raised.data) == (-32601, "no", {"a": 1})


@pytest.mark.parametrize("answer", [Response("$", fault="what?"), Invalid("$", -32600, "neither result nor error")])
async def test_a_malformed_answer_raises_and_never_hangs(answer: Response | Invalid) -> None:
    outbox = FakeOutbox()
    (raised,) = await ask(Peer(outbox), outbox, answer)
    assert isinstance(raised, RemoteError)
    assert len(outbox.sent) == 1


async def test_a_wait_that_times_out_takes_the_question_back_and_leaves_nothing() -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    (raised,) = await ask(peer, outbox, timeout=0)
    assert isinstance(raised, TimeoutError)
    question, taken_back = outbox.sent
    assert (taken_back["method"], taken_back["params"]) == ("$/cancelRequest", {"id": question["id"]})
    assert peer._outbound == {}
    peer.deliver(Response(question["id"], "late"))
    assert len(outbox.sent) == 2


async def test_a_cancelled_wait_takes_the_question_back_and_leaves_nothing() -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(peer.request, "ask")
        await outbox.until(1)
        tasks.cancel_scope.cancel()
    assert [one["method"] for one in outbox.sent] == ["ask", "$/cancelRequest"]
    assert peer._outbound == {}


@pytest.mark.parametrize("answer", [Response(1, "x"), Response(None, error={"code": 1, "message": "m"})])
async def test_an_answer_to_no_question_is_not_answered(answer: Response) -> None:
    outbox = FakeOutbox()
    Peer(outbox).deliver(answer)
    assert outbox.sent == []


async def test_a_notification_goes_out_with_its_key() -> None:
    outbox = FakeOutbox()
    Peer(outbox).notify("n", {"a": 1}, "k")
    assert outbox.sent == [{"jsonrpc": "2.0", "method": "n", "params": {"a": 1}}]
    assert outbox.keys == ["k"]
