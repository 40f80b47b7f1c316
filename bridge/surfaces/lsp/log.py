"""Log lines on stderr that a message can't forge: what came from outside stays on its line and moves no cursor."""

import logging
import os

# debug, info, warning or error.
LEVEL_VARIABLE = "HARNESS_BRIDGE_LOG"


class EscapingFormatter(logging.Formatter):
    """Escapes control and other unprintable characters; the lines of a traceback are kept, each indented by "  | "."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in logging.Formatter
        """The line without its traceback."""
        return escaped(super().formatMessage(record))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802 - the name in logging.Formatter
        """The traceback."""
        return "\n".join(f"  | {escaped(line)}" for line in super().formatException(ei).split("\n"))


def escaped(text: str) -> str:
    """The text with every unprintable character as a Python escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def configure() -> None:
    """Log to stderr, warnings and worse unless the environment variable HARNESS_BRIDGE_LOG names another level."""
    wanted = os.environ.get(LEVEL_VARIABLE, "warning").upper()
    levels = logging.getLevelNamesMapping()
    handler = logging.StreamHandler()
    handler.setFormatter(EscapingFormatter())
    logging.basicConfig(handlers=[handler], level=levels.get(wanted, logging.WARNING), force=True)
