"""The demo on a terminal with fixed keys, as text and as a picture. `scripts/capture_demo.py` writes both."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from tests.support.corpora import PROJECT
from tests.surfaces.terminal.terminal_child import Cell, TerminalChild, cells

CAPTURE = PROJECT / "docs" / "images" / "demo.txt"
PICTURE = PROJECT / "docs" / "images" / "demo.svg"

REASON = "The log book keeps its words"
KEYS = ("a", "r", "y", "a", "a", "y", "a")
"""What is pressed, as hunks come: mostly "all in file"; after `r` the reason is typed."""

COLOURS = {"31": "#f47067", "32": "#57ab5a", "1;36": "#6cb6ff", "1;31": "#f47067", "2": "#768390", "1": "#f0f3f6"}
INK, PAPER = "#c5d1de", "#1c2128"
ROW_HEIGHT, ADVANCE, MARGIN = 19, 8.43, 18
COLUMNS = 100
LEFT_OUT = ("── library/ledger.py", "You save ")
"""The picture has no rows from the one that begins so to the other; the text has all."""
LAST_ROW = "cost "

_CHANGING = (
    (re.compile(r"files: /\S+/harness-demo-[^/\s]+"), "files: <folder>"),
    (re.compile(r"initialize \d+ ms, first hunk after [\d.]+ s, [\d.]+ s in all"), "initialize … ms, … s in all"),
    (re.compile(r"pass, in [\d.]+ s"), "pass, in … s"),
)


def capture() -> list[list[Cell]]:
    """Run the demo with seed 1 and press the keys; what the screen shows in the end."""
    with TerminalChild(("-m", "bridge", "demo"), {"SEED": "1"}) as child:
        for key in KEYS:
            child.shows("\x1b[1m?\x1b[0m help")
            child.shows("> ")
            child.press(key)
            if key == "r":
                child.shows("because: ")
                child.press(REASON + "\n")
        assert child.exit_code() == 0, child.text()
        return cells(child.raw)


def normal(text: str) -> str:
    """Without what differs from run to run: the folder and the times."""
    for pattern, words in _CHANGING:
        text = pattern.sub(words, text)
    return text


def picture(rows: Sequence[Sequence[Cell]]) -> str:
    """The beginning and the end of the story as SVG."""
    return svg([part for row in _parts(rows) for part in _wrapped(row)])


def svg(shown: Sequence[Sequence[Cell]]) -> str:
    """Rows of a terminal as a picture."""
    height = len(shown) * ROW_HEIGHT + 2 * MARGIN
    width = max(len(row) for row in shown) * ADVANCE + 2 * MARGIN
    font = 'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" {font}>',
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
    ]
    for number, row in enumerate(shown):
        y = MARGIN + ROW_HEIGHT * (number + 0.75)
        lines += [_run(column, y, style, text) for column, style, text in _runs(row)]
    return "\n".join([*lines, "</svg>\n"])


def _parts(rows: Sequence[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """What the picture shows, with the folder's name and the times made plain."""
    first, last = LEFT_OUT
    left_out = False
    for row in rows:
        text = "".join(character for character, _ in row)
        if left_out or text.startswith(first):
            left_out = not text.startswith(last)
            if not left_out:
                yield [(character, "2") for character in "   ⋮"]
                yield []
        if not left_out:
            yield _plainer(row, text)
        if text.startswith(LAST_ROW):
            return


def _wrapped(row: Sequence[Cell]) -> Iterator[Sequence[Cell]]:
    """As a narrower terminal would show it."""
    yield row[:COLUMNS]
    for at in range(COLUMNS, len(row), COLUMNS):
        yield row[at : at + COLUMNS]


def _plainer(row: Sequence[Cell], text: str) -> Sequence[Cell]:
    """The row without what differs from run to run; what stands before that keeps its colours."""
    shown = normal(text)
    same = next((at for at, cell in enumerate(row) if not shown.startswith(cell[0], at)), len(row))
    return [*row[:same], *((character, "") for character in shown[same:])]


def _runs(row: Sequence[Cell]) -> Iterator[tuple[int, str, str]]:
    """(column, style, text) of each run of one style that shows anything."""
    column = 0
    for style, run in groupby(row, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in run)
        if text.strip():
            yield column, style, text
        column += len(text)


def _run(column: int, y: float, style: str, text: str) -> str:
    """`textLength` keeps the columns whatever font there is."""
    bold = ' font-weight="bold"' if style.startswith("1") else ""
    length = len(text) * ADVANCE
    x = MARGIN + column * ADVANCE
    place = f'x="{x:.1f}" y="{y:.1f}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text {place} fill="{COLOURS.get(style, INK)}"{bold} xml:space="preserve">{escape(text)}</text>'
