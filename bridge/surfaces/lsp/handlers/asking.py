"""The commands that begin a turn: a prompt, a question about a selection, a refactoring."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bridge.app.session import Session
from bridge.harness.errors import BridgeError
from bridge.harness.ids import SessionId, Uri
from bridge.harness.values.events import PromptContext
from bridge.harness.workspace.uris import to_path
from bridge.protocol import commands as wire
from bridge.protocol.base import Wire
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.lsp.params import known_uri
from bridge.surfaces.lsp.peer import RemoteError
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.questions import Questions
from bridge.surfaces.lsp.queued import Asked, Queue
from bridge.surfaces.lsp.review.entries import ASKS
from bridge.surfaces.lsp.review.refactorings import refactorings
from bridge.surfaces.lsp.review.show import WARNING, show_text
from bridge.surfaces.lsp.review.wanted import completed, wanted
from bridge.surfaces.lsp.review.where import place, whole_lines

WHAT_TO_DO = "What should the agent do with the selection?"

NOTHING_FITS = "None of the requests that the model in use understands fits this selection."


class Asking:
    """What begins a turn, of one connection."""

    def __init__(self, context: Context, progress: Progress, questions: Questions, queue: Queue) -> None:
        """One a connection."""
        self._context = context
        self._queue = queue
        self._progress = progress
        self._questions = questions
        self.handlers: Mapping[str, Callable[[Any], Awaitable[Wire]]] = {
            "harness.prompt": self.prompt,
            "harness.askHere": self.ask_here,
            "harness.refactor": self.refactor,
        }

    async def prompt(self, given: wire.PromptCommand) -> Wire:
        """Begin a turn; answered at once, progress tells of it."""
        if not given.text.strip():
            raise invalid_params([{"path": "arguments.0.text", "message": "it has no text"}])
        known = SessionId(given.session_id) if given.session_id else None
        if given.queue is not True:
            return wire.PromptStarted(session_id=await self._begin(given.text, self._where(given), known))
        where = self._where(given)
        session = self._context.runtime.session(known) if known else await self._current(where)
        self._context.tasks.start_soon(self._wait, session, Asked(given.text, where))
        return wire.PromptStarted(session_id=session.id)

    async def ask_here(self, given: wire.AskHereCommand) -> Wire:
        """Ask what the agent should do with a selection. No choice, no turn."""
        where = place(self._context, _uri(given.uri), given.range)
        if not self._context.free_words:
            return await self._refactor_here(given)
        chosen = await self.choose(WHAT_TO_DO, tuple(ASKS))
        return wire.AskHereResult(session_id=await self._begin(ASKS[chosen], where) if chosen else None)

    async def _refactor_here(self, given: wire.AskHereCommand) -> Wire:
        """The same with a model that has no free words: the refactorings that fit the selection."""
        document, range_ = {"uri": given.uri}, given.range.dump()
        asked = lsp.CodeAction.parse({"textDocument": document, "range": range_, "context": {"diagnostics": []}})
        offers = {one["title"]: one["command"] for one in refactorings(self._context, _uri(given.uri), asked)}
        if not offers:
            show_text(self._context, NOTHING_FITS)
        chosen = await self.choose(WHAT_TO_DO, tuple(offers)) if offers else ""
        if not chosen:
            return wire.AskHereResult()
        return await self.refactor(wire.RefactorCommand.parse(offers[chosen]["arguments"][0]))

    async def refactor(self, given: wire.RefactorCommand) -> Wire:
        """Ask for a refactoring; for a name that is missing the person is asked first. No name, no turn."""
        whole = await completed(self._context, wanted(self._context, given), self.choose)
        if whole is None:
            return wire.AskHereResult()
        known = SessionId(given.session_id) if given.session_id else None
        return wire.AskHereResult(session_id=await self._begin(whole.text, whole.where(self._context), known))

    async def choose(self, text: str, titles: Sequence[str]) -> str:
        """The chosen title; an empty string where the person, or a client that can't ask, gave none."""
        try:
            return await self._questions.choose(text, titles)
        except RemoteError as error:
            show_text(self._context, f"The editor could not ask: {error.message}", kind=WARNING)
            return ""

    def _where(self, given: wire.PromptCommand) -> PromptContext | None:
        if not given.uri:
            return None
        uri = _uri(given.uri)
        if given.range is not None:
            return place(self._context, uri, given.range)
        return whole_lines(self._context, uri, given.line, given.end_line)

    async def _begin(self, text: str, where: PromptContext | None, known: SessionId | None = None) -> SessionId:
        """Start a turn in the named session, else in the current one, else in a new one where the document is."""
        session = self._context.runtime.session(known) if known else await self._current(where)
        turn = await self._context.runtime.prompt(session.id, text, where)
        self._context.tasks.start_soon(self._progress.begin, session, turn, None)
        return session.id

    async def _wait(self, session: Session, asked: Asked) -> None:
        """Begin a turn when it can be."""
        try:
            turn = await self._queue.begin(session.id, asked, wait=True)
        except BridgeError as problem:
            show_text(self._context, f"Agent: {problem}", kind=WARNING)
            return
        if turn is not None:
            await self._progress.begin(session, turn, None)

    async def _current(self, where: PromptContext | None) -> Session:
        if self._context.current is None:
            self._context.current = await self._context.runtime.new_session(str(self._workspace(where)))
        return self._context.current

    def _workspace(self, where: PromptContext | None) -> Path:
        root = self._context.folders.holding(to_path(where.uri) if where else None)
        if root is None:
            raise invalid_params([{"path": "arguments.0.uri", "message": "the editor has no workspace folder open"}])
        return root


def _uri(given: str) -> Uri:
    return known_uri(given, "arguments.0.uri")
