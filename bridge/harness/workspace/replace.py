"""The edit tool's exact replacement: literal, each old text in exactly one place, all edits or none.

Models write "\\n". Old and new text are read with that line end, and the file's own is written: in a mixed file the
one of the lines that are replaced.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bridge.harness.errors import EditMismatch
from bridge.harness.values.text import Edit, Eol, TextForm
from bridge.harness.workspace.diff import diff
from bridge.harness.workspace.text import split_lines

# How much of the file a refusal quotes, and how many lines it compares to find what to quote.
_QUOTED_LINES = 30
_COMPARED_LINES = 5_000
_ALIKE = 0.6
_NAMED_LINES = 10


def apply_edits(text: str, edits: Sequence[Edit], form: TextForm) -> str:
    """The text after all edits, each made on the result of the one before; EditMismatch says which failed and why."""
    result = text
    for number, edit in enumerate(edits, start=1):
        label = f"Edit {number} of {len(edits)}: " if len(edits) > 1 else ""
        result = _apply(_Source.of(result), edit, form.eol, label)
    if result == text:
        raise EditMismatch("The edits change nothing.", reason="no_change")
    return result


def rewrite(text: str, wanted: str, form: TextForm) -> str:
    """The whole text anew, in the file's line ends; in a mixed file each line keeps the end of the line it replaces."""
    plain = wanted.replace("\r\n", "\n")
    return _with_line_ends(_Source.of(text), (0, len(text)), plain, form.eol)


@dataclass(frozen=True, slots=True)
class _Source:
    """A text beside its form with "\\n" alone; `crlf` are the places in `plain` where the text has "\\r\\n"."""

    text: str
    plain: str
    crlf: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_Source":
        plain = text.replace("\r\n", "\n")
        places = (match.start() - index for index, match in enumerate(re.finditer("\r\n", text)))
        return cls(text, plain, tuple(places) if plain != text else ())

    def offset(self, plain: int) -> int:
        """Where the character `plain` of the plain text stands in the text."""
        return plain + bisect_left(self.crlf, plain)

    def line(self, plain: int) -> int:
        """Its 1-based line."""
        return self.plain.count("\n", 0, plain) + 1


def _apply(source: _Source, edit: Edit, eol: Eol, label: str) -> str:
    old, new = edit.old.replace("\r\n", "\n"), edit.new.replace("\r\n", "\n")
    if not old:
        raise EditMismatch(f"{label}The old text is empty: name the lines to replace.", reason="not_found")
    if old == new:
        raise EditMismatch(f"{label}The old text and the new text are the same.", reason="no_change")
    places = list(_places(source.plain, old, overlapping=not edit.replace_all))
    if not places:
        raise EditMismatch(f"{label}{_not_found(source.plain, old)}", reason="not_found")
    if len(places) > 1 and not edit.replace_all:
        raise _ambiguous(label, [source.line(place) for place in places])
    pieces: list[str] = []
    at = 0
    for place in places:
        start, end = source.offset(place), source.offset(place + len(old))
        pieces += [source.text[at:start], _with_line_ends(source, (start, end), new, eol)]
        at = end
    return "".join((*pieces, source.text[at:]))


def _places(text: str, old: str, *, overlapping: bool) -> Iterator[int]:
    step = 1 if overlapping else len(old)
    at = text.find(old)
    while at >= 0:
        yield at
        at = text.find(old, at + step)


def _ambiguous(label: str, lines: list[int]) -> EditMismatch:
    named = ", ".join(str(line) for line in lines[:_NAMED_LINES]) + (", …" if len(lines) > _NAMED_LINES else "")
    message = (
        f"{label}The old text stands in {len(lines)} places, at lines {named}. "
        "Add lines around it until it names one place, or ask for all of them with replace_all."
    )
    return EditMismatch(message, reason="ambiguous", count=len(lines), lines=tuple(lines))


def _with_line_ends(source: _Source, place: tuple[int, int], new: str, eol: Eol) -> str:
    if eol == "lf":
        return new
    if eol == "crlf":
        return new.replace("\n", "\r\n")
    return _with_mixed_ends(source, place, new)


def _with_mixed_ends(source: _Source, place: tuple[int, int], new: str) -> str:
    """Kept lines keep their ends; a new line takes the end of the line that it replaces, else of the one before."""
    start, end = place
    standing, wanted = split_lines(source.text[start:end]), split_lines(new)
    rest = _end_of_line_at(source.text, end)
    ends = ["\r\n" if line.endswith("\r\n") else "\n" if line.endswith("\n") else rest for line in standing]
    # The last member is what index -1 finds: the end for a line that is put before all that stand here.
    ends.append(_end_of_line_at(source.text, start))
    origins = _origins([line.replace("\r\n", "\n") for line in standing], wanted)
    return "".join(
        line[:-1] + ends[origin] if line.endswith("\n") else line for line, origin in zip(wanted, origins, strict=True)
    )


def _origins(standing: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """For each wanted line the standing line that it is, or takes the place of; -1 where there is none."""
    origin: list[int] = []
    at = 0
    for change in diff(standing, wanted):
        kept = change.a.start - at
        origin.extend(range(at, at + kept))
        last = max(change.a.end - 1, change.a.start - 1)
        origin.extend(min(change.a.start + index, last) for index in range(change.b.end - change.b.start))
        at = change.a.end
    origin.extend(range(at, len(standing)))
    return origin


def _end_of_line_at(text: str, offset: int) -> str:
    """The end of the line that `offset` stands in; of the line before, where that one is the last and has none."""
    newline = text.find("\n", offset)
    if newline < 0:
        newline = text.rfind("\n", 0, offset)
    return "\r\n" if newline > 0 and text[newline - 1] == "\r" else "\n"


def _not_found(plain: str, old: str) -> str:
    lines = split_lines(plain)
    keys = [_key(line) for line in lines]
    wanted = [_key(line) for line in split_lines(old)]
    while wanted and not wanted[-1]:
        wanted.pop()
    while wanted and not wanted[0]:
        wanted.pop(0)
    if not wanted:
        return "The old text is only white space, and does not stand in the file like that."
    at = _same_keys(keys, wanted)
    if at is not None:
        says = "The old text is not in the file. It differs from these lines only in white space or Unicode form:"
        return f"{says}\n{_quoted(lines, at, len(wanted))}\nCopy them exactly."
    at = _most_alike(keys, wanted)
    if at is None:
        return "The old text is not in the file, nor anything like it. Read the file again."
    return f"The old text is not in the file. The nearest lines are:\n{_quoted(lines, at, len(wanted))}"


def _key(line: str) -> str:
    """The line without what a near miss is usually about: white space, Unicode normal form."""
    return " ".join(unicodedata.normalize("NFC", line).split())


def _same_keys(keys: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The first place where the lines agree; within the first and last line a part is enough."""
    first, last = wanted[0], wanted[-1]
    if len(wanted) == 1:
        return next((at for at, key in enumerate(keys) if first in key), None)
    size = len(wanted)
    for at in range(len(keys) - size + 1):
        if (
            keys[at].endswith(first)
            and keys[at + size - 1].startswith(last)
            and keys[at + 1 : at + size - 1] == wanted[1:-1]
        ):
            return at
    return None


def _most_alike(keys: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where a window begins whose longest wanted line has the most similar counterpart in the file."""
    longest = max(range(len(wanted)), key=lambda index: len(wanted[index]))
    matcher = SequenceMatcher(None, "", wanted[longest], autojunk=False)
    best, best_ratio = None, _ALIKE
    for index, key in enumerate(keys[:_COMPARED_LINES]):
        matcher.set_seq1(key)
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = index, ratio
    return None if best is None else max(0, best - longest)


def _quoted(lines: Sequence[str], at: int, count: int) -> str:
    shown = lines[at : at + min(count, _QUOTED_LINES)]
    return "\n".join(f"{at + index + 1}: {line.rstrip(chr(10))}" for index, line in enumerate(shown))
