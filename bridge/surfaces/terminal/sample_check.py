"""What must stand after the demo, computed from the sample and the accepted lines alone; and whether it does.

A rename changes lines and never their number, so a line is known by its file and its number, before and after.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.surfaces.terminal.sample import Place, Sample

Line = tuple[str, int]
"""A path and a line of it, from 0."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What stands: the buffer of the open file, and every file on the disk by its path."""

    buffer: str
    disk: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    holds: bool
    text: str


def standing(sample: Sample) -> dict[str, str]:
    """All texts before the rename, by path; of the open file the one with the typed line."""
    texts = {path: raw.decode() for path, raw in sample.files.items()}
    lines = texts[sample.opened].splitlines(keepends=True)
    texts[sample.opened] = "".join([*lines[: sample.at], sample.typed, *lines[sample.at :]])
    return texts


def named_lines(sample: Sample) -> frozenset[Line]:
    """All lines that name the function."""
    return frozenset((place.path, place.line) for place in sample.places)


def renamed(sample: Sample, accepted: Collection[Line]) -> dict[str, str]:
    """All texts, with the new name in these lines."""
    return {path: "".join(_renamed_lines(sample, path, text, accepted)) for path, text in standing(sample).items()}


def match(sample: Sample, path: str, first: int, old: str, new: str) -> frozenset[Line]:
    """The lines of a proposed hunk; empty if it is not the rename of the function in each of these lines."""
    before = standing(sample).get(path, "")
    count = len(old.splitlines())
    lines = frozenset((path, first + number) for number in range(count))
    after = _renamed_lines(sample, path, before, lines)[first : first + count]
    fits = before.splitlines(keepends=True)[first : first + count] == old.splitlines(keepends=True)
    return lines if fits and "".join(after) == new and lines <= named_lines(sample) else frozenset()


def runs(sample: Sample, accepted: Collection[Line]) -> bool:
    """Whether the program works: wherever it needs the name there is the same one. Mentions are free."""
    needed = [(place.path, place.line) in accepted for place in sample.places if place.runs]
    return all(needed) or not any(needed)


def check(sample: Sample, accepted: Collection[Line], seen: Observed) -> Iterator[Finding]:
    """What stands in the editor and on the disk, compared."""
    wanted = renamed(sample, accepted)
    exact = seen.buffer == wanted[sample.opened]
    yield Finding(exact, f"{sample.opened}, in the editor, is exactly what was accepted, the unsaved line included")
    expected = {path: text.encode() for path, text in wanted.items()} | {sample.opened: sample.files[sample.opened]}
    written = [path for path, raw in expected.items() if raw != sample.files[path]]
    ends = f"; {sample.crlf} kept its CRLF" if sample.crlf in written else ""
    files = f"{len(written)} files, byte for byte" if written else "nothing was to be written"
    yield Finding(all(seen.disk.get(path) == expected[path] for path in written), f"on the disk: {files}{ends}")
    rest = {path: raw for path, raw in seen.disk.items() if path not in written}
    untouched = {path: raw for path, raw in sample.files.items() if path not in written}
    other = f"{sample.lookalike} too, where a variable has the same name"
    yield Finding(rest == untouched, f"the other {len(untouched)} files are as they were, {other}")


def check_hunks(sample: Sample, matched: Sequence[Collection[Line]]) -> Finding:
    """Whether the hunks are the function's places, each once: none is left out and nothing else is there."""
    found = sorted(line for lines in matched for line in lines)
    left = named_lines(sample).difference(found)
    text = f"the {len(matched)} hunks are all {len(left | set(found))} lines that name the function, and nothing else"
    if left:
        text += f" (missed: {', '.join(f'{path}:{line + 1}' for path, line in sorted(left))})"
    return Finding(all(matched) and found == sorted(named_lines(sample)), text)


def _renamed_lines(sample: Sample, path: str, text: str, accepted: Collection[Line]) -> list[str]:
    lines = text.splitlines(keepends=True)
    # From the right: what is done moves nothing that is still to do.
    for place in sorted(sample.places, key=lambda place: place.column, reverse=True):
        if place.path == path and (path, place.line) in accepted:
            lines[place.line] = _renamed(sample, place, lines[place.line])
    return lines


def _renamed(sample: Sample, place: Place, line: str) -> str:
    end = place.column + len(sample.function)
    if line[place.column : end] != sample.function:
        raise ValueError(f"{place} is no place of {sample.function}")
    return line[: place.column] + sample.wanted + line[end:]
