"""What has come of a model's answer so far, beside what is in the log."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bridge.harness.engine.request import Asking
from bridge.harness.errors import ModelProblem
from bridge.harness.ids import TurnId
from bridge.harness.session.transcript import OUTPUTS
from bridge.harness.values.model import Item, TextDelta

MOST_TEXT = 4 << 20
"""Characters of messages in one answer: more than any model's longest, and what memory has room for."""

_CALL = ("type", "name", "arguments", "input")
"""What makes two calls of one id the same call."""


class Answer:
    """Grows while the model streams.

    `heard`: anything has come; `ours`: the history has something in it that the service does not know, such as another
    id of a call; `sound` says of each call whether it means something.
    `text` is the last whole message, `refusal` what it says where it is nothing but a refusal.
    """

    def __init__(self, turn: TurnId, asking: Asking, began: float) -> None:
        """Nothing yet; `began` is the monotonic time of the call."""
        self.turn = turn
        self.asking = asking
        self.began = began
        self.heard = False
        self.ours = False
        self.sound: list[bool] = []
        self.text = ""
        self.refusal = ""
        self._room = MOST_TEXT
        self._came: dict[str, Any] = {}
        self._writing: dict[str, list[str]] = {}

    def piece(self, delta: TextDelta) -> None:
        """A piece of a message that is being written. Here time counts: a long answer has tens of thousands.

        Raises `ModelProblem` where the model does not stop.
        """
        self.heard = True
        self._room -= len(delta.text)
        if self._room < 0:
            raise ModelProblem(f"the model wrote more than {MOST_TEXT >> 20} MB and did not stop", fault="bad_request")
        if (pieces := self._writing.get(delta.item)) is not None:
            pieces.append(delta.text)
        else:
            self._writing[delta.item] = [delta.text]

    def again(self, item: Item) -> bool:
        """Whether this item has come before: a stream may say a thing twice, and a call is run once.

        A call is told by its id, its tool and its arguments, whatever the item around them is called.
        """
        known = item.get("call_id") if item.get("type") in OUTPUTS else item.get("id")
        if not isinstance(known, str) or not known:
            return False
        said = [item.get(name) for name in _CALL] if item.get("type") in OUTPUTS else item
        before = self._came.get(known)
        self._came[known] = said
        return before == said

    def take_up(self, recorded: Iterable[Item]) -> None:
        """What was in the log of this answer before a restart."""
        for item in recorded:
            if item.get("type") == "message" and item.get("role") == "assistant":
                self.message(item)

    def message(self, item: Item) -> None:
        """A message is finished."""
        if self._writing.pop(str(item.get("id", "")), None) is None:
            self._writing.clear()  # a server that names its items twice over: what is finished is not half
        content = item.get("content")
        parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, list | tuple) else []
        self.text = "".join(_texts(parts, "output_text", "text"))
        self.refusal = "" if self.text else "".join(_texts(parts, "refusal", "refusal"))

    def unfinished(self) -> list[Item]:
        """The messages that broke off, as far as they came; asked for once."""
        found = [_unfinished(item, "".join(pieces)) for item, pieces in self._writing.items()]
        self._writing.clear()
        return found


def _texts(parts: list[Mapping[str, Any]], kind: str, name: str) -> Iterator[str]:
    return (str(part.get(name, "")) for part in parts if part.get("type") == kind)


def _unfinished(item: str, text: str) -> Item:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": item, "role": "assistant", "status": "incomplete", "content": content}
