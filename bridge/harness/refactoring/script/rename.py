"""Another name for what one JavaScript or TypeScript file declares for itself."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from tree_sitter import Node

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.script.analysis import Analysis
from bridge.harness.refactoring.script.collisions import check_collisions, check_name
from bridge.harness.refactoring.script.find import analyses, definitions_of, named, place
from bridge.harness.refactoring.script.jsx import factories
from bridge.harness.refactoring.script.mentions import Mentions, mentions
from bridge.harness.refactoring.script.scopes import Binding, Site
from bridge.harness.refactoring.script.syntax import speaks
from bridge.harness.refactoring.values import Changed, ChangedFile, Found, LineNote, Refusal, Rename

_SHORTHAND = frozenset({"shorthand_property_identifier", "shorthand_property_identifier_pattern"})
_SHOWN = 5
"""So many lines, or files, are named in a remark; then their number."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` to `end` become `new`."""

    start: int
    end: int
    new: str


def rename(project: Project, ask: Rename) -> Changed:
    """All uses in its file. Refusal where the name is known outside of the file, where a rule can't tell its uses, or
    where the new name would meet another.

    What is written short stays right: `{ a }` becomes `{ a: b }`, `import { a }` becomes `import { a as b }`; and
    the other way round, so that a rename can be taken back.
    """
    analysis, binding = _meant(project, ask)
    _check(analysis, binding)
    check_name(binding, ask.new_name)
    check_collisions(analysis, binding, ask.new_name)
    named_in = mentions(analysis, binding)
    code = [_edit(analysis, site, ask.new_name) for site in binding.sites]
    comments = [Edit(start, end, ask.new_name) for start, end in named_in.sure] if ask.docs else []
    file = analysis.source.file
    new = _apply(analysis, [*code, *comments])
    _guard(analysis, SourceFile(file.path, new, file.sha), binding, ask.new_name)
    changed = ChangedFile(file.path, file.sha, new, notes=_notes(analysis, code, comments))
    remarks = (*_left(analysis, binding, named_in, docs=ask.docs), *_scripts_beside(project, analysis, binding))
    title = f"Rename `{binding.name}` to `{ask.new_name}` in {file.path}"
    return Changed(title, (changed,), remarks, project.skipped_files())


def _meant(project: Project, ask: Rename) -> tuple[Analysis, Binding]:
    if ask.symbol.at is not None:
        return place(project, ask.symbol)
    found = [
        (analysis, binding)
        for analysis in analyses(project, ask.symbol)
        for binding in named(analysis, ask.symbol.name)
    ]
    if len(found) == 1:
        return found[0]
    where = ask.symbol.path or "the JavaScript and TypeScript files"
    if not found:
        raise Refusal(
            f"No function, class, variable, parameter or import called `{ask.symbol.name}` is declared in {where}. "
            "Properties and methods can't be followed by rule there; a language model can do the rest."
        )
    candidates: list[Found] = [place for analysis, binding in found for place in definitions_of(analysis, binding)]
    raise Refusal(
        f"`{ask.symbol.name}` is declared more than once in {where}. Say which: file, line and column.",
        tuple(candidates),
    )


def _check(analysis: Analysis, binding: Binding) -> None:
    """Refusal where not all uses can be known."""
    line, name = analysis.source.line, binding.name
    if analysis.dynamic:
        first = analysis.dynamic[0]
        word = "with" if first.type == "with_statement" else "eval"
        raise Refusal(
            f"{analysis.source.file.path} has `{word}` on line {line(first)}: what its names mean is known "
            "only when it runs. "
            "A language model can propose it, for you to check."
        )
    if name in {"arguments", "undefined"}:
        raise Refusal(f"`{name}` has a meaning of its own in the language; its uses can't be told apart by rule.")
    if binding.exported:
        raise Refusal(
            f"`{name}` is exported (line {binding.exported}): other files may use it by that name, "
            "and they can't be followed by rule. "
            "A language model can rename it in all files; or take the export away first, if nothing uses it."
        )
    if binding.ambient:
        raise Refusal(
            f"`{name}` is declared with `declare` (line {line(binding.definitions[0].node)}): it stands for "
            "something outside of this file, "
            "which would keep its name."
        )
    if binding.trouble:
        raise Refusal(f"`{name}` {binding.trouble}; its uses can't be told by rule. A language model can do it.")
    unsure = next((site for site in analysis.sites if site.name == name and not site.certain), None)
    if unsure is not None:
        raise Refusal(
            f"What `{name}` means on line {line(unsure.node)} can't be told from this file: "
            "it stands in a namespace or module "
            "that is declared in several places. A language model can do it."
        )
    if analysis.jsx and "import" in binding.kinds and name in factories(analysis):
        raise Refusal(f"JSX is turned into calls of `{name}`, so it has to keep its name in this file.")


def _edit(analysis: Analysis, site: Site, new: str) -> Edit:
    """The new name at a site; what was short there is written out, what need not be long any more becomes short."""
    node = site.node
    start, end = node.start_byte, node.end_byte
    parent = node.parent
    if node.type in _SHORTHAND:
        return Edit(start, end, f"{site.name}: {new}")
    if parent is None:
        return Edit(start, end, new)
    if parent.type == "import_specifier" and parent.child_by_field_name("alias") is None:
        return Edit(start, end, f"{site.name} as {new}")
    if parent.type == "import_specifier":
        return Edit(_short_from(analysis, parent.child_by_field_name("name"), node, f"{new} as "), end, new)
    value = node
    if parent.type == "assignment_pattern" and parent.child_by_field_name("left") == node:
        value, parent = parent, parent.parent or parent
    if (
        parent.type in {"pair", "pair_pattern"}
        and parent.child_by_field_name("value") == value
        and (value == node or "pattern" in parent.type)
    ):
        return Edit(_short_from(analysis, parent.child_by_field_name("key"), node, f"{new}: "), end, new)
    return Edit(start, end, new)


def _short_from(analysis: Analysis, key: Node | None, node: Node, spelled: str) -> int:
    """Where the edit begins: at the key, if it is the new name and nothing but `spelled` stands before the old one."""
    if key is None or analysis.source.data[key.start_byte : node.start_byte].decode() != spelled:
        return node.start_byte
    return key.start_byte


def _apply(analysis: Analysis, edits: list[Edit]) -> str:
    data = analysis.source.data
    parts = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts.extend([data[at : edit.start], edit.new.encode()])
        at = edit.end
    return b"".join([*parts, data[at:]]).decode()


def _guard(analysis: Analysis, new: SourceFile, renamed: Binding, name: str) -> None:
    """The new text is looked through afresh: each name has to mean what it meant."""
    try:
        after = Analysis(new)
    except Refusal as refusal:
        raise Refusal(f"The new name does not fit: {refusal.refused.why}") from refusal
    there: dict[int, int] = {}
    back: dict[int, int] = {}
    for old, now in zip(analysis.sites, after.sites, strict=False):
        first, second = id(old.binding), id(now.binding)
        same_name = old.binding is renamed or old.name == now.name
        if there.setdefault(first, second) != second or back.setdefault(second, first) != first or not same_name:
            line = analysis.source.line(old.node)
            raise Refusal(
                f"With the new name, `{old.name}` on line {line} would mean something else. Choose another name."
            )
        # Such as a function in a block of a script, which would now be seen outside of it.
        if old.binding is not None and now.binding is not None and now.binding.trouble and not old.binding.trouble:
            raise Refusal(f"`{name}` stands in this file already, and then {now.binding.trouble}. Choose another name.")
    if len(analysis.sites) != len(after.sites):
        raise Refusal("With the new name the file would not read as before. Choose another name.")


def _notes(analysis: Analysis, code: list[Edit], comments: list[Edit]) -> tuple[LineNote, ...]:
    """Lines that only a comment changes; one that code changes too can't be decided by itself."""
    point = analysis.source.point
    busy = {point(edit.start).line for edit in code}
    lines = sorted({point(edit.start).line for edit in comments} - busy)
    return tuple(LineNote(line, "in a comment") for line in lines)


def _left(analysis: Analysis, binding: Binding, found: Mentions, *, docs: bool) -> list[str]:
    """What still has the old name and was not changed."""
    unsure = list(found.unsure)
    if not docs:
        unsure.extend(analysis.source.point(start).line for start, _ in found.sure)
    remarks = []
    for what, lines in (("a comment", sorted(set(unsure))), ("a string", list(found.strings))):
        if lines:
            shown = ", ".join(map(str, lines[:_SHOWN])) + (
                f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
            )
            remarks.append(f"`{binding.name}` stands in {what} on line {shown}: not changed, look.")
    return remarks


def _scripts_beside(project: Project, analysis: Analysis, binding: Binding) -> list[str]:
    """The top level of a script is shared with the scripts of the same page; which those are is not known here."""
    if analysis.module or binding.scope is not analysis.program:
        return []
    here = analysis.source.file.path
    others = []
    for path in project.files:
        if path == here or not (speaks(path) or PurePosixPath(path).suffix in {".html", ".htm"}):
            continue
        file = project.try_read(path)
        if file is not None and binding.name in file.text:
            others.append(path)
    if not others:
        return []
    shown = ", ".join(others[:_SHOWN]) + (f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else "")
    beside = f"Where it is loaded beside other scripts, they may use `{binding.name}`; look at {shown}."
    return [f"{here} has no import or export. {beside}"]
