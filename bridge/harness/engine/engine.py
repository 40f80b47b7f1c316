"""What a turn runs on, and how far it is."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bridge.harness.cost.books import Books
from bridge.harness.engine.compacting import Compactor
from bridge.harness.engine.gates import Limits, Standing
from bridge.harness.engine.recover import Tries
from bridge.harness.engine.request import Asking, RequestBook
from bridge.harness.engine.steering import Steering
from bridge.harness.engine.step import Step, Stepper
from bridge.harness.execution.pipeline import Pipeline
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.journal import Journal
from bridge.harness.ports.review import Review
from bridge.harness.session.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Engine:
    """What a turn runs on: all of one session. `fallback` names the model for a turn whose own is gone."""

    transcript: Transcript
    journal: Journal
    requests: RequestBook
    stepper: Stepper
    steering: Steering
    pipeline: Pipeline
    approvals: Approvals
    review: Review
    books: Books
    compactor: Compactor
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    fallback: str = ""
    luck: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a turn is. `began` is the monotonic time of its start, or of its going on after a restart."""

    began: float
    tries: Tries = field(default_factory=Tries)
    malformed: int = 0
    misfits: int = 0
    misfit: str = ""

    def after(self, step: Step) -> "Progress":
        """With what came of a model call."""
        malformed = self.malformed
        for sound in step.sound:
            malformed = 0 if sound else malformed + 1
        return replace(self, malformed=malformed, tries=self.tries.anew() if step.failure is None else self.tries)

    def after_misfit(self, misfit: str) -> "Progress":
        """With an answer that did not have the form that was wanted."""
        return replace(self, misfits=self.misfits + 1, misfit=misfit)

    def room(self, engine: Engine) -> float:
        """Seconds that are left of the turn's time."""
        return self.began + engine.limits.seconds - engine.clock.monotonic()

    def standing(self, engine: Engine, asking: Asking) -> Standing:
        """What the gate looks at, before a call."""
        return Standing(
            steps=asking.number - 1,
            seconds=engine.clock.monotonic() - self.began,
            malformed=self.malformed,
            misfits=self.misfits,
            misfit=self.misfit,
            budget=engine.books.stop(asking.model.name, asking.tier, asking.size),
        )
