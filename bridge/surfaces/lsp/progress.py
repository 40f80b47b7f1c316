"""A turn as `$/progress`: what the agent does, when it waits for the person, and a way to stop it."""

import anyio

from bridge.app import wording
from bridge.app.bus import Update
from bridge.app.session import Session, Turn
from bridge.harness.errors import BridgeError
from bridge.harness.ids import SessionId
from bridge.harness.isolate import isolate
from bridge.harness.values.events import (
    BudgetWarned,
    CallOpened,
    Compacted,
    Event,
    FeatureLowered,
    ModelSwitched,
    Recorded,
    Retried,
    SessionOpened,
    StepStarted,
    TurnEnded,
)
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.joined import Joined
from bridge.surfaces.lsp.peer import RemoteError
from bridge.surfaces.lsp.review.show import WARNING, show_text
from bridge.surfaces.mapping import words
from bridge.surfaces.mapping.spoken import last_answer, worked
from bridge.surfaces.mapping.usage import decimal

CREATE_S = 5.0
THINKING = "thinking"
MESSAGE_LIMIT = 200
"""A message to the person is one line: longer ones make some editors stop and ask for a key."""

NO_ANSWER = "The model gave no answer. Ask again, or choose another model."

ANSWERED = ("end_turn", "max_tokens")
"""The ends of a turn that leave an answer, if it be one that is cut."""

Token = int | str


class Progress:
    """One token a turn."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus, after the session's own state."""
        self._context = context
        self._tokens: dict[SessionId, Token] = {}
        self._doing: dict[SessionId, str] = {}
        self._told: dict[SessionId, str] = {}
        self._remarks: dict[SessionId, str] = {}
        self._retrying: set[SessionId] = set()
        self._joined = Joined("a report of progress", lambda: context.tasks, self._report)

    async def begin(self, session: Session, turn: Turn, token: Token | None) -> None:
        """Report the turn, with the client's token or one that we create."""
        if session.id in self._tokens:  # a session that is loaded again while its turn runs
            return
        if token is None:
            token = await self._created(turn)
        if token is not None and session.turn is turn:
            self._tokens[session.id] = token
            self._send(token, {"kind": "begin", "title": "Agent", "cancellable": True, "message": THINKING})
            self._report(session.id)
        try:
            await turn.wait()
        except BridgeError as problem:  # the log did not take it, so no `TurnEnded` tells of it
            self._close(session.id, str(problem))
            if not self._context.client.wants_updates:
                show_text(self._context, f"Agent: {_one_line(f'{problem.hint} {problem}')}", kind=1)

    async def _created(self, turn: Turn) -> Token | None:
        """A token of our own, where the client shows progress and takes it."""
        if not self._context.client.shows_progress:
            return None
        token = f"harness-{turn.id}"
        with isolate("a progress token"), anyio.move_on_after(CREATE_S):
            try:
                await self._context.peer.request("window/workDoneProgress/create", {"token": token})
                return token
            except RemoteError:
                pass
        return None

    def cancel(self, token: Token) -> None:
        """The person pressed stop on a progress."""
        for session, known in self._tokens.items():
            if known == token:
                self._context.runtime.session(session).interrupt()

    def on_update(self, session: SessionId, update: Update) -> None:
        """Say what goes on."""
        match update:
            case Recorded(event=SessionOpened()):
                pass
            case Recorded(event=TurnEnded() as ended):
                self._end(self._context.runtime.session(session), ended)
            case Recorded(event=event):
                self._note(session, event)
                self._joined.ask(session)

    def on_piece(self, session: SessionId) -> None:
        """The model says something: it is not waited for any more."""
        if session in self._retrying:
            self._retrying.discard(session)
            self._doing[session] = THINKING
            self._joined.ask(session)

    def _note(self, session: SessionId, event: Event) -> None:
        """What is done now. What can't be asked for again is said beside the step that follows."""
        match event:
            case StepStarted():
                remark = self._remarks.pop(session, "")
                self._doing[session] = f"{THINKING} ({remark})" if remark else THINKING
            case CallOpened(title=title):
                self._doing[session] = wording.visible(title)
            case Retried(message=message, wait=wait):
                self._retrying.add(session)
                self._doing[session] = words.retry(message, wait)
            case ModelSwitched(model=model, why=why):
                self._remarks[session] = words.switched(model, why)
                self._say(f"the agent {words.switched(model, why)}")
            case FeatureLowered(feature=feature, why=why):
                self._remarks[session] = words.lowered(feature, why)
            case Compacted(before=before, after=after):
                self._remarks[session] = words.smaller(before, after)
            case BudgetWarned(unit=unit, spent=spent, limit=limit):
                self._say(words.warned(unit, decimal(spent), decimal(limit)))

    def _say(self, text: str) -> None:
        """What costs money, or is not as the person wanted it, is said to those who have no updates."""
        if not self._context.client.wants_updates:
            show_text(self._context, _one_line(text[0].upper() + text[1:]), kind=WARNING)

    def _report(self, session: SessionId) -> None:
        if (token := self._tokens.get(session)) is not None:
            message = waiting_for(self._context.runtime.session(session)) or self._doing.get(session, THINKING)
            if self._told.get(session) == message:
                return
            self._told[session] = message
            self._send(token, {"kind": "report", "message": message, "cancellable": True})

    def _end(self, session: Session, ended: TurnEnded) -> None:
        items = session.transcript.items
        last = last_answer(items) if ended.stop in ANSWERED else ""
        silent = ended.stop == "end_turn" and not last.strip() and not worked(items)
        done = NO_ANSWER if silent else last or "done"
        text = {"end_turn": done, "cancelled": "stopped"}.get(ended.stop, ended.message or ended.stop)
        self._close(session.id, text)
        if self._context.client.wants_updates:
            return
        if last.strip():
            show_text(self._context, f"Agent: {_one_line(last)}")
        if silent:
            show_text(self._context, NO_ANSWER, kind=WARNING)
        elif ended.stop not in ("end_turn", "cancelled"):
            show_text(self._context, f"Agent: {_one_line(text)}", kind=1)

    def _close(self, session: SessionId, text: str) -> None:
        if (token := self._tokens.pop(session, None)) is not None:
            self._send(token, {"kind": "end", "message": _one_line(text)})
        for table in (self._doing, self._told, self._remarks):
            table.pop(session, None)
        self._retrying.discard(session)

    def _send(self, token: Token, value: dict[str, object]) -> None:
        key = f"progress {token}" if value["kind"] == "report" else None
        self._context.peer.notify("$/progress", {"token": token, "value": value}, key)


def waiting_for(session: Session) -> str:
    """What the session waits for from the person, or an empty string."""
    if questions := session.approvals.pending():
        return f"waiting for you: {wording.visible(questions[0].subject.title)}?"
    views = [view for view in session.review.views() if view.state.open]
    if not views:
        return ""
    files = len({view.hunk.uri for view in views})
    return f"waiting for you: {len(views)} hunk{'s'[: len(views) > 1]} in {files} file{'s'[: files > 1]}"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"
