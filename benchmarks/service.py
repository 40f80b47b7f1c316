"""A model service that is as quick as Python allows: it plays what the prompt says, and keeps the times.

A process of its own: `python -m benchmarks.service` prints its port. The person's last words choose what is played:

    BENCH tools N [SIZE]    N answers that call `read_file`, each after SIZE bytes of text; then a message
    BENCH deltas N          a message of N pieces, as fast as the socket takes them
    BENCH hello             a message of three words

`GET /log` answers with the times of the requests so far (`time.monotonic_ns`, the same clock in all processes of a
machine) and forgets them.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

TOOL = ("read_file", {"path": "a.txt"})
BURST = 16 << 10
"""Bytes of events that are written at once."""

Message = dict[str, Any]


class Service:
    """Takes connections; each has a thread."""

    def __init__(self) -> None:
        """Listens on loopback."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._log: list[Message] = []

    def serve(self) -> None:
        """Until the process is ended."""
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while head := _head(stream):
                body = stream.read(int(head.get("content-length", 0)))
                came = time.monotonic_ns()
                if head["path"].startswith("/log"):
                    found, self._log = self._log, []
                    _answer_json(connection, found)
                    continue
                self._play(connection, body, came)

    def _play(self, connection: socket.socket, body: bytes, came: int) -> None:
        row: Message = {"body": came, "bytes": len(body), "connection": id(connection)}
        words, done, items = _asked(json.loads(body))
        connection.sendall(_HEAD)
        pending = bytearray()
        for event in _events(words, done, items):
            if "first" not in row and event["type"].endswith(".delta"):
                row["first"] = time.monotonic_ns()
            pending += f"event: {event['type']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()
            if len(pending) > BURST or ("first" in row and "told" not in row):
                row["told"] = True
                connection.sendall(_chunk(pending))
                pending.clear()
        rest = (_chunk(pending) if pending else b"") + b"0\r\n\r\n"  # an empty chunk would be the end already
        row["last"] = time.monotonic_ns()
        self._log.append(row)  # before the end is sent: who asks for the log after it finds it there
        connection.sendall(rest)
        row["last"] = time.monotonic_ns()


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def _chunk(data: bytearray) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), bytes(data))


def _head(stream: Any) -> Message:
    """The request's path and headers, by lower-case name; empty at the end of the connection."""
    first = stream.readline().split()
    if not first:
        return {}
    head: Message = {"path": first[1].decode()}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        head[name.lower()] = value.strip()
    return head


def _answer_json(connection: socket.socket, value: Any) -> None:
    body = json.dumps(value).encode()
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def _asked(request: Message) -> tuple[list[str], int, int]:
    """What is to be played, the tool outputs since it was asked for, and the number of items."""
    words, done = ["hello"], 0
    for item in request["input"]:
        if item.get("role") == "user":
            said = json.dumps(item["content"])
            if found := re.search(r"BENCH ([a-z]+(?: \d+)*)", said):
                words, done = found[1].split(), 0
        done += item.get("type") == "function_call_output"
    return words, done, len(request["input"])


def _events(words: list[str], done: int, items: int) -> Iterator[Message]:
    """One answer."""
    kind, *numbers = words
    calls = kind == "tools" and done < int(numbers[0])
    pieces = ["x"] * int(numbers[0]) if kind == "deltas" else ["Hello ", "to ", "you."]
    if calls and len(numbers) > 1:
        pieces = ["y" * int(numbers[1])]
    output = [_message(f"msg_{items}", "".join(pieces))]
    identity = {"id": f"resp_{items}", "object": "response", "model": "bench", "status": "in_progress"}
    yield {"type": "response.created", "response": identity}
    yield {"type": "response.output_item.added", "output_index": 0, "item": output[0] | {"content": []}}
    for piece in pieces:
        yield {
            "type": "response.output_text.delta",
            "item_id": f"msg_{items}",
            "output_index": 0,
            "content_index": 0,
            "delta": piece,
        }
    yield {"type": "response.output_item.done", "output_index": 0, "item": output[0]}
    if calls:
        output.append(_call(f"fc_{items}"))
        yield {"type": "response.output_item.added", "output_index": 1, "item": output[1]}
        yield {"type": "response.output_item.done", "output_index": 1, "item": output[1]}
    usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
    yield {
        "type": "response.completed",
        "response": identity | {"status": "completed", "output": output, "usage": usage},
    }


def _message(id_: str, text: str) -> Message:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": id_, "role": "assistant", "status": "completed", "content": content}


def _call(id_: str) -> Message:
    name, arguments = TOOL
    return {
        "type": "function_call",
        "id": id_,
        "call_id": f"call_{id_}",
        "name": name,
        "arguments": json.dumps(arguments),
        "status": "completed",
    }


if __name__ == "__main__":
    service = Service()
    print(service.port, flush=True)
    service.serve()
