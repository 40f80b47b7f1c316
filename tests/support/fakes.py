"""Stand-ins for the harness's ports, and an engine on them: everything in memory, nothing waits for real time."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anyio

from bridge.harness.cost.books import Books, Caps
from bridge.harness.engine.compacting import Compactor
from bridge.harness.engine.compacting import Parts as CompactorParts
from bridge.harness.engine.engine import Engine
from bridge.harness.engine.gates import Limits
from bridge.harness.engine.request import Options, RequestBook, Sources
from bridge.harness.engine.steering import Steering
from bridge.harness.engine.step import Parts as StepParts
from bridge.harness.engine.step import Stepper
from bridge.harness.engine.turn import run_turn
from bridge.harness.errors import FileProblem, OverlapsPending
from bridge.harness.execution.hooks import Hook, HookSays
from bridge.harness.execution.pipeline import Pipeline, Ports
from bridge.harness.ids import CallId, FileId, HunkId, ProposalId, SessionId, TurnId, Uri, new_id
from bridge.harness.models.scripted import Script, ScriptedModel, ScriptedStep, ScriptedTurn
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.permissions.policy import Setting
from bridge.harness.ports.model import Model
from bridge.harness.ports.review import Origin
from bridge.harness.session.transcript import Transcript
from bridge.harness.tools.contract import Context, Tool, ToolInput
from bridge.harness.tools.registry import Registry
from bridge.harness.values.documents import Source
from bridge.harness.values.events import CallOpened, Event, Prompt, Proposed, Recorded, TurnEnded
from bridge.harness.values.model import (
    Ended,
    Item,
    ItemReady,
    ModelEvent,
    ModelInfo,
    ModelRequest,
    OutputSchema,
    ReasoningDelta,
    ServiceCompaction,
    TextDelta,
)
from bridge.harness.values.policy import Subj, SubjectKind
from bridge.harness.values.proposals import (
    Draft,
    FileChange,
    FileDraft,
    Hunk,
    HunkOutcome,
    Proposal,
    digest,
)
from bridge.harness.values.text import Sha, Span, TextForm
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec
from bridge.harness.values.usage import Price
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.workspace import Workspace
from tests.support import fake_journal

ROOT = Path("/ws")
SESSION = SessionId("s1")
TURN = TurnId("t1")
FORM = TextForm("utf-8", bom=False, eol="lf", final_newline=True, mode=None)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.time = now
        self.slept: list[float] = []
        self.hold = False

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Takes no time; `slept` has how long it would have been, and `hold` makes it last for ever."""
        self.slept.append(seconds)
        if self.hold:
            await anyio.sleep_forever()
        self.time += seconds


class FakeJournal(fake_journal.FakeJournal):
    """A log in memory. `refuse` says which events the disk does not take; `until` waits for one to be written."""

    def __init__(self) -> None:
        super().__init__()
        self.refuse: Callable[[Event], bool] = lambda _: False
        self._written = anyio.Event()

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        if any(map(self.refuse, events)):
            raise FileProblem("disk_full", "log")
        records = await super().append(*events)
        self._written.set()
        self._written = anyio.Event()
        return records

    @property
    def events(self) -> list[Event]:
        return [record.event for record in self.records]

    @property
    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def of(self, *kinds: type[Event]) -> list[Any]:
        return super().of(*kinds)

    async def until(self, kind: type[Event], count: int = 1) -> Any:
        """The event of this kind that makes them so many, once it is there."""
        with anyio.fail_after(5):
            while len(found := self.of(kind)) < count:
                await self._written.wait()
        return found[count - 1]


class FakeReview:
    """Proposals wait for `decide`. A draft with "overlap" in its title overlaps whatever is undecided."""

    def __init__(self, journal: FakeJournal) -> None:
        self._journal = journal
        self._by_call: dict[CallId, Proposal] = {}
        self._decided: dict[ProposalId, anyio.Event] = {}
        self._outcomes: dict[ProposalId, str] = {}
        self.granted: list[str] = []
        journal.owners.append(self)

    def fold(self, event: Event) -> None:
        if isinstance(event, Proposed):
            self._by_call[event.proposal.call] = event.proposal
            self._decided.setdefault(event.proposal.id, anyio.Event())

    async def propose(self, draft: Draft, origin: Origin) -> Proposal:
        if "overlap" in draft.title and self.open:
            raise OverlapsPending
        known = ProposalId(new_id())
        uri = draft.files[0].uri
        hunk = Hunk(
            HunkId(new_id()), known, FileId(new_id()), uri, "edit", "a", "b", Span(0, 1), digest("edit", uri, "a", "b")
        )
        file = FileChange(hunk.file, "edit", uri, Source("disk", Sha("0")), Sha("0"), FORM, (hunk.id,))
        proposal = Proposal(known, origin.session, origin.turn, origin.call, (file,), origin.policy, draft.title)
        await self._journal.append(Proposed(proposal, (hunk,)))
        return proposal

    def proposal_of(self, call: CallId) -> Proposal | None:
        return self._by_call.get(call)

    async def grant(self, proposal: ProposalId, rule: str) -> None:
        self.granted.append(rule)
        self._settle(proposal, "present")

    async def settle(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        await self._decided[proposal].wait()
        return self.outcomes(proposal)

    def outcomes(self, proposal: ProposalId) -> tuple[HunkOutcome, ...]:
        outcome: Any = self._outcomes.get(proposal, "absent")
        return (HunkOutcome(HunkId("h"), outcome),)

    async def withdraw(self, proposal: ProposalId, reason: str) -> None:
        if not self._decided[proposal].is_set():
            self._settle(proposal, "withdrawn")

    def news(self) -> str:
        return ""

    @property
    def open(self) -> list[str]:
        """The titles of what waits."""
        return [p.title for p in self._by_call.values() if not self._decided[p.id].is_set()]

    def decide(self, title: str, outcome: str = "present") -> None:
        """What the person would do."""
        self._settle(next(p.id for p in self._by_call.values() if p.title == title), outcome)

    def _settle(self, proposal: ProposalId, outcome: str) -> None:
        self._outcomes[proposal] = outcome
        self._decided[proposal].set()


class Given(ToolInput):
    """The input of a `FakeTool`."""

    path: str = "a.txt"
    note: str = ""


Behaviour = Callable[[Given], Awaitable[str]]


async def _ok(given: Given) -> str:
    return f"did {given.note or given.path}"


@dataclass
class FakeTool(Tool[Given]):
    """A tool of which a test says what it does. `seen` tells the phases that it was taken through."""

    name: str = "look"
    kind: SubjectKind = "read"
    safe: bool = True
    edits: bool = False
    inside: bool = True
    limit: int = 32_000
    commits: Behaviour = _ok
    prepares: Behaviour = _ok
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spec = ToolSpec(self.name, "A tool.", "other", Given, result_limit=self.limit)

    def flags(self, given: Given) -> Flags:
        return Flags(self.safe, self.safe, not self.safe)

    async def prepare(self, given: Given, context: Context) -> Prepared:
        await self.prepares(given)
        self.seen.append(f"prepare {given.note or given.path}")
        path = str(ROOT / given.path)
        subjects = (Subj(self.kind, path, path, self.inside),)
        title = f"{self.name} {given.note or given.path}"
        draft = None
        if self.edits:
            file = FileDraft("edit", Uri(f"file://{path}"), Source("disk", Sha("0")), FORM, "a", "a", "b")
            draft = Draft(title, (file,))
        return Prepared(title, subjects, draft, state=given)

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        self.seen.append(f"commit {prepared.state.note or prepared.state.path}")
        return Outcome(await self.commits(prepared.state), "shown")


@dataclass
class FakeHook:
    """Says what it is told to; `seen` has the phases, the inputs and the results that it saw."""

    says: Callable[[Mapping[str, Any]], HookSays] = lambda _: HookSays()
    rewrites: Callable[[Outcome], Outcome] = lambda outcome: outcome
    seen: list[Any] = field(default_factory=list)

    async def before(self, tool: str, args: Mapping[str, Any], prepared: Prepared) -> HookSays:
        self.seen.append(("before", dict(args), prepared.title))
        return self.says(args)

    async def after(self, tool: str, outcome: Outcome) -> Outcome:
        self.seen.append(("after", outcome.status))
        return self.rewrites(outcome)


def call_item(tool: str, call: str = "", **args: Any) -> ItemReady:
    """A finished function call, as a model streams it."""
    item = {"type": "function_call", "call_id": call or new_id(), "name": tool, "arguments": json.dumps(args)}
    return ItemReady(item)


def text_item(text: str) -> ItemReady:
    """A finished message."""
    content = [{"type": "output_text", "text": text}]
    return ItemReady({"type": "message", "id": new_id(), "role": "assistant", "content": content})


DONE = Ended("completed")
Streamed = ModelEvent | Exception | Literal["hold"] | Callable[[], Awaitable[None]]
"""An exception is raised, "hold" lasts for ever, and a function is waited for before what comes after it."""


class FakeModel:
    """Streams the given answers, one after another, and keeps the requests; for what no script can say."""

    free_words = True

    def __init__(self, *answers: Sequence[Streamed], name: str = "fake") -> None:
        self.answers = list(answers)
        self.requests: list[ModelRequest] = []
        self.name = name
        self.info = ModelInfo(name)

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.requests.append(request)
        for event in self.answers.pop(0):
            if isinstance(event, Exception):
                raise event
            if isinstance(event, str):
                await anyio.sleep_forever()
            elif callable(event):
                await event()
            else:
                yield event

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """There is none."""
        return None


class FakeModels:
    """The models by name; any other name is the first one's."""

    def __init__(self, *models: Model) -> None:
        self._models = models

    def named(self, name: str) -> Model:
        return next((model for model in self._models if model.name == name), self._models[0])

    def known(self) -> tuple[ModelInfo, ...]:
        return tuple(model.info for model in self._models)


class FakePrices:
    """The same price for every model; None is not known."""

    def __init__(self, price: Price | None = None) -> None:
        self.known = price

    def price(self, model: str, tier: str, input_tokens: int = 0) -> Price | None:
        return self.known


@dataclass(frozen=True)
class World:
    """What few tests need: models beside the first, of which the first is the fallback; a budget; what calls cost."""

    others: tuple[Model, ...] = ()
    caps: Caps = field(default_factory=Caps)
    price: Price | None = None


def scripted(*steps: ScriptedStep) -> ScriptedModel:
    """The shipped model, with one turn for any prompt."""
    return ScriptedModel(Script(turns=(ScriptedTurn(steps=steps),)))


class Rig:
    """An engine on fakes. What a test does not name is as in production; `options` may be changed while it runs."""

    def __init__(
        self,
        model: Model | None = None,
        *tools: Tool[Any],
        hooks: Sequence[Hook] = (),
        setting: Setting | None = None,
        limits: Limits | None = None,
        events: Sequence[Event] = (),
        world: World | None = None,
    ) -> None:
        world = world or World()
        self.journal = FakeJournal()
        self.transcript = Transcript()
        self.approvals = Approvals(self.journal)
        self.books = Books(FakePrices(world.price), world.caps)
        self.review = FakeReview(self.journal)
        self.clock = FakeClock()
        self.deltas: list[TextDelta | ReasoningDelta] = []
        self.setting = setting or Setting(ROOT, trusted=True)
        self.registry = Registry(tools)
        self.options = Options()
        self.context = Context(Workspace(ROOT, fake_journal.FakeFiles(), Documents()), lambda _: False)
        ports = Ports(SESSION, self.registry, self.context, self.journal, self.approvals, self.review, self.clock)
        self.pipeline = Pipeline(ports, lambda: self.setting, lambda: "ask", hooks)
        self.steering = Steering(self.journal, self.transcript)
        self.compactor = Compactor(
            CompactorParts(self.journal, self.context, self.registry, lambda: (), self.books, self.clock)
        )
        self.journal.owners[:0] = [self.transcript, self.approvals]
        self.journal.owners += [self.books, self.compactor]
        self.models = FakeModels(model or FakeModel(), *world.others)
        self.engine = self._engine(limits or Limits(), world.others[0].name if world.others else "")
        for event in events:
            self.journal.records.append(Recorded(len(self.journal.records) + 1, 0.0, event))
            for owner in self.journal.owners:
                owner.fold(event)

    def _engine(self, limits: Limits, fallback: str) -> Engine:
        sources = Sources(
            session=SESSION,
            root=str(ROOT),
            transcript=self.transcript,
            registry=self.registry,
            models=self.models,
            options=lambda: self.options,
        )
        steps = StepParts(
            transcript=self.transcript,
            journal=self.journal,
            registry=self.registry,
            pipeline=self.pipeline,
            books=self.books,
            clock=self.clock,
            live=self.deltas.append,
        )
        return Engine(
            transcript=self.transcript,
            journal=self.journal,
            requests=RequestBook(sources),
            stepper=Stepper(steps),
            steering=self.steering,
            pipeline=self.pipeline,
            approvals=self.approvals,
            review=self.review,
            books=self.books,
            compactor=self.compactor,
            clock=self.clock,
            limits=limits,
            fallback=fallback,
            luck=lambda: 1.0,
        )

    def opened(self, tool: str, call: str = "", **args: Any) -> CallOpened:
        """A call that the model has asked for; as in a turn, the history has it."""
        item = call_item(tool, call, **args).item
        return CallOpened(TURN, CallId(str(item["call_id"])), tool, "other", tool, args)

    async def turn(self, text: str = "go", schema: OutputSchema | None = None) -> TurnEnded:
        """A whole turn, which nobody interrupts."""
        with anyio.fail_after(5):
            return await run_turn(self.engine, Prompt(TURN, text, schema=schema), lambda: False)

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """What the model was told of its calls: (call id, output)."""
        return outputs(self.transcript.items)


def outputs(items: Sequence[Item]) -> list[tuple[str, str]]:
    """The outputs in a history: (call id, output)."""
    return [(item["call_id"], item["output"]) for item in items if item.get("type") == "function_call_output"]


def complaints(items: Sequence[Item]) -> list[str]:
    """What the Responses API would refuse in a history: each call has one output, after it, before the next answer."""
    found: list[str] = []
    waiting: list[str] = []
    for item in items:
        kind, call = item.get("type"), item.get("call_id")
        if kind == "function_call":
            waiting.append(str(call))
        elif kind == "function_call_output":
            if waiting[:1] != [call]:
                found.append(f"the output of {call} comes where {waiting[:1]} was due")
            waiting = [one for one in waiting if one != call]
        elif waiting and item.get("role") in {"user", "developer", "system"}:
            found.append(f"{item.get('role')} speaks before the outputs of {waiting}")
    return found + [f"no output for {waiting}"] * bool(waiting)
