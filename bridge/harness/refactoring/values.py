"""What is asked of the refactoring worker and what it answers. Plain data: it travels as JSON.

Paths are relative to the workspace root, with "/". Lines and columns count from 1, columns in characters; an end is
exclusive: the column after the last character.
"""

from dataclasses import dataclass
from typing import Literal

from bridge.harness.values.proposals import LineNote as LineNote
from bridge.harness.values.text import Sha

PYTHON = (".py", ".pyi")
SCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
"""What the names of files end in, that can be looked into: Python's; JavaScript's and TypeScript's."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a text."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """Which name is meant: by the place of any of its uses, or by name, or by name near a place.

    `name` may be dotted (`Basket.total`, `shop.basket.total`). `path` alone with a name looks for its definition there.
    """

    path: str = ""
    at: Point | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Code from `start` to `end`."""

    path: str
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class FindSymbol:
    """Where a name is defined; with `usages`, also where it is used."""

    symbol: Symbol
    usages: bool = False
    action: Literal["find"] = "find"


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for a function, class, method, variable, parameter or module.

    `docs`: in comments and strings too.
    """

    symbol: Symbol
    new_name: str
    docs: bool = True
    action: Literal["rename"] = "rename"


@dataclass(frozen=True, slots=True)
class Extract:
    """Selected statements or an expression become a function or a variable; an empty name lets the worker choose."""

    selection: Selection
    into: Literal["function", "variable"]
    new_name: str = ""
    action: Literal["extract"] = "extract"


@dataclass(frozen=True, slots=True)
class Inline:
    """Each use of a variable or function becomes what it stands for; then its definition goes."""

    symbol: Symbol
    action: Literal["inline"] = "inline"


@dataclass(frozen=True, slots=True)
class Move:
    """A module-level function, class or constant goes to another module, which may be new.

    Its users import it there. `to` is a path, or the dotted name of a module.
    """

    symbol: Symbol
    to: str
    action: Literal["move"] = "move"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it should be: `was` is its name now, empty for a new one.

    `default` and `annotation` are source text; None keeps what there is.
    `value`: what callers pass for a new parameter.
    """

    name: str
    was: str = ""
    annotation: str | None = None
    default: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSignature:
    """All parameters of a function as they should be, in order; without self or cls. Those not named any more go."""

    symbol: Symbol
    parameters: tuple[Parameter, ...]
    action: Literal["change_signature"] = "change_signature"


@dataclass(frozen=True, slots=True)
class OrganiseImports:
    """Unused imports go, the others are sorted."""

    path: str
    action: Literal["organise_imports"] = "organise_imports"


Ask = FindSymbol | Rename | Extract | Inline | Move | ChangeSignature | OrganiseImports


def path_of(ask: Ask) -> str:
    """The file that is asked about; empty where only a name is given."""
    match ask:
        case OrganiseImports(path=path):
            return path
        case Extract(selection=selection):
            return selection.path
        case _:
            return ask.symbol.path


@dataclass(frozen=True, slots=True)
class Request:
    """One question. `files` are all source files of the project that may be read; `buffers` texts that stand before
    the disk's: unsaved ones, and those with the session's own pending work.
    """

    id: int
    root: str
    files: tuple[str, ...]
    buffers: dict[str, str]
    ask: Ask


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Whole lines from `start` up to `end`, which is not among them, both counted from 1, become `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file's new text, with its own line endings.

    `old` is the hash of the text that it was computed on, empty for a new file. `moved_to`: the file itself goes
    there. `notes` mark lines that are not certain (`the type of box is not known`), or that are no code (`in a
    docstring`): each is a hunk of its own, for the person to decide. `edits` are the changes as they were made, where
    a comparison of the texts may tell them otherwise.
    """

    path: str
    old: Sha
    new: str
    moved_to: str = ""
    notes: tuple[LineNote, ...] = ()
    edits: tuple[LineEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A place of a name, with its line, stripped.

    `kind` of a definition: function, class, method, variable, parameter, attribute, module; `name` is its qualified
    name. `kind` of a use: use, import, uncertain, mention; `why` tells of an uncertain one what is not known, and of a
    mention where it stands: docstring, comment or string.
    """

    path: str
    at: Point
    kind: str
    name: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be looked into, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What would change. `remarks`: sentences for the person and the model, such as what was not changed."""

    title: str
    files: tuple[ChangedFile, ...]
    remarks: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    outcome: Literal["changed"] = "changed"


@dataclass(frozen=True, slots=True)
class Usages:
    """What `FindSymbol` found: definitions, and uses if asked for."""

    definitions: tuple[Found, ...]
    uses: tuple[Found, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    outcome: Literal["usages"] = "usages"


@dataclass(frozen=True, slots=True)
class Refused:
    """It can't be done, in a sentence that says what to do instead. `candidates`: what was perhaps meant."""

    why: str
    candidates: tuple[Found, ...] = ()
    outcome: Literal["refused"] = "refused"


Answer = Changed | Usages | Refused


class Refusal(Exception):
    """Raised inside the worker; its `refused` is the answer."""

    def __init__(self, why: str, candidates: tuple[Found, ...] = ()) -> None:
        super().__init__(why)
        self.refused = Refused(why, candidates)
