"""Where each hunk would go now: the text that stands, and the hunks' places in it, moved as the person types.

An editor that says exactly what was typed is believed: to touch a hunk is not to overlap it. Where only texts are known
(a whole document sent again, a file changed on disk, one coarse change for several) a line diff has to say what
happened, and it is certain only up to the next lines that stand once in both texts. A hunk that touches such a stretch
is whole only where its old text stands once in it, with the lines above and below (review rules, case 1).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.proposals import Hunk, StaleReason
from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.diff import diff
from bridge.harness.workspace.hunks import Found
from bridge.harness.workspace.spans import LineIndex, Overlapped, Tracked, Transition, shift, track, transition
from bridge.harness.workspace.text import split_lines

_LINE_ENDS = ("\n", "\r\n")


@dataclass(frozen=True, slots=True)
class _Guard:
    """What has to stand again, once, before a hunk in doubt is whole: its old text with the lines next to it.

    Where it stood more than once before, its place is `lost`: even the very same text may have come about otherwise.
    """

    text: str
    lead: int
    first: bool
    last: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A hunk and where it stands; with a `guard`, `at` is damaged and covers the lines next to it too.

    `context`: what stood there, with the lines next to it, when somebody typed in a hunk.
    """

    hunk: Hunk
    at: Tracked
    guard: _Guard | None = None
    context: _Guard | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """One change of a text. `doubts`: the stretches that it may have changed, where a diff had to tell."""

    before: str
    moved_by: Transition
    doubts: tuple[tuple[int, int], ...] = ()
    whole: bool = False


class Places:
    """Derived data: rebuilt from the log and the texts, never written to the log. Rebase moves places only."""

    def __init__(self) -> None:
        """Nothing is tracked."""
        self._ground: dict[Uri, str] = {}
        self._index: dict[Uri, LineIndex] = {}
        self._at: dict[Uri, dict[HunkId, _Place]] = {}
        self._expected: dict[Uri, tuple[str, Transition]] = {}
        self._gone: set[Uri] = set()

    def add(self, uri: Uri, text: str, found: Sequence[Found]) -> None:
        """Track hunks whose old texts stand in `text`; where another text stands by now, they move on to it."""
        ground = self._ground.setdefault(uri, text)
        places = (_Place(one.hunk, Tracked(one.start, one.end)) for one in found)
        steps = _steps(text, ground, None)
        self._at.setdefault(uri, {}).update({place.hunk.id: _follow(place, steps) for place in places})

    def drop(self, hunk: Hunk) -> None:
        """It needs no place any more."""
        tracked = self._at.get(hunk.uri, {})
        tracked.pop(hunk.id, None)
        if not tracked:
            for table in (self._at, self._ground, self._index, self._expected):
                table.pop(hunk.uri, None)
            self._gone.discard(hunk.uri)

    def expect(self, uri: Uri, before: str, after: str, changes: Sequence[TextChange]) -> None:
        """Our own edit is on its way: should `before` become `after`, then by exactly these changes."""
        self._expected[uri] = (before, Transition((tuple(changes),), after))

    def stands(self, uri: Uri, text: str, changes: Sequence[TextChange] | None) -> None:
        """The text of a file is now this; `changes` say how it came about, else a line diff does."""
        self._gone.discard(uri)
        before = self._ground.get(uri)
        if before is None or (before == text and not changes):
            return
        self._ground[uri] = text
        self._index.pop(uri, None)
        expected = self._expected.get(uri)
        if expected is not None and (expected[0], expected[1].after) == (before, text):
            steps = [_Step(before, expected[1])]
        else:
            steps = _steps(before, text, changes)
        places = self._at.get(uri, {})
        places.update({id_: _follow(place, steps) for id_, place in places.items()})

    def gone(self, uri: Uri) -> None:
        """The file does not stand any more."""
        if uri in self._at:
            self._gone.add(uri)

    def at(self, hunk: Hunk) -> Tracked | None:
        """The hunk's place in characters, if it is tracked."""
        place = self._place(hunk)
        return place.at if place is not None else None

    def fit(self, hunk: Hunk) -> StaleReason | None:
        """Why the hunk can't be applied; None where it can, or where its very change stands already."""
        place = self._place(hunk)
        if place is None:
            return None
        if hunk.uri in self._gone:
            return "gone"
        return "overlap" if place.at.damaged and not self.is_done(hunk) else None

    def is_done(self, hunk: Hunk) -> bool:
        """Whether somebody else made exactly this change: then it counts as done."""
        place = self._place(hunk)
        if place is None or not place.at.damaged:
            return False
        standing, guard = self.current(hunk), place.guard
        if guard is None:
            return standing == hunk.new
        tail = guard.text[guard.lead + len(hunk.old) :]
        return standing == guard.text[: guard.lead] + hunk.new + tail

    def is_untouched(self, hunk: Hunk, new: str) -> bool:
        """Whether the hunk's old text stands at its place, and `new` does not begin or end there."""
        place, text = self._place(hunk), self._ground.get(hunk.uri, "")
        if place is None or place.at.damaged:
            return False
        start, end = place.at.start, place.at.end
        return start < end or not (text.startswith(new, start) or text.endswith(new, 0, end))

    def change(self, hunk: Hunk, new: str) -> TextChange | None:
        """What puts `new` at the hunk's place; None where its old text does not stand there."""
        return _change(self._ground.get(hunk.uri, ""), self._place(hunk), new)

    def changes_in(self, uri: Uri, text: str) -> Iterator[tuple[Hunk, TextChange]]:
        """The hunks that fit `text`, an earlier or later look at the file, and what each would change in it."""
        ground = self._ground.get(uri, text)
        steps = _steps(ground, text, None)
        for place in self._at.get(uri, {}).values():
            change = _change(text, _follow(place, steps), place.hunk.new)
            if change is not None:
                yield place.hunk, change

    def ground(self, uri: Uri) -> str | None:
        """The text that the places of this file are in."""
        return self._ground.get(uri)

    def lines(self, hunk: Hunk) -> Span:
        """The hunk's place in lines of what stands now; its base's lines where it is not tracked."""
        tracked = self.at(hunk)
        if tracked is None:
            return hunk.span
        if hunk.uri not in self._index:
            self._index[hunk.uri] = LineIndex(self._ground[hunk.uri])
        return self._index[hunk.uri].lines(tracked.start, tracked.end)

    def current(self, hunk: Hunk) -> str:
        """The text that stands at the hunk's place."""
        tracked = self.at(hunk)
        return self._ground[hunk.uri][tracked.start : tracked.end] if tracked else ""

    def tracked(self, uri: Uri) -> Iterator[Hunk]:
        """The hunks of a file that have a place."""
        return (place.hunk for place in self._at.get(uri, {}).values())

    def _place(self, hunk: Hunk) -> _Place | None:
        return self._at.get(hunk.uri, {}).get(hunk.id)


def _change(text: str, place: _Place | None, new: str) -> TextChange | None:
    """A lone final newline that an editor added or took away is the file's, not the hunk's (case 13)."""
    if place is None or place.at.damaged:
        return None
    start, end, old = place.at.start, place.at.end, place.hunk.old
    standing = text[start:end]
    if standing == old:
        return TextChange(start, end, new)
    for line_end in _LINE_ENDS:
        if standing == old + line_end:
            return TextChange(start, end, new + line_end if new and not new.endswith("\n") else new)
        if standing + line_end == old:
            return TextChange(start, end, new.removesuffix(line_end))
    return None


def _steps(before: str, text: str, changes: Sequence[TextChange] | None) -> list[_Step]:
    """How `before` became `text`. Changes that lead elsewhere are not believed."""
    if before == text and not changes:  # with changes, equal lines may have changed places
        return []
    if (newline := _newline(before, text)) is not None:
        return [_Step(before, Transition(((newline,),), text))]
    steps: list[_Step] = []
    now = before
    for change in changes or ():
        steps.append(_step(now, change))
        now = steps[-1].moved_by.after
    return steps if now == text else [_step(before, TextChange(0, len(before), text))]


def _step(before: str, change: TextChange) -> _Step:
    change = _by_whole_lines(before, change)
    moved_by = transition(before, [change])
    if change.start == change.end < len(before) and "\n" not in change.text and _begins_line(before, change.start):
        # Typing at the start of a line is in that line, not between it and the one above.
        line = TextChange(change.start, change.end + 1, change.text + before[change.start])
        return _Step(before, Transition(((line,),), moved_by.after))
    whole = (change.start, change.end) == (0, len(before))
    if change.start == change.end or not change.text or (not whole and _is_in_one_line(before, moved_by.steps[0])):
        return _Step(before, moved_by)
    return _Step(before, moved_by, tuple(_doubts(before, change)), whole)


def _is_in_one_line(before: str, refined: Sequence[TextChange]) -> bool:
    return len(refined) <= 1 and all("\n" not in before[each.start : each.end] + each.text for each in refined)


def _by_whole_lines(before: str, change: TextChange) -> TextChange:
    """Lines that were inserted or deleted, as such: Neovim tells a new line as a line end and the line."""
    start, end = change.start, change.end
    body = before[start:end] or change.text
    if (start < end and change.text) or "\n" not in body:
        return change
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


def _follow(place: _Place, steps: Sequence[_Step]) -> _Place:
    for step in steps:
        place = _end_moved(place, step) or _followed(place, step)
    return place


def _newline(before: str, after: str) -> TextChange | None:
    """The change, where it only adds the final newline or takes it away."""
    size = min(len(before), len(after))
    end = before[size:] or after[size:]
    if end not in _LINE_ENDS or size == 0 or before[size - 1] == "\n" or before[:size] != after[:size]:
        return None
    return TextChange(size, len(before), after[size:])


def _end_moved(place: _Place, step: _Step) -> _Place | None:
    """The place of a hunk that holds the last line, after a step that only touched the final newline."""
    newline = _newline(step.before, step.moved_by.after)
    if newline is None or place.at.damaged or not place.at.start < newline.start <= place.at.end:
        return None
    return replace(place, at=Tracked(place.at.start, len(step.moved_by.after)))


def _followed(place: _Place, step: _Step) -> _Place:
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


def _typed(place: _Place, step: _Step) -> _Place:
    """Undoing what damaged a hunk may be told as a change beside it: of equal ends an editor chooses either."""
    hunk, after = place.hunk, step.moved_by.after
    at = track(place.at, step.moved_by, hunk.old)
    if not hunk.old and (
        place.at.damaged or isinstance(shift(place.at.start, place.at.end, step.moved_by), Overlapped)
    ):
        at = replace(at, damaged=True)  # nothing stands anywhere: only the lines around say where an insertion was
    if not at.damaged:
        return _Place(hunk, at)
    if not place.at.damaged:
        guard = _guard(step.before, place.at, 0, len(step.before))[0]
        return _Place(hunk, at, context=None if guard.lost else guard)
    context = place.context
    if context is not None:
        size = len(context.text)
        around = max(at.start - size, 0), min(at.end + size, len(after))
        start = after.find(context.text, *around)
        if start >= 0 and after.find(context.text, start + 1, around[1]) < 0 and _is_anchored(context, start, after):
            return _Place(hunk, Tracked(start + context.lead, start + context.lead + len(hunk.old)))
    return _Place(hunk, at, context=context)


def _begins_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _is_anchored(guard: _Guard, start: int, text: str) -> bool:
    """Whether the guard, found here, stands as whole lines, and at the ends of the text if it stood there."""
    above = start == 0 if guard.first else _begins_line(text, start)
    return above and (start + len(guard.text) == len(text) or (not guard.last and guard.text.endswith("\n")))


def _guarded(hunk: Hunk, guard: _Guard, found: Tracked, after: str) -> _Place:
    if found.damaged or guard.lost:
        return _Place(hunk, replace(found, damaged=True), guard)
    if not _is_anchored(guard, found.start, after):
        start, end = 0 if guard.first else found.start, len(after) if guard.last else found.end
        return _Place(hunk, Tracked(start, end, damaged=True), guard)
    start = found.start + guard.lead
    return _Place(hunk, Tracked(start, start + len(hunk.old)))


def _guard(text: str, at: Tracked, start: int, end: int) -> tuple[_Guard, int, int]:
    """The hunk's old text with the line above and the line below; and the stretch in doubt, with them."""
    first = text.rfind("\n", 0, max(at.start - 1, 0)) + 1 if at.start else 0
    last = text.find("\n", at.end) + 1 or len(text)
    start, end = min(start, first), max(end, last)
    guard = text[first:last]
    lost = text.find(guard, text.find(guard, start, end) + 1, end) >= 0
    return _Guard(guard, at.start - first, at.start == 0, at.end == len(text), lost), start, end


def _meets(at: Tracked, doubt: tuple[int, int], *, touching: bool) -> bool:
    start, end = doubt
    if touching or at.start == at.end:  # a diff may take a line inserted at this very place for part of a change
        return start <= at.end and at.start <= end
    return start < at.end and at.start < end
