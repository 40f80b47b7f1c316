"""Inlay hints on instruction comments: what the turn that one began has used and cost, while it runs and afterwards."""

from itertools import islice
from typing import Any

from bridge.app.bus import Update
from bridge.harness.cost import wording
from bridge.harness.cost.values import Line
from bridge.harness.ids import SessionId, TurnId, Uri
from bridge.harness.values.events import Prompt, Recorded
from bridge.harness.workspace.spans import LineIndex
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.entries import MOST_INSTRUCTIONS, instructions
from bridge.surfaces.lsp.review.hints import line_end

MOST_TURNS = 100
"""Turns whose comments are known: those that were asked last."""


class Costs:
    """Knows which turn the words of a comment have begun. What it does not know has no hint."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context
        self._turns: dict[str, tuple[SessionId, TurnId]] = {}

    def on_update(self, session: SessionId, update: Update) -> None:
        """Remember a prompt."""
        match update:
            case Recorded(event=Prompt(turn=turn, text=text)):
                self._turns.pop(text, None)
                self._turns[text] = session, turn
                if len(self._turns) > MOST_TURNS:
                    del self._turns[next(iter(self._turns))]

    def hints(self, uri: Uri, first: int, last: int) -> list[dict[str, Any]]:
        """The hints on lines [first, last] of an open document, at the end of each comment's first line."""
        document = self._context.documents.get(uri)
        if document is None or not self._turns:
            return []
        here = (one for one in instructions(self._context, uri) if first <= one.line <= last)
        index, found = LineIndex(document.text), []
        for instruction in islice(here, MOST_INSTRUCTIONS):
            line = self._line(instruction.text)
            if line is not None and line.usage.total:
                place = line_end(self._context, index, document.text, instruction.line)
                found.append({"position": place, **_told(line), "paddingLeft": True})
        return found

    def _line(self, text: str) -> Line | None:
        """What the turn that these words began has used."""
        session, turn = self._turns.get(text, (None, None))
        live = next((one for one in self._context.runtime.sessions() if one.id == session), None)
        if live is None:
            return None
        return next((one.total for one in live.books.report().by_turn if one.turn == turn), None)


def _told(line: Line) -> dict[str, str]:
    tokens = f"{wording.tokens(line.usage.total)} tokens"
    price = f"{wording.price(line)} · " if line.dollars is not None else ""
    return {"label": f"▸ {price}{tokens}", "tooltip": wording.summary(line)}
