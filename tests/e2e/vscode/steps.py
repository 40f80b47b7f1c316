"""What a person does again and again in these tests."""

from collections.abc import Sequence

from tests.support.script import edit, step
from tests.support.vscode import LENS, STATUS, VsCode

TWENTY = "".join(f"line {n}\n" for n in range(1, 21))
ASK = ("Control+K", "a")
# A daemon in Python starts in about a second on a quiet machine; the ones that run these tests are not.
START_S = 30.0


def ready(window: VsCode) -> None:
    """Wait until the daemon runs."""
    window.shows(STATUS, "Harness", START_S)
    window.hides(f'{STATUS}[aria-label*="daemon is"]', within=START_S)
    window.daemon_pid()


def ask(window: VsCode, text: str = "go") -> None:
    """By the key, into the input box."""
    window.press(*ASK)
    window.answer(text, "Ask the agent")


def hunks(window: VsCode, file: str, lines: Sequence[int], word: str = "Accept") -> None:
    """Wait until the hunks of an open file that offer this have these 0-based lines, and a lens is to be seen."""

    def there() -> bool:
        found = sorted(line for line, title in window.lenses(file) if title == word)
        assert found == list(lines), window.lenses(file)
        return True

    window.until(there, 15.0)
    if lines:
        window.shows(LENS, word)


def proposed(window: VsCode, *replacements: tuple[str, str], file: str = "a.txt") -> None:
    """The file open, and these replacements of it proposed; each of them is one hunk."""
    window.place.play(step(edit(file, *replacements)), step(say="Done."))
    window.open(file)
    ready(window)
    ask(window)


def placed(window: VsCode, *causes: str) -> None:
    """Wait until the log has just these states of placed hunks, oldest first."""

    def there() -> bool:
        found = [row["placement"] for row in window.place.records("Placed")]
        assert found == list(causes), found
        return True

    window.until(there)
