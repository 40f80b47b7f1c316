"""What is done about a model call that failed or was cut short: a pure choice, and a closed set of remedies."""

from dataclasses import dataclass, replace

from bridge.harness.engine.gates import Stop
from bridge.harness.errors import ModelFault

RATE_TRIES = 5
"""Calls made again after 429 (systems.md §3)."""

FAULT_TRIES = 3
"""Calls made again after 5xx, time-outs, broken streams and a network that is not there (systems.md §3)."""

CONTINUATIONS = 3
"""Times that an answer is continued that was cut off at the limit of its length (systems.md §3)."""

LONGEST_WAIT = 600.0
"""Seconds. A service that asks for more is not waited for: the person decides."""

TIME = "time"
"""Why an answer is incomplete that we stopped, because the turn's time is over; other reasons are the service's."""

_RATE_STEP = 2.0
_FAULT_STEP = 0.5
_NETWORK_STEP = 0.1
"""Seconds of the first wait, doubled each time: a refused connection costs nothing, and may be a server that starts."""

_RATE_MOST = 60.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A model call that gave no whole answer.

    `fault` None: the answer is incomplete, for the service's `reason`. `retry_after` is in seconds. `message` is for
    the person; `hint`, where it is not empty, says what to do.
    """

    message: str
    fault: ModelFault | None = None
    reason: str = ""
    retry_after: float | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Tries:
    """What has been done since the last whole answer; `switched` since the turn began."""

    limited: int = 0
    failed: int = 0
    forgotten: int = 0
    continued: int = 0
    compacted: int = 0
    switched: bool = False

    def anew(self) -> "Tries":
        """After a whole answer."""
        return Tries(switched=self.switched)


@dataclass(frozen=True, slots=True)
class Wait:
    """Make the same call again after so many seconds; it is the `attempt`-th time, counted from 1."""

    seconds: float
    attempt: int
    tries: Tries


@dataclass(frozen=True, slots=True)
class Compact:
    """Make the history smaller, and call again."""

    tries: Tries


@dataclass(frozen=True, slots=True)
class GoOn:
    """The answer so far stands; have the model go on where it was cut off."""

    tries: Tries


@dataclass(frozen=True, slots=True)
class Switch:
    """Go on with another model."""

    model: str
    tries: Tries


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The turn ends."""

    stop: Stop


Remedy = Wait | Compact | GoOn | Switch | GiveUp


def recover(failure: Failure, tries: Tries, fallback: str, luck: float) -> Remedy:
    """The remedy, with the tries as they are after it.

    `fallback` is the model to use where one is gone, empty for none; `luck` is a random number from 0 to 1, by which
    many clients that failed at once do not come back at once.
    """
    match failure.fault:
        case None:
            return _incomplete(failure, tries)
        case "context_too_long" if tries.compacted < 1:
            return Compact(replace(tries, compacted=1))
        case "rate_limited" if tries.limited < RATE_TRIES:
            wait = min(_RATE_MOST, _RATE_STEP * 2**tries.limited)
            after = replace(tries, limited=tries.limited + 1)
            return _wait(failure, wait * (0.5 + luck / 2), after.limited, after)
        case "server" | "timeout" | "broken" | "network" if tries.failed < FAULT_TRIES:
            step = _NETWORK_STEP if failure.fault == "network" else _FAULT_STEP
            after = replace(tries, failed=tries.failed + 1)
            return _wait(failure, step * 2**tries.failed * (0.5 + luck / 2), after.failed, after)
        case "forgotten" if tries.forgotten < 1:
            return Wait(0.0, 1, replace(tries, forgotten=1))
        case "gone" if fallback and not tries.switched:
            return Switch(fallback, replace(tries, switched=True))
    return GiveUp(Stop("failed", _told(failure)))


def _incomplete(failure: Failure, tries: Tries) -> Remedy:
    if failure.reason == "content_filter":
        return GiveUp(Stop("refusal", failure.message or "the service's content filter stopped the answer"))
    if failure.reason == TIME:
        return GiveUp(Stop("max_turn_requests", failure.message))
    if failure.reason == "max_output_tokens" and tries.continued < CONTINUATIONS:
        return GoOn(replace(tries, continued=tries.continued + 1))
    return GiveUp(Stop("max_tokens", failure.message or "the answer was cut off at the limit of its length"))


def _wait(failure: Failure, backoff: float, attempt: int, tries: Tries) -> Remedy:
    """Never sooner than the service asks for; a little later, so that not all come at that moment."""
    asked = failure.retry_after
    if asked is None:
        return Wait(backoff, attempt, tries)
    if asked > LONGEST_WAIT:
        told = f"{_told(failure)} The service asks to wait for {asked / 60:.0f} minutes."
        return GiveUp(Stop("failed", told))
    return Wait(asked + min(backoff, 1.0), attempt, tries)


def _told(failure: Failure) -> str:
    """The failure, and what to do about it."""
    if not failure.hint or failure.hint in failure.message:
        return failure.message
    stop = "" if failure.message.endswith((".", "!", "?")) else "."
    return f"{failure.message}{stop} {failure.hint}"
