"""The engine's sentences: questions, lists of places, and what became of changes."""

from collections.abc import Sequence

from bridge.harness.models.offline.outputs import Looked, Settled, Target

MOST_SHOWN = 30
"""Places of one list that are shown; the rest is counted."""


def places_list(rows: Sequence[str]) -> str:
    """A numbered list."""
    return "\n".join(f"{number}. {row}" for number, row in enumerate(rows, start=1))


def place_row(target: Target) -> str:
    """`function shop.basket.total, basket.py:12: def total(items):`."""
    what = f"{target.kind} `{target.name}`, " if target.name else ""
    return f"{what}{target.path}:{target.line}" + (f": `{target.text}`" if target.text else "")


def which_question(targets: Sequence[Target], total: int) -> str:
    """Which of several is meant."""
    more = f"\nThere are {total - len(targets)} more: name the file." if total > len(targets) else ""
    rows = places_list(list(map(place_row, targets)))
    differ = len({target.path for target in targets}) > 1
    return f"Which one do you mean?\n{rows}{more}\nAnswer with its number, or its {'file' if differ else 'name'}."


def found_text(name: str, found: Looked, usages: bool) -> str:
    """What a search found, and the places in the order in which they are numbered."""
    head = f"`{name}` is defined here:" if found.definitions else f"I found no definition of `{name}`."
    parts = [head, places_list([place_row(one) for one in found.definitions])] if found.definitions else [head]
    if usages:
        uses = len(found.uses)
        parts.append(f"It is used in {_places(uses)}:" if uses else "Nothing that I can tell for sure uses it.")
        parts += _rows(found.uses)
        if found.uncertain:
            parts.append(f"{_places(len(found.uncertain))} may mean it, or something else of that name:")
            parts += _rows(found.uncertain)
        if found.mentions:
            parts.append(f"It is mentioned in {_places(len(found.mentions))} in comments or strings:")
            parts += _rows(found.mentions)
    if found.skipped:
        parts += ["These files could not be looked into:", *(f"- {row}" for row in found.skipped)]
    return "\n".join(parts)


def _rows(targets: Sequence[Target]) -> list[str]:
    rows = [f"- {one.path}:{one.line}: `{one.text}`" for one in targets[:MOST_SHOWN]]
    more = len(targets) - len(rows)
    return [*rows, *([f"- and {more} more"] if more > 0 else [])]


def _places(count: int) -> str:
    return f"{count} place{'' if count == 1 else 's'}"


def spoken(request: str) -> str:
    """A request, set off from the sentence around it: it may hold backticks of its own."""
    return f"“{request}”"


def settled_text(settled: Settled, what: str) -> str:
    """What became of a change, in a few sentences. `what` is the request, where nothing could be proposed."""
    if settled.error:
        joint = "." if settled.error[:1].isupper() else ":"
        told = settled.error if settled.needless else f"I can't {what}{joint} {settled.error}"
        return "\n".join([told, *_notes(settled)])
    counts = f"{settled.total} change{'' if settled.total == 1 else 's'}"
    if settled.applied == settled.total:
        text = f"{settled.title}: {'it was' if settled.total == 1 else f'all {counts} were'} accepted and applied."
    elif settled.applied:
        text = f"{settled.title}: {settled.applied} of {counts} were accepted and applied."
    else:
        text = f"{settled.title}: nothing was changed."
    if settled.rejected:
        reasons = "".join(f" You said: {reason}." for reason in settled.reasons)
        those = "it" if settled.rejected == settled.total == 1 else f"{settled.rejected} of {counts}"
        text += f" You rejected {those}.{reasons}"
        if settled.applied:
            text += " What you rejected stands as it was: where it is code, look whether it still fits."
    if settled.refused:
        why = "; ".join(settled.causes) or "by a rule, not by you"
        text += f" {settled.refused} of {counts} {'was' if settled.refused == 1 else 'were'} rejected: {why}."
    text += "".join(f" {problem}." for problem in settled.problems)
    return "\n".join([text, *_notes(settled)])


def _notes(settled: Settled) -> list[str]:
    return [f"- {note}" for note in settled.notes]
