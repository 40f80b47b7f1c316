"""The loop on a real process: order, slow and vanished clients, signals, and the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.raw_client import STUB, Closed, RawClient

MB = 1024 * 1024


@pytest.fixture(scope="module")
def shared() -> Iterator[RawClient]:
    """One daemon for the tests that leave it as it was."""
    with RawClient() as client:
        yield client.ready()


@pytest.fixture
def client(shared: RawClient) -> RawClient:
    """The shared daemon, with nothing left over from the test before."""
    shared.call("ping")
    shared.forget()
    return shared


def test_a_handshake_a_request_and_an_orderly_end() -> None:
    with RawClient() as client:
        client.ready()
        assert client.call("shutdown")["result"] is None
        assert client.call("ping")["error"]["code"] == -32600
        client.notify("test/release", {"name": "x"})
        client.notify("exit")
        assert client.exit_code() == 0
        assert client.log() == "stub stopped\n"


@pytest.mark.parametrize(
    ("how", "code", "kind"),
    [("bridge", -32803, "unknown_session"), ("rpc", -32050, None), ("remote", -32603, "internal")],
)
def test_a_failing_handler_is_answered_and_the_daemon_lives_on(
    how: str, code: int, kind: str | None, client: RawClient
) -> None:
    error = client.call("test/fail", {"how": how})["error"]
    assert error["code"] == code
    assert error.get("data", {}).get("kind") == kind
    assert "result" in client.call("ping")


def test_an_unknown_failure_leaks_nothing_to_the_client_and_everything_to_the_log(client: RawClient) -> None:
    error = client.call("test/fail", {"how": "unknown"})["error"]
    assert (error["code"], error["message"]) == (-32603, "Internal error")
    assert set(error["data"]) == {"kind", "hint", "incident"}
    client.logged(error["data"]["incident"])
    client.logged("  | 2026 INFO forged line\\x1b[2J")


def test_a_document_over_the_limit_is_refused_and_the_next_frame_served() -> None:
    with RawClient() as client:
        client.ready()
        client.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": "file:///big", "languageId": "x", "version": 1, "text": "x" * (20 * MB)}},
        )
        refused = client.receive()
        assert (refused["id"], refused["error"]["code"]) == (None, -32600)
        assert "result" in client.call("ping")
        assert client.peak_mb() < 200


# Cancelling.


def test_a_cancelled_request_winds_down_before_it_is_answered(client: RawClient) -> None:
    asking = client.start("test/slow")
    client.asked("test/started")
    for _ in range(50):
        client.notify("$/cancelRequest", {"id": asking})
    assert client.response(asking)["error"]["code"] == -32800
    client.asked("test/cleaned")
    assert "result" in client.call("ping")
    assert len([message for message in client.seen if message.get("id") == asking]) == 1


def test_a_handler_that_turns_the_cancelling_into_a_result_is_heard(client: RawClient) -> None:
    asking = client.start("test/swallow")
    client.asked("test/started")
    client.notify("$/cancelRequest", {"id": asking})
    assert client.response(asking)["result"] == {"stopReason": "cancelled"}


def test_a_question_that_is_given_up_is_taken_back_and_its_late_answer_dropped(client: RawClient) -> None:
    asking = client.start("test/ask", {})
    question = client.asked("test/question")
    client.notify("$/cancelRequest", {"id": asking})
    assert client.asked("$/cancelRequest")["params"] == {"id": question["id"]}
    assert client.response(asking)["error"]["code"] == -32800
    client.answer(question, result={"outcome": {"outcome": "selected", "optionId": "allow_once"}})
    assert client.call("test/accepted")["result"] == {}


def test_a_question_that_times_out_is_taken_back(client: RawClient) -> None:
    assert client.call("test/ask", {"timeout": 0.01})["result"]["code"] == "timeout"
    assert client.asked("$/cancelRequest")["params"] == {"id": client.asked("test/question")["id"]}


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ({"error": {"code": -32601, "message": "not here"}}, -32601),
        ({"error": "boom"}, -32603),
        ({}, -32603),
    ],
)
def test_an_error_or_a_malformed_answer_ends_the_question(member: dict[str, Any], code: int, client: RawClient) -> None:
    asking = client.start("test/ask", {})
    client.answer(client.asked("test/question"), **member)
    assert client.response(asking)["result"] == {"outcome": "denied", "code": code}


# A client that does not read.


def test_a_client_that_stops_reading_is_served_on_and_gets_the_latest_when_it_reads_again() -> None:
    with RawClient() as client:
        client.ready()
        idle = client.peak_mb()
        client.reading.clear()
        count = 64 * 1024
        flood = client.start("test/flood", {"count": count, "size": 1024, "key": "progress"})
        client.logged("flood done")
        ping = client.start("ping")
        second = client.start("test/flood", {"count": 1, "key": "other"})
        assert client.peak_mb() - idle < 32
        client.reading.set()
        assert client.response(flood, 20)["result"] == {"sent": count}
        assert "result" in client.response(ping)
        assert client.response(second)["result"] == {"sent": 1}
        numbers = [m["params"]["number"] for m in client.seen if m.get("method") == "test/event"][:-1]
        assert numbers == sorted(numbers)
        assert numbers[-1] == count - 1
        assert len(numbers) < count


def test_a_client_that_leaves_too_much_unread_is_given_up() -> None:
    with RawClient() as client:
        client.ready()
        client.reading.clear()
        client.start("test/flood", {"count": 64 * 1024, "size": 1024})
        client.logged("unread")
        assert client.exit_code() == 1
        assert "stub stopped" in client.log()


# A client that has gone.


def test_a_client_that_closes_only_its_reading_end_ends_the_daemon() -> None:
    with RawClient() as client:
        client.ready()
        client.close_output()
        assert client.exit_code() == 1
        assert "stub stopped" in client.log()


def test_an_end_of_input_in_the_middle_of_a_request_ends_it_and_the_daemon() -> None:
    with RawClient() as client:
        client.ready()
        asking = client.start("test/slow")
        client.asked("test/started")
        client.close_input()
        assert client.response(asking)["error"]["code"] == -32800
        client.asked("test/cleaned")
        assert client.exit_code() == 1
        assert "stub stopped" in client.log()


def test_an_end_of_input_after_shutdown_is_an_orderly_end() -> None:
    with RawClient() as client:
        client.ready()
        client.call("shutdown")
        client.close_input()
        assert client.exit_code() == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_is_an_orderly_end_in_which_requests_are_answered(name: str) -> None:
    with RawClient() as client:
        client.ready()
        asking = client.start("test/slow")
        client.asked("test/started")
        client.process.send_signal(getattr(signal, name))
        assert client.response(asking)["error"]["code"] == -32800
        assert client.exit_code() == 0
        assert "stub stopped" in client.log()


def test_a_surface_that_never_stops_is_left_after_three_seconds() -> None:
    with RawClient(env={"STUB_HANGS_ON_STOP": "1"}) as client:
        client.ready()
        begun = time.monotonic()
        client.process.send_signal(signal.SIGTERM)
        assert client.exit_code() == 0
        assert 2.5 < time.monotonic() - begun < 5


def test_the_death_of_the_clients_process_ends_the_daemon_although_its_pipe_stays_open() -> None:
    with subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE) as parent, RawClient() as client:
        client.initialize(process_id=parent.pid)
        client.call("ping")
        parent.kill()
        assert client.exit_code(5) == 1
        assert "has ended" in client.log()


@pytest.mark.parametrize("pid", [-1, 0, 2**40, 2**22 - 1])
def test_a_process_id_that_names_nothing_here_is_not_waited_for(pid: int) -> None:
    with RawClient() as client:
        client.initialize(process_id=pid)
        assert "result" in client.call("ping")


def test_a_task_of_the_surface_that_fails_ends_the_daemon_in_order_and_in_the_log() -> None:
    with RawClient() as client:
        client.ready()
        asking = client.start("test/slow")
        client.asked("test/started")
        client.notify("test/crash")
        assert client.response(asking)["error"]["code"] == -32800
        assert client.exit_code() == 1
        assert "stub stopped" in client.log()
        assert "ValueError: background task" in client.log()


def test_exit_ends_at_once_whatever_runs() -> None:
    with RawClient() as client:
        client.ready()
        client.start("test/slow")
        client.asked("test/started")
        begun = time.monotonic()
        client.notify("exit")
        assert client.exit_code() == 1
        assert time.monotonic() - begun < 2


def test_a_stream_out_of_step_is_answered_and_left_within_two_seconds() -> None:
    with RawClient() as client:
        client.ready()
        begun = time.monotonic()
        client.raw(b"Content-Length: x\r\n\r\n{}")
        answer = client.receive()
        assert (answer["id"], answer["error"]["code"]) == (None, -32700)
        with pytest.raises(Closed):
            client.receive()
        assert client.exit_code() == 1
        assert time.monotonic() - begun < 2


def test_a_socket_serves_as_well_as_a_pipe() -> None:
    ours, theirs = (end.detach() for end in socket.socketpair())
    with subprocess.Popen(STUB, stdin=theirs, stdout=theirs) as process:
        os.close(theirs)
        body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
        os.write(ours, b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert b'"capabilities"' in os.read(ours, 65536)
        os.close(ours)
        assert process.wait(10) == 1
