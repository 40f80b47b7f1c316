"""A session's updates told to a person as they come, and what is known when the turn is over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bridge.app.wording import visible
from bridge.harness.engine.mending import BROKEN, CUT_OFF
from bridge.harness.engine.turn import ASK_AGAIN
from bridge.protocol.content import TextContent
from bridge.protocol.review import HunkView
from bridge.protocol.toolcall import Content
from bridge.protocol.update import (
    AgentMessageChunk,
    BudgetWarning,
    Compacted,
    FeatureLowered,
    HunkUpdate,
    ModelSwitched,
    NoteUpdate,
    Retrying,
    SessionUpdate,
    ToolCallProgress,
    ToolCallStart,
    TurnEnded,
    TurnStarted,
)
from bridge.surfaces.mapping import words
from bridge.surfaces.terminal import paint
from bridge.surfaces.terminal.output import Screen

REFUSED = "the model refused."
"""Where its words stand above."""

MOST_PLACES = 3
"""Files that are named in a sentence; the others are counted."""

FOR_THE_MODEL = (CUT_OFF, BROKEN, ASK_AGAIN.partition("{")[0], "Your last message was not finished.")
"""How notes begin that tell the model what to do, and nothing to a person. The last one is of engine/step.py."""

_BLOCK = re.compile(r"^```.*?(?:^```|\Z)", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(`+).+?\1")
_NO_PROSE = re.compile(r"^(?: {4}|\t|>| *(?:[-*+•]|\d+[.)]) ).*$", re.MULTILINE)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_ASKING = re.compile(r"\S[?？](?=[\s)\"'”’»*_]|$)|(?:^|[.!?:)] +)Answer\b", re.MULTILINE)


@dataclass(slots=True)
class Account:
    """What became of a turn: its hunks as last told, its calls, the last message, and how it ended."""

    hunks: dict[str, HunkView] = field(default_factory=dict)
    calls: dict[str, ToolCallStart] = field(default_factory=dict)
    ended: TurnEnded | None = None
    said: str = ""
    said_in: str | None = None

    def on_update(self, update: SessionUpdate) -> None:
        """Take in one update."""
        match update:
            case HunkUpdate(hunk=hunk):
                self.hunks[hunk.hunk_id] = hunk
            case ToolCallStart(tool_call_id=call):
                self.calls[call] = update
            case AgentMessageChunk(content=TextContent(text=text), message_id=message):
                self.said = text if message != self.said_in else self.said + text
                self.said_in = message
            case TurnEnded():
                self.ended = update

    def decided(self, decision: str) -> list[HunkView]:
        """The hunks with this decision."""
        return [hunk for hunk in self.hunks.values() if hunk.decision == decision]

    def unwritten(self) -> list[HunkView]:
        """Accepted hunks that were not seen to stand."""
        return [hunk for hunk in self.decided("accepted") if hunk.placement != "present"]

    def standing(self, root: Path) -> str:
        """In a sentence, how much of what was proposed stands, and where; "" where nothing was proposed."""
        written = [hunk for hunk in self.hunks.values() if hunk.placement == "present"]
        if not self.hunks:
            return ""
        if not written:
            return "Nothing of what was proposed was applied."
        places = list(dict.fromkeys(paint.place(hunk.uri, root) for hunk in written))
        more = f" and {len(places) - MOST_PLACES} more files" if len(places) > MOST_PLACES else ""
        count = f"{len(written)} of {len(self.hunks)} accepted and in {', '.join(places[:MOST_PLACES])}{more}"
        return f"{count}; the rest was not applied." if len(written) < len(self.hunks) else f"{count}."


def asks(message: str) -> bool:
    """Whether a message ends with a question.

    The rule: in its last paragraph, without lists, quotes and code, a sentence ends in a question mark, or begins with
    "Answer" ("Answer with its number.").
    """
    prose = _NO_PROSE.sub("", _CODE.sub("code", _BLOCK.sub("", message)))
    return _ASKING.search(_PARAGRAPHS.split(prose.strip())[-1]) is not None


class Teller:
    """Tells updates on a screen: the model's words, a line for each tool call, and what is waited for."""

    def __init__(self, screen: Screen, root: Path, account: Account, rule: str = "") -> None:
        """`account` takes in each update before. With `rule`, which accepts edits, each written hunk is shown."""
        self._account = account
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
            case ToolCallStart():
                self._call_opened(update)
            case ToolCallProgress(tool_call_id=call, status="in_progress"):
                self._screen.status(self._title(call))
            case ToolCallProgress(status="completed" | "failed"):
                self._call_ended(update)
            case HunkUpdate(hunk=hunk) if self._rule and hunk.placement == "present":
                self._applied(hunk)
            case NoteUpdate(text=text) if not text.startswith(FOR_THE_MODEL):
                self._screen.line(f"  note: {visible(text)}")
            case TurnEnded():
                self._ended(update)
            case _:
                self._around(update)

    def _around(self, update: SessionUpdate) -> None:
        """What happens to the model's calls: told, but not in the way of what is said."""
        if said := around_calls(update):
            self._screen.line(self._screen.palette.paint("dim", f"  {said}"))
            self._screen.status(said if isinstance(update, Retrying) else "thinking")

    def _words(self, text: str, message: str | None) -> None:
        if message != self._message:
            self._screen.line()
            self._message = message
        self._screen.words(text)

    def _call_opened(self, update: ToolCallStart) -> None:
        self._titles[update.tool_call_id] = update.title
        if update.status in ("completed", "failed"):  # the service has done it by itself
            self._call_line(visible(update.title), "", failed=update.status == "failed")
        else:
            self._screen.status(update.title)

    def _call_ended(self, update: ToolCallProgress) -> None:
        title = visible(self._title(update.tool_call_id))
        self._call_line(title, " ".join(_texts(update)), failed=update.status == "failed")

    def _title(self, call: str) -> str:
        return self._titles.get(call, "a tool call")

    def _call_line(self, title: str, shown: str, *, failed: bool) -> None:
        if failed and not shown:
            shown = "not finished"
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
            standing = self._account.standing(self._root)
            self._screen.line("The turn was cancelled." + (f" {standing}" if standing else ""))
        elif update.stop_reason != "end_turn":
            why = (update.message or "").strip()
            told = update.stop_reason == "refusal" and why in {"", self._account.said.strip()}
            text = REFUSED if told else visible(why or update.stop_reason)
            self._screen.line(self._screen.palette.paint("bad", f"The turn ended early: {text}"))


def around_calls(update: SessionUpdate) -> str:
    """What an update tells of the model's calls, in words; "" where it tells nothing."""
    match update:
        case Retrying(message=message, wait_seconds=wait):
            return words.retry(message, wait)
        case ModelSwitched(model=model, why=why):
            return f"the agent {words.switched(model, why)}"
        case FeatureLowered(model=model, feature=feature, why=why):
            return words.goes_on(model, feature, why)
        case Compacted(before=before, after=after):
            return words.smaller(before, after)
        case BudgetWarning(unit=unit, spent=spent, limit=limit):
            return words.warned(unit, spent, limit)
    return ""


def _texts(update: ToolCallProgress) -> Iterator[str]:
    """What a call shows to a person, on one line each."""
    for piece in update.content or ():
        if isinstance(piece, Content) and isinstance(piece.content, TextContent):
            yield visible(piece.content.text.strip().split("\n", 1)[0])
