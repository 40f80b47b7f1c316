"""A command on a pseudo-terminal, driven as a person would: read the screen, press keys. And what the screen shows."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from tests.support.corpora import PROJECT

ROWS, COLUMNS = 50, 120
PATIENCE_S = 20.0
CTRL_C = "\x03"

# The child makes the pseudo-terminal its own, so that Ctrl-C reaches it, and becomes the command.
_BECOME = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
_SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")

Cell = tuple[str, str]
"""A character and the SGR parameters that it was written with."""


class TerminalChild:
    """A running command. Leaving the context kills it."""

    def __init__(self, arguments: Sequence[str], env: dict[str, str] | None = None) -> None:
        self.raw = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "SEED")}
        self.process = subprocess.Popen(
            (sys.executable, "-c", _BECOME, sys.executable, *arguments),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=PROJECT,
            env=kept | {"TERM": "xterm-256color"} | (env or {}),
            start_new_session=True,
        )
        os.close(slave)
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._master)

    def press(self, keys: str) -> None:
        """Send keys as the terminal would."""
        os.write(self._master, keys.encode())

    def shows(self, text: str) -> None:
        """Wait until the text is written, after all that was waited for before."""
        wanted = text.encode()
        deadline = time.monotonic() + PATIENCE_S
        while (at := self.raw.find(wanted, self._seen)) < 0:
            assert self._read(deadline), f"no {text!r} on the screen:\n{self.text()}"
        self._seen = at + len(wanted)

    def exit_code(self) -> int:
        """Wait for the end."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read(deadline):
            pass
        return self.process.wait(PATIENCE_S)

    def echoes_lines(self) -> bool:
        """Whether the terminal is as a shell wants it: lines, shown while they are typed."""
        modes: int = termios.tcgetattr(self._master)[3]
        return modes & (termios.ICANON | termios.ECHO) == termios.ICANON | termios.ECHO

    def text(self) -> str:
        """What the screen shows, without colours and without what was wiped."""
        return plain(cells(self.raw))

    def _read(self, deadline: float) -> bool:
        """Read more; False at the end of the output or of the time."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        try:
            data = os.read(self._master, 65536) if ready else b""
        except OSError:  # Linux: the other end is closed
            data = b""
        self.raw += data
        return bool(data)


def cells(raw: bytes) -> list[list[Cell]]:
    """The rows of a terminal of endless size after this output."""
    text = raw.decode("utf-8", "replace")
    rows: list[list[Cell]] = [[]]
    column, at, style = 0, 0, ""
    while at < len(text):
        if sequence := _SEQUENCE.match(text, at):
            at = sequence.end()
            if sequence[2] == "m":
                style = "" if sequence[1] in ("", "0") else sequence[1]
            elif sequence[2] == "K":
                del rows[-1][column:]
            continue
        match text[at]:
            case "\n":
                rows.append([])
            case "\r":
                column = 0
            case character:
                rows[-1][column : column + 1] = [(character, style)]
                column += 1
        at += 1
    return rows


def plain(rows: Sequence[Sequence[Cell]]) -> str:
    """The characters alone, without blanks at line ends."""
    return "\n".join("".join(character for character, _ in row).rstrip() for row in rows)
