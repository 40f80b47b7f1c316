"""What every result passes: it parses, and what is left of an old name is told."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bridge.harness.refactoring.instructions import is_instruction
from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.values import PYTHON, Changed, Refusal

SHOWN = 12
"""How many leftovers a remark lists; the rest are counted."""


@dataclass(frozen=True, slots=True, order=True)
class Leftover:
    """A place where a name still stands; `where`: in code, in a comment, in a string."""

    path: str
    line: int
    where: str


def guard(project: Project, changed: Changed, gone: str | None) -> Changed:
    """`changed`, once every new Python text parses; Refusal names one that does not.

    `gone`: a name that should not be left; its leftovers become a remark. Files that do not parse are in `skipped`.
    """
    for file in changed.files:
        path = file.moved_to or file.path
        if path.endswith(PYTHON) and (line := _broken_line(file.new)):
            raise Refusal(f"The result would not be valid Python: {path}, line {line}. Nothing is changed.")
    remarks = changed.remarks
    if gone:
        remarks += remark_of(gone, _all_leftovers(project, changed, gone))
    known = {skipped.path for skipped in changed.skipped}
    more = tuple(skipped for skipped in project.skipped_files() if skipped.path not in known)
    return replace(changed, remarks=remarks, skipped=changed.skipped + more)


def leftovers(path: str, text: str, name: str) -> Iterator[Leftover]:
    """Where a text still has a name, as a whole word; nothing of what follows something that is no token."""
    if name not in text:
        return
    word = whole_word(name)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[token.type]
            if kind == "NAME" and token.string == name:
                yield Leftover(path, token.start[0], "in code")
            elif kind == "COMMENT" and word.search(token.string) and not is_instruction(token.string):
                yield Leftover(path, token.start[0], "in a comment")
            elif kind in {"STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE"}:
                for match in word.finditer(token.string):
                    yield Leftover(path, token.start[0] + token.string.count("\n", 0, match.start()), "in a string")
    except (tokenize.TokenError, SyntaxError):
        return


def remark_of(name: str, found: Collection[Leftover]) -> tuple[str, ...]:
    """One sentence for all leftovers, none where there are none."""
    if not found:
        return ()
    places = sorted(set(found))
    shown = ", ".join(f"{place.path}:{place.line} ({place.where})" for place in places[:SHOWN])
    more = f", and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return (f"Not changed, look: `{name}` still stands in {shown}{more}.",)


def whole_word(name: str) -> re.Pattern[str]:
    """Finds a name where it is not part of a longer one."""
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _all_leftovers(project: Project, changed: Changed, name: str) -> list[Leftover]:
    found: list[Leftover] = []
    for path, text in _overlay(project, changed):
        if path.endswith(PYTHON):
            found.extend(leftovers(path, text, name))
            if name in text and (line := _broken_line(text)):
                project.skip(path, f"it does not parse (line {line})")
    return found


def _overlay(project: Project, changed: Changed) -> Iterator[tuple[str, str]]:
    """All texts as they would stand."""
    new = {file.path: (file.moved_to or file.path, file.new) for file in changed.files}
    for path in project.files:
        if path not in new and path.endswith(PYTHON) and (file := project.try_read(path)) is not None:
            yield path, file.text
    yield from new.values()


def _broken_line(text: str) -> int:
    """The line of a syntax error, 0 where there is none."""
    try:
        with warnings.catch_warnings():
            # An invalid escape in somebody's file is a SyntaxWarning; it is theirs.
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except ValueError:
        return 1
    return 0
