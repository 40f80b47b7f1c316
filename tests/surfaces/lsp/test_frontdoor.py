"""The first moments of the process: the early answer, what it costs, and what is handed over."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bridge import cli, lazy
from bridge.surfaces.lsp import frontdoor
from bridge.surfaces.lsp.capabilities import initialize_result
from tests.support.corpora import PROJECT
from tests.support.raw_client import STUB, Closed, RawClient

# Each costs milliseconds before the first answer. `re` comes with json and is not among them.
HEAVY = ("anyio", "asyncio", "dataclasses", "inspect", "logging", "lsprotocol", "pydantic", "pygls", "socket", "typing")

# Runs the real command with a lazy seam that tells what is loaded at its first use, then stops.
PROBE = f"""
import sys
from bridge import lazy

def tell(name):
    sys.stderr.write(repr([module for module in {HEAVY!r} if module in sys.modules]))
    sys.exit(0)

lazy.load = tell
from bridge import cli
cli.main([])
"""


def framed(*messages: dict[str, Any]) -> bytes:
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    return b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)


INITIALIZE: dict[str, Any] = {"id": "i", "method": "initialize", "params": {"capabilities": {}}}
PING = {"id": "p", "method": "ping"}

# First frames that are no sound `initialize`, and how each is answered.
NOT_INITIALIZE = [
    (b"{", -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"initialize","method":"initialize","params":{}}', -32700),
    (b"[]", -32600),
    (b'{"jsonrpc":"2.0","id":null,"method":"initialize","params":{"capabilities":{}}}', -32600),
    (b'{"jsonrpc":"1.0","id":1,"method":"initialize","params":{"capabilities":{}}}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":[]}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"initialize"}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"ping"}', -32002),
    (b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}', -32002),
]


def piped(data: bytes, command: tuple[str, ...] = STUB) -> subprocess.CompletedProcess[bytes]:
    """A client that sends everything and closes."""
    return subprocess.run(command, input=data, capture_output=True, cwd=PROJECT, timeout=20, check=False)


def replies(output: bytes) -> dict[Any, dict[str, Any]]:
    """The responses by id."""
    found = {}
    while output:
        header, _, rest = output.partition(b"\r\n\r\n")
        length = int(header.removeprefix(b"Content-Length: "))
        message = json.loads(rest[:length])
        found[message.get("id")] = message
        output = rest[length:]
    return found


def test_nothing_heavy_is_loaded_before_the_first_answer() -> None:
    done = piped(framed(INITIALIZE), (sys.executable, "-c", PROBE))
    assert list(replies(done.stdout)) == ["i"]
    assert done.stderr == b"[]"


def test_the_first_answer_comes_before_the_surface_is_even_imported(tmp_path: Path) -> None:
    (tmp_path / "never.py").write_text("raise RuntimeError('imported')")
    code = "from bridge.surfaces.lsp import frontdoor; frontdoor.serve('never')"
    env = {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(tmp_path)])}
    with RawClient((sys.executable, "-c", code), env) as client:
        assert client.initialize() == initialize_result({"capabilities": {}})
        assert client.exit_code() == 1
        assert "imported" in client.log()


def test_frames_sent_with_the_first_and_then_a_closed_stdin_are_all_answered() -> None:
    pings = [{"id": number, "method": "ping"} for number in range(50)]
    done = piped(framed(INITIALIZE, *pings))
    assert set(replies(done.stdout)) == {"i", *range(50)}
    assert done.returncode == 1


def test_a_whole_session_can_be_read_from_a_file(tmp_path: Path) -> None:
    session = tmp_path / "session"
    session.write_bytes(framed(INITIALIZE, PING, {"id": "s", "method": "shutdown"}, {"method": "exit"}))
    with session.open("rb") as stdin, (tmp_path / "out").open("wb") as stdout:
        done = subprocess.run(
            STUB, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, cwd=PROJECT, timeout=20, check=False
        )
    assert done.returncode == 0, done.stderr
    answers = replies((tmp_path / "out").read_bytes())
    assert set(answers) == {"i", "p", "s"}


@pytest.mark.parametrize("data", [b"", b"Content-Le", b"Content-Length: 10\r\n\r\n{"])
def test_an_end_of_input_before_the_first_frame_exits_with_1_and_says_nothing(data: bytes) -> None:
    done = piped(data)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.parametrize("first", [first for first, _ in NOT_INITIALIZE])
def test_a_first_frame_that_is_no_sound_initialize_is_left_to_the_loop(first: bytes, tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        assert not frontdoor._answered(out.fileno(), first)
    assert (tmp_path / "out").read_bytes() == b""


def test_a_process_that_begins_with_bad_frames_answers_each_and_then_initialize() -> None:
    with RawClient() as client:
        for first, code in NOT_INITIALIZE:
            client.body(first)
            assert client.receive()["error"]["code"] == code
        assert client.initialize()["serverInfo"]["name"] == "harness-bridge"
        assert client.call("ping")["result"] == {"pong": True}


def test_both_ways_to_the_answer_of_initialize_give_the_same() -> None:
    with RawClient() as early, RawClient() as late:
        late.body(b"{}")
        late.receive()
        answers = [
            client.initialize(capabilities={"general": {"positionEncodings": ["utf-32"]}}) for client in (early, late)
        ]
    assert answers[0]["capabilities"]["positionEncoding"] == "utf-32"
    assert answers[0]["capabilities"].keys() == answers[1]["capabilities"].keys()
    assert answers[0]["serverInfo"] == answers[1]["serverInfo"]


def test_an_odd_client_that_was_answered_early_is_served() -> None:
    with RawClient() as client:
        client.initialize(capabilities={"textDocument": 5, "workspace": {"symbol": {"symbolKind": {"valueSet": [99]}}}})
        assert client.call("ping")["result"] == {"pong": True}


def test_what_is_printed_goes_to_the_log_and_never_between_the_frames() -> None:
    with RawClient() as client:
        client.ready()
        assert client.call("test/print")["result"] is None
        assert client.call("ping")["result"] == {"pong": True}
        client.logged("stray write")
        client.logged("stray print")


def test_what_reads_stdin_steals_no_frame() -> None:
    with RawClient() as client:
        client.ready()
        assert client.call("test/stdin")["result"] == {"read": 0}
        assert client.call("ping")["result"] == {"pong": True}


def test_an_input_of_an_event_loop_that_does_not_block_is_read() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with subprocess.Popen(STUB, stdin=reading, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        os.close(reading)
        os.write(writing, framed(INITIALIZE, PING, {"id": "s", "method": "shutdown"}, {"method": "exit"}))
        assert process.stdout is not None
        assert set(replies(process.stdout.read())) == {"i", "p", "s"}
        assert process.wait(10) == 0
    os.close(writing)


def test_a_client_that_has_gone_before_the_answer_ends_the_process() -> None:
    with RawClient() as client:
        client.close_output()
        client.body(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}')
        assert client.exit_code() == 1


def test_the_daemon_runs_without_an_argument_and_with_serve() -> None:
    for arguments in ((), ("serve",)):
        with RawClient((sys.executable, "-m", "bridge", *arguments)) as client:
            assert client.initialize()["serverInfo"]["name"] == "harness-bridge"


def test_every_other_subcommand_is_the_terminals() -> None:
    assert lazy.load("bridge.cli") is cli
    with pytest.raises(ModuleNotFoundError):
        lazy.load("bridge.no_such_module")


def test_the_end_of_output_is_seen_by_the_client() -> None:
    with RawClient() as client:
        client.ready()
        client.notify("exit")
        with pytest.raises(Closed):
            client.receive()
