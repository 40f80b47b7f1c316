"""Stand-ins for the ports of the terminal: keys that were written down, a screen on paper, a session in memory."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import anyio

from bridge.protocol.permission import ApprovalView
from bridge.protocol.review import HunkOutcome, HunkView
from bridge.surfaces.terminal.output import Palette, Screen

ROOT = Path("/project")
ESCAPE = "\x1b"
LINES = ["one\n", "two\n", "three\n", "four\n", "five\n"]


class FakeOut:
    """Implements Out on a string."""

    def __init__(self, *, terminal: bool = False) -> None:
        self.text = ""
        self.terminal = terminal
        self.broken = False

    def write(self, text: str) -> None:
        self.text += text


class FakeKeys:
    """Implements Keys: presses what it was given, then waits for ever. A longer text is a typed line, ESCAPE none."""

    def __init__(self, *pressed: str) -> None:
        self._pressed = list(pressed)
        self.forgotten = 0

    def forget(self) -> None:
        self.forgotten += 1

    async def key(self) -> str:
        return await self._next()

    async def line(self, ask: Callable[[], None]) -> str | None:
        ask()
        typed = await self._next()
        return None if typed == ESCAPE else typed

    async def _next(self) -> str:
        if not self._pressed:
            await anyio.sleep_forever()
        return self._pressed.pop(0)


class FakeConversation:
    """Implements Conversation: hunks are there until they are decided.

    `outcome` is what comes of the first decision; `refused` and `stale` leave the hunks undecided.
    """

    def __init__(self, hunks: Iterable[HunkView] = (), outcome: str = "") -> None:
        self.open = list(hunks)
        self.outcome = outcome
        self.told: list[tuple[Any, ...]] = []
        self.empty = anyio.Event()

    async def hunks(self) -> Sequence[HunkView]:
        if not self.open:
            self.empty.set()
        return self.open

    async def text(self, uri: str) -> str | None:
        return "".join(LINES)

    async def decide(self, hunks: Sequence[str], accept: bool, reason: str) -> Sequence[HunkOutcome]:
        self.told.append((tuple(hunks), accept, reason))
        what = self.outcome or ("present" if accept else "rejected")
        self.outcome = ""
        if what == "stale":
            self.open = [hunk.model_copy(update={"fit": "stale"}) for hunk in self.open]
        elif what != "refused":
            self.open = [hunk for hunk in self.open if hunk.hunk_id not in hunks]
        return [HunkOutcome.parse({"hunkId": known, "outcome": what, "message": "\x1b[2Jbecause"}) for known in hunks]

    async def shown(self, approval: str) -> None:
        self.told.append(("shown", approval))

    async def answer(self, approval: str, option: str, reason: str) -> None:
        self.told.append(("answer", approval, option, reason))
        self.empty.set()

    async def cancel(self) -> None:
        self.told.append(("cancel",))
        self.empty.set()


def a_screen(*, coloured: bool = False) -> tuple[Screen, FakeOut]:
    """A screen on one sheet of paper."""
    out = FakeOut()
    return Screen(out, out, Palette(coloured)), out


def a_hunk(known: str = "h1", **changed: Any) -> HunkView:
    """Line two of five becomes TWO; fields by their wire names."""
    start = changed.pop("line", 1)
    old = changed.get("oldText", "two\n")
    end = start + old.count("\n")
    hunk = {
        "hunkId": known,
        "proposalId": "p",
        "sessionId": "s",
        "uri": "file:///project/src/a.py",
        "op": "edit",
        "range": {"start": {"line": start, "character": 0}, "end": {"line": end, "character": 0}},
        "oldText": "two\n",
        "newText": "TWO\n",
        "digest": "0" * 64,
        "placement": "absent",
        "fit": "clean",
        "index": 0,
        "total": 3,
        "title": "Edit src/a.py",
        "policy": "ask",
        "atomic": False,
    }
    return HunkView.parse(hunk | changed)


def a_question() -> ApprovalView:
    """May a file outside the workspace be read?"""
    return ApprovalView.parse(
        {
            "approvalId": "q1",
            "sessionId": "s",
            "agent": [],
            "toolCall": {"toolCallId": "c", "title": "Read ../secret"},
            "touches": ["read /secret"],
            "options": [
                {"optionId": "yes", "name": "Allow once", "kind": "allow_once"},
                {"optionId": "no", "name": "Reject", "kind": "reject_once"},
            ],
            "digest": "0" * 64,
            "why": "to read outside the workspace asks",
            "state": "open",
        }
    )
