"""Questions to the person: what is no clear yes is a no, and nothing is asked twice without need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from bridge.harness.errors import AlreadyResolved, FileProblem
from bridge.harness.ids import ApprovalId, CallId
from bridge.harness.values.approvals import ALLOW_ONCE, REJECT_ONCE, Approval, CallSubject
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened, Recorded
from bridge.harness.values.policy import Ruling, Why
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.questions import TRIES, Questions
from tests.surfaces.lsp.fakes import FakeOutbox
from tests.surfaces.lsp.review_fakes import SESSION, FakeRuntime, a_hunk, connected

pytestmark = pytest.mark.anyio

PERMISSIONS = {"experimental": {"harness": {"protocolVersion": 1, "permissions": True}}}
SUBJECT = CallSubject("read_file", "Read /etc/\u202etxt.exe", ("reads /etc/x",))
ASKED = ApprovalId("a")
APPROVAL = Approval(
    ASKED,
    SESSION,
    CallId("c"),
    SUBJECT,
    SUBJECT.digest(),
    (ALLOW_ONCE, REJECT_ONCE),
    Ruling("ask", Why("default", "to read outside asks"), ()),
)

Asked = tuple[Questions, FakeRuntime, FakeOutbox, Peer]


@asynccontextmanager
async def asking(
    capabilities: dict[str, Any] | None = None,
) -> AsyncIterator[tuple[Questions, FakeRuntime, FakeOutbox, Peer]]:
    """Questions to a client; what still waits at the end is cancelled."""
    async with anyio.create_task_group() as tasks:
        context, runtime, outbox = connected((), capabilities, tasks)
        yield Questions(context), runtime, outbox, context.peer
        tasks.cancel_scope.cancel()


async def answered(capabilities: dict[str, Any] | None, **reply: Any) -> FakeRuntime:
    """Ask once, answer so."""
    async with asking(capabilities) as (questions, runtime, outbox, peer):
        questions.on_update(SESSION, Recorded(1, 0.0, ApprovalOpened(APPROVAL)))
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], **reply))
        await runtime.answered.wait()
    return runtime


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ({"result": {"title": "Allow once"}}, "allow_once"),
        ({"result": {"title": "Reject"}}, "reject_once"),
        ({"result": None}, "reject_once"),
        ({"result": {}}, "reject_once"),
        ({"result": {"title": "allow once"}}, "reject_once"),
        ({"result": {"title": "Allow once "}}, "reject_once"),
        ({"result": {"title": ["Allow once"]}}, "reject_once"),
        ({"result": "Allow once"}, "reject_once"),
        ({"result": True}, "reject_once"),
        ({"error": {"code": -32601, "message": "no such method"}}, "reject_once"),
        ({"fault": "both a result and an error"}, "reject_once"),
    ],
)
async def test_only_the_title_of_a_yes_is_a_yes(reply: dict[str, Any], choice: str) -> None:
    runtime = await answered(None, **reply)
    assert [one[:2] for one in runtime.answers] == [(ASKED, choice)]


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ({"result": {"outcome": {"outcome": "selected", "optionId": "allow_once"}}}, "allow_once"),
        ({"result": {"outcome": {"outcome": "selected", "optionId": "reject_once"}}}, "reject_once"),
        ({"result": {"outcome": {"outcome": "selected", "optionId": "allow_always"}}}, "reject_once"),
        ({"result": {"outcome": {"outcome": "selected"}}}, "reject_once"),
        ({"result": {"outcome": {"outcome": "cancelled", "optionId": "allow_once"}}}, "reject_once"),
        ({"result": {"outcome": "selected", "optionId": "allow_once"}}, "reject_once"),
        ({"result": {"optionId": "allow_once"}}, "reject_once"),
        ({"result": None}, "reject_once"),
        ({"result": []}, "reject_once"),
        ({"error": {"code": 1, "message": "no"}}, "reject_once"),
    ],
)
async def test_only_an_offered_option_that_is_selected_is_a_yes(reply: dict[str, Any], choice: str) -> None:
    runtime = await answered(PERMISSIONS, **reply)
    assert [one[:2] for one in runtime.answers] == [(ASKED, choice)]


async def test_a_question_in_words_hides_nothing_and_offers_to_show_first() -> None:
    async with asking() as (questions, runtime, outbox, _):
        questions.ask(APPROVAL)
        (request,) = await outbox.until(1)
        assert request["method"] == "window/showMessageRequest"
        assert request["params"]["message"] == "Read /etc/\\u202etxt.exe? (to read outside asks)"
        assert [row["title"] for row in request["params"]["actions"]] == ["Show", "Allow once", "Reject"]
        assert runtime.was_shown == [ASKED]


async def test_a_question_that_is_settled_elsewhere_is_taken_back() -> None:
    async with asking(PERMISSIONS) as (questions, runtime, outbox, _):
        questions.ask(APPROVAL)
        (request,) = await outbox.until(1)
        questions.on_update(SESSION, Recorded(2, 0.0, ApprovalClosed(ASKED, "answered")))
        (_, taken) = await outbox.until(2)
        assert (taken["method"], taken["params"]) == ("$/cancelRequest", {"id": request["id"]})
    assert runtime.answers == []


async def test_an_answer_that_comes_second_is_no_fault() -> None:
    async with asking(PERMISSIONS) as (questions, runtime, outbox, peer):
        runtime.refusals = [AlreadyResolved("the question was already answered")]
        questions.ask(APPROVAL)
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], {"outcome": {"outcome": "cancelled"}}))
        await runtime.answered.wait()
    assert len(outbox.sent) == 1


async def test_an_answer_that_can_t_be_recorded_is_told_and_asked_for_again_a_few_times() -> None:
    async with asking() as (questions, runtime, outbox, peer):
        runtime.refusals = [FileProblem("disk_full", "/log") for _ in range(TRIES)]
        questions.ask(APPROVAL)
        for number in range(TRIES):
            sent = await outbox.until(2 * number + 1)
            peer.deliver(Response(sent[-1]["id"], {"title": "Allow once"}))
            sent = await outbox.until(2 * number + 2)
            assert sent[2 * number + 1]["params"]["message"].startswith("The answer was not taken: /log: ")
    assert len([m for m in outbox.sent if m["method"] == "window/showMessageRequest"]) == TRIES


async def test_whole_files_are_asked_about_and_edits_are_not() -> None:
    async with asking() as (questions, runtime, outbox, peer):
        new, change = a_hunk("new", 0, "", "a\n", op="create"), a_hunk("edit", 0)
        runtime.views[:] = [new, change]
        questions.ask_about_files([new.hunk, change.hunk])
        (request,) = await outbox.until(1)
        assert request["params"]["message"] == "Edit a.py: new file, 1 line"
        peer.deliver(Response(request["id"], {"title": "Accept"}))
        await runtime.answered.wait()
    assert runtime.decided == [(["new"], "accepted", "")]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [({"title": "Reject"}, ""), (None, "the question was put away"), ({"title": "x"}, "the question was put away")],
)
async def test_what_is_no_yes_to_a_file_is_a_no_with_its_reason(reply: Any, reason: str) -> None:
    async with asking() as (questions, runtime, outbox, peer):
        view = a_hunk("new", 0, "", "a\n", op="create")
        runtime.views[:] = [view]
        questions.ask_about_files([view.hunk])
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], reply))
        await runtime.answered.wait()
    assert runtime.decided == [(["new"], "rejected", reason)]


@pytest.mark.parametrize("shown_by", ["review", "updates"])
async def test_who_shows_hunks_or_follows_updates_is_not_asked_about_files(shown_by: str) -> None:
    async with asking({"experimental": {"harness": {"protocolVersion": 1, shown_by: True}}}) as (
        questions,
        runtime,
        outbox,
        _,
    ):
        view = a_hunk("new", 0, "", "a\n", op="create")
        runtime.views[:] = [view]
        questions.ask_about_files([view.hunk])
        await anyio.wait_all_tasks_blocked()
        assert outbox.sent == []


async def test_a_client_that_can_t_ask_leaves_a_file_undecided() -> None:
    async with asking() as (questions, runtime, outbox, peer):
        view = a_hunk("new", 0, "", "a\n", op="create")
        runtime.views[:] = [view]
        questions.ask_about_files([view.hunk])
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], error={"code": -32601, "message": "no"}))
        await anyio.lowlevel.checkpoint()
    assert runtime.decided == []
