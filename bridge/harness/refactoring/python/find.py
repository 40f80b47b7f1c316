"""Where a Python name is defined and used."""

from collections.abc import Iterable

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.names.outside import outside_uses
from bridge.harness.refactoring.python.names.uses import Use, uses
from bridge.harness.refactoring.python.reading.symbols import definitions, described, imported, place
from bridge.harness.refactoring.values import FindSymbol, Found, Refusal, Symbol, Usages


def find(project: Project, ask: FindSymbol) -> Usages:
    """Definitions, and uses if asked for. A name that several things have: the uses of all of them.

    A name that only a library defines has uses without a definition. Refusal where there is no such name.
    """
    symbol = ask.symbol
    if symbol.at is not None:
        return _of_place(project, *place(project, symbol), ask.usages)
    try:
        found = definitions(project, symbol)
    except Refusal:
        if (place_of_import := imported(project, symbol.name)) is None:
            raise
        return _of_place(project, *place_of_import, ask.usages)
    if not ask.usages:
        return Usages(found, (), project.skipped_files())
    everywhere: dict[tuple[str, int], Use] = {}
    for one in {(one.path, one.name): one for one in found}.values():
        where = Symbol(one.path) if one.kind == "module" else Symbol(one.path, one.at)
        for use in uses(project, *place(project, where), mentions=True):
            known = everywhere.get((use.path, use.start))
            if known is None or (use.certain and not known.certain):
                everywhere[use.path, use.start] = use
    return Usages(found, _found(project, everywhere.values()), project.skipped_files())


def _of_place(project: Project, file: SourceFile, offset: int, usages: bool) -> Usages:
    """What an occurrence of a name means, by its types as far as they are known."""
    try:
        everywhere = uses(project, file, offset, mentions=usages)
    except Refusal:
        everywhere = outside_uses(project, file, offset)
        if not everywhere:
            raise
    defined = tuple(described(project, use.path, use.start) for use in everywhere if use.kind == "definition")
    return Usages(defined, _found(project, everywhere) if usages else (), project.skipped_files())


def _found(project: Project, all_uses: Iterable[Use]) -> tuple[Found, ...]:
    """All but the definitions, by place."""
    rows = [_row(project, use) for use in all_uses if use.kind != "definition"]
    return tuple(sorted(rows, key=lambda row: (row.path, row.at.line, row.at.column)))


def _row(project: Project, use: Use) -> Found:
    file = project.read(use.path)
    at = file.point(use.start)
    name, text = file.text[use.start : use.end], file.line(at.line)
    if use.kind == "mention":
        return Found(use.path, at, "mention", name, text, use.why.removeprefix("in a "))
    if not use.certain:
        return Found(use.path, at, "uncertain", name, text, use.why)
    return Found(use.path, at, use.kind, name, text)
