"""What has no natural bound, put into updates that have one: 64 KiB each (design, rule 7)."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

PIECE = 10_000
"""Characters of a text in one update. As JSON a character takes six bytes at most, so that it stays below 64 KiB."""

RAW_BYTES = 40_000
"""A tool call's arguments go as they are up to here, as JSON."""

MOST_FIELDS = 50
FIELD = 500
"""Above that these remain: the first fields, each with as many characters."""

ONE_LINE = 120
"""Characters of a title."""


def pieces(text: str) -> Iterator[str]:
    """A text in parts that go into one update each; an empty one is one part."""
    for at in range(0, len(text) or 1, PIECE):
        yield text[at : at + PIECE]


def bounded(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call; where they are long, each of them as text, cut."""
    if _size(arguments) <= RAW_BYTES:
        return dict(arguments)
    return {cut(key, FIELD): _short(value) for key, value in islice(arguments.items(), MOST_FIELDS)}


def cut(text: str, most: int) -> str:
    """A text of so many characters at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def line(text: str) -> str:
    """A text on one line that is short enough for a title."""
    return cut(" ".join(text[: 4 * ONE_LINE].split()), ONE_LINE)


def _short(value: object) -> object:
    if _size(value) <= FIELD:
        return value
    return cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), FIELD)


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=True))
