"""Runs rows of security/jsonrpc.jsonl against a daemon on LSP framing; what is particular to one is its `Target`."""

import base64
import json
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.support.raw_client import PATIENCE_S, Closed, Message, RawClient, same_id

CORPUS = "security/jsonrpc.jsonl"

# Rows about newline-delimited framing, which is the Agent Client Protocol's and has a surface of its own.
NOT_APPLICABLE = {
    "rp-2dacfff2d7": "ndjson framing: bad bytes on one line",
    "rp-4e956f7841": "ndjson framing: U+2028 inside a line",
    "rp-6a71e93f0a": "ndjson framing: a line of NUL padding",
    "rp-8756c0e4ce": "ndjson framing: two objects on one line",
    "rp-8d4db6d4a5": "ndjson framing: Content-Length sent to an ndjson server",
    "rp-af6bcfaac4": "ndjson framing: NEL and VT inside a line",
    "rp-f84f7ab9f7": "ndjson framing: a message over several lines",
}


class Question(Protocol):
    """A question to the client that stands open; opened by `Target.open_question`."""

    request_id: int | str

    def settled(self) -> str:
        """Wait for its end: "allowed" or "denied"."""

    def is_open(self) -> bool:
        """Whether it has not ended, as far as the client has been told."""

    def executions(self) -> int:
        """How often what was asked about has been done."""


@dataclass(frozen=True, slots=True)
class Target:
    """One daemon.

    `ping` is any method that answers at once, `known` one that refuses an array as params; `slow(client, id)` is a
    whole request that stays in flight until it is cancelled.
    """

    command: Sequence[str]
    ping: str
    known: str
    slow: Callable[[RawClient, int | str], Message]
    open_question: Callable[[RawClient], Question]
    env: dict[str, str] = field(default_factory=dict)
    capabilities: Message = field(default_factory=dict)

    def spawn(self) -> RawClient:
        """A client of a new daemon."""
        return RawClient(self.command, self.env, capabilities=self.capabilities)


@dataclass(slots=True)
class Seen:
    """What a row has led to: responses before the probe's, whether the probe was answered, the exit code if not."""

    responses: list[Message] = field(default_factory=list)
    alive: bool = False
    exit_code: int | None = None


def needs_own_daemon(row: dict[str, Any]) -> bool:
    """Whether a row may leave a daemon in another state than it found it in."""
    if row["state"] != "initialized" or "gen" in row or row.get("eof") or row.get("no_read"):
        return True
    return not row["expect"].get("alive") or any("test/slow" in body.decode("latin-1") for body in bodies(row))


def bodies(row: dict[str, Any]) -> list[bytes]:
    """The row's bodies as bytes, generated ones included."""
    if gen := row.get("gen"):
        return [f"{gen['prefix']}{gen['char'] * gen['n']}{gen['suffix']}".encode()]
    return [base64.b64decode(body) for body in row["bodies_b64"]]


def bring_to_state(client: RawClient, state: str) -> None:
    """From spawned to what the row wants."""
    if state == "pre_init":
        return
    client.ready()
    if state == "shutdown":
        client.call("shutdown")


def run_row(target: Target, row: dict[str, Any], client: RawClient) -> None:
    """Send the row to a client in its state and judge what comes; AssertionError where it is not as expected."""
    expect = row["expect"]
    if row["state"] == "awaiting_permission":
        _run_answers(target, row, client)
        return
    if "on_eof" in expect:
        _run_end_of_input(target, expect, client)
        return
    begun = time.monotonic()
    # What the row before has been sent after its probe was answered is not this row's.
    marker = len(client.seen)
    if row.get("no_read"):
        client.reading.clear()
    _send(target, row, client)
    client.reading.set()
    if "exactly_one_response" in expect:
        # Its handler winds down first; a second answer would come before the probe's.
        client.response(expect["exactly_one_response"])
    seen = _probe(target, client, marker, PATIENCE_S + expect.get("within_s", 0))
    elapsed = time.monotonic() - begun
    assert elapsed <= expect.get("within_s", PATIENCE_S), f"took {elapsed:.1f} s"
    if seen.alive and "bounded_memory_mb" in expect:
        assert client.peak_mb() <= expect["bounded_memory_mb"]
    if expect.get("log_escaped"):
        assert not re.search(r"[^\n\t\x20-\x7e]", client.log())
    assert _meets(expect, seen, row), f"expected {expect}, saw {seen}; log: {client.log()[-1000:]}"


def _send(target: Target, row: dict[str, Any], client: RawClient) -> None:
    for body in bodies(row):
        if row["raw"]:
            client.raw(body)
        else:
            client.body(_translated(target, client, body))


def _translated(target: Target, client: RawClient, body: bytes) -> bytes:
    """The body in the daemon's own method names; one that is no plain request is only changed in its names."""
    if b'"test/slow"' in body:
        return json.dumps(target.slow(client, json.loads(body)["id"])).encode()
    return body.replace(b'"ping"', json.dumps(target.ping).encode()).replace(
        b'"session/prompt"', json.dumps(target.known).encode()
    )


def _probe(target: Target, client: RawClient, marker: int, within: float) -> Seen:
    """Ask once more: all that came before the answer is the row's."""
    seen = Seen()
    probe = client.start(target.ping)
    deadline = time.monotonic() + within
    try:
        while not (client.seen[marker:] and same_id(client.seen[-1].get("id"), probe)):
            client.receive(max(0.0, deadline - time.monotonic()))
        seen.alive = True
    except Closed:
        seen.exit_code = client.exit_code()
    for message in client.seen[marker:]:
        if "method" not in message and not same_id(message.get("id"), probe):
            seen.responses.append(message)
    return seen


def _meets(expect: dict[str, Any], seen: Seen, row: dict[str, Any]) -> bool:
    if "one_of" in expect and not any(_meets(choice, seen, row) for choice in expect["one_of"]):
        return False
    checks: dict[str, Callable[[Any], bool]] = {
        "alive": lambda wanted: seen.alive is wanted,
        "error_code": lambda code: _has_error(expect, seen, row, [code, *expect.get("also", [])]),
        "response_id": lambda wanted: any(same_id(one.get("id"), wanted) for one in seen.responses),
        "responses": lambda ids: [one.get("id") for one in seen.responses] == ids,
        "no_response": lambda wanted: not seen.responses and seen.alive is wanted,
        "exit_nonzero_or_close": lambda _: not seen.alive and seen.exit_code != 0,
        "exit_code": lambda code: seen.exit_code == code,
        "batch_of_errors": lambda _: False,
        "batch_count": lambda _: False,
        "exactly_one_response": lambda wanted: _exactly_one(expect, seen, wanted),
        "must": lambda _: _ids_are_kept_apart(seen, row),
    }
    return all(check(expect[key]) for key, check in checks.items() if key in expect)


def _has_error(expect: dict[str, Any], seen: Seen, row: dict[str, Any], codes: list[int]) -> bool:
    errors = [one for one in seen.responses if one.get("error", {}).get("code") in codes]
    if "id" not in expect:
        return bool(errors)
    wanted = json.loads(bodies(row)[0])["id"] if expect["id"] == "echo" else expect["id"]
    return any("id" in one and same_id(one["id"], wanted) for one in errors)


def _exactly_one(expect: dict[str, Any], seen: Seen, request_id: Any) -> bool:
    ours = [one for one in seen.responses if same_id(one.get("id"), request_id)]
    codes = expect.get("error_code_or_result", [-32800])
    return len(ours) == 1 and ("result" in ours[0] or ours[0]["error"]["code"] in codes)


def _ids_are_kept_apart(seen: Seen, row: dict[str, Any]) -> bool:
    """The first request of two look-alike ids is in flight still, and the second has its own answer."""
    first, second = (json.loads(body)["id"] for body in bodies(row))
    in_flight = not any(same_id(one.get("id"), first) for one in seen.responses)
    # An id that is no id at all is answered with null.
    return in_flight and any(same_id(one.get("id"), second) or one.get("id") is None for one in seen.responses)


def _run_answers(target: Target, row: dict[str, Any], client: RawClient) -> None:
    question, other = target.open_question(client), target.open_question(client)
    names = {
        '"$PERM_AS_OTHER_TYPE"': _other_type(question.request_id),
        '"$OTHER_SESSION_PERM"': json.dumps(other.request_id),
        '"$PERM"': json.dumps(question.request_id),
    }
    marker = len(client.seen)
    for body in bodies(row):
        text = body.decode()
        for name, value in names.items():
            text = text.replace(name, value)
        client.body(text.encode())
    expect = row["expect"]
    if expect.get("treat_as") == "deny":
        assert question.settled() == "denied"
        assert question.executions() == 0
    elif "executes_times" in expect:
        assert question.settled() == "allowed"
        assert _probe(target, client, marker, PATIENCE_S).alive
        assert question.executions() == expect["executes_times"]
    else:
        assert _probe(target, client, marker, PATIENCE_S).alive
        assert question.is_open()
        assert question.executions() == 0
    assert _probe(target, client, len(client.seen), PATIENCE_S).alive


def _run_end_of_input(target: Target, expect: dict[str, Any], client: RawClient) -> None:
    question = target.open_question(client)
    client.close_input()
    try:
        client.exit_code(expect["within_s"])
    except subprocess.TimeoutExpired:
        raise AssertionError(f"alive after {expect['within_s']} s; log: {client.log()}") from None
    assert question.is_open() or question.settled() == "denied"


def _other_type(request_id: int | str) -> str:
    """The same digits as JSON of the other type: 7 for "7" and for "x-7", "7" for 7."""
    if isinstance(request_id, int):
        return json.dumps(str(request_id))
    return re.sub(r"\D", "", request_id).lstrip("0") or "0"
