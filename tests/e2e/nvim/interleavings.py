"""Many reviews at once in one Neovim with one daemon, each with a person who does anything at any moment."""

import json
import random
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.eventually import eventually
from tests.support.nvim import Neovim, Place, Row
from tests.support.nvim_cases import BLOCK, Case, make_case
from tests.support.nvim_history import Unfollowed, replay
from tests.support.nvim_oracle import Account, judge
from tests.support.nvim_typist import Typist

AT_ONCE = 8
"""Reviews that go on beside each other, each in a file and a session of its own: they wait for debounces together."""

PATIENCE_S = 30.0

Wait = Callable[[], bool] | None
"""What an interleaving waits for before it goes on; None: for nothing, the others have their turn."""

Script = Callable[["Review"], Generator[Wait]]


@dataclass
class SessionLog:
    """A session's log, read on as it grows."""

    path: Path
    rows: list[Row] = field(default_factory=list)
    _read: int = 0

    def look(self) -> list[Row]:
        """All records so far; a torn last line is left for later."""
        with self.path.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        if whole:
            self._read += len(whole) + 1
            self.rows += [json.loads(line) for line in whole.split(b"\n")]
        return self.rows


@dataclass
class Review:
    """One interleaving: a file under review by a person."""

    nvim: Neovim
    typist: Typist
    log: SessionLog
    case: Case
    session: str
    rng: random.Random
    start: int = 0

    def records(self) -> list[Row]:
        """What the log says of this review."""
        return self.log.look()[self.start :]

    def ask(self, *, here: bool = True) -> None:
        """The prompt that has the agent change the file."""
        text = f"change {self.case.name}"
        self.typist.command("harness.prompt", self.case.name, here=here, text=text, sessionId=self.session)

    def proposed(self) -> bool:
        """Whether hunks are shown, or never will be. While a session is closing its last turn it is asked again."""
        if self.typist.answered(self.case.name) and not any(row["kind"] == "Prompt" for row in self.records()):
            self.ask()
        return self.ended() or bool(self.typist.hunks())

    def ended(self) -> bool:
        """Whether the turn is over."""
        return any(row["kind"] == "TurnEnded" for row in self.records())

    def undecided(self) -> list[str]:
        """The hunks that wait."""
        rows = self.records()
        decided = {row["data"]["hunk"] for row in rows if row["kind"] == "Decided"}
        hunks = [hunk["id"] for row in rows if row["kind"] == "Proposed" for hunk in row["data"]["hunks"]]
        return [id_ for id_ in hunks if id_ not in decided]

    def decide(self) -> None:
        """Some hunk, or all of the file, by one of the ways that there are."""
        waiting = self.undecided()
        if not waiting:
            return
        verb = "accept" if self.rng.random() < 0.7 else "reject"
        hunk = self.rng.choice(waiting)
        if verb == "accept" and self.rng.random() < 0.35:
            self.typist.around(before=self.rng.random() < 0.5)
        match self.rng.randrange(6):
            case 0:
                self.typist.choose(f"harness.{verb}File")
            case 1:
                self.typist.decide_while_typing(f"harness.{verb}", hunk, hunk)
            case 2:
                self.typist.command(f"harness.{verb}", hunk, here=self.rng.random() < 0.7, hunkId=hunk)
            case _:
                self.typist.choose(f"harness.{verb}", hunk)

    def close(self) -> Generator[Wait]:
        """Decide what is left, until the turn is over: accept what can be, dismiss the rest."""
        while not self.ended():
            for number, hunk in enumerate(self.undecided()):
                for verb in ("accept", "reject") if self.rng.random() < 0.6 else ("reject",):
                    token = f"{hunk} {number} {verb}"
                    self.typist.command(f"harness.{verb}", token, hunkId=hunk)
                    yield lambda token=token: self.typist.answered(token)  # type: ignore[misc]
            yield lambda: self.ended() or bool(self.undecided())

    def judged(self) -> Account:
        """What the oracle says."""
        rows = self.records()
        journal = self.typist.leave()
        try:
            history = replay(journal)
            account = judge(history, rows, self.typist.path.as_uri())
        except Unfollowed:
            return Account(runs=1, unfollowed=1)
        on_disk, saved = self.typist.path.read_bytes(), history.written
        if saved is None and on_disk != self.case.content:
            account.wrong.append("an open file was written, and not by the person")
        if saved is not None and on_disk.decode().replace("\r\n", "\n").removesuffix("\n") != "\n".join(saved.lines):
            account.wrong.append("what the person saved was overwritten")
        return account


def anything(review: Review) -> Generator[Wait]:
    """A random person, from before the proposal to the end of the turn."""
    rng, typist = review.rng, review.typist
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        typist.act()
        yield None
    review.ask(here=rng.random() < 0.7)
    for _ in range(rng.choice([0, 0, 1])):
        typist.act()
        yield None
    yield review.proposed
    for _ in range(rng.randrange(3, 14)):
        if rng.random() < 0.35:
            review.decide()
        else:
            typist.act()
        if rng.random() < 0.5:
            yield None
    yield from review.close()


class Stuck(Exception):
    """What an interleaving waits for does not come."""


@dataclass
class Running:
    """One interleaving under way; `wait` is what it waits for, since when."""

    seed: int
    review: Review
    acts: Generator[Wait]
    wait: Wait = None
    since: float = field(default_factory=time.monotonic)

    def is_ready(self) -> bool:
        """Whether nothing is waited for any more."""
        if time.monotonic() - self.since > PATIENCE_S:
            raise Stuck(f"seed {self.seed}: the last records: {self.review.records()[-3:]}")
        return self.wait is None or self.wait()

    def go_on(self) -> bool:
        """Do the next thing, if nothing is waited for; False once there is none."""
        if not self.is_ready():
            return True
        try:
            self.wait, self.since = next(self.acts), time.monotonic()
        except StopIteration:
            return False
        return True


class Reviews:
    """Runs interleavings, some beside each other."""

    def __init__(self, nvim: Neovim, place: Place) -> None:
        """The editor; see `prepare`."""
        self._nvim = nvim
        self._place = place
        self._idle: list[tuple[str, SessionLog]] = []
        self.accounts: dict[int, Account] = {}

    @staticmethod
    def prepare(place: Place, cases: Sequence[Case]) -> None:
        """The script of all turns; the daemon reads it once."""
        turns = [{"when": f"^change {case.name}$", "steps": case.steps} for case in cases]
        place.script.write_text(json.dumps({"turns": turns}), encoding="utf-8")

    def run(self, cases: Sequence[tuple[int, Case]], script: Script = anything) -> Account:
        """All of them, each by its seed; `accounts` has what became of each."""
        left = list(reversed(cases))
        running: list[Running] = []
        while running or left:
            while left and len(running) < AT_ONCE:
                seed, case = left.pop()
                review = self._review(seed, case)
                running.append(Running(seed, review, script(review)))
            for one in tuple(running):
                if not one.go_on():
                    running.remove(one)
                    self._finish(one.seed, one.review)
            eventually(lambda: not running or any(map(Running.is_ready, running)), PATIENCE_S)
        return self.total()

    def total(self) -> Account:
        """All accounts together."""
        total = Account()
        for account in self.accounts.values():
            total.add(account)
        return total

    def _review(self, seed: int, case: Case) -> Review:
        path = self._place.file(case.name, case.content)
        rng = random.Random(f"acts {seed}")
        typist = Typist(self._nvim, path, rng, BLOCK if case.repeats else ())
        session, log = self._idle.pop() if self._idle else self._session()
        return Review(self._nvim, typist, log, case, session, rng, len(log.look()))

    def _session(self) -> tuple[str, SessionLog]:
        session: str = self._nvim.lua(
            "return E2E.client():request_sync('harness/session/new', {cwd = ..., mcpServers = {}}, 5000, 0)"
            ".result.sessionId",
            str(self._place.work),
        )
        (path,) = self._place.state.glob(f"sessions/*/{session}.jsonl")
        return session, SessionLog(path)

    def _finish(self, seed: int, review: Review) -> None:
        try:
            account = review.judged()
        except AssertionError as broken:
            broken.add_note(f"seed {seed}, {review.case.kind}")
            raise
        account.wrong = [f"seed {seed} ({review.case.kind}): {fault}" for fault in account.wrong]
        self.accounts[seed] = account
        self._idle.append((review.session, review.log))
        review.typist.path.unlink()


def random_cases(first: int, count: int) -> list[tuple[int, Case]]:
    """The cases of these seeds."""
    return [(seed, make_case(seed, random.Random(f"case {seed}"))) for seed in range(first, first + count)]
