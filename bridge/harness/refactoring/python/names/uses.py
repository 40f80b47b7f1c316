"""Where a name is used: certainly, perhaps, and where a text mentions it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.names.collecting import Collector, UseKind
from bridge.harness.refactoring.python.names.index import Module, index_of
from bridge.harness.refactoring.python.names.mentions import mentions_in
from bridge.harness.refactoring.python.names.scopes import Outline
from bridge.harness.refactoring.python.names.target import Target, Targets
from bridge.harness.refactoring.python.reading.symbols import MODULE
from bridge.harness.refactoring.values import Refusal


@dataclass(frozen=True, slots=True)
class Use:
    """A place of a name: character offsets in the text as it is.

    `certain` is False where it may be something else (`why`: "the type of `box` is not known"), and for a mention
    (`why`: "in a docstring", "in a comment", "in a string").
    """

    path: str
    start: int
    end: int
    kind: UseKind
    certain: bool = True
    why: str = ""


def uses(project: Project, file: SourceFile, offset: int, mentions: bool = False) -> tuple[Use, ...]:
    """All uses of the name at `offset` of a file, by path and place; Refusal where it can't be told what it is.

    Definitions are among them. `symbols.MODULE` as offset means the file as a module; its own file has no place of
    its name, so it has uses only.
    """
    targets, target = find_target(project, file, offset)
    return tuple(uses_of(targets, target, mentions=mentions))


def find_target(project: Project, file: SourceFile, offset: int) -> tuple[Targets, Target]:
    """What the name at an offset is; Refusal where it can't be told, or is not the project's."""
    index = index_of(project)
    targets = Targets(index)
    if offset == MODULE:
        return targets, targets.of_module(Module(file.path))
    outline = index.outline(file.path)
    if outline is None:
        raise Refusal(f"{file.path} can't be analysed: {project.skipped.get(file.path, 'it is no Python file')}.")
    return targets, targets.at(outline, outline.source.from_file(offset))


def uses_of(targets: Targets, target: Target, *, mentions: bool) -> Iterator[Use]:
    """All uses of a target."""
    collector = Collector(targets, target)
    for outline in collector.outlines():
        found = [_use(outline, place.start, place.end, place.kind, place.why) for place in collector.places(outline)]
        if mentions:
            named = mentions_in(outline, target, used=bool(found))
            found += [_use(outline, one.start, one.end, "mention", one.where) for one in named if one.counts]
        yield from sorted(found, key=lambda use: use.start)


def _use(outline: Outline, start: int, end: int, kind: UseKind, why: str) -> Use:
    place = outline.source.in_file
    return Use(outline.source.path, place(start), place(end - 1) + 1, kind, not why, why)
