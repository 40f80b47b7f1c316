"""`harness-bridge run`: one prompt in this process, questions at the keys, updates as lines of JSON if wanted."""

import json
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import anyio

from bridge.app.bootstrap import running
from bridge.app.bus import Bus, HunksMoved, Update
from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.app.settings import Settings
from bridge.harness.cost import wording
from bridge.harness.cost.prices import IN_PROCESS
from bridge.harness.errors import BridgeError
from bridge.harness.ids import ApprovalId, HunkId, ProposalId, SessionId, Uri
from bridge.harness.ports.editor import NoEditor
from bridge.harness.values.events import Proposed, Recorded
from bridge.harness.values.model import OutputSchema, ReasoningDelta, TextDelta
from bridge.harness.values.policy import Mode
from bridge.harness.values.proposals import Actor, Proposal, Verdict
from bridge.harness.workspace.documents import Documents
from bridge.protocol.review import HunkOutcome, HunkView
from bridge.protocol.update import SessionNotification, SessionUpdate
from bridge.surfaces.mapping.review import Seen, hunk_view, outcome
from bridge.surfaces.mapping.updates import delta, updates
from bridge.surfaces.terminal.deciding import Asker, Decider, Person, Refuser, typed_line
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.keys import Keys
from bridge.surfaces.terminal.output import Out, Screen
from bridge.surfaces.terminal.teller import Account, Teller, asks

Approve = Literal["ask", "edits", "all", "none"]

MODES: dict[Approve, Mode] = {"ask": "default", "edits": "accept_edits", "all": "bypass", "none": "default"}

NO_TERMINAL = "nobody could be asked: there is no terminal"

YOUR_ANSWER = "Your answer (Enter ends): "

UNANSWERED = (
    "harness-bridge: the agent asks, and nobody could answer: there is no terminal. "
    "Ask again with the answer in the prompt, such as the file that is meant."
)

NO_ANSWER = "The model gave no answer. Ask again, or choose another model."

OF_BUDGET = "session's budget of"
"""What stands in every sentence that says why the budget ends a turn (harness/cost/wording.py)."""

SEEN = Seen(str, lambda _: None)
"""A terminal has no document open."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked on the command line. `cwd` is absolute; with `schema` the answer alone is printed."""

    prompt: str
    cwd: Path
    settings: Settings
    approve: Approve = "ask"
    json: bool = False
    schema: OutputSchema | None = None


@dataclass(frozen=True, slots=True)
class Console:
    """Where it is asked from. `keys` is None where nobody can be asked."""

    screen: Screen
    answers: Out
    keys: Keys | None


class InProcess:
    """Implements Conversation on a session of this process."""

    def __init__(self, runtime: Runtime, session: Session, actor: Actor) -> None:
        """Decisions are recorded as the actor's."""
        self._runtime = runtime
        self._session = session
        self._actor = actor
        self._granted: set[ProposalId] = set()

    def on_proposed(self, proposal: Proposal) -> None:
        """Hunks that a rule or mode is about to accept are nobody's to decide, although they are undecided yet."""
        if proposal.policy == "allow":
            self._granted.add(proposal.id)

    async def hunks(self) -> Sequence[HunkView]:
        """See the port."""
        undecided = [view for view in self._session.review.views() if view.state.open]
        views = [view for view in undecided if view.hunk.proposal not in self._granted]
        return [hunk_view(self._session.id, view, view.hunk.uri) for view in views]

    async def text(self, uri: str) -> str | None:
        """See the port."""
        return self._session.review.text_of(Uri(uri))

    async def decide(self, hunks: Sequence[str], accept: bool, reason: str) -> Sequence[HunkOutcome]:
        """See the port."""
        verdict: Verdict = "accepted" if accept else "rejected"
        found = await self._runtime.decide([HunkId(known) for known in hunks], verdict, self._actor, reason)
        return [outcome(one) for one in found]

    async def shown(self, approval: str) -> None:
        """See the port."""
        self._runtime.shown(ApprovalId(approval))

    async def answer(self, approval: str, option: str, reason: str) -> None:
        """See the port."""
        await self._runtime.answer(ApprovalId(approval), option, reason)

    async def cancel(self) -> None:
        """See the port."""
        self._session.interrupt()


async def run(request: Request, console: Console) -> Exit:
    """From the prompt to the exit code: one turn, and one more for each answer to a question that ended one."""
    bus = Bus()
    async with running(request.settings, NoEditor(), Documents(), bus) as runtime:
        try:
            for remark in request.settings.remarks:
                console.screen.line(f"harness-bridge: {remark}")
            session = await runtime.new_session(str(request.cwd))
            try:
                return await _talk(request, console, runtime, session)
            finally:
                _tell_cost(console.screen, session, request.settings)
        except BridgeError as problem:
            console.screen.line(f"harness-bridge: {problem}" + (f" {problem.hint}" if problem.hint else ""))
        except OSError as error:
            console.screen.line(f"harness-bridge: {error}")
    return Exit.ENVIRONMENT


async def _talk(request: Request, console: Console, runtime: Runtime, session: Session) -> Exit:
    """Turns of one session, as long as one ends with a question and the person answers."""
    while True:
        one = _Run(request, console, runtime, session)
        ended = await one.turn()
        if ended is Exit.DONE and one.silent:
            console.screen.line(NO_ANSWER)
        if request.schema is not None and ended is Exit.DONE:
            console.answers.write(one.said.strip() + "\n")
        if ended is not Exit.DONE or request.schema is not None or not asks(one.said):
            return ended
        if console.keys is None:
            console.screen.line(UNANSWERED)
            return Exit.REFUSED
        answer = await _answer(console.keys, console.screen)
        if not answer:
            return ended if answer is not None else Exit.INTERRUPTED
        request = replace(request, prompt=answer)


def _tell_cost(screen: Screen, session: Session, settings: Settings) -> None:
    """What it has used and cost, where a service was called: also for a call that was cut, and told nothing."""
    report = session.books.report()
    if any(line.calls for line in report.by_model if line.name not in IN_PROCESS):
        screen.line(screen.palette.paint("dim", wording.session(report)))
        remark = report.remark if settings.budget_said else wording.without_prices(report.remark)
        if remark:
            screen.line(screen.palette.paint("dim", remark))


async def _answer(keys: Keys, screen: Screen) -> str | None:
    """What the person types to a question of the agent's; None after Ctrl-C."""
    keys.forget()
    screen.line()
    answer = None
    with anyio.CancelScope() as leaving:
        async with interrupts(leaving.cancel, leaving):
            answer = await typed_line(keys, screen, YOUR_ANSWER)
    screen.finish_line()
    return answer


class _Run:
    """The parts of one turn."""

    def __init__(self, request: Request, console: Console, runtime: Runtime, session: Session) -> None:
        self._request = request
        self._console = console
        self._runtime = runtime
        self._session = session
        self._account = Account()
        self._refuser: Refuser | None = None
        actor, decider = self._who()
        self._conversation = InProcess(runtime, session, actor)
        self._asker = Asker(self._conversation, decider, console.screen)
        self._told = self._listeners()

    @property
    def said(self) -> str:
        """The agent's last message."""
        return self._account.said

    @property
    def silent(self) -> bool:
        """Whether nothing came of the turn: no word, and no call of a tool."""
        return not self._account.said.strip() and not self._account.calls

    async def turn(self) -> Exit:
        """Prompt, ask, tell, until the turn has ended."""
        stop = self._runtime.bus.subscribe(self._on_update)
        left, problem = False, None
        try:
            request = self._request
            turn = await self._runtime.prompt(self._session.id, request.prompt, schema=request.schema)
            async with anyio.create_task_group() as group, interrupts(self._stop, group.cancel_scope) as second:
                group.start_soon(self._ask)
                try:
                    await turn.wait()
                except BridgeError as error:
                    problem = error
                group.cancel_scope.cancel()
            left = second()
        finally:
            stop()
            self._console.screen.finish_line()
        if problem is not None:
            raise problem
        return Exit.INTERRUPTED if left else self._exit()

    async def _ask(self) -> None:
        try:
            await self._asker.run()
        except BridgeError as problem:
            self._console.screen.line(f"harness-bridge: {problem}")
            self._session.interrupt()

    def _who(self) -> tuple[Actor, Decider]:
        screen, root, keys = self._console.screen, self._request.cwd, self._console.keys
        if self._request.approve == "none":
            return Actor("rule", "--approve none"), Refuser(screen, root, "every question is a no (--approve none)")
        if keys is not None:
            return Actor("person", "terminal"), Person(keys, screen, root)
        self._refuser = Refuser(screen, root, NO_TERMINAL)
        return Actor("bridge", "no terminal"), self._refuser

    def _listeners(self) -> list[Callable[[SessionUpdate], None]]:
        listeners = [self._account.on_update]
        if not self._request.json:
            mode = MODES[self._request.approve]
            rule = f"mode {mode}" if mode != "default" else ""
            listeners.append(Teller(self._console.screen, self._request.cwd, self._account, rule).on_update)
        return [*listeners, self._asker.on_update]

    def _on_update(self, session: SessionId, update: Update) -> None:
        match update:
            case TextDelta() | ReasoningDelta():
                self._tell(session, None, delta(update, update.text))
            case Recorded():
                if isinstance(update.event, Proposed):
                    self._conversation.on_proposed(update.event.proposal)
                for one in updates(self._session, update.event, SEEN, replay=False):
                    self._tell(session, update.seq, one)
            case HunksMoved():
                pass  # the next look at the hunks has their places

    def _tell(self, session: SessionId, seq: int | None, update: SessionUpdate) -> None:
        if self._request.json:
            row = SessionNotification(session_id=session, seq=seq, update=update).dump()
            self._console.answers.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        for listener in self._told:
            listener(update)
        if self._console.answers.broken:
            self._session.interrupt()

    def _stop(self) -> None:
        self._asker.leave()
        self._console.screen.line("Stopping the turn (Ctrl-C again leaves at once).")
        self._session.interrupt()

    def _exit(self) -> Exit:
        if self._console.answers.broken:
            return Exit.ENVIRONMENT
        return judge(self._account, self._refuser.refused if self._refuser else 0)


def judge(account: Account, refused: int) -> Exit:
    """The exit code of a turn. What went wrong first in this order counts: cancelled, failed, not written, refused."""
    stop = account.ended.stop_reason if account.ended else "cancelled"
    if stop == "cancelled":
        return Exit.CANCELLED
    if stop == "max_turn_requests" and OF_BUDGET in (account.ended.message or "" if account.ended else ""):
        return Exit.BUDGET
    if stop != "end_turn":
        return Exit.FAILED
    if account.unwritten():
        return Exit.ENVIRONMENT
    return Exit.REFUSED if refused else Exit.DONE


@asynccontextmanager
async def interrupts(stop: Callable[[], None], leave: anyio.CancelScope) -> AsyncIterator[Callable[[], bool]]:
    """Signals while the context lasts: the first one calls `stop`, the second cancels `leave`. The answer: did it?"""
    count = 0

    async def listen() -> None:
        nonlocal count
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            async for _ in signals:
                count += 1
                if count == 1:
                    stop()
                else:
                    leave.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(listen)
        yield lambda: count > 1
        group.cancel_scope.cancel()
