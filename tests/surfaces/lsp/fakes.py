"""Stand-ins for what the wire's parts are given."""

import json
from typing import Any

import anyio


class FakeOutbox:
    """Keeps what is sent as parsed messages."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self._arrival = anyio.Event()

    def send(self, frame: bytes, key: str | None = None) -> None:
        header, _, body = frame.partition(b"\r\n\r\n")
        assert header == b"Content-Length: %d" % len(body)
        self.sent.append(json.loads(body))
        self.keys.append(key)
        self._arrival.set()
        self._arrival = anyio.Event()

    async def until(self, count: int) -> list[dict[str, Any]]:
        """What has been sent, once it is that many messages."""
        with anyio.fail_after(5):
            while len(self.sent) < count:
                await self._arrival.wait()
        return self.sent
