"""Where each hunk would go now: the text that stands, and the hunks' places in it, moved as the person types.

An editor that says exactly what was typed is believed: to touch a hunk is not to overlap it. Where only texts are known
(a whole document sent again, a file changed on disk, one coarse change for several) a line diff has to say what
happened, and it is certain only up to the next lines that stand once in both texts. A hunk that touches such a stretch
is whole only where its old text stands once in it, with the lines above and below (review rules, case 1).

A hunk that was written is tracked on, turned round: as the change that would take it out again. So "its old text
stands" means for it that it is present, and "it is done" that somebody took it out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.proposals import Hunk, StaleReason
from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.following import Before, Guard, Place, follow
from bridge.harness.workspace.hunks import Found
from bridge.harness.workspace.spans import Changes, LineIndex, Tracked, Transition, standing_at, whole_lines
from bridge.harness.workspace.steps import LINE_ENDS, Step, steps_between
from bridge.harness.workspace.text import split_lines

REACH = 200
"""Characters beside a place in which a hunk's text is looked for before it is said to be gone."""


GROWN = 10
"""Lines by which a place in doubt may have grown for a hunk to be put over it: more are surely somebody else's."""


@dataclass(frozen=True, slots=True)
class _Expected:
    """Our own edit, under way: should `before` become `moved_by.after`, then by exactly these changes."""

    before: str
    moved_by: Transition
    changes: tuple[tuple[HunkId, TextChange], ...]


class Places:
    """Derived data: rebuilt from the log and the texts, never written to the log. Rebase moves places only."""

    def __init__(self) -> None:
        """Nothing is tracked."""
        self._ground: dict[Uri, str] = {}
        self._index: dict[Uri, LineIndex] = {}
        self._at: dict[Uri, dict[HunkId, Place]] = {}
        self._expected: dict[Uri, _Expected] = {}
        self._gone: set[Uri] = set()

    def add(self, uri: Uri, text: str, found: Sequence[Found], *, written: bool = False) -> None:
        """Track hunks whose old texts stand in `text`; where another text stands by now, they move on to it.

        `written`: they are the inverses of hunks that were written.
        """
        ground = self._ground.setdefault(uri, text)
        places = (Place(one.hunk, Tracked(one.start, one.end), written=written) for one in found)
        steps = steps_between(text, ground, None)
        self._at.setdefault(uri, {}).update({place.hunk.id: follow(place, steps) for place in places})

    def drop(self, hunk: Hunk) -> None:
        """It needs no place any more."""
        tracked = self._at.get(hunk.uri, {})
        tracked.pop(hunk.id, None)
        if not tracked:
            for table in (self._at, self._ground, self._index, self._expected):
                table.pop(hunk.uri, None)
            self._gone.discard(hunk.uri)

    def turn(self, hunk: Hunk) -> None:
        """It was written: from now on its place is that of its new text, and of the change that takes it out."""
        inverse, place = hunk.inverse(), self._place(hunk)
        if place is None:
            if hunk.op == "create":
                self.add(hunk.uri, hunk.new, [Found(inverse, 0, len(hunk.new))], written=True)
            return
        if place.written:
            return
        text, at = self._ground[hunk.uri], place.at
        if (done := self._done_at(hunk.uri, place)) is not None:
            at = Tracked(done, done + len(hunk.new))
        elif _stands(text[at.start : at.end], hunk.new):
            at = Tracked(at.start, at.end)
        else:
            start = text.find(hunk.new, at.start, at.end)
            whole = bool(hunk.new) and start >= 0 and text.find(hunk.new, start + 1, at.end) < 0
            at = Tracked(start, start + len(hunk.new)) if whole else replace(at, damaged=True)
        self._at[hunk.uri][hunk.id] = Place(inverse, at, written=True)

    def split(self, hunk: Hunk, children: Sequence[Hunk]) -> None:
        """The children take the hunk's place, in order, in its rank among hunks at one point."""
        place, known = self._place(hunk), self._at.get(hunk.uri, {})
        region = self.region(hunk)
        if place is None or region is None:
            return
        places: dict[HunkId, Place] = {}
        start = region.start
        for number, child in enumerate(children, start=1):
            end = region.end if number == len(children) else start + len(child.new if place.written else child.old)
            places[child.id] = Place(
                child.inverse() if place.written else child, Tracked(start, end), written=place.written
            )
            start = end
        rows = [(id_, one) for id_, one in known.items() if id_ != hunk.id]
        rank = list(known).index(hunk.id)
        self._at[hunk.uri] = dict([*rows[:rank], *places.items(), *rows[rank:]])

    def region(self, hunk: Hunk) -> Tracked | None:
        """Where the hunk was meant to go, whatever stands there now: whole lines; None where that can't be told."""
        place = self._place(hunk)
        if place is None or not place.at.damaged:
            return place.at if place is not None else None
        text, old = self._ground[hunk.uri], place.hunk.old
        start, end = place.at.start, place.at.end
        again = list(standing_at(text, start, end, old)) if old else []
        if len(again) == 1:
            start, end = again[0], again[0] + len(old)
        elif (before := place.before) is not None:
            if not text[start:end].startswith(before.head) or not text[start:end].endswith(before.tail):
                return None
            start, end = start + len(before.head), end - len(before.tail)
            if isinstance(before, Guard) and (before.lost or text.count("\n", start, end) > old.count("\n") + GROWN):
                return None
        return Tracked(start, end) if start <= end and whole_lines(text, start, end) else None

    def rename(self, old: Uri, new: Uri) -> None:
        """The file has another name: its hunks follow, to the text that stands there."""
        places = self._at.pop(old, {})
        if not places:
            return
        text = self._ground.pop(old)
        self._index.pop(old, None)
        self._expected.pop(old, None)
        steps = steps_between(text, self._ground.setdefault(new, text), None)
        for id_, place in places.items():
            moved = replace(place, hunk=replace(place.hunk, uri=new))
            self._at.setdefault(new, {})[id_] = follow(moved, steps)
        self._gone.discard(old)

    def expect(self, uri: Uri, before: str, after: str, changes: Sequence[tuple[HunkId, TextChange]]) -> None:
        """Our own edit is on its way: should `before` become `after`, then by exactly these changes.

        What it empties may come to stand at one point with others: their order is from now on the one of this moment.
        """
        by_place = sorted(self._at.get(uri, {}).items(), key=lambda row: (row[1].at.start, row[1].at.end))
        moved_by = Transition((Changes([change for _, change in changes]),), after)
        self._expected[uri] = expected = _Expected(before, moved_by, tuple(changes))
        if by_place:
            self._at[uri] = {id_: _written_over(place, expected) for id_, place in by_place}

    def stands(self, uri: Uri, text: str, changes: Sequence[TextChange] | None) -> None:
        """The text of a file is now this; `changes` say how it came about, else a line diff does."""
        self._gone.discard(uri)
        before = self._ground.get(uri)
        if before is None or (before == text and not changes):
            return
        self._ground[uri] = text
        self._index.pop(uri, None)
        places, expected = self._at.get(uri, {}), self._expected.get(uri)
        if expected is not None and (expected.before, expected.moved_by.after) == (before, text):
            del self._expected[uri]  # the person's redo of it, later, is theirs
            places.update(_after_own_edit(places, expected))
        else:
            steps = steps_between(before, text, changes)
            places.update({id_: follow(place, steps) for id_, place in places.items()})

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
        """Whether somebody else made exactly this change: then it counts as done. Of a written one: took it out."""
        place = self._place(hunk)
        return place is not None and self._done_at(hunk.uri, place) is not None

    def may_stand(self, hunk: Hunk) -> bool:
        """Whether a written hunk's text (or a line of it, where a diff had to tell) may still stand about its place."""
        place = self._place(hunk)
        return place is not None and self._stands_near(hunk.uri, place, hunk.new)

    def is_whole(self, hunk: Hunk) -> bool:
        """Whether the text that the hunk replaces (or, once it was written, its new text) stands at its place."""
        place = self._place(hunk)
        return place is not None and not place.at.damaged and hunk.uri not in self._gone

    def is_tracked(self, hunk: Hunk) -> bool:
        """Whether its place is known."""
        return self._place(hunk) is not None

    def order(self, hunk: Hunk) -> tuple[int, int]:
        """What the hunks of a file are sorted by: where they begin and end."""
        at = self.at(hunk)
        return (at.start, at.end) if at is not None else (hunk.span.start, hunk.span.end)

    def rank(self, hunk: Hunk) -> int:
        """Its place in the order of the file's hunks: of several insertions at one point it says which comes first."""
        return list(self._at.get(hunk.uri, {})).index(hunk.id) if self.is_tracked(hunk) else 0

    def upon(self, hunk: Hunk) -> tuple[HunkId, ...]:
        """The later hunks that were written over this one."""
        place = self._place(hunk)
        return place.under if place is not None and place.at.damaged else ()

    def beside(self, hunk: Hunk) -> Iterator[HunkId]:
        """The other hunks whose places meet the hunk's."""
        mine = self.at(hunk)
        for id_, place in self._at.get(hunk.uri, {}).items():
            if mine and id_ != hunk.id and place.at.start <= mine.end and mine.start <= place.at.end:
                yield id_

    def is_untouched(self, hunk: Hunk) -> bool:
        """Whether nothing that was told has changed the hunk's place, or inserted at its point."""
        place = self._place(hunk)
        return place is not None and not place.at.damaged

    def change(self, hunk: Hunk, new: str) -> TextChange | None:
        """What puts `new` at the hunk's place; None where its old text does not stand there."""
        return _change(self._ground.get(hunk.uri, ""), self._place(hunk), new)

    def changes_in(self, uri: Uri, text: str) -> Iterator[tuple[Hunk, TextChange]]:
        """The hunks that fit `text`, an earlier or later look at the file, and what each would change in it."""
        ground = self._ground.get(uri, text)
        steps = steps_between(ground, text, None)
        for place in self._at.get(uri, {}).values():
            change = _change(text, follow(place, steps), place.hunk.new)
            if change is not None:
                yield place.hunk, change

    def ground(self, uri: Uri) -> str | None:
        """The text that the places of this file are in."""
        return self._ground.get(uri)

    def standing(self, text: str) -> list[Uri]:
        """The files that have this very text."""
        return [uri for uri, ground in self._ground.items() if ground == text]

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

    def _done_at(self, uri: Uri, place: Place) -> int | None:
        """Where the place's new text stands, instead of its old one; None where it does not, or nobody can know."""
        at, before, text = place.at, place.before, self._ground[uri]
        if not at.damaged:
            return None
        if before is None:
            return at.start if text[at.start : at.end] == place.hunk.new else None
        if isinstance(before, Guard) and (
            before.lost or (place.written and self._stands_near(uri, place, place.hunk.old))
        ):
            return None
        wanted = before.head + place.hunk.new + before.tail
        if text[at.start : at.end] == wanted:
            return at.start + before.lead
        as_before = next(standing_at(text, at.start, at.end, before.text), None)
        if not place.written or not isinstance(before, Guard) or as_before is not None:
            return None
        found = list(standing_at(text, at.start, at.end, wanted))
        return found[0] + before.lead if len(found) == 1 else None

    def _stands_near(self, uri: Uri, place: Place, new: str) -> bool:
        text, reach = self._ground[uri], len(new) + REACH
        start, end = max(place.at.start - reach, 0), min(place.at.end + reach, len(text))
        parts = split_lines(new) if isinstance(place.before, Guard) else [new] if new else []
        return any(next(standing_at(text, start, end, part), None) is not None for part in parts)

    def _place(self, hunk: Hunk) -> Place | None:
        return self._at.get(hunk.uri, {}).get(hunk.id)


def _after_own_edit(places: Mapping[HunkId, Place], expected: _Expected) -> Iterator[tuple[HunkId, Place]]:
    """Places after our own edit. Of several at one point each keeps its rank.

    What was damaged is whole again only where a hunk that was written over it is taken out: another edit of ours that
    happens to leave the same text says nothing of it.
    """
    ranks = {id_: rank for rank, id_ in enumerate(places)}
    step = Step.of(expected.before, expected.moved_by)
    points = {change.start for _, change in expected.changes if change.start == change.end}
    written = dict(_written(expected.changes))
    for id_, place in places.items():
        start, end = place.at.start, place.at.end
        if id_ in written:
            at = written[id_]
            yield id_, replace(place, at=at, before=Before(expected.before[start:end], 0, end - start))
        elif place.at.damaged:
            after = follow(place, [step])
            whole = after.at.damaged or any(other in written for other in place.under)
            yield id_, after if whole else place.damaged(after.at.start, after.at.end, None)
        elif start != end or start not in points:
            yield id_, follow(place, [step])
        else:
            moved = start + sum(
                len(change.text) - (change.end - change.start)
                for other, change in expected.changes
                if change.end <= start and (change.start < start or ranks.get(other, -1) < ranks[id_])
            )
            yield id_, replace(place, at=Tracked(moved, moved))


def _written_over(place: Place, expected: _Expected) -> Place:
    """With the hunks that are about to be written over this place; changes that put an edit right are no hunk's."""
    at = place.at
    over = (id_ for id_, change in expected.changes if id_ and change.start < at.end and at.start < change.end)
    later = tuple(id_ for id_ in over if id_ != place.hunk.id and id_ not in place.under)
    return replace(place, under=place.under + later) if later and not at.damaged else place


def _written(changes: Sequence[tuple[HunkId, TextChange]]) -> Iterator[tuple[HunkId, Tracked]]:
    """Where each hunk's new text stands, in place of its old one."""
    moved = 0
    for id_, change in changes:
        start = change.start + moved
        yield id_, Tracked(start, start + len(change.text), damaged=True)
        moved += len(change.text) - (change.end - change.start)


def _stands(text: str, wanted: str) -> bool:
    """A lone final newline that an editor added or took away is the file's, not the hunk's (case 13)."""
    return text == wanted or any(text + end == wanted or text == wanted + end for end in LINE_ENDS)


def _change(text: str, place: Place | None, new: str) -> TextChange | None:
    """A lone final newline that an editor added or took away is the file's, not the hunk's (case 13)."""
    if place is None or place.at.damaged:
        return None
    start, end, old = place.at.start, place.at.end, place.hunk.old
    standing = text[start:end]
    if standing == old:
        return TextChange(start, end, new)
    for line_end in LINE_ENDS:
        if standing == old + line_end:
            return TextChange(start, end, new + line_end if new and not new.endswith("\n") else new)
        if standing + line_end == old:
            return TextChange(start, end, new.removesuffix(line_end))
    return None
