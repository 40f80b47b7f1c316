"""The offline engine played by hand: what it says and calls, and a conversation that goes on with given outputs."""

import json
from typing import Any

from bridge.harness.models.offline.model import OfflineModel
from bridge.harness.values.model import Item, ItemReady, ModelEvent, ModelRequest

SETUP = "Set up a model like this."


async def play(*items: Item) -> list[ModelEvent]:
    return [event async for event in OfflineModel(SETUP).stream(ModelRequest("", items, ()))]


async def step(*items: Item) -> tuple[str, list[tuple[str, dict[str, Any]]], tuple[Item, ...]]:
    """What is said, the calls, and the conversation with them."""
    made = [event.item for event in await play(*items) if isinstance(event, ItemReady)]
    said = "".join(item["content"][0]["text"] for item in made if item["type"] == "message")
    calls = [(item["name"], json.loads(item["arguments"])) for item in made if item["type"] == "function_call"]
    return said, calls, (*items, *made)


def told(items: tuple[Item, ...], *outputs: str) -> tuple[Item, ...]:
    """With outputs for the last calls."""
    ids = [item["call_id"] for item in items if item["type"] == "function_call"][-len(outputs) :]
    rows = [
        {"type": "function_call_output", "call_id": id_, "output": text} for id_, text in zip(ids, outputs, strict=True)
    ]
    return (*items, *rows)
