"""harness/session/*: ACP's messages on the use-cases."""

from datetime import UTC, datetime

from bridge.app.store import SessionInfo
from bridge.harness.errors import ModelProblem
from bridge.harness.ids import PromptId, SessionId, TurnId
from bridge.harness.values.events import PromptContext, TurnEnded
from bridge.harness.values.model import OutputSchema
from bridge.protocol import session as wire
from bridge.protocol.content import ContentBlock, ResourceLink, TextContent
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.handlers.config import options
from bridge.surfaces.lsp.handlers.meanwhile import compacted
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.lsp.params import known_uri, place_in_list
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.queued import Asked, Queue
from bridge.surfaces.lsp.updates import UpdateStream
from bridge.surfaces.mapping.form import form_name

PAGE = 100
"""Sessions on one page of a list."""


class Sessions:
    """The handlers of this resource."""

    def __init__(self, context: Context, progress: Progress, queue: Queue, stream: UpdateStream) -> None:
        """One a connection."""
        self._context = context
        self._queue = queue
        self._progress = progress
        self._stream = stream

    async def new(self, _: Context, params: wire.NewSessionRequest) -> wire.NewSessionResponse:
        """Open a session."""
        session = await self._context.runtime.new_session(params.cwd)
        self._context.current = session
        return wire.NewSessionResponse(session_id=session.id, config_options=options(self._context, session))

    async def load(self, _: Context, params: wire.LoadSessionRequest) -> wire.LoadSessionResponse:
        """The history first, then the answer, then the open turn goes on."""
        session, records = await self._context.runtime.load_session(SessionId(params.session_id))
        if self._context.client.wants_updates:
            self._stream.replay(session.id, records)
        self._context.current = session
        self._context.tasks.start_soon(self._context.take_up, session)
        return wire.LoadSessionResponse(config_options=options(self._context, session))

    async def list_(self, _: Context, params: wire.ListSessionsRequest) -> wire.ListSessionsResponse:
        """A page of the stored sessions."""
        found = await self._context.runtime.list_sessions(params.cwd)
        start = place_in_list(params.cursor)
        page = found[start : start + PAGE]
        following = str(start + PAGE) if start + PAGE < len(found) else None
        return wire.ListSessionsResponse(sessions=tuple(_info(info) for info in page), next_cursor=following)

    async def close(self, _: Context, params: wire.CloseSessionRequest) -> wire.CloseSessionResponse:
        """Cancel what runs and what this client waits for, let go of the log."""
        known = SessionId(params.session_id)
        await self._queue.take_back(known)
        await self._context.runtime.close_session(known)
        self._queue.closed(known)
        if self._context.current is not None and self._context.current.id == known:
            self._context.current = None
        return wire.CloseSessionResponse()

    async def prompt(self, _: Context, params: wire.PromptRequest) -> wire.PromptResponse:
        """A turn; the request's cancellation is the turn's, and the answer is then `cancelled`."""
        text, where = _words(params.prompt)
        session = self._context.runtime.session(SessionId(params.session_id))
        turn = await self._queue.begin(session.id, Asked(text, where, _schema(params)), wait=params.queue is True)
        if turn is None:
            return wire.PromptResponse(stop_reason="cancelled")
        self._context.tasks.start_soon(self._progress.begin, session, turn, params.work_done_token)
        return _answer(await turn.see_through())

    async def steer(self, _: Context, params: wire.SteerRequest) -> wire.SteerResponse:
        """Words for the turn that runs."""
        text, where = _words(params.prompt)
        await self._context.runtime.steer(SessionId(params.session_id), text, TurnId(params.turn_id), where)
        return wire.SteerResponse()

    async def unqueue(self, _: Context, params: wire.UnqueueRequest) -> wire.UnqueueResponse:
        """Take back what waits."""
        await self._context.runtime.unqueue(SessionId(params.session_id), PromptId(params.prompt_id))
        return wire.UnqueueResponse()

    async def compact(self, _: Context, params: wire.CompactRequest) -> wire.CompactResponse:
        """Make the conversation smaller."""
        return compacted(await self._context.runtime.compact(SessionId(params.session_id)))

    def cancel(self, _: Context, params: wire.CancelNotification) -> None:
        """Stop the running turn."""
        self._context.runtime.session(SessionId(params.session_id)).interrupt()

    def routes(self) -> list[Route]:
        """The routes of this resource."""
        request = self._context.request
        return [
            request("harness/session/new", wire.NewSessionRequest, self.new),
            request("harness/session/load", wire.LoadSessionRequest, self.load, lambda p: p.session_id),
            request("harness/session/list", wire.ListSessionsRequest, self.list_),
            request("harness/session/close", wire.CloseSessionRequest, self.close, lambda p: p.session_id),
            *self._turns(),
        ]

    def _turns(self) -> list[Route]:
        """Those around a turn."""
        request = self._context.request
        return [
            request("harness/session/prompt", wire.PromptRequest, self.prompt),
            request("harness/session/steer", wire.SteerRequest, self.steer, lambda p: p.session_id),
            request("harness/session/unqueue", wire.UnqueueRequest, self.unqueue, lambda p: p.session_id),
            request("harness/session/compact", wire.CompactRequest, self.compact),
            self._context.notification("harness/session/cancel", wire.CancelNotification, self.cancel),
        ]


def _answer(ended: TurnEnded) -> wire.PromptResponse:
    if ended.stop == "failed":
        raise ModelProblem(ended.message)
    return wire.PromptResponse(stop_reason=ended.stop)


def _words(blocks: tuple[ContentBlock, ...]) -> tuple[str, PromptContext | None]:
    """The text of a prompt, and the first file that it points to."""
    texts = [block.text for block in blocks if isinstance(block, TextContent)]
    links = [block for block in blocks if isinstance(block, ResourceLink)]
    if not any(text.strip() for text in texts):
        raise invalid_params([{"path": "prompt", "message": "it has no text"}])
    if len(texts) + len(links) < len(blocks):
        raise invalid_params([{"path": "prompt", "message": "only `text` and `resource_link` blocks are taken"}])
    where = PromptContext(known_uri(links[0].uri, f"prompt.{blocks.index(links[0])}.uri")) if links else None
    return "\n\n".join([*texts, *(f"[{link.name}]({link.uri})" for link in links)]), where


def _schema(params: wire.PromptRequest) -> OutputSchema | None:
    """The form of the answer; services want a name for it."""
    wanted = params.output_schema
    return OutputSchema(form_name(wanted), wanted) if wanted is not None else None


def _info(info: SessionInfo) -> wire.SessionInfo:
    updated = datetime.fromtimestamp(info.updated, UTC).isoformat()
    return wire.SessionInfo(session_id=info.id, cwd=info.cwd, title=info.title or None, updated_at=updated)
