"""What goes to a model and what comes back. Items are raw Responses-API items: plain JSON objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call: instructions, the whole input so far, and the tools in a fixed order."""

    instructions: str
    items: tuple[Item, ...]
    tools: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of a message that is still being written. `offset` counts characters from the item's start."""

    item: str
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class ItemReady:
    """A finished output item."""

    item: Item


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. A stream that stops without it is broken."""

    status: Literal["completed", "incomplete", "failed"]
    message: str = ""


ModelEvent = TextDelta | ItemReady | Ended
