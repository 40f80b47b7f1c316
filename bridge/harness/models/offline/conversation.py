"""What a request's items say: who said what, where the person was, and what each step of ours called and was told."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bridge.harness.values.model import Item

_HEAD, _TAIL = "<editor_context>", "</editor_context>"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person was, from 1; 0 is not known. `end` is the selection's last line, `end_column` exclusive."""

    uri: str
    line: int = 0
    column: int = 0
    end: int = 0
    end_column: int = 0
    open: tuple[str, ...] = ()

    @property
    def selects(self) -> bool:
        """Whether something is selected."""
        return bool(self.line and self.end and (self.end, self.end_column) != (self.line, self.column))

    def is_in(self, path: str) -> bool:
        """Whether a path, from the workspace's root, is this document."""
        return self.path == path or self.path.endswith(f"/{path}")

    @property
    def path(self) -> str:
        """The document's path."""
        return unquote(self.uri.removeprefix("file://"))


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. `output` is None as long as there is none."""

    tool: str
    args: Mapping[str, Any]
    output: str | None = None


@dataclass(slots=True)
class Turn:
    """A prompt and what followed. `said` is a message after the last call, if there is one."""

    prompt: str
    place: Place | None
    steps: list[list[Call]] = field(default_factory=list)
    said: str = ""


def turns_of(items: Iterable[Item]) -> list[Turn]:
    """All turns, oldest first."""
    turns: list[Turn] = []
    ids: dict[str, tuple[int, int]] = {}
    calling = False
    for item in items:
        if item.get("role") == "user":
            texts = _texts(item)
            turns.append(Turn(texts[0] if texts else "", _place(texts[1:])))
            ids, calling = {}, False
            continue
        if not turns:
            continue
        turn = turns[-1]
        match item.get("type"):
            case "function_call":
                if not calling:
                    turn.steps.append([])
                calling = True
                turn.said = ""
                ids[str(item.get("call_id"))] = (len(turn.steps) - 1, len(turn.steps[-1]))
                turn.steps[-1].append(Call(str(item.get("name")), _arguments(item)))
            case "function_call_output":
                calling = False
                if place := ids.get(str(item.get("call_id"))):
                    call = turn.steps[place[0]][place[1]]
                    turn.steps[place[0]][place[1]] = Call(call.tool, call.args, str(item.get("output", "")))
            case _ if item.get("role") == "assistant":
                calling = False
                turn.said = "".join(_texts(item))
    return turns


def _texts(item: Item) -> list[str]:
    content = item.get("content")
    if isinstance(content, str):
        return [content]
    return [str(part.get("text", "")) for part in content or () if isinstance(part, Mapping)]


def _arguments(item: Item) -> Mapping[str, Any]:
    try:
        found = json.loads(str(item.get("arguments") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _place(texts: list[str]) -> Place | None:
    for text in texts:
        if text.startswith(_HEAD) and text.endswith(_TAIL):
            return _place_of(text.removeprefix(_HEAD).removesuffix(_TAIL))
    return None


def _place_of(text: str) -> Place | None:
    try:
        given = json.loads(text)
    except ValueError:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("uri"), str):
        return None
    numbers = [
        value if isinstance(value := given.get(key), int) else 0 for key in ("line", "column", "end", "endColumn")
    ]
    known = given.get("open")
    opened = tuple(uri for uri in known if isinstance(uri, str)) if isinstance(known, list) else ()
    return Place(given["uri"], numbers[0], numbers[1], numbers[2], numbers[3], opened)
