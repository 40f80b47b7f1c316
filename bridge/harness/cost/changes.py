"""How many lines a session's hunks have added and removed, of those that stand."""

from bridge.harness.ids import HunkId
from bridge.harness.values.events import Event, HunkSplit, HunkStale, Placed, Proposed
from bridge.harness.values.proposals import Hunk


class Changes:
    """A fold of the log. A hunk that was split stands, or not, as its parts."""

    def __init__(self) -> None:
        """Nothing changed."""
        self._sizes: dict[HunkId, tuple[int, int]] = {}
        self._standing: set[HunkId] = set()

    def fold(self, event: Event) -> None:
        """Take in one event; kinds that place nothing are skipped."""
        match event:
            case Proposed(hunks=hunks):
                self._sizes.update((hunk.id, _size(hunk)) for hunk in hunks)
            case HunkSplit(hunk=parent, children=children):
                self._sizes.update((child.id, _size(child)) for child in children)
                if parent in self._standing:
                    self._standing.discard(parent)
                    self._standing.update(child.id for child in children)
            case HunkStale(hunk=hunk):
                self._standing.discard(hunk)
            case Placed(hunk=hunk, placement="present" | "unverified"):
                self._standing.add(hunk)
            case Placed(hunk=hunk):
                self._standing.discard(hunk)

    @property
    def lines(self) -> tuple[int, int]:
        """Added and removed."""
        sizes = [self._sizes.get(hunk, (0, 0)) for hunk in self._standing]
        return sum(added for added, _ in sizes), sum(removed for _, removed in sizes)


def _size(hunk: Hunk) -> tuple[int, int]:
    return _lines(hunk.new), _lines(hunk.old)


def _lines(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))
