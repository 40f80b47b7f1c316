"""How one text of a document became the next: exact changes where the editor tells them, else a line diff."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import anyio.to_thread

from bridge.harness.values.text import TextChange
from bridge.harness.workspace.diff import LARGE, diff
from bridge.harness.workspace.spans import Changes, LineIndex, Transition, transition
from bridge.harness.workspace.text import split_lines

LINE_ENDS = ("\n", "\r\n")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a text. `doubts`: the stretches that it may have changed, where a diff had to tell.

    `newline` is the change where it only adds the final newline, or takes it away.
    """

    before: str
    moved_by: Transition
    doubts: tuple[tuple[int, int], ...] = ()
    whole: bool = False
    newline: TextChange | None = None

    @classmethod
    def of(
        cls, before: str, moved_by: Transition, doubts: tuple[tuple[int, int], ...] = (), *, whole: bool = False
    ) -> "Step":
        """With what can be said of all places at once."""
        return cls(before, moved_by, doubts, whole, newline_change(before, moved_by.after))

    def leaves(self, end: int) -> bool:
        """Whether what ends at `end` stands before all that this changes."""
        steps = self.moved_by.steps
        return len(steps) == 1 and not self.doubts and self.newline is None and end < steps[0].first


def steps_between(before: str, text: str, changes: Sequence[TextChange] | None) -> list[Step]:
    """How `before` became `text`. Changes that lead elsewhere are not believed."""
    if before == text and not changes:  # with changes, equal lines may have changed places
        return []
    if (newline := newline_change(before, text)) is not None:
        return [Step.of(before, Transition((Changes([newline]),), text))]
    steps: list[Step] = []
    now = before
    for change in changes or ():
        steps.append(_step(now, change))
        now = steps[-1].moved_by.after
    return steps if now == text else [_by_diff(before, text)]


async def find_steps(before: str | None, text: str) -> None:
    """What `steps_between` will have to find by a diff, found in a thread where the texts are large."""
    if before is not None and before != text and len(before) + len(text) > LARGE:
        await anyio.to_thread.run_sync(_by_diff, before, text)


@lru_cache(maxsize=2)
def _by_diff(before: str, text: str) -> Step:
    return _step(before, TextChange(0, len(before), text))


def _step(before: str, change: TextChange) -> Step:
    change = _by_whole_lines(before, change)
    moved_by = transition(before, [change])
    if change.start == change.end < len(before) and "\n" not in change.text and begins_line(before, change.start):
        # Typing at the start of a line is in that line, not between it and the one above.
        line = TextChange(change.start, change.end + 1, change.text + before[change.start])
        return Step.of(before, Transition((Changes([line]),), moved_by.after))
    whole = (change.start, change.end) == (0, len(before))
    exact = not change.text or _is_in_one_line(before, moved_by.steps[0].all)
    if change.start == change.end or (exact and not whole):
        return Step.of(before, moved_by)
    return Step.of(before, moved_by, tuple(_doubts(before, change)), whole=whole)


def _is_in_one_line(before: str, refined: Sequence[TextChange]) -> bool:
    return len(refined) <= 1 and all("\n" not in before[each.start : each.end] + each.text for each in refined)


def _by_whole_lines(before: str, change: TextChange) -> TextChange:
    """Lines that were inserted or deleted, as such.

    Neovim tells a new line as a line end and the line, or as the line end above it, replaced by itself and the line.
    """
    start, end = change.start, change.end
    ended = before[start:end] if end - start < len(before) else ""
    if ended in LINE_ENDS and change.text.startswith(ended) and change.text.endswith(ended):
        return TextChange(end, end, change.text[len(ended) :])
    body = before[start:end] or change.text
    if (start < end and change.text) or "\n" not in body:
        return change
    if start == end and body.endswith("\n") and begins_line(before, start):
        return change  # whole lines as they are: among empty ones it would be another line that was opened
    line = before.rfind("\n", 0, start) + 1
    if body[0] == before[end : end + 1] == "\n":
        start, end, body = start + 1, end + 1, body[1:] + "\n"
    elif body.endswith("\n" + before[line:start]) and line < start:
        start, end, body = line, end - (start - line), before[line:start] + body[: line - start]
    return TextChange(start, end, body if start == end else "")


def _doubts(before: str, change: TextChange) -> Iterator[tuple[int, int]]:
    """The stretches that a line diff finds changed, from one line that stands once on both sides to the next."""
    first = before.rfind("\n", 0, change.start) + 1
    last = before.find("\n", change.end) + 1 or len(before)
    old = before[first:last]
    was = split_lines(old)
    now = split_lines(before[first : change.start] + change.text + before[change.end : last])
    index = LineIndex(old)
    anchors = _single(was) & _single(now)
    start = end = -1
    for found in diff(was, now):
        if found.a.end <= end:
            continue
        start, end = found.a.start, found.a.end
        while start > 0 and was[start - 1] not in anchors:
            start -= 1
        while end < len(was) and was[end] not in anchors:
            end += 1
        yield first + index.offset_of_line(start), first + index.offset_of_line(end)


def _single(lines: Sequence[str]) -> set[str]:
    return {line for line, count in Counter(lines).items() if count == 1}


def newline_change(before: str, after: str) -> TextChange | None:
    """The change, where it only adds the final newline or takes it away."""
    size = min(len(before), len(after))
    end = before[size:] or after[size:]
    if end not in LINE_ENDS or size == 0 or before[size - 1] == "\n" or before[:size] != after[:size]:
        return None
    return TextChange(size, len(before), after[size:])


def begins_line(text: str, at: int) -> bool:
    """Whether a line begins at this place."""
    return at == 0 or text[at - 1] == "\n"
