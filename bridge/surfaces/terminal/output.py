"""What a person sees: two streams, colours, and one line that says what goes on and leaves no trace."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from bridge.app.wording import visible

Style = Literal["old", "new", "head", "dim", "key", "good", "warn", "bad"]

_SGR: Mapping[Style, str] = {
    "old": "31",
    "new": "32",
    "head": "1;36",
    "dim": "2",
    "key": "1",
    "good": "32",
    "warn": "33",
    "bad": "1;31",
}

STATUS_WIDTH = 76
"""A status line is one row on a terminal of 80 columns: only one row can be wiped."""

WIPE = "\r\x1b[K"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours, or none."""

    coloured: bool

    def paint(self, style: Style, text: str) -> str:
        """The text in a style."""
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.coloured and text else text


def wants_colour(environment: Mapping[str, str], terminal: bool) -> bool:
    """Colours are for terminals, unless NO_COLOR (no-color.org: present and not empty) or a dumb terminal says no."""
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


class Out(Protocol):
    """A stream of text. `terminal`: a person looks at it; `broken`: nobody reads it any more."""

    terminal: bool
    broken: bool

    def write(self, text: str) -> None:
        """Write at once; never raises."""
        ...


class Descriptor:
    """Implements Out on a file descriptor, unbuffered, in UTF-8 whatever the locale says."""

    def __init__(self, number: int) -> None:
        """`number` stays open as long as the process."""
        self._number = number
        self.terminal = os.isatty(number)
        self.broken = False

    def write(self, text: str) -> None:
        """See the port. A lone surrogate becomes its escape, which is what JSON wants too."""
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        try:
            while rest and not self.broken:
                rest = rest[os.write(self._number, rest) :]
        except OSError:
            self.broken = True


class Screen:
    """The model's words go to `answers`, all else to `aside`; on a terminal both are the same."""

    def __init__(self, answers: Out, aside: Out, palette: Palette) -> None:
        """Nothing is written yet."""
        self.palette = palette
        self._answers = answers
        self._aside = aside
        self._unfinished: Out | None = None
        self._asked = ""
        self._at_prompt = False
        self._status = False
        self._stopping = False

    def words(self, text: str) -> None:
        """A piece of the model's text, as it comes."""
        self._wipe()
        if self._at_prompt:
            self.finish_line()
        clean = "\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n"))
        self._answers.write(clean)
        if clean:
            self._unfinished = None if clean.endswith("\n") else self._answers

    def line(self, text: str = "") -> None:
        """A line of our own. `text` has been made visible. What is being asked is asked again below it."""
        self.finish_line()
        self._aside.write(text + "\n")
        if self._asked:
            self.prompt(self._asked)

    def prompt(self, text: str) -> None:
        """Ask on a line that the person's reply will end."""
        self.finish_line()
        self._aside.write(text)
        self._unfinished, self._asked, self._at_prompt = self._aside, text, True

    def reply(self, text: str) -> None:
        """Put the reply behind the prompt."""
        if not self._at_prompt:  # words came after it
            self.prompt(self._asked)
        self._aside.write(text + "\n")
        self.replied()

    def replied(self) -> None:
        """The person typed the reply, and its line end."""
        self._unfinished, self._asked, self._at_prompt = None, "", False

    def unasked(self) -> None:
        """Nothing is asked any more. A prompt without a reply is wiped, and what was typed behind it."""
        if self._at_prompt:
            self._aside.write(WIPE)
            self._unfinished = None
        self._asked, self._at_prompt = "", False

    def status(self, text: str) -> None:
        """Say what goes on, until something is written. Only on a terminal, never within a line or a question."""
        if self._aside.terminal and self._unfinished is None and not self._asked and not self._stopping:
            shown = visible(text)
            shown = shown if len(shown) <= STATUS_WIDTH else shown[: STATUS_WIDTH - 1] + "…"
            self._aside.write(WIPE + self.palette.paint("dim", f"⋯ {shown}"))
            self._status = True

    def stopping(self) -> None:
        """Nothing new goes on from here: there are no status lines any more."""
        self._wipe()
        self._stopping = True

    def finish_line(self) -> None:
        """What comes next begins on a line of its own."""
        self._wipe()
        if self._unfinished is not None:
            self._unfinished.write("\n")
            self._unfinished, self._at_prompt = None, False

    def _wipe(self) -> None:
        if self._status:
            self._aside.write(WIPE)
            self._status = False
