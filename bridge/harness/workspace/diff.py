"""Line diff: patience anchors, the shortest edit in what lies between them, a coarse hunk where that is too long.

difflib was measured for the gaps: on many equal lines its longest-block rule gives far more than the shortest edit,
and without its junk rule it is quadratic.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.harness.values.text import Span

LARGE = 3_000_000
"""Characters of both texts together from which on a diff is made in a thread: about 30,000 lines a side, 60 ms."""

# A gap that needs more inserted and deleted lines than this is one hunk; the search takes the square of it, 30 ms here.
_LONGEST_EDIT = 256

Block = tuple[int, int, int]
"""a[i:i+n] == b[j:j+n], as (i, j, n)."""

Gap = tuple[int, int, int, int]
"""Lines a[alo:ahi] against b[blo:bhi]."""


@dataclass(frozen=True, slots=True)
class Change:
    """A maximal run of changed lines: the lines `a` of the one side stand as `b` on the other."""

    a: Span
    b: Span


def diff(a: Sequence[str], b: Sequence[str]) -> list[Change]:
    """The changes from `a` to `b` as a person would name them, with at least one unchanged line between two of them."""
    return _changes(a, b, (*_blocks(a, b), (len(a), len(b), 0)))


def shortest_diff(a: Sequence[str], b: Sequence[str]) -> list[Change]:
    """The changes with the fewest lines inserted and deleted; as `diff` where that would take too long to find."""
    blocks = _shortest_edit(a, b, 0, 0)
    return _changes(a, b, (*blocks, (len(a), len(b), 0))) if blocks else diff(a, b)


def _changes(a: Sequence[str], b: Sequence[str], blocks: Sequence[Block]) -> list[Change]:
    changes: list[Change] = []
    i = j = 0
    for start_a, start_b, size in blocks:
        if start_a > i or start_b > j:
            changes.append(Change(Span(i, start_a), Span(j, start_b)))
        i, j = start_a + size, start_b + size
    return changes


def _blocks(a: Sequence[str], b: Sequence[str]) -> Iterator[Block]:
    """Equal blocks in ascending order; a stack, not recursion, so that no input can exhaust the interpreter's."""
    work: list[Gap | Block] = [(0, len(a), 0, len(b))]
    while work:
        item = work.pop()
        if len(item) == 3:
            yield item
        else:
            work.extend(reversed(_divide(a, b, item)))


def _divide(a: Sequence[str], b: Sequence[str], gap: Gap) -> list[Gap | Block]:
    """The gap as equal blocks and smaller gaps; nothing where no line of it is kept."""
    alo, ahi, blo, bhi = gap
    head = _common_head(a, b, gap)
    if head:
        rest = (alo + head, ahi, blo + head, bhi)
        return [(alo, blo, head), rest]
    tail = _common_tail(a, b, gap)
    if tail:
        return [(alo, ahi - tail, blo, bhi - tail), (ahi - tail, bhi - tail, tail)]
    if alo == ahi or blo == bhi:
        return []
    anchors = _anchors(a, b, gap)
    if anchors:
        return _between(anchors, gap)
    return [*_shortest_edit(a[alo:ahi], b[blo:bhi], alo, blo)]


def _between(anchors: list[tuple[int, int]], gap: Gap) -> list[Gap | Block]:
    parts: list[Gap | Block] = []
    i, _, j, _ = gap
    for at_a, at_b in anchors:
        if at_a > i or at_b > j:
            parts.append((i, at_a, j, at_b))
        parts.append((at_a, at_b, 1))
        i, j = at_a + 1, at_b + 1
    parts.append((i, gap[1], j, gap[3]))
    return parts


def _common_head(a: Sequence[str], b: Sequence[str], gap: Gap) -> int:
    alo, ahi, blo, bhi = gap
    limit = min(ahi - alo, bhi - blo)
    size = 0
    while size < limit and a[alo + size] == b[blo + size]:
        size += 1
    return size


def _common_tail(a: Sequence[str], b: Sequence[str], gap: Gap) -> int:
    alo, ahi, blo, bhi = gap
    limit = min(ahi - alo, bhi - blo)
    size = 0
    while size < limit and a[ahi - size - 1] == b[bhi - size - 1]:
        size += 1
    return size


def _anchors(a: Sequence[str], b: Sequence[str], gap: Gap) -> list[tuple[int, int]]:
    """Pairs of lines that are unique on both sides, the longest run that ascends on both."""
    alo, ahi, blo, bhi = gap
    unique_a, unique_b = _unique(a, alo, ahi), _unique(b, blo, bhi)
    pairs = [(at, unique_b[line]) for line, at in unique_a.items() if line in unique_b]
    return _longest_increasing(pairs)


def _shortest_edit(a: Sequence[str], b: Sequence[str], at_a: int, at_b: int) -> list[Block]:
    """Myers' greedy search: the equal lines of a shortest edit, moved by (at_a, at_b); none where it is too long."""
    size_a, size_b = len(a), len(b)
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(size_a + size_b, _LONGEST_EDIT) + 1):
        trace.append(furthest.copy())
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            while x < size_a and 0 <= x - diagonal < size_b and a[x] == b[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= size_a and x - diagonal >= size_b:
                return _walk_back(trace, size_a, size_b, at_a, at_b)
    return []


def _walk_back(trace: list[dict[int, int]], x: int, y: int, at_a: int, at_b: int) -> list[Block]:
    blocks: list[Block] = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest = trace[edits]
        diagonal = x - y
        down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        before_x = furthest[before] if edits else 0
        before_y = before_x - before if edits else 0
        start_x = (before_x if down else before_x + 1) if edits else 0
        if x > start_x:
            blocks.append((at_a + start_x, at_b + start_x - diagonal, x - start_x))
        x, y = before_x, before_y
    blocks.reverse()
    return blocks


def _unique(lines: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Line to index, in order of the index, for the lines that stand once in [start, end)."""
    at: dict[str, int] = {}
    repeated: set[str] = set()
    for index in range(start, end):
        line = lines[index]
        if line in at:
            repeated.add(line)
        else:
            at[line] = index
    for line in repeated:
        del at[line]
    return at


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Patience sorting on the second member; the first already ascends."""
    tails: list[int] = []
    tail_index: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tails, value)
        before.append(tail_index[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(value)
            tail_index.append(index)
        else:
            tails[pile] = value
            tail_index[pile] = index
    run: list[tuple[int, int]] = []
    index = tail_index[-1] if tail_index else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    run.reverse()
    return run
