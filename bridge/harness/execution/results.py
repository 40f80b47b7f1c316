"""How results are put to the model."""

from collections import Counter
from collections.abc import Sequence

from bridge.harness.values.proposals import HunkOutcome
from bridge.harness.values.tools import Outcome

_WORDS = {
    "present": "accepted and applied",
    "absent": "accepted, but it could not be applied",
    "removed": "not in the file any more",
    "refused": "it could not be taken out",
    "rejected": "rejected by the user",
    "withdrawn": "withdrawn",
    "expired": "nobody decided in time; not applied",
    "stale": "not applied: the user changed these lines meanwhile",
    "unverified": "accepted and sent to the editor, but what stands there could not be confirmed; read the file again",
}

_UNSEEN = {
    "present": "applied; the user looks at it later, and may take it out",
    "rejected": "rejected, but not by the user",
}
"""Where no person has looked at the hunk."""


def bounded(text: str, limit: int) -> str:
    """Head and tail of a long text, with a marker between them that tells how much was left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def tell_outcomes(title: str, outcomes: Sequence[HunkOutcome], remarks: Sequence[str] = ()) -> Outcome:
    """Each hunk's outcome in a line; a stale one with the text that stands there now. Then the tool's remarks."""
    lines = [_line(number, len(outcomes), one) for number, one in enumerate(outcomes, start=1)]
    counts = Counter(_short(one) for one in outcomes)
    shown = ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing to change"
    said = [f"Note: {remark}" for remark in remarks]
    return Outcome(model="\n".join([f"{title}: {shown}", *lines, *said]), shown=shown)


def _line(number: int, total: int, one: HunkOutcome) -> str:
    unseen = "" if one.reviewed else _UNSEEN.get(one.outcome, "")
    text = f"- hunk {number} of {total}: {unseen or _WORDS.get(one.outcome, one.outcome)}"
    if one.message:
        text += f": {one.message}"
    if one.outcome == "stale":
        text += f"\n  It now reads:\n{one.current}"
    elif one.current:
        text += f"\n  In the user's selection or wording:\n{one.current}"
    return text


def _short(one: HunkOutcome) -> str:
    if one.outcome == "present":
        return "accepted" if one.reviewed else "applied"
    return one.outcome
