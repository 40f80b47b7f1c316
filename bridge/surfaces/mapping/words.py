"""What happens around model calls, in words for a person: one place for every surface."""

from decimal import Decimal

from bridge.app.wording import visible
from bridge.harness.cost.wording import dollars, tokens

LONG_S = 120
"""From here on a wait is told in minutes."""


def retry(message: str, wait: float) -> str:
    """Such as `the service is busy; next try in 8 s`."""
    return f"{_clause(message)}; next try in {_time(wait)}"


def switched(model: str, why: str) -> str:
    """Such as `goes on with gpt-5-mini: gpt-5 can't be reached`."""
    return f"goes on with {visible(model)}: {_clause(why)}"


def lowered(feature: str, why: str) -> str:
    """Such as `without reasoning: the service does not take it`; alone where it says what is used instead."""
    return _clause(why) if _says_all(why) else f"without {visible(feature)}: {_clause(why)}"


def goes_on(model: str, feature: str, why: str) -> str:
    """Such as `m goes on without reasoning: …`, or `m has no max: effort high is used`."""
    said = lowered(feature, why)
    return said if _says_all(why) else f"{visible(model)} goes on {said}"


def smaller(before: int | None, after: int | None) -> str:
    """Such as `the conversation was made smaller: 181.0k to 24.0k tokens`."""
    if before is None or after is None:
        return "the conversation was made smaller"
    return f"the conversation was made smaller: {tokens(before)} to {tokens(after)} tokens"


def warned(unit: str, spent: str, limit: str) -> str:
    """Such as `$4.02 of the session's budget of $5.00 are spent`; amounts are decimal numbers."""
    if unit == "dollars":
        return f"{dollars(Decimal(spent))} of the session's budget of {dollars(Decimal(limit))} are spent"
    return f"{tokens(int(Decimal(spent)))} of the session's budget of {tokens(int(Decimal(limit)))} tokens are spent"


def _time(seconds: float) -> str:
    if seconds >= LONG_S:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"


def _says_all(why: str) -> bool:
    """Whether it says what is used instead: then nothing is left out."""
    return why.rstrip(". ").endswith(" is used")


def _clause(sentence: str) -> str:
    """A sentence without its full stop, on one line."""
    return visible(" ".join(sentence.split()).rstrip("."))
