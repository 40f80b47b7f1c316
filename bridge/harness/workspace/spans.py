"""Places that move while a person types.

Offsets count code points. A document's changes come one after another, each in the text that the one before left; an
editor may send one coarse change for all that happened in a moment (Neovim: 150 ms), so changes are refined first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.diff import diff
from bridge.harness.workspace.text import split_lines

Encoding = Literal["utf-8", "utf-16", "utf-32"]


class LineIndex:
    """Where the lines of one text begin, and its positions in an editor's units."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        at = text.find("\n") + 1
        while at:
            self._starts.append(at)
            at = text.find("\n", at) + 1

    def offset_of_line(self, line: int) -> int:
        """Where the line begins; the end of the text for a line past the last."""
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def line_of(self, offset: int) -> int:
        """The 0-based line that the offset stands in; after a final line end, the empty line that follows."""
        return bisect_right(self._starts, offset) - 1

    def offsets(self, span: Span) -> tuple[int, int]:
        """The characters [start, end) of whole lines."""
        return self.offset_of_line(span.start), self.offset_of_line(span.end)

    def lines(self, start: int, end: int) -> Span:
        """The lines that hold the characters [start, end); the inverse of `offsets` for whole lines."""
        first = self.line_of(start)
        if end <= start:
            return Span(first, first)
        last = self.line_of(end)
        return Span(first, last if end == self._starts[last] else last + 1)

    def offset(self, line: int, character: int, encoding: Encoding) -> int:
        """An editor's position as an offset. As LSP says, what lies past a line's end, or past the text, is clamped.

        One column past the end of a line that ends in "\\r\\n" is the place between the two: in a file with mixed line
        ends Neovim counts the "\\r" as a character.
        """
        if line >= len(self._starts):
            return len(self._text)
        start, end = self._starts[line], self._line_end(line)
        units = end - start
        if encoding == "utf-32" or self._text[start:end].isascii():
            if character < units:
                return start + max(character, 0)
        else:
            units = 0
            for offset in range(start, end):
                units += _units(self._text[offset], encoding)
                if units > character:
                    return offset
        return end + 1 if character == units + 1 and self._text[end : end + 2] == "\r\n" else end

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        """An offset as (line, character) in the editor's units; a place inside a line end is the end of its line."""
        offset = min(max(offset, 0), len(self._text))
        line = self.line_of(offset)
        before = self._text[self._starts[line] : min(offset, self._line_end(line))]
        if encoding == "utf-32" or before.isascii():
            return line, len(before)
        return line, sum(_units(character, encoding) for character in before)

    def _line_end(self, line: int) -> int:
        """The end of the line's characters, before its line end."""
        if line + 1 == len(self._starts):
            return len(self._text)
        start, end = self._starts[line], self._starts[line + 1] - 1
        return end - 1 if end > start and self._text[end - 1] == "\r" else end


class Changes:
    """Disjoint, ascending changes made at once, found by place: a thousand hunks meet a thousand of them at a blow."""

    def __init__(self, changes: Sequence[TextChange]) -> None:
        """All in offsets of the text before."""
        self.all = tuple(changes)
        self._starts = [change.start for change in self.all]
        self._ends = [change.end for change in self.all]
        self._grown = [0, *accumulate(map(_growth, self.all))]

    @property
    def first(self) -> int:
        """Where the first of them begins; nothing before it moves."""
        return self._starts[0] if self.all else 0

    def intersecting(self, start: int, end: int) -> bool:
        """Whether one of them changes [start, end) itself, or inserts at the very point."""
        low = bisect_right(self._ends, start)
        high = bisect_left(self._starts, end)
        if low < high:
            return True
        return start == end and low > 0 and self._starts[low - 1] == self._ends[low - 1] == start

    def growth_before(self, start: int, *, inserted_at: bool) -> int:
        """What those add that end before `start`, or at it; `inserted_at`: insertions at the very point too."""
        count = bisect_right(self._ends, start)
        while not inserted_at and count > 0 and self._starts[count - 1] == start:
            count -= 1
        return self._grown[count]

    def joined(self, start: int, end: int) -> tuple[int, Sequence[TextChange]]:
        """Those that touch or intersect [start, end], and what those before them add."""
        low, high = bisect_left(self._ends, start), bisect_right(self._starts, end)
        return self._grown[min(low, high)], self.all[low:high]


@dataclass(frozen=True, slots=True)
class Transition:
    """How a text became `after`: steps one after another."""

    steps: tuple[Changes, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The span stands unchanged at [start, end)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Overlapped:
    """Somebody changed the span itself. [start, end) covers it and what they wrote."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where a hunk's old text stands; `damaged`: it was overwritten, and [start, end) is the place where it was."""

    start: int
    end: int
    damaged: bool = False


def transition(text: str, changes: Sequence[TextChange]) -> Transition:
    """The changes of one notification, refined; each is meant in the text that the one before it left."""
    steps = []
    for change in changes:
        step = Changes(tuple(refine(text, change)))
        text = apply_step(text, step.all)
        steps.append(step)
    return Transition(tuple(steps), text)


def apply_step(text: str, step: Sequence[TextChange]) -> str:
    """The text after disjoint, ascending changes, all given in offsets of `text`."""
    pieces: list[str] = []
    at = 0
    for change in step:
        pieces += [text[at : change.start], change.text]
        at = change.end
    pieces.append(text[at:])
    return "".join(pieces)


def refine(text: str, change: TextChange) -> Iterator[TextChange]:
    """The change as the least that it really changes: common ends trimmed, then by lines, then within each line.

    A pure insertion or deletion is exact as it is: to slide it along equal text would move it off its true place.
    """
    if change.start == change.end or not change.text:
        yield from [change] if change.end > change.start or change.text else []
        return
    trimmed = _trim(text[change.start : change.end], change.text, change.start)
    if trimmed is None:
        return
    if "\n" not in text[trimmed.start : trimmed.end] and "\n" not in trimmed.text:
        yield trimmed
        return
    start = text.rfind("\n", 0, change.start) + 1
    end = text.find("\n", change.end) + 1 or len(text)
    new = text[start : change.start] + change.text + text[change.end : end]
    yield from _by_lines(text[start:end], new, start)


def shift(start: int, end: int, moved_by: Transition) -> Moved | Overlapped:
    """The whole lines [start, end) after the transition.

    To touch is not to overlap; to intersect is, and so are two insertions at one point. A span that no longer begins
    at a line's start or ends at a line's end overlaps too: somebody typed within its first or last line.
    """
    overlapped = False
    for step in moved_by.steps:
        overlapped = overlapped or step.intersecting(start, end)
        start, end = _cover(start, end, step) if overlapped else _slide(start, end, step)
    if overlapped:
        return Overlapped(start, end)
    if whole_lines(moved_by.after, start, end):
        return Moved(start, end)
    return Overlapped(*to_lines(moved_by.after, start, end))


def track(tracked: Tracked, moved_by: Transition, old: str) -> Tracked:
    """The hunk's place after the transition. It is whole again only when `old`, as whole lines, stands there once."""
    start, end = tracked.start, tracked.end
    if not tracked.damaged:
        result = shift(start, end, moved_by)
        if isinstance(result, Moved):
            return Tracked(result.start, result.end)
        start, end = result.start, result.end
    else:
        for step in moved_by.steps:
            start, end = _cover(start, end, step)
    standing = list(standing_at(moved_by.after, start, end, old))
    if len(standing) == 1:
        return Tracked(standing[0], standing[0] + len(old))
    return Tracked(start, end, damaged=True)


def _by_lines(old: str, new: str, at: int) -> Iterator[TextChange]:
    old_lines, new_lines = split_lines(old), split_lines(new)
    index = LineIndex(old)
    for change in diff(old_lines, new_lines):
        start, end = index.offsets(change.a)
        before, after = old_lines[change.a.start : change.a.end], new_lines[change.b.start : change.b.end]
        if len(before) != len(after):
            yield from _filled(_trim(old[start:end], "".join(after), at + start))
            continue
        for line, wanted in zip(before, after, strict=True):
            yield from _filled(_trim(line, wanted, at + start))
            start += len(line)


def _filled(change: TextChange | None) -> Iterator[TextChange]:
    if change is not None:
        yield change


def _trim(old: str, new: str, at: int) -> TextChange | None:
    """The change without the common beginning and end of both texts; None where they are equal."""
    if old == new:
        return None
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    return TextChange(at + head, at + len(old) - tail, new[head : len(new) - tail])


def _alike(one: str, other: str) -> int:
    """How many characters both begin with, by halves: a change may hold a whole document."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _slide(start: int, end: int, step: Changes) -> tuple[int, int]:
    """The span after changes that do not intersect it: those before it, or ending where it begins, move it."""
    by = step.growth_before(start, inserted_at=start < end)
    return start + by, end + by


def _cover(start: int, end: int, step: Changes) -> tuple[int, int]:
    """The span grown over what touches or intersects it, after the step."""
    before, joined = step.joined(start, end)
    first = min((start, *(change.start for change in joined)))
    last = max((end, *(change.end for change in joined)))
    return first + before, last + before + sum(map(_growth, joined))


def _growth(change: TextChange) -> int:
    return len(change.text) - (change.end - change.start)


def whole_lines(text: str, start: int, end: int) -> bool:
    """Whether [start, end) begins at a line's start and ends at a line's end."""
    return (start == 0 or text[start - 1] == "\n") and (end == len(text) or end == start or text[end - 1] == "\n")


def to_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The least whole lines that hold [start, end)."""
    first = text.rfind("\n", 0, start) + 1
    if end > first and text[end - 1] == "\n":
        return first, end
    return first, text.find("\n", end) + 1 or len(text)


def standing_at(text: str, start: int, end: int, old: str) -> Iterator[int]:
    """The places in [start, end) where `old` stands as whole lines; an empty one only where nothing else stands."""
    if not old:
        yield from [start] if start == end and whole_lines(text, start, end) else []
        return
    at = text.find(old, start, end)
    while at >= 0:
        if whole_lines(text, at, at + len(old)):
            yield at
        at = text.find(old, at + 1, end)


def _units(character: str, encoding: Encoding) -> int:
    code = ord(character)
    if encoding == "utf-16":
        return 2 if code > 0xFFFF else 1
    return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)
