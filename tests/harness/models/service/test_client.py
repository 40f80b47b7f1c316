"""The client over real connections: what is sent, and each way in which a service is not there."""

import os
import subprocess
import sys
from contextlib import AsyncExitStack

import anyio
import anyio.abc
import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.models.service.client import Client, is_json, whole
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import Refused
from bridge.harness.values.model import ModelInfo
from tests.harness.models.service.loopback import Asked, Loopback, Says, refusing, says_json, serving

KEY = "test-key-" + "0123456789"


def endpoint(url: str, key: str | None = KEY, idle_seconds: float = 60.0) -> Endpoint:
    """An endpoint at this address."""
    return Endpoint("m", ModelInfo("m"), url, key=lambda: key, idle_seconds=idle_seconds)


async def body_of(client: Client, path: str = "/responses") -> bytes:
    """Make a call and read its answer."""
    async with client.post(path, b'{"a":1}') as answer:
        return await whole(answer.chunks())


async def problem_of(url: str, idle_seconds: float = 60.0) -> ModelProblem:
    """What a call to this address raises."""
    client = Client(endpoint(url, idle_seconds=idle_seconds))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.aclose)
        with pytest.raises(ModelProblem) as caught:
            await body_of(client)
        return caught.value


async def problem_at(*answers: Says, idle_seconds: float = 60.0) -> tuple[ModelProblem, Loopback]:
    """What a call raises that is answered so."""
    async with serving(answers) as server:
        return await problem_of(server.url, idle_seconds), server


@pytest.mark.anyio
async def test_our_bytes_are_sent_with_the_key_and_the_connection_is_kept() -> None:
    async with serving([says_json({"b": 2}), says_json({"b": 3})]) as server:
        client = Client(endpoint(server.url))
        assert await body_of(client) == b'{"b": 2}'
        assert await body_of(client) == b'{"b": 3}'
        assert client.secret == KEY
        await client.aclose()
    assert [one.raw for one in server.asked] == [b'{"a":1}'] * 2
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert server.asked[0].headers["content-type"] == "application/json"
    assert server.connections == 1


@pytest.mark.anyio
async def test_a_server_without_keys_gets_none() -> None:
    async with serving([says_json({})]) as server:
        client = Client(endpoint(server.url, key=None))
        await body_of(client)
        await client.aclose()
    assert "authorization" not in server.asked[0].headers


ENVIRONMENT = {
    "OPENAI_API_KEY": "env-key-1",
    "OPENAI_ADMIN_KEY": "env-key-2",
    "OPENAI_ORG_ID": "env-org",
    "OPENAI_PROJECT_ID": "env-project",
    "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer env-key-3\nX-Mine: env-header",
}
IN_A_PROCESS = """
import sys, anyio
from bridge.harness.models.service.client import Client, whole
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.values.model import ModelInfo
async def main():
    client = Client(Endpoint("m", ModelInfo("m"), sys.argv[1]))
    async with client.post("/responses", b"{}") as answer:
        await whole(answer.chunks())
    await client.aclose()
anyio.run(main)
"""


@pytest.mark.anyio
async def test_what_the_environment_has_for_openai_goes_to_no_other_server() -> None:
    async with serving([says_json({})]) as server:
        done = await anyio.run_process(
            [sys.executable, "-c", IN_A_PROCESS, server.url], env=os.environ | ENVIRONMENT, stderr=subprocess.STDOUT
        )
    assert done.stdout == b""
    sent = " ".join(f"{name}: {value}" for name, value in server.asked[0].headers.items())
    assert "env-" not in sent


@pytest.mark.anyio
async def test_nothing_listens() -> None:
    with refusing() as url:
        problem = await problem_of(url)
    assert problem.fault == "network"
    assert problem.message.startswith("Nothing listens at 127.0.0.1:")


@pytest.mark.anyio
async def test_something_else_listens() -> None:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:

        async def answer(stream: anyio.abc.SocketStream) -> None:
            async with stream:
                while not (await stream.receive()).endswith(b"}"):
                    pass
                await stream.send(b"220 mail.example ESMTP\r\n\r\n")

        tasks.start_soon(listener.serve, answer)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        problem = await problem_of(f"http://127.0.0.1:{port}/v1")
        tasks.cancel_scope.cancel()
    assert (problem.fault, problem.message) == ("network", f"What 127.0.0.1:{port} answers is not HTTP.")


@pytest.mark.anyio
async def test_a_name_that_is_none() -> None:
    problem = await problem_of("http://no-such-host.invalid/v1")
    assert (problem.fault, problem.message) == ("network", "There is no address for no-such-host.invalid.")


@pytest.mark.anyio
async def test_no_tls() -> None:
    async with serving([Says()]) as server:
        problem = await problem_of(server.url.replace("http:", "https:"))
    assert problem.fault == "network"
    assert problem.message.startswith("No safe connection to 127.0.0.1:")


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["ftp://host/v1", "localhost:1234", "", "http://"])
async def test_an_address_that_is_none(url: str) -> None:
    problem = await problem_of(url)
    assert (problem.fault, problem.kind) == ("setup", "model_unavailable")


@pytest.mark.anyio
async def test_a_key_that_is_none() -> None:
    client = Client(endpoint("http://127.0.0.1:1/v1", key="sch\u00fcssel"))
    with pytest.raises(ModelProblem) as caught:
        await body_of(client)
    assert caught.value.kind == "model_auth"
    assert "sch" not in caught.value.message


@pytest.mark.anyio
async def test_silence_before_and_in_an_answer() -> None:
    before, _ = await problem_at(Says(status=0, holds=True), idle_seconds=0.2)
    within, _ = await problem_at(Says([b"data: {}\n\n"], holds=True), idle_seconds=0.2)
    for problem in (before, within):
        assert (problem.fault, problem.message) == ("timeout", "The model service said nothing for 0.2 seconds.")


@pytest.mark.anyio
async def test_a_reset_before_and_after_the_first_bytes() -> None:
    nothing, _ = await problem_at(Says(status=0, reset=True))
    head, _ = await problem_at(Says(cut=True))
    some, _ = await problem_at(Says([b"data: {}\n\n"], cut=True))
    assert [nothing.fault, head.fault, some.fault] == ["network", "network", "broken"]


@pytest.mark.anyio
async def test_an_error_is_refused_and_not_asked_again() -> None:
    said = {"error": {"message": f"no {KEY}", "code": "rate_limit_exceeded"}}
    problem, server = await problem_at(says_json(said, 429, {"retry-after": "3"}))
    assert isinstance(problem, Refused)
    assert (problem.fault, problem.retry_after, problem.refusal.status) == ("rate_limited", 3.0, 429)
    assert KEY not in problem.message
    assert len(server.asked) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/responses", "/chat/completions"])
async def test_a_call_is_sent_on_to_no_other_address(path: str) -> None:
    async with serving([says_json({})]) as other:
        moved = Says(status=307, headers={"location": other.url.replace("//", "//name:word@") + path})
        problem, _ = await problem_at(moved)
    host = other.url.split("/")[2]
    assert (problem.fault, problem.kind) == ("bad_request", "model_unavailable")
    assert problem.message == f"The service sends the call on to {host}, which was not chosen."
    assert problem.hint == "Set that address as the base URL, if you trust it."
    assert not other.connections


@pytest.mark.anyio
async def test_a_call_may_be_sent_on_within_the_service() -> None:
    def answer(asked: Asked) -> Says:
        return says_json({"b": 2}) if asked.path.endswith("/") else Says(status=307, headers={"location": "responses/"})

    async with serving(answer) as server:
        client = Client(endpoint(server.url))
        assert await body_of(client) == b'{"b": 2}'
        await client.aclose()
    assert [one.raw for one in server.asked] == [b'{"a":1}'] * 2


@pytest.mark.anyio
async def test_of_an_endless_error_only_the_beginning_is_read() -> None:
    problem, _ = await problem_at(Says([b"x" * 50_000] * 4, 500, holds=True))
    assert problem.fault == "server"


@pytest.mark.anyio
async def test_a_key_is_asked_again_after_it_was_refused() -> None:
    keys = iter(["first-key", "second-key"])
    async with serving([says_json({"error": {"message": "no"}}, 401), says_json({})]) as server:
        client = Client(Endpoint("m", ModelInfo("m"), server.url, key=lambda: next(keys)))
        with pytest.raises(Refused) as caught:
            await body_of(client)
        await body_of(client)
        await client.aclose()
    assert "HARNESS_BRIDGE_API_KEY" in caught.value.hint
    assert [one.headers["authorization"] for one in server.asked] == ["Bearer first-key", "Bearer second-key"]


@pytest.mark.anyio
async def test_a_refused_key_cuts_no_other_call() -> None:
    def answer(asked: Asked) -> Says:
        return says_json({"error": {"message": "no"}}, 401) if asked.path == "/no" else says_json({"b": 2})

    async with serving(answer) as server:
        client = Client(endpoint(server.url))
        async with client.post("/yes", b"{}") as first:
            with pytest.raises(Refused):
                await body_of(client, "/no")
            assert await body_of(client, "/yes") == b'{"b": 2}'
            assert await whole(first.chunks()) == b'{"b": 2}'
        await client.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("application/json", b"{}", True),
        ("text/event-stream; charset=utf-8", b"{}", False),
        ("", b' \n{"a": 1}', True),
        ("application/octet-stream", b"{}", True),
        ("text/plain", b"data: {}\n\n", False),
        ("", b"", False),
    ],
)
async def test_a_body_is_told_from_a_stream(kind: str, raw: bytes, expected: bool) -> None:
    pieces = [raw[at : at + 1] for at in range(len(raw))]
    async with serving([Says(pieces, headers={"content-type": kind} if kind else {})]) as server:
        client = Client(endpoint(server.url))
        async with client.post("/x", b"{}") as answer:
            found, chunks = await is_json(answer)
            assert (found, await whole(chunks)) == (expected, raw)
        await client.aclose()


@pytest.mark.anyio
async def test_a_web_page_is_no_answer() -> None:
    async with serving([Says([b"<html>"], headers={"content-type": "text/html; charset=utf-8"})]) as server:
        client = Client(endpoint(server.url))
        with pytest.raises(ModelProblem, match="web page"):
            async with client.post("/x", b"{}") as answer:
                await is_json(answer)
        await client.aclose()


@pytest.mark.anyio
async def test_warming_asks_for_no_key() -> None:
    def key() -> str:
        raise AssertionError("asked")

    await Client(Endpoint("m", ModelInfo("m"), "http://127.0.0.1:1/v1", key=key)).warm()
