"""Document synchronisation: many changes in one notification."""

import random
import time
from typing import Any

import pytest

from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.handlers.documents import did_change, did_open
from bridge.surfaces.lsp.peer import Peer
from tests.surfaces.lsp.fakes import FakeOutbox

URI = "file:///w/a.py"


def opened(text: str) -> Context:
    context = Context(Peer(FakeOutbox()))
    item = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    did_open(context, lsp.DidOpen.parse({"textDocument": item}))
    return context


def change(context: Context, events: list[dict[str, Any]]) -> str:
    document = {"uri": URI, "version": 2}
    did_change(context, lsp.DidChange.parse({"textDocument": document, "contentChanges": events}))
    (after,) = context.documents.all()
    return after.text


def spot(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def one_by_one(text: str, events: list[dict[str, Any]]) -> str:
    """LSP's own words, with no index: each change in the text that the one before left. For ASCII."""
    for event in events:
        lines = text.split("\n")

        def offset(at: dict[str, int], lines: list[str] = lines) -> int:
            line = lines[at["line"]]
            return sum(len(row) + 1 for row in lines[: at["line"]]) + min(at["character"], len(line))

        start, end = offset(event["range"]["start"]), offset(event["range"]["end"])
        text = text[:start] + event["text"] + text[end:]
    return text


@pytest.mark.parametrize("seed", range(200))
def test_several_changes_at_once_are_each_made_in_the_text_that_the_one_before_left(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join("ab"[: rng.randrange(3)] + "\n" for _ in range(6))
    events: list[dict[str, Any]] = []
    now = text
    for _ in range(4):
        lines = now.count("\n")
        places = sorted((rng.randrange(lines + 1), rng.randrange(4)) for _ in range(2))
        event = {
            "range": {"start": spot(*places[0]), "end": spot(*places[1])},
            "text": rng.choice(["", "x", "y\n", "\nz"]),
        }
        now = one_by_one(now, [event])
        events.append(event)
    assert change(opened(text), events) == now


@pytest.mark.bench
def test_formatting_a_large_document_does_not_hold_up_the_rest() -> None:
    """The quickest of three, in processor time: what else the machine does is not measured."""
    lines = 20_000
    before = "".join(f"line {n} {'x' * 35}\n" for n in range(lines))
    events = [{"range": {"start": spot(n, 0), "end": spot(n, 4)}, "text": "LINE"} for n in range(lines - 1, 0, -10)]
    took = []
    for _ in range(3):
        context = opened(before)
        begun = time.process_time()
        assert change(context, events).count("LINE") == len(events)
        took.append(time.process_time() - begun)
    assert min(took) < 0.5
