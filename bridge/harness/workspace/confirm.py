"""Confirm by content: what became of an edit is read from the text that stands, never from what an editor replies."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.diff import Change, shortest_diff
from bridge.harness.workspace.spans import LineIndex, apply_step
from bridge.harness.workspace.text import split_lines

Finding = Literal["present", "absent", "unverified"]


@dataclass(frozen=True, slots=True)
class _Side:
    """The text that would stand with, or without, the edit.

    Per hunk `regions` has its lines in it, as far as they may slide, and `others` the lines of its other text.
    """

    lines: list[str]
    regions: tuple[Span, ...]
    others: tuple[Sequence[str], ...]


def confirm(before: str, hunks: Sequence[TextChange], observed: str) -> tuple[Finding, ...]:
    """For each hunk whether its edit stands in `observed`.

    `hunks` are disjoint, ascending changes of whole lines of `before`, sent as one edit. Besides them the person may
    have typed anywhere. The edit stands if before + hunks needs less typing to become `observed` than `before` does;
    each hunk is then `present` if typing left its new text alone, else `unverified`. The other way round `absent`.
    Typing among lines that equal the hunk's own counts as touching it: there no text can tell who did what. So does a
    line of its other text that stands elsewhere: an edit that landed on the wrong line is neither.
    """
    if observed in (before, apply_step(before, hunks)):
        exactly: Finding = "absent" if observed == before else "present"
        return (exactly,) * len(hunks)
    now = _lines(observed)
    without, with_edit = _sides(before, hunks)
    typed_before, typed_after = shortest_diff(without.lines, now), shortest_diff(with_edit.lines, now)
    favour = _size(typed_before) - _size(typed_after)
    if favour == 0:
        unknown: Finding = "unverified"
        return (unknown,) * len(hunks)
    if favour > 0:
        return _findings("present", with_edit, now, typed_after)
    return _findings("absent", without, now, typed_before)


def _findings(likely: Finding, side: _Side, now: Sequence[str], typed: Sequence[Change]) -> tuple[Finding, ...]:
    """What is likely, but for the hunks that typing met, or whose other text was inserted anywhere."""
    inserted = {line for change in typed for line in now[change.b.start : change.b.end]}
    foreign = inserted.difference(side.lines)
    unverified: Finding = "unverified"
    return tuple(
        likely if alone and foreign.isdisjoint(others) else unverified
        for alone, others in zip(_left_alone(side, now, typed), side.others, strict=True)
    )


def heal(before: str, hunks: Sequence[TextChange], observed: str) -> str | None:
    """The text that should stand where an editor applied the edit at the old lines of a text that had moved meanwhile.

    Neovim does so when the version it was given is 0. The person's text P is unknown: `observed` is P with the lines
    at the hunks' old numbers overwritten. Each overwritten run is taken from `before`, where a line that is unique in
    both texts stands above it and another below, at the same distance and with equal lines between. The answer is P
    with the edit at its true place; None where the run, or that place, is in doubt. Only lines that the person
    replaced one for one within such a run can't be seen.
    """
    without, _ = _sides(before, hunks)
    standing, index = split_lines(before), LineIndex(before)
    spans = [index.lines(hunk.start, hunk.end) for hunk in hunks]
    wanted = [split_lines(hunk.text) for hunk in hunks]
    known = _without_edit(split_lines(observed), spans, wanted)
    theirs = None if known is None else _fill(known, standing, spans)
    if theirs is None:
        return None
    now = _lines("".join(theirs))
    typed = shortest_diff(without.lines, now)
    if not all(_left_alone(without, now, typed)):
        return None
    return "".join(_place(theirs, spans, wanted, typed))


def _without_edit(
    now: Sequence[str], spans: Sequence[Span], wanted: Sequence[Sequence[str]]
) -> list[str | None] | None:
    """The observed lines with None for each overwritten one; None if the edit does not stand at the old lines."""
    lines: list[str | None] = []
    at = 0
    for span, new in zip(spans, wanted, strict=True):
        start = at + span.start - len(lines)
        lines += [*now[at:start], *([None] * (span.end - span.start))]
        at = start + len(new)
        if start > len(now) or list(now[start:at]) != list(new):
            return None
    return [*lines, *now[at:]]


def _fill(known: Sequence[str | None], standing: Sequence[str], spans: Sequence[Span]) -> list[str] | None:
    """The lines with every overwritten run filled in from `standing`; None where one can't be."""
    once, once_known = _single(standing), _single(known)
    anchors = {at: once[line] for line, at in once_known.items() if line in once}
    # The first line is where it was. The end is no such place: an editor puts what lies past it at the end.
    anchors[-1] = -1
    lines = list(known)
    for span in spans:
        first = next(at for at in range(span.start - 1, -2, -1) if at in anchors)
        last = next((at for at in range(span.end, len(known)) if at in anchors), -1)
        moved = first - anchors[first]
        if last < 0 or moved != last - anchors[last]:
            return None
        source = standing[first + 1 - moved : last - moved]
        if any(line not in (None, origin) for line, origin in zip(known[first + 1 : last], source, strict=True)):
            return None
        lines[span.start : span.end] = source[span.start - first - 1 : span.end - first - 1]
    return [line for line in lines if line is not None]


def _single(lines: Sequence[str | None]) -> dict[str, int]:
    """Line to index for the lines that stand once."""
    counts = Counter(lines)
    return {line: at for at, line in enumerate(lines) if line is not None and counts[line] == 1}


def _place(
    theirs: Sequence[str], spans: Sequence[Span], wanted: Sequence[Sequence[str]], typed: Sequence[Change]
) -> list[str]:
    lines: list[str] = []
    at = 0
    for span, new in zip(spans, wanted, strict=True):
        moved = sum((c.b.end - c.b.start) - (c.a.end - c.a.start) for c in typed if c.a.end <= span.start)
        lines += [*theirs[at : span.start + moved], *new]
        at = span.end + moved
    return [*lines, *theirs[at:]]


def _sides(before: str, hunks: Sequence[TextChange]) -> tuple[_Side, _Side]:
    after = apply_step(before, hunks)
    old_lines, new_lines = _lines(before), _lines(after)
    old_index, new_index = LineIndex(before), LineIndex(after)
    old_regions: list[Span] = []
    new_regions: list[Span] = []
    removed: list[Sequence[str]] = []
    added: list[Sequence[str]] = []
    moved = 0
    for hunk in hunks:
        old = old_index.lines(hunk.start, hunk.end)
        new = new_index.lines(hunk.start + moved, hunk.start + moved + len(hunk.text))
        up, down = _play_of(Change(old, new), old_lines, new_lines)
        old_regions.append(Span(old.start - up, old.end + down))
        new_regions.append(Span(new.start - up, new.end + down))
        removed.append(old_lines[old.start : old.end])
        added.append(new_lines[new.start : new.end])
        moved += len(hunk.text) - (hunk.end - hunk.start)
    without = _Side(old_lines, tuple(old_regions), tuple(added))
    return without, _Side(new_lines, tuple(new_regions), tuple(removed))


def _lines(text: str) -> list[str]:
    """The lines, all of them ended: a lone final newline added by an editor is not a change."""
    if text and not text.endswith("\n"):
        text += "\r\n" if "\r\n" in text else "\n"
    return split_lines(text)


def _left_alone(side: _Side, now: Sequence[str], changes: Sequence[Change]) -> list[bool]:
    """Per region whether typing left it alone: in these changes and in those that a search from the end finds."""
    reaches = [_reach(change, side.lines, now) for change in (*changes, *_diff_from_end(side.lines, now))]
    return [not any(_meets(region, reach) for reach in reaches) for region in side.regions]


def _diff_from_end(a: Sequence[str], b: Sequence[str]) -> list[Change]:
    size_a, size_b = len(a), len(b)
    return [
        Change(Span(size_a - c.a.end, size_a - c.a.start), Span(size_b - c.b.end, size_b - c.b.start))
        for c in shortest_diff(a[::-1], b[::-1])
    ]


def _size(changes: Sequence[Change]) -> int:
    return sum((c.a.end - c.a.start) + (c.b.end - c.b.start) for c in changes)


def _meets(region: Span, reach: Span) -> bool:
    if region.start == region.end:
        return reach.start <= region.start <= reach.end
    return reach.start < region.end and region.start < reach.end


def _reach(change: Change, a: Sequence[str], b: Sequence[str]) -> Span:
    """The lines of `a` that the change may have touched, wherever among equal lines it was made."""
    up, down = _play_of(change, a, b)
    return Span(change.a.start - up, change.a.end + down)


def _play_of(change: Change, a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How far an insertion or a deletion can slide up and down over equal lines and remain the same change."""
    if change.b.start == change.b.end:
        return _play(a, change.a)
    return _play(b, change.b) if change.a.start == change.a.end else (0, 0)


def _play(lines: Sequence[str], run: Span) -> tuple[int, int]:
    up = 0
    while up < run.start and lines[run.start - 1 - up] == lines[run.end - 1 - up]:
        up += 1
    down = 0
    while run.end + down < len(lines) and lines[run.start + down] == lines[run.end + down]:
        down += 1
    return up, down
