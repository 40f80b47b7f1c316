"""One connection's parts around hunks that a test makes up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

import anyio
from anyio.abc import TaskGroup

from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.harness.cost.books import Books, Caps
from bridge.harness.engine.request import Options
from bridge.harness.errors import NotFound
from bridge.harness.ids import ApprovalId, FileId, HunkId, ProposalId, SessionId, TurnId, Uri
from bridge.harness.values.approvals import Approval
from bridge.harness.values.documents import Reading, Source
from bridge.harness.values.events import Compacted, PromptContext, Queued
from bridge.harness.values.model import ModelInfo, OutputSchema
from bridge.harness.values.proposals import (
    Actor,
    Decision,
    Hunk,
    HunkOutcome,
    HunkState,
    Op,
    Part,
    PlacementKind,
    ReviewPolicy,
    StaleReason,
    Verdict,
    digest,
)
from bridge.harness.values.text import Span
from bridge.harness.values.usage import Price
from bridge.harness.workspace.text import form_of, sha
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.client import Client
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.peer import Peer
from tests.support.fakes import FakeModel, FakeModels, FakePrices
from tests.surfaces.lsp.fakes import FakeOutbox

URI = Uri("file:///w/a.py")
SHOWS_HUNKS = {"experimental": {"harness": {"protocolVersion": 1, "review": True}}}
SESSION = SessionId("01SESSION")
PRICE = Price(Decimal("0.25"), Decimal(2), Decimal("0.025"), source="a list")


def a_hunk(name: str, line: int, old: str = "old\n", new: str = "new\n", uri: Uri = URI, op: Op = "edit") -> HunkView:
    """A clean, undecided hunk that begins at a line of its file."""
    span = Span(line, line + old.count("\n"))
    hunk = Hunk(HunkId(name), ProposalId("p"), FileId("f"), uri, op, old, new, span, digest(op, uri, old, new))
    return HunkView(hunk, HunkState(), span, 1, 1, "Edit a.py")


def stale(view: HunkView, why: StaleReason = "overlap") -> HunkView:
    """The same hunk, overtyped."""
    return replace(view, state=replace(view.state, stale=why))


def kept(view: HunkView, placement: PlacementKind = "present") -> HunkView:
    """The same hunk under the policy *keep*, as its text stands."""
    return replace(view, policy="keep", state=replace(view.state, policy="keep", placement=placement))


def decided(view: HunkView, decision: Decision) -> HunkView:
    """The same hunk, with a decision."""
    return replace(view, state=replace(view.state, decision=decision))


@dataclass
class FakeReview:
    """Finds the hunks of the runtime that it belongs to."""

    runtime: "FakeRuntime"

    def find(self, id_: HunkId) -> HunkView | None:
        return next((view for view in self.runtime.views if view.hunk.id == id_), None)

    def view(self, hunk: Hunk) -> HunkView:
        return next(view for view in self.runtime.views if view.hunk.id == hunk.id)

    def views(self, uri: Uri | None = None) -> tuple[HunkView, ...]:
        return tuple(view for view in self.runtime.views if uri in (None, view.hunk.uri))

    def siblings(self, id_: HunkId) -> tuple[HunkId, ...]:
        """All of its proposal that were not split."""
        return tuple(view.hunk.id for view in self.runtime.views if view.state.decision is None)

    def current(self, id_: HunkId) -> str:
        """What was there."""
        return next(view.hunk.old for view in self.runtime.views if view.hunk.id == id_)


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
    """What was asked, and the turn that is open in the log."""

    items: list[dict[str, Any]]
    turn: object | None = None


class FakeSession:
    """A session that is only looked at."""

    id = SESSION
    policy: ReviewPolicy = "ask"

    def __init__(self, runtime: "FakeRuntime") -> None:
        self._runtime = runtime
        self.review = FakeReview(runtime)
        self.workspace = FakeWorkspace(runtime)
        self.approvals = FakeApprovals()
        self.books = runtime.books
        self.options = runtime.options
        self.queue = tuple(runtime.queued.values())

    @property
    def models(self) -> FakeModels:
        self._runtime.model.free_words = self._runtime.free_words
        return FakeModels(self._runtime.model)

    @property
    def turn(self) -> object | None:
        return self._runtime.turn

    @property
    def awaited(self) -> list[HunkView]:
        return [view for view in self._runtime.views if view.state.open and view.policy == "ask"]

    @property
    def transcript(self) -> FakeTranscript:
        said = [{"role": "user", "content": [{"text": text}]} for text in self._runtime.asked]
        return FakeTranscript([*said, *self._runtime.answered_with], self._runtime.turn)


class FakeWorkspace:
    """Every file has the text that the runtime keeps for it."""

    def __init__(self, runtime: "FakeRuntime") -> None:
        self._runtime = runtime

    def locate(self, text: str) -> str:
        return text

    async def read(self, place: str) -> Reading:
        text = self._runtime.texts[Uri(place)]
        return Reading(Uri(place), text, text, form_of(text), Source("disk", sha(text)))


@dataclass
class FakeRuntime:
    """Hunks that a test puts in and takes out; one session, with what it was asked, and its turn."""

    views: list[HunkView] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    # What its model has said since.
    answered_with: list[dict[str, Any]] = field(default_factory=list)
    turn: object | None = None
    # Whether its model can be asked anything.
    free_words: bool = True
    # What surfaces have told it, and what it refuses, first come first.
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    decided: list[tuple[list[str], str, str]] = field(default_factory=list)
    was_shown: list[str] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    answered: anyio.Event = field(default_factory=anyio.Event)
    # What files would be, what was asked of them, and what becomes of hunks that are decided or undone.
    texts: dict[Uri, str] = field(default_factory=dict)
    undone: list[list[str]] = field(default_factory=list)
    carved: list[tuple[str, Part]] = field(default_factory=list)
    remarks: list[list[tuple[HunkId, str]]] = field(default_factory=list)
    renamed: list[tuple[Uri, Uri]] = field(default_factory=list)
    deleted: list[Uri] = field(default_factory=list)
    outcomes: dict[HunkId, HunkOutcome] = field(default_factory=dict)
    prompts: list[tuple[str, PromptContext | None]] = field(default_factory=list)
    # Its model, what was spent on it and how it is asked; what was said while a turn ran, and what came of it.
    model: FakeModel = field(default_factory=FakeModel)
    books: Books = field(default_factory=lambda: Books(FakePrices(PRICE), Caps(dollars=Decimal(5))))
    options: Options = field(default_factory=Options)
    queued: dict[str, Queued] = field(default_factory=dict)
    steered: list[tuple[str, str, PromptContext | None]] = field(default_factory=list)
    options_set: list[tuple[str, str]] = field(default_factory=list)
    compacted: Compacted | None = None

    async def steer(self, id_: SessionId, text: str, turn: TurnId, context: PromptContext | None = None) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.steered.append((text, turn, context))

    async def compact(self, id_: SessionId) -> Compacted | None:
        return self.compacted

    async def set_option(self, id_: SessionId, name: str, value: str) -> None:
        self.options_set.append((name, value))

    def models(self) -> tuple[ModelInfo, ...]:
        return FakeModels(self.model).known()

    def price(self, model: str, tier: str) -> Price | None:
        return FakePrices(PRICE).price(model, tier) if not tier else None

    async def undo(self, ids: Sequence[HunkId], by: Actor, reason: str = "") -> tuple[HunkOutcome, ...]:
        self.undone.append(list(ids))
        alone = len(ids) == 1
        return tuple(self.outcomes[id_] if alone else HunkOutcome(id_, "removed") for id_ in ids)

    async def carve(self, id_: HunkId, part: Part) -> HunkId:
        if self.refusals:
            raise self.refusals.pop(0)
        self.carved.append((id_, part))
        return HunkId(f"part of {id_}")

    async def comment(self, remarks: Sequence[tuple[HunkId, str]], by: Actor) -> None:
        self.remarks.append(list(remarks))

    def files_renamed(self, pairs: Sequence[tuple[Uri, Uri]]) -> None:
        self.renamed += pairs

    def files_deleted(self, uris: Sequence[Uri]) -> None:
        self.deleted += uris

    async def prompt(
        self, id_: SessionId, text: str, context: PromptContext | None = None, *, schema: OutputSchema | None = None
    ) -> FakeTurn:
        self.prompts.append((text, context))
        return FakeTurn()

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
        return tuple(self.outcomes[id_] for id_ in ids if id_ in self.outcomes)

    def shown(self, id_: ApprovalId) -> None:
        self.was_shown.append(id_)

    def hunk(self, id_: HunkId) -> tuple[Session, HunkView]:
        found = next((view for view in self.views if view.hunk.id == id_), None)
        if found is None:
            raise NotFound("unknown_hunk", f"there is no hunk {id_}")
        return self.session(SESSION), found

    def hunks(self, uri: Uri | None = None, session: SessionId | None = None) -> list[tuple[Session, HunkView]]:
        found = [view for view in self.views if uri in (None, view.hunk.uri)]
        by_place = sorted(found, key=lambda view: (view.hunk.uri, view.span.start))
        return [(self.session(SESSION), view) for view in by_place]

    def hunks_in_order(self, uri: Uri | None = None, session: SessionId | None = None) -> list[tuple[Session, Hunk]]:
        return [(one, view.hunk) for one, view in self.hunks(uri, session)]

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
