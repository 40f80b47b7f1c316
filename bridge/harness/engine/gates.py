"""What is looked at before every model call. A closed result: go on, or stop with a reason."""

from dataclasses import dataclass

from bridge.harness.values.events import StopReason

MAX_STEPS = 100
"""Model calls in one turn (design, "Numbers")."""

MAX_SECONDS = 60 * 60.0
"""Wall time of one turn (design, "Numbers")."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a turn."""

    steps: int = MAX_STEPS
    seconds: float = MAX_SECONDS


@dataclass(frozen=True, slots=True)
class Stop:
    """The turn ends here."""

    reason: StopReason
    message: str


def gate(step: int, seconds: float, limits: Limits) -> Stop | None:
    """None: go on. `step` is the number of model calls made in this turn, `seconds` its age."""
    if step >= limits.steps:
        return Stop("max_turn_requests", f"the turn made {step} model calls, which is its limit")
    if seconds >= limits.seconds:
        return Stop("max_turn_requests", f"the turn ran for {limits.seconds / 60:.0f} minutes, which is its limit")
    return None
