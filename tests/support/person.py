"""A person who types beside the review, and the oracle of it: every line is a thing of its own, whatever it reads.

A hunk holds the very lines that it was proposed for, or the place between two. So the oracle knows where it belongs
even among equal lines, and needs neither diff nor offsets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio

from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import HunkOutcome, Proposal
from bridge.harness.values.text import TextChange
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import Desk, ids_of

HEAD = ("head 0\n", "head 1\n")
"""Every file begins so; the person may type between the two at any moment, and no hunk is there."""


@dataclass(eq=False)
class Line:
    """One line; with an empty text the place between two, that a hunk inserts at."""

    text: str


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
class Person:
    """One file on a desk. Numbers that choose a place count modulo what there is."""

    desk: Desk
    name: str
    lines: list[Line]
    account: Account = field(default_factory=Account)
    repeated: bool = False
    wanted: dict[HunkId, Wanted] = field(default_factory=dict)
    on_disk: list[Line] = field(default_factory=list)
    past: list[tuple[str, list[Line]]] = field(default_factory=list)
    count: int = 0
    lost: bool = False

    def __post_init__(self) -> None:
        self.on_disk = list(self.lines)
        self._write()

    @property
    def open(self) -> bool:
        """Whether an editor has the file."""
        return self.desk.uri(self.name) in self.desk.editor.buffers

    @property
    def text(self) -> str:
        """What should stand."""
        return "".join(line.text for line in self.lines)

    @property
    def standing(self) -> str:
        """What stands."""
        if self.open:
            return self.desk.editor.text(self.desk.uri(self.name))
        return self._files.raw[self.desk.root / self.name].decode()

    # Typing.

    def insert(self, place: int, size: int, *, opened: bool = False) -> None:
        """New lines; `opened`: told as a line end and the line, as Neovim does."""
        at = 2 + place % (len(self._visible()) - 1)
        self._insert(at, self._fresh(size), opened=opened)

    def insert_on_top(self, *, same: bool = False) -> None:
        """Where no hunk is."""
        self._insert(1, [Line(line) for line in ("a\n", "b\n", "c\n")] if same else self._fresh(1))

    def insert_block(self, place: int) -> None:
        """The three lines that stand so often, once more, on a border between two of them."""
        self._insert(2 + 3 * (place % 40), [Line(line) for line in ("a\n", "b\n", "c\n")])

    def delete(self, place: int, size: int) -> None:
        """Lines go."""
        visible = self._visible()
        if len(visible) < 8:
            return
        first = 2 + place % (len(visible) - 3)
        gone = visible[first : first + 1 + size % 3]
        start = self._offset(gone[0])
        keep = self.lines[: self.lines.index(gone[0])] + self.lines[self.lines.index(gone[-1]) + 1 :]
        self._become(keep, TextChange(start, start + sum(len(line.text) for line in gone), ""))

    def change(self, place: int, column: int, *, whole_line: bool = False) -> None:
        """Typing within a line, told exactly or as the line replaced."""
        visible = self._visible()
        line = visible[2 + place % (len(visible) - 2)]
        self.count += 1
        at = column % len(line.text)
        changed = Line(f"{line.text[:at]}~{self.count}{line.text[at:]}")
        start = self._offset(line)
        exact = TextChange(start + at, start + at, f"~{self.count}")
        told = TextChange(start, start + len(line.text), changed.text) if whole_line else exact
        self._become([changed if each is line else each for each in self.lines], told)

    def undo(self) -> None:
        """One step back in the editor."""
        if not self.open:
            return
        self.desk.editor.undo(self.desk.uri(self.name))
        now = self.standing
        before = self.lines
        past = next((lines for text, lines in reversed(self.past) if text == now), None)
        if past is None:
            self._lose_track()
        else:
            self.lines = list(past)
            self._keep_places(before)

    def flush(self) -> None:
        """The editor tells what it has not told yet."""
        self.desk.editor.flush(self.desk.uri(self.name))

    def close(self, *, save: bool) -> None:
        """Close the file."""
        if not self.open:
            return
        self.desk.editor.close(self.desk.uri(self.name))
        if save:
            self.on_disk = list(self.lines)
        self.lines = list(self.on_disk)
        self._write()

    def reopen(self) -> None:
        """Open the file."""
        if not self.open:
            self.desk.editor.open(self.desk.uri(self.name), self.text)

    # Reviewing.

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
        asked = [("".join(line.text for line in edit.lines), edit.new) for edit in edits]
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
            self.past.append(("".join(line.text for line in before), before))
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

    def _keep_places(self, before: Sequence[Line]) -> None:
        """Places of hunks that are newer than what undo brought back: between the same lines, or who knows where."""
        for place in (line for wanted in self.wanted.values() for line in wanted.lines if not line.text):
            if place in before and place not in self.lines:
                around = [line for line in before if line.text or line is place]
                at = around.index(place)
                above, below = around[at - 1], around[at + 1 : at + 2]
                after = self.lines.index(above) + 1 if above in self.lines else -1
                if after < 0 or self.lines[after : after + 1] != below:
                    self._lose_track()
                    return
                self.lines.insert(after, place)

    def _lose_track(self) -> None:
        """Which line is which is not known any more, as after an edit that is unverified."""
        self.lost = True
        self.lines = [Line(line + "\n") for line in self.standing.split("\n")[:-1]]

    def _did_the_same(self, id_: HunkId) -> bool:
        """Whether the person, too, deleted what the hunk deletes."""
        wanted = self.wanted[id_]
        return not wanted.new and not any(line in self.lines for line in wanted.lines) and self.standing == self.text

    def _edit(self, line: Line, kind: int) -> Wanted:
        new = "".join(each.text for each in self._fresh(1 + kind % 2, mark="+"))
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
        self.lines = [*left[:at], *(Line(line + "\n") for line in wanted.new.split("\n")[:-1]), *left[at:]]

    def _forget(self, id_: HunkId) -> None:
        wanted = self.wanted.pop(id_)
        self.lines = [line for line in self.lines if line.text or line not in wanted.lines]

    def _insert(self, at: int, new: list[Line], *, opened: bool = False) -> None:
        visible = self._visible()
        at = min(at, len(visible))
        offset = sum(len(line.text) for line in visible[:at])
        text = "".join(line.text for line in new)
        told = TextChange(offset - 1, offset - 1, "\n" + text[:-1]) if opened else TextChange(offset, offset, text)
        above, below = visible[at - 1], visible[at] if at < len(visible) else None
        start = self.lines.index(above) + 1
        end = self.lines.index(below) if below is not None else len(self.lines)
        self._become([*self.lines[:start], *new, *self.lines[end:]], told)

    def _become(self, lines: list[Line], told: TextChange) -> None:
        self.past.append((self.text, self.lines))
        self.lines = lines
        if self.open:
            self.desk.editor.type(self.desk.uri(self.name), told)
        else:
            self.on_disk = list(lines)
            self._write()

    def _fresh(self, size: int, mark: str = "") -> list[Line]:
        self.count += 1
        return [Line(f"{mark}{self.name} {self.count}.{n}\n") for n in range(1 + size % 3)]

    def _visible(self) -> list[Line]:
        return [line for line in self.lines if line.text]

    def _offset(self, line: Line) -> int:
        return sum(len(each.text) for each in self.lines[: self.lines.index(line)])

    def _write(self) -> None:
        self._files.raw[self.desk.root / self.name] = self.text.encode()

    @property
    def _files(self) -> FakeFiles:
        assert isinstance(self.desk.files, FakeFiles)
        return self.desk.files


def plain(size: int) -> list[Line]:
    """A file whose lines all differ."""
    return [Line(line) for line in (*HEAD, *(f"line {n}\n" for n in range(size)))]


def repeated(times: int) -> list[Line]:
    """A file in which the same three lines stand again and again."""
    return [Line(line) for line in (*HEAD, *("a\n", "b\n", "c\n") * times)]
