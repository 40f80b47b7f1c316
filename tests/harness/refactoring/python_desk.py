"""Python texts with the places of one name marked: «certain» ones, and ‹others› that are not, or that are mentions."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.names.uses import uses
from bridge.harness.refactoring.python.rename import rename
from bridge.harness.refactoring.values import Changed, FindSymbol, Point, Refusal, Rename, Request, Symbol

_MARK = re.compile(r"«([^»]*)»|‹([^›]*)›")


class Desk:
    """Marked texts as the buffers of a project; nothing is on disk."""

    def __init__(self, marked: dict[str, str]) -> None:
        """The texts, by path."""
        self.texts = {path: _MARK.sub(lambda m: m[1] or m[2], text) for path, text in marked.items()}
        self.certain: list[tuple[str, int]] = []
        self.uncertain: list[tuple[str, int]] = []
        for path, text in sorted(marked.items()):
            shift = 0
            for match in _MARK.finditer(text):
                (self.certain if match[1] else self.uncertain).append((path, match.start() - shift))
                shift += 2
        self.project = Project(Path("/nowhere"))
        self.take(self.texts)

    def take(self, texts: dict[str, str]) -> None:
        """Other texts, in the same project."""
        self.project.take(Request(1, "/nowhere", tuple(texts), texts, FindSymbol(Symbol(name="unused"))))

    def found(self, nth: int = 0, *, mentions: bool = False) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """The certain and the other uses of the nth certain mark, as places."""
        path, offset = self.certain[nth]
        all_uses = uses(self.project, self.project.read(path), offset, mentions)
        certain = [(use.path, use.start) for use in all_uses if use.certain]
        return certain, [(use.path, use.start) for use in all_uses if not use.certain]

    def symbol(self, nth: int = 0) -> Symbol:
        """The nth certain mark."""
        path, offset = self.certain[nth]
        return Symbol(path, self.project.read(path).point(offset))

    def renamed(self, new: str, nth: int = 0, *, docs: bool = True) -> Changed:
        """The nth certain mark with another name."""
        return rename(self.project, Rename(self.symbol(nth), new, docs))

    def refused(self, new: str, nth: int = 0) -> str:
        """Why not."""
        with pytest.raises(Refusal) as caught:
            self.renamed(new, nth)
        return caught.value.refused.why


def after(texts: dict[str, str], changed: Changed) -> dict[str, str]:
    """The texts, changed."""
    result = dict(texts)
    for file in changed.files:
        del result[file.path]
        result[file.moved_to or file.path] = file.new
    return result


def at(text: str, part: str, nth: int = 0) -> Point:
    """Where the nth occurrence of `part` begins."""
    offset = -1
    for _ in range(nth + 1):
        offset = text.index(part, offset + 1)
    return Point(text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def output_of(texts: dict[str, str], folder: Path, main: str) -> str:
    """What a program of ours prints, run in a process of its own."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
        ast.parse(text)
    argv = [sys.executable, "-I", "-B", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); import {main}"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
