"""Server-sent events: from bytes that are cut anywhere to decoded JSON objects.

A split of our own, because the SDK's costs 80 µs an event (it builds a typed object of each). Events come in batches,
all that one chunk of the network completes, so that reading costs one wait a chunk and not one an event.
"""

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from bridge.harness.models.service.faults import broken

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one line, and of the data lines of one event. More than any service sends, little enough to hold."""

ITEM_LIMIT = 4 * 1024 * 1024
"""Characters of one item's deltas: a model that never stops is stopped here, while the daemon's memory can take it.

Eight times the longest answer of any model (128,000 tokens); pictures do not come as deltas.
"""

Event = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"


async def batches(chunks: AsyncIterator[bytes], limit: int = LINE_LIMIT) -> AsyncGenerator[list[Event], None]:
    """The events of a stream, a list for each chunk that completes some; stops after `[DONE]`.

    Raises `ModelProblem` (broken) for a line above `limit` bytes, for bytes that are not UTF-8, and for data that is no
    JSON object. What `chunks` raises passes through.
    """
    splitter = Splitter(limit)
    async for chunk in chunks:
        found = splitter.feed(chunk)
        if found:
            yield found
        if splitter.done:
            return
    found = splitter.finish()
    if found:
        yield found


class Splitter:
    """Cuts a stream into events. `done` is set by the marker `[DONE]`; what follows it is not looked at."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        """`limit`: bytes of a line, and of the data lines of an event."""
        self.done = False
        self._limit = limit
        self._begun = False
        self._pieces: list[bytes] = []  # the line that is not complete yet
        self._held = 0  # bytes in it
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes."""
        if not self._begun and chunk:
            self._begun = True
            chunk = chunk.removeprefix(_BOM)
        if self._held and self._pieces[-1].endswith(b"\r"):  # whether it is half of a CRLF is known only now
            chunk = self._pieces.pop() + chunk
            self._held = sum(map(len, self._pieces))
        if b"\r" in chunk:
            tail = b"\r" if chunk.endswith(b"\r") else b""
            chunk = chunk[: len(chunk) - len(tail)].replace(b"\r\n", b"\n").replace(b"\r", b"\n") + tail
        cut = chunk.rfind(b"\n")
        if self._held + (len(chunk) if cut < 0 else chunk.find(b"\n")) > self._limit:
            raise broken(f"a line of its stream is longer than {self._limit} bytes")
        if cut < 0:
            self._hold(chunk)
            return []
        lines = b"".join((*self._pieces, chunk[:cut]))
        self._pieces, self._held = [], 0
        self._hold(chunk[cut + 1 :])
        return self._events(lines)

    def finish(self) -> list[Event]:
        """The event that the end of the stream completes: some servers leave out the last blank line."""
        lines = b"".join(self._pieces).rstrip(b"\r")
        self._pieces, self._held = [], 0
        return [] if self.done else self._events(lines + b"\n")

    def _hold(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self._held += len(piece)

    def _events(self, lines: bytes) -> list[Event]:
        try:
            text = lines.decode()
        except UnicodeDecodeError:
            raise broken("its stream is not UTF-8") from None
        events: list[Event] = []
        for line in text.split("\n"):
            if line.startswith("data:"):
                data = line[6:] if line.startswith("data: ") else line[5:]
                self._size += len(line)  # empty ones are held too
                if self._size > self._limit:
                    raise broken(f"an event of its stream is longer than {self._limit} bytes")
                self._data.append(data)
            elif not line:
                self._dispatch(events)
                if self.done:
                    break
            elif line.startswith("event:"):
                self._name = line[6:].strip()
        return events

    def _dispatch(self, events: list[Event]) -> None:
        """At a blank line: what was collected is an event."""
        if self._data:
            data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
            if data.strip() == "[DONE]":
                self.done = True
            elif data:
                events.append(decoded(data, self._name))
            self._data, self._size = [], 0
        self._name = ""


def decoded(data: str, name: str = "") -> Event:
    """One JSON object; `name` is its type where it has none itself.

    Half of a surrogate pair, which no UTF-8 can carry further, becomes U+FFFD. Raises `ModelProblem` (broken).
    """
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise broken("its stream has data that is not JSON") from None
    if not isinstance(value, dict):
        raise broken("its stream has data that is no JSON object")
    if "\\ud" in data or "\\uD" in data:
        value = {_mended(key): _mended(one) for key, one in value.items()}
    event: Event = value
    if name and "type" not in event:
        event["type"] = name
    return event


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    return value
