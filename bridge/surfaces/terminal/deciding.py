"""Who decides: a person at the keys, or nobody. And the loop that puts one thing after another before them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
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
"""Told once a change of several hunks, before its first one."""

ANSWERS = {"accept": "accepted", "reject": "rejected", "stop": "stopping the turn"}

MANY = {
    "accept_file": ("all in this file accepted", Decision("accept", reach="file")),
    "accept_all": ("all of this change accepted", Decision("accept", reach="change")),
    "reject_file": ("all in this file rejected", Decision("reject", reach="file")),
}
"""What is said of a key for several hunks, and what it decides."""

NO_REASON = "No reason was given, so nothing is decided yet."

ONCE_MORE = "Not done: {why}. Mend that and accept the next one again, or reject it."
"""Told before a hunk that could not be decided as wanted is asked about again."""

NOT_AS_DECIDED = {
    "refused": "not done",
    "stale": "not applied",
    "absent": "not applied",
    "unverified": "look at the file",
    "already_decided": "not taken",
    "withdrawn": "not taken",
    "expired": "not taken",
    "unknown": "not taken",
}
"""Outcomes that are told, in words; the same of several hunks is told once."""


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
        if hunk.atomic and hunk.total > 1 and hunk.proposal_id not in self._warned:
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
                case "accept_file" | "accept_all" | "reject_file" as many:
                    said, decision = MANY[many]
                    screen.reply(said)
                    return decision
                case "reason":
                    screen.reply("no, with a reason (Esc: not after all)")
                    if reason := await typed_line(self._keys, screen, "  because: "):
                        return Decision("reject", reason)
                    screen.line(NO_REASON)
                    screen.line(paint.legend(keys, screen.palette))
                case "help":
                    screen.reply("help")
                    for line in paint.help_lines(keys, screen.palette):
                        screen.line(line)
                case None:
                    screen.reply(f"this key means nothing here; {' '.join(keys)} do")


async def typed_line(keys: Keys, screen: Screen, prompt: str) -> str:
    """What the person types behind the prompt; "" for nothing, for Escape, and where the terminal is gone."""
    typed = await keys.line(lambda: screen.prompt(prompt))
    if typed is None:
        screen.unasked()
        return ""
    screen.replied()
    return "".join(character for character in typed.strip() if character.isprintable())


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
        self._failed: dict[str, str] = {}
        self._woken = anyio.Event()
        self._asking = anyio.CancelScope()
        self._left = False

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
        """Until cancelled or left, or until the turn is to be stopped."""
        while not self._left:
            woken = self._woken
            if self._questions:
                going_on = await self._question(next(iter(self._questions.values())))
            elif hunks := await self._conversation.hunks():
                going_on = await self._hunk(hunks)
            else:
                await woken.wait()
                continue
            if not going_on and not self._left:
                self._screen.stopping()
                await self._conversation.cancel()
                return

    def leave(self) -> None:
        """Ask nothing more; an open prompt goes from the screen. What was decided is still carried out."""
        self._left = True
        self._asking.cancel()
        self._screen.unasked()
        self._screen.stopping()
        self._woken.set()

    async def stop(self) -> None:
        """Ask nothing more, and stop the turn."""
        self.leave()
        await self._conversation.cancel()

    async def _decided(self, ask: Callable[[], Awaitable[Decision]]) -> Decision:
        """What the decider says; once left, to stop."""
        with anyio.CancelScope() as self._asking:
            if not self._left:
                return await ask()
        return Decision("stop")

    async def _hunk(self, hunks: Sequence[HunkView]) -> bool:
        hunk = hunks[0]
        if hunk.fit == "clean" and (why := self._failed.get(hunk.hunk_id)):
            self._screen.line()
            self._screen.line(self._screen.palette.paint("bad", ONCE_MORE.format(why=why)))
        text = await self._conversation.text(hunk.uri)
        decision = await self._decided(partial(self._decider.on_hunk, hunk, text))
        if decision.verb == "stop":
            return False
        accept = decision.verb == "accept"
        ids = [one.hunk_id for one in _meant(hunk, hunks, decision) if not accept or one.fit == "clean"]
        await self._tell(await self._conversation.decide(ids, accept, decision.reason))
        return True

    async def _question(self, approval: ApprovalView) -> bool:
        await self._conversation.shown(approval.approval_id)
        decision = await self._decided(partial(self._decider.on_question, approval))
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

    async def _tell(self, outcomes: Sequence[HunkOutcome]) -> None:
        """What did not go as decided; of a hunk that is asked about again it is told then."""
        failed = [outcome for outcome in outcomes if outcome.outcome in NOT_AS_DECIDED]
        again = {hunk.hunk_id for hunk in await self._conversation.hunks() if hunk.fit == "clean"} if failed else set()
        told = Counter[str]()
        for outcome in failed:
            why = visible(outcome.message or outcome.outcome).rstrip(".")
            if outcome.hunk_id in again:
                self._failed[outcome.hunk_id] = why
            else:
                told[f"{NOT_AS_DECIDED[outcome.outcome]}: {why}."] += 1
        for text, count in told.items():
            several = f"{count} hunks " if count > 1 else ""
            self._screen.line(self._screen.palette.paint("bad", several + text))


def _meant(hunk: HunkView, hunks: Sequence[HunkView], decision: Decision) -> Sequence[HunkView]:
    """The hunks that a decision on one of them is for."""
    match decision.reach:
        case "file":
            return [one for one in hunks if one.uri == hunk.uri]
        case "change":
            return [one for one in hunks if one.proposal_id == hunk.proposal_id]
        case _:
            return [hunk]
