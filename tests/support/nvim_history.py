"""Which line is which: a buffer's history with an identity for each line, replayed from the editor's own journal.

An oracle for whoever moves hunks while a person types. It needs no diff and guesses nothing: the editor says of each
change which bytes it replaced, undo brings back lines that were there before, and a formatter's lines are known one by
one. So a line is followed even among equal lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Entry = Sequence[Any]
"""One entry of the journal: a word, and what belongs to it (nvim_typist.lua)."""


class Unfollowed(Exception):
    """Lines of which nobody can say which they are: of a text in the middle of an undo of several steps, or one that
    an undo made up (Neovim does, where something deleted the line that was being typed in).
    """


@dataclass(frozen=True)
class State:
    """What stood at some moment: the lines, and the identity of each."""

    lines: tuple[str, ...]
    ids: tuple[int, ...]

    @property
    def text(self) -> str:
        """As a language client tells it."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class AgentEdit:
    """One `workspace/applyEdit` that changed the text: of how many edits, and what stood before and after."""

    edits: int
    before: State
    after: State


@dataclass
class History:
    """A buffer's states. `by_tick` by the editor's change count; `written` is what the person saved last."""

    now: State
    first: State
    by_tick: dict[int, State] = field(default_factory=dict)
    by_undo: dict[int, State] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)
    agent: list[AgentEdit] = field(default_factory=list)
    travelled: list[tuple[State, State]] = field(default_factory=list)
    written: State | None = None
    changes: int = 0


def replay(journal: Sequence[Entry]) -> History:
    """The history that a journal tells. An entry that does not fit the one before is an AssertionError.

    Raises `Unfollowed`.
    """
    return _Replay(journal).history


class _Replay:
    """Reads the journal from the start."""

    def __init__(self, journal: Sequence[Entry]) -> None:
        word, tick, undo, lines = journal[0]
        assert word == "stands"
        first = State(tuple(lines), tuple(range(len(lines))))
        self._ids = list(first.ids)
        self._count = len(lines)
        self._from: Sequence[int] | None = None
        self._before: tuple[int, State] | None = None
        self._travels: State | None = None
        self._on_the_way: dict[int, tuple[str, ...]] = {}
        self.history = History(first, first, {tick: first}, {undo: first}, [first])
        read: dict[str, Callable[..., None]] = {
            "splice": self._splice,
            "stands": self._stands,
            "rests": self._rests,
            "travels": self._start_travel,
            "travelled": self._travelled,
            "formats": self._formats,
            "written": self._written,
            "edits": self._edits,
            "edited": self._edited,
        }
        for word, *rest in journal[1:]:
            read[word](*rest)

    def _fresh(self, count: int) -> list[int]:
        self._count += count
        return list(range(self._count - count, self._count))

    def _splice(self, row: int, column: int, old_rows: int, old_column: int, new_rows: int, new_column: int) -> None:
        """A line is where its start is; lines that are replaced as a whole are others."""
        self.history.changes += 1
        if self._travels is not None:
            return
        if self._from is not None:
            was, self._from = self._ids, None
            self._ids = [was[at] if at >= 0 else self._fresh(1)[0] for at in self._origin]
            return
        whole = column == old_column == new_column == 0
        first = row if whole else row + 1
        if whole and old_rows == new_rows:
            return
        self._ids[first : first + old_rows] = self._fresh(new_rows)

    def _stands(self, tick: int, undo: int, lines: Sequence[str]) -> None:
        """In the middle of a change the two may differ for a moment; on the way of an undo nobody knows the lines."""
        if self._travels is not None:
            self._on_the_way[tick] = tuple(lines)
        elif len(lines) == len(self._ids):
            self._keep(tick, undo, lines)

    def _rests(self, tick: int, undo: int, lines: Sequence[str]) -> None:
        if not self._ids and list(lines) == [""]:
            self._ids = self._fresh(1)  # a buffer that lost its last line has an empty one
        assert len(lines) == len(self._ids), f"not told of every change: {len(self._ids)} lines, and {lines}"
        self._keep(tick, undo, lines)

    def _keep(self, tick: int, undo: int, lines: Sequence[str]) -> None:
        history = self.history
        history.now = State(tuple(lines), tuple(self._ids))
        history.by_tick[tick] = history.by_undo[undo] = history.now
        history.states.append(history.now)

    def _start_travel(self) -> None:
        self._travels = self.history.now

    def _travelled(self, tick: int, undo: int, lines: Sequence[str]) -> None:
        before, self._travels = self._travels, None
        assert before is not None
        there = self.history.by_undo.get(undo)
        if there is None or there.lines != tuple(lines):
            raise Unfollowed
        self._ids = list(there.ids)
        self._keep(tick, undo, lines)
        for way, stood in self._on_the_way.items():
            if stood == there.lines:
                self.history.by_tick[way] = self.history.now
        self._on_the_way.clear()
        self.history.travelled.append((before, there))

    def _formats(self, origin: Sequence[int]) -> None:
        self._from = self._origin = origin

    def _written(self, tick: int, undo: int, lines: Sequence[str]) -> None:
        self._rests(tick, undo, lines)
        self.history.written = self.history.now

    def _edits(self, count: int) -> None:
        self._before = (count, self.history.now)

    def _edited(self, tick: int, undo: int, lines: Sequence[str]) -> None:
        assert self._before is not None
        count, before = self._before
        self._before = None
        if tuple(lines) == before.lines:
            return
        was = dict(zip(before.ids, before.lines, strict=True))
        for at, (id_, line) in enumerate(zip(self._ids, lines, strict=True)):
            if was.get(id_, line) != line:
                self._ids[at] = self._fresh(1)[0]  # the agent replaces lines, it does not type in them
        self._rests(tick, undo, lines)
        self.history.agent.append(AgentEdit(count, before, self.history.now))
