"""What is looked at before every model call. A closed result: go on, or stop with a reason."""

from dataclasses import dataclass

from bridge.harness.values.events import StopReason

MAX_STEPS = 100
"""Model calls in one turn (design, "Numbers")."""

MAX_SECONDS = 60 * 60.0
"""Wall time of one turn (design, "Numbers")."""

MAX_MALFORMED = 5
"""Malformed tool calls in a row (design, "Numbers")."""

MAX_MISFITS = 3
"""Times that a model is asked again for an answer in the form that was wanted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a turn."""

    steps: int = MAX_STEPS
    seconds: float = MAX_SECONDS
    malformed: int = MAX_MALFORMED
    misfits: int = MAX_MISFITS


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a turn stands.

    `steps` is the number of model calls made in it, `seconds` its age. `malformed` tool calls came in a row;
    `misfits` answers did not have the form that was wanted, the last one for the reason `misfit`. `budget` says why
    the next call must not be paid for, None where it may.
    """

    steps: int
    seconds: float
    malformed: int = 0
    misfits: int = 0
    misfit: str = ""
    budget: str | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """The turn ends here."""

    reason: StopReason
    message: str


def gate(at: Standing, limits: Limits) -> Stop | None:
    """None: go on."""
    if at.steps >= limits.steps:
        return Stop("max_turn_requests", f"it has made all the model calls that it may ({limits.steps})")
    if at.seconds >= limits.seconds:
        return Stop("max_turn_requests", f"the turn ran for {limits.seconds / 60:.0f} minutes, which is its limit")
    if at.malformed >= limits.malformed:
        return Stop("max_turn_requests", f"the model made {at.malformed} tool calls in a row that mean nothing")
    if at.misfits > limits.misfits:
        return Stop("failed", f"the model did not answer in the form that was asked for: {at.misfit}")
    if at.budget is not None:
        return Stop("max_turn_requests", at.budget)
    return None
