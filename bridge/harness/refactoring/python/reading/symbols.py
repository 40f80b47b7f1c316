"""Which name is meant: by what it is called, by a place of it, or both. By syntax alone; no type is looked at."""

import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.reading.definitions import Definition, index_of
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.reading.source import Source, parse
from bridge.harness.refactoring.values import Found, Point, Refusal, Symbol

MODULE = -1
"""The offset of a module itself, which stands nowhere in its text."""

MOST_CANDIDATES = 20

_WORD = re.compile(r"[^\W\d]\w*")
_OWNERS = ("def", "class", "async")
_SPELLED = re.compile(r"\b(?:def|class)\s+([^\W\d]\w*)|(?:^[ \t]*|\.)([^\W\d]\w*)\s*(?::[^=\n]*)?=(?!=)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A definition in its file; a module, where there is none in it."""

    file: SourceFile
    module: str
    definition: Definition | None = None
    source: Source | None = None

    @property
    def qualified(self) -> str:
        return f"{self.module}.{self.definition.within}" if self.definition else self.module

    @property
    def offset(self) -> int:
        if self.definition is None or self.source is None:
            return MODULE
        return self.source.in_file(self.definition.start)

    @property
    def local(self) -> bool:
        return self.definition is not None and self.definition.local

    def found(self) -> Found:
        """As it is told."""
        at = self.file.point(max(self.offset, 0))
        kind = self.definition.kind if self.definition else "module"
        return Found(self.file.path, at, kind, self.qualified, self.file.line(at.line))


def definitions(project: Project, symbol: Symbol) -> tuple[Found, ...]:
    """Where it is defined. Locals and parameters only with a path, or where nothing else has the name.

    With `symbol.at`, what the name at that place means as far as scopes tell; of `box.total` all that `total` may be.
    Refusal where nothing is found, with what is spelled alike.
    """
    if symbol.at is not None:
        file, offset = place(project, symbol)
        return tuple(hit.found() for hit in _meant(project, file, offset))
    return tuple(hit.found() for hit in _named(project, symbol))


def place(project: Project, symbol: Symbol) -> tuple[SourceFile, int]:
    """A file and the offset of an occurrence of the name in its text as it is; `MODULE` for a module itself.

    With `symbol.at`: the name at that point or directly before it, or `symbol.name` on that line; on `def`, `class` or
    the `@` of a decorator, the function or class. Refusal where no name or more than one is meant.
    """
    if symbol.at is not None:
        return _at(project, symbol, symbol.at)
    if symbol.path and symbol.name and not _defined_in(project, symbol):
        file = project.read(symbol.path)
        source = parse(project, symbol.path)
        word = symbol.name.rpartition(".")[2]
        if source is not None and (used := _first_use(source, word)) is not None:
            return file, used
    hits = _named(project, symbol)
    chosen = [hit for hit in hits if not hit.local] or hits
    if len({(hit.file.path, hit.qualified) for hit in chosen}) > 1:
        raise Refusal(
            f"`{symbol.name}` is defined in several places. Say which: with its path and line, or a longer name such as"
            f" `{_longer(chosen[0].qualified, symbol.name)}`.",
            _candidates(chosen),
        )
    return chosen[0].file, chosen[0].offset


def is_known(project: Project, symbol: Symbol) -> bool:
    """Whether a name is defined anywhere in the project's Python files."""
    return bool(_hits(project, symbol.name, project.python_files()))


def described(project: Project, path: str, offset: int) -> Found:
    """A definition at an offset of a file's text, as `definitions` would tell of it."""
    file = project.read(path)
    if offset == MODULE:
        return _Hit(file, Modules(project).name(path)).found()
    source = parse(project, path)
    if source is not None and (one := index_of(source).by_start.get(source.from_file(offset))) is not None:
        return _Hit(file, Modules(project).name(path), one, source).found()
    word = _WORD.match(file.text, offset)
    at = file.point(offset)
    return Found(path, at, "variable", word[0] if word else "", file.line(at.line))


def imported(project: Project, name: str) -> tuple[SourceFile, int] | None:
    """An import of a name that the project does not define, such as a library's."""
    for path in project.python_files():
        file = project.try_read(path)
        if file is None or name not in file.text or (source := parse(project, path)) is None:
            continue
        for one in index_of(source).by_name.get(name, ()):
            if one.kind == "import":
                return file, source.in_file(one.start)
    return None


def _named(project: Project, symbol: Symbol) -> list[_Hit]:
    """The definitions of a name, the best ones only; never empty."""
    if not symbol.name:
        if not symbol.path:
            raise Refusal("Say which name: by itself, or by a path and a line.")
        return [_Hit(project.read(symbol.path), Modules(project).name(symbol.path))]
    hits = _defined_in(project, symbol) if symbol.path else []
    if hits:
        return hits
    hits = _hits(project, symbol.name, project.python_files())
    hits = [hit for hit in hits if not hit.local] or hits
    if not hits:
        raise _unknown(project, symbol.name)
    return hits


def _defined_in(project: Project, symbol: Symbol) -> list[_Hit]:
    return _hits(project, symbol.name, (symbol.path,))


def _hits(project: Project, name: str, paths: Iterable[str]) -> list[_Hit]:
    """All definitions that a name, perhaps dotted, may mean. Files that don't have the word are not parsed."""
    parts = name.split(".")
    modules = Modules(project)
    found: list[_Hit] = []
    for path in paths:
        module = modules.name(path)
        if module.split(".")[-len(parts) :] == parts and (file := project.try_read(path)) is not None:
            found.append(_Hit(file, module))
        found += (hit for hit in _in_file(project, path, module, parts[-1]) if _ends_in(hit.qualified, parts))
    stubbed = {hit.file.path + "i" for hit in found}
    # Who says `isolate` means the function rather than the module `isolate` that it is in.
    eponyms = {hit.module for hit in found if hit.qualified == f"{hit.module}.{parts[-1]}"}
    return [
        hit for hit in found if hit.file.path not in stubbed and not (hit.definition is None and hit.module in eponyms)
    ]


def _in_file(project: Project, path: str, module: str, word: str) -> Iterator[_Hit]:
    file = project.try_read(path)
    if file is None or word not in file.text or (source := parse(project, path)) is None:
        return
    for one in index_of(source).by_name.get(word, ()):
        if one.kind != "import":
            yield _Hit(file, module, one, source)


def _ends_in(qualified: str, parts: list[str]) -> bool:
    return qualified.split(".")[-len(parts) :] == parts


def _at(project: Project, symbol: Symbol, at: Point) -> tuple[SourceFile, int]:
    file = project.read(symbol.path)
    offset = file.offset(at)
    source = _parsed(project, file)
    start, end = file.bounds(at.line)
    line = file.text[start:end]
    if symbol.name:
        return file, _on_line(source, symbol, start, line, offset)
    offset = max(offset, start + len(line) - len(line.lstrip()))
    word = next((w for w in _WORD.finditer(line) if start + w.start() <= offset <= start + w.end()), None)
    heads = (word is None or word[0] in _OWNERS) and line.lstrip().startswith((*_OWNERS, "@"))
    if heads and (owner := _owner(source, at.line)) is not None:
        return file, source.in_file(owner.start)
    if word is None or keyword.iskeyword(word[0]):
        raise Refusal(f"No name stands at {file.path}:{at.line}:{at.column}. Give the line and column of one.")
    if _in_text(source, source.from_file(start + word.start())):
        return _of_mention(project, word[0], file, at)
    return file, start + word.start()


def _parsed(project: Project, file: SourceFile) -> Source:
    source = parse(project, file.path)
    if source is None:
        raise Refusal(f"{file.path} can't be looked into: {project.skipped[file.path]}. Correct that first.")
    return source


def _on_line(source: Source, symbol: Symbol, start: int, line: str, offset: int) -> int:
    """The occurrence of a name on a line that is nearest to a column; one in code before one in a string."""
    name = symbol.name.rpartition(".")[2]
    places = [start + word.start() for word in _WORD.finditer(line) if word[0] == name]
    if not places:
        raise Refusal(f"`{name}` does not stand on line {source.file.point(start).line} of {symbol.path}.")
    return min(places, key=lambda at: (_in_text(source, source.from_file(at)), abs(at - offset)))


def _owner(source: Source, line: int) -> Definition | None:
    """The function or class whose decorators or first line are on a line."""
    for one in index_of(source).all:
        if one.header and one.header <= line <= source.line_of(one.start):
            return one
    return None


def _in_text(source: Source, offset: int) -> bool:
    """Whether an offset is in a comment or a string, but not in the code of an f-string."""
    return any(
        piece.start <= offset < piece.end and not any(start <= offset < end for start, end in piece.fields)
        for piece in source.pieces()
    )


def _of_mention(project: Project, word: str, file: SourceFile, at: Point) -> tuple[SourceFile, int]:
    """A name in a comment or a string means what has that name, where there is one such thing."""
    try:
        return place(project, Symbol(name=word))
    except Refusal as refusal:
        where = f"{file.path}:{at.line}:{at.column} is in a comment or a string"
        raise Refusal(f"{where}. {refusal}", refusal.refused.candidates) from refusal


def _first_use(source: Source, word: str) -> int | None:
    """The first place in code where a word stands."""
    for found in _WORD.finditer(source.text):
        if found[0] == word and not _in_text(source, found.start()):
            return source.in_file(found.start())
    return None


def _meant(project: Project, file: SourceFile, offset: int) -> list[_Hit]:
    """What the name at an offset means: by its scopes in the file, else by its name in the others."""
    if offset == MODULE:
        return [_Hit(file, Modules(project).name(file.path))]
    source = _parsed(project, file)
    at = source.from_file(offset)
    match = _WORD.match(source.text, at)
    word = match[0] if match else ""
    here = [hit for hit in _in_file(project, file.path, Modules(project).name(file.path), word) if hit.definition]
    itself = next((hit for hit in here if hit.offset == offset), None)
    if itself is not None:
        return [hit for hit in here if hit.qualified == itself.qualified and hit.local == itself.local]
    dotted = source.text[:at].rstrip().endswith(".")
    if not dotted and (visible := [hit for hit in here if _sees(hit, at)]):
        nearest = min(hit.definition.scope[1] - hit.definition.scope[0] for hit in visible if hit.definition)
        return [hit for hit in visible if hit.definition and _width(hit.definition) == nearest]
    hits = _hits(project, word, project.python_files())
    return [hit for hit in hits if not hit.local and (dotted or hit.definition is None or "." not in _within(hit))]


def _sees(hit: _Hit, at: int) -> bool:
    """Whether code at an offset sees a name without a dot before it: a class's own are for its body alone."""
    one = hit.definition
    if one is None or (one.kind in ("method", "attribute")):
        return False
    return one.scope[0] <= at < one.scope[1]


def _width(one: Definition) -> int:
    return one.scope[1] - one.scope[0]


def _within(hit: _Hit) -> str:
    return hit.definition.within if hit.definition else ""


def _longer(qualified: str, name: str) -> str:
    """A part of the qualified name that is one longer than the name."""
    return ".".join(qualified.split(".")[-len(name.split(".")) - 1 :])


def _candidates(hits: Iterable[_Hit]) -> tuple[Found, ...]:
    """One for each name, at most twenty."""
    first: dict[tuple[str, str], _Hit] = {}
    for hit in hits:
        first.setdefault((hit.file.path, hit.qualified), hit)
    return tuple(hit.found() for hit in list(first.values())[:MOST_CANDIDATES])


def _unknown(project: Project, name: str) -> Refusal:
    """With what is spelled alike: another case, underscores or not, a slip."""
    word = name.rpartition(".")[2]
    said = f"`{name}` is not defined in the Python files of this project."
    if word != name and (longer := _hits(project, word, project.python_files())):
        return Refusal(f"{said} There is `{word}`, by another way.", _candidates(longer))
    spelled = _spellings(project)
    alike = get_close_matches(_folded(word), [key for key in spelled if key], n=3, cutoff=0.7)
    names = [(known, spelled[key][known]) for key in alike for known in sorted(spelled[key])]
    hits = [hit for known, paths in names for hit in _hits(project, known, sorted(paths))]
    hits = [hit for hit in hits if not hit.local] or hits
    near = dict.fromkeys(hit.qualified.rpartition(".")[2] for hit in hits)
    hint = f" Perhaps {' or '.join(f'`{known}`' for known in near)}?" if near else " Check the spelling."
    return Refusal(said + hint, _candidates(hits))


def _spellings(project: Project) -> dict[str, dict[str, set[str]]]:
    """What looks like a definition, without a parse: by folded name, each spelling with the files that have it."""
    spelled: dict[str, dict[str, set[str]]] = {}
    for path in project.python_files():
        file = project.try_read(path)
        for found in _SPELLED.finditer(file.text if file else ""):
            known = found[1] or found[2]
            spelled.setdefault(_folded(known), {}).setdefault(known, set()).add(path)
    return spelled


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
