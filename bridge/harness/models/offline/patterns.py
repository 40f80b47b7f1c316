"""The little language in which the grammar is written, and how words are matched against it.

    rename [the] <subject> (to|as) {new}

Plain words stand for themselves; `[a]` may be missing; `(a|b c)` is one of several; `(a)*` any number of times;
`<part>` is a part of the grammar; `{slot}` or `{slot:type}` takes a value; `{slot=value}` takes none and sets one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bridge.harness.models.offline.spelling import is_slip
from bridge.harness.models.offline.words import NEWLINE, Word

Words = Sequence[Word]
Bound = Mapping[str, str]
SlotReader = Callable[[Words, int], Iterator[tuple[int, Bound]]]
"""From a place in the words: the places after the value, and what it binds; the slot itself as the empty name."""

SKIPPED = frozenset({"please", "pls", "plz", "kindly", ",", ":"})
"""Say nothing wherever they stand between other words."""


@dataclass(frozen=True, slots=True)
class Match:
    """How far a pattern came: the place after it, what it bound, the slips that were forgiven, the plain words met."""

    at: int
    bound: Bound
    slips: int = 0
    plain: int = 0


@dataclass(frozen=True, slots=True)
class Plain:
    """One word."""

    word: str


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Any number of times."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Part:
    """Another pattern, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A value, by its type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Set:
    """A value that the words imply."""

    name: str
    value: str


Node = Plain | Row | Choice | Repeat | Part | Slot | Set

_TOKEN = re.compile(
    r"<(?P<part>\w+)>|\{(?P<slot>\w+)(?:(?P<sign>[:=])(?P<more>[^}]*))?\}|(?P<mark>[\[\]()|*])|(?P<word>->|[^\s\[\]()|*<>{}]+)"
)


@cache
def compiled(pattern: str) -> Node:
    """A pattern as nodes. Raises `ValueError` for one that is not well made."""
    tokens = list(_TOKEN.finditer(pattern))
    if re.sub(r"\s+", "", pattern) != "".join(token[0].replace(" ", "") for token in tokens):
        raise ValueError(f"not a pattern: {pattern!r}")
    node, at = _choice(tokens, 0)
    if at != len(tokens):
        raise ValueError(f"a bracket too many: {pattern!r}")
    return node


def _choice(tokens: list[re.Match[str]], at: int) -> tuple[Node, int]:
    options: list[Node] = []
    row: list[Node] = []
    while at < len(tokens) and tokens[at]["mark"] not in {")", "]"}:
        if tokens[at]["mark"] == "|":
            options.append(Row(tuple(row)))
            row = []
            at += 1
            continue
        node, at = _single(tokens, at)
        row.append(node)
    options.append(Row(tuple(row)))
    return (options[0] if len(options) == 1 else Choice(tuple(options))), at


def _single(tokens: list[re.Match[str]], at: int) -> tuple[Node, int]:
    token = tokens[at]
    if token["part"]:
        return Part(token["part"]), at + 1
    if token["slot"]:
        name, more = token["slot"], token["more"]
        return (Set(name, more) if token["sign"] == "=" else Slot(name, more or name)), at + 1
    if token["word"]:
        return Plain(token["word"].casefold()), at + 1
    closing = {"(": ")", "[": "]"}.get(token["mark"] or "")
    if closing is None:
        raise ValueError(f"a bracket is missing: {token.string!r}")
    node, at = _choice(tokens, at + 1)
    if at >= len(tokens) or tokens[at]["mark"] != closing:
        raise ValueError(f"a bracket is not closed: {token.string!r}")
    at += 1
    if closing == "]":
        return Choice((node, Row(()))), at
    if at < len(tokens) and tokens[at]["mark"] == "*":
        return Repeat(node), at + 1
    return node, at


class Matcher:
    """Matches one row of words, in all ways. Parts at a place are matched once."""

    def __init__(self, words: Words, parts: Mapping[str, str], slots: Mapping[str, SlotReader]) -> None:
        """`parts` are patterns by name, `slots` readers by type."""
        self._words = words
        self._parts = parts
        self._slots = slots
        self._known: dict[tuple[str, int], tuple[Match, ...]] = {}

    def match(self, pattern: str, at: int) -> Iterator[Match]:
        """All ways in which the pattern fits from this place on."""
        yield from self._node(compiled(pattern), at)

    def part(self, name: str, at: int) -> tuple[Match, ...]:
        """All ways in which a part fits."""
        key = (name, at)
        if key not in self._known:
            found = self._node(compiled(self._parts[name]), at)
            best: dict[tuple[int, tuple[tuple[str, str], ...]], Match] = {}
            for one in found:
                meant = (one.at, tuple(sorted(one.bound.items())))
                if meant not in best or (one.slips, -one.plain) < (best[meant].slips, -best[meant].plain):
                    best[meant] = one
            self._known[key] = tuple(best.values())
        return self._known[key]

    def _node(self, node: Node, at: int) -> Iterator[Match]:
        match node:
            case Plain(word=word):
                yield from self._literal(word, at)
            case Row(nodes=nodes):
                yield from self._sequence(nodes, Match(at, {}))
            case Choice(nodes=nodes):
                for one in nodes:
                    yield from self._node(one, at)
            case Repeat(node=one):
                yield from self._repeat(one, Match(at, {}))
            case Part(name=name):
                yield from self.part(name, at)
            case Slot():
                yield from self._slot(node, at)
            case Set(name=name, value=value):
                yield Match(at, {name: value})

    def _starts(self, at: int) -> Iterator[int]:
        """This place, and those after words that say nothing."""
        yield at
        while at < len(self._words) and self._words[at].key in SKIPPED:
            at += 1
            yield at

    def _literal(self, meant: str, at: int) -> Iterator[Match]:
        for start in self._starts(at):
            if start >= len(self._words):
                return
            key = self._words[start].key
            if key == "a" and (start + 1 == len(self._words) or self._words[start + 1].is_break):
                continue  # a name: there is nothing that it could be the article of
            if key == meant:
                yield Match(start + 1, {}, 0, 1)
            elif key and is_slip(key, meant):
                yield Match(start + 1, {}, 1, 1)

    def _slot(self, slot: Slot, at: int) -> Iterator[Match]:
        for start in self._starts(at):
            for end, bound in self._slots[slot.type](self._words, start):
                yield Match(end, {name or slot.name: value for name, value in bound.items()})

    def _sequence(self, nodes: tuple[Node, ...], so_far: Match) -> Iterator[Match]:
        if not nodes:
            yield so_far
            return
        for found in self._node(nodes[0], so_far.at):
            joined = _joined(so_far, found)
            if joined is not None:
                yield from self._sequence(nodes[1:], joined)

    def _repeat(self, node: Node, so_far: Match) -> Iterator[Match]:
        yield so_far
        for found in self._node(node, so_far.at):
            joined = _joined(so_far, found)
            if joined is not None and found.at > so_far.at:
                yield from self._repeat(node, joined)


def _joined(left: Match, right: Match) -> Match | None:
    """Both; None where one says something else than the other."""
    if any(left.bound.get(name, value) != value for name, value in right.bound.items()):
        return None
    return Match(right.at, {**left.bound, **right.bound}, left.slips + right.slips, left.plain + right.plain)


def skipped(words: Words, at: int, more: frozenset[str] = frozenset({NEWLINE})) -> int:
    """The first place from here on that says something."""
    while at < len(words) and (words[at].key in SKIPPED or (not words[at].quote and words[at].text in more)):
        at += 1
    return at
