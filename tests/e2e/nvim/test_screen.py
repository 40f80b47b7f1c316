"""What a person sees in a stock Neovim, kept as docs/images/nvim-review.txt (`CAPTURE=1` writes it anew)."""

import os
from pathlib import Path

import pytest

from tests.e2e.nvim.picture import CAPTURE, PICTURE, picture
from tests.e2e.nvim.scripts import call, edit, step
from tests.support.nvim import Place
from tests.support.nvim_screen import COLUMNS, Screen

pytestmark = pytest.mark.nvim


PROMPT = "Type number and <Enter>"

SOURCE = """import json


# agent: make load() fail with a clear message, and read UTF-8
def load(path):
    with open(path) as file:
        return json.load(file)


def names(settings):
    return sorted(settings["names"])
"""

OLD_LOAD = """    with open(path) as file:
        return json.load(file)
"""
NEW_LOAD = """    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: not JSON: {error}") from error
"""
OLD_NAMES = '    return sorted(settings["names"])\n'
NEW_NAMES = '    return sorted(settings.get("names", ()))\n'


def scenes(screen: Screen) -> list[tuple[str, str]]:
    """The keys of a whole review, and what the screen shows after them; hunk ids are left out."""
    found = [("", screen.shows("settings.py", "1,1"))]

    def scene(keys: str, raw: str, *texts: str) -> None:
        screen.keys(raw)
        found.append((keys, screen.shows(*texts)))

    scene("4G gra", "4Ggra", "1: Ask agent", PROMPT)
    scene("1 <Enter>", "1\r", "H     with open", "H     return sorted")
    scene("]d <C-W>d", "]d\x17d", "hunk 1/2", "Decide it with a code action")
    scene("gra", "gra", "1: Accept hunk 1/2", "Stop the agent", PROMPT)
    scene("1 <Enter>", "1\r", "except json.JSONDecodeError", "H     return sorted", "[+]")
    scene("]d gra", "]dgra", "1: Accept hunk 2/2", "Reject hunk 2/2 with reason", PROMPT)
    scene("3 <Enter>", "3\r", "Why reject hunk 2/2?", "2: Out of scope", PROMPT)
    scene("2 <Enter>", "2\r", "Agent: load() now names the file and the fault")
    return [(keys, _without_ids(text)) for keys, text in found]


def _without_ids(text: str) -> str:
    return "\n".join(line if "[01" not in line else line.partition("[01")[0].rstrip() for line in text.split("\n"))


def told(found: list[tuple[str, str]]) -> str:
    """All screens in one text, without the empty lines below a buffer."""
    pieces = []
    for keys, text in found:
        kept = "\n".join(line for line in text.splitlines() if line != "~")
        pieces.append(f"{f' {keys} ' if keys else ''}".center(COLUMNS, "─") + f"\n{kept}\n")
    return "\n".join(pieces)


def test_a_review_looks_as_it_is_shown_in_the_documentation(tmp_path: Path) -> None:
    place = Place(tmp_path)
    file = place.file("settings.py", SOURCE)
    place.play(
        step(call("read_file", path="settings.py")),
        step(edit("settings.py", (OLD_LOAD, NEW_LOAD), (OLD_NAMES, NEW_NAMES))),
        step(say="load() now names the file and the fault; names() was left as it was."),
    )
    with Screen(place, "settings.py") as screen:
        shown = told(scenes(screen))
        screen.keys("\r:w\r")
        screen.shows("written")
    assert file.read_text() == SOURCE.replace(OLD_LOAD, NEW_LOAD)
    if os.environ.get("CAPTURE"):
        CAPTURE.write_text(shown, encoding="utf-8")
    assert shown == CAPTURE.read_text(encoding="utf-8")


def test_the_picture_is_of_the_committed_capture() -> None:
    if os.environ.get("CAPTURE"):
        PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
    assert PICTURE.read_text(encoding="utf-8") == picture()
