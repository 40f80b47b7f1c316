"""From the events of a response to what the harness knows: deltas, finished items, the end.

Dispatch is by `type`, items are kept by `output_index` (services change an item's id while it is written). What is not
known is let pass: an unknown event says nothing, an unknown item is an item. A service that sends an event twice is
read once; one that sends only deltas, or items only at the end, is read as if it had sent all.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from bridge.harness.models.responses.ending import UNFINISHED, ended, failed
from bridge.harness.models.responses.partial import Partial, index_of
from bridge.harness.models.service.faults import broken
from bridge.harness.models.service.sse import Event
from bridge.harness.values.model import Begun, Ended, ItemReady, ModelEvent, ReasoningDelta, TextDelta

Secret = Callable[[], str]

REMEMBERED = 32
"""Events that are remembered to recognise one that is sent twice."""


class Reader:
    """Reads one response, over as many streams as that takes.

    `id` is the service's id of the response, empty until it has said it; `sequence` the number of the last event, -1
    before the first; `end` how the response ended, None until then; `begun` whether anything of it has come; `followed`
    whether the service goes on with it when we are gone.
    """

    def __init__(
        self,
        *,
        kept: bool = False,
        background: bool = False,
        after: int = -1,
        secret: Secret = str,
        tier: str = "",
    ) -> None:
        """`kept`: the service stores the response. `background`: it goes on without us, and `Begun` is reported.

        `after`: events up to this number were read in an earlier life. `secret` gives the key, which is never repeated.
        `tier` was asked for, and is reported where the service does not say which one it has used.
        """
        self.id = ""
        self.sequence = after
        self.end: Ended | None = None
        self.begun = False
        self.followed = background
        self._kept = kept or background
        self._resumed = after >= 0
        self._secret = secret
        self._tier = tier
        self._partials: dict[int, Partial] = {}
        self._finished: dict[str, Mapping[str, Any]] = {}  # finished items by their ids
        self._strays: list[Partial] = []  # their index was given to another item before they were finished
        self._recent: OrderedDict[int, Event] = OrderedDict()
        self._handlers: Mapping[str, Callable[[Event, list[ModelEvent]], None]] = {
            "response.output_text.delta": self._text,
            "response.refusal.delta": self._refusal,
            "response.output_text.done": self._text_done,
            "response.refusal.done": self._refusal_done,
            "response.reasoning_summary_text.delta": self._summary,
            "response.reasoning_text.delta": self._reasoning,
            "response.function_call_arguments.delta": self._arguments,
            "response.function_call_arguments.done": self._arguments_done,
            "response.mcp_call_arguments.delta": self._arguments,
            "response.mcp_call_arguments.done": self._arguments_done,
            "response.custom_tool_call_input.delta": self._input,
            "response.custom_tool_call_input.done": self._input_done,
            "response.output_item.added": self._added,
            "response.output_item.done": self._done,
            "response.created": self._created,
            "response.queued": self._created,
            "response.in_progress": self._created,
            "response.completed": self._ended,
            "response.incomplete": self._ended,
            "response.failed": self._ended,
            "response.cancelled": self._ended,
            "error": self._error,
        }

    def follow(self, response: str) -> None:
        """Read a response that was begun in an earlier life; the service goes on with it without us."""
        self.id = response
        self.followed = True
        self._kept = True

    def read(self, events: list[Event]) -> list[ModelEvent]:
        """What these events say. Events behind the end are not looked at. Raises `ModelProblem` for endless items."""
        found: list[ModelEvent] = []
        for event in events:
            if self.end is not None:
                break
            sequence = event.get("sequence_number")
            if isinstance(sequence, int) and not self._is_new(sequence, event):
                continue
            self.begun = True
            kind = event.get("type")
            handler = self._handlers.get(kind) if isinstance(kind, str) else None
            if handler is not None:
                handler(event, found)
            elif event.get("error") and not str(kind).startswith("response."):
                self._error(event, found)
        return found

    def read_whole(self, response: Mapping[str, Any]) -> list[ModelEvent]:
        """What a response says that came in one piece: from a server that doesn't stream.

        Raises `ModelProblem` (broken) where it is none.
        """
        found: list[ModelEvent] = []
        self.begun = True
        if response.get("error") and "output" not in response:
            self._error(dict(response), found)
        elif str(response.get("status")) in UNFINISHED:
            self.followed = True
            self._created({"response": response}, found)
        elif "output" in response:
            self._ended({"response": response}, found)
        else:
            raise broken("what came is no response")
        return found

    def _is_new(self, sequence: int, event: Event) -> bool:
        if sequence > self.sequence:
            self.sequence = sequence
        elif self._recent.get(sequence) == event and self.sequence > 0:  # a server may number all of them 0
            return False
        if event.get("type") == "response.image_generation_call.partial_image":
            return True  # megabytes, and nothing that we would say twice
        self._recent[sequence] = event
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return True

    def _partial(self, event: Event) -> Partial:
        index = index_of(event, "output_index")
        partial = self._partials.get(index)
        if partial is None:
            item = {"id": event["item_id"]} if event.get("item_id") else {}
            partial = self._partials[index] = Partial(item, f"item-{index}")
        return partial

    def _text(self, event: Event, found: list[ModelEvent], kind: str = "output_text") -> None:
        piece = event.get("delta")
        if not isinstance(piece, str) or not piece:
            return
        partial = self._partial(event)
        partial.add(kind, index_of(event, "content_index"), piece)
        found.append(TextDelta(partial.id, partial.length, piece))
        partial.length += len(piece)

    def _refusal(self, event: Event, found: list[ModelEvent]) -> None:
        self._text(event, found, "refusal")

    def _text_done(self, event: Event, found: list[ModelEvent], kind: str = "output_text", key: str = "text") -> None:
        """The whole part, which shows what is missing of it."""
        whole = event.get(key)
        if not isinstance(whole, str):
            return
        partial = self._partial(event)
        piece = "" if partial.whole else partial.missing(kind, index_of(event, "content_index"), whole)
        if piece:
            found.append(TextDelta(partial.id, partial.length, piece))
            partial.length += len(piece)

    def _refusal_done(self, event: Event, found: list[ModelEvent]) -> None:
        self._text_done(event, found, "refusal", "refusal")

    def _summary(self, event: Event, found: list[ModelEvent]) -> None:
        self._thought(event, found, "summary", index_of(event, "summary_index"))

    def _reasoning(self, event: Event, found: list[ModelEvent]) -> None:
        self._thought(event, found, "reasoning_text", index_of(event, "content_index"))

    def _thought(self, event: Event, found: list[ModelEvent], kind: str, index: int) -> None:
        piece = event.get("delta")
        if not isinstance(piece, str) or not piece:
            return
        partial = self._partial(event)
        partial.add(kind, index, piece)
        found.append(ReasoningDelta(partial.id, partial.length, piece))
        partial.length += len(piece)

    def _arguments(self, event: Event, found: list[ModelEvent], key: str = "arguments") -> None:
        piece = event.get("delta")
        if isinstance(piece, str):
            self._partial(event).add(key, 0, piece)

    def _arguments_done(self, event: Event, found: list[ModelEvent], key: str = "arguments") -> None:
        partial = self._partial(event)
        if isinstance(event.get(key), str) and not partial.whole:
            partial.missing(key, 0, event[key])
            partial.ended = True

    def _input(self, event: Event, found: list[ModelEvent]) -> None:
        self._arguments(event, found, "input")

    def _input_done(self, event: Event, found: list[ModelEvent]) -> None:
        self._arguments_done(event, found, "input")

    def _added(self, event: Event, found: list[ModelEvent]) -> None:
        item = event.get("item")
        if not _is_item(item):
            return
        index = index_of(event, "output_index", len(self._partials))
        before = self._partials.get(index)
        if before is not None and not before.item.get("type") and not before.whole:
            before.item = item  # its deltas came first
            return
        if before is not None:
            self._strays.append(before)
        self._partials[index] = Partial(item, f"item-{index}")

    def _done(self, event: Event, found: list[ModelEvent]) -> None:
        item = event.get("item")
        if not _is_item(item):
            return
        index = index_of(event, "output_index", len(self._partials))
        partial = self._partials.get(index)
        name = str(item.get("id") or "")
        if _is_again(item, partial.whole if partial else None) or _is_again(item, self._finished.get(name)):
            return
        if partial is None or partial.whole is not None:
            if partial is not None:
                self._strays.append(partial)
            partial = self._partials[index] = Partial(item, f"item-{index}")
        if name:
            self._finished[name] = item
        partial.finish(item)
        found.append(ItemReady(item, index_of(event, "sequence_number", -1)))

    def _created(self, event: Event, found: list[ModelEvent]) -> None:
        response = event.get("response")
        name = response.get("id") if isinstance(response, dict) else None
        if isinstance(name, str) and name and not self.id:
            self.id = name
            if self.followed:
                found.append(Begun(name))

    def _error(self, event: Event, found: list[ModelEvent]) -> None:
        self._end(failed(event, Ended("failed", response=self.id), self._secret()), found)

    def _ended(self, event: Event, found: list[ModelEvent]) -> None:
        response = event.get("response")
        response = response if isinstance(response, dict) else {}
        self._created(event, found)
        end = ended(response, str(event.get("type", "")).rpartition(".")[2], self._secret())
        if end.status != "failed":
            output = response.get("output")
            if isinstance(output, list) and not self._resumed:
                found.extend(self._never_came(output))
            found.extend(self._never_finished(end.status))
        self._end(end, found)

    def _end(self, end: Ended, found: list[ModelEvent]) -> None:
        self.end = replace(end, response=end.response if self._kept else "", tier=end.tier or self._tier)
        found.append(self.end)

    def _never_came(self, output: list[Any]) -> Iterator[ModelEvent]:
        """Items that stand only in the response itself."""
        names = {name for partial in self._all() if partial.whole for name in _names(partial.whole)}
        for index, item in enumerate(output):
            if not _is_item(item):
                continue
            partial = self._partials.get(index)
            if partial is not None and partial.whole is not None and partial.whole.get("type") == item.get("type"):
                continue
            if names.intersection(_names(item)):
                continue
            for one in self._all():
                if one.whole is None and (one is partial or one.id == item.get("id")):
                    one.finish(item)
            yield ItemReady(item)

    def _never_finished(self, status: str) -> Iterator[ModelEvent]:
        """Items of which only the deltas came, in the order of their output."""
        for partial in (*self._strays, *(self._partials[index] for index in sorted(self._partials))):
            item = None if partial.whole else partial.built(status)
            if item is not None:
                partial.finish(item)
                yield ItemReady(item)

    def _all(self) -> Iterator[Partial]:
        yield from self._strays
        yield from self._partials.values()


def _is_item(value: Any) -> TypeGuard[dict[str, Any]]:
    """Anything else in the place of an item is left out."""
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _is_again(item: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    """Whether this is the item that was finished before; its status may have changed since."""
    return before is not None and {**before, "status": ""} == {**item, "status": ""}


def _names(item: Mapping[str, Any]) -> set[tuple[str, str]]:
    """By what an item is known again: its ids, each with the item's type."""
    kind = str(item.get("type"))
    return {(kind, str(item[key])) for key in ("id", "call_id") if item.get(key)}
