"""Who decides: a person at the keys, or nobody. And the loop that puts one thing after another before them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import anyio

from bridge.app.wording import visible
from bridge.harness.errors import BridgeError
from bridge.protocol.permission import ApprovalView
from bridge.protocol.review import HunkOutcome, HunkView
from bridge.protocol.update import ApprovalClosed, ApprovalOpened, HunkUpdate, SessionUpdate
from bridge.surfaces.terminal import paint
from bridge.surfaces.terminal.choices import HUNK_KEYS, QUESTION_KEYS, STALE_KEYS, Decision, KeyTable, command_for
from bridge.surfaces.terminal.keys import Keys
from bridge.surfaces.terminal.output import Screen

WHOLE = "The next change is meant as a whole: code may not work with a part of it."
"""Told once a change, before its first hunk."""

ANSWERS = {"accept": "accepted", "reject": "rejected", "stop": "stopping the turn"}


class Conversation(Protocol):
    """The session that is talked to, in this process or behind a daemon."""

    async def hunks(self) -> Sequence[HunkView]:
        """The undecided hunks, in order of place, as they stand now."""
        ...

    async def text(self, uri: str) -> str | None:
        """The file as it stands, if that is known."""
        ...

    async def decide(self, hunks: Sequence[str], accept: bool, reason: str) -> Sequence[HunkOutcome]:
        """Decide hunks by their ids."""
        ...

    async def shown(self, approval: str) -> None:
        """A question is before the person."""
        ...

    async def answer(self, approval: str, option: str, reason: str) -> None:
        """Answer a question."""
        ...

    async def cancel(self) -> None:
        """Stop the turn."""
        ...


class Decider(Protocol):
    """Decides what is put before it."""

    async def on_hunk(self, hunk: HunkView, text: str | None) -> Decision:
        """`text` is the hunk's file as it stands, if that is known."""
        ...

    async def on_question(self, approval: ApprovalView) -> Decision:
        """A tool call that needs a yes."""
        ...


class Person:
    """Asks at the keys. Keys that were pressed before a thing was on the screen don't decide it."""

    def __init__(self, keys: Keys, screen: Screen, root: Path) -> None:
        """`root` is the workspace: files are named relative to it."""
        self._keys = keys
        self._screen = screen
        self._root = root
        self._warned: set[str] = set()

    async def on_hunk(self, hunk: HunkView, text: str | None) -> Decision:
        """See Decider."""
        self._keys.forget()
        self._screen.line()
        if hunk.atomic and hunk.proposal_id not in self._warned:
            self._warned.add(hunk.proposal_id)
            self._screen.line(WHOLE)
        for line in paint.hunk_lines(hunk, text, self._root, self._screen.palette):
            self._screen.line(line)
        return await self._ask(STALE_KEYS if hunk.fit == "stale" else HUNK_KEYS)

    async def on_question(self, approval: ApprovalView) -> Decision:
        """See Decider."""
        self._keys.forget()
        self._screen.line()
        for line in paint.question_lines(approval, self._screen.palette):
            self._screen.line(line)
        return await self._ask(QUESTION_KEYS)

    async def _ask(self, keys: KeyTable) -> Decision:
        screen = self._screen
        screen.line(paint.legend(keys, screen.palette))
        while True:
            screen.prompt("> ")
            match command_for(await self._keys.key(), keys):
                case "accept" | "reject" | "stop" as verb:
                    screen.reply(ANSWERS[verb])
                    return Decision(verb)
                case "accept_file":
                    screen.reply("all in this file accepted")
                    return Decision("accept", file=True)
                case "reject_file":
                    screen.reply("all in this file rejected")
                    return Decision("reject", file=True)
                case "reason":
                    if reason := await self._reason():
                        return Decision("reject", reason)
                case "help":
                    screen.reply("help")
                    for line in paint.help_lines(keys, screen.palette):
                        screen.line(line)
                case None:
                    screen.reply(f"this key means nothing here; {' '.join(keys)} do")

    async def _reason(self) -> str:
        """Why, in the person's words. No words, or Escape, no rejection: the keys are asked again."""
        self._screen.reply("reject with a reason")
        reason = (await self._keys.line(lambda: self._screen.prompt("  because: "))).strip()
        self._screen.replied()
        return "" if "\x1b" in reason else "".join(c for c in reason if c.isprintable())


class Refuser:
    """Says no to everything, openly."""

    def __init__(self, screen: Screen, root: Path, why: str) -> None:
        """`why` is told to whoever reads along, and to the model."""
        self._screen = screen
        self._root = root
        self._why = why
        self.refused = 0

    async def on_hunk(self, hunk: HunkView, text: str | None) -> Decision:
        """See Decider."""
        for line in paint.hunk_lines(hunk, text, self._root, self._screen.palette):
            self._screen.line(line)
        return self._no()

    async def on_question(self, approval: ApprovalView) -> Decision:
        """See Decider."""
        for line in paint.question_lines(approval, self._screen.palette):
            self._screen.line(line)
        return self._no()

    def _no(self) -> Decision:
        self.refused += 1
        self._screen.line(f"> rejected: {self._why}")
        return Decision("reject", self._why)


class Asker:
    """Puts what waits for a decision before the decider, one after another, as long as it runs."""

    def __init__(self, conversation: Conversation, decider: Decider, screen: Screen) -> None:
        """Give it every update by `on_update`, and `run` it beside."""
        self._conversation = conversation
        self._decider = decider
        self._screen = screen
        self._questions: dict[str, ApprovalView] = {}
        self._woken = anyio.Event()

    def on_update(self, update: SessionUpdate) -> None:
        """Look whether there is something to decide."""
        match update:
            case ApprovalOpened(approval=approval):
                self._questions[approval.approval_id] = approval
            case ApprovalClosed(approval_id=known):
                self._questions.pop(known, None)
            case HunkUpdate(hunk=hunk) if hunk.decision is None:
                pass
            case _:
                return
        self._woken.set()
        self._woken = anyio.Event()

    async def run(self) -> None:
        """Until cancelled, or until the turn is to be stopped."""
        while True:
            woken = self._woken
            if self._questions:
                going_on = await self._question(next(iter(self._questions.values())))
            elif hunks := await self._conversation.hunks():
                going_on = await self._hunk(hunks)
            else:
                await woken.wait()
                continue
            if not going_on:
                await self._conversation.cancel()
                return

    async def _hunk(self, hunks: Sequence[HunkView]) -> bool:
        hunk = hunks[0]
        decision = await self._decider.on_hunk(hunk, await self._conversation.text(hunk.uri))
        if decision.verb == "stop":
            return False
        accept = decision.verb == "accept"
        same = [one for one in hunks if one.uri == hunk.uri] if decision.file else [hunk]
        ids = [one.hunk_id for one in same if not accept or one.fit == "clean"]
        for outcome in await self._conversation.decide(ids, accept, decision.reason):
            self._tell(outcome)
        return True

    async def _question(self, approval: ApprovalView) -> bool:
        await self._conversation.shown(approval.approval_id)
        decision = await self._decider.on_question(approval)
        if decision.verb == "stop":
            return False
        wanted = "allow_once" if decision.verb == "accept" else "reject_once"
        option = next(option.option_id for option in approval.options if option.kind == wanted)
        self._questions.pop(approval.approval_id, None)
        try:
            await self._conversation.answer(approval.approval_id, option, decision.reason)
        except BridgeError as problem:
            self._screen.line(f"not taken: {problem}")
        return True

    def _tell(self, outcome: HunkOutcome) -> None:
        """What did not go as decided."""
        words = {
            "stale": "not applied",
            "absent": "not applied",
            "unverified": "look at the file",
            "already_decided": "not taken",
        }
        if outcome.outcome in words:
            text = f"{words[outcome.outcome]}: {visible(outcome.message or '')}"
            self._screen.line(self._screen.palette.paint("bad", text))
