"""What goes to a model and what comes back. Items are raw Responses-API items: plain JSON objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bridge.harness.errors import ModelFault
from bridge.harness.values.usage import Usage

Item = Mapping[str, Any]

Effort = Literal["low", "medium", "high", "max"]
"""How hard the model shall think. Mapped to what the model has, and lowered openly where it has less."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a model. None: not known.

    `window` is the context window and `output` the longest answer, in tokens; `efforts` are the service's own words
    that it takes, weakest first; `images`: it looks at pictures.
    """

    id: str
    window: int | None = None
    output: int | None = None
    efforts: tuple[str, ...] = ()
    images: bool = False


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The form that the last answer of a turn must have: a JSON Schema with a name ([a-zA-Z0-9_-], at most 64)."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Continuation:
    """The service may still have response `id`, which stands for the first `count` items of the request's input."""

    id: str
    count: int


@dataclass(frozen=True, slots=True)
class Begun:
    """The service has taken the call as response `id`; in background mode it goes on without us."""

    id: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A call in background mode that was under way: the stream of response `id` after event number `after`."""

    id: str
    after: int = -1


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call: instructions, the whole input so far, and the tools in a fixed order.

    Within a session `items` is the former request's with more at its end, until a compaction; the items themselves are
    the same objects. `session` is the key of the provider's prompt cache. `continues` lets a service that stores
    responses take only what is new; an adapter that does not store ignores it. `resume` asks for no new call.
    """

    instructions: str
    items: tuple[Item, ...]
    tools: tuple[Item, ...]
    session: str = ""
    effort: Effort | None = None
    fast: bool = False
    schema: OutputSchema | None = None
    continues: Continuation | None = None
    resume: Resume | None = None


@dataclass(frozen=True, slots=True)
class ServiceCompaction:
    """What a service's own compaction has made of a conversation: what to send from now on, and what that took."""

    items: tuple[Item, ...]
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of a message that is still being written. `offset` counts characters from the item's start."""

    item: str
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the summary of the model's reasoning. `offset` counts characters from the item's start."""

    item: str
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class ItemReady:
    """A finished output item; `sequence` is the service's number of the event that brought it, -1 where it has none."""

    item: Item
    sequence: int = -1


@dataclass(frozen=True, slots=True)
class Lowered:
    """The service can't do what was asked for, and the call is made without it: `feature` in a word, `why` in a few."""

    feature: str
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. A stream that stops without it is broken.

    `reason` is the service's word for why it is incomplete (`max_output_tokens`, `content_filter`); `fault` and
    `message` say why it failed. `response` is the service's id of it, empty where none is kept there; `model` and
    `tier` are what the service says that it has used.
    """

    status: Literal["completed", "incomplete", "failed"]
    message: str = ""
    reason: str = ""
    fault: ModelFault | None = None
    usage: Usage | None = None
    response: str = ""
    model: str = ""
    tier: str = ""


ModelEvent = Begun | TextDelta | ReasoningDelta | ItemReady | Lowered | Ended
