"""A project of script texts in memory, and asks about the names that are marked in them."""

import re
from pathlib import Path

import pytest

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.script.rename import rename
from bridge.harness.refactoring.values import Changed, FindSymbol, Point, Refusal, Rename, Request, Symbol

_MARK = re.compile(r"«([^»]*)»|‹([^›]*)›|⟨([^⟩]*)⟩")


def project_of(**texts: str) -> Project:
    """Files by path, as buffers; nothing is on disk."""
    return project_with(texts)


def project_with(texts: dict[str, str]) -> Project:
    """The same, for paths that are no names."""
    project = Project(Path("/nowhere"))
    project.take(Request(1, "/nowhere", tuple(texts), texts, FindSymbol(Symbol(name="unused"))))
    return project


def text_of(marked: str, new: str) -> tuple[str, str]:
    """The text without marks, and as it should be: «a» → new, ‹a› → a: new, ⟨a⟩ → a as new."""

    def renamed(match: re.Match[str]) -> str:
        if match[2]:
            return f"{match[2]}: {new}"
        return f"{match[3]} as {new}" if match[3] else new

    return _MARK.sub(lambda match: match[1] or match[2] or match[3], marked), _MARK.sub(renamed, marked)


def place_of(marked: str, nth: int = 0) -> Point:
    """Where the nth mark's name begins, in the text without marks."""
    match = list(_MARK.finditer(marked))[nth]
    before, _ = text_of(marked[: match.start()], "")
    return Point(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def changed(path: str, old: str, at: Point, name: str, *, docs: bool = True) -> Changed:
    """A rename at a place."""
    return rename(project_with({path: old}), Rename(Symbol(path, at), name, docs))


def renamed(path: str, old: str, marked: str, nth: int = 0, name: str = "") -> str:
    """The text after the nth marked name was renamed; to New where it is an element of JSX."""
    name = name or ("New" if "Box" in marked else "new1")
    return changed(path, old, place_of(marked, nth), name).files[0].new


def refused(path: str, old: str, marked: str, name: str) -> str:
    """Why the first marked name can't be renamed."""
    with pytest.raises(Refusal) as caught:
        changed(path, old, place_of(marked), name)
    return caught.value.refused.why
