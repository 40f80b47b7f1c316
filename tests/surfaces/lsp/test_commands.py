"""What the person is told of decisions, and decisions whose request goes away."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import pytest

from bridge.harness.errors import FileProblem, NotFound
from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.events import PromptContext
from bridge.harness.values.proposals import Actor, HunkOutcome, OutcomeKind, Part, Verdict
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.handlers.commands import Commands
from bridge.surfaces.lsp.handlers.documents import did_delete, did_rename
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.params import DidDeleteFiles, DidRenameFiles, ExecuteCommand
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.progress import Progress
from bridge.surfaces.lsp.questions import Questions
from bridge.surfaces.lsp.queued import Queue
from bridge.surfaces.lsp.review.deciding import decide
from bridge.surfaces.lsp.review.entries import ASKS
from bridge.surfaces.lsp.review.publisher import Publisher
from bridge.surfaces.lsp.review.refresh import Refresher
from bridge.surfaces.lsp.review.show import show_outcomes
from bridge.surfaces.lsp.review.shown import Shown
from bridge.surfaces.lsp.review.virtual import VirtualDocuments
from tests.surfaces.lsp.fakes import FakeOutbox
from tests.surfaces.lsp.review_fakes import SESSION, URI, FakeRuntime, a_hunk, connected, kept, stale


class SlowRuntime(FakeRuntime):
    """Decides when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let = anyio.Event(), anyio.Event()

    async def decide(
        self, ids: Sequence[HunkId], verdict: Verdict, by: Actor, reason: str = ""
    ) -> tuple[HunkOutcome, ...]:
        self.begun.set()
        await self.let.wait()
        await super().decide(ids, verdict, by, reason)
        if self.refusals:
            raise self.refusals.pop()
        return tuple(HunkOutcome(id_, "present") for id_ in ids)


def said(*outcomes: HunkOutcome) -> list[str]:
    context, _, outbox = connected()
    show_outcomes(context, outcomes)
    return [m["params"]["message"] for m in outbox.sent]


def one(number: int, outcome: str, message: str = "") -> HunkOutcome:
    return HunkOutcome(HunkId(f"h{number}"), outcome, message)  # type: ignore[arg-type]


def test_what_went_as_the_person_wanted_is_not_said() -> None:
    assert said(one(1, "present"), one(2, "rejected", "out of scope"), one(3, "withdrawn")) == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("stale", "Not applied: why"),
        ("absent", "Not applied: why"),
        ("unverified", "Look at the file: why"),
        ("already_decided", "Already decided: why"),
        ("present", "Applied: why"),
    ],
)
def test_what_did_not_go_so_is_said_with_its_reason(outcome: str, words: str) -> None:
    assert said(one(1, outcome, "why")) == [words]


def test_many_hunks_that_were_not_applied_are_one_message() -> None:
    outcomes = [one(n, "stale", "the text changed here") for n in range(200)] + [one(200, "present")]
    assert said(*outcomes) == ["Not applied: the text changed here (and 199 of 201 hunks more)"]


@pytest.mark.anyio
async def test_a_decision_is_carried_out_although_its_request_is_cancelled() -> None:
    async with anyio.create_task_group() as tasks:
        runtime = SlowRuntime()
        context, _, _ = connected(tasks=tasks, runtime=runtime)
        with anyio.CancelScope() as request:
            tasks.start_soon(_cancel_when, runtime.begun, request)
            await decide(context, [HunkId("h")], "accepted")
        assert request.cancelled_caught
        runtime.let.set()
    assert runtime.decided == [(["h"], "accepted", "")]


@pytest.mark.anyio
async def test_a_decision_that_can_t_be_recorded_is_the_requests_own_failure() -> None:
    async with anyio.create_task_group() as tasks:
        runtime = SlowRuntime()
        runtime.refusals = [FileProblem("disk_full", "/log")]
        runtime.let.set()
        context, _, _ = connected(tasks=tasks, runtime=runtime)
        with pytest.raises(FileProblem):
            await decide(context, [HunkId("h")], "accepted")


async def _cancel_when(event: anyio.Event, scope: anyio.CancelScope) -> None:
    await event.wait()
    scope.cancel()


# Commands, as a client sends them.


@asynccontextmanager
async def commanding(*views: HunkView) -> AsyncIterator[tuple[Commands, FakeRuntime, FakeOutbox, Peer]]:
    """The commands of a client that shows documents; what they leave running is cancelled."""
    async with anyio.create_task_group() as tasks:
        context, runtime, outbox = connected(views, {"window": {"showDocument": {"support": True}}}, tasks)
        context.current = runtime.session(SESSION)
        documents = VirtualDocuments(context)
        shown = Shown(Publisher(context), Refresher(context, documents), documents)
        yield (
            Commands(context, Progress(context), Questions(context), Queue(context), shown),
            runtime,
            outbox,
            context.peer,
        )
        tasks.cancel_scope.cancel()


async def run(commands: Commands, name: str, argument: dict[str, Any]) -> Any:
    """The result of a command, as JSON."""
    params = ExecuteCommand.parse({"command": name, "arguments": [argument]})
    result = await commands.routes()[0].handler(params)
    return result.dump() if result is not None else None


async def answer(outbox: FakeOutbox, peer: Peer, number: int, result: Any) -> dict[str, Any]:
    """Answer the message of this number, once it was sent; the message."""
    message = (await outbox.until(number + 1))[number]
    peer.deliver(Response(message["id"], result=result))
    return message


@pytest.mark.anyio
async def test_a_stale_hunk_is_applied_anyway_as_the_new_hunk_that_this_makes() -> None:
    async with commanding(stale(a_hunk("h", 3))) as (commands, runtime, _, _):
        made = HunkId("part of h")
        runtime.outcomes[made] = HunkOutcome(made, "present")
        told = await run(commands, "harness.applyAnyway", {"hunkId": "h"})
    assert runtime.carved == [("h", Part(anyway=True))]
    assert runtime.decided == [([made], "accepted", "")]
    assert told["outcomes"][0] == {"hunkId": "h", "outcome": "present", "decidedId": made}


@pytest.mark.anyio
async def test_what_can_t_be_applied_anyway_is_the_requests_own_failure() -> None:
    async with commanding(stale(a_hunk("h", 3), "gone")) as (commands, runtime, _, _):
        runtime.refusals = [NotFound("unknown_hunk", "its file is gone")]
        with pytest.raises(NotFound):
            await run(commands, "harness.applyAnyway", {"hunkId": "h"})
    assert runtime.decided == []


@pytest.mark.anyio
async def test_a_hunk_that_stands_is_undone() -> None:
    async with commanding() as (commands, runtime, outbox, _):
        runtime.outcomes[HunkId("h")] = one_outcome("h", "removed")
        told = await run(commands, "harness.undo", {"hunkId": "h"})
        assert outbox.sent == []
    assert told["outcomes"] == [{"hunkId": "h", "outcome": "removed"}]


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "decides"), [("harness.undo", False), ("harness.reject", True)])
async def test_later_hunks_on_one_that_should_go_are_undone_with_it_if_the_person_says_so(
    name: str, decides: bool
) -> None:
    async with commanding() as (commands, runtime, outbox, peer):
        runtime.outcomes[HunkId("h")] = one_outcome("h", "refused", "2 later hunks stand on it", "i", "j")
        told: list[Any] = []

        async def ask() -> None:
            told.append(await run(commands, name, {"hunkId": "h"}))

        async with anyio.create_task_group() as asking:
            asking.start_soon(ask)
            question = await answer(outbox, peer, 0, {"title": "Undo these 3 together"})
        assert question["params"]["message"] == "2 later hunks stand on it"
        assert question["params"]["actions"] == [{"title": "Undo these 3 together"}]
        assert len(outbox.sent) == 1
    assert runtime.undone == ([["h", "i", "j"]] if decides else [["h"], ["h", "i", "j"]])
    assert [row["outcome"] for row in told[0]["outcomes"]] == ["removed"] * 3


@pytest.mark.anyio
async def test_later_hunks_stay_where_the_person_does_not_say_so() -> None:
    async with commanding() as (commands, runtime, outbox, peer):
        runtime.outcomes[HunkId("h")] = one_outcome("h", "refused", "1 later hunk stands on it", "i")
        told: list[Any] = []

        async def ask() -> None:
            told.append(await run(commands, "harness.undo", {"hunkId": "h"}))

        async with anyio.create_task_group() as asking:
            asking.start_soon(ask)
            await answer(outbox, peer, 0, None)
        assert outbox.sent[1]["params"]["message"] == "Nothing was done: 1 later hunk stands on it"
    assert runtime.undone == [["h"]]
    assert told[0]["outcomes"][0]["blockedBy"] == ["i"]


@pytest.mark.anyio
async def test_next_goes_through_all_hunks_each_once_also_those_on_one_line() -> None:
    views = [a_hunk("a", 3, old=""), a_hunk("b", 3), a_hunk("c", 9), a_hunk("d", 1, uri=Uri("file:///w/b.py"))]
    async with commanding(*views) as (commands, _, outbox, peer):
        at: str | None = None
        seen: list[str] = []
        for number in range(5):
            told: list[Any] = []

            async def go(at: str | None = at, told: list[Any] = told) -> None:
                told.append(await run(commands, "harness.next", {"hunkId": at} if at else {}))

            async with anyio.create_task_group() as going:
                going.start_soon(go)
                await answer(outbox, peer, number, {"success": True})
            at = told[0]["hunk"]["hunkId"]
            seen.append(str(at))
    assert seen == ["a", "b", "c", "d", "a"]


@pytest.mark.anyio
async def test_next_from_a_line_is_the_hunk_below_it() -> None:
    async with commanding(a_hunk("a", 3), a_hunk("b", 9)) as (commands, _, outbox, peer):
        told: list[Any] = []

        async def go() -> None:
            told.append(await run(commands, "harness.next", {"uri": URI, "line": 3}))

        async with anyio.create_task_group() as going:
            going.start_soon(go)
            shown = await answer(outbox, peer, 0, {"success": True})
        assert shown["params"]["selection"]["start"]["line"] == 9
    assert told[0]["hunk"]["hunkId"] == "b"


@pytest.mark.anyio
async def test_a_selection_is_asked_about_with_what_the_person_chooses() -> None:
    range_ = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}
    async with commanding() as (commands, runtime, outbox, peer):
        told: list[Any] = []

        async def ask() -> None:
            told.append(await run(commands, "harness.askHere", {"uri": URI, "range": range_}))

        async with anyio.create_task_group() as asking:
            asking.start_soon(ask)
            question = await answer(outbox, peer, 0, {"title": "Simplify"})
        assert [row["title"] for row in question["params"]["actions"]] == list(ASKS)
    assert runtime.prompts == [(ASKS["Simplify"], PromptContext(URI, 2, 3))]
    assert told == [{"sessionId": SESSION}]


@pytest.mark.anyio
@pytest.mark.parametrize("reply", [Response(0, result=None), Response(0, error={"code": -32601, "message": "no"})])
async def test_a_selection_that_is_put_away_or_can_t_be_asked_about_starts_nothing(reply: Response) -> None:
    range_ = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}
    async with commanding() as (commands, runtime, outbox, peer):
        told: list[Any] = []

        async def ask() -> None:
            told.append(await run(commands, "harness.askHere", {"uri": URI, "range": range_}))

        async with anyio.create_task_group() as asking:
            asking.start_soon(ask)
            (request,) = await outbox.until(1)
            peer.deliver(replace(reply, id=request["id"]))
    assert (runtime.prompts, told) == ([], [{}])


@pytest.mark.anyio
async def test_a_prompt_goes_with_the_lines_of_its_selection() -> None:
    async with commanding() as (commands, runtime, _, _):
        await run(commands, "harness.prompt", {"text": "go", "uri": URI, "line": 2, "endLine": 5})
    assert runtime.prompts == [("go", PromptContext(URI, 2, 5))]


@pytest.mark.anyio
@pytest.mark.parametrize(("view", "question"), [(a_hunk("h", 3), "Why reject"), (kept(a_hunk("h", 3)), "Why undo")])
async def test_why_not_is_asked_in_the_words_of_the_decision(view: HunkView, question: str) -> None:
    async with commanding(view) as (commands, runtime, outbox, peer):
        async with anyio.create_task_group() as asking:
            asking.start_soon(run, commands, "harness.rejectWithReason", {"hunkId": "h"})
            asked = await answer(outbox, peer, 0, None)
        assert asked["params"]["message"] == f"{question} hunk 1/1?"
    assert runtime.decided == []


def test_files_that_the_person_renames_and_deletes_are_told_in_our_spelling() -> None:
    context, runtime, _ = connected()
    pair = {"oldUri": "file:///w/a%2epy", "newUri": "file:///w/b.py"}
    did_rename(context, DidRenameFiles.parse({"files": [pair]}))
    did_delete(context, DidDeleteFiles.parse({"files": [{"uri": "file:///w/c%2epy"}]}))
    assert runtime.renamed == [(Uri("file:///w/a.py"), Uri("file:///w/b.py"))]
    assert runtime.deleted == [Uri("file:///w/c.py")]


def one_outcome(id_: str, outcome: OutcomeKind, message: str = "", *blockers: str) -> HunkOutcome:
    return HunkOutcome(HunkId(id_), outcome, message, blockers=tuple(map(HunkId, blockers)))
