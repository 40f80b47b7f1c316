"""Parts of a hunk as hunks of their own: a range of its lines, another text, or its text over what stands there now."""

from bridge.harness.errors import Stale, ToolInputError
from bridge.harness.values.proposals import Hunk, Part
from bridge.harness.values.text import Span, TextForm
from bridge.harness.workspace.replace import rewrite
from bridge.harness.workspace.text import split_lines


def by_lines(hunk: Hunk, lines: Span) -> tuple[tuple[Hunk, ...], int]:
    """The hunk in up to three, and which of them has these lines of the new side (0-based, half open).

    Where as many lines go as come, each line that goes is with the one that replaces it. Otherwise which belongs to
    which can't be told, and all lines that go are with the first part.
    """
    old, new = split_lines(hunk.old), split_lines(hunk.new)
    start, end = lines.start, lines.end
    if not 0 <= start < end <= len(new):
        raise _cannot(f"the hunk brings {len(new)} lines; {start} to {end} is no range of them")
    if (start, end) == (0, len(new)):
        return (hunk,), 0
    cuts = [cut for cut in ((0, start), (start, end), (end, len(new))) if cut[0] < cut[1]]
    paired = len(old) == len(new)
    children = []
    for number, (first, last) in enumerate(cuts):
        low, high = (first, last) if paired else (0, len(old)) if number == 0 else (len(old), len(old))
        span = Span(hunk.span.start + low, hunk.span.start + high)
        children.append(hunk.child("".join(old[low:high]), "".join(new[first:last]), span))
    return tuple(children), cuts.index((start, end))


def with_text(hunk: Hunk, text: str, form: TextForm) -> Hunk:
    """The hunk with the person's text as its new side, in the file's line ends, ended as the lines around want it."""
    if hunk.op not in ("edit", "create"):
        raise _cannot(f"a hunk that is to {hunk.op} a file has no text")
    ended = hunk.new.endswith("\n") or hunk.old.endswith("\n")
    if text and ended and not text.endswith("\n"):
        text += "\n"
    wanted = rewrite(hunk.old or hunk.new, text, form)
    if wanted == hunk.old:
        raise _cannot("this is the text that stands there now: reject the hunk instead")
    return hunk.child(hunk.old, wanted, hunk.span)


def over(hunk: Hunk, standing: str | None) -> Hunk:
    """The hunk once more, over the text that stands at its place now; None where that place can't be told."""
    if standing is None or hunk.op != "edit":
        raise Stale(
            "where this hunk would go can't be told any more: the lines around it changed too",
            hint="Make the change by hand, or reject the hunk and ask again.",
        )
    return hunk.child(standing, hunk.new, hunk.span)


def check(part: Part) -> None:
    """A part names one way of carving."""
    if sum((part.lines is not None, part.text is not None, part.anyway)) != 1:
        raise _cannot("name lines, or a text, or that it is wanted anyway: one of them")


def _cannot(why: str) -> ToolInputError:
    return ToolInputError(why, hint="List the review again and look at the hunk's lines.")
