"""A hunk's place in a text, followed through the text's changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.harness.values.proposals import Hunk
from bridge.harness.workspace.spans import Overlapped, Tracked, shift, track
from bridge.harness.workspace.steps import Step, begins_line, newline_change


@dataclass(frozen=True, slots=True)
class Guard:
    """What has to stand again, once, before a hunk in doubt is whole: its old text with the lines next to it.

    Where it stood more than once before, its place is `lost`: even the very same text may have come about otherwise.
    """

    text: str
    lead: int
    first: bool
    last: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A hunk and where it stands; with a `guard`, `at` is damaged and covers the lines next to it too.

    `context`: what stood there, with the lines next to it, when somebody typed in a hunk.
    """

    hunk: Hunk
    at: Tracked
    guard: Guard | None = None
    context: Guard | None = None


def follow(place: Place, steps: Sequence[Step]) -> Place:
    for step in steps:
        place = _end_moved(place, step) or _followed(place, step)
    return place


def _end_moved(place: Place, step: Step) -> Place | None:
    """The place of a hunk that holds the last line, after a step that only touched the final newline."""
    newline = newline_change(step.before, step.moved_by.after)
    if newline is None or place.at.damaged or not place.at.start < newline.start <= place.at.end:
        return None
    return replace(place, at=Tracked(place.at.start, len(step.moved_by.after)))


def _followed(place: Place, step: Step) -> Place:
    at, guard = place.at, place.guard
    met = [doubt for doubt in step.doubts if _meets(at, doubt, touching=step.whole)]
    if guard is None and not met:
        return _typed(place, step)
    start, end = min((at.start, *(start for start, _ in met))), max((at.end, *(end for _, end in met)))
    if not at.damaged:
        guard, start, end = _guard(step.before, at, start, end)
    region = Tracked(start, end, damaged=True)
    if guard is None:
        return _typed(replace(place, at=region), step)
    return _guarded(place.hunk, guard, track(region, step.moved_by, guard.text), step.moved_by.after)


def _typed(place: Place, step: Step) -> Place:
    """Undoing what damaged a hunk may be told as a change beside it: of equal ends an editor chooses either."""
    hunk, after = place.hunk, step.moved_by.after
    at = track(place.at, step.moved_by, hunk.old)
    if not hunk.old and (
        place.at.damaged or isinstance(shift(place.at.start, place.at.end, step.moved_by), Overlapped)
    ):
        at = replace(at, damaged=True)  # nothing stands anywhere: only the lines around say where an insertion was
    if not at.damaged:
        return Place(hunk, at)
    if not place.at.damaged:
        guard = _guard(step.before, place.at, 0, len(step.before))[0]
        return Place(hunk, at, context=None if guard.lost else guard)
    context = place.context
    if context is not None:
        size = len(context.text)
        around = max(at.start - size, 0), min(at.end + size, len(after))
        start = after.find(context.text, *around)
        if start >= 0 and after.find(context.text, start + 1, around[1]) < 0 and _is_anchored(context, start, after):
            return Place(hunk, Tracked(start + context.lead, start + context.lead + len(hunk.old)))
    return Place(hunk, at, context=context)


def _is_anchored(guard: Guard, start: int, text: str) -> bool:
    """Whether the guard, found here, stands as whole lines, and at the ends of the text if it stood there."""
    above = start == 0 if guard.first else begins_line(text, start)
    return above and (start + len(guard.text) == len(text) or (not guard.last and guard.text.endswith("\n")))


def _guarded(hunk: Hunk, guard: Guard, found: Tracked, after: str) -> Place:
    if found.damaged or guard.lost:
        return Place(hunk, replace(found, damaged=True), guard)
    if not _is_anchored(guard, found.start, after):
        start, end = 0 if guard.first else found.start, len(after) if guard.last else found.end
        return Place(hunk, Tracked(start, end, damaged=True), guard)
    start = found.start + guard.lead
    return Place(hunk, Tracked(start, start + len(hunk.old)))


def _guard(text: str, at: Tracked, start: int, end: int) -> tuple[Guard, int, int]:
    """The hunk's old text with the line above and the line below; and the stretch in doubt, with them."""
    first = text.rfind("\n", 0, max(at.start - 1, 0)) + 1 if at.start else 0
    last = text.find("\n", at.end) + 1 or len(text)
    start, end = min(start, first), max(end, last)
    guard = text[first:last]
    lost = text.find(guard, text.find(guard, start, end) + 1, end) >= 0
    return Guard(guard, at.start - first, at.start == 0, at.end == len(text), lost), start, end


def _meets(at: Tracked, doubt: tuple[int, int], *, touching: bool) -> bool:
    start, end = doubt
    if touching or at.start == at.end:  # a diff may take a line inserted at this very place for part of a change
        return start <= at.end and at.start <= end
    return start < at.end and at.start < end
