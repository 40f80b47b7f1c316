"""What a person says of hunks: decisions and remarks, from the wire."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bridge.harness.errors import BridgeError
from bridge.harness.ids import HunkId
from bridge.harness.values.proposals import Part, Verdict
from bridge.harness.values.text import Span
from bridge.harness.workspace.text import split_lines
from bridge.protocol import review as wire
from bridge.protocol.errors import ErrorKind


@dataclass(frozen=True, slots=True)
class Run:
    """Decisions that are carried out together: neighbours with one verdict and reason, or one on a part of a hunk."""

    ids: tuple[HunkId, ...]
    verdict: Verdict
    reason: str
    part: Part | None = None


def runs(choices: Iterable[wire.HunkChoice]) -> Iterator[Run]:
    """The decisions of one request, in order."""
    waiting: Run | None = None
    for choice in choices:
        run = _run(choice)
        if waiting is not None and waiting.part is None and replace(run, ids=waiting.ids) == waiting:
            waiting = replace(waiting, ids=waiting.ids + run.ids)
            continue
        if waiting is not None:
            yield waiting
        waiting = run
    if waiting is not None:
        yield waiting


def _run(choice: wire.HunkChoice) -> Run:
    verdict: Verdict = "accepted" if choice.verdict == "accept" else "rejected"
    return Run((HunkId(choice.hunk_id),), verdict, choice.reason or "", part(choice))


def part(choice: wire.HunkChoice) -> Part | None:
    """What of a hunk is decided; None for the whole of it, as it is."""
    lines = Span(choice.lines.start, choice.lines.end) if choice.lines is not None else None
    found = Part(lines, choice.text, anyway=choice.anyway is True)
    return found if found != Part() else None


def refused(hunk: HunkId, problem: BridgeError) -> wire.HunkOutcome:
    """A decision that could not be carried out: nothing was done."""
    result: wire.HunkResult = "unknown" if problem.kind == "unknown_hunk" else "refused"
    kind: ErrorKind = "invalid_params" if problem.kind == "tool_input" else problem.kind
    message = f"{str(problem).rstrip('.')}. {problem.hint}"
    return wire.HunkOutcome(hunk_id=hunk, outcome=result, message=message, kind=kind)


def remark(comment: wire.HunkComment, new: str) -> str:
    """A remark in words for the model; `new` is the hunk's new side, from which the lines that are meant are quoted.

    Raises ValueError where there are no such lines.
    """
    if comment.lines is None:
        return comment.text
    lines, start, end = split_lines(new), comment.lines.start, comment.lines.end
    if not start < end <= len(lines):
        raise ValueError(f"the new side of the hunk has the lines 0 to {len(lines)}, half open")
    where = f"line {start + 1}" if end == start + 1 else f"lines {start + 1} to {end}"
    quoted = "".join(f"> {line.rstrip()}\n" for line in lines[start:end])
    return f"on {where} of its new text:\n{quoted}{comment.text}"
