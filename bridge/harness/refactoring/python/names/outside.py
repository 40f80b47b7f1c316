"""Uses of names that are not the project's: what it imports from libraries, and what is built in."""

from collections.abc import Iterator

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.names.index import index_of
from bridge.harness.refactoring.python.names.scopes import Binding, Import, Outline
from bridge.harness.refactoring.python.names.uses import Use


def outside_uses(project: Project, file: SourceFile, offset: int) -> tuple[Use, ...]:
    """All plain uses, in all files, of an imported or built-in name at `offset`; none where it is neither."""
    index = index_of(project)
    outline = index.outline(file.path) if offset >= 0 else None
    if outline is None:
        return ()
    place = outline.source.from_file(offset)
    event = next((one for one in outline.events if one.start <= place <= one.end), None)
    if event is None:
        return ()
    meant = _import_of(outline, event.binding) if event.binding is not None else None
    if event.binding is not None and meant is None:
        return ()
    return tuple(use for one in index.outlines(event.name) for use in _in_file(one, event.name, meant))


def _in_file(outline: Outline, name: str, meant: Import | None) -> Iterator[Use]:
    for event in sorted(outline.events, key=lambda event: event.start):
        if event.name != name:
            continue
        mine = _import_of(outline, event.binding) if event.binding is not None else None
        same = event.binding is None if meant is None else mine is not None and _key(mine) == _key(meant)
        if same:
            start = outline.source.in_file(event.start)
            yield Use(outline.source.path, start, start + len(name), "import" if event.role == "import" else "use")


def _import_of(outline: Outline, binding: Binding) -> Import | None:
    """The import that binds a name under its own name."""
    starts = {event.start for event in binding.events if event.role == "import"}
    return next((part for part in outline.imports if part.start in starts), None)


def _key(part: Import) -> tuple[int, str, str]:
    return part.level, part.name, part.member
