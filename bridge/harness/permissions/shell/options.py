"""A command's words as options and operands, by what is known of its program."""

import re
from dataclasses import dataclass

from bridge.harness.permissions.shell.programs import Program

_NUMBER = re.compile(r"-[0-9]+")


class Refused(Exception):
    """A command that is not known to only read; the reason is a phrase for a person."""


@dataclass(frozen=True, slots=True)
class Given:
    """The options that were given by name, the values that they took, and the operands in order.

    `late` are the options and values after the first operand: some programs take them for operands.
    """

    names: frozenset[str]
    values: tuple[str, ...]
    operands: tuple[str, ...]
    late: tuple[str, ...] = ()


def given(words: tuple[str, ...], program: Program) -> Given:
    """Part the words after the program's name. Raises `Refused` for an option that is not known by its full name."""
    reader = _Reader(words, program)
    reader.read()
    late = tuple(word for word in reader.late if word not in reader.operands)
    return Given(frozenset(reader.names), tuple(reader.values), tuple(reader.operands), late)


class _Reader:
    def __init__(self, words: tuple[str, ...], program: Program) -> None:
        self._left = list(reversed(words))
        self._program = program
        self._flags = frozenset(program.flags.split())
        self._valued = frozenset(program.valued.split())
        self._optional = frozenset(program.optional.split())
        self.names: set[str] = set()
        self.values: list[str] = []
        self.operands: list[str] = []
        self.late: tuple[str, ...] = ()

    def read(self) -> None:
        while self._left:
            word = self._left.pop()
            if word == "--":
                self.operands += reversed(self._left)
                return
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and word != "-":
                self._short(word)
            else:
                self.late = self.late or tuple(reversed(self._left))
                self.operands.append(word)

    def _long(self, word: str) -> None:
        name, sign, value = word.partition("=")
        if sign and name in self._valued | self._optional:
            self.values.append(value)
        elif not sign and name in self._valued:
            self._take(name)
        elif sign or name not in self._flags | self._optional:
            raise Refused(f"its option {name} is not known to only read")
        self.names.add(name)

    def _short(self, word: str) -> None:
        if word in self._flags:
            self.names.add(word)
            return
        if self._program.count and _NUMBER.fullmatch(word):
            return
        for at, letter in enumerate(word[1:], start=1):
            name = f"-{letter}"
            if name not in self._flags | self._valued:
                raise Refused(f"its option {name} is not known to only read")
            self.names.add(name)
            if name in self._valued:
                if rest := word[at + 1 :]:
                    self.values.append(rest)
                else:
                    self._take(name)
                return

    def _take(self, name: str) -> None:
        if not self._left:
            raise Refused(f"its option {name} has no value")
        self.values.append(self._left.pop())
