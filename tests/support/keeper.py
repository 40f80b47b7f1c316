"""The oracle of the review at depth: any policy, undo, parts, restarts, and several sessions over one editor.

A hunk is its two runs of lines. Whatever the review reports, the oracle makes the same change on its own lines; where
that can't be done, or the text reads otherwise afterwards, the review has lost or misplaced something.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bridge.harness.errors import BridgeError, Stale
from bridge.harness.ids import HunkId
from bridge.harness.values.events import HunkSplit
from bridge.harness.values.proposals import Hunk, HunkOutcome, HunkState, Part, Policy, Proposal, Verdict
from bridge.harness.values.text import Span
from bridge.harness.workspace.tracking import TAKEN_OUT
from tests.support.fake_journal import Crash
from tests.support.review_desk import PERSON, Desk, ids_of, origin
from tests.support.several_desks import quiet
from tests.support.typist import Line, Typist, as_lines, text_of


@dataclass(eq=False)
class Held:
    """A hunk: the lines that go and those that come; an empty run is the place between two.

    `owner` counts the sessions. `cut`: what was taken out for `new`, places of other hunks among it. `seen`: what
    stood when it was proposed, `since` how many texts had stood by then. `told`: whether it stands, as the model knows;
    None as long as it never stood. `doubted`: its file was closed without saving, or lines were typed at its place
    before a restart; a diff has to tell what became of it.
    """

    id: HunkId
    owner: int
    old: list[Line]
    new: list[Line]
    seen: list[Line]
    stands: bool = False
    told: bool | None = None
    cut: list[Line] = field(default_factory=list)
    edited: str | None = None
    since: int = 0
    doubted: bool = False

    @property
    def sides(self) -> tuple[list[Line], list[Line]]:
        """Its lines as they should stand now, and what would stand instead."""
        return (self.new, self.old) if self.stands else (self.old, self.new)


@dataclass
class Ledger:
    """What was seen."""

    runs: int = 0
    lost: int = 0
    present: int = 0
    removed: int = 0
    stale: int = 0
    needless: int = 0
    blocked: int = 0
    refused: int = 0
    absent: int = 0
    unverified: int = 0
    carved: int = 0
    uncarved: int = 0
    restarts: int = 0
    crashes: int = 0
    noticed: int = 0
    overtaken: int = 0
    notes: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in vars(self).items())


@dataclass
class Keeper(Typist):
    """One file, and a person who decides on what the sessions propose for it. `desks[0]` is `desk`."""

    desks: list[Desk] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    held: dict[HunkId, Held] = field(default_factory=dict)
    drafted: list[Held] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.desks = self.desks or [self.desk]

    def places(self) -> Iterator[tuple[Line, list[Line]]]:
        """See the base class."""
        for held in (*self.held.values(), *self.drafted):
            for one, other in ((held.old, held.new), (held.new, held.old)):
                if not one[0].text:
                    yield one[0], other

    def waiting(self, owner: int | None = None) -> list[HunkId]:
        """What the person is asked about."""
        return [held.id for held in self.held.values() if owner in (None, held.owner) and self.state(held).open]

    def standing_hunks(self) -> list[HunkId]:
        """What can be undone."""
        return [held.id for held in self.held.values() if held.stands]

    def state(self, held: Held) -> HunkState:
        """As the review reports it."""
        return self.desks[held.owner].state(held.id)

    # What the sessions do.

    async def propose(
        self, owner: int, places: Sequence[int], kind: int, policy: Policy, between: Callable[[], None] | None = None
    ) -> Proposal | None:
        """Disjoint edits, also of lines that hunks have brought, but not of what the session has pending.

        `between`: what happens after the tool has read the file and before it proposes.
        """
        await self.settle()
        desk = self.desks[owner]
        edits = self.drafted = self._edits(owner, places, kind)
        if not edits or self.lost:
            return None
        fits = {hunk.id for hunk, _ in desk.review._places.changes_in(desk.uri(self.name), self.text)}
        pending = [
            held
            for held in self.held.values()
            if held.owner == owner and (self._is_pending(held) if self.open else held.id in fits and self._waits(held))
        ]
        if any(held.old[0] not in self.lines for held in pending if not held.old[0].text):
            self._lose_track()  # a place that was deleted, with the lines about it, and came back with them
            return None
        shown, after = self._overlay(pending), self._overlay([*pending, *edits])
        draft = await desk.draft({self.name: lambda _: after})
        assert draft.files[0].old == shown, "pending work is not what a tool reads"
        if between is not None:
            between()
        known = [held.id for held in self.held.values()]
        mark = await self._begin()
        self.count += 1
        made = origin(policy)
        titled = type(draft)(f"Change {self.name} {self.count}", draft.files, draft.atomic)
        try:
            proposal = await desk.review.propose(titled, made)
        except Stale:  # what was pending changed after the file was read
            assert between is not None
            self.drafted = []
            return None
        except Crash:
            recorded = desk.review.proposal_of(made.call)
            if recorded is not None:
                self._hold(recorded, owner, edits)
            raise
        assert known == list(self.held)
        if self._hold(proposal, owner, edits):
            await self.reconcile(mark)
        return proposal

    def _hold(self, proposal: Proposal, owner: int, edits: list[Held]) -> bool:
        found = [view.hunk for id_ in ids_of(proposal) if (view := self.desks[owner].review.find(id_)) is not None]
        asked = [(text_of(edit.old), text_of(edit.new)) for edit in edits]
        if [(hunk.old, hunk.new) for hunk in found] != asked:  # among equal lines a diff may find other edits
            self._lose_track()
            return False
        for hunk, edit in zip(found, edits, strict=True):
            edit.id = hunk.id
            self.held[hunk.id] = edit
        self.drafted = []
        return True

    # What the person does.

    def close(self, *, save: bool) -> None:
        """See the base class."""
        before = self.text
        super().close(save=save)
        if self.text != before:
            for held in self.held.values():
                held.doubted = True

    def see_restart(self) -> None:
        """A place at which lines were typed is found again from the log alone, on one side of them or the other."""
        for held in self.held.values():
            held.doubted = held.doubted or (not held.old[0].text and held.old[0] not in self.lines)

    async def decide(self, ids: Sequence[HunkId], verdict: Verdict) -> list[HunkOutcome]:
        """Accept or reject: under *keep* that is to keep and to undo."""
        mark = await self._begin()
        outcomes: list[HunkOutcome] = []
        for owner in range(len(self.desks)):
            own = [id_ for id_ in ids if self.held[id_].owner == owner]
            outcomes += await self.desks[owner].decide(own, verdict) if own else []
        await self.reconcile(mark, outcomes)
        return outcomes

    async def take_back(self, owner: int, ids: Sequence[HunkId]) -> list[HunkOutcome]:
        """Undo what stands."""
        mark = await self._begin()
        outcomes = list(await self.desks[owner].review.undo(ids, PERSON))
        await self.reconcile(mark, outcomes)
        return outcomes

    async def carve(self, id_: HunkId, part: Part) -> HunkId | None:
        """Make a part of a hunk one of its own; None where that is refused, and then nothing has changed."""
        await self.settle()
        held = self.held[id_]
        desk, before = self.desks[held.owner], self.standing
        try:
            chosen = await desk.review.carve(id_, part)
        except BridgeError:
            assert self.standing == before
            self.ledger.uncarved += 1
            return None
        assert self.standing == before, "to carve changes no text"
        if chosen != id_:
            self.follow_splits()
            view = desk.review.find(chosen)
            assert view is not None
            if part.lines is not None:
                lines = [line.text for line in held.new]
                assert view.hunk.new == "".join(lines[part.lines.start : part.lines.end])
            self.ledger.carved += 1
        return chosen

    def follow_splits(self) -> None:
        """Take in the splits that the logs have and the oracle does not."""
        for desk in self.desks:
            for split in desk.journal.of(HunkSplit):
                assert isinstance(split, HunkSplit)
                if split.hunk in self.held:
                    self._split(self.held.pop(split.hunk), split.children)

    def _split(self, parent: Held, children: Sequence[Hunk]) -> None:
        old, new = [line for line in parent.old if line.text], list(parent.new)
        if len(children) == 1 and children[0].new == text_of(parent.new):
            old = self._standing_over(parent, children[0])
        assert "".join(child.old for child in children) == text_of(old)
        rewritten = "".join(child.new for child in children) != text_of(new)
        place = parent.old[0] if not parent.old[0].text else None
        after: Line | None = place
        rows: dict[HunkId, Held] = {}
        for child in children:
            mine = [old.pop(0) for _ in range(child.old.count("\n"))]
            come = as_lines(child.new) or [Line("")]
            if not rewritten and child.new:
                come = [new.pop(0) for _ in range(child.new.count("\n"))]
            if not mine:
                mine = [place or Line("")]
                if place is None and not parent.stands and after is not None and after in self.lines:
                    self.lines.insert(self.lines.index(after) + 1, mine[0])
                place = None
            after = mine[-1]
            rows[child.id] = replace(parent, id=child.id, old=mine, new=come, cut=list(mine))
        self.held.update(rows)

    def _standing_over(self, parent: Held, child: Hunk) -> list[Line]:
        """The lines over which a stale hunk is wanted anyway: its own and the person's, none that stood beside it."""
        at = self.desks[parent.owner].review._places.at(child)
        assert at is not None
        if not self.open:  # the place is in the text that was seen last
            self._lose_track()
            return as_lines(child.old)
        start, lines = 0, []
        for line in self.lines:
            if line.text and at.start <= start < at.end:
                lines.append(line)
            start += len(line.text)
        assert text_of(lines) == child.old
        beside = [line for line in lines if line in parent.seen and line not in parent.old]
        away = [line for line in beside if any(line not in known for _, known in self.past[parent.since :])]
        assert beside == away, "it is not its place"
        if beside:  # taken out and put back, at the very place: on which side of it that was nobody can tell
            self._lose_track()
        if not lines:
            parent.old = [self._place_at(at.start)]
        else:
            parent.old = lines
        return lines

    def _place_at(self, offset: int) -> Line:
        place, start = Line(""), 0
        for number, line in enumerate(self.lines):
            if start == offset and line.text:
                self.lines.insert(number, place)
                return place
            start += len(line.text)
        self.lines.append(place)
        return place

    # What should have come of it.

    async def settle(self) -> None:
        """The editor tells all that it has, and the sessions record what it means."""
        if self.open:
            self.flush()
        for desk in self.desks:
            await quiet(desk)
        if not self.lost:
            await self.reconcile(len(self.past))

    async def pause(self) -> None:
        """What was told is recorded; what the editor has not told yet stays so."""
        for desk in self.desks:
            await quiet(desk)
        if not self.lost:
            await self.reconcile(len(self.past))

    async def _begin(self) -> int:
        await self.pause()
        self.sent = len(self.desk.editor.edits)
        self.past.append((self.text, self.lines))
        return len(self.past) - 1

    async def reconcile(self, mark: int, outcomes: Sequence[HunkOutcome] = ()) -> None:
        """Make the changes that the reviews report; `mark` says where in `past` they began."""
        if self.lost:
            return
        self.follow_splits()
        whole = {id_: (self.is_whole(held.old), self.is_whole(held.new)) for id_, held in self.held.items()}
        if any(self.state(held).placement == "unverified" for held in self.held.values()):
            self.ledger.unverified += 1
            self._lose_track()
            return
        self._make_changes(mark)
        self._see_saved()
        self._judge_all(outcomes, whole)

    def _make_changes(self, mark: int) -> None:
        """What the person did with hunks by undo and redo in the editor first; then the edits of the reviews."""
        moved = self._moved()
        for held in [held for held in moved if self.is_whole(held.sides[1])]:
            moved.remove(held)
            self._noticed(held)
        while free := [held for held in moved if self.is_whole(held.sides[0])]:
            for held in free:
                if self.is_whole(held.sides[0]):
                    self._swap(held, mark)
                    moved.remove(held)
                if self.lost:
                    return
        if self._overtaken(moved):
            self.ledger.overtaken += 1
            self._lose_track()
            return
        for held in moved:
            self._noticed(held)

    def _overtaken(self, moved: Sequence[Held]) -> bool:
        """Whether an editor that checks no version 0 put an edit at the old lines: not always can that be seen."""
        if all(edit.version > 0 for edit in self.desk.editor.edits[self.sent :]):
            return False
        return self.standing != self.text or any(not self.is_whole(held.sides[1]) for held in moved)

    def _see_saved(self) -> None:
        """The disk after an edit that was saved, or written there."""
        uri, editor = self.desk.uri(self.name), self.desk.editor
        saved = uri in editor.saved and self.open
        editor.saved[:] = [other for other in editor.saved if other != uri]
        if not self.lost and (saved or not self.open):
            self.on_disk = list(self.lines)
            if saved:
                self._write()

    def _moved(self) -> list[Held]:
        """The hunks that are reported to stand and did not, or the other way round."""
        found = []
        for held in self.held.values():
            placement = self.state(held).placement
            assert placement != "applying", "nothing is under way"
            if (placement in ("present", "unverified")) != held.stands:
                found.append(held)
        return found

    def _noticed(self, held: Held) -> None:
        """What the person did with a hunk, by typing or by undo and redo in the editor."""
        state = self.state(held)
        if held.doubted and not held.stands and not held.old[0].text and held.old[0] not in self.lines:
            self._lose_track()  # between which lines it was to go is not known any more
        if self.lost:
            return
        if held.stands:
            assert not self.is_whole(held.new), "reported as taken out, and it stands"
            assert not any(line.text and line in self.lines for line in held.new), "reported as taken out, partly there"
            assert state.cause != TAKEN_OUT or self.edited_by_person(held), "a later hunk's doing, told as the person's"
        else:
            deleted = not held.new[0].text and not any(line in self.lines for line in held.old)
            seen = self.is_whole(held.new) or deleted
            assert seen or "already" in state.cause, ("written over what the person typed", state)
        held.stands = not held.stands
        self.ledger.noticed += 1

    def _swap(self, held: Held, mark: int) -> None:
        out, into = held.sides
        if not self.guessed.isdisjoint((id(out[0]), id(into[0]))):
            self._lose_track()  # lines were typed there, taken out, and may be back on one side or the other
            return
        if held.stands:
            into = held.cut
        else:
            first, last = self.lines.index(out[0]), self.lines.index(out[-1])
            low, high = self._gap(self.lines, first, last + 1, held)
            held.cut = self.lines[low:high]
        held.stands = not held.stands
        self.ledger.present += held.stands
        self.ledger.removed += not held.stands
        if held.stands and held.told is None:
            held.told = True
        for _, lines in self.past[mark:]:
            if all(line in lines for line in out):
                changed = self._swapped(lines, out, into, held)
                self.past.append((text_of(changed), changed))
        self.lines = self._swapped(self.lines, out, into, held)
        self.past.append((self.text, self.lines))

    def _swapped(self, lines: list[Line], out: list[Line], into: list[Line], held: Held) -> list[Line]:
        low, high = self._gap(lines, lines.index(out[0]), lines.index(out[-1]) + 1, held)
        outside = [*lines[:low], *lines[high:]]
        return [*lines[:low], *(line for line in into if line.text or line not in outside), *lines[high:]]

    def _gap(self, lines: list[Line], low: int, high: int, held: Held) -> tuple[int, int]:
        """What a change of [low, high) takes with it: of lines that come in between, the other sessions' places there.

        For those it is as if somebody had typed.
        """
        if not lines[low].text:
            own = {id(line) for one in self.held.values() if one.owner == held.owner for line in (*one.old, *one.new)}
            while low > 0 and not lines[low - 1].text and id(lines[low - 1]) not in own:
                low -= 1
            while high < len(lines) and not lines[high].text and id(lines[high]) not in own:
                high += 1
        return low, high

    def _judge_all(self, outcomes: Sequence[HunkOutcome], whole: Mapping[HunkId, tuple[bool, bool]]) -> None:
        for outcome in outcomes:
            if not self.lost and outcome.hunk in self.held:
                self._judge(outcome, *whole.get(outcome.hunk, (False, False)))

    def _judge(self, outcome: HunkOutcome, old_whole: bool, new_whole: bool) -> None:
        held = self.held[outcome.hunk]
        stands = held.stands
        match outcome.outcome:
            case "present":
                assert stands
            case "removed" | "rejected":
                assert not stands, "reported as taken out, and it stands"
            case "stale":
                self.ledger.stale += 1
                self.ledger.needless += new_whole if stands else old_whole
            case "refused" if outcome.blockers:
                self.ledger.blocked += 1
                assert stands
                self.ledger.needless += new_whole
                assert all(self.held[id_].stands for id_ in outcome.blockers if id_ in self.held)
            case "refused":
                self.ledger.refused += 1
                assert outcome.message
            case "absent":
                assert not stands
                self.ledger.absent += 1
            case "unverified":
                self.ledger.unverified += 1
            case other:
                assert other == "already_decided"

    def check(self) -> None:
        """The text is the person's with exactly the hunks that stand."""
        assert self.standing == self.text

    def check_reports(self) -> None:
        """After `settle`: what is reported to stand does, unless somebody edited it; what is not, does not.

        Of hunks that need no place any more, as most after a restart, nothing is noticed.
        """
        for held in self.held.values():
            places = self.desks[held.owner].review._places
            known = any(hunk.id == held.id for hunk in places.tracked(self.desk.uri(self.name)))
            gone = not held.old[0].text and held.old[0] not in self.lines  # its place may be back, with the lines there
            if known and self.open and self._is_pending(held) and not gone:
                fits = self.is_whole(held.old) or self.desks[held.owner].review._places.is_done(self._hunk(held))
                assert fits, "I3: clean only where its very lines stand"
            if not known or not held.new[0].text or self.repeated or held.doubted:
                continue
            placement = self.state(held).placement
            if placement in ("absent", "removed"):
                assert f"\n{text_of(held.new)}" not in self.standing, "it stands, and is not reported to"
            exact = self.open and self.desk.manner.sync == "exact"
            if exact and placement == "present" and not any(line in self.lines for line in held.new):
                assert not self.is_whole(held.old), "taken out, and reported to stand"

    def is_whole(self, run: Sequence[Line]) -> bool:
        """Whether these very lines stand, together."""
        solid = [line for line in self.lines if line.text or line in run]
        if any(line not in solid for line in run):
            return False
        start = solid.index(run[0])
        return solid[start : start + len(run)] == list(run)

    def edited_by_person(self, held: Held) -> bool:
        """Whether a hunk that stands is not whole, even without the later hunks that stand on it."""
        lines = self.lines
        for other in reversed(self.held.values()):
            if other is not held and other.stands and other.owner == held.owner and self.is_whole(other.new):
                self.lines = self._swapped(self.lines, other.new, other.cut, other)
        edited = not self.is_whole(held.new)
        self.lines = lines
        return edited

    def _hunk(self, held: Held) -> Hunk:
        return self.desks[held.owner].review._state.hunks[held.id]

    def _waits(self, held: Held) -> bool:
        state = self.state(held)
        return state.policy == "ask" and state.decision is None and not held.stands

    def _is_pending(self, held: Held) -> bool:
        return self._waits(held) and self.state(held).stale is None

    def _edits(self, owner: int, places: Sequence[int], kind: int) -> list[Held]:
        taken = {
            id(line)
            for held in self.held.values()
            if held.owner == owner and not self.state(held).settled
            for line in held.old
        }
        edits: list[Held] = []
        seen = list(self.lines)
        visible = self._visible()
        for number, place in enumerate(sorted({3 + place % max(len(visible) - 6, 1) for place in places})):
            kinds = (kind + 5 * number) % 8
            size = (1, 1, 1, 2, 3, 3, 1, 2)[kinds]
            near = visible[place - 1 : place + size + 1]
            if len(near) < size + 2:
                continue
            between = self.lines[self.lines.index(near[0]) : self.lines.index(near[-1]) + 1]
            if any(id(line) in taken for line in between):
                continue
            taken.update(id(line) for line in between)
            old, new = near[1:-1], self._fresh(kind % 3, mark="+")
            if kinds in (0, 6):
                old = [Line("")]
                self.lines.insert(self.lines.index(near[1]), old[0])
                taken.add(id(old[0]))
            elif kinds in (1, 7) and not self.repeated:
                new = [Line("")]
            elif kinds == 4:
                new = self._fresh(2, mark="+")
            edits.append(Held(HunkId(""), owner, old, new, seen, since=len(self.past)))
        return edits

    def _overlay(self, hunks: Sequence[Held]) -> str:
        text = {id(line): line.text for line in self.lines}
        for held in hunks:
            if all(line in self.lines for line in held.old):
                text.update({id(line): "" for line in held.old})
                text[id(held.old[0])] = text_of(held.new)
        return "".join(text[id(line)] for line in self.lines)


def some_lines(hunk: Hunk, first: int, size: int) -> Part:
    """A range of its new lines."""
    count = max(hunk.new.count("\n"), 1)
    start = first % count
    return Part(lines=Span(start, min(start + 1 + size % count, count)))
