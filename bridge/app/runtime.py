"""The use-cases: what a surface can ask for. One runtime a daemon; built by `bootstrap`."""

import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from bridge.app.bus import Bus
from bridge.app.session import Parts, Session, Turn
from bridge.app.settings import Settings
from bridge.app.store import SessionInfo, Store
from bridge.harness.errors import BridgeError, FileProblem, NotFound
from bridge.harness.ids import ApprovalId, HunkId, PromptId, SessionId, TurnId, Uri, new_id
from bridge.harness.session.log import SessionLog, read_log
from bridge.harness.values.approvals import Approval
from bridge.harness.values.events import Compacted, Note, OptionName, PromptContext, Recorded, SessionOpened
from bridge.harness.values.model import ModelInfo, OutputSchema
from bridge.harness.values.proposals import Actor, Hunk, HunkOutcome, Part, Verdict
from bridge.harness.values.usage import Price
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.review import Reviewer
from bridge.harness.workspace.views import HunkView

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all of a runtime's sessions share."""

    bus: Bus
    documents: Documents
    store: Store


class Runtime:
    """The live sessions, and everything that can be done with them."""

    def __init__(self, settings: Settings, shared: Shared, parts: Parts, group: TaskGroup) -> None:
        """Turns run in `group`; cancelling it suspends them, and the logs are enough to go on."""
        self.settings = settings
        self.bus = shared.bus
        self.documents = shared.documents
        self._store = shared.store
        self._parts = parts
        self._group = group
        self._live: dict[SessionId, Session] = {}
        self._loading = anyio.Lock()

    @property
    def free_words(self) -> bool:
        """Whether the model can be asked anything; one that can't understands the requests of a list."""
        return self._parts.models.named("").free_words

    async def new_session(self, cwd: str) -> Session:
        """A session in a workspace. `cwd` is an absolute path of a folder that exists."""
        root = Path(os.path.normpath(cwd))  # noqa: ASYNC240 - it looks at the words alone, not at the disk
        if not root.is_absolute() or not await anyio.to_thread.run_sync(root.is_dir):
            raise FileProblem(
                "file_missing", root, "it is not an absolute path of a folder that exists.", hint="Name a folder."
            )
        id_ = SessionId(new_id())
        path = self._store.path_for(id_, str(root))
        log = await anyio.to_thread.run_sync(SessionLog.create, path, self._parts.clock)
        opened = SessionOpened(id_, str(root), self.settings.model, self.settings.mode, self.settings.review)
        session = self._build(id_, root, log)
        self._live[id_] = session  # before its first record: who hears of that looks the session up
        try:
            await session.journal.append(opened)
        except BridgeError:
            self._live.pop(id_)
            session.close()
            raise
        return self._adopt(session)

    async def load_session(self, id_: SessionId) -> tuple[Session, Sequence[Recorded]]:
        """A stored session with its records, or a live one. An open turn is not taken up yet: see `go_on`."""
        async with self._loading:  # two at once would find the log locked by ourselves
            path = await anyio.to_thread.run_sync(self._store.find, id_)
            if id_ in self._live:
                return self._live[id_], (await anyio.to_thread.run_sync(read_log, path)).records
            log, loaded = await anyio.to_thread.run_sync(SessionLog.resume, path, self._parts.clock)
            if not loaded.records or not isinstance(loaded.records[0].event, SessionOpened):
                log.close()
                raise NotFound("unknown_session", f"the log of session {id_} can't be read from its start")
            session = self._build(id_, Path(loaded.records[0].event.cwd), log)
            session.replay(loaded.records)
            return self._adopt(session), loaded.records

    async def go_on(self, session: Session) -> Turn | None:
        """Take up a loaded session where its log ends."""
        return await session.go_on(self._group)

    async def resume_open(self, cwd: str) -> list[Session]:
        """Load the sessions of a workspace whose turn was open when the bridge stopped, but those in use elsewhere."""
        found = []
        for info in await anyio.to_thread.run_sync(self._store.list, cwd):
            if info.open_turn and info.id not in self._live:
                try:
                    found.append((await self.load_session(info.id))[0])
                except BridgeError as problem:
                    logger.warning("not resumed: %s", problem)
        return found

    async def list_sessions(self, cwd: str | None) -> list[SessionInfo]:
        """The stored sessions, the newest first."""
        return await anyio.to_thread.run_sync(self._store.list, cwd)

    def session(self, id_: SessionId) -> Session:
        """A live session; raises `NotFound`."""
        if id_ not in self._live:
            raise NotFound("unknown_session", f"the session {id_} is not open")
        return self._live[id_]

    def sessions(self) -> tuple[Session, ...]:
        """All live sessions, oldest first."""
        return tuple(self._live.values())

    async def close_session(self, id_: SessionId) -> None:
        """Interrupt what runs, and let go of the log. It can be loaded again."""
        session = self.session(id_)
        try:
            await session.stop()
        finally:
            self._live.pop(id_, None)
            session.close()

    async def prompt(
        self, id_: SessionId, text: str, context: PromptContext | None = None, *, schema: OutputSchema | None = None
    ) -> Turn:
        """Start a turn; its last answer has the form of `schema`, where that is given."""
        return await self.session(id_).prompt(text, context, schema, self._group)

    async def steer(self, id_: SessionId, text: str, turn: TurnId, context: PromptContext | None = None) -> None:
        """Words for the turn that runs; raises `Stale` where another one does, or none."""
        await self.session(id_).steer(text, turn, context)

    async def queue(
        self, id_: SessionId, text: str, context: PromptContext | None = None, *, schema: OutputSchema | None = None
    ) -> PromptId:
        """A message for a turn of its own, after the one that runs."""
        return await self.session(id_).enqueue(text, context, schema, self._group)

    async def unqueue(self, id_: SessionId, prompt: PromptId) -> None:
        """Take a queued message back; raises `AlreadyResolved` where it does not wait any more."""
        await self.session(id_).unqueue(prompt)

    async def compact(self, id_: SessionId) -> Compacted | None:
        """Make a conversation smaller; None where it can't be. Raises `TryLater` while a turn runs."""
        return await self.session(id_).compact(self._group)

    async def set_option(self, id_: SessionId, name: OptionName, value: str) -> None:
        """The model, its effort or its tier, from the next model call on; empty is the settings' own."""
        await self.session(id_).set_option(name, value)

    def models(self) -> tuple[ModelInfo, ...]:
        """The models to choose from."""
        return self._parts.models.known()

    def price(self, model: str, tier: str) -> Price | None:
        """What a model costs now; None where it is not known. Loads the price list, if there is none yet."""
        return self._parts.prices.price(model, tier)

    async def decide(
        self, ids: Sequence[HunkId], verdict: Verdict, by: Actor, reason: str = ""
    ) -> tuple[HunkOutcome, ...]:
        """Decide hunks of any sessions; outcomes in the order of `ids`."""
        return await self._across(ids, lambda review, mine: review.decide(mine, verdict, by, reason))

    async def carve(self, id_: HunkId, part: Part) -> HunkId:
        """A part of a hunk, or another text for it, as a hunk to decide; see `Reviewer.carve`."""
        session, _ = self.hunk(id_)
        return await session.review.carve(id_, part)

    async def undo(self, ids: Sequence[HunkId], by: Actor, reason: str = "") -> tuple[HunkOutcome, ...]:
        """Take hunks of any sessions out of their files again; outcomes in the order of `ids`."""
        return await self._across(ids, lambda review, mine: review.undo(mine, by, reason))

    async def _across(
        self, ids: Sequence[HunkId], act: Callable[[Reviewer, Sequence[HunkId]], Awaitable[Sequence[HunkOutcome]]]
    ) -> tuple[HunkOutcome, ...]:
        """Each session's own hunks, done by its review."""
        outcomes: dict[HunkId, HunkOutcome] = {}
        for session in self.sessions():
            mine = [id_ for id_ in ids if session.review.find(id_) is not None]
            if mine:
                outcomes.update(zip(mine, await act(session.review, mine), strict=True))
        return tuple(outcomes.get(id_) or HunkOutcome(id_, "unknown", "there is no such hunk") for id_ in ids)

    async def comment(self, remarks: Sequence[tuple[HunkId, str]], by: Actor) -> None:
        """Remarks on hunks, without a decision: all of one session reach its model as one note before its next step.

        Raises `NotFound` for a hunk that is not there; then nothing was noted.
        """
        notes: dict[SessionId, list[str]] = {}
        for id_, text in remarks:
            session, view = self.hunk(id_)
            where = f"hunk {view.index} of {view.total} of “{view.title}”"
            notes.setdefault(session.id, []).append(f"- on {where}: {text}")
        for known, rows in notes.items():
            said = "\n".join([f"The {by.kind} remarks on your changes:", *rows])
            await self.session(known).journal.append(Note(said))

    def files_renamed(self, files: Sequence[tuple[Uri, Uri]]) -> None:
        """The person gave files or folders other names, as (old, new)."""
        for session in self.sessions():
            for old, new in files:
                session.review.renamed(old, new)

    def files_deleted(self, files: Sequence[Uri]) -> None:
        """The person deleted files or folders."""
        for session in self.sessions():
            for uri in files:
                session.review.deleted(uri)

    def hunks(self, uri: Uri | None = None, session: SessionId | None = None) -> list[tuple[Session, HunkView]]:
        """The hunks that wait, by place."""
        chosen = self.sessions() if session is None else (self.session(session),)
        return [(one, view) for one in chosen for view in one.review.views(uri)]

    def hunks_in_order(self, uri: Uri | None = None, session: SessionId | None = None) -> list[tuple[Session, Hunk]]:
        """The same, not looked at yet: for pages of thousands."""
        chosen = self.sessions() if session is None else (self.session(session),)
        return [(one, hunk) for one in chosen for hunk in one.review.in_order(uri)]

    def hunk(self, id_: HunkId) -> tuple[Session, HunkView]:
        """One hunk, settled or not; raises `NotFound`."""
        for session in self.sessions():
            if (view := session.review.find(id_)) is not None:
                return session, view
        raise NotFound("unknown_hunk", f"there is no hunk {id_}")

    def approvals(self, session: SessionId | None = None) -> list[Approval]:
        """The open questions."""
        chosen = self.sessions() if session is None else (self.session(session),)
        return [approval for one in chosen for approval in one.approvals.pending()]

    async def answer(self, id_: ApprovalId, choice: str, reason: str = "") -> Approval:
        """Answer an open question; the first answer wins."""
        return await self._asker(id_).approvals.answer(id_, choice, reason)

    def shown(self, id_: ApprovalId) -> None:
        """A client has the question on the screen."""
        self._asker(id_).approvals.shown(id_)

    def _asker(self, id_: ApprovalId) -> Session:
        for session in self.sessions():
            if session.approvals.known(id_):
                return session
        raise NotFound("unknown_approval", f"there is no question {id_}")

    def leave(self) -> None:
        """The bridge is about to end: who waits for a turn may go, and the turn is suspended, not stopped."""
        for session in self._live.values():
            session.leave()

    def close(self) -> None:
        """Let go of all logs; open turns are suspended, not ended."""
        for session in self._live.values():
            session.close()
        self._live.clear()

    def _build(self, id_: SessionId, root: Path, log: SessionLog) -> Session:
        """A session on its log; the log is let go of where its folder is not there any more."""
        try:
            return Session(id_, str(root), log, self._parts)
        except OSError as error:
            log.close()
            raise FileProblem.of(error, root) from error

    def _adopt(self, session: Session) -> Session:
        self._live[session.id] = session
        self._group.start_soon(session.review.run)
        return session
