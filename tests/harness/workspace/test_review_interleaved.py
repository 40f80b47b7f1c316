"""Typing, decisions and proposals in any order, against an oracle that knows every line by itself."""

import dataclasses
import random

import anyio
import pytest

from tests.support.fake_editor import NEOVIM, NEOVIM_COARSE, VSCODE, WHOLE_TEXTS, Manner
from tests.support.person import Account, Person
from tests.support.review_desk import Desk
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


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": SkippingLoop}


def type_something(person: Person, rng: random.Random) -> None:
    """The person does one thing."""
    place, size = rng.randrange(1000), rng.randrange(3)
    match rng.randrange(9):
        case 0 | 1:
            person.insert(place, size, opened=rng.random() < 0.5)
        case 2:
            person.delete(place, size)
        case 3 | 4:
            person.change(place, rng.randrange(40), whole_line=rng.random() < 0.3)
        case 5 if not person.repeated:
            person.undo()
        case 6 if person.repeated:
            person.insert_block(place)
        case 7:
            person.flush()
        case _:
            person.insert_on_top(same=person.repeated)


async def decide_something(person: Person, rng: random.Random) -> None:
    """Some hunks are decided, while the person may type."""
    ids = rng.sample(list(person.wanted), k=rng.randint(1, len(person.wanted)))
    if rng.random() < 0.25:
        await person.reject(ids)
        return
    editor = person.desk.editor
    if person.open and rng.random() < 0.4:
        editor.meanwhile.append(lambda: type_something(person, rng))
    elif person.open and rng.random() < 0.4:
        editor.afterwards.append(lambda: person.insert_on_top(same=person.repeated))
    await person.accept(ids)
    editor.meanwhile.clear()
    editor.afterwards.clear()


async def interleave(seed: int, manner: Manner, account: Account, *, same: bool) -> None:
    """One run."""
    rng = random.Random(seed)
    async with Desk(manner).running() as desk:
        lines = repeated(50) if same else plain(rng.randrange(6, 40))
        person = Person(desk, "a.txt", lines, account=account, repeated=same)
        person.reopen()
        for _ in range(rng.randrange(4, 14)):
            act = rng.random()
            if act < 0.35:
                await person.propose([rng.randrange(1000) for _ in range(rng.randrange(1, 4))], rng.randrange(6))
            elif act < 0.65 and person.wanted:
                await decide_something(person, rng)
            else:
                type_something(person, rng)
            if rng.random() < 0.5:
                await anyio.lowlevel.checkpoint()
            if person.lost:
                return
            person.check()
        person.flush()
        await person.accept(list(person.wanted))
        if not person.lost:
            person.check()
            await person.reject(list(person.wanted))
            assert desk.review.views() == ()


@pytest.mark.parametrize(
    ("same", "first"), [(False, 0), (True, 1000)], ids=["lines that differ", "three lines 50 times"]
)
async def test_150_interleavings_lose_nothing_and_misplace_nothing(same: bool, first: int) -> None:
    accounts = {manner: Account() for manner in MANNERS}
    for seed in range(first, first + 150):
        manner = MANNERS[seed % len(MANNERS)]
        print(f"seed {seed}, {manner}")  # noqa: T201 - the last one printed is the one that failed
        await interleave(seed, manner, accounts[manner], same=same)
    for manner, account in accounts.items():
        print(f"{manner.sync}, {manner.stale}, from version {manner.first_version}: {account}")  # noqa: T201
