"""A session's updates told to a person as they come, and what is known when the turn is over."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bridge.app.wording import visible
from bridge.protocol.content import TextContent
from bridge.protocol.review import HunkView
from bridge.protocol.toolcall import Content
from bridge.protocol.update import (
    AgentMessageChunk,
    HunkUpdate,
    NoteUpdate,
    SessionUpdate,
    ToolCallProgress,
    ToolCallStart,
    TurnEnded,
    TurnStarted,
)
from bridge.surfaces.terminal import paint
from bridge.surfaces.terminal.output import Screen


@dataclass(slots=True)
class Account:
    """What became of a turn: its hunks as last told, its calls, and how it ended."""

    hunks: dict[str, HunkView] = field(default_factory=dict)
    calls: dict[str, ToolCallStart] = field(default_factory=dict)
    ended: TurnEnded | None = None

    def on_update(self, update: SessionUpdate) -> None:
        """Take in one update."""
        match update:
            case HunkUpdate(hunk=hunk):
                self.hunks[hunk.hunk_id] = hunk
            case ToolCallStart(tool_call_id=call):
                self.calls[call] = update
            case TurnEnded():
                self.ended = update

    def decided(self, decision: str) -> list[HunkView]:
        """The hunks with this decision."""
        return [hunk for hunk in self.hunks.values() if hunk.decision == decision]

    def unwritten(self) -> list[HunkView]:
        """Accepted hunks that were not seen to stand."""
        return [hunk for hunk in self.decided("accepted") if hunk.placement != "present"]


class Teller:
    """Tells updates on a screen: the model's words, a line for each tool call, and what is waited for."""

    def __init__(self, screen: Screen, root: Path, rule: str = "") -> None:
        """With `rule`, the rule that accepts edits, each hunk is shown when it has been written."""
        self._screen = screen
        self._root = root
        self._rule = rule
        self._titles: dict[str, str] = {}
        self._written: set[str] = set()
        self._message: str | None = None

    def on_update(self, update: SessionUpdate) -> None:
        """Tell one update."""
        match update:
            case TurnStarted():
                self._screen.status("thinking")
            case AgentMessageChunk(content=TextContent(text=text), message_id=message):
                self._words(text, message)
            case ToolCallStart(tool_call_id=call, title=title):
                self._titles[call] = title
                self._screen.status(title)
            case ToolCallProgress(status="completed" | "failed"):
                self._call_ended(update)
            case HunkUpdate(hunk=hunk) if self._rule and hunk.placement == "present":
                self._applied(hunk)
            case NoteUpdate(text=text):
                self._screen.line(f"  note: {visible(text)}")
            case TurnEnded():
                self._ended(update)

    def _words(self, text: str, message: str | None) -> None:
        if message != self._message:
            self._screen.line()
            self._message = message
        self._screen.words(text)

    def _call_ended(self, update: ToolCallProgress) -> None:
        title = visible(self._titles.get(update.tool_call_id, "a tool call"))
        shown = " ".join(_texts(update))
        failed = update.status == "failed"
        mark = self._screen.palette.paint("bad", "✗") if failed else self._screen.palette.paint("dim", "·")
        self._screen.line(f"{mark} {title}" + (f": {shown}" if shown else ""))
        self._screen.status("thinking")

    def _applied(self, hunk: HunkView) -> None:
        if hunk.hunk_id not in self._written:
            self._written.add(hunk.hunk_id)
            for line in paint.hunk_lines(hunk, None, self._root, self._screen.palette):
                self._screen.line(line)
            self._screen.line(f"> accepted by {self._rule}")

    def _ended(self, update: TurnEnded) -> None:
        self._screen.finish_line()
        if update.stop_reason == "cancelled":
            self._screen.line("The turn was cancelled.")
        elif update.stop_reason != "end_turn":
            text = visible(update.message or update.stop_reason)
            self._screen.line(self._screen.palette.paint("bad", f"The turn ended early: {text}"))


def _texts(update: ToolCallProgress) -> Iterator[str]:
    """What a call shows to a person, on one line each."""
    for piece in update.content or ():
        if isinstance(piece, Content) and isinstance(piece.content, TextContent):
            yield visible(piece.content.text.strip().split("\n", 1)[0])
