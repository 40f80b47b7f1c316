"""I1 to I6 of bridge/harness/values/proposals.py, in whatever order things happen to an open file and a closed one."""

import asyncio
import dataclasses
import itertools
from collections.abc import Coroutine
from typing import Any

import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bridge.harness.ids import HunkId
from bridge.harness.values.events import Decided, IntentMade, Placed, Proposed
from bridge.harness.values.proposals import digest
from bridge.harness.workspace.review_state import ReviewState
from bridge.harness.workspace.tracking import PUT_BACK, TAKEN_OUT
from tests.support.fake_editor import NEOVIM, NEOVIM_COARSE, VSCODE, WHOLE_TEXTS, Manner
from tests.support.fake_journal import FakeJournal
from tests.support.person import Person
from tests.support.review_desk import Desk, ids_of
from tests.support.skipping_loop import SkippingLoop
from tests.support.typist import plain

NUMBERS = st.integers(0, 200)
MANNERS = st.sampled_from(
    [
        VSCODE,
        NEOVIM,
        NEOVIM_COARSE,
        WHOLE_TEXTS,
        dataclasses.replace(NEOVIM, first_version=0),
        dataclasses.replace(VSCODE, answer="refuses"),
        dataclasses.replace(VSCODE, answer="says nothing"),
        dataclasses.replace(NEOVIM, answer="lies"),
    ]
)


class ReviewMachine(RuleBasedStateMachine):
    """Two files on one desk; `Person` is the oracle of each."""

    @initialize(manner=MANNERS, lines=st.integers(6, 20))
    def start(self, manner: Manner, lines: int) -> None:
        self.runner = asyncio.Runner(loop_factory=SkippingLoop)
        self.runner.run(self._start(manner, lines))

    async def _start(self, manner: Manner, lines: int) -> None:
        self.desk = Desk(manner)
        self.late = asyncio.get_running_loop().create_task(self.desk.review.run())
        self.people = [Person(self.desk, name, plain(lines)) for name in ("a.txt", "b.txt")]
        self.people[0].reopen()
        self.calls: list[list[HunkId]] = []

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            try:
                self._run(self._end())
            finally:
                self.runner.run(self._close())
                self.runner.close()

    async def _end(self) -> None:
        """Every hunk ends settled, or is still visible and can be rejected."""
        for person in self.people:
            waiting = [view.hunk.id for view in self.desk.review.views(self.desk.uri(person.name))]
            assert person.lost or set(waiting) == set(person.wanted)
            await self.desk.decide(waiting, "rejected")
        assert self.desk.review.views() == ()

    async def _close(self) -> None:
        self.desk.review.close()
        await self.late

    @rule(which=NUMBERS, places=st.lists(NUMBERS, min_size=1, max_size=3), kind=NUMBERS)
    def propose(self, which: int, places: list[int], kind: int) -> None:
        person = self._one(which)
        proposal = None if person.lost else self._run(person.propose(places, kind))
        if proposal is not None:
            self.calls.append(ids_of(proposal))

    @rule(places=st.lists(NUMBERS, min_size=1, max_size=2), kind=NUMBERS)
    def accept_all_of_both_files(self, places: list[int], kind: int) -> None:
        known = [person for person in self.people if not person.lost]
        for person in known:
            self._run(person.propose(places, kind))
        for person in known:
            self._run(person.accept(list(person.wanted)))

    @precondition(lambda self: any(person.wanted for person in self.people))
    @rule(
        which=NUMBERS, chosen=st.lists(NUMBERS, min_size=1, max_size=4), typing=st.sampled_from(["", "before", "after"])
    )
    def accept(self, which: int, chosen: list[int], typing: str) -> None:
        person = self._one(which)
        waiting = list(person.wanted)
        if not waiting or person.lost:
            return
        if person.open and typing:
            moment = self.desk.editor.meanwhile if typing == "before" else self.desk.editor.afterwards
            moment.append(person.insert_on_top)
        self._run(person.accept(list(dict.fromkeys(waiting[number % len(waiting)] for number in chosen))))
        self.desk.editor.meanwhile.clear()
        self.desk.editor.afterwards.clear()

    @rule(which=NUMBERS, chosen=NUMBERS)
    def reject(self, which: int, chosen: int) -> None:
        person = self._one(which)
        if person.wanted and not person.lost:
            self._run(person.reject([list(person.wanted)[chosen % len(person.wanted)]]))

    @precondition(lambda self: self.calls)
    @rule(which=NUMBERS, chosen=NUMBERS, verdict=st.sampled_from(["accepted", "rejected"]))
    def decide_again(self, which: int, chosen: int, verdict: Any) -> None:
        ids = [id_ for id_ in self.calls[which % len(self.calls)] if self.desk.state(id_).decision is not None]
        before = [person.standing for person in self.people]
        for outcome in self._run(self.desk.decide(ids, verdict)):
            assert outcome.outcome == "already_decided"
        assert [person.standing for person in self.people] == before

    @rule(which=NUMBERS, place=NUMBERS, size=NUMBERS, opened=st.booleans())
    def insert(self, which: int, place: int, size: int, opened: bool) -> None:
        self._one(which).insert(place, size, opened=opened)

    @rule(which=NUMBERS, place=NUMBERS, size=NUMBERS)
    def delete(self, which: int, place: int, size: int) -> None:
        self._one(which).delete(place, size)

    @rule(which=NUMBERS, place=NUMBERS, column=NUMBERS, whole_line=st.booleans())
    def change(self, which: int, place: int, column: int, whole_line: bool) -> None:
        self._one(which).change(place, column, whole_line=whole_line)

    @rule()
    def undo(self) -> None:
        self.people[0].undo()

    @rule()
    def flush(self) -> None:
        self.people[0].flush()

    @rule(save=st.booleans(), which=NUMBERS)
    def close_or_open(self, save: bool, which: int) -> None:
        person = self._one(which)
        if not person.open:
            person.reopen()
        elif save or not person.wanted:
            person.close(save=save)

    @invariant()
    def nothing_is_lost_and_nothing_waits_in_a_text(self) -> None:
        if not hasattr(self, "desk"):
            return
        for person in self.people:
            if not person.lost:
                person.check()

    @invariant()
    def the_log_keeps_the_rules(self) -> None:
        if hasattr(self, "desk"):
            check_log(self.desk.journal)
            for person in self.people:
                check_disjoint(self.desk, person)

    def _one(self, which: int) -> Person:
        return self.people[which % 2]

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        async def run() -> Any:
            result = await coroutine
            await anyio.lowlevel.checkpoint()
            return result

        return self.runner.run(run())


def check_log(journal: FakeJournal) -> None:
    """I1 to I4 and E2, at every event."""
    state = ReviewState()
    for record in journal.records:
        event = record.event
        match event:
            case Proposed(hunks=hunks):
                for hunk in hunks:
                    assert hunk.digest == digest(hunk.op, hunk.uri, hunk.old, hunk.new)
            case Decided(hunk=hunk, decision=decision):
                assert state.states[hunk].decision is None
                assert decision.verdict != "accepted" or state.states[hunk].stale is None
            case IntentMade(intent=intent):
                decisions = [state.states[hunk].decision for hunk in intent.hunks]
                assert all(decision is not None and decision.verdict == "accepted" for decision in decisions)
            case Placed(hunk=hunk, placement=placement, cause=cause) if placement != "absent":
                before = state.states[hunk].placement
                seen = (before, placement, cause) in (
                    ("present", "removed", TAKEN_OUT),
                    ("removed", "present", PUT_BACK),
                )
                assert before == "applying" or "already" in cause or seen
        state.fold(event)
        for after in state.states.values():
            assert after.placement == "absent" or (after.decision and after.decision.verdict == "accepted")
            assert after.stale is None or after.placement == "absent"


def check_disjoint(desk: Desk, person: Person) -> None:
    """I6 for what still fits."""
    places = desk.review._places
    known = [places.at(view.hunk) for view in desk.review.views(desk.uri(person.name))]
    spans = sorted((at.start, at.end) for at in known if at is not None and not at.damaged)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        ReviewMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_invariants_hold_in_any_order_of_events() -> None:
    run(60, 25)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_invariants_hold_in_many_long_orders_of_events() -> None:
    run(1000, 60)
