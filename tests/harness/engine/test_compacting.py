"""When a conversation is compacted, by whom, what it keeps, and what happens where that fails."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.cost.books import Books, Caps
from bridge.harness.engine.compacting import Compactor, Parts
from bridge.harness.engine.filling import Filling, limit_of
from bridge.harness.errors import ModelFault, ModelProblem
from bridge.harness.ids import CallId, FileId, HunkId, ProposalId, TurnId, Uri
from bridge.harness.session.compaction import is_made
from bridge.harness.session.pieces import size_of
from bridge.harness.session.transcript import Transcript
from bridge.harness.tools.builtin.edit_file import EditFile
from bridge.harness.tools.builtin.list_dir import ListDir
from bridge.harness.tools.builtin.read_file import ReadFile
from bridge.harness.tools.contract import Context
from bridge.harness.tools.registry import Registry
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import (
    CallEnded,
    CallOpened,
    Compacted,
    Event,
    ItemDone,
    Note,
    Prompt,
    Retried,
    Steered,
    StepEnded,
    StepStarted,
    TurnEnded,
)
from bridge.harness.values.model import (
    Continuation,
    Ended,
    Item,
    ItemReady,
    ModelInfo,
    ModelRequest,
    OutputSchema,
    ServiceCompaction,
)
from bridge.harness.values.proposals import Actor, Decision, Hunk, HunkState, digest
from bridge.harness.values.text import Sha, Span
from bridge.harness.values.usage import Price, Spent, Usage
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.uris import to_uri
from bridge.harness.workspace.views import HunkView
from bridge.harness.workspace.workspace import Workspace
from tests.support.fake_journal import FakeFiles
from tests.support.fakes import (
    DONE,
    ROOT,
    TURN,
    FakeClock,
    FakeJournal,
    FakeModel,
    FakePrices,
    call_item,
    complaints,
    text_item,
)

pytestmark = pytest.mark.anyio

WINDOW = 20_000
PRICE = Price(Decimal(1), Decimal(2), source="test")
SHA = Sha("0" * 64)


class Model(FakeModel):
    """A model with a window. `service` is what its service's own compaction gives."""

    def __init__(
        self, *answers: Sequence[Any], window: int | None = WINDOW, service: ServiceCompaction | Exception | None = None
    ) -> None:
        super().__init__(*answers)
        self.info = ModelInfo("fake", window, 2_000)
        self.compacted: list[ModelRequest] = []
        self._service = service

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        self.compacted.append(request)
        if isinstance(self._service, Exception):
            raise self._service
        return self._service


class Offline(Model):
    """A model that can't be asked anything."""

    free_words = False


class Case:
    """A session's log, its owners, and a workspace in memory."""

    def __init__(self, caps: Caps | None = None) -> None:
        self.journal = FakeJournal()
        self.transcript = Transcript()
        self.books = Books(FakePrices(PRICE), caps or Caps())
        self.files = FakeFiles()
        self.documents = Documents()
        self.hidden: set[str] = set()
        self.changes: list[HunkView] = []
        self.clock = FakeClock()
        self.registry = Registry([ReadFile(), EditFile(), ListDir()])
        context = Context(Workspace(ROOT, self.files, self.documents), lambda subject: subject.value in self.hidden)
        self.parts = Parts(self.journal, context, self.registry, lambda: self.changes, self.books, self.clock)
        self.compactor = Compactor(self.parts)
        self.journal.owners += [self.transcript, self.books, self.compactor]
        self._calls = 0

    @property
    def request(self) -> ModelRequest:
        return ModelRequest("instructions", tuple(self.transcript.items), self.registry.specs(), "s1")

    async def say(self, *events: Event) -> None:
        await self.journal.append(*events)

    async def prompt(self, text: str) -> None:
        await self.say(Prompt(TURN, text))

    async def step(self, *answer: ItemReady, used: int = 0, output: str = "done") -> None:
        """A model call, of which the service says that it took so many tokens, and the outputs of its calls."""
        await self.say(StepStarted(TURN, 1, SHA))
        spent = Spent("fake", Usage(input=used - 10, output=10), None) if used else None
        opened = [item.item for item in answer if item.item["type"] == "function_call"]
        await self.say(*(ItemDone(TURN, 1, item.item) for item in answer))
        await self.say(StepEnded(TURN, 1, "completed", spent=spent))
        for item in opened:
            args = json.loads(item["arguments"])
            await self.say(CallOpened(TURN, item["call_id"], item["name"], "read", "", args))
            await self.say(CallEnded(CallId(item["call_id"]), "ok", output))

    async def turn(self, text: str, output: str = "x" * 4_000, tool: str = "read_file", **args: Any) -> None:
        """A whole turn with one tool call."""
        self._calls += 1
        await self.prompt(text)
        await self.step(call_item(tool, f"call_{self._calls}", **({"path": "a.py"} | args)), output=output)
        await self.step(text_item(f"done {self._calls}"))
        await self.say(TurnEnded(TURN, "end_turn"))

    async def long(self, turns: int = 10) -> None:
        """A conversation of about 10,000 tokens."""
        for number in range(turns):
            await self.turn(f"wish {number}")

    async def now(self, model: FakeModel, cause: Any = "command") -> Compacted | None:
        made = await self.compactor.now(TURN, cause, self.request, model)
        assert complaints(self.transcript.items) == []
        if made is not None:
            assert self.journal.events[-1] == made
            assert list(made.items) == self.transcript.items[: len(made.items)]
            assert made.before is not None
            assert made.after is not None
            assert made.after < made.before
        return made

    def texts(self, head: str) -> list[str]:
        """The texts of the message that a compaction made, by a word of its head."""
        heads = [(item["content"][0]["text"].split("]")[0], item) for item in self.transcript.items if is_made(item)]
        return [part["text"] for name, item in heads if head in name for part in item["content"][1:]]

    def write(self, name: str, text: str) -> None:
        self.files.raw[ROOT / name] = text.encode()


def summary(text: str = "what was done", **usage: int) -> list[Any]:
    return [text_item(text), Ended("completed", usage=Usage(**usage) if usage else None)]


# When.


@pytest.mark.parametrize(
    ("window", "output", "limit"),
    [(100_000, 8_000, 80_000), (400_000, 128_000, 272_000), (100_000, 100_000, 50_000), (100_000, None, 80_000)],
)
def test_it_is_due_at_80_percent_or_where_the_longest_answer_would_not_fit(
    window: int, output: int | None, limit: int
) -> None:
    assert limit_of(ModelInfo("m", window, output)) == limit
    assert limit_of(ModelInfo("m", None, output)) is None


@pytest.mark.parametrize(("used", "due"), [(16_000, False), (16_001, True)])
async def test_what_the_service_has_measured_decides(used: int, due: bool) -> None:
    case = Case()
    await case.long()
    await case.prompt("more")
    await case.step(text_item("hm"), used=used)
    assert await case.compactor.if_due(TURN, case.request, Model(summary())) is due
    assert len(case.journal.of(Compacted)) == due


async def test_what_came_since_the_last_measure_is_estimated() -> None:
    case = Case()
    await case.long()
    await case.prompt("more")
    await case.step(call_item("read_file", path="a.py"), used=12_000, output="y" * 12_000)
    assert not await case.compactor.if_due(TURN, case.request, Model())
    await case.say(Steered(TURN, "z" * 4_500))
    assert await case.compactor.if_due(TURN, case.request, Model(summary()))
    (made,) = case.journal.of(Compacted)
    assert made.before == pytest.approx(12_000 + (12_000 + 4_500) / 4, rel=0.01)


@pytest.mark.parametrize("usage", [None, Usage()])
async def test_a_service_that_measures_nothing_is_estimated_from_the_start(usage: Usage | None) -> None:
    case = Case()
    filling = Filling(case.books)
    case.journal.owners.append(filling)
    await case.prompt("x" * 4_000)
    await case.say(StepStarted(TURN, 1, SHA), ItemDone(TURN, 1, text_item("y" * 4_000).item))
    await case.say(StepEnded(TURN, 1, "completed", spent=Spent("fake", usage, None)), Note("z" * 4_000))
    bare = ModelRequest("i" * 4_000, (), ())
    assert filling.tokens(bare, "fake") == pytest.approx(4_000, rel=0.05)
    await case.say(StepStarted(TURN, 2, SHA), StepEnded(TURN, 2, "completed", spent=Spent("fake", Usage(7_000), None)))
    assert filling.tokens(bare, "fake") == 7_000


async def test_what_is_said_while_a_step_runs_is_not_in_its_measure() -> None:
    case = Case()
    filling = Filling(case.books)
    case.journal.owners.append(filling)
    await case.say(StepStarted(TURN, 1, SHA), CallEnded(CallId("c"), "ok", "x" * 4_000))
    await case.say(StepEnded(TURN, 1, "completed", spent=Spent("fake", Usage(1_000), None)))
    assert filling.tokens(case.request, "fake") == pytest.approx(2_000, rel=0.05)


async def test_after_a_compaction_it_is_estimated_until_the_next_measure() -> None:
    case = Case()
    filling = Filling(case.books)
    case.journal.owners.append(filling)
    await case.long()
    await case.step(text_item("hm"), used=90_000)
    assert await case.now(Model(summary())) is not None
    expected = case.books.tokens_for("fake", size_of(case.transcript.items) + size_of(case.registry.specs()))
    assert filling.tokens(case.request, "fake") == pytest.approx(expected, rel=0.05)


async def test_a_model_of_unknown_window_is_never_due() -> None:
    case = Case()
    await case.long()
    await case.step(text_item("hm"), used=10_000_000)
    assert not await case.compactor.if_due(TURN, case.request, Model(window=None))


async def test_what_could_not_be_made_smaller_is_tried_again_when_it_has_grown() -> None:
    case = Case()
    await case.prompt("short")
    await case.step(text_item("hm"), used=17_000)
    model = Model(summary())
    assert not await case.compactor.if_due(TURN, case.request, model)
    await case.long()
    await case.prompt("more")
    await case.step(text_item("hm"), used=18_900)
    assert not await case.compactor.if_due(TURN, case.request, model)
    await case.step(text_item("hm"), used=19_100)
    assert await case.compactor.if_due(TURN, case.request, model)
    await case.step(text_item("hm"), used=9_000)
    assert not await case.compactor.if_due(TURN, case.request, model)


# By whom.


async def test_the_model_writes_a_summary_of_the_same_history_and_is_billed() -> None:
    case = Case()
    await case.long()
    before = case.request
    model = Model(summary(input=9_000, cached=8_000, output=500))
    made = await case.now(model)
    assert made is not None
    assert (made.by, made.cause, made.count) == ("model", "command", len(before.items))
    assert case.texts("summary") == ["what was done"]
    (asked,) = model.requests
    assert asked.items[: len(before.items)] == before.items
    assert (asked.tools, asked.instructions, asked.session) == (before.tools, before.instructions, before.session)
    assert len(asked.items) == len(before.items) + 1
    assert asked.items[-1]["role"] == "developer"
    assert made.spent is not None
    assert (made.spent.purpose, made.spent.usage) == ("compaction", Usage(input=9_000, cached=8_000, output=500))
    assert made.spent.dollars == Decimal("0.01")
    assert case.books.report().total.usage.total == 9_500


async def test_a_summary_has_no_form_and_builds_on_no_answer_that_is_stored() -> None:
    case = Case()
    await case.long()
    request = replace(case.request, schema=OutputSchema("form", {}), continues=Continuation("resp_1", 3))
    model = Model(summary())
    assert await case.compactor.now(TURN, "command", request, model) is not None
    (asked,) = model.requests
    assert (asked.schema, asked.continues, asked.resume) == (None, None, None)


async def test_the_persons_words_and_the_last_turns_stay() -> None:
    case = Case()
    await case.long()
    last = case.transcript.items[-8:]
    assert await case.now(Model(summary())) is not None
    assert case.texts("own words") == [f"wish {n}" for n in range(8)]
    assert case.transcript.items[-8:] == last


async def test_calls_in_the_answer_to_the_summary_are_not_run() -> None:
    case = Case()
    await case.long()
    made = await case.now(Model([call_item("edit_file", "x", path="a.py"), text_item("so far"), DONE]))
    assert made is not None
    assert (made.by, case.texts("summary")) == ("model", ["so far"])
    assert "edit_file" not in json.dumps(made.items)


@pytest.mark.parametrize(
    "answer",
    [
        [text_item("half")],
        [ModelProblem("not such a request", fault="bad_request")],
        [text_item("half"), Ended("incomplete", reason="content_filter")],
        [call_item("read_file", path="a.py"), DONE],
        [DONE],
        [ItemReady({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}), DONE],
    ],
)
async def test_where_the_summary_fails_more_is_kept_by_rule(answer: list[Any]) -> None:
    case = Case()
    await case.long(16)
    made = await case.now(Model(*[answer] * 4), "window")
    assert made is not None
    assert made.by == "rule"
    assert case.texts("summary") == []
    words = [
        item["content"][0]["text"] for item in case.transcript.items if not is_made(item) and item.get("role") == "user"
    ]
    assert len(words) > 2
    assert case.texts("own words") + words == [f"wish {n}" for n in range(16)]


@pytest.mark.parametrize("fault", ["auth", "setup", "quota", "gone", "network", "rate_limited", "server", "timeout"])
async def test_where_the_service_can_not_be_had_what_still_fits_is_left_alone(fault: ModelFault) -> None:
    case = Case()
    await case.long()
    await case.step(text_item("hm"), used=17_000)
    history = list(case.transcript.items)
    model = Model(*[[ModelProblem("no", fault=fault)]] * 6)
    assert not await case.compactor.if_due(TURN, case.request, model)
    assert (case.transcript.items, case.journal.of(Compacted)) == (history, [])
    asked = len(model.requests)
    assert not await case.compactor.if_due(TURN, case.request, model)
    assert len(model.requests) == asked
    made = await case.now(Model(*[[ModelProblem("no", fault=fault)]] * 6), "overflow")
    assert made is not None
    assert made.by == "rule"


async def test_what_came_to_nothing_is_on_the_bill_of_the_next_one() -> None:
    case = Case()
    await case.long()
    failed = [text_item("half"), Ended("failed", "no", fault="auth", usage=Usage(input=9_000, output=50))]
    assert await case.now(Model(failed), "window") is None
    for billed in (Usage(input=18_000, output=550), Usage(input=9_000, output=500)):
        made = await case.now(Model(summary(input=9_000, output=500)))
        assert made is not None
        assert made.spent is not None
        assert made.spent.usage == billed
        await case.long()


async def test_what_was_asked_counts_before_it_is_billed() -> None:
    """The service's own came to nothing, then each try of the model's: the budget holds for all of them."""
    usage = Usage(input=9_000, output=300)
    for caps, calls in ((Caps(tokens=15_000), 0), (Caps(tokens=27_000), 1), (Caps(dollars=Decimal("0.023")), 1)):
        case = Case(caps)
        await case.long()
        model = Model(*[[text_item("half")]] * 4, service=ServiceCompaction((), usage))
        made = await case.now(model)
        assert made is not None
        assert (made.by, len(model.compacted), len(model.requests)) == ("rule", 1, calls)


async def test_a_service_that_is_busy_is_asked_again_and_that_is_said() -> None:
    case = Case()
    await case.long()
    busy = [ModelProblem("too many requests", fault="rate_limited", retry_after=7)]
    made = await case.now(Model(busy, [text_item("half")], summary()), "window")
    assert made is not None
    assert (made.by, case.texts("summary")) == ("model", ["what was done"])
    assert [again.fault for again in case.journal.of(Retried)] == ["rate_limited", "broken"]
    assert case.clock.slept == [again.wait for again in case.journal.of(Retried)]
    assert case.clock.slept[0] >= 7


async def test_between_turns_a_busy_service_is_waited_for_in_silence() -> None:
    case = Case()
    await case.long()
    model = Model([ModelProblem("overloaded", fault="server")], summary())
    made = await case.compactor.now(None, "command", case.request, model)
    assert made is not None
    assert (made.by, len(case.clock.slept), case.journal.of(Retried)) == ("model", 1, [])


async def test_a_summary_that_was_cut_off_is_used_and_says_so() -> None:
    case = Case()
    await case.long()
    await case.now(Model([text_item("so far"), Ended("incomplete", reason="max_output_tokens")]))
    (text,) = case.texts("summary")
    assert text.startswith("so far")
    assert "cut here" in text


async def test_a_summary_that_is_far_too_long_is_cut() -> None:
    case = Case()
    await case.long()
    made = await case.now(Model(summary("head" + "x" * 400_000 + "tail")))
    assert made is not None
    (text,) = case.texts("summary")
    assert text.startswith("head")
    assert text.endswith("tail")
    assert len(text) < 10_000


async def test_where_the_whole_is_too_long_for_a_summary_what_is_nearest_is_summarised() -> None:
    case = Case()
    await case.long(20)
    model = Model([ModelProblem("too long", fault="context_too_long")], summary())
    made = await case.now(model, "window")
    assert made is not None
    assert made.by == "model"
    first, second = (len(json.dumps(one.items)) for one in model.requests)
    assert second < first * 0.7
    assert complaints(model.requests[1].items) == []


async def test_what_the_service_has_refused_is_not_sent_again() -> None:
    case = Case()
    await case.long(20)
    whole = len(json.dumps(case.request.items))
    model = Model(summary(), window=None)
    made = await case.now(model, "overflow")
    assert made is not None
    assert (made.by, made.cause) == ("model", "overflow")
    (asked,) = model.requests
    assert len(json.dumps(asked.items)) < whole * 0.7
    assert len(json.dumps(case.transcript.items)) < whole * 0.5


async def test_a_last_output_that_is_too_long_is_cut_when_the_service_refuses_it() -> None:
    case = Case()
    await case.turn("first")
    await case.prompt("read it")
    await case.step(call_item("read_file", "big", path="big.txt"), output="head" + "x" * 900_000 + "tail")
    made = await case.now(Model(summary(), window=100_000), "overflow")
    assert made is not None
    output = case.transcript.items[-1]["output"]
    assert output.startswith("head")
    assert output.endswith("tail")
    assert len(output) < 200_000


async def test_a_model_that_can_not_be_asked_is_not_asked() -> None:
    case = Case()
    await case.long()
    model = Offline(window=None)
    made = await case.now(model)
    assert made is not None
    assert (made.by, made.spent, model.requests) == ("rule", None, [])
    assert case.texts("own words") == [f"wish {n}" for n in range(8)]


async def test_a_budget_that_is_spent_asks_nobody() -> None:
    case = Case(Caps(tokens=100))
    await case.long()
    await case.step(text_item("hm"), used=1_000)
    model = Model(summary(), service=ServiceCompaction(({"type": "compaction"},), None))
    made = await case.now(model)
    assert made is not None
    assert (made.by, model.requests, model.compacted) == ("rule", [], [])


async def test_nothing_is_asked_where_nothing_is_to_be_won() -> None:
    case = Case()
    await case.turn("first", output="short")
    model = Model(summary())
    history = list(case.transcript.items)
    assert await case.now(model) is None
    assert (model.requests, model.compacted, case.transcript.items) == ([], [], history)


# By the service.

SERVED = {"type": "compaction", "id": "cmp_1", "encrypted_content": "…"}


async def test_the_services_own_compaction_comes_first() -> None:
    case = Case()
    await case.long()
    model = Model(service=ServiceCompaction((_user("wish 0"), SERVED), Usage(input=9_000, output=300)))
    before = case.request
    made = await case.now(model)
    assert made is not None
    assert (made.by, model.requests, model.compacted) == ("service", [], [before])
    assert case.transcript.items[:2] == [_user("wish 0"), SERVED]
    assert case.texts("own words") == [f"wish {n}" for n in range(1, 10)]
    assert made.spent is not None
    assert made.spent.usage == Usage(input=9_000, output=300)


@pytest.mark.parametrize(
    "service",
    [
        None,
        ModelProblem("no such path", fault="gone"),
        ServiceCompaction((), None),
        ServiceCompaction(({"type": "function_call", "call_id": "a", "name": "x", "arguments": "{}"},), None),
        ServiceCompaction((_huge := {"type": "compaction", "encrypted_content": "x" * 900_000},), None),
        ServiceCompaction((SERVED,), Usage(input=9_000, output=900_000)),
    ],
)
async def test_a_service_that_has_none_or_makes_nothing_of_use_leaves_it_to_the_model(service: Any) -> None:
    case = Case()
    await case.long()
    made = await case.now(Model(summary(input=9_000, output=10), service=service))
    assert made is not None
    assert made.by == "model"
    assert made.spent is not None
    assert made.spent.usage is not None
    served = service.usage if isinstance(service, ServiceCompaction) and service.usage else Usage()
    assert made.spent.usage == served + Usage(input=9_000, output=10)


def _user(text: str) -> Item:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


# Files.


async def test_the_files_that_were_used_last_are_read_again_as_they_stand() -> None:
    case = Case()
    case.write("a.py", "on disk\n")
    case.documents.opened(OpenDocument(to_uri(ROOT / "a.py"), 3, "unsaved\n"))
    for n in range(8):
        case.write(f"f{n}.py", f"text {n}\n")
        await case.turn(f"wish {n}", path=f"f{n}.py")
    await case.turn("again", path="./a.py")
    await case.turn("wish 8", tool="edit_file", path="a.py", edits=[])
    await case.turn("wish 9", path="gone.py")
    await case.turn("wish 10", tool="list_dir", path=".")
    await case.turn("wish 11", path="f2.py")
    made = await case.now(Model(summary()))
    assert made is not None
    assert made.files == ("a.py", "f7.py", "f6.py", "f5.py", "f4.py")
    texts = case.texts("files")
    assert texts[0] == '<file path="a.py">\n1\tunsaved\n</file>'
    assert texts[1] == '<file path="f7.py">\n1\ttext 7\n</file>'


async def test_a_file_that_was_just_read_is_not_shown_twice_but_one_that_was_just_edited_is() -> None:
    case = Case()
    case.write("a.py", "a\n")
    case.write("b.py", "b\n")
    await case.long(8)
    await case.turn("read", path="a.py")
    await case.turn("edit", tool="edit_file", path="b.py", edits=[])
    made = await case.now(Model(summary()))
    assert made is not None
    assert made.files == ("b.py",)


async def test_files_that_are_hidden_or_outside_are_not_read_again() -> None:
    case = Case()
    case.files.raw[ROOT.parent / "out.py"] = b"x\n"
    for path in ("secret.py", "fine.py", "../out.py"):
        case.write(path, "x\n")
        await case.turn("read", path=path)
    await case.long(6)
    case.hidden.add(str(ROOT / "secret.py"))
    made = await case.now(Model(summary()))
    assert made is not None
    assert made.files == ("fine.py",)


async def test_files_are_cut_to_their_budget_and_say_where_to_read_on() -> None:
    case = Case()
    for n in range(6):
        case.write(f"f{n}.py", "".join(f"this is line {n} of a long file\n" for n in range(5_000)))
        await case.turn(f"wish {n}", path=f"f{n}.py", output="x" * 40_000)
    await case.long(4)
    made = await case.now(Model(summary(), window=200_000))
    assert made is not None
    assert len(made.files) >= 2
    for text in case.texts("files"):
        assert len(text) <= 5_000 * 4 + 200
        assert "[lines 1 to " in text
    assert sum(map(len, case.texts("files"))) <= 50_000 * 4


async def test_the_files_of_an_earlier_compaction_are_shown_again_after_newer_ones() -> None:
    case = Case()
    case.write("a.py", "a\n")
    case.write("b.py", "b\n")
    await case.turn("read a", path="a.py")
    await case.long(6)
    case.write("a.py", "a is new\n")
    assert await case.now(Model(summary())) is not None
    for _ in range(6):
        await case.turn("read b", path="b.py")
    await case.turn("list", tool="list_dir", path=".")
    await case.turn("list", tool="list_dir", path=".")
    made = await case.now(Model(summary("second")))
    assert made is not None
    assert made.files == ("b.py", "a.py")
    assert case.texts("files")[1] == '<file path="a.py">\n1\ta is new\n</file>'
    assert case.texts("summary") == ["second"]


# Changes.


def hunk_view(number: int, state: HunkState) -> HunkView:
    uri = to_uri(ROOT / "a.py")
    hunk = Hunk(
        HunkId(f"h{number}"),
        ProposalId("p"),
        FileId("f"),
        uri,
        "edit",
        f"old {number}\n",
        f"new {number}\n",
        Span(4, 5),
        digest("edit", uri, "", ""),
    )
    return HunkView(hunk, state, Span(number, number + 2), 1, 1, "Change it")


async def test_changes_that_wait_for_the_person_are_told() -> None:
    case = Case()
    await case.long()
    decided = Decision("accepted", Actor("person", "x"))
    case.changes = [
        hunk_view(3, HunkState()),
        hunk_view(7, HunkState(placement="present", policy="keep")),
        hunk_view(9, HunkState(decided)),
    ]
    await case.now(Model(summary()))
    assert case.texts("changes") == [
        "a.py lines 4 to 5\nold:\nold 3\n\nnew:\nnew 3\n",
        "a.py lines 8 to 9 (in the file already; the user may take it out)\nold:\nold 7\n\nnew:\nnew 7\n",
    ]


async def test_a_file_without_a_path_is_named_by_its_uri() -> None:
    case = Case()
    await case.long()
    view = hunk_view(0, HunkState())
    hunk = replace(view.hunk, uri=Uri("untitled:1"))
    case.changes = [HunkView(hunk, HunkState(), Span(0, 0), 1, 1, "Change it")]
    await case.now(Model(summary()))
    assert case.texts("changes")[0].startswith("untitled:1 lines 1 to 1\n")


# Again, meanwhile, and not at all.


async def test_a_second_compaction_says_nothing_twice() -> None:
    case = Case()
    await case.long()
    assert await case.now(Model(summary("one"))) is not None
    await case.long()
    assert await case.now(Model(summary("two"))) is not None
    assert case.texts("summary") == ["two"]
    assert case.texts("own words") == [f"wish {n}" for n in [*range(10), *range(8)]]


async def test_the_same_log_gives_the_same_history() -> None:
    case = Case()
    await case.long()
    await case.now(Model(summary()))
    await case.turn("after")
    again = Transcript.of(case.journal.events)
    assert again.items == case.transcript.items


async def test_what_the_person_says_meanwhile_is_not_lost() -> None:
    case = Case()
    await case.long()

    async def steers() -> None:
        await case.say(Steered(TURN, "wait, not that one"))

    made = await case.now(Model([steers, *summary()]), "window")
    assert made is not None
    assert case.transcript.items[-1] == _user("wait, not that one")
    assert Transcript.of(case.journal.events).items == case.transcript.items


async def test_interrupted_while_the_summary_is_written_nothing_has_changed() -> None:
    case = Case()
    await case.long()
    history, kinds = list(case.transcript.items), list(case.journal.kinds)
    reached = anyio.Event()

    async def waits() -> None:
        reached.set()

    model = Model([text_item("half"), waits, "hold"])
    async with anyio.create_task_group() as group:
        group.start_soon(case.compactor.now, TURN, "command", case.request, model)
        with anyio.fail_after(5):
            await reached.wait()
        group.cancel_scope.cancel()
    assert (case.transcript.items, case.journal.kinds) == (history, kinds)


@pytest.mark.parametrize("turn", [None, TurnId("t9")])
async def test_between_turns_and_in_one(turn: TurnId | None) -> None:
    case = Case()
    await case.long()
    made = await case.compactor.now(turn, "command", case.request, Model(summary()))
    assert made is not None
    assert made.turn == turn


@pytest.mark.parametrize("fault", ["network", "rate_limited", "auth"])
async def test_a_call_that_the_service_did_not_take_on_costs_nothing(fault: ModelFault) -> None:
    case = Case()
    await case.long()
    made = await case.now(Model(*[[ModelProblem("no", fault=fault)]] * 6))
    assert made is not None
    assert made.spent is None
    case = Case()
    await case.long()
    made = await case.now(Model(*[[text_item("half"), ModelProblem("no", fault="broken")]] * 4))
    assert made is not None
    assert made.spent is not None
    assert made.spent.usage is None


_TURN = st.tuples(
    st.text(max_size=300), st.text(alphabet='ab\n"é', max_size=60), st.integers(0, 30_000), st.integers(0, 3)
)


@given(
    st.lists(_TURN, min_size=1, max_size=8),
    st.sampled_from(["window", "command", "overflow"]),
    st.sampled_from([2_000, 20_000, 400_000, None]),
    st.sampled_from(["", "short", "long" * 50_000]),
)
@settings(max_examples=120, deadline=None)
def test_whatever_the_conversation_it_is_smaller_afterwards_or_as_it_was(
    turns: list[tuple[str, str, int, int]], cause: str, window: int | None, words: str
) -> None:
    anyio.run(_compacts, turns, cause, window, words)


async def _compacts(turns: list[tuple[str, str, int, int]], cause: str, window: int | None, words: str) -> None:
    case = Case()
    case.changes = [hunk_view(3, HunkState())]
    case.write("a.py", "text\n" * 2_000)
    for wish, answer, size, calls in turns:
        await case.prompt(wish)
        for n in range(calls):
            args = {"path": "a.py"} if n % 2 else {"path": "a.py", "content": "c" * (size // 3)}
            await case.step(call_item("read_file" if n % 2 else "edit_file", **args), output="o" * size)
        await case.step(text_item(answer))
    before = case.request.items
    made = await case.now(Model(summary(words), window=window), cause)
    if made is None:
        assert case.request.items == before
        return
    assert size_of(made.items) < size_of(before)
    assert "a.py lines 4 to 5" in json.dumps(made.items)
    first = turns[0][0]
    said = [part["text"] for item in made.items if item.get("role") == "user" for part in item["content"]]
    assert any(one == first or (one[:4] == first[:4] and "cut here" in one) for one in said)
