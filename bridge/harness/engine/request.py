"""What a model is asked: instructions, tools, and the history, of which only what is new is looked at for each call."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.harness.engine.prompt import instructions
from bridge.harness.ids import SessionId
from bridge.harness.ports.model import Model, Models
from bridge.harness.session.transcript import OUTPUTS, Transcript
from bridge.harness.tools.registry import Registry
from bridge.harness.values.model import Effort, Item, ModelRequest
from bridge.harness.values.text import Sha
from bridge.harness.values.usage import Part, PartKind

_ROLES: Mapping[str, PartKind] = {"user": "person", "assistant": "assistant", "developer": "note", "system": "note"}
_RESULTS = frozenset(OUTPUTS.values())
_SUMMARIES = frozenset({"compaction", "compaction_summary"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the person has chosen for the session's model calls. `model` empty: the one that the settings name."""

    model: str = ""
    effort: Effort | None = None
    fast: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """A model call to be made: `number` in its turn. `size` is its input in bytes of JSON, of which `parts` it is made.

    `sha` is over instructions, tools and items.
    """

    number: int
    model: Model
    request: ModelRequest
    sha: Sha
    size: int
    parts: tuple[Part, ...]

    @property
    def tier(self) -> str:
        """The service tier that is asked for."""
        return "priority" if self.request.fast else ""


class Account:
    """A running account of a history: its hash, and its size by parts. Items are looked at once, when they are new."""

    def __init__(self, head: tuple[str, tuple[Item, ...]]) -> None:
        """`head` are instructions and tools: they stand before every history."""
        text, tools = map(_encode, head)
        self._head = text + tools
        self._fixed: dict[tuple[PartKind, str], int] = {("instructions", ""): len(text), ("tools", ""): len(tools)}
        self._start()

    def _start(self) -> None:
        self._items: list[Item] = []
        self._seen = 0
        self._tools: dict[str, str] = {}
        self._sha = hashlib.sha256(self._head)
        self._sizes = dict(self._fixed)
        self.size = len(self._head)

    def take_in(self, items: list[Item]) -> None:
        """The history as it is now: the same list with more at its end, or another one."""
        if items is not self._items:
            self._start()
            self._items = items
        for item in items[self._seen :]:
            body = _encode(item)
            self._sha.update(body)
            part = self._part(item)
            self._sizes[part] = self._sizes.get(part, 0) + len(body)
            self.size += len(body)
        self._seen = len(items)

    @property
    def sha(self) -> Sha:
        """Over everything so far."""
        return Sha(self._sha.hexdigest())

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it is made of; the sizes add up to `size`."""
        return tuple(Part(kind, size, name) for (kind, name), size in self._sizes.items())

    def _part(self, item: Item) -> tuple[PartKind, str]:
        kind = str(item.get("type", "message"))
        if kind in OUTPUTS:
            self._tools[str(item.get("call_id", ""))] = str(item.get("name", ""))
        if kind in _RESULTS:
            return "result", self._tools.get(str(item.get("call_id", "")), "")
        if kind == "message":
            return _ROLES.get(str(item.get("role", "")), "assistant"), ""
        return ("summary" if kind in _SUMMARIES else "reasoning" if kind == "reasoning" else "assistant"), ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What requests are made from: all of one session."""

    session: SessionId
    root: str
    transcript: Transcript
    registry: Registry
    models: Models
    options: Callable[[], Options]


class RequestBook:
    """Makes a session's requests. Each is the one before with more at its end, until a compaction."""

    def __init__(self, sources: Sources) -> None:
        """Instructions and tools are fixed here."""
        self._sources = sources
        self._instructions = instructions(sources.root)
        self._tools = sources.registry.specs()
        self._account = Account((self._instructions, self._tools))

    def next(self) -> Asking:
        """The call to make now; where one goes on in the background, that is taken up."""
        transcript, options = self._sources.transcript, self._sources.options()
        under_way = transcript.open_step
        model = self._sources.models.named(transcript.fallback or options.model)
        self._account.take_in(transcript.items)
        request = ModelRequest(
            instructions=self._instructions,
            items=tuple(transcript.items[: under_way.count] if under_way else transcript.items),
            tools=self._tools,
            session=self._sources.session,
            effort=options.effort,
            fast=options.fast,
            schema=transcript.schema,
            continues=transcript.continuation if transcript.model == model.name else None,
            resume=under_way.resume if under_way else None,
        )
        number = transcript.step if under_way else transcript.step + 1
        return Asking(number, model, request, self._account.sha, self._account.size, self._account.parts)


def _encode(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict)
    return text.encode("utf-8", "surrogatepass")
