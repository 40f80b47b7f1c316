"""How full a model's window is: tokens as its service measured them, and an estimate for what came since."""

from bridge.harness.cost.books import Books
from bridge.harness.session.pieces import size_of
from bridge.harness.values.events import (
    CallEnded,
    Compacted,
    Event,
    ItemDone,
    Note,
    Prompt,
    Steered,
    StepEnded,
    StepStarted,
)
from bridge.harness.values.model import Item, ModelInfo, ModelRequest

DUE = 0.8
"""Share of the window that may be full: answers of models get worse towards the end, and a summary needs room too."""

LEAST_INPUT = 0.5
"""Share of the window that is for the input, however long an answer may be: with some models as long as the window."""

_FRAME = 60
"""Bytes of JSON around a text, about."""


def limit_of(info: ModelInfo) -> float | None:
    """Tokens from which a conversation is compacted: the window less the longest answer, and 80 % of it at most.

    None: the window is not known, and the service says itself when it is full.
    """
    if info.window is None:
        return None
    return min(info.window * DUE, max(info.window - (info.output or 0), info.window * LEAST_INPUT))


class Filling:
    """A fold of a session's log. What a call's input and output took stands for all that it was sent, and answered."""

    def __init__(self, books: Books) -> None:
        """`books` know how many tokens some bytes are."""
        self._books = books
        self._measured = 0
        self._since = 0
        self._during = 0
        self._answer: list[Item] = []

    def fold(self, event: Event) -> None:
        """Take in one event; what says nothing to the model is skipped."""
        match event:
            case Prompt(text=text) | Steered(text=text) | Note(text=text) | CallEnded(output=text):
                self._during += size_of(text) + _FRAME
            case StepStarted():  # all that was said so far is sent with this call
                self._since += self._during
                self._during = 0
                self._answer.clear()
            case ItemDone(item=item):
                self._answer.append(item)
            case StepEnded(spent=spent):
                self._measure(spent.usage.total if spent is not None and spent.usage is not None else 0)
            case Compacted(items=items):
                self._measured, self._since, self._during = 0, size_of(items), 0

    def tokens(self, request: ModelRequest, model: str) -> int:
        """What `request` will take, about. Without any measure it is all an estimate."""
        size = self._since + self._during
        if not self._measured:
            size += size_of([request.instructions, request.tools])
        return self._measured + self._books.tokens_for(model, size)

    def _measure(self, total: int) -> None:
        """Services that tell no usage, or none but zeros, leave us with bytes."""
        if total > 0:
            self._measured, self._since = total, 0
        else:
            self._since += sum(map(size_of, self._answer))
        self._answer.clear()
