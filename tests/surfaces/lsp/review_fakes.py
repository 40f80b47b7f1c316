"""One connection's parts around hunks that a test makes up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import anyio
from anyio.abc import TaskGroup

from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.harness.ids import ApprovalId, FileId, HunkId, ProposalId, SessionId, Uri
from bridge.harness.values.approvals import Approval
from bridge.harness.values.proposals import (
    Actor,
    Decision,
    Hunk,
    HunkOutcome,
    HunkState,
    Op,
    StaleReason,
    Verdict,
    digest,
)
from bridge.harness.values.text import Span
from bridge.harness.workspace.review import HunkView
from bridge.surfaces.lsp.client import Client
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.peer import Peer
from tests.surfaces.lsp.fakes import FakeOutbox

URI = Uri("file:///w/a.py")
SESSION = SessionId("01SESSION")


def a_hunk(name: str, line: int, old: str = "old\n", new: str = "new\n", uri: Uri = URI, op: Op = "edit") -> HunkView:
    """A clean, undecided hunk that begins at a line of its file."""
    span = Span(line, line + old.count("\n"))
    hunk = Hunk(HunkId(name), ProposalId("p"), FileId("f"), uri, op, old, new, span, digest(op, uri, old, new))
    return HunkView(hunk, HunkState(), span, 1, 1, "Edit a.py")


def stale(view: HunkView, why: StaleReason = "overlap") -> HunkView:
    """The same hunk, overtyped."""
    return replace(view, state=replace(view.state, stale=why))


def decided(view: HunkView, decision: Decision) -> HunkView:
    """The same hunk, with a decision."""
    return replace(view, state=replace(view.state, decision=decision))


@dataclass
class FakeReview:
    """Finds the hunks of the runtime that it belongs to."""

    runtime: "FakeRuntime"

    def find(self, id_: HunkId) -> HunkView | None:
        return next((view for view in self.runtime.views if view.hunk.id == id_), None)

    def views(self, uri: Uri | None = None) -> tuple[HunkView, ...]:
        return tuple(view for view in self.runtime.views if uri in (None, view.hunk.uri))


class FakeApprovals:
    """No questions."""

    def pending(self) -> tuple[Approval, ...]:
        return ()


class FakeTurn:
    """A turn that goes on until it fails."""

    id = "t"

    def __init__(self) -> None:
        self.waited = anyio.Event()
        self._failed = anyio.Event()
        self._problem: Exception = ValueError("it has not failed")

    def fail(self, problem: Exception) -> None:
        self._problem = problem
        self._failed.set()

    async def wait(self) -> None:
        self.waited.set()
        await self._failed.wait()
        raise self._problem


@dataclass
class FakeTranscript:
    """What was asked."""

    items: list[dict[str, Any]]


class FakeSession:
    """A session that is only looked at."""

    id = SESSION

    def __init__(self, runtime: "FakeRuntime") -> None:
        self._runtime = runtime
        self.review = FakeReview(runtime)
        self.approvals = FakeApprovals()

    @property
    def turn(self) -> object | None:
        return self._runtime.turn

    @property
    def transcript(self) -> FakeTranscript:
        return FakeTranscript([{"role": "user", "content": [{"text": text}]} for text in self._runtime.asked])


@dataclass
class FakeRuntime:
    """Hunks that a test puts in and takes out; one session, with what it was asked, and its turn."""

    views: list[HunkView] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    turn: object | None = None
    # What surfaces have told it, and what it refuses, first come first.
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    decided: list[tuple[list[str], str, str]] = field(default_factory=list)
    was_shown: list[str] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    answered: anyio.Event = field(default_factory=anyio.Event)

    async def answer(self, id_: ApprovalId, choice: str, reason: str = "") -> None:
        self.answered.set()
        if self.refusals:
            raise self.refusals.pop(0)
        self.answers.append((id_, choice, reason))

    async def decide(
        self, ids: Sequence[HunkId], verdict: Verdict, by: Actor, reason: str = ""
    ) -> tuple[HunkOutcome, ...]:
        self.decided.append((list(ids), verdict, reason))
        self.answered.set()
        return ()

    def shown(self, id_: ApprovalId) -> None:
        self.was_shown.append(id_)

    def hunk(self, id_: HunkId) -> tuple[Session, HunkView]:
        return self.session(SESSION), next(view for view in self.views if view.hunk.id == id_)

    def hunks(self, uri: Uri | None = None, session: SessionId | None = None) -> list[tuple[Session, HunkView]]:
        found = [view for view in self.views if uri in (None, view.hunk.uri)]
        by_place = sorted(found, key=lambda view: (view.hunk.uri, view.span.start))
        return [(self.session(SESSION), view) for view in by_place]

    def session(self, id_: SessionId) -> Session:
        return cast("Session", FakeSession(self))

    def sessions(self) -> tuple[Session, ...]:
        return (self.session(SESSION),)


def connected(
    views: Sequence[HunkView] = (),
    capabilities: dict[str, Any] | None = None,
    tasks: object = None,
    runtime: FakeRuntime | None = None,
) -> tuple[Context, FakeRuntime, FakeOutbox]:
    """A context that has begun, with a client of these capabilities."""
    outbox, runtime = FakeOutbox(), runtime or FakeRuntime(list(views))
    context = Context(Peer(outbox))
    client = Client.of({"capabilities": capabilities or {}})
    context.begin(client, Folders({}), cast("Runtime", runtime), cast("TaskGroup", tasks))
    return context, runtime, outbox
