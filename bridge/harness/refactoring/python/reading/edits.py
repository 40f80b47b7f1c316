"""Texts with some of their places replaced."""

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.harness.refactoring.values import LineEdit


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """What stands from `start` to `end`, in characters of the file's own text, becomes `new`."""

    start: int
    end: int
    new: str


def line_edits(text: str, replacements: Iterable[Replacement]) -> tuple[LineEdit, ...]:
    r"""The same as changes of whole lines, which a comparison of the texts may tell otherwise; `text` has only \n.

    Replacements on one line are one of them.
    """
    found: list[LineEdit] = []
    rows: list[tuple[int, int, list[Replacement]]] = []
    for one in sorted(set(replacements)):
        start = text.rfind("\n", 0, one.start) + 1
        whole = one.start == one.end == start and (one.new.endswith("\n") or not one.new)
        end = start if whole else text.find("\n", max(one.end - 1, one.start)) + 1 or len(text)
        if rows and start < rows[-1][1]:
            rows[-1] = (rows[-1][0], max(end, rows[-1][1]), [*rows[-1][2], one])
        else:
            rows.append((start, end, [one]))
    for start, end, mine in rows:
        inside = [Replacement(one.start - start, one.end - start, one.new) for one in mine]
        first = text.count("\n", 0, start) + 1
        last = first + text.count("\n", start, end) + (end > start and not text[start:end].endswith("\n"))
        found.append(LineEdit(first, last, replaced(text[start:end], inside)))
    return tuple(found)


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with all replacements made; they don't overlap. All other characters stay as they are."""
    parts, done = [], 0
    for one in sorted(set(replacements)):
        if one.start < done:
            raise ValueError(f"overlapping replacements at {one.start}")
        parts += [text[done : one.start], one.new]
        done = one.end
    return "".join([*parts, text[done:]])
