"""Slips of the pen in words of the grammar: one letter too many, too few, another, or two in the wrong order."""

from functools import lru_cache

from bridge.harness.models.offline.words import word_set

FORGIVEN = word_set(
    """rename change renaming extract extracting inline inlining organise organize organising organizing imports import
    parameter parameters argument arguments function method variable selection selected definition references usages
    default reorder remove signature module constant called defined please expression statement reverse
    where everywhere"""
)
"""Words in which a slip is forgiven. Short words are not among them: one letter makes another word of them."""

OTHERS = word_set(
    """charge chance changes chang hangs online outline offline inclined reclaim remover removal removes exports
    export imported importer important
    impact report caller callers calls recalled names named defaulted defined undefined refined confined there here
    were pleased variables methods functions modules constants definitions reversed reserves selections elected
    erected section rejected predefined references argue expressions statements redefault reorders reordered
    resort recorder recorded border there's preorder filename"""
)
"""Words that are near to one of those and mean something else."""

_ENDINGS = ("d", "ed", "s", "es", "r", "er", "ing", "able", "ment", "al", "ly")
_SHORTEST = 5


@lru_cache(maxsize=4096)
def is_slip(written: str, meant: str) -> bool:
    """Whether `written` is `meant` with one slip. Another form of the word is none: `renamed` tells, it doesn't ask."""
    if meant not in FORGIVEN or written in OTHERS or written in FORGIVEN or len(written) < _SHORTEST:
        return False
    if not written.isalpha() or not written.isascii():
        return False
    stems = {meant, meant.removesuffix("e")}
    if any(written == stem + ending for stem in stems for ending in _ENDINGS):
        return False
    return _one_apart(written, meant)


def _one_apart(left: str, right: str) -> bool:
    """One insertion, deletion, replacement or swap of neighbours."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    rest, other = left[start:], right[start:]
    swapped = rest[:2] == other[1::-1] and len(other) > 1 and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest == other[1:] or rest[1:] == other
