"""A command read: allowed where every part is known to only read the workspace, denied by a small list, else asked.

Two readings that know nothing of each other have to find the same commands: the narrow one, by the syntax tree, and the
wide one, by our own.
"""

from pathlib import Path

from bridge.harness.permissions.shell.denied import denial
from bridge.harness.permissions.shell.judging import entered, member_of
from bridge.harness.permissions.shell.scan import scan
from bridge.harness.permissions.shell.structure import Reader, Stage, Unread
from bridge.harness.permissions.shell.values import Member, Place, Reading
from bridge.harness.permissions.shell.words import joined, unreadable
from bridge.lazy import load

MAX_READ = 4000
"""Characters: what is longer asks. A person would not read it either, and the time is bounded."""


def read_command(text: str, place: Place) -> Reading:
    """What a command is, as bash without start-up files would run it at this place."""
    scanned = scan(text)
    found = scanned.everything
    members: list[Member] = []
    problem = _read(text, place, members)
    kept = tuple(members)
    if not problem and [one.words for one in scanned.direct] != [member.words for member in kept]:
        problem = "it can be read in two ways"
    if why := denial(found, scanned.bare, place):
        return Reading("deny", why, False, kept, found)
    if problem:
        return Reading("ask", problem, False, kept, found)
    asked = next((member for member in kept if member.effect != "allow"), None)
    if asked is not None:
        return Reading("ask", asked.why, True, kept, found)
    return Reading("allow", "it only reads the workspace", True, kept, found)


def _read(text: str, place: Place, members: list[Member]) -> str:
    """Take in the members; why it can't be read as a whole, or empty."""
    if len(text) > MAX_READ:
        return f"it is longer than {MAX_READ} characters"
    if problem := unreadable(text):
        return problem
    if (plain := joined(text)) is None:
        return "it continues a line where that is no plain blank"
    data = plain.encode()
    tree = load("bridge.harness.permissions.shell.grammar").parse(data)
    if tree is None:
        return "it does not parse"

    def judge(stage: Stage) -> Member:
        return member_of(stage, place)

    def enter(folder: Path, operands: tuple[str, ...]) -> Path | None:
        return entered(folder, operands, place)

    reader = Reader(data, judge, enter)
    try:
        reader.read(tree, frozenset({place.cwd}))
    except Unread as unread:
        return str(unread)
    finally:
        members += reader.members
    return "" if reader.members else "it runs nothing"
