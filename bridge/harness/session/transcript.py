"""The conversation as a fold of the log: what the model has been told, and what is still open."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bridge.harness.ids import CallId, TurnId
from bridge.harness.values.events import (
    CallEnded,
    CallOpened,
    CallStarted,
    Event,
    ItemDone,
    Note,
    Prompt,
    PromptContext,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import Item


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call without its output yet. `started` means its effect may have happened."""

    opened: CallOpened
    started: bool = False


LOST = "Lost: the session's log has a gap here."
"""The output of a call whose own is not in the log: history without it is refused by model services."""


@dataclass(slots=True)
class Transcript:
    """State of a conversation. Owned by the session; changed by `fold` alone.

    `items` is only ever appended to. In it each tool call has exactly one output before anything else is said, and
    the outputs stand in the order of their calls, whatever the order in which they came.
    """

    items: list[Item] = field(default_factory=list)
    turn: TurnId | None = None
    step: int = 0
    title: str = ""
    calls: dict[CallId, OpenCall] = field(default_factory=dict)
    known: set[CallId] = field(default_factory=set)
    _outputs: dict[CallId, str | None] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)

    def fold(self, event: Event) -> None:
        """Take in one event; kinds that say nothing about the conversation are skipped."""
        match event:
            case Prompt(turn=turn, text=text, context=context):
                self._complete()
                self.turn, self.step = turn, 0
                self.title = self.title or _title(text)
                self.items.append(user_message(text, context))
            case StepStarted(step=step):
                self._complete()
                self.step = step
            case ItemDone(item=item):
                self._item(item)
            case Note(text=text):
                self._notes.append(text)
                self._flush()
            case TurnEnded():
                self._complete()
                self.turn = None
                self.calls.clear()
            case CallOpened() | CallStarted() | CallEnded():
                self._call(event)

    def _call(self, event: CallOpened | CallStarted | CallEnded) -> None:
        """What a gap in the log has swallowed is not there: a call that was never opened is skipped."""
        match event:
            case CallOpened(call=call):
                self.calls[call] = OpenCall(event)
            case CallStarted(call=call) if call in self.calls:
                self.calls[call] = replace(self.calls[call], started=True)
            case CallEnded(call=call, output=output):
                self.calls.pop(call, None)
                if call in self._outputs:
                    self._outputs[call] = output
                    self._flush()

    def _item(self, item: Item) -> None:
        self.items.append(item)
        if item.get("type") == "function_call":
            call = CallId(str(item.get("call_id", "")))
            self.known.add(call)
            self._outputs[call] = None

    def _flush(self) -> None:
        """Outputs as far as all before them are there; then what was noted meanwhile."""
        for call, output in tuple(self._outputs.items()):
            if output is None:
                return
            del self._outputs[call]
            self.items.append({"type": "function_call_output", "call_id": call, "output": output})
        self.items += [_message("developer", text) for text in self._notes]
        self._notes.clear()

    def _complete(self) -> None:
        """Nothing more comes for the calls so far."""
        self._outputs = {call: LOST if output is None else output for call, output in self._outputs.items()}
        self._flush()

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Transcript":
        """Fold a whole log."""
        transcript = cls()
        for event in events:
            transcript.fold(event)
        return transcript


def user_message(text: str, context: PromptContext | None) -> Item:
    """The person's words as a Responses-API item; where they were asked is data beside them, counted from 1."""
    if context is None:
        return _message("user", text)
    return _message("user", text, f"<editor_context>{json.dumps(_where(context))}</editor_context>")


def _where(context: PromptContext) -> dict[str, object]:
    """What is known of the place; `endColumn` is the column after the last character, as everywhere in tools."""
    counted = (
        ("line", context.line),
        ("column", context.column),
        ("end", context.end),
        ("endColumn", context.end_column),
    )
    where: dict[str, object] = {"uri": context.uri}
    if context.line is not None:
        where |= {name: number + 1 for name, number in counted if number is not None}
    if context.open:
        where["open"] = context.open
    return where


def _message(role: str, *texts: str) -> Item:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text} for text in texts]}


def _title(text: str) -> str:
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= 80 else first[:79] + "…"
