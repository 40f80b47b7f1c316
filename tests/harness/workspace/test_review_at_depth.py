"""Both policies, undo, parts, restarts and several sessions, in any order, against an oracle that knows every line."""

import dataclasses
import logging
import random
from collections.abc import Iterator

import anyio
import pytest

from bridge.harness.values.proposals import Part, Policy, Verdict
from tests.support.ear import Ear
from tests.support.fake_editor import NEOVIM, NEOVIM_COARSE, VSCODE, WHOLE_TEXTS, Manner
from tests.support.fake_journal import Crash
from tests.support.keeper import Keeper, Ledger, some_lines
from tests.support.review_desk import Desk
from tests.support.review_rules import Rules, check_places, check_splits
from tests.support.several_desks import beside, restarted
from tests.support.skipping_loop import SkippingLoop
from tests.support.typist import plain, repeated

pytestmark = pytest.mark.anyio

MANNERS = (
    VSCODE,
    NEOVIM,
    NEOVIM_COARSE,
    WHOLE_TEXTS,
    dataclasses.replace(NEOVIM, first_version=0),
    dataclasses.replace(NEOVIM_COARSE, first_version=0),
)
CRASHES = ("Proposed", "Decided", "IntentMade", "Placed", "HunkSplit")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


@pytest.fixture(autouse=True)
def _no_incidents(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    unexpected = [
        record
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR and not (record.exc_info and isinstance(record.exc_info[1], Crash))
    ]
    assert not unexpected


class Run:
    """One seed: a file, a person, one session or two."""

    def __init__(self, seed: int, manner: Manner, ledger: Ledger, *, sessions: int, same: bool) -> None:
        self.rng = random.Random(seed)
        desk = Desk(manner)
        self.desks = [desk, *(beside(desk) for _ in range(sessions - 1))]
        lines = repeated(50) if same else plain(self.rng.randrange(8, 40))
        self.keeper = Keeper(desk, "a.txt", lines, repeated=same, desks=self.desks, ledger=ledger)
        self.ears = [Ear(owner, [self.keeper]) for owner in range(sessions)]
        self.rules = [Rules() for _ in self.desks]

    async def go(self) -> None:
        """Processes one after another, until the oracle has lost track or the acts are over."""
        keeper = self.keeper
        keeper.ledger.runs += 1
        if self.rng.random() < 0.8:
            keeper.reopen()
        left, over = await self._process(self.rng.randrange(6, 18), recovering=False)
        while not over and not keeper.lost:
            self._restart()
            left, over = await self._process(left, recovering=True)
        keeper.ledger.lost += keeper.lost

    async def _process(self, left: int, *, recovering: bool) -> tuple[int, bool]:
        """One process: what is left to be done after it, and whether all is over."""
        keeper = self.keeper
        async with anyio.create_task_group() as group:
            for desk in keeper.desks:
                group.start_soon(desk.review.run)
            try:
                if recovering:
                    for desk in keeper.desks:
                        await desk.review.recover()
                    await keeper.settle()
                left, over = await self._acts(left)
                if over and not keeper.lost:
                    await self._end()
            finally:
                for desk in keeper.desks:
                    desk.review.close()
        return left, over

    async def _acts(self, left: int) -> tuple[int, bool]:
        """What is left to be done, and whether this process may do the rest."""
        while left > 0 and not self.keeper.lost:
            left -= 1
            if self.rng.random() < 0.06:
                return left, False
            try:
                if self.rng.random() < 0.04:
                    desk = self.rng.choice(self.keeper.desks)
                    desk.journal.crash_after = self.rng.choice(CRASHES)
                await self._act()
            except Crash:
                self.keeper.ledger.crashes += 1
                return left, False
            finally:
                for desk in self.keeper.desks:
                    desk.journal.crash_after = ""
                    desk.editor.meanwhile.clear()
                    desk.editor.afterwards.clear()
            if not self.keeper.lost:
                self.keeper.check()
                self._check_logs()
        return left, True

    def _check_logs(self) -> None:
        for rules, desk in zip(self.rules, self.keeper.desks, strict=True):
            rules.check(desk.journal.records)
            check_splits(desk)

    def _restart(self) -> None:
        keeper = self.keeper
        decisions = [keeper.state(held).decision for held in keeper.held.values()]
        if keeper.open:
            keeper.flush()
        keeper.desks = restarted(keeper.desks)
        keeper.desk = keeper.desks[0]
        keeper.redoable.clear()
        keeper.ledger.restarts += 1
        assert [keeper.state(held).decision for held in keeper.held.values()] == decisions

    async def _act(self) -> None:
        rng, keeper = self.rng, self.keeper
        act = rng.random()
        if act < 0.25:
            policy: Policy = "keep" if rng.random() < 0.6 else "ask"
            places = [rng.randrange(1000) for _ in range(rng.randrange(1, 4))]
            self._meanwhile()
            owner = rng.randrange(len(keeper.desks))
            between = self.type_something if rng.random() < 0.15 else None
            await keeper.propose(owner, places, rng.randrange(24), policy, between)
        elif act < 0.5:
            await self._decide()
        elif act < 0.6:
            await self._take_back()
        elif act < 0.7:
            await self._carve()
        elif act < 0.75:
            await keeper.settle()
            await self._hear()
        elif act < 0.8:
            if keeper.open:
                await keeper.settle()
                keeper.close(save=rng.random() < 0.7)
                await keeper.settle()
            else:
                keeper.reopen()
        else:
            self.type_something()
            await keeper.pause()

    async def _hear(self) -> None:
        if self.keeper.lost:
            return
        self.keeper.check_reports()
        for desk in self.keeper.desks:
            check_places(desk)
        for ear in self.ears:
            await ear.listen()

    async def _decide(self) -> None:
        waiting = self.keeper.waiting()
        if waiting:
            ids = self.rng.sample(waiting, k=self.rng.randint(1, len(waiting)))
            verdict: Verdict = "accepted" if self.rng.random() < 0.5 else "rejected"
            self._meanwhile()
            await self.keeper.decide(ids, verdict)

    async def _take_back(self) -> None:
        keeper, rng = self.keeper, self.rng
        if standing := keeper.standing_hunks():
            owner = keeper.held[rng.choice(standing)].owner
            own = [id_ for id_ in standing if keeper.held[id_].owner == owner]
            self._meanwhile()
            outcomes = await keeper.take_back(owner, rng.sample(own, k=rng.randint(1, len(own))))
            blocked = next((one for one in outcomes if one.blockers), None)
            if blocked is not None and not keeper.lost:
                await keeper.settle()
                known = [id_ for id_ in (blocked.hunk, *blocked.blockers) if id_ in keeper.held]
                await keeper.take_back(owner, known)

    async def _carve(self) -> None:
        keeper, rng = self.keeper, self.rng
        waiting = keeper.waiting()
        if not waiting:
            return
        id_ = rng.choice(waiting)
        view = keeper.desks[keeper.held[id_].owner].review.find(id_)
        assert view is not None
        kind = rng.random()
        if kind < 0.6:
            part = some_lines(view.hunk, rng.randrange(9), rng.randrange(9))
        elif kind < 0.8:
            keeper.count += 1
            part = Part(text="".join(f"+own {keeper.count}.{n}\n" for n in range(rng.randrange(1, 3))))
        else:
            part = Part(anyway=True)
        chosen = await keeper.carve(id_, part)
        if chosen is not None and rng.random() < 0.7:
            await keeper.decide([chosen], "accepted" if rng.random() < 0.5 else "rejected")

    def _meanwhile(self) -> None:
        editor = self.keeper.desk.editor
        if self.keeper.open and self.rng.random() < 0.3:
            editor.meanwhile.append(self.type_something)
        elif self.keeper.open and self.rng.random() < 0.3:
            editor.afterwards.append(lambda: self.keeper.insert_on_top(same=self.keeper.repeated))

    def type_something(self) -> None:
        rng, keeper = self.rng, self.keeper
        place, size = rng.randrange(1000), rng.randrange(3)
        match rng.randrange(11):
            case 0 | 1:
                keeper.insert(place, size, opened=rng.random() < 0.5)
            case 2:
                keeper.delete(place, size)
            case 3 | 4:
                keeper.change(place, rng.randrange(40), whole_line=rng.random() < 0.3)
            case 5 | 6 if not keeper.repeated:
                keeper.undo()
            case 7 if not keeper.repeated:
                keeper.redo()
            case 8 if keeper.repeated:
                keeper.insert_block(place)
            case 9:
                keeper.flush()
            case _:
                keeper.insert_on_top(same=keeper.repeated)

    async def _end(self) -> None:
        """Everything that waits can be decided, and then nothing waits any more."""
        keeper = self.keeper
        await keeper.settle()
        await self._hear()
        if keeper.lost:
            return
        waiting = keeper.waiting()
        await keeper.decide([id_ for id_ in waiting if self.rng.random() < 0.6], "rejected")
        await keeper.decide(keeper.waiting(), "accepted")
        await keeper.settle()
        if not keeper.lost:
            await keeper.decide(keeper.waiting(), "rejected")
        await keeper.settle()
        await self._hear()
        if not keeper.lost:
            keeper.check()
            for desk in keeper.desks:
                assert desk.review.views() == ()


async def interleave(first: int, count: int, *, sessions: int, same: bool) -> None:
    ledgers = {manner: Ledger() for manner in MANNERS}
    for seed in range(first, first + count):
        manner = MANNERS[seed % len(MANNERS)]
        print(f"seed {seed}, {manner}")  # noqa: T201 - the last one printed is the one that failed
        await Run(seed, manner, ledgers[manner], sessions=sessions, same=same).go()
    for manner, ledger in ledgers.items():
        print(f"{manner.sync}, {manner.stale}, from version {manner.first_version}: {ledger}")  # noqa: T201


SAME = pytest.mark.parametrize("same", [False, True], ids=["lines that differ", "three lines 50 times"])
SESSIONS = pytest.mark.parametrize("sessions", [1, 2])


@SAME
@SESSIONS
async def test_90_interleavings_lose_nothing_and_report_what_is_so(sessions: int, same: bool) -> None:
    await interleave(0, 90, sessions=sessions, same=same)


@pytest.mark.slow
@pytest.mark.timeout(600)
@SAME
@SESSIONS
async def test_2000_interleavings_lose_nothing_and_report_what_is_so(sessions: int, same: bool) -> None:
    await interleave(0, 2000, sessions=sessions, same=same)
