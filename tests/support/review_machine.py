"""I1 to I7 of bridge/harness/values/proposals.py, in whatever order things happen to an open file and a closed one.

    python -m tests.support.review_machine EXAMPLES STEPS [SEED]

Hypothesis chooses, among others, numbers and words that it finds in the modules that are loaded: so it runs in a
process of its own, and what was found once is found again. With a SEED other orders are tried.
"""

import asyncio
import dataclasses
import logging
import sys
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, seed, settings
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
from bridge.harness.values.proposals import Part, Policy, Verdict
from tests.support.ear import Ear
from tests.support.fake_editor import NEOVIM, NEOVIM_COARSE, VSCODE, WHOLE_TEXTS, Manner
from tests.support.keeper import Keeper, Ledger, some_lines
from tests.support.review_desk import Desk, ids_of
from tests.support.review_rules import Rules, check_places, check_splits
from tests.support.several_desks import restarted
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
VERDICTS = st.sampled_from(["accepted", "rejected"])
TYPING = st.sampled_from(["", "before", "after"])
SEEN = Ledger()
"""What all runs of a test saw, printed in the end."""


class ReviewMachine(RuleBasedStateMachine):
    """Two files of one session; a `Keeper` is the oracle of each."""

    @initialize(manner=MANNERS, lines=st.integers(8, 20))
    def start(self, manner: Manner, lines: int) -> None:
        self.runner = asyncio.Runner(loop_factory=SkippingLoop)
        self.runner.run(self._start(manner, lines))

    async def _start(self, manner: Manner, lines: int) -> None:
        desk = Desk(manner)
        self.late = [asyncio.get_running_loop().create_task(desk.review.run())]
        self.people = [Keeper(desk, name, plain(lines), ledger=SEEN) for name in ("a.txt", "b.txt")]
        self.people[0].reopen()
        self.ear = Ear(0, self.people)
        self.log_rules = Rules()
        self.calls: list[list[HunkId]] = []
        SEEN.runs += 1

    @property
    def desk(self) -> Desk:
        """The process that runs now."""
        return self.people[0].desk

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            try:
                self._run(self._end())
            finally:
                self.runner.run(self._close())
                self.runner.close()

    async def _end(self) -> None:
        """Every hunk ends settled, or is still visible and can be decided."""
        for person in self.people:
            await person.settle()
            if not person.lost:
                await person.decide(person.waiting(), "rejected")
                await person.decide(person.waiting(), "accepted")
                await person.settle()
            waiting = self.desk.review.views(self.desk.uri(person.name))
            assert not waiting or person.lost
            SEEN.lost += person.lost

    async def _close(self) -> None:
        self.desk.review.close()
        await asyncio.gather(*self.late)

    @rule(
        which=NUMBERS,
        places=st.lists(NUMBERS, min_size=1, max_size=3),
        kind=NUMBERS,
        policy=st.sampled_from(["ask", "keep"]),
        typing=TYPING,
    )
    def propose(self, which: int, places: list[int], kind: int, policy: Policy, typing: str) -> None:
        person = self._one(which)
        if not person.lost:
            self._typing(person, typing if policy == "keep" else "")
            proposal = self._run(person.propose(0, places, kind, policy))
            if proposal is not None:
                self.calls.append(ids_of(proposal))

    @precondition(lambda self: any(person.held for person in self.people))
    @rule(which=NUMBERS, chosen=st.lists(NUMBERS, min_size=1, max_size=4), verdict=VERDICTS, typing=TYPING)
    def decide(self, which: int, chosen: list[int], verdict: Verdict, typing: str) -> None:
        person = self._one(which)
        if person.lost or not (waiting := person.waiting()):
            return
        self._typing(person, typing)
        self._run(person.decide(_some(waiting, chosen), verdict))

    @precondition(lambda self: any(person.held for person in self.people))
    @rule(which=NUMBERS, chosen=st.lists(NUMBERS, min_size=1, max_size=4), typing=TYPING)
    def take_back(self, which: int, chosen: list[int], typing: str) -> None:
        person = self._one(which)
        if person.lost or not (standing := person.standing_hunks()):
            return
        self._typing(person, typing)
        outcomes = self._run(person.take_back(0, _some(standing, chosen)))
        for outcome in outcomes:
            known = [id_ for id_ in (outcome.hunk, *outcome.blockers) if id_ in person.held]
            if outcome.blockers and not person.lost:
                self._run(person.take_back(0, known))

    @precondition(lambda self: any(person.held for person in self.people))
    @rule(which=NUMBERS, chosen=NUMBERS, first=NUMBERS, size=NUMBERS, how=st.sampled_from(["lines", "text", "anyway"]))
    def carve(self, which: int, chosen: int, first: int, size: int, how: str) -> None:
        person = self._one(which)
        if person.lost or not (waiting := person.waiting()):
            return
        id_ = waiting[chosen % len(waiting)]
        view = self.desk.review.find(id_)
        assert view is not None
        part = some_lines(view.hunk, first, size) if how == "lines" else Part(anyway=True)
        if how == "text":
            person.count += 1
            part = Part(text=f"+own {person.name} {person.count}\n")
        self._run(person.carve(id_, part))

    @precondition(lambda self: self.calls)
    @rule(which=NUMBERS, verdict=VERDICTS)
    def decide_again(self, which: int, verdict: Verdict) -> None:
        ids = [id_ for id_ in self.calls[which % len(self.calls)] if self.desk.state(id_).decision is not None]
        before = [person.standing for person in self.people]
        for outcome in self._run(self.desk.decide(ids, verdict)):
            assert outcome.outcome == "already_decided"
        assert [person.standing for person in self.people] == before

    @rule(which=NUMBERS, place=NUMBERS, size=NUMBERS, opened=st.booleans())
    def insert(self, which: int, place: int, size: int, opened: bool) -> None:
        self._one(which).insert(place, size, opened=opened)
        self._run(self.people[0].pause())

    @rule(which=NUMBERS, place=NUMBERS, size=NUMBERS)
    def delete(self, which: int, place: int, size: int) -> None:
        self._one(which).delete(place, size)
        self._run(self.people[0].pause())

    @rule(which=NUMBERS, place=NUMBERS, column=NUMBERS, whole_line=st.booleans())
    def change(self, which: int, place: int, column: int, whole_line: bool) -> None:
        self._one(which).change(place, column, whole_line=whole_line)
        self._run(self.people[0].pause())

    @rule()
    def undo(self) -> None:
        self.people[0].undo()
        self._run(self.people[0].pause())

    @rule()
    def redo(self) -> None:
        self.people[0].redo()
        self._run(self.people[0].pause())

    @rule()
    def flush(self) -> None:
        self.people[0].flush()

    @rule()
    def next_step_of_the_model(self) -> None:
        for person in self.people:
            self._run(person.settle())
        if not any(person.lost for person in self.people):
            for person in self.people:
                person.check_reports()
            self._run(self.ear.listen())
            check_places(self.desk)

    @rule(save=st.booleans(), which=NUMBERS)
    def close_or_open(self, save: bool, which: int) -> None:
        person = self._one(which)
        if person.lost or not person.open:
            person.reopen()
        else:
            self._run(person.settle())
            person.close(save=save)
            self._run(person.settle())

    @rule()
    def restart(self) -> None:
        for person in self.people:
            if person.open:
                person.flush()
        (desk,) = restarted([self.desk])
        self.desk.review.close()
        for person in self.people:
            person.desk, person.desks = desk, [desk]
            person.redoable.clear()
            person.see_restart()
        SEEN.restarts += 1
        self._run(self._recover(desk))

    async def _recover(self, desk: Desk) -> None:
        self.late.append(asyncio.get_running_loop().create_task(desk.review.run()))
        await desk.review.recover()
        for person in self.people:
            await person.settle()

    @invariant()
    def nothing_is_lost_or_misplaced(self) -> None:
        for person in getattr(self, "people", ()):
            if not person.lost:
                person.check()

    @invariant()
    def the_log_keeps_the_rules(self) -> None:
        if hasattr(self, "log_rules"):
            self.log_rules.check(self.desk.journal.records)
            check_splits(self.desk)

    def _one(self, which: int) -> Keeper:
        return self.people[which % 2]

    def _typing(self, person: Keeper, typing: str) -> None:
        if person.open and typing:
            editor = self.desk.editor
            (editor.meanwhile if typing == "before" else editor.afterwards).append(person.insert_on_top)

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        async def run() -> Any:
            result = await coroutine
            for person in self.people:
                await person.pause()
            return result

        try:
            return self.runner.run(run())
        finally:
            self.desk.editor.meanwhile.clear()
            self.desk.editor.afterwards.clear()


def _some(ids: list[HunkId], chosen: list[int]) -> list[HunkId]:
    return list(dict.fromkeys(ids[number % len(ids)] for number in chosen))


class _Errors(logging.Handler):
    """Keeps what is logged as an error: nothing may be."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """See the base class."""
        self.seen.append(self.format(record))


def main(examples: int, steps: int, chosen: int | None) -> None:
    """Try them; what failed is raised, and how much was tried is printed."""
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    machine = ReviewMachine if chosen is None else seed(chosen)(ReviewMachine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=chosen is None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not errors.seen, errors.seen[0]
    print(SEEN)  # noqa: T201 - how much was tried


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else None)
