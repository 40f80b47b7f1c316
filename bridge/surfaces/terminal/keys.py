"""The person's keys, one at a time."""

import os
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import anyio

READ_BYTES = 4096
ESCAPE = b"\x1b"
REST_S = 0.05
"""Within that time the rest of a key that begins with Escape comes, such as an arrow's: it is no key of its own."""
LOCAL_MODES, CHARACTERS = 3, 6
"""Where `tcgetattr` has the modes of line editing and echo, and the special characters."""


class Keys(Protocol):
    """A source of keys. Keys and lines are "" when the terminal is gone."""

    def forget(self) -> None:
        """Drop what was typed before: only what the person has seen can be decided."""
        ...

    async def key(self) -> str:
        """One key; a key that sends several characters (an arrow) comes as all of them."""
        ...

    async def line(self, ask: Callable[[], None]) -> str | None:
        """A line that the person types and sees, without its end; None after Escape, which ends it at once.

        `ask` shows that it is wanted, once typing shows. After Escape the row has still to be wiped.
        """
        ...


class TerminalKeys:
    """Implements Keys on a terminal. Use within `terminal_keys`, which puts the terminal back."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is a terminal."""
        self._descriptor = descriptor
        self._cooked = termios.tcgetattr(descriptor)

    def forget(self) -> None:
        """See the port."""
        termios.tcflush(self._descriptor, termios.TCIFLUSH)

    async def key(self) -> str:
        """See the port. Of several keys pressed at once the first counts."""
        tty.setcbreak(self._descriptor, termios.TCSADRAIN)
        text = await self._read()
        return text if text.startswith("\x1b") else text[:1]

    async def line(self, ask: Callable[[], None]) -> str | None:
        """See the port. The terminal's own line editing, with Escape as one more end of a line."""
        modes = termios.tcgetattr(self._descriptor)
        modes[LOCAL_MODES] = self._cooked[LOCAL_MODES]
        modes[CHARACTERS] = [*self._cooked[CHARACTERS]]
        modes[CHARACTERS][termios.VEOL] = ESCAPE
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, modes)
        try:
            ask()
            typed = await self._read()
        finally:
            tty.setcbreak(self._descriptor, termios.TCSADRAIN)
        if ESCAPE.decode() in typed:
            await anyio.sleep(REST_S)
            self.forget()
            return None
        return typed.rstrip("\r\n")

    def restore(self) -> None:
        """As it was: lines, with echo."""
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._cooked)

    async def _read(self) -> str:
        await anyio.wait_readable(self._descriptor)
        try:
            return os.read(self._descriptor, READ_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""


@contextmanager
def terminal_keys(descriptor: int) -> Iterator[TerminalKeys]:
    """Keys of a terminal that shows nothing of them while the context lasts. Ctrl-C stays a signal."""
    keys = TerminalKeys(descriptor)
    tty.setcbreak(descriptor, termios.TCSADRAIN)
    try:
        yield keys
    finally:
        with suppress(termios.error):  # the terminal is gone
            keys.restore()
