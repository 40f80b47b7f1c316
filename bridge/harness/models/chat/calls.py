"""Tool calls of a stream, joined from their pieces. Servers number them in several ways, and some not at all."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bridge.harness.models.service.faults import broken
from bridge.harness.models.service.sse import ITEM_LIMIT
from bridge.harness.values.model import Item

ID_CHARACTERS = 9
"""Of the ids that we give: one family of servers takes no others."""


@dataclass(slots=True)
class _Call:
    """A call that is still being written."""

    index: int | None
    id: str
    name: str
    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, piece: str) -> None:
        """A piece of the arguments. Raises `ModelProblem` (broken) above ITEM_LIMIT."""
        self.size += len(piece)
        if self.size > ITEM_LIMIT:
            raise broken(f"a call of it is longer than {ITEM_LIMIT} characters")
        self.pieces.append(piece)

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)

    @property
    def whole(self) -> bool:
        """Whether the arguments are a JSON object; nothing can follow one."""
        try:
            return isinstance(json.loads(self.arguments), dict)
        except (ValueError, RecursionError):
            return False


class Calls:
    """The calls of one answer, in the order in which they began."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._given = 0  # calls that are items already
        self._ids: set[str] = set()

    def add(self, delta: Any) -> None:
        """A piece of a call: `{index, id, function: {name, arguments}}`, of which anything may be missing.

        Raises `ModelProblem` (broken) for a call without end.
        """
        if not isinstance(delta, dict):
            return
        function = delta.get("function")
        function = function if isinstance(function, dict) else {}
        index, id_ = delta.get("index"), str(delta.get("id") or "")
        name, arguments = str(function.get("name") or ""), _text(function.get("arguments"))
        if not (id_ or name or arguments):
            return
        index = index if isinstance(index, int) else None
        call = self._open(index, id_)
        if call is not None and _is_again(call, id_, arguments):
            return
        if call is None or _is_another(call, id_, name, arguments):
            call = _Call(index, id_, name)
            self._calls.append(call)
        call.id, call.name = call.id or id_, call.name or name
        if arguments:
            call.add(arguments)

    def finished(self) -> Iterator[Item]:
        """Those that are whole because another one has begun."""
        while self._given < len(self._calls) - 1 and self._calls[self._given].whole:
            yield self._next()

    def rest(self, cut: bool) -> Iterator[Item]:
        """The others, at the end. `cut`: the answer is, and a call that has no whole arguments is left out."""
        while self._given < len(self._calls):
            if cut and not self._calls[self._given].whole:
                self._given += 1
            else:
                yield self._next()

    def _open(self, index: int | None, id_: str) -> _Call | None:
        """The call that a piece seems to belong to: by its number, else by its id, else the last one."""
        if index is not None:
            return next((call for call in reversed(self._calls) if call.index == index), None)
        if id_:
            return next((call for call in reversed(self._calls) if call.id == id_), None)
        return self._calls[-1] if self._calls else None

    def _next(self) -> Item:
        call = self._calls[self._given]
        self._given += 1
        id_ = call.id if call.id and call.id not in self._ids else secrets.token_hex(ID_CHARACTERS)[:ID_CHARACTERS]
        self._ids.add(id_)
        return {
            "type": "function_call",
            "call_id": id_,
            "name": call.name,
            "arguments": call.arguments or "{}",
            "status": "completed",
        }


def _is_again(call: _Call, id_: str, arguments: str) -> bool:
    """Whether a whole call has come once more, with its id."""
    same = id_ != "" and id_ == call.id and len(arguments) == call.size and arguments == call.arguments
    return same and call.whole


def _is_another(call: _Call, id_: str, name: str, arguments: str) -> bool:
    """Whether a piece with this number begins a new call: some servers give each the number 0, or none."""
    if id_ and call.id and id_ != call.id:
        return True
    if not (name and call.name):
        return False
    return name != call.name or (bool(arguments) and call.whole)


def _text(arguments: Any) -> str:
    """Some servers send the object itself."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
