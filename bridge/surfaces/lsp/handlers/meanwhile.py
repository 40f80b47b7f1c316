"""The commands beside a turn: tell the agent something, make the conversation smaller, say what it cost."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bridge.app.session import Session
from bridge.harness.errors import NotFound, Stale
from bridge.harness.ids import SessionId, TurnId
from bridge.harness.values.events import Compacted, PromptContext
from bridge.protocol import commands as wire
from bridge.protocol.base import Wire
from bridge.protocol.session import CompactResponse
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.handlers.usage import usage_of
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.lsp.params import known_uri
from bridge.surfaces.lsp.review.show import INFO, WARNING, show_text
from bridge.surfaces.lsp.review.where import whole_lines
from bridge.surfaces.mapping.words import smaller

TAKEN = "The agent hears of it at its next step."
ENDED = "That turn has ended: send it as a prompt of its own."
IDLE = "The agent does not work on anything now: send it as a prompt of its own."


class Meanwhile:
    """These commands of one connection."""

    def __init__(self, context: Context) -> None:
        """One a connection."""
        self._context = context
        self.handlers: Mapping[str, Callable[[Any], Awaitable[Wire]]] = {
            "harness.steer": self.steer,
            "harness.compact": self.compact,
            "harness.usage": self.usage,
        }

    async def steer(self, given: wire.SteerCommand) -> Wire:
        """Tell the agent something while it works, and the person whether it was in time."""
        if not given.text.strip():
            raise invalid_params([{"path": "arguments.0.text", "message": "it has no text"}])
        session = self._session(given.session_id)
        running = given.turn_id or (session.turn.id if session.turn is not None else "")
        late = await self._tell(session, TurnId(running), given) if running else IDLE
        show_text(self._context, late or TAKEN, kind=WARNING if late else INFO)
        return wire.SteerResult(taken=not late)

    async def compact(self, given: wire.CompactCommand) -> Wire:
        """Make the conversation smaller, and say what came of it."""
        session = self._session(given.session_id)
        found = await self._context.runtime.compact(session.id)
        said = smaller(found.before, found.after) if found else "the conversation is as small as it can be"
        show_text(self._context, f"Agent: {said}")
        return compacted(found)

    async def usage(self, given: wire.UsageCommand) -> Wire:
        """Say what the session has used and cost."""
        found = usage_of(self._context, self._session(given.session_id).id)
        show_text(self._context, f"Agent: {found.summary}. {found.remark or ''}".rstrip())
        return found

    async def _tell(self, session: Session, turn: TurnId, given: wire.SteerCommand) -> str:
        """Why it is too late, or "". It is no failure of the command: editors show those with a number in front."""
        try:
            await self._context.runtime.steer(session.id, given.text, turn, self._where(given))
        except Stale:
            return ENDED
        return ""

    def _where(self, given: wire.SteerCommand) -> PromptContext | None:
        if not given.uri:
            return None
        return whole_lines(self._context, known_uri(given.uri, "arguments.0.uri"), given.line, None)

    def _session(self, given: str | None) -> Session:
        if given:
            return self._context.runtime.session(SessionId(given))
        if self._context.current is None:
            raise NotFound("unknown_session", "nothing was asked of the agent yet")
        return self._context.current


def compacted(found: Compacted | None) -> CompactResponse:
    """What came of a compaction."""
    if found is None:
        return CompactResponse(compacted=False)
    return CompactResponse(compacted=True, before=found.before, after=found.after)
