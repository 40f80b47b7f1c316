"""From a draft to hunks: runs of changed lines, each with its digest and its place in what stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby

from bridge.harness.errors import OverlapsPending
from bridge.harness.ids import FileId, HunkId, ProposalId, new_id
from bridge.harness.values.proposals import FileDraft, Hunk, digest
from bridge.harness.values.text import Span, TextChange
from bridge.harness.workspace.diff import diff
from bridge.harness.workspace.spans import LineIndex, apply_step, whole_lines
from bridge.harness.workspace.text import split_lines


@dataclass(frozen=True, slots=True)
class Found:
    """A hunk and where its old text stands, in characters of the draft's `base`."""

    hunk: Hunk
    start: int
    end: int


def find_hunks(
    draft: FileDraft, pending: Sequence[TextChange], file: FileId, proposal: ProposalId
) -> tuple[Found, ...]:
    """The hunks of one file. `pending` are the changes that turn `base` into `old`, ascending.

    Raises `OverlapsPending` where a hunk meets lines that a pending change adds or replaces.
    """
    if draft.op == "delete" and pending:
        raise OverlapsPending
    if draft.op in ("create", "delete"):
        return (_hunk(draft, TextChange(0, len(draft.base), draft.new), Span(0, 0), file, proposal),)
    base = LineIndex(draft.base)
    found = []
    for change, note in _noted(draft):
        start = _below(change.start, change.end, pending)
        end = start + change.end - change.start
        one = _hunk(draft, TextChange(start, end, change.text), base.lines(start, end), file, proposal)
        found.append(replace(one, hunk=replace(one.hunk, note=note)))
    return tuple(found)


def _hunk(draft: FileDraft, change: TextChange, span: Span, file: FileId, proposal: ProposalId) -> Found:
    old = draft.base[change.start : change.end]
    bound = digest(draft.op, draft.uri, old, change.text)
    hunk = Hunk(HunkId(new_id()), proposal, file, draft.uri, draft.op, old, change.text, span, bound)
    return Found(hunk, change.start, change.end)


def _changes(draft: FileDraft) -> tuple[TextChange, ...]:
    """The tool's own where they make just its new text of whole lines, else those that a diff finds."""
    own = draft.changes
    if own and apply_step(draft.old, own) == draft.new and all(map(partial(_takes_lines, draft.old), own)):
        return own
    return line_changes(draft.old, draft.new)


def _takes_lines(text: str, change: TextChange) -> bool:
    whole = whole_lines(text, change.start, change.end)
    return whole and (change.text.endswith("\n") or not change.text or change.end == len(text))


def _noted(draft: FileDraft) -> Iterator[tuple[TextChange, str]]:
    """The changes with what is noted of them: cut between lines of different notes, where as many come as go."""
    changes = _changes(draft)
    if not draft.notes:
        yield from ((change, "") for change in changes)
        return
    notes: dict[int, list[str]] = {}
    for note in draft.notes:
        notes.setdefault(note.line - 1, []).append(note.text)
    index = LineIndex(draft.old)
    for change in changes:
        first = index.line_of(change.start)
        old, new = split_lines(draft.old[change.start : change.end]), split_lines(change.text)
        said = ["; ".join(dict.fromkeys(notes.get(first + number, ()))) for number in range(len(old))]
        if len(old) == len(new):
            yield from _cut(change.start, old, new, said)
        else:
            yield change, "; ".join(dict.fromkeys(filter(None, said)))


def _cut(start: int, old: Sequence[str], new: Sequence[str], said: Sequence[str]) -> Iterator[tuple[TextChange, str]]:
    """Runs of lines with the same note, each for itself."""
    for note, rows in groupby(zip(old, new, said, strict=True), key=lambda row: row[2]):
        pairs = [(before, after) for before, after, _ in rows]
        end = start + sum(len(before) for before, _ in pairs)
        yield TextChange(start, end, "".join(after for _, after in pairs)), note
        start = end


@lru_cache(maxsize=2)
def line_changes(old: str, new: str) -> tuple[TextChange, ...]:
    """The whole-line changes from one text to the other, ascending, as offsets in `old`.

    The last ones are remembered: of large texts a thread finds them first.
    """
    before, after = split_lines(old), split_lines(new)
    index = LineIndex(old)
    return tuple(
        TextChange(*index.offsets(change.a), "".join(after[change.b.start : change.b.end]))
        for change in diff(before, after)
    )


def _below(start: int, end: int, pending: Sequence[TextChange]) -> int:
    """Where the span [start, end) of the text with pending changes stands in the text without them."""
    moved = 0
    point = start == end
    for change in pending:
        low = change.start + moved
        high = low + len(change.text)
        if end < low or (end == low and not point):
            break
        if start < high or (start == high and point):
            raise OverlapsPending
        moved += len(change.text) - (change.end - change.start)
    return start - moved
