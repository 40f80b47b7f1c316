"""A person who types beside the review under the policy *ask*, and the oracle of it.

A hunk holds the very lines that it was proposed for, or the place between two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import anyio

from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import HunkOutcome, Proposal
from tests.support.review_desk import ids_of
from tests.support.typist import Line, Typist, as_lines, text_of


@dataclass
class Wanted:
    """A hunk that waits: the lines that it replaces, and by what."""

    lines: list[Line]
    new: str


@dataclass
class Account:
    """What became of hunks that were accepted."""

    present: int = 0
    stale: int = 0
    absent: int = 0
    unverified: int = 0
    needless: int = 0
    done: int = 0
    overtaken: int = 0

    def __str__(self) -> str:
        return (
            f"present {self.present}, made by the person too {self.done}, "
            f"stale {self.stale} (of these {self.needless} among untouched lines), "
            f"absent {self.absent}, unverified {self.unverified}, overtaken at version 0 {self.overtaken}"
        )


@dataclass
class Person(Typist):
    """Who decides too."""

    account: Account = field(default_factory=Account)
    wanted: dict[HunkId, Wanted] = field(default_factory=dict)

    def places(self) -> Iterator[tuple[Line, list[Line]]]:
        """See the base class."""
        return ((line, [line]) for wanted in self.wanted.values() for line in wanted.lines if not line.text)

    async def propose(self, places: Sequence[int], kind: int) -> Proposal | None:
        """Disjoint edits of lines that no other hunk has, or touches."""
        if self.open:
            self.flush()
        taken = {id(line) for wanted in self.wanted.values() for line in wanted.lines}
        edits: list[Wanted] = []
        lines = list(self.lines)
        for number, place in enumerate(sorted({3 + place % max(len(lines) - 4, 1) for place in places})):
            near = [lines[at] for at in range(place - 1, min(place + 2, len(lines)))]
            if len(near) < 3 or any(id(line) in taken or not line.text for line in near):
                continue
            edits.append(self._edit(lines[place], kind + number))
            taken.update(id(line) for line in near)
        if not edits:
            return None
        await anyio.wait_all_tasks_blocked()  # what typing did to hunks is recorded
        fits = {hunk.id for hunk, _ in self.desk.review._places.changes_in(self.desk.uri(self.name), self.text)}
        pending = [
            wanted
            for id_, wanted in self.wanted.items()
            if self.desk.state(id_).stale is None and (self.open or id_ in fits)  # nobody watches a closed file
        ]
        shown = self._overlay(pending)
        after = self._overlay([*pending, *edits])
        draft = await self.desk.draft({self.name: lambda _: after})
        assert draft.files[0].old == shown, "pending work is not what a tool reads"
        proposal = await self.desk.propose_draft(draft)
        found = [view.hunk for id_ in ids_of(proposal) if (view := self.desk.review.find(id_)) is not None]
        asked = [(text_of(edit.lines), edit.new) for edit in edits]
        if [(hunk.old, hunk.new) for hunk in found] != asked:  # among equal lines a diff may find other edits
            self.lost = True
            return None
        self.wanted.update(zip(ids_of(proposal), edits, strict=True))
        return proposal

    async def accept(self, ids: Sequence[HunkId]) -> list[HunkOutcome]:
        """Accept; the oracle makes the change of what is present, and counts."""
        outcomes = await self.desk.accept(ids)
        before = list(self.lines)
        for outcome in outcomes:
            if not self.lost:
                self._settled(outcome)
        if self.lines != before:
            self.past.append((text_of(before), before))
        if not self.open:
            self.on_disk = list(self.lines)
        return outcomes

    async def reject(self, ids: Sequence[HunkId]) -> None:
        """Reject."""
        for outcome in await self.desk.decide(ids, "rejected"):
            assert outcome.outcome == "rejected"
            self._forget(outcome.hunk)

    def check(self) -> None:
        """The text is the person's with exactly the hunks that are present; what waits is nowhere."""
        assert self.standing == self.text
        for id_, wanted in self.wanted.items():
            assert "+" not in wanted.new or wanted.new not in self.standing
            assert self.desk.state(id_).placement == "absent"

    def is_intact(self, id_: HunkId) -> bool:
        """Whether the hunk's very lines stand, together."""
        lines = self.wanted[id_].lines
        solid = [line for line in self.lines if line.text or line in lines]
        if any(line not in solid for line in lines):
            return False
        start = solid.index(lines[0])
        return solid[start : start + len(lines)] == lines

    def _settled(self, outcome: HunkOutcome) -> None:
        intact = self.is_intact(outcome.hunk)
        match outcome.outcome:
            case "present" if not intact and ("already" in outcome.message or self._did_the_same(outcome.hunk)):
                self.account.done += 1
                self._forget(outcome.hunk)
            case "present" if not intact and self.desk.editor.edits[-1].version == 0:
                self.account.overtaken += 1
                self._lose_track()
            case "present":
                assert intact, "written over what the person typed"
                self.account.present += 1
                self._apply(self.wanted[outcome.hunk])
                self._forget(outcome.hunk)
            case "stale":
                self.account.stale += 1
                self.account.needless += intact
                if self.desk.state(outcome.hunk).decision is not None:
                    self._forget(outcome.hunk)
            case "absent":
                self.account.absent += 1
                self._forget(outcome.hunk)
            case "unverified":
                assert outcome.message, "unverified has to be told"
                self.account.unverified += 1
                self._forget(outcome.hunk)
                self._lose_track()
            case other:
                raise AssertionError(other)

    def _did_the_same(self, id_: HunkId) -> bool:
        """Whether the person, too, deleted what the hunk deletes."""
        wanted = self.wanted[id_]
        return not wanted.new and not any(line in self.lines for line in wanted.lines) and self.standing == self.text

    def _edit(self, line: Line, kind: int) -> Wanted:
        new = text_of(self._fresh(1 + kind % 2, mark="+"))
        if kind % 3 == 0:
            place = Line("")
            self.lines.insert(self.lines.index(line), place)
            return Wanted([place], new)
        return Wanted([line], "" if kind % 3 == 2 and not self.repeated else new)

    def _overlay(self, hunks: Sequence[Wanted]) -> str:
        text = {id(line): line.text for line in self.lines}
        for wanted in hunks:
            if all(line in self.lines for line in wanted.lines):
                text.update({id(line): "" for line in wanted.lines})
                text[id(wanted.lines[0])] = wanted.new
        return "".join(text[id(line)] for line in self.lines)

    def _apply(self, wanted: Wanted) -> None:
        at = self.lines.index(wanted.lines[0])
        left = [line for line in self.lines if line not in wanted.lines]
        self.lines = [*left[:at], *as_lines(wanted.new), *left[at:]]

    def _forget(self, id_: HunkId) -> None:
        wanted = self.wanted.pop(id_)
        self.lines = [line for line in self.lines if line.text or line not in wanted.lines]
