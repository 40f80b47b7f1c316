"""What a key means: pure, the same for every review."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Command = Literal["accept", "reject", "reason", "accept_file", "accept_all", "reject_file", "stop", "help"]

KeyTable = Mapping[str, tuple[Command, str]]
"""Key to command, and the command in words. A capital is a key of its own where it stands here."""

HUNK_KEYS: KeyTable = {
    "y": ("accept", "accept"),
    "n": ("reject", "reject"),
    "r": ("reason", "why"),
    "a": ("accept_file", "all in file"),
    "A": ("accept_all", "all"),
    "d": ("reject_file", "none in file"),
    "q": ("stop", "stop"),
    "?": ("help", "help"),
}
STALE_KEYS: KeyTable = {
    "n": ("reject", "dismiss"),
    "d": HUNK_KEYS["d"],
    "q": HUNK_KEYS["q"],
    "?": HUNK_KEYS["?"],
}
"""A hunk that no longer fits can't be accepted."""

QUESTION_KEYS: KeyTable = {
    "y": ("accept", "allow once"),
    "n": ("reject", "no"),
    "r": ("reason", "no: why"),
    "q": HUNK_KEYS["q"],
    "?": HUNK_KEYS["?"],
}

HELP: Mapping[Command, str] = {
    "accept": "it is written, exactly as shown",
    "reject": "it is not written; the agent is told",
    "reason": "the same, and the agent is told why while its turn goes on",
    "accept_file": "this hunk is accepted, with every other undecided one of the file",
    "accept_all": "this hunk is accepted, with every other undecided one of this change, in all its files",
    "reject_file": "this hunk is rejected, with every other undecided one of the file",
    "stop": "the turn ends: what is undecided is withdrawn, what was accepted stays",
    "help": "this",
}


def command_for(key: str, keys: KeyTable) -> Command | None:
    """The command of a key, in either case; None: it means nothing here. A terminal that is gone ("") stops all."""
    if not key:
        return "stop"
    found = keys.get(key) or keys.get(key.lower())
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a hunk or a question.

    `reach`: on this hunk alone, on all undecided ones of its file, or on all of its change.
    """

    verb: Literal["accept", "reject", "stop"]
    reason: str = ""
    reach: Literal["hunk", "file", "change"] = "hunk"
