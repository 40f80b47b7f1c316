"""Texts with some of their places replaced."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """What stands from `start` to `end`, in characters of the file's own text, becomes `new`."""

    start: int
    end: int
    new: str


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with all replacements made; they don't overlap. All other characters stay as they are."""
    parts, done = [], 0
    for one in sorted(set(replacements)):
        if one.start < done:
            raise ValueError(f"overlapping replacements at {one.start}")
        parts += [text[done : one.start], one.new]
        done = one.end
    return "".join([*parts, text[done:]])
