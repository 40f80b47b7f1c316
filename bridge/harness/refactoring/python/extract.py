"""Selected statements or an expression become a function of their own; an expression becomes a variable."""

import ast
import builtins
import keyword
import re
from dataclasses import replace

from bridge.harness.refactoring.project import Project, SourceFile, with_ends_of
from bridge.harness.refactoring.python.extraction.extract_function import extract_expression, extract_statements
from bridge.harness.refactoring.python.extraction.extract_variable import extract_variable, suggested
from bridge.harness.refactoring.python.extraction.selecting import Expression, bounds, expression_in, statements_in
from bridge.harness.refactoring.python.guards import guard
from bridge.harness.refactoring.python.names.index import index_of
from bridge.harness.refactoring.python.names.outline import outline
from bridge.harness.refactoring.python.names.scopes import Outline
from bridge.harness.refactoring.python.reading.edits import Replacement, line_edits, replaced
from bridge.harness.refactoring.python.reading.source import read_source
from bridge.harness.refactoring.values import Changed, ChangedFile, Extract, LineNote, Refusal

_Edits = tuple[list[Replacement], str, tuple[LineNote, ...]]
_STATEMENT_OF_VALUE = re.compile(r"(?:return\b|[^\W\d]\w*\s*(?::[^=\n]+)?=(?!=))\s*")


def extract(project: Project, ask: Extract) -> Changed:
    """The selection as a function or a variable; Refusal where that would change what the program does.

    Only the selected place is changed. An empty name lets a free one be chosen.
    """
    path = ask.selection.path
    file = project.read(path)
    found = index_of(project).outline(path)
    if found is None:
        raise Refusal(f"{path} can't be analysed: {project.skipped.get(path, 'it is no Python file')}.")
    start, end = bounds(found.source, file, ask.selection)
    edits, name, notes = _edits(found, ask, start, end)
    text = with_ends_of(file, replaced(found.source.text, edits))
    lines = tuple(replace(one, new=with_ends_of(file, one.new)) for one in line_edits(found.source.text, edits))
    changed = guard(project, Changed("", (ChangedFile(path, file.sha, text, notes=notes, edits=lines),)), None)
    _check_names(found, file, text)
    kind = "function" if ask.into == "function" else "variable"
    return Changed(f"Extract the {kind} `{name}`", changed.files, changed.remarks, changed.skipped)


def _edits(found: Outline, ask: Extract, start: int, end: int) -> _Edits:
    expression = expression_in(found.source, start, end)
    if ask.into == "variable":
        if expression is None and (value := _STATEMENT_OF_VALUE.match(found.source.text, start, end)) is not None:
            # A whole `return …` or `name = …` is selected: its value is meant.
            expression = expression_in(found.source, value.end(), end)
        if expression is None:
            raise Refusal("A variable can be made of one whole expression only. Select an expression, all of it.")
        name = _name(found, ask.new_name, suggested(expression.node))
        edits, why = extract_variable(found, expression, name)
        line = found.source.line_of(expression.start)
        return edits, name, (LineNote(line, why),) if why else ()
    name = _name(found, ask.new_name, "extracted")
    if expression is not None and not _is_statement(found, expression):
        return extract_expression(found, expression, name), name, ()
    return extract_statements(found, statements_in(found.source, start, end), name), name, ()


def _is_statement(found: Outline, chosen: Expression) -> bool:
    """Whether an expression is a statement of its own, such as a call whose result nobody takes."""
    return any(isinstance(node, ast.Expr) and node.value is chosen.node for node in ast.walk(found.source.tree))


def _name(found: Outline, asked: str, suggestion: str) -> str:
    """The name that is asked for, if it is free; or a free one."""
    taken = {event.name for event in found.events} | {access.name for access in found.accesses}
    if asked := asked.strip():
        if not asked.isidentifier() or keyword.iskeyword(asked):
            raise Refusal(f"`{asked}` is not a name that Python allows. Choose another name.")
        if asked in taken:
            event = next((event for event in found.events if event.name == asked), None)
            start = event.start if event else next(one.start for one in found.accesses if one.name == asked)
            line = found.source.line_of(start)
            raise Refusal(f"`{asked}` is taken: {found.source.path}, line {line}. Choose another name.")
        return asked
    number, name = 1, suggestion
    while name in taken or keyword.iskeyword(name) or hasattr(builtins, name):
        number += 1
        name = f"{suggestion}_{number}"
    return name


def _check_names(before: Outline, file: SourceFile, text: str) -> None:
    """Refusal where a name has lost what it means; it is a check of our own work, which should not find anything."""
    after = outline(read_source(SourceFile(file.path, text, file.sha)))
    lost = sorted(_unbound(after) - _unbound(before))
    if lost:
        raise Refusal(f"`{lost[0]}` would not be known at its new place. Select more, or less.")


def _unbound(found: Outline) -> set[str]:
    return {event.name for event in found.events if event.binding is None and not hasattr(builtins, event.name)}
