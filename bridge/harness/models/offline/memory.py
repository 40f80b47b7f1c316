"""What is remembered from one prompt to the next. It is made anew from the conversation each time."""

from dataclasses import dataclass
from typing import Literal

from bridge.harness.models.offline.outputs import Target
from bridge.harness.models.offline.wishes import Wish


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question: what would be done, to which name, and how it is shown."""

    label: str
    wishes: tuple[Wish, ...]
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked last.

    `wants` says what the answer is: one of the options (of one: yes or no), what callers pass or a default, or a file.
    """

    options: tuple[Option, ...]
    wants: Literal["option", "value", "file"] = "option"


@dataclass(frozen=True, slots=True)
class Renamed:
    """A rename that was applied, at least in part."""

    old: str
    target: Target


@dataclass(frozen=True, slots=True)
class Memory:
    """`target` was dealt with last, `listed` are the places that were shown last, `last` is what was asked for last."""

    question: Question | None = None
    target: Target | None = None
    renamed: Renamed | None = None
    listed: tuple[Target, ...] = ()
    last: tuple[Wish, ...] = ()
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: a few words, and tool calls by name and arguments."""

    say: str
    calls: tuple[tuple[str, dict[str, object]], ...]


class Stop(Exception):
    """A wish can't be fulfilled, or not yet: the words for the person, and a question if there is one."""

    def __init__(self, text: str, question: Question | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.question = question
