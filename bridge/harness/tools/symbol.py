"""Which name a call means: from a tool's input to what the refactoring worker understands."""

from typing import Protocol

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.refactoring.values import Point, Symbol
from bridge.harness.tools.contract import Context


class SymbolInput(Protocol):
    """The inputs of a tool that name a symbol. Lines and columns count from 1."""

    @property
    def symbol(self) -> str | None:
        """The name, perhaps dotted."""
        ...

    @property
    def path(self) -> str | None:
        """The file."""
        ...

    @property
    def line(self) -> int | None:
        """A line of the file."""
        ...

    @property
    def column(self) -> int | None:
        """A column of the line."""
        ...


def symbol_of(given: SymbolInput, context: Context) -> Symbol:
    """The symbol; its path is relative to the root. ToolInputError where a place has no file."""
    path = inside(given.path, context) if given.path else ""
    if given.line is None:
        return Symbol(path, None, (given.symbol or "").strip())
    if not path:
        raise ToolInputError("a line needs the path of its file", hint="Give path too, or symbol alone.")
    return Symbol(path, Point(given.line, given.column or 1), (given.symbol or "").strip())


def inside(path: str, context: Context) -> str:
    """A path as a model writes it, relative to the root, with slashes. FileProblem where it leads out of there."""
    place = context.workspace.locate(path)
    if not place.inside:
        raise FileProblem("outside_workspace", path)
    return place.resolved.relative_to(context.workspace.root.resolve()).as_posix()
