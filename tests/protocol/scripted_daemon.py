"""The daemon's side of one short session, for the client of the reference. Started as a process by its test.

Proposes two hunks, asks one question, and puts what it was told into the message of `turn_ended`.
"""

import json
import sys
from pathlib import Path
from typing import Any

HUNK = {
    "proposalId": "p",
    "sessionId": "s",
    "uri": "file:///greet.py",
    "op": "edit",
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}},
    "oldText": "old\n",
    "newText": "new\n",
    "digest": "0" * 64,
    "placement": "absent",
    "fit": "clean",
    "index": 0,
    "total": 2,
    "title": "Change a line",
}


def send(message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def receive() -> dict[str, Any]:
    length = int(sys.stdin.buffer.readline().split(b":")[1])
    sys.stdin.buffer.readline()
    message: dict[str, Any] = json.loads(sys.stdin.buffer.read(length))
    return message


def update(**fields: object) -> None:
    send({"method": "harness/session/update", "params": {"sessionId": "s", "update": fields}})


def turn(prompt: dict[str, Any], transcript: list[dict[str, Any]]) -> None:
    for hunk_id in ("h1", "h2"):
        update(sessionUpdate="hunk_update", hunk={**HUNK, "hunkId": hunk_id})
    update(sessionUpdate="hunk_update", hunk={**HUNK, "hunkId": "h3", "fit": "stale", "staleReason": "gone"})
    send({"id": "q1", "method": "harness/session/request_permission", "params": {"sessionId": "s"}})
    send({"id": 1, "method": "workspace/codeLens/refresh"})
    for _ in range(4):
        message = receive()
        transcript.append(message)
        if message.get("method") == "harness/review/decide":
            hunk_id = message["params"]["decisions"][0]["hunkId"]
            update(sessionUpdate="hunk_update", hunk={**HUNK, "hunkId": hunk_id, "decision": "accepted"})
            send({"id": message["id"], "result": {"outcomes": [{"hunkId": hunk_id, "outcome": "present"}]}})
    send({"id": prompt["id"], "result": {"stopReason": "end_turn"}})


def main(report: Path) -> int:
    transcript: list[dict[str, Any]] = []
    results = {"initialize": {"capabilities": {}}, "harness/session/new": {"sessionId": "s"}, "shutdown": None}
    while True:
        message = receive()
        transcript.append(message)
        method = message["method"]
        if method == "exit":
            report.write_text(json.dumps(transcript))
            return 0
        if method == "harness/session/prompt":
            turn(message, transcript)
        elif "id" in message:
            send({"id": message["id"], "result": results[method]})


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
