"""A person who types in a file, and the file as things: every line is one of its own, whatever it reads.

So an oracle knows where a hunk belongs even among equal lines, and needs neither diff nor offsets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bridge.harness.values.text import TextChange
from tests.support.fake_journal import FakeFiles
from tests.support.review_desk import Desk

HEAD = ("head 0\n", "head 1\n")
"""Every file begins so; the person may type between the two at any moment, and no hunk is there."""


@dataclass(eq=False)
class Line:
    """One line; with an empty text the place between two, where a hunk inserts, or has deleted, lines."""

    text: str


@dataclass
class Typist:
    """One file on a desk. Numbers that choose a place count modulo what there is.

    `past` holds each text that stood, with its lines: what an undo in the editor brings back. `lost`: which line is
    which is not known any more. `guessed` are places that lines were typed at, set again where they had been.
    """

    desk: Desk
    name: str
    lines: list[Line]
    repeated: bool = False
    on_disk: list[Line] = field(default_factory=list)
    past: list[tuple[str, list[Line]]] = field(default_factory=list)
    redoable: list[tuple[str, list[Line]]] = field(default_factory=list)
    count: int = 0
    lost: bool = False
    guessed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.on_disk = list(self.lines)
        self._write()

    @property
    def open(self) -> bool:
        """Whether an editor has the file."""
        return self.desk.uri(self.name) in self.desk.editor.buffers

    @property
    def text(self) -> str:
        """What should stand."""
        return text_of(self.lines)

    @property
    def standing(self) -> str:
        """What stands."""
        if self.open:
            return self.desk.editor.text(self.desk.uri(self.name))
        return self._files.raw[self.desk.root / self.name].decode()

    def places(self) -> Iterator[tuple[Line, list[Line]]]:
        """Each place between two lines that matters, and the hunk's lines that may stand there instead."""
        raise NotImplementedError

    def insert(self, place: int, size: int, *, opened: bool = False) -> None:
        """New lines; `opened`: told as a line end and the line, as Neovim does."""
        at = 2 + place % (len(self._visible()) - 1)
        self._insert(at, self._fresh(size), opened=opened)

    def insert_on_top(self, *, same: bool = False) -> None:
        """Where no hunk is."""
        self._insert(1, [Line(line) for line in ("a\n", "b\n", "c\n")] if same else self._fresh(1))

    def insert_block(self, place: int) -> None:
        """The three lines that stand so often, once more, on a border between two of them."""
        self._insert(2 + 3 * (place % 40), [Line(line) for line in ("a\n", "b\n", "c\n")])

    def delete(self, place: int, size: int) -> None:
        """Lines go."""
        visible = self._visible()
        if len(visible) < 8:
            return
        first = 2 + place % (len(visible) - 3)
        gone = visible[first : first + 1 + size % 3]
        start = self._offset(gone[0])
        keep = self.lines[: self.lines.index(gone[0])] + self.lines[self.lines.index(gone[-1]) + 1 :]
        self._become(keep, TextChange(start, start + len(text_of(gone)), ""))

    def change(self, place: int, column: int, *, whole_line: bool = False) -> None:
        """Typing within a line, told exactly or as the line replaced."""
        visible = self._visible()
        line = visible[2 + place % (len(visible) - 2)]
        self.count += 1
        at = column % len(line.text)
        changed = Line(f"{line.text[:at]}~{self.count}{line.text[at:]}")
        start = self._offset(line)
        exact = TextChange(start + at, start + at, f"~{self.count}")
        told = TextChange(start, start + len(line.text), changed.text) if whole_line else exact
        self._become([changed if each is line else each for each in self.lines], told)

    def undo(self) -> None:
        """One step back in the editor."""
        if not self.open:
            return
        before = self.text, self.lines
        self.desk.editor.undo(self.desk.uri(self.name))
        if self.standing != before[0]:
            self.redoable.append(before)
            self.past.append(before)
            self._know_again(self.standing)

    def redo(self) -> None:
        """What was undone last, if nothing was typed since; told as one change of all that differs."""
        if not self.open or not self.redoable:
            return
        undone, now = self.redoable.pop(), self.standing
        text = undone[0]
        start = _alike(now, text)
        end = _alike(now[start:][::-1], text[start:][::-1])
        self.past += [(self.text, self.lines), undone]
        change = TextChange(start, len(now) - end, text[start : len(text) - end])
        self.desk.editor.type(self.desk.uri(self.name), change)
        self._know_again(text)

    def flush(self) -> None:
        """The editor tells what it has not told yet."""
        self.desk.editor.flush(self.desk.uri(self.name))

    def close(self, *, save: bool) -> None:
        """Close the file."""
        if not self.open:
            return
        self.desk.editor.close(self.desk.uri(self.name))
        self.redoable.clear()
        before = self.lines
        if save:
            self.on_disk = list(self.lines)
        self.lines = list(self.on_disk)
        self._keep_places(before)
        self._write()

    def reopen(self) -> None:
        """Open the file."""
        if not self.open:
            self.desk.editor.open(self.desk.uri(self.name), self.text)

    def _know_again(self, text: str) -> None:
        """A text that stood before stands again."""
        before = self.lines
        past = next((lines for known, lines in reversed([*self.past, *self.redoable]) if known == text), None)
        if past is None or self.lost:
            self._lose_track()
        else:
            self.lines = list(past)
            self._keep_places(before)

    def _keep_places(self, before: Sequence[Line]) -> None:
        """Places of hunks that are newer than what was brought back: between the same lines, or who knows where."""
        for place, instead in self.places():
            was = next((line for line in (place, *instead) if line in before), None)
            if place in self.lines or any(line in self.lines for line in instead):
                continue
            if was is None:  # lines were typed there: now they are gone, it may be back
                known = next((lines for _, lines in reversed(self.past) if place in lines), None)
                if known is not None and self._put(place, place, known):
                    self.guessed.add(id(place))
            elif not self._put(place, was, before):
                self._lose_track()
                return

    def _put(self, place: Line, was: Line, before: Sequence[Line]) -> bool:
        """Set a place where a line, or it, has been; False where other lines are there by now."""
        at = before.index(was)
        above = next(line for line in reversed(before[:at]) if line.text and line in self.lines)
        below = next((line for line in before[at + 1 :] if line.text and line in self.lines), None)
        first = self.lines.index(above) + 1
        last = self.lines.index(below) if below is not None else len(self.lines)
        if any(line.text for line in self.lines[first:last]):
            return False
        self.lines.insert(last, place)
        return True

    def _lose_track(self) -> None:
        """Which line is which is not known any more, as after an edit that is unverified."""
        self.lost = True
        self.lines = as_lines(self.standing)

    def _insert(self, at: int, new: list[Line], *, opened: bool = False) -> None:
        visible = self._visible()
        at = min(at, len(visible))
        offset = len(text_of(visible[:at]))
        text = text_of(new)
        told = TextChange(offset - 1, offset - 1, "\n" + text[:-1]) if opened else TextChange(offset, offset, text)
        above, below = visible[at - 1], visible[at] if at < len(visible) else None
        start = self.lines.index(above) + 1
        end = self.lines.index(below) if below is not None else len(self.lines)
        self._become([*self.lines[:start], *new, *self.lines[end:]], told)

    def _become(self, lines: list[Line], told: TextChange) -> None:
        self.past.append((self.text, self.lines))
        self.redoable.clear()
        before, self.lines = self.lines, lines
        for place, instead in self.places():
            if place not in before and [line for line in before if line.text and line not in lines] == instead:
                self._put(place, instead[0], before)  # the person deletes what a hunk would delete
        if self.open:
            self.desk.editor.type(self.desk.uri(self.name), told)
        else:
            self.on_disk = list(lines)
            self._write()

    def _fresh(self, size: int, mark: str = "") -> list[Line]:
        self.count += 1
        return [Line(f"{mark}{self.name} {self.count}.{n}\n") for n in range(1 + size % 3)]

    def _visible(self) -> list[Line]:
        return [line for line in self.lines if line.text]

    def _offset(self, line: Line) -> int:
        return len(text_of(self.lines[: self.lines.index(line)]))

    def _write(self) -> None:
        self._files.raw[self.desk.root / self.name] = self.text.encode()

    @property
    def _files(self) -> FakeFiles:
        assert isinstance(self.desk.files, FakeFiles)
        return self.desk.files


def plain(size: int) -> list[Line]:
    """A file whose lines all differ."""
    return [Line(line) for line in (*HEAD, *(f"line {n}\n" for n in range(size)))]


def repeated(times: int) -> list[Line]:
    """A file in which the same three lines stand again and again."""
    return [Line(line) for line in (*HEAD, *("a\n", "b\n", "c\n") * times)]


def text_of(lines: Sequence[Line]) -> str:
    """What they read."""
    return "".join(line.text for line in lines)


def as_lines(text: str) -> list[Line]:
    """Each line of a text that ends in a line end, anew."""
    return [Line(line + "\n") for line in text.split("\n")[:-1]]


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
