"""What the tests of the Responses adapter share: an endpoint on loopback, requests, and events of a service."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from bridge.harness.models.responses.model import ResponsesModel
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.values.model import Item, ModelEvent, ModelInfo, ModelRequest

KNOWN = ModelInfo("gpt-test", window=100_000, output=10_000, efforts=("low", "medium", "high"))


def endpoint(url: str, **more: Any) -> Endpoint:
    """A model that reasons, at this address."""
    return Endpoint("gpt-test", more.pop("info", KNOWN), url, **more)


def user(text: str) -> dict[str, Any]:
    """A person's message."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def request(*items: Item, **more: Any) -> ModelRequest:
    """A request of these items."""
    return ModelRequest(more.pop("instructions", "Be brief."), items or (user("hi"),), more.pop("tools", ()), **more)


async def gathered(model: ResponsesModel, asked: ModelRequest) -> list[ModelEvent]:
    """All events of one call."""
    async with aclosing(model.stream(asked)) as events:
        return [event async for event in events]


def message(text: str, name: str = "msg_1") -> dict[str, Any]:
    """A finished message."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": name, "role": "assistant", "status": "completed", "content": content}


def call(arguments: str = "{}", name: str = "fc_1") -> dict[str, Any]:
    """A finished function call."""
    return {
        "type": "function_call",
        "id": name,
        "call_id": f"call_{name}",
        "name": "look",
        "arguments": arguments,
        "status": "completed",
    }


def created(name: str = "resp_1") -> dict[str, Any]:
    """The first event of a response."""
    return {"type": "response.created", "response": {"id": name, "status": "in_progress"}}


def completed(output: Sequence[Item] = (), name: str = "resp_1", **more: Any) -> dict[str, Any]:
    """The last event of a response."""
    used = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 2},
    }
    response = {"id": name, "status": "completed", "model": "gpt-test-1", "output": list(output), "usage": used, **more}
    return {"type": f"response.{response['status']}", "response": response}


def written(text: str, index: int = 0, name: str = "msg_1") -> list[dict[str, Any]]:
    """The events of a message that is written in pieces of three characters."""
    place = {"output_index": index, "item_id": name, "content_index": 0}
    begun = {"type": "message", "id": name, "role": "assistant", "status": "in_progress", "content": []}
    return [
        {"type": "response.output_item.added", "output_index": index, "item": begun},
        {"type": "response.content_part.added", **place, "part": {"type": "output_text", "text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": text[at : at + 3]} for at in range(0, len(text), 3)),
        {"type": "response.output_text.done", **place, "text": text},
        {"type": "response.output_item.done", "output_index": index, "item": message(text, name)},
    ]


def numbered(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events with their sequence numbers."""
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]
