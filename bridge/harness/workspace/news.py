"""What the person did with hunks after their call was over, for the model: said once, before its next step."""

from collections.abc import Iterator

from bridge.harness.ids import HunkId
from bridge.harness.values.events import Event, Note, Placed
from bridge.harness.values.proposals import Hunk, HunkState, PlacementKind
from bridge.harness.workspace.applying import ROLLED_BACK
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.text import split_lines

HEAD = "Since your last step the user changed what you had written:"
MOST = 50
MOST_LINES = 40
"""Hunks that are named in one note, and lines that are quoted of each."""


class News:
    """A fold of the log: which hunks have changed their standing since the model was last told."""

    def __init__(self, state: ReviewState, places: Places) -> None:
        """Of one session; `fold` is called after the state's."""
        self._state = state
        self._places = places
        self._untold: dict[HunkId, tuple[PlacementKind, str]] = {}
        self._being_told: dict[HunkId, tuple[PlacementKind, str]] | None = None
        self._told: dict[HunkId, PlacementKind] = {}
        self._edited: dict[HunkId, str] = {}

    def fold(self, event: Event, before: HunkState | None) -> None:
        """Take in one event; `before` is the state of its hunk before it."""
        match event:
            case Placed(hunk=hunk, placement="removed", cause=cause) if not cause.startswith(ROLLED_BACK):
                self._note(hunk, "removed", self._why(hunk) or f"taken out again: {cause}")
            case Placed(hunk=hunk, placement="present", cause=cause) if before and before.placement == "removed":
                self._note(hunk, "present", f"there again: {cause}")
            case Placed(hunk=hunk, placement="present", cause=cause) if why := self._why(hunk):
                self._untold[hunk] = ("present", f"{why}; {cause}")
            case Note(text=text) if text.startswith(HEAD):
                told = self._untold if self._being_told is None else self._being_told
                self._told |= {id_: placement for id_, (placement, _) in told.items()}
                self._untold = {id_: what for id_, what in self._untold.items() if told.get(id_) != what}
                self._being_told = None

    def _note(self, id_: HunkId, placement: PlacementKind, what: str) -> None:
        """To be told, unless it is as the model knows it: of its own result it knows that the hunk stands."""
        if self._told.get(id_, "present") == placement:
            self._untold.pop(id_, None)
        else:
            self._untold[id_] = (placement, what)

    def text(self) -> str:
        """What the model has not been told yet, or an empty string. It is told when this is in the log as a `Note`."""
        self._being_told = dict(self._untold)
        rows = [*self._rows(), *self._hand_edits()]
        if not rows:
            return ""
        more = [f"- and {len(rows) - MOST} hunks more: read the files again"] if len(rows) > MOST else []
        return "\n".join([HEAD, *rows[:MOST], *more])

    def _why(self, id_: HunkId) -> str:
        """That the person rejected it, and their reason."""
        state = self._state.states.get(id_)
        if state is None or state.decision is None or state.decision.verdict != "rejected":
            return ""
        return f"rejected by the user: {state.decision.reason}" if state.decision.reason else "rejected by the user"

    def _rows(self) -> Iterator[str]:
        for id_, (_, what) in self._untold.items():
            yield f"- {self._name(id_)}: {what}"

    def _hand_edits(self) -> Iterator[str]:
        """Hunks that stand and wait to be kept or undone, and that the person has edited meanwhile."""
        for hunk in self._state.live():
            state = self._state.states[hunk.id]
            known = state.stands and hunk.new and self._places.is_tracked(hunk)
            edited = known and not self._places.is_whole(hunk) and not self._places.may_stand(hunk)
            if not edited or hunk.id in self._untold or self._is_ours(hunk):
                continue
            current = self._places.current(hunk)
            if self._edited.get(hunk.id) != current:
                self._edited[hunk.id] = current
                yield f"- {self._name(hunk.id)}: edited by the user; it now reads\n{_quoted(current)}"

    def _is_ours(self, hunk: Hunk) -> bool:
        """Whether what stands there may be a later hunk's text."""
        return any(self._state.states[other].stands for other in self._places.beside(hunk))

    def _name(self, id_: HunkId) -> str:
        hunk, (index, total) = self._state.hunks[id_], self._state.numbers[id_]
        title = self._state.proposals[hunk.proposal].title
        line = self._places.lines(hunk).start + 1
        return f"hunk {index} of {total} of “{title}” (line {line})"


def _quoted(text: str) -> str:
    lines = split_lines(text)
    more = [f"[… {len(lines) - MOST_LINES} lines more]\n"] if len(lines) > MOST_LINES else []
    return "".join(lines[:MOST_LINES] + more).rstrip("\n")
