"""Files of several kinds, and random changes that an agent proposes for them, as a script for the scripted model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.script import Step, call, edit, step

BLOCK = ("a", "b", "c")
"""The three lines that stand so often in some files."""

TIMES = 50


@dataclass(frozen=True)
class Case:
    """One file with the script of the one turn that changes it."""

    name: str
    content: bytes
    kind: str
    steps: tuple[Step, ...]

    @property
    def repeats(self) -> bool:
        """Whether its lines are not unique."""
        return self.kind.startswith("repeated")


Replacement = tuple[str, str]


def make_case(number: int, rng: random.Random) -> Case:
    """Any case."""
    kind = rng.choice([*KINDS, "repeated", "repeated-whole"])
    return KINDS[kind](number, rng)


def _unique(ending: str, line: Callable[[int], str], suffix: str = "txt") -> Callable[[int, random.Random], Case]:
    """A file whose lines all differ."""

    def case(number: int, rng: random.Random) -> Case:
        count = rng.randrange(4, 50)
        lines = [line(n) for n in range(count)]
        text = ending.join(lines) + (ending if rng.random() < 0.8 or ending != "\n" else "")
        name = f"f{number}.{suffix}"
        changes = _changes(lines, rng, rng.randint(1, 6))
        if rng.random() < 0.15:
            steps: list[Step] = [step(call("write_file", path=name, content=_whole(lines, changes)))]
        else:
            pairs = [_pair(lines, change, last_ended=text.endswith("\n")) for change in changes]
            steps = _edits(name, pairs, rng)
        return Case(name, text.encode(), f"{suffix} {ending!r}", (*steps, step(say="Done.")))

    return case


def _no_newline(number: int, rng: random.Random) -> Case:
    lines = [f"row {n}" for n in range(rng.randrange(2, 12))]
    name = f"f{number}.txt"
    pairs = [_pair(lines, change, last_ended=False) for change in _changes(lines, rng, 2)]
    return Case(name, "\n".join(lines).encode(), "no final newline", (*_edits(name, pairs, rng), step(say="Done.")))


def _empty(number: int, rng: random.Random) -> Case:
    name = f"f{number}.txt"
    content = "".join(f"+{number}.{n}\n" for n in range(rng.randint(1, 4)))
    steps = (step(call("write_file", path=name, content=content)), step(say="Done."))
    return Case(name, rng.choice([b"", b"\n"]), "empty", steps)


def _repeated(number: int, rng: random.Random) -> Case:
    """Equal lines between a first and a last one that stand once: long texts that begin or end there are unique."""
    name = f"f{number}.txt"
    lines = ["first", *BLOCK * TIMES, "last"]
    size = rng.randrange(2, 20)
    head = lines[: 1 + 3 * size]
    tail = lines[-1 - 3 * rng.randrange(2, 25) :]
    pairs = []
    for part in rng.sample([head, tail], rng.randint(1, 2)):
        # The lines at its ends stay, so that a hunk is somewhere among the equal ones.
        inner = _changes(part[1:-1], rng, rng.randint(1, 3))
        pairs.append(_joined(part, [(first + 1, last + 1, new) for first, last, new in inner]))
    text = "".join(f"{line}\n" for line in lines)
    return Case(name, text.encode(), "repeated", (step(edit(name, *pairs)), step(say="Done.")))


def _repeated_whole(number: int, rng: random.Random) -> Case:
    """Nothing but the equal lines; the agent gives the whole text."""
    name = f"f{number}.txt"
    lines = list(BLOCK * TIMES)
    content = _whole(lines, _changes(lines, rng, rng.randint(1, 4)))
    steps = (step(call("write_file", path=name, content=content)), step(say="Done."))
    return Case(name, "".join(f"{line}\n" for line in lines).encode(), "repeated whole", steps)


def _code(n: int) -> str:
    return f"{'    ' * (n % 4)}call_{n}({n}){' ' * (n % 3)}"


KINDS: dict[str, Callable[[int, random.Random], Case]] = {
    "plain": _unique("\n", lambda n: f"line {n}"),
    "crlf": _unique("\r\n", lambda n: f"line {n}"),
    "unicode": _unique("\n", lambda n: f"{n} – naïve 😀 𝔘{n} e\u0301"),
    "code": _unique("\n", _code, "c"),
    "no newline": _no_newline,
    "empty": _empty,
    "repeated": _repeated,
    "repeated-whole": _repeated_whole,
}

Change = tuple[int, int, list[str]]
"""Lines [first, last) become these."""


def _changes(lines: Sequence[str], rng: random.Random, most: int) -> list[Change]:
    """Changes of lines that don't touch each other, ascending. New lines are like no others."""
    found: list[Change] = []
    free = 0
    for at in sorted(rng.sample(range(len(lines)), min(most, len(lines)))):
        if at < free:
            continue
        size = min(rng.randint(1, 3), len(lines) - at)
        new = [f"+{rng.randrange(1 << 30):x}" for _ in range(rng.randint(1, 3))]
        match rng.randrange(4):
            case 0:
                found.append((at, at + 1, [lines[at], *new]))
            case 1 if len(lines) > 3:
                found.append((at, at + size, []))
            case _:
                found.append((at, at + size, new))
        free = found[-1][1] + 1
    return found


def _pair(lines: Sequence[str], change: Change, *, last_ended: bool) -> Replacement:
    """The change as a replacement of whole lines; the last line may have no line end."""
    first, last, new = change
    ended = last < len(lines) or last_ended
    old = "".join(f"{line}\n" for line in lines[first:last])
    text = "".join(f"{line}\n" for line in new)
    return (old, text) if ended else (old.removesuffix("\n"), text.removesuffix("\n"))


def _joined(part: Sequence[str], changes: Sequence[Change]) -> Replacement:
    return "".join(f"{line}\n" for line in part), _whole(part, changes)


def _whole(lines: Sequence[str], changes: Sequence[Change]) -> str:
    rows = list(lines)
    for first, last, new in reversed(changes):
        rows[first:last] = new
    return "".join(f"{row}\n" for row in rows)


def _edits(name: str, pairs: Sequence[Replacement], rng: random.Random) -> list[Step]:
    """In one call, in two calls of one step, or in two steps."""
    shuffled = rng.sample(list(pairs), len(pairs))
    cut = rng.randrange(1, len(pairs)) if len(pairs) > 1 else 0
    parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
    calls: list[Any] = [edit(name, *part) for part in parts]
    match rng.randrange(4):
        case 0:
            return [step(*calls)]
        case 1:
            return [step(one) for one in calls]
        case _:
            return [step(edit(name, *shuffled))]
