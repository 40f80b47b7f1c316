"""Another name for a function, class, method, attribute, variable, parameter, module or package."""

import os
from collections.abc import Iterable
from pathlib import Path

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.guards import Leftover, guard, remark_of
from bridge.harness.refactoring.python.names.index import Index
from bridge.harness.refactoring.python.names.mentions import mentions_in
from bridge.harness.refactoring.python.names.new_names import Collisions, check_special, check_spelling
from bridge.harness.refactoring.python.names.receivers import lookalikes, place_of
from bridge.harness.refactoring.python.names.target import Target, Targets
from bridge.harness.refactoring.python.names.uses import Use, find_target, uses_of
from bridge.harness.refactoring.python.reading.edits import Replacement, replaced
from bridge.harness.refactoring.python.reading.source import Source
from bridge.harness.refactoring.python.reading.symbols import place
from bridge.harness.refactoring.values import Changed, ChangedFile, LineNote, Refusal, Rename

_FIXED_FILES = ("__init__.py", "__main__.py", "conftest.py", "setup.py", "manage.py")
"""Files whose names mean something to Python, or to the tools that look for them."""


def rename(project: Project, ask: Rename) -> Changed:
    """All places of a name with the new one; Refusal where that is not sound, with the reason.

    Places that are not certain, and mentions in texts, are changed too, each with a note on its line.
    """
    new = ask.new_name.strip()
    file, offset = place(project, ask.symbol)
    targets, target = find_target(project, file, offset)
    check_spelling(target.name, new)
    check_special(target, new)
    Collisions(targets, target, new).check()
    found = list(uses_of(targets, target, mentions=ask.docs))
    files = [
        _changed(targets.index, path, [use for use in found if use.path == path], new)
        for path in sorted({use.path for use in found})
    ]
    if target.module is not None:
        files = _moved(project, files, target, new)
    remarks = remark_of(target.name, _left(targets, target, found))
    if target.module is not None:
        remarks += (_elsewhere(target),)
    if target.kind == "member":
        remarks += tuple(
            f"{path}:{line}: this class has a `{target.name}` too, and one of the two is a Protocol: look."
            for path, line in map(place_of, lookalikes(targets.hierarchy, target.classes, target.name))
        )
    changed = Changed(f"Rename `{target.name}` to `{new}`", tuple(files), remarks)
    return guard(project, changed, None)


def _changed(index: Index, path: str, uses: list[Use], new: str) -> ChangedFile:
    outline = index.outline(path)
    if outline is None:
        raise Refusal(f"{path} changed while it was looked at. Try again.")
    source = outline.source
    text = replaced(source.file.text, (Replacement(use.start, use.end, new) for use in uses))
    printed = _printed(source)
    notes: dict[int, list[str]] = {}
    for use in uses:
        line = source.line_of(source.from_file(use.start))
        whys = [use.why] if use.why else []
        if any(start <= source.from_file(use.start) < end for start, end in printed):
            whys.append("the printed text changes too")
        for why in whys:
            if why not in notes.setdefault(line, []):
                notes[line].append(why)
    told = tuple(LineNote(line, "; ".join(whys)) for line, whys in sorted(notes.items()) if whys)
    return ChangedFile(path, source.file.sha, text, notes=told)


def _printed(source: Source) -> list[tuple[int, int]]:
    """Fields like `{total=}` of f-strings, which print the name itself."""
    fields = [field for piece in source.pieces() for field in piece.fields]
    return [(start, end) for start, end in fields if source.text[end:].lstrip()[:1] == "="]


def _left(targets: Targets, target: Target, found: Iterable[Use]) -> list[Leftover]:
    """Mentions that are not changed: those that may be just a word, or data."""
    done = {(use.path, use.start) for use in found}
    used = {use.path for use in found if use.kind != "mention"}
    left: list[Leftover] = []
    local = target.kind in {"local", "parameter"}
    paths = sorted(used) if local or (target.name.islower() and target.name.isalpha()) else targets.index.python
    for path in paths:
        file = targets.index.project.try_read(path)
        if file is None or target.name not in file.text or (outline := targets.index.outline(path)) is None:
            continue
        named = mentions_in(outline, target, used=path in used)
        kept = [one for one in named if (path, outline.source.in_file(one.start)) not in done]
        left += [Leftover(path, outline.source.line_of(one.start), one.where) for one in kept]
    return left


# -- modules -----------------------------------------------------------------------------------------------------------


def _moved(project: Project, files: list[ChangedFile], target: Target, new: str) -> list[ChangedFile]:
    """The files, with those of the module under their new path."""
    path = target.module.path if target.module is not None else ""
    if path.endswith(("/", "/__init__.py")):
        folder = path.removesuffix("__init__.py")
        moves = _package_moves(project, folder, new)
    else:
        name = path.rpartition("/")[2]
        if name in _FIXED_FILES:
            raise Refusal(f"{name} has its name for a reason: it can't be renamed.")
        ending = name[name.index(".") :]
        moves = {path: path.removesuffix(name) + new + ending}
    known = {file.path: file for file in files}
    for old, moved_to in moves.items():
        now = known.get(old) or _same(project.read(old))
        known[old] = ChangedFile(old, now.old, now.new, moved_to, now.notes)
    return [known[path] for path in sorted(known)]


def _same(file: SourceFile) -> ChangedFile:
    return ChangedFile(file.path, file.sha, file.text)


def _package_moves(project: Project, folder: str, new: str) -> dict[str, str]:
    """Where each file of a package goes; Refusal where it has files that would be left behind."""
    above = folder.rstrip("/").rpartition("/")[0]
    target = f"{above}/{new}/" if above else f"{new}/"
    known = set(project.python_files())
    for at, folders, names in os.walk(project.root / folder):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(names):
            path = (Path(at) / name).relative_to(project.root).as_posix()
            if path not in known:
                raise Refusal(
                    f"`{folder}` holds `{path}`, which is no Python file of the project and would be left behind. "
                    "Rename the folder by hand, or move that file out of it first."
                )
    return {path: target + path.removeprefix(folder) for path in sorted(known) if path.startswith(folder)}


def _elsewhere(target: Target) -> str:
    """What to look at after a module has another name."""
    path = target.module.path if target.module is not None else ""
    bare = path.removesuffix("/__init__.py").removesuffix(".py").removesuffix(".pyi").rstrip("/")
    dotted = bare.removeprefix("src/").replace("/", ".")
    return f"Only Python files were looked into: search the others, such as pyproject.toml, for `{dotted}`."
