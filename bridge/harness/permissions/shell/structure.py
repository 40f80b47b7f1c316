"""The narrow reading: a text as simple commands, by an allowlist of what the syntax tree may hold.

What is not on the list asks: expansions, assignments, functions, loops, background, here-documents, writes. The tree is
not believed alone: its words have to be whole words by our own reading (`words.literal`), with nothing but blanks in
between, and nothing of the text may be left over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.permissions.shell.values import Member, Piece
from bridge.harness.permissions.shell.words import literal

Folders = frozenset[Path]
"""The folders that a command may run in: whether a `cd` before it worked isn't known."""

_WORDS = frozenset({"word", "number", "raw_string", "string", "concatenation"})
_IN_WORDS = _WORDS | {"string_content", '"', "$"}
_NO_EFFECT = re.compile(r"(?:[12]?>>?|&>)[ \t]*/dev/null|2>&1|1>&2|>&2|[0]?<[ \t]*/dev/null")
_READS = re.compile(r"0?<[ \t]*(?P<target>[^ \t<>&(].*)", re.DOTALL)
MAX_MEMBERS = 60

CHANGES_SHELL = frozenset(
    {
        ".", "alias", "bind", "builtin", "compgen", "complete", "compopt", "coproc", "declare", "dirs", "disown",
        "enable", "eval", "exec", "export", "fc", "getopts", "hash", "history", "let", "local", "mapfile", "popd",
        "pushd", "read", "readarray", "readonly", "set", "shopt", "source", "suspend", "trap", "typeset", "ulimit",
        "umask", "unalias", "unset",
    }
)  # fmt: skip
"""Builtins after which the commands that follow are not what they say."""


class Unread(Exception):
    """The text holds what is not on the list; the reason is a phrase for a person."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A simple command that was read: its words, where it may run, and the files that its redirections read."""

    words: tuple[str, ...]
    folders: Folders
    inputs: tuple[str, ...]


Judge = Callable[[Stage], Member]
Enter = Callable[[Path, tuple[str, ...]], Path | None]
"""Where a `cd` with these operands leads from a folder; None: nowhere that is known."""


class Reader:
    """Reads one text. `members` are the commands so far, in order."""

    def __init__(self, data: bytes, judge: Judge, enter: Enter) -> None:
        """`judge` says what a command is; `enter` where a `cd` leads."""
        self._data = data
        self._judge = judge
        self._enter = enter
        self._covered: list[tuple[int, int]] = []
        self.members: list[Member] = []

    def read(self, root: Piece, folders: Folders) -> None:
        """Take in the whole program. Raises `Unread`."""
        self._sequence(root.inside, folders)
        at = 0
        for start, end in [*sorted(self._covered), (len(self._data), len(self._data))]:
            if start < at or self._data[at:start].strip(b" \t\n"):
                raise Unread("not all of it can be read")
            at = end

    def _statement(self, node: Piece, folders: Folders) -> tuple[Folders, Folders]:
        """The folders that the shell is in after it, where it succeeded and where it failed."""
        match node.kind:
            case "command" | "test_command":
                return self._command(node, folders, ())
            case "redirected_statement":
                return self._redirected(node, folders)
            case "list":
                return self._list(node, folders)
            case "pipeline":
                return self._pipeline(node, folders)
            case "subshell":
                return self._subshell(node, folders)
        raise Unread(f"it holds {_called(node.kind)}")

    def _sequence(self, nodes: tuple[Piece, ...], folders: Folders) -> Folders:
        parted = True
        at = nodes[0].start if nodes else 0
        for node in nodes:
            parted = parted or b"\n" in self._data[at : node.start]
            at = node.end
            if node.kind in (";", "\n"):
                self._cover(node)
                parted = True
            elif node.kind == "comment":
                self._comment(node)
            elif not parted:
                raise Unread("its commands can't be told apart")
            else:
                good, bad = self._statement(node, folders)
                folders = good | bad
                parted = False
        return folders

    def _list(self, node: Piece, folders: Folders) -> tuple[Folders, Folders]:
        if len(node.inside) != 3 or node.inside[1].kind not in ("&&", "||"):
            raise Unread("it holds a list of another kind")
        left, operator, right = node.inside
        self._cover(operator)
        good, bad = self._statement(left, folders)
        if operator.kind == "&&":
            then, otherwise = self._statement(right, good)
            return then, bad | otherwise
        then, otherwise = self._statement(right, bad)
        return good | then, otherwise

    def _pipeline(self, node: Piece, folders: Folders) -> tuple[Folders, Folders]:
        """Each member is a process of its own."""
        for index, part in enumerate(node.inside):
            if index % 2 == 0:
                self._statement(part, folders)
            elif part.kind == "|":
                self._cover(part)
            else:
                raise Unread("it holds a pipe of another kind")
        return folders, folders

    def _subshell(self, node: Piece, folders: Folders) -> tuple[Folders, Folders]:
        opening, *inside, closing = node.inside
        if opening.kind != "(" or closing.kind != ")" or not inside:
            raise Unread("it holds a subshell that can't be read")
        self._cover(opening)
        self._cover(closing)
        self._sequence(tuple(inside), folders)
        return folders, folders

    def _redirected(self, node: Piece, folders: Folders) -> tuple[Folders, Folders]:
        body, *redirects = node.inside
        inputs = tuple(target for one in redirects if (target := self._redirect(one)))
        if not inputs:
            return self._statement(body, folders)
        if body.kind != "command":
            raise Unread("it redirects more than one command")
        return self._command(body, folders, inputs)

    def _redirect(self, node: Piece) -> str:
        """The file that it reads; empty for one without effect."""
        if node.kind != "file_redirect":
            raise Unread(f"it holds {_called(node.kind)}")
        self._cover(node)
        raw = self._text(node)
        if _NO_EFFECT.fullmatch(raw):
            return ""
        reads = _READS.fullmatch(raw)
        target = _word(node.inside[-1], reads["target"]) if reads else None
        if target is None:
            raise Unread("it redirects to a file, or in a way that is not known")
        return target

    def _command(self, node: Piece, folders: Folders, inputs: tuple[str, ...]) -> tuple[Folders, Folders]:
        if len(self.members) >= MAX_MEMBERS:
            raise Unread(f"it holds more than {MAX_MEMBERS} commands")
        words = self._test(node) if node.kind == "test_command" else self._words(node.inside)
        if words[0] in CHANGES_SHELL:
            raise Unread(f"{words[0]} changes the shell itself")
        member = self._judge(Stage(words, folders, inputs))
        self.members.append(member)
        if words[0] != "cd":
            return folders, folders
        entered = [self._enter(folder, words[1:]) for folder in folders]
        if None in entered:
            raise Unread("where it changes to is not known, or outside the workspace")
        return frozenset(folder for folder in entered if folder), folders

    def _words(self, nodes: tuple[Piece, ...]) -> tuple[str, ...]:
        if not nodes or nodes[0].kind != "command_name":
            raise Unread("it sets a variable, or names its program by an expansion")
        words: list[str] = []
        at = -1
        for index, node in enumerate(nodes):
            inner = node.inside[0] if index == 0 and len(node.inside) == 1 else node
            if at >= 0 and not re.fullmatch(rb"[ \t]+", self._data[at : node.start]):
                raise Unread("its words can't be told apart")
            at = node.end
            if (word := _word(inner, self._text(node))) is None:
                raise Unread("it holds words that the shell expands")
            self._cover(node)
            words.append(word)
        if words[0] == "!" or not words[0]:
            raise Unread("it names no program")
        return tuple(words)

    def _test(self, node: Piece) -> tuple[str, ...]:
        """`[ -f x ]` alone: other operators can run code."""
        words = self._text(node).split()
        decoded = [word for raw in words[1:-1] if (word := literal(raw))]
        if (
            words[:1] != ["["]
            or words[-1] != "]"
            or not len(words) - 2 == len(decoded) == 2
            or "\n" in self._text(node)
        ):
            raise Unread("it holds a test of another kind")
        self._cover(node)
        return ("[", *decoded, "]")

    def _comment(self, node: Piece) -> None:
        before = self._data[node.start - 1 : node.start] if node.start else b"\n"
        text = self._text(node)
        if before not in (b" ", b"\t", b"\n", b";") or not text.startswith("#") or "\n" in text:
            raise Unread("it holds a comment that can't be read")
        if self._data[node.end : node.end + 1] not in (b"", b"\n"):
            raise Unread("it holds a comment that does not end with its line")
        self._cover(node)

    def _cover(self, node: Piece) -> None:
        self._covered.append((node.start, node.end))

    def _text(self, node: Piece) -> str:
        return self._data[node.start : node.end].decode()


def _word(node: Piece, raw: str) -> str | None:
    """What a word says, where both the tree and our own reading find nothing but a word in it."""
    return literal(raw) if _is_word(node) else None


def _is_word(node: Piece) -> bool:
    return node.kind in _WORDS and all(one.kind in _IN_WORDS and _all_in(one) for one in node.inside)


def _all_in(node: Piece) -> bool:
    return all(one.kind in _IN_WORDS and _all_in(one) for one in node.inside)


def _called(kind: str) -> str:
    return kind.replace("_", " ") if kind.isidentifier() else f"{kind!a}"
