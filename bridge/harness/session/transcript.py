"""The conversation as a fold of the log: what the model has been told, and what is still open."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bridge.harness.ids import CallId, TurnId
from bridge.harness.values.events import (
    CallEnded,
    CallOpened,
    CallStarted,
    Compacted,
    Event,
    FeatureLowered,
    ItemDone,
    ModelSwitched,
    Note,
    OptionSet,
    Prompt,
    PromptContext,
    ResponseBegun,
    Steered,
    StepEnded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import Continuation, Item, OutputSchema, Resume


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call without its output yet. `started` means its effect may have happened."""

    opened: CallOpened
    started: bool = False


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A model call that is under way: its input were the first `count` items.

    `response` is the service's id of it where it goes on without us, `after` the number of the last event of it that is
    in the log.
    """

    count: int
    response: str = ""
    after: int = -1

    @property
    def resume(self) -> Resume | None:
        """What takes its stream up again; None where it ended with us."""
        return Resume(self.response, self.after) if self.response else None


LOST = "Lost: the session's log has a gap here."
"""The output of a call whose own is not in the log: history without it is refused by model services."""

OUTPUTS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}
"""The kinds of calls that we answer, and what their outputs are called."""


@dataclass(slots=True)
class Transcript:
    """State of a conversation. Owned by the session; changed by `fold` alone.

    `items` is only ever appended to, but for a compaction, which replaces it by another list. In it each tool call has
    exactly one output before anything else is said, and the outputs stand in the order of their calls, whatever the
    order in which they came. While the model answers, outputs and words of others are held back, so that the items of
    one answer stand together. Reasoning that has led to nothing, because its answer broke off, is left out: services
    refuse it.

    `model` was asked last. `schema` is the form of the open turn's last answer, `fallback` the model that it has been
    switched to; `lowered` are the features, by model, that were told to be missing.
    """

    items: list[Item] = field(default_factory=list)
    turn: TurnId | None = None
    step: int = 0
    title: str = ""
    calls: dict[CallId, OpenCall] = field(default_factory=dict)
    known: set[CallId] = field(default_factory=set)
    model: str = ""
    schema: OutputSchema | None = None
    fallback: str = ""
    lowered: set[tuple[str, str]] = field(default_factory=set)
    continuation: Continuation | None = None
    open_step: OpenStep | None = None
    _outputs: dict[CallId, str | None] = field(default_factory=dict)
    _kinds: dict[CallId, str] = field(default_factory=dict)
    _said: list[Item] = field(default_factory=list)
    _thought: list[Item] = field(default_factory=list)

    def fold(self, event: Event) -> None:
        """Take in one event; kinds that say nothing about the conversation are skipped."""
        match event:
            case Prompt() | TurnEnded():
                self._turn(event)
            case StepStarted() | ResponseBegun() | ItemDone() | StepEnded():
                self._step(event)
            case CallOpened() | CallStarted() | CallEnded():
                self._call(event)
            case Steered(text=text, context=context):
                self._say(user_message(text, context))
            case Note(text=text):
                self._say(_message("developer", text))
            case Compacted():
                self._compact(event)
            case ModelSwitched() | OptionSet() | FeatureLowered():
                self._model(event)

    def _turn(self, event: Prompt | TurnEnded) -> None:
        self._complete()
        self.fallback = ""
        match event:
            case Prompt(turn=turn, text=text, context=context, schema=schema):
                self.turn, self.step, self.schema = turn, 0, schema
                self.title = self.title or _title(text)
                self.items.append(user_message(text, context))
            case TurnEnded():
                self.turn = self.schema = None
                self.calls.clear()

    def _step(self, event: StepStarted | ResponseBegun | ItemDone | StepEnded) -> None:
        match event:
            case StepStarted(step=step, model=model):
                self._complete()
                self.step, self.model = step, model
                self.open_step = OpenStep(len(self.items))
            case ResponseBegun(response=response) if self.open_step is not None:
                self.open_step = replace(self.open_step, response=response)
            case ItemDone(item=item, sequence=sequence):
                if self.open_step is not None and sequence > self.open_step.after:
                    self.open_step = replace(self.open_step, after=sequence)
                self._item(item)
            case StepEnded(status=status, response=response):
                self._end_step(status == "completed", response)

    def _end_step(self, whole: bool, response: str = "") -> None:
        """What was held back may be said. Only a whole answer can be built on at the service."""
        if whole:
            self.items += self._thought
        self._thought.clear()
        self.open_step = None
        self.continuation = Continuation(response, len(self.items)) if whole and response else None
        self._flush()

    def _compact(self, event: Compacted) -> None:
        """What was said while it was made stays: words, never the output of a call that is gone."""
        self._complete()
        later = self.items[event.count :] if event.count is not None else ()
        self.items = [*event.items, *(item for item in later if item.get("role") in {"user", "developer"})]
        self.continuation = None

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

    def _model(self, event: ModelSwitched | OptionSet | FeatureLowered) -> None:
        match event:
            case ModelSwitched(model=model, why=why):
                self.fallback = model
                self._say(_message("developer", f"From here on the model {model} answers: {why}"))
            case OptionSet(name="model"):
                self.fallback = ""
            case FeatureLowered(model=model, feature=feature):
                self.lowered.add((model, feature))

    def _item(self, item: Item) -> None:
        """The model's own items. Reasoning waits for what it leads to; a message that broke off is not that."""
        if item.get("type") == "reasoning":
            self._thought.append(item)
            return
        if item.get("status") != "incomplete":
            self.items += self._thought
        self._thought.clear()
        self.items.append(item)
        if item.get("type") in OUTPUTS:
            call = CallId(str(item.get("call_id", "")))
            self.known.add(call)
            self._outputs[call] = None
            self._kinds[call] = OUTPUTS[item["type"]]

    def _say(self, message: Item) -> None:
        self._said.append(message)
        self._flush()

    def _flush(self) -> None:
        """Once the answer is over: outputs as far as all before them are there; then what was said meanwhile."""
        if self.open_step is not None:
            return
        for call, output in tuple(self._outputs.items()):
            if output is None:
                return
            del self._outputs[call]
            self.items.append({"type": self._kinds.pop(call), "call_id": call, "output": output})
        self.items += self._said
        self._said.clear()

    def _complete(self) -> None:
        """Nothing more comes for the step and the calls so far."""
        self._outputs = {call: LOST if output is None else output for call, output in self._outputs.items()}
        if self.open_step is not None:
            self._end_step(whole=False)
        self._thought.clear()
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
