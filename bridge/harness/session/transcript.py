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


@dataclass(slots=True)
class Transcript:
    """State of a conversation. Owned by the session; changed by `fold` alone."""

    items: list[Item] = field(default_factory=list)
    turn: TurnId | None = None
    step: int = 0
    title: str = ""
    calls: dict[CallId, OpenCall] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in one event; kinds that say nothing about the conversation are skipped."""
        match event:
            case Prompt(turn=turn, text=text, context=context):
                self.turn, self.step = turn, 0
                self.title = self.title or _title(text)
                self.items.append(user_message(text, context))
            case StepStarted(step=step):
                self.step = step
            case ItemDone(item=item):
                self.items.append(item)
            case CallOpened(call=call):
                self.calls[call] = OpenCall(event)
            case CallStarted(call=call):
                self.calls[call] = replace(self.calls[call], started=True)
            case CallEnded(call=call, output=output):
                self.calls.pop(call, None)
                self.items.append({"type": "function_call_output", "call_id": call, "output": output})
            case Note(text=text):
                self.items.append(_message("developer", text))
            case TurnEnded():
                self.turn = None
                self.calls.clear()

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Transcript":
        """Fold a whole log."""
        transcript = cls()
        for event in events:
            transcript.fold(event)
        return transcript


def user_message(text: str, context: PromptContext | None) -> Item:
    """The person's words as a Responses-API item; where they were asked is data beside them."""
    if context is None:
        return _message("user", text)
    where = {"uri": context.uri} if context.line is None else {"uri": context.uri, "line": context.line + 1}
    return _message("user", text, f"<editor_context>{json.dumps(where)}</editor_context>")


def _message(role: str, *texts: str) -> Item:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text} for text in texts]}


def _title(text: str) -> str:
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= 80 else first[:79] + "…"
