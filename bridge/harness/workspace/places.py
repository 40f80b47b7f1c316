"""Where each hunk would go now: the text that stands, and the hunks' places in it, moved as the person types."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.proposals import Hunk
from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.spans import LineIndex, Tracked, track, transition


@dataclass(frozen=True, slots=True)
class Moves:
    """What a change of the text meant for the hunks of its file."""

    stale: tuple[HunkId, ...] = ()
    fresh: tuple[HunkId, ...] = ()


class Places:
    """Derived data: rebuilt from the log and the texts, never written to the log. Rebase moves places only."""

    def __init__(self) -> None:
        """Nothing is tracked."""
        self._ground: dict[Uri, str] = {}
        self._index: dict[Uri, LineIndex] = {}
        self._at: dict[Uri, dict[HunkId, tuple[Hunk, Tracked]]] = {}

    def add(self, hunk: Hunk, text: str, start: int, end: int) -> None:
        """Track a hunk whose old text stands at [start, end) of `text`."""
        if self._ground.get(hunk.uri) != text:
            self.stands(hunk.uri, text, None)
        self._at.setdefault(hunk.uri, {})[hunk.id] = (hunk, Tracked(start, end))

    def drop(self, hunk: Hunk) -> None:
        """It needs no place any more."""
        tracked = self._at.get(hunk.uri, {})
        tracked.pop(hunk.id, None)
        if not tracked:
            for table in (self._at, self._ground, self._index):
                table.pop(hunk.uri, None)

    def stands(self, uri: Uri, text: str, changes: Sequence[TextChange] | None) -> Moves:
        """The text of a file is now this; `changes` say how it came about, else a line diff does."""
        before = self._ground.get(uri)
        self._ground[uri] = text
        self._index.pop(uri, None)
        if before is None or before == text or uri not in self._at:
            return Moves()
        steps = transition(before, changes if changes is not None else [TextChange(0, len(before), text)])
        stale: list[HunkId] = []
        fresh: list[HunkId] = []
        for id_, (hunk, old) in self._at[uri].items():
            new = track(old, steps, hunk.old)
            self._at[uri][id_] = (hunk, new)
            if new.damaged != old.damaged:
                (stale if new.damaged else fresh).append(id_)
        return Moves(tuple(stale), tuple(fresh))

    def at(self, hunk: Hunk) -> Tracked | None:
        """The hunk's place in characters, if it is tracked."""
        entry = self._at.get(hunk.uri, {}).get(hunk.id)
        return entry[1] if entry else None

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
        return (hunk for hunk, _ in self._at.get(uri, {}).values())
