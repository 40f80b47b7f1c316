"""The floor: a turn loop of thirty lines on a raw socket. No log, no review, no editor, no tool: what nobody can beat.

`python -m benchmarks.bare_loop PORT` reads a prompt a line, and prints a line when its turn is over.
"""

import json
import socket
import sys
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]


def main(port: int) -> None:
    """Turns of one conversation, until stdin ends."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as stream:
        encoded: list[bytes] = []
        for line in sys.stdin:
            encoded.append(json.dumps({"role": "user", "content": line.strip()}).encode())
            while _step(connection, stream, encoded):
                pass
            print("done", flush=True)


def _step(connection: socket.socket, stream: Any, encoded: list[bytes]) -> bool:
    """One model call; whether it asked for tools."""
    body = b'{"model":"bench","stream":true,"input":[' + b",".join(encoded) + b"]}"
    connection.sendall(b"POST /v1/responses HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    called = False
    for event in _events(stream):
        if event["type"] == "response.output_item.done":
            item = event["item"]
            encoded.append(json.dumps(item).encode())
            if item["type"] == "function_call":
                called = True
                output = {"type": "function_call_output", "call_id": item["call_id"], "output": "1: a"}
                encoded.append(json.dumps(output).encode())
    return called


def _events(stream: Any) -> Iterator[Message]:
    while stream.readline().strip():
        pass  # the head
    held = b""
    while size := int(stream.readline(), 16):
        held += stream.read(size + 2)[:-2]
        *whole, held = held.split(b"\n\n")
        for event in whole:
            yield json.loads(event[event.index(b"data: ") + 6 :])
    stream.readline()


if __name__ == "__main__":
    main(int(sys.argv[1]))
