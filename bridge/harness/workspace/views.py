"""Hunks as surfaces show them."""

from dataclasses import dataclass

from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.proposals import Hunk, HunkState, Policy
from bridge.harness.values.text import Span
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.review_state import ReviewState


@dataclass(frozen=True, slots=True)
class HunkView:
    """A hunk as it stands. `index` counts from 1 within its proposal.

    `span` is in lines of what stands now: of the old text, or of the new one once it is in the file. `to_uri`: where
    the text of a file that is deleted is created.
    """

    hunk: Hunk
    state: HunkState
    span: Span
    index: int
    total: int
    title: str
    policy: Policy = "ask"
    atomic: bool = False
    to_uri: Uri | None = None


class Views:
    """Looks at a session's hunks."""

    def __init__(self, state: ReviewState, places: Places) -> None:
        """Of the same session."""
        self._state = state
        self._places = places

    def all(self, uri: Uri | None = None) -> tuple[HunkView, ...]:
        """The hunks that are not settled, or wait for the person, in order of place; of one file or of all."""
        return tuple(map(self.of, self.in_order(uri)))

    def in_order(self, uri: Uri | None = None) -> list[Hunk]:
        """The hunks of `all`, not looked at yet: a page of thousands looks at its own."""
        found = (hunk for hunk in self._state.live() if uri in (None, hunk.uri))
        return sorted(found, key=lambda hunk: (hunk.uri, *self._places.order(hunk), self._state.numbers[hunk.id]))

    def of(self, hunk: Hunk) -> HunkView:
        """One hunk as it stands now."""
        index, total = self._state.numbers[hunk.id]
        proposal = self._state.proposals[hunk.proposal]
        state, span = self._state.states[hunk.id], self._places.lines(hunk)
        to_uri = self._state.files[hunk.file].to_uri
        return HunkView(hunk, state, span, index, total, proposal.title, proposal.policy, proposal.atomic, to_uri)

    def find(self, id_: HunkId) -> HunkView | None:
        """A hunk by its id, settled or not."""
        hunk = self._state.hunks.get(id_)
        return self.of(hunk) if hunk is not None else None
