"""Three-way merge of lines, with git's idea of a conflict: changes that overlap or touch, unless they are identical."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.harness.values.text import Span
from bridge.harness.workspace.diff import Change, diff


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the lines `base`, differently."""

    base: Span
    ours: Span
    theirs: Span


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged lines. Where `conflicts` names a place, `lines` holds the text of `theirs`: what stands there now."""

    lines: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class _Group:
    """Changes of both sides whose lines of the base overlap or touch. Working state of one merge."""

    start: int
    end: int
    ours: list[Change]
    theirs: list[Change]


def merge3(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Merged:
    """Both sides' changes to `base` in one text."""
    lines: list[str] = []
    conflicts: list[Conflict] = []
    at = shift_ours = shift_theirs = 0
    for group in _groups(diff(base, ours), diff(base, theirs)):
        lines.extend(base[at : group.start])
        grown_ours, grown_theirs = _growth(group.ours), _growth(group.theirs)
        in_ours = Span(group.start + shift_ours, group.end + shift_ours + grown_ours)
        in_theirs = Span(group.start + shift_theirs, group.end + shift_theirs + grown_theirs)
        our_lines, their_lines = ours[in_ours.start : in_ours.end], theirs[in_theirs.start : in_theirs.end]
        lines.extend(their_lines if group.theirs else our_lines)
        if group.ours and group.theirs and list(our_lines) != list(their_lines):
            conflicts.append(Conflict(Span(group.start, group.end), in_ours, in_theirs))
        at, shift_ours, shift_theirs = group.end, shift_ours + grown_ours, shift_theirs + grown_theirs
    lines.extend(base[at:])
    return Merged(tuple(lines), tuple(conflicts))


def apply_changes(base: Sequence[str], changed: Sequence[str], changes: Sequence[Change]) -> list[str]:
    """`base` with the given changes taken from `changed`: any subset of diff(base, changed)."""
    lines: list[str] = []
    at = 0
    for change in changes:
        lines.extend(base[at : change.a.start])
        lines.extend(changed[change.b.start : change.b.end])
        at = change.a.end
    lines.extend(base[at:])
    return lines


def _groups(ours: Sequence[Change], theirs: Sequence[Change]) -> Iterator[_Group]:
    tagged = sorted([(c.a.start, c.a.end, 0, c) for c in ours] + [(c.a.start, c.a.end, 1, c) for c in theirs], key=_key)
    group: _Group | None = None
    for start, end, side, change in tagged:
        if group is None or start > group.end:
            if group is not None:
                yield group
            group = _Group(start, end, [], [])
        group.end = max(group.end, end)
        (group.theirs if side else group.ours).append(change)
    if group is not None:
        yield group


def _key(tagged: tuple[int, int, int, Change]) -> tuple[int, int, int]:
    return tagged[:3]


def _growth(changes: Sequence[Change]) -> int:
    return sum((c.b.end - c.b.start) - (c.a.end - c.a.start) for c in changes)
