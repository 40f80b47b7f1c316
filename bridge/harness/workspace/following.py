"""A hunk's place in a text, followed through the text's changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import Hunk
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Changes, Moved, Tracked, shift, to_lines, track
from bridge.harness.workspace.steps import Step, begins_line


@dataclass(frozen=True, slots=True)
class Before:
    """What stood where a hunk was damaged: `text`, in which its own text has `size` characters from `lead` on."""

    text: str
    lead: int
    size: int

    @property
    def head(self) -> str:
        """What stood before the hunk's text."""
        return self.text[: self.lead]

    @property
    def tail(self) -> str:
        """What stood after it."""
        return self.text[self.lead + self.size :]


@dataclass(frozen=True, slots=True)
class Guard(Before):
    """What has to stand again, once, before a hunk in doubt is whole: its old text with the lines next to it.

    Where it stood more than once before, its place is `lost`: even the very same text may have come about otherwise.
    """

    first: bool
    last: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A hunk and where it stands. Damaged, `at` covers all that was changed there, and `before` is what stood there.

    Where every change was told, the hunk is whole again when the very same stands there again; where a diff had to
    tell, `before` is a `Guard`. `under` are the later hunks that were written over it. `written`: `hunk` is
    the change that would take out what was written.
    """

    hunk: Hunk
    at: Tracked
    before: Before | None = None
    under: tuple[HunkId, ...] = ()
    written: bool = False

    def whole(self, start: int) -> "Place":
        """The hunk's text stands here, as it should."""
        size = self.before.size if self.before is not None else self.at.end - self.at.start
        return replace(self, at=Tracked(start, start + size), before=None, under=())

    def damaged(self, start: int, end: int, before: Before | None) -> "Place":
        """Something was changed here."""
        return replace(self, at=Tracked(start, end, damaged=True), before=before)


def follow(place: Place, steps: Sequence[Step]) -> Place:
    """The place after these steps."""
    for step in steps:
        if step.leaves(place.at.end):
            continue
        place = _end_moved(place, step) or _followed(place, step)
    return place


def _end_moved(place: Place, step: Step) -> Place | None:
    """The place of a hunk that holds the last line, after a step that only touched the final newline."""
    newline = step.newline
    if newline is None or place.at.damaged or not place.at.start < newline.start <= place.at.end:
        return None
    return replace(place, at=Tracked(place.at.start, len(step.moved_by.after)))


def _followed(place: Place, step: Step) -> Place:
    at, guard = place.at, place.before if isinstance(place.before, Guard) else None
    met = [doubt for doubt in step.doubts if _meets(at, doubt, touching=step.whole)]
    if guard is None and not met:
        return _typed(place, step, at.start, at.end)
    start, end = min((at.start, *(start for start, _ in met))), max((at.end, *(end for _, end in met)))
    if not at.damaged:
        guard, start, end = _guard(step.before, at, start, end)
    if guard is None:
        return _typed(place, step, start, end)
    region = Tracked(start, end, damaged=True)
    return _guarded(place, guard, track(region, step.moved_by, guard.text), step.moved_by.after)


def _typed(place: Place, step: Step, start: int, end: int) -> Place:
    """After changes that were told exactly; a damaged place reaches from `start` to `end` before them."""
    if not place.at.damaged:
        result = shift(start, end, step.moved_by)
        if isinstance(result, Moved):
            return replace(place, at=Tracked(result.start, result.end))
    (changes,) = step.moved_by.steps
    if place.at.damaged:
        changes = _slid(changes, step, start, end)
    moved, joined = changes.joined(start, end)
    first, last = min((start, *(one.start for one in joined))), max((end, *(one.end for one in joined)))
    first, last = to_lines(step.before, first, last)
    before = _stood(place, step.before, first, last)
    start, end = first + moved, last + moved + sum(len(one.text) - (one.end - one.start) for one in joined)
    if before is not None and place.at.damaged and step.moved_by.after[start:end] == before.text:
        return replace(place, before=before).whole(start + before.lead)
    return place.damaged(start, end, before)


def _stood(place: Place, text: str, first: int, last: int) -> Before | None:
    """What stood in [first, last) of a text before the place was damaged; None for one that we have written over."""
    at, before = place.at, place.before
    if not at.damaged:
        return Before(text[first:last], at.start - first, at.end - at.start)
    if before is None:
        return None
    head, tail = text[first : at.start], text[at.end : last]
    return Before(head + before.text + tail, len(head) + before.lead, before.size)


def _slid(changes: Changes, step: Step, start: int, end: int) -> Changes:
    """An insertion or a deletion beside [start, end), told as the equal one that meets it, if there is one.

    Of equal texts an editor's undo chooses any: the line that comes back may be told as the end of the one before it.
    No further than the text is long: in a text that repeats itself that would be another change.
    """
    if len(changes.all) != 1:
        return changes
    change, before, after = changes.all[0], step.before, step.moved_by.after
    at, size = change.start, len(change.text)
    if change.start == change.end:
        if 0 < start - at < size and before[at:start] == after[at:start]:
            return Changes([TextChange(start, start, after[start : start + size])])
        if 0 < at - end < size and before[end:at] == after[end + size : at + size]:
            return Changes([TextChange(end, end, after[end : end + size])])
    elif not change.text:
        size = change.end - at
        if 0 < start - at < size and start + size <= end and before[at:start] == after[at:start]:
            return Changes([TextChange(start, start + size, "")])
        if 0 < at - end + size < size and end - size >= start and after[end - size : at] == before[end : at + size]:
            return Changes([TextChange(end - size, end, "")])
    return changes


def _is_anchored(guard: Guard, start: int, text: str) -> bool:
    """Whether the guard, found here, stands as whole lines, and at the ends of the text if it stood there."""
    above = start == 0 if guard.first else begins_line(text, start)
    return above and (start + len(guard.text) == len(text) or (not guard.last and guard.text.endswith("\n")))


def _guarded(place: Place, guard: Guard, found: Tracked, after: str) -> Place:
    if found.damaged or guard.lost:
        return place.damaged(found.start, found.end, guard)
    if not _is_anchored(guard, found.start, after):
        return place.damaged(0 if guard.first else found.start, len(after) if guard.last else found.end, guard)
    return replace(place, before=guard).whole(found.start + guard.lead)


def _guard(text: str, at: Tracked, start: int, end: int) -> tuple[Guard, int, int]:
    """The hunk's old text with the line above and the line below; and the stretch in doubt, with them."""
    first = text.rfind("\n", 0, max(at.start - 1, 0)) + 1 if at.start else 0
    last = text.find("\n", at.end) + 1 or len(text)
    start, end = min(start, first), max(end, last)
    guard = text[first:last]
    lost = text.find(guard, text.find(guard, start, end) + 1, end) >= 0
    return Guard(guard, at.start - first, at.end - at.start, at.start == 0, at.end == len(text), lost), start, end


def _meets(at: Tracked, doubt: tuple[int, int], *, touching: bool) -> bool:
    start, end = doubt
    if touching or at.start == at.end:  # a diff may take a line inserted at this very place for part of a change
        return start <= at.end and at.start <= end
    return start < at.end and at.start < end
