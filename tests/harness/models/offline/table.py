"""The table of phrasings, and how a reading is written in it."""

from collections.abc import Iterator
from pathlib import Path

from bridge.harness.models.offline.reading import Ambiguous, Partly, Reading, Understood
from bridge.harness.models.offline.wishes import said

TABLE = Path(__file__).parent / "phrasings.txt"
ASKS, NOTHING = "asks", "nothing"


def rows(table: Path = TABLE) -> Iterator[tuple[str, str]]:
    """A prompt, and what it asks for."""
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            prompt, _, wanted = line.rpartition(" => ")
            yield prompt.replace("\\n", "\n"), wanted


def told(reading: Reading) -> str:
    """As in the table."""
    match reading:
        case Understood(wishes=wishes) if acts(reading):
            return " ; ".join(map(said, wishes))
        case Understood() | Ambiguous() | Partly():
            return ASKS
    return NOTHING


def acts(reading: Reading) -> bool:
    """Whether it would be done without a question."""
    return isinstance(reading, Understood) and all(wish.sure or not wish.edits for wish in reading.wishes)


def edits(reading: Reading) -> bool:
    """Whether it would change something without a question."""
    return isinstance(reading, Understood) and acts(reading) and any(wish.edits for wish in reading.wishes)
