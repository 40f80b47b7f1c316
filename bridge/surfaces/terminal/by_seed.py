"""Who decides in the demo where nobody sits at a terminal: a script, the same for the same seed."""

import random
from collections.abc import Collection
from pathlib import Path

import anyio

from bridge.protocol.permission import ApprovalView
from bridge.protocol.review import HunkView
from bridge.surfaces.terminal import paint
from bridge.surfaces.terminal.choices import Decision
from bridge.surfaces.terminal.output import Screen

REASONS = (
    "That is what the log book says: it is not ours to change",
    "This tells of the past, when it had the old name",
    "The log book of 1998 keeps its words",
)

PAUSE_S = 0.5
"""After each decision, where somebody watches."""


class BySeed:
    """Accepts all but the lines that tell of the past."""

    def __init__(self, seed: int, screen: Screen, root: Path, kept: Collection[str], *, paced: bool) -> None:
        """Says what it decides on the screen. `kept`: lines that are to stay as they are."""
        self._reason = random.Random(f"decisions {seed}").choice(REASONS)
        self._screen = screen
        self._root = root
        self._kept = kept
        self._pause = PAUSE_S if paced else 0.0
        self._seen: set[str] = set()

    async def on_hunk(self, hunk: HunkView, text: str | None) -> Decision:
        """See Decider."""
        self._screen.line()
        for line in paint.hunk_lines(hunk, text, self._root, self._screen.palette):
            self._screen.line(line)
        keep = any(line in self._kept for line in hunk.old_text.splitlines())
        decision = Decision("reject", self._reason) if keep else Decision("accept")
        if hunk.hunk_id in self._seen:
            decision = Decision("reject", "it could not be accepted")
        self._seen.add(hunk.hunk_id)
        because = f", because: {decision.reason}" if decision.reason else ""
        self._screen.line(f"> by the seed: {decision.verb}{because}")
        await anyio.sleep(self._pause)
        return decision

    async def on_question(self, approval: ApprovalView) -> Decision:
        """See Decider. The sample asks nothing: whatever this is, it is a no."""
        return Decision("reject", "nobody was asked")
