"""The hot path in processor time: small deltas taken in, and the body of a request with 2 MB of history.

The bounds are several times what was measured, for slow machines: 8 µs an event in network reads of 16 KB, 21 µs where
each event is an HTTP chunk of its own, and 0.4 ms for a body.
"""

import time
from collections.abc import Sequence

import pytest

from bridge.harness.models.responses.body import Bodies
from bridge.harness.models.responses.model import ResponsesModel
from bridge.harness.values.model import Item, TextDelta
from tests.harness.models.responses.asking import (
    call,
    completed,
    created,
    endpoint,
    gathered,
    message,
    numbered,
    request,
    user,
    written,
)
from tests.harness.models.service.loopback import Says, serving, sse

DELTAS = 20_000
TEXT = "abc" * DELTAS


def pieces(size: int) -> Sequence[bytes]:
    """A response of many small deltas, in HTTP chunks of this size; 0: one for each event."""
    events = [sse(event) for event in numbered([created(), *written(TEXT), completed([message(TEXT)])])]
    raw = b"".join(events)
    return [raw[at : at + size] for at in range(0, len(raw), size)] if size else events


@pytest.mark.bench
@pytest.mark.anyio
@pytest.mark.parametrize(("size", "limit"), [(16_384, 40e-6), (0, 120e-6)])
async def test_small_deltas_are_taken_in(size: int, limit: float) -> None:
    """With the server's own work in the same thread; 50,000 a second are 20 µs each."""
    spent = []
    async with serving([Says(pieces(size))] * 4) as server:
        model = ResponsesModel(endpoint(server.url))
        for _ in range(4):
            start = time.thread_time()
            events = await gathered(model, request())
            spent.append(time.thread_time() - start)
            assert "".join(event.text for event in events if isinstance(event, TextDelta)) == TEXT
        await model.aclose()
    assert min(spent) / DELTAS < limit, f"{min(spent) / DELTAS * 1e6:.1f} µs a delta"


@pytest.mark.bench
def test_a_body_with_2_mb_of_history_is_a_join() -> None:
    bodies, tools = (
        Bodies(),
        tuple({"type": "function", "name": f"tool{n}", "description": "x" * 500} for n in range(30)),
    )
    items: tuple[Item, ...] = tuple(user(f"{number} " + "x" * 400) for number in range(4500))
    bodies.input("s", items)
    spent = []
    for number in range(20):
        items = (
            *items,
            call(name=f"fc_{number}"),
            {"type": "function_call_output", "call_id": "c", "output": "y" * 200},
        )
        start = time.thread_time()
        head = bodies.head("s", "m", "instructions " * 300, tools)
        body = bodies.body(head, {"store": False, "stream": True}, bodies.input("s", items))
        spent.append(time.thread_time() - start)
        assert len(body) > 2_000_000
    assert min(spent) < 0.01, f"{min(spent) * 1e3:.2f} ms"
