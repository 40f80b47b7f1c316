"""What the agent has said, out of the items of the conversation."""

from collections.abc import Sequence
from typing import Any

from bridge.harness.engine.mending import CUT_OFF
from bridge.harness.session.transcript import OUTPUTS
from bridge.harness.values.model import Item


def texts(content: Any) -> str:
    """The words of a message's parts; a refusal is one of them."""
    parts = content if isinstance(content, list | tuple) else ()
    return "".join(str(part.get("text") or part.get("refusal") or "") for part in parts if isinstance(part, dict))


def last_answer(items: Sequence[Item]) -> str:
    """The last answer since the person spoke, or "". One that was cut and went on, over several calls, is whole."""
    parts: list[str] = []
    goes_on = False
    for item in _since_the_person(items):
        if item.get("role") == "assistant":
            if parts and not (goes_on or item.get("status") == "incomplete"):
                break
            goes_on = False
            if text := texts(item.get("content")):
                parts.append(text)
        elif parts and item.get("type") in OUTPUTS:
            break
        elif item.get("role") == "developer":
            goes_on |= texts(item.get("content")) == CUT_OFF
    return "".join(reversed(parts))


def worked(items: Sequence[Item]) -> bool:
    """Whether the agent has called a tool since the person spoke."""
    return any(item.get("type") in OUTPUTS for item in _since_the_person(items))


def was_said(items: Sequence[Item], text: str) -> bool:
    """Whether these very words are a message of the agent's."""
    return any(item.get("role") == "assistant" and texts(item.get("content")) == text for item in reversed(items))


def _since_the_person(items: Sequence[Item]) -> list[Item]:
    """The latest first."""
    found: list[Item] = []
    for item in reversed(items):
        if item.get("role") == "user":
            break
        found.append(item)
    return found
