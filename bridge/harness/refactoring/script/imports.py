"""The imports at the top of a JavaScript or TypeScript file: unused ones go, the others are merged and sorted."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tree_sitter import Node

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.script.analysis import Analysis
from bridge.harness.refactoring.script.import_block import Import, Specifier, groups
from bridge.harness.refactoring.script.jsx import factories
from bridge.harness.refactoring.script.syntax import Source
from bridge.harness.refactoring.values import Changed, ChangedFile, OrganiseImports, Refusal

_WIDTH = 100
"""A list of names that gets longer than this by merging is written one name a line."""


def organise(project: Project, ask: OrganiseImports) -> Changed:
    """Within each group of imports that stand line upon line: what is certainly unused goes, imports of one module
    become one, names and modules are sorted (packages first, then files). Refusal when there is nothing to do.
    """
    analysis = Analysis(project.read(ask.path))
    source = analysis.source
    found = groups(source)
    if not found:
        raise Refusal(f"{ask.path} has no imports at its top that could be put in order.")
    work = _Work(source)
    _drop_unused(analysis, found, work)
    text = _written(source, [(group, _ordered(work, group)) for group in found], work)
    if text == source.file.text:
        raise Refusal(f"The imports of {ask.path} are in order already.")
    _guard(analysis, SourceFile(ask.path, text, source.file.sha), work.removed)
    changed = ChangedFile(ask.path, source.file.sha, text)
    return Changed(f"Organise the imports of {ask.path}", (changed,), _remarks(work), project.skipped_files())


@dataclass(slots=True)
class _Work:
    """What was decided so far. `kept`: what is left of an import that loses names."""

    source: Source
    removed: set[str] = field(default_factory=set)
    gone: list[Import] = field(default_factory=list)
    statements: dict[int, str] = field(default_factory=dict)
    """New text of a statement, by the byte that it begins at."""


@dataclass(slots=True)
class _Clause:
    """What an import brings, as text."""

    default: str
    namespace: str
    named: list[Specifier]
    style: Node | None


def _drop_unused(analysis: Analysis, found: list[list[Import]], work: _Work) -> None:
    """Names that nothing uses. A file that would be no module any more, or whose uses can't be known, keeps all."""
    unused = _unused(analysis)
    if not unused or analysis.dynamic:
        return
    items = [item for group in found for item in group if not item.fixed]
    gone = [item for item in items if all(node.start_byte in unused for node in _locals(item))]
    modules = [
        child for child in analysis.source.root.named_children if child.type in {"import_statement", "export_statement"}
    ]
    if len(gone) == len(modules):
        return
    work.gone = gone
    for item in items:
        work.removed.update(analysis.source.text(node) for node in _locals(item) if node.start_byte in unused)
        item.named = [specifier for specifier in item.named if specifier.local.start_byte not in unused]
        item.default = None if item.default is not None and item.default.start_byte in unused else item.default
        item.namespace = None if item.namespace is not None and item.namespace.start_byte in unused else item.namespace


def _locals(item: Import) -> list[Node]:
    """The names that an import declares."""
    single = [node for node in (item.default, item.namespace) if node is not None]
    return [*single, *(specifier.local for specifier in item.named)]


def _unused(analysis: Analysis) -> set[int]:
    """Where the unused names of imports begin. JSX uses React unseen; a JSDoc comment may use a name as a type."""
    doubtful = {site.name for site in analysis.sites if not site.certain}
    if analysis.jsx:
        doubtful |= factories(analysis)
    documented: set[str] = set()
    for comment in analysis.comments:
        text = analysis.source.text(comment)
        if text.startswith("/**"):
            documented.update(re.findall(r"[\w$]+", text))
    kept = doubtful | documented
    return {
        site.node.start_byte
        for binding in analysis.bindings
        if binding.name not in kept and all(site.defines == "import" for site in binding.sites)
        for site in binding.sites
    }


def _ordered(work: _Work, group: list[Import]) -> list[Import]:
    """The imports of a group that stay, merged and sorted; their new statements are in `work`."""
    kept: list[tuple[Import, _Clause]] = []
    homes: dict[tuple[str, bool], _Clause] = {}
    for item in group:
        if item in work.gone:
            continue
        clause = _clause(work.source, item)
        home = homes.get((item.module, item.only_types))
        if home is not None and not item.commented and _merges(item, home, clause):
            home.default = home.default or clause.default
            home.named.extend(clause.named)
            home.style = home.style or clause.style
            continue
        kept.append((item, clause))
        if not item.fixed and not clause.namespace:
            homes.setdefault((item.module, item.only_types), clause)
    for item, clause in kept:
        if not item.fixed:
            work.statements[item.node.start_byte] = _statement(work.source, item, clause)
    return [item for item, _ in sorted(kept, key=lambda pair: _module_order(pair[0].module))]


def _clause(source: Source, item: Import) -> _Clause:
    default = source.text(item.default) if item.default is not None else ""
    namespace = source.text(item.namespace) if item.namespace is not None else ""
    return _Clause(default, namespace, list(item.named), item.braces)


def _merges(item: Import, home: _Clause, clause: _Clause) -> bool:
    """Whether two imports of a module can be one. `import type` has a default or names, not both."""
    if item.fixed or clause.namespace or (home.default and clause.default):
        return False
    return not item.only_types or not (home.default or clause.default)


def _module_order(module: str) -> tuple[bool, str, str]:
    """Packages come before files; without regard to case."""
    return (module.startswith("."), module.casefold(), module)


def _statement(source: Source, item: Import, clause: _Clause) -> str:
    """An import as it should be; just as it is, if it says that already."""
    was = source.text(item.node)
    named = sorted(clause.named, key=lambda specifier: (specifier.key.casefold(), specifier.key, specifier.text))
    before = [source.text(child) for child in item.braces.named_children] if item.braces is not None else []
    single = [name for name in (clause.default, f"* as {clause.namespace}" if clause.namespace else "") if name]
    origin = item.node.child_by_field_name("source")
    rest = source.data[origin.start_byte : item.node.end_byte].decode() if origin is not None else ""
    head = "import type " if item.only_types else "import "
    if [specifier.text for specifier in named] == before and _singles(source, item.node) == single:
        return was
    if not named:
        return f"{head}{', '.join(single)} from {rest}"
    texts = [specifier.text for specifier in named]
    flat = f"{head}{', '.join([*single, _braces(source, clause.style, texts)])} from {rest}"
    style = source.text(clause.style) if clause.style is not None else ""
    if "\n" not in style and len(flat) <= max(_WIDTH, len(was)):
        return flat
    end = "\r\n" if source.file.crlf else "\n"
    indent = re.search(r"\n([ \t]+)\S", style)
    lines = [f"{indent[1] if indent else '  '}{text}" for text in texts]
    comma = "," if not indent or re.search(r",\s*\}$", style) else ""
    braces = f"{{{end}{f',{end}'.join(lines)}{comma}{end}}}"
    return f"{head}{', '.join([*single, braces])} from {rest}"


def _singles(source: Source, node: Node) -> list[str]:
    """The default and the namespace of an import, as they are written."""
    clause = next(child for child in node.named_children if child.type == "import_clause")
    return [source.text(child) for child in clause.named_children if child.type != "named_imports"]


def _braces(source: Source, style: Node | None, texts: list[str]) -> str:
    """`{ a, b }` or `{a, b}`, as it was."""
    tight = style is not None and not source.text(style)[1:2].isspace()
    return f"{{{', '.join(texts)}}}" if tight else f"{{ {', '.join(texts)} }}"


def _written(source: Source, ordered: list[tuple[list[Import], list[Import]]], work: _Work) -> str:
    """The text with each group in its new order. Lines move with their ends; a group that is gone takes the blank
    lines below it along.
    """
    lines = source.lines
    parts: list[bytes] = []
    at = 0
    for group, kept in ordered:
        parts.extend(lines[at : group[0].first])
        at = group[-1].last
        parts.extend(_block(source, item, work) for item in kept)
        while not kept and at < len(lines) and not lines[at].strip():
            at += 1
    parts.extend(lines[at:])
    return b"".join(parts).decode()


def _block(source: Source, item: Import, work: _Work) -> bytes:
    """The lines of an import, ended; with its new statement."""
    start = source.byte_of_row(item.first)
    end = source.byte_of_row(item.last)
    node = item.node
    statement = work.statements.get(node.start_byte, source.text(node)).encode()
    block = source.data[start : node.start_byte] + statement + source.data[node.end_byte : end]
    return block if block.endswith(b"\n") else block + (b"\r\n" if source.file.crlf else b"\n")


def _guard(analysis: Analysis, new: SourceFile, removed: set[str]) -> None:
    """The new text is looked through afresh: it imports what it did, and nothing that it uses is missing."""
    after = Analysis(new)
    if _missing(after) != _missing(analysis) or _imported(after) != _imported(analysis) - removed:
        raise Refusal(f"The imports of {new.path} can't be put in order by rule without a change of meaning.")


def _missing(analysis: Analysis) -> Counter[str]:
    return Counter(site.name for site in analysis.sites if site.binding is None)


def _imported(analysis: Analysis) -> set[str]:
    return {binding.name for binding in analysis.bindings if "import" in binding.kinds}


def _remarks(work: _Work) -> tuple[str, ...]:
    remarks = []
    if work.removed:
        remarks.append(f"Not used, taken out: {', '.join(f'`{name}`' for name in sorted(work.removed))}.")
    modules = sorted({item.module for item in work.gone})
    if modules:
        shown = ", ".join(f'"{module}"' for module in modules)
        remarks.append(
            f"No longer imported: {shown}. Where one is needed for what it does on loading, "
            "keep `import` with its name alone."
        )
    return tuple(remarks)
