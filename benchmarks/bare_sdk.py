"""The usual way: the same loop on the SDK's typed events, as its documentation shows it. See `bare_loop`."""

import sys
from typing import Any

from openai import OpenAI


def main(port: int) -> None:
    """Turns of one conversation, until stdin ends."""
    client = OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none")
    history: list[Any] = []
    for line in sys.stdin:
        history.append({"role": "user", "content": line.strip()})
        while _step(client, history):
            pass
        print("done", flush=True)


def _step(client: OpenAI, history: list[Any]) -> bool:
    """One model call; whether it asked for tools."""
    called = False
    outputs: list[Any] = []
    for event in client.responses.create(model="bench", input=history, stream=True):
        if event.type == "response.output_item.done":
            history.append(event.item.model_dump(exclude_unset=True))
            if event.item.type == "function_call":
                called = True
                outputs.append({"type": "function_call_output", "call_id": event.item.call_id, "output": "1: a"})
    history += outputs
    return called


if __name__ == "__main__":
    main(int(sys.argv[1]))
