"""A model service that fails: what the person sees, how often it is asked, and that no tool runs twice."""

import gzip
import json
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import model_answers as answers
from tests.support.model_answers import Answer, Call, Message, Said, calls, frame, said, text
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, KEY, OnModel, outputs

NOW = "1"
"""Milliseconds to wait, as a service may say it."""
QUIET_S = "1.5"
"""Seconds without a byte that are a stall, in these tests."""

LOOK = ("read_file", {"path": "a.txt"})


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnModel]:
    with ModelServer() as server, OnModel(tmp_path_factory.mktemp("daemon"), server, {"IDLE_SECONDS": QUIET_S}) as on:
        yield on


def goes_on(on: OnModel, server: ModelServer) -> None:
    """A prompt after all that works; the server checks that its history is one that a service takes."""
    server.add(text("Still here."))
    assert on.ask("and now?") == FINE
    assert on.text().endswith("Still here.")
    assert server.asked[-1].holds("and now?")


def event(kind: str, **more: object) -> bytes:
    return frame({"type": kind, "sequence_number": 4} | more)


def flat_error() -> bytes:
    return event("error", code="server_error", message="It broke in the middle.", param=None)


def nested_error() -> bytes:
    return event("error", error={"type": "server_error", "code": "server_error", "message": "It broke.", "param": None})


PASSING: dict[str, Callable[[ModelServer], Answer]] = {
    "429 with ms": lambda _: answers.rate_limited(retry_after_ms=NOW),
    "429 with seconds": lambda _: answers.rate_limited(retry_after="0"),
    "429 without": lambda _: answers.rate_limited(),
    "500": lambda _: answers.error(500, "The server had an error.", retry_after_ms=NOW),
    "503": lambda _: answers.error(503, "The engine is overloaded.", "service_unavailable", retry_after_ms=NOW),
    "502 with a page": lambda _: answers.status(502, {"content-type": "text/html"}, b"<html>Bad gateway</html>"),
    "stall at first": lambda server: answers.stall(server.gate()),
    "stall in the middle": lambda server: answers.held(text("Half of it is"), server.gate(), 6),
    "reset at first": lambda _: answers.dropped(),
    "closed at first": lambda _: answers.dropped(reset=False),
    "reset in the middle": lambda _: answers.cut_at(text("Half of it is"), 6),
    "closed in the middle": lambda _: answers.cut_at(text("Half of it is"), 6, reset=False),
    "cut in an event": lambda _: answers.cut(text("Half of it is"), 1500, reset=False),
    "no terminal event": lambda _: answers.unfinished(text("Half of it is")),
    "failed": lambda _: answers.failed("server_error", "The server had an error.", Message("Half of it is")),
    "flat error": lambda _: answers.unfinished(answers.with_bytes(text("Half of it is"), flat_error(), -3)),
    "nested error": lambda _: answers.unfinished(answers.with_bytes(text("Half of it is"), nested_error(), -3)),
    "garbage": lambda _: answers.garbage(),
    "garbage in the middle": lambda _: answers.with_bytes(text("Half of it is"), b"data: {]\n\n", 6),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_tried_again_and_is_no_error(on: OnModel, server: ModelServer, name: str) -> None:
    server.add(PASSING[name](server), text("Fine."))
    assert on.ask("do it") == FINE
    assert on.text().endswith("Fine.")
    (again,) = on.updates("retrying")
    assert again["attempt"] == 1
    assert again["message"]
    assert len(server.asked) == 2
    assert server.request(2).holds("do it")
    goes_on(on, server)


def test_what_was_said_before_a_stream_broke_is_kept_and_marked(on: OnModel, server: ModelServer) -> None:
    script: list[Answer] = [answers.cut_at(text("Half of it is here"), 5), text("Fine.")]
    server.add(*script)
    assert on.ask("do it") == FINE
    first, last = (record["item"] for record in on.records("ItemDone"))
    assert first["status"] == "incomplete"
    assert first["content"][0]["text"]
    assert "Half of it is here".startswith(first["content"][0]["text"])
    assert last["content"][0]["text"] == "Fine."
    goes_on(on, server)


@pytest.mark.parametrize("reset", [True, False])
def test_a_call_that_ran_before_the_stream_broke_is_not_run_again(
    on: OnModel, server: ModelServer, reset: bool
) -> None:
    """The first call is complete and may run at once; the connection ends in the second one."""
    both = calls(LOOK, ("read_file", {"path": "b.txt" * 20}))
    script: list[Answer] = [answers.cut_at(both, 12, reset=reset), text("Fine.")]
    server.add(*script)
    on.bridge.file("a.txt", "this is a\n")
    assert on.ask("read a and b") == FINE
    told = outputs(server.request(2).items)
    assert set(on.runs()) <= set(told)
    assert len(on.runs()) <= 1
    goes_on(on, server)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (answers.rate_limited(retry_after_ms=NOW), 6),
        (answers.error(500, "The server had an error.", retry_after_ms=NOW), 4),
        (answers.dropped(), 4),
        (answers.unfinished(text("Half of it is")), 4),
        (answers.garbage(), 4),
    ],
    ids=["429", "500", "reset", "no end", "garbage"],
)
def test_what_does_not_pass_is_given_up(on: OnModel, server: ModelServer, answer: Answer, requests: int) -> None:
    server.add(*([answer] * requests))
    ended = on.ask("do it", within=40)
    assert ended.stop == "failed"
    assert ended.message
    assert len(server.asked) == requests
    assert len(on.updates("retrying")) == requests - 1
    goes_on(on, server)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answers.no_quota(), ("nothing left", "plan")),
        (answers.wrong_key(), ("key", "HARNESS_BRIDGE_API_KEY")),
        (answers.error(403, "Not for you.", "forbidden"), ("key",)),
        (answers.error(400, "Too many of something.", "invalid_request"), ("Too many of something",)),
        (answers.no_model("a-model"), ("a-model", "model")),
    ],
    ids=["quota", "401", "403", "400", "404"],
)
def test_what_waiting_does_not_mend_is_asked_once(
    on: OnModel, server: ModelServer, answer: Answer, words: tuple[str, ...]
) -> None:
    server.add(answer)
    ended = on.ask("do it")
    assert ended.stop == "failed"
    assert [word for word in words if word not in ended.message] == []
    assert len(server.asked) == 1
    assert not on.updates("retrying")
    goes_on(on, server)


def test_a_model_that_is_gone_is_replaced_and_it_is_said(tmp_path: Path) -> None:
    def script(request: answers.Request) -> Answer:
        if request.body["model"] == "a-model":
            return answers.no_model("a-model")
        return calls(LOOK) if len(request.items) < 3 else text("From the other.")

    with ModelServer(script) as server, OnModel(tmp_path, server, {"FALLBACK": "other-model"}) as on:
        on.bridge.file("a.txt", "a\n")
        assert on.ask("read a") == FINE
        (switched,) = on.updates("model_switched")
        assert switched["model"] == "other-model"
        assert "a-model" in switched["why"]
        assert on.records("ModelSwitched")
        assert [request.body["model"] for request in server.asked] == ["a-model", "other-model", "other-model"]
        assert on.ask("again") == FINE
        assert server.asked[3].body["model"] == "a-model", "each turn tries the first one again"


def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return f"http://127.0.0.1:{held.getsockname()[1]}/v1"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "words"),
    [("", "Nothing listens"), ("http://nonexistent.invalid/v1", "no address for nonexistent.invalid")],
    ids=["refused", "DNS"],
)
def test_a_service_that_is_not_there(tmp_path: Path, address: str, words: str) -> None:
    with OnModel(tmp_path, None, {"BASE_URL": address or nowhere()}) as on:
        ended = on.ask("hello", within=40)
        assert ended.stop == "failed"
        assert words in ended.message
        assert KEY not in ended.message


@pytest.mark.slow
def test_https_on_a_server_without(tmp_path: Path) -> None:
    with ModelServer() as server:
        address = server.base_url.replace("http://", "https://")
        with OnModel(tmp_path, None, {"BASE_URL": address}) as on:
            ended = on.ask("hello", within=40)
            assert ended.stop == "failed"
            assert "No safe connection" in ended.message
        assert server.strangers > 0
        assert not server.requests


@pytest.mark.slow
def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with ModelServer(tls=self_signed(tmp_path)) as server, OnModel(tmp_path, server) as on:
        ended = on.ask("hello", within=40)
        assert ended.stop == "failed"
        assert "No safe connection" in ended.message
        assert "certificate" in ended.message
        assert not server.requests, "nothing was sent, the key least of all"


@pytest.mark.slow
def test_a_certificate_that_the_machine_trusts(tmp_path: Path) -> None:
    trusted = {".SSL_CERT_FILE": str(tmp_path / "server.pem")}
    with ModelServer([text("Fine.")], tls=self_signed(tmp_path)) as server, OnModel(tmp_path, server, trusted) as on:
        assert on.ask("hello") == FINE
        assert server.request(1).headers["authorization"] == f"Bearer {KEY}"


def test_a_service_that_has_moved_gets_nothing(tmp_path: Path) -> None:
    with ModelServer([text("Fine.")]) as other:
        moved = answers.status(307, {"location": f"{other.base_url}/responses"})
        with ModelServer([moved]) as server, OnModel(tmp_path, server) as on:
            ended = on.ask("hello")
            assert ended.stop == "failed"
            assert "which was not chosen" in ended.message
            assert server.request(1).headers["authorization"] == f"Bearer {KEY}"
            assert not other.requests


def self_signed(folder: Path) -> ssl.SSLContext:
    """A context with a certificate for 127.0.0.1 that was made just now."""
    key, certificate = folder / "server-key.pem", folder / "server.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    try:
        files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run([*made, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl on this machine to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.slow
def test_a_line_of_100_mb_is_never_held(tmp_path: Path) -> None:
    with ModelServer([answers.long_line(), text("Fine.")]) as server, OnModel(tmp_path, server) as on:
        assert on.ask("do it", within=40) == FINE
        assert len(server.asked) == 2
        assert on.client.peak_mb() < 150
        goes_on(on, server)


@pytest.mark.slow
@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_model_that_writes_without_end_is_broken_off(tmp_path: Path, api: str) -> None:
    """At 16 MB, thirty times the longest answer that a model gives."""
    script: list[Answer] = [answers.endless("m" * 60_000), text("Fine.")]
    with ModelServer(script) as server, OnModel(tmp_path, server, {"API": api}) as on:
        on.ask("do it", within=40)
        assert server.request(1).left.wait(5)
        assert len(on.text()) < 17_000_000
        assert on.client.peak_mb() < 250


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunks_that_end_anywhere(on: OnModel, server: ModelServer, size: int) -> None:
    words = "Größe 💡 “x” \u2028 – 漢字 "
    answer = said(Message(words * 3, size=4), Call("read_file", {"path": "ä💡.txt"}))
    server.add(answers.split(answer, size), text("Fine."))
    on.bridge.file("ä💡.txt", "found\n")
    assert on.ask("do it") == FINE
    assert on.text() == words * 3 + "Fine."
    (told,) = outputs(server.request(2).items).values()
    assert "found" in told


ODD: dict[str, Callable[[Said], Answer]] = {
    "each event twice": answers.doubled,
    "no deltas": lambda one: answers.without(
        one, "response.output_text.delta", "response.function_call_arguments.delta"
    ),
    "no starts": lambda one: answers.without(
        one, "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"
    ),
    "no item is done": lambda one: answers.without(one, "response.output_item.done"),
    "only the end": lambda one: answers.without(
        one,
        *("response.created", "response.in_progress", "response.output_item.added", "response.output_item.done"),
        *("response.content_part.added", "response.content_part.done", "response.output_text.delta"),
        *("response.output_text.done", "response.function_call_arguments.delta"),
        "response.function_call_arguments.done",
    ),
    "unknown events": lambda one: answers.with_bytes(one, event("response.brand_new.delta", delta={"a": 1}), 4),
    "comments": lambda one: answers.with_bytes(one, b": keep alive\n\n\r\n: again\r\n\r\n", 4),
}


@pytest.mark.parametrize("name", ODD)
def test_events_that_come_twice_or_not_at_all_or_are_new(on: OnModel, server: ModelServer, name: str) -> None:
    answer = said(Message("I read it."), Call(*LOOK))
    server.add(ODD[name](answer), text("Fine."))
    on.bridge.file("a.txt", "this is a\n")
    assert on.ask("do it") == FINE
    assert on.text() == "I read it.Fine."
    second = server.request(2).items
    assert [item.get("type") for item in second[-3:]] == ["message", "function_call", "function_call_output"]
    assert len(on.runs()) == 1
    assert len(server.asked) == 2
    goes_on(on, server)


def test_calls_that_cannot_be_read_stop_the_turn_at_the_fifth(on: OnModel, server: ModelServer) -> None:
    bad = ["{not json", "[1]", '"text"', "{]"]
    script = [calls(("read_file", arguments)) for arguments in (*bad, "{" * 100)]
    server.add(*script)
    ended = on.ask("do it")
    assert ended.stop in ("max_turn_requests", "failed")
    assert "5" in ended.message or "five" in ended.message
    assert len(server.asked) == 5
    assert not on.runs()
    goes_on(on, server)


def test_a_call_that_cannot_be_read_can_be_made_again(on: OnModel, server: ModelServer) -> None:
    script = [calls(("read_file", "{not json")), calls(LOOK), text("Fine.")]
    server.add(*script)
    on.bridge.file("a.txt", "this is a\n")
    assert on.ask("do it") == FINE
    wrong, right = outputs(server.request(3).items).values()
    assert "JSON" in wrong
    assert "this is a" in right


def test_a_tool_that_is_not_there(on: OnModel, server: ModelServer) -> None:
    script = [calls(("launch_rocket", {"to": "moon"})), text("Fine.")]
    server.add(*script)
    assert on.ask("do it") == FINE
    (told,) = outputs(server.request(2).items).values()
    assert "launch_rocket" in told
    goes_on(on, server)


@pytest.mark.slow
def test_a_thousand_calls_in_one_answer(on: OnModel, server: ModelServer) -> None:
    many = calls(*(("read_file", {"path": f"{number % 10}.txt"}) for number in range(1000)))
    server.add(many, text("Fine."))
    for number in range(10):
        on.bridge.file(f"{number}.txt", f"this is {number}\n")
    assert on.ask("read", within=40) == FINE
    told = outputs(server.request(2).items)
    assert list(told) == [f"call_0001_{number}" for number in range(1000)]
    assert all(f"this is {number % 10}" in output for number, output in enumerate(told.values()))
    goes_on(on, server)


@pytest.mark.parametrize("usage", [{}, answers.tokens(0, 0)], ids=["none", "zero"])
def test_a_usage_that_says_nothing(on: OnModel, server: ModelServer, usage: dict[str, object]) -> None:
    server.add(text("Fine.", usage))
    assert on.ask("do it") == FINE
    (end,) = on.records("StepEnded")
    assert end["spent"]["dollars"] is None, "unknown is not free"
    got = on.wired.call("harness/usage/get", sessionId=on.session)
    assert got["total"]["calls"] == 1
    assert json.dumps(got).count('"dollars"') == 0
    goes_on(on, server)


def test_a_question_that_is_open_when_the_stream_breaks_is_asked_once(on: OnModel, server: ModelServer) -> None:
    """The call has begun: it waits for its answer, runs once, and the model is told before it is asked again."""
    both = calls(("shell", {"command": "echo once >> ran"}), ("read_file", {"path": "b.txt" * 20}))
    gate = server.gate()
    server.add(answers.held(answers.cut_at(both, 10), gate, 10), text("Fine."))
    on.prompt("do it")
    gate.reached()
    question = on.question()
    gate.open()
    assert server.request(1).left.wait(5)
    on.wired.answer(question, outcome={"outcome": "selected", "optionId": "allow_once"})
    assert on.ended() == FINE
    assert (on.work / "ran").read_text() == "once\n"
    assert list(outputs(server.request(2).items)) == ["call_0001_0"]
    goes_on(on, server)


def test_a_service_that_asks_for_more_than_ten_minutes_is_not_waited_for(on: OnModel, server: ModelServer) -> None:
    server.add(answers.rate_limited(retry_after="1200"))
    ended = on.ask("do it")
    assert ended.stop == "failed"
    assert "20 minutes" in ended.message
    goes_on(on, server)


@pytest.mark.slow
def test_a_limit_that_is_told_in_the_stream(on: OnModel, server: ModelServer) -> None:
    limited = answers.failed("rate_limit_exceeded", "Rate limit reached.")
    server.add(limited, text("Fine."))
    assert on.ask("do it") == FINE
    assert len(server.asked) == 2
    goes_on(on, server)


CHAT: dict[str, Callable[[ModelServer], Answer]] = {
    "500": PASSING["500"],
    "stall at first": PASSING["stall at first"],
    "stall in the middle": lambda server: answers.held(text("Half of it is"), server.gate(), 2),
    "reset at first": PASSING["reset at first"],
    "reset in the middle": lambda _: answers.cut_at(text("Half of it is"), 2),
    "closed in the middle": lambda _: answers.cut_at(text("Half of it is"), 2, reset=False),
    "no end": lambda _: answers.cut(text("Half of it is"), 450, reset=False),
    "garbage": PASSING["garbage"],
    "garbage in the middle": lambda _: answers.with_bytes(text("Half of it is"), b"data: {]\n\n", 2),
    "an error in the stream": lambda _: answers.with_bytes(
        text("Half of it is"), b'data: {"error": {"message": "No."}}\n\n', 2
    ),
}


@pytest.fixture(scope="module")
def chat_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnModel]:
    env = {"IDLE_SECONDS": QUIET_S, "API": "chat"}
    with ModelServer() as server, OnModel(tmp_path_factory.mktemp("chat"), server, env) as on:
        yield on


@pytest.mark.parametrize("name", CHAT)
def test_the_same_over_chat_completions(chat_daemon: OnModel, name: str) -> None:
    on, server = chat_daemon.anew(), chat_daemon.server
    assert server
    server.add(CHAT[name](server), text("Fine."))
    on.bridge.file("a.txt", "this is a\n")
    assert on.ask("do it") == FINE
    assert on.text().endswith("Fine.")
    assert len(on.updates("retrying")) == 1
    server.add(calls(LOOK, LOOK), text("Still here."))
    assert on.ask("and now?") == FINE
    roles = [message["role"] for message in server.asked[-1].items]
    assert roles[-3:] == ["assistant", "tool", "tool"]
    on.check()


SPOKEN = said(Message("Größe: I read it."), Call(*LOOK))

FORMS: dict[str, Answer] = {
    "CRLF": answers.rewritten(SPOKEN, lambda data: data.replace(b"\n", b"\r\n")),
    "CR": answers.rewritten(SPOKEN, lambda data: data.replace(b"\n", b"\r")),
    "no space": answers.rewritten(SPOKEN, lambda data: data.replace(b"data: ", b"data:")),
    "no event lines": answers.rewritten(SPOKEN, lambda data: re.sub(rb"event: .*\n", b"", data)),
    "lines of data": answers.rewritten(SPOKEN, lambda data: data.replace(b', "sequence', b',\ndata: "sequence')),
    "byte order mark": answers.rewritten(SPOKEN, lambda data: b"\xef\xbb\xbf" + data),
    "done": answers.rewritten(SPOKEN, lambda data: data + b"data: [DONE]\n\n"),
    "gzip": answers.rewritten(SPOKEN, gzip.compress, content_encoding="gzip"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_stream_that_is_written_in_another_way(on: OnModel, server: ModelServer, name: str) -> None:
    server.add(FORMS[name], text("Fine."))
    on.bridge.file("a.txt", "this is a\n")
    assert on.ask("do it") == FINE
    assert on.text() == "Größe: I read it.Fine."
    assert len(on.runs()) == 1
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        answers.status(200, {}, {"error": {"message": "Not now.", "type": "server_error"}}),
        answers.status(200, {"content-type": "text/event-stream"}, b""),
        answers.status(200, {}, b""),
        answers.not_http(b"SSH-2.0-OpenSSH_9.9\r\n"),
        answers.not_http(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\ndata: {"),
        answers.not_http(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    ],
    ids=["error", "empty stream", "empty", "SSH", "short", "bad chunk"],
)
def test_an_answer_that_is_no_stream(on: OnModel, server: ModelServer, answer: Answer) -> None:
    server.add(answer, text("Fine."))
    assert on.ask("do it") == FINE
    assert on.text() == "Fine."
    (again,) = on.updates("retrying")
    assert again["message"]
    goes_on(on, server)


def test_a_page_for_people_at_the_address(on: OnModel, server: ModelServer) -> None:
    page = answers.status(200, {"content-type": "text/html"}, b"<html>Log in to the network</html>")
    server.add(page)
    ended = on.ask("do it")
    assert ended.stop == "failed"
    assert "/v1" in ended.message
    assert "<html>" not in ended.message
    assert len(server.asked) == 1
    goes_on(on, server)


def test_a_service_that_does_not_stream(on: OnModel, server: ModelServer) -> None:
    """It answers with the whole response at once."""

    def whole(request: answers.Request) -> answers.Reply:
        request.body["stream"] = False
        return SPOKEN(request)

    server.add(whole, text("Fine."))
    on.bridge.file("a.txt", "this is a\n")
    assert on.ask("do it") == FINE
    assert on.text() == "Größe: I read it.Fine."
    assert len(on.runs()) == 1
