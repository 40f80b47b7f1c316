"""Two scenes of docs/images/nvim-review.txt as a picture: the hunk that `]d` went to, and what `gra` offers for it."""

from collections.abc import Iterator

from tests.support.corpora import PROJECT
from tests.surfaces.terminal.capture import svg
from tests.surfaces.terminal.terminal_child import Cell

CAPTURE = PROJECT / "docs" / "images" / "nvim-review.txt"
PICTURE = PROJECT / "docs" / "images" / "nvim-review.svg"
SCENE = " gra "
"""The keys of the scene: the first time that only these are pressed, the cursor is on a hunk."""


def picture() -> str:
    """The picture of the committed capture."""
    return svg([_painted(row) for row in _scene(CAPTURE.read_text(encoding="utf-8"))])


def _scene(text: str) -> Iterator[str]:
    scenes = iter(text.split("\n"))
    for row in scenes:
        if row.startswith("──") and row.strip("─") == SCENE:
            break
    for row in scenes:
        if row.startswith("──"):
            return
        yield row.rstrip()


def _painted(row: str) -> list[Cell]:
    """Red and green for what goes and comes, as the diff that it is; the sign column and menu keys stand out."""
    bare = row.lstrip("H~ ")
    starts = {"Diagnostics": "1", "Code actions": "1", "- ": "31", "+ ": "32"}
    style = next((style for start, style in starts.items() if bare.startswith(start)), "")
    if row[:1].isdigit():
        style = "1;36"
    return [(character, "2" if number == 0 and character in "H~" else style) for number, character in enumerate(row)]
