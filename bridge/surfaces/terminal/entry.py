"""The light way into the terminal surface: Ctrl-C is quiet from here on, while all the rest is loaded."""

import os
import signal
from collections.abc import Sequence
from types import FrameType, ModuleType

from bridge import lazy

CLI = "bridge.surfaces.terminal.cli"


def main(arguments: Sequence[str]) -> int:
    """Load the command line, run it, and return its exit code."""
    return int(_loaded().main(list(arguments)))


def _loaded() -> ModuleType:
    """The command line. Ctrl-C while it is loaded leaves at once: there is nothing to put in order yet.

    An exception would not do: what is raised in the middle of an import may be reported by whatever runs just then.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # whoever started us wants it otherwise
        return lazy.load(CLI)
    signal.signal(signal.SIGINT, _leave)
    try:
        return lazy.load(CLI)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(128 + signal.SIGINT)
