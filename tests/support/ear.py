"""What the model hears of the person's later doings, against what really stands."""

import re
from collections.abc import Sequence

from bridge.harness.values.events import Note
from bridge.harness.workspace.following import Guard
from bridge.harness.workspace.news import HEAD
from tests.support.keeper import Held, Keeper

ROW = re.compile(r"- hunk (\d+) of (\d+) of “(.*?)” \(line (\d+)\): (.*)")
OUT = ("taken out again", "rejected")
BACK = "there again"
STANDS = "it still stands"
EDITED = "edited by the user"


class Ear:
    """One session's next step: the note is asked for, checked, and written to the log, as a turn does."""

    def __init__(self, owner: int, keepers: Sequence[Keeper]) -> None:
        self._owner = owner
        self._keepers = keepers
        self.needless = 0

    async def listen(self) -> None:
        """Call after `settle` of all files."""
        desk = self._keepers[0].desks[self._owner]
        note = desk.review.news()
        rows = self._rows(note)
        if note:
            await desk.journal.append(Note(note))
            self._keepers[0].ledger.notes += 1
            assert not self._rows(desk.review.news()), "told again"
        for keeper in self._keepers:
            for held in keeper.held.values():
                if held.owner == self._owner and not keeper.lost:
                    self._check(keeper, held, rows.pop(self._name(keeper, held), ""))
        assert not rows or any(keeper.lost for keeper in self._keepers), ("of nothing that is known", rows)

    def _check(self, keeper: Keeper, held: Held, said: str) -> None:
        if held.told is None:
            assert not said, ("of a hunk that never stood", said)
            return
        if STANDS in said:
            assert held.stands, ("said to stand, and it does not", said)
        elif said.startswith(BACK):
            assert held.stands, "said to be there again, and it is not"
            self.needless += held.told
        elif said.startswith(OUT):
            assert not held.stands, ("said to be taken out, and it stands", said)
            assert held.told, ("told twice that it is out", said)
        elif said.startswith(EDITED):
            assert held.stands
            assert keeper.edited_by_person(held) or not keeper.open, (
                "said to be edited, and nobody has",
                said,
                [line.text for line in held.new],
            )
            assert held.edited != keeper.text, "told twice of one edit"
            held.edited = keeper.text
        else:
            assert not said, said
            assert held.told == held.stands, ("it is told nothing", held.told, keeper.state(held))
            silent = held.edited is None and self._is_watched(keeper, held) and keeper.edited_by_person(held)
            assert not silent, "an edit it is not told of"
        held.told = held.stands

    def _is_watched(self, keeper: Keeper, held: Held) -> bool:
        """Whether an edit of a hunk that waits has to be told.

        Nobody watches a closed file; a diff may be in doubt; beside another hunk it may be that one's doing.
        """
        review = keeper.desks[held.owner].review
        hunk = review._state.hunks[held.id]
        place = review._places._place(hunk)
        doubtful = place is None or isinstance(place.before, Guard) or any(review._places.beside(hunk))
        return keeper.state(held).open and keeper.open and bool(held.new[0].text) and not doubtful

    def _name(self, keeper: Keeper, held: Held) -> tuple[int, int, str]:
        view = keeper.desks[held.owner].review.find(held.id)
        assert view is not None
        return view.index, view.total, view.title

    def _rows(self, note: str) -> dict[tuple[int, int, str], str]:
        assert not note or note.startswith(HEAD)
        rows: dict[tuple[int, int, str], str] = {}
        for line in note.split("\n"):
            if (found := ROW.fullmatch(line)) is not None:
                name = int(found[1]), int(found[2]), found[3]
                assert name not in rows, "a hunk is named twice in one note"
                rows[name] = found[5]
        return rows
