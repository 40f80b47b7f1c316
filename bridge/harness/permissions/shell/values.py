"""What a command is read in, and what the reader says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bridge.harness.values.policy import Effect


@dataclass(frozen=True, slots=True)
class Piece:
    """A node of the syntax tree; offsets are bytes."""

    kind: str
    start: int
    end: int
    inside: tuple["Piece", ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command would run.

    `root` is the workspace, `cwd` the folder it starts in, `trusted` whether the person trusts the workspace. `resolve`
    says where a path leads through links; `which` where a program is found on the commands' PATH, None where it is not.
    `secret_below` says, as a phrase, that a folder holds credentials, or nothing; its flag asks for hidden files too.
    `forbidden` are folders of the bridge's own state.
    """

    root: Path
    cwd: Path
    home: Path
    trusted: bool
    resolve: Callable[[Path], Path]
    which: Callable[[str], Path | None]
    secret_below: Callable[[Path, bool], str]
    forbidden: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """A path that a command reads; with `below` perhaps also all that lies below it. Absolute, literal and resolved."""

    kind: Literal["read", "list"]
    path: Path
    resolved: Path
    below: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One simple command as it would run: decoded words, the folders it may run in, and the reader's verdict.

    `known` tells that its program is one of the reader's own: what the reader then refuses, no rule with a `*` covers.
    """

    words: tuple[str, ...]
    folders: frozenset[Path]
    effect: Effect
    why: str
    known: bool = False
    touched: tuple[Touched, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A command as it is found in a text by the wide reading, which misses nothing for being badly written.

    Words are unquoted; `$NAME` stands for itself, `$()` for a substitution, whose programs are in `holds`. Redirections
    are an operator and its target. Commands of one pipeline have the same number.
    """

    words: tuple[str, ...]
    redirects: tuple[tuple[str, str], ...] = ()
    pipeline: int = 0
    holds: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The name of the program, without its folder."""
        return self.words[0].rpartition("/")[2].casefold() if self.words else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command is.

    `effect` is the worst of all, `why` its reason. `whole` tells that the text is nothing but its `members`, so that
    rules may allow them one by one. `found` is the wide reading, for rules that deny: it also holds what other commands
    would run (`env x`, `bash -c x`).
    """

    effect: Effect
    why: str
    whole: bool
    members: tuple[Member, ...]
    found: tuple[Found, ...]

    @property
    def touched(self) -> tuple[Touched, ...]:
        """The paths that its members read."""
        return tuple(one for member in self.members for one in member.touched)
