"""From the harness's values to the wire: every event, and every value that an enumeration can have."""

from dataclasses import replace
from typing import Any, cast, get_args

import pytest

from bridge.app.session import Session
from bridge.harness.ids import ApprovalId, CallId, FileId, HunkId, IntentId, ProposalId, TurnId
from bridge.harness.values import events as core
from bridge.harness.values.approvals import ALLOW_ONCE, REJECT_ONCE, Answer, Approval, ApprovalState, CallSubject
from bridge.harness.values.model import TextDelta
from bridge.harness.values.policy import Ruling, Why
from bridge.harness.values.proposals import (
    Actor,
    Decision,
    HunkOutcome,
    HunkState,
    Intent,
    PlacementKind,
    Proposal,
    StaleReason,
    Verdict,
)
from bridge.harness.values.text import Sha
from bridge.protocol import permission, review
from bridge.protocol.base import Wire, strict
from bridge.protocol.update import SessionNotification
from bridge.surfaces.mapping.permission import approval_view, request_permission
from bridge.surfaces.mapping.review import hunk_view, outcome
from bridge.surfaces.mapping.updates import delta, updates
from tests.surfaces.lsp.review_fakes import SESSION, FakeReview, FakeRuntime, FakeSession, a_hunk

HUNK, CALL, TURN = a_hunk("h", 3, "old\n", "new\nmore\n"), CallId("c"), TurnId("t")
ASKED = ApprovalId("a")
SUBJECT = CallSubject("read_file", "Read /etc/hosts", ("reads /etc/hosts",))
APPROVAL = Approval(
    ASKED,
    SESSION,
    CALL,
    SUBJECT,
    SUBJECT.digest(),
    (ALLOW_ONCE, REJECT_ONCE),
    Ruling("ask", Why("default", "to read outside the workspace asks"), ()),
)
ITEM = {"role": "assistant", "id": "m", "content": [{"text": "one "}, {"text": "two"}]}
PROPOSAL = Proposal(ProposalId("p"), SESSION, TURN, CALL, (), "ask", "Edit a.py")
ACCEPTED = Decision("accepted", Actor("person", "editor"))

# Every kind of event, with the kinds of update that it becomes.
CASES: list[tuple[core.Event, list[str]]] = [
    (core.SessionOpened(SESSION, "/w", "scripted", "default", "ask"), []),
    (core.Prompt(TURN, "do it"), ["turn_started", "user_message_chunk"]),
    (core.StepStarted(TURN, 1, Sha("0")), []),
    (core.ItemDone(TURN, 1, ITEM), []),
    (core.StepEnded(TURN, 1, "completed"), []),
    (core.CallOpened(TURN, CALL, "read_file", "read", "Read a.py", {"path": "a.py"}), ["tool_call"]),
    (core.CallJudged(CALL, APPROVAL.ruling), []),
    (core.CallStarted(CALL), ["tool_call_update"]),
    (core.CallEnded(CALL, "ok", "text", "20 lines"), ["tool_call_update"]),
    (core.Proposed(PROPOSAL, (HUNK.hunk,)), ["hunk_update"]),
    (core.HunkStale(HUNK.hunk.id, "overlap"), ["hunk_update"]),
    (core.HunkFresh(HUNK.hunk.id), ["hunk_update"]),
    (core.Decided(HUNK.hunk.id, ACCEPTED), ["hunk_update"]),
    (
        core.IntentMade(Intent(IntentId("i"), FileId("f"), (HUNK.hunk.id,), "disk", Sha("1"), Sha("2"))),
        ["hunk_update"],
    ),
    (core.Placed(HUNK.hunk.id, "present", ""), ["hunk_update"]),
    (core.ApprovalOpened(APPROVAL), ["approval_opened"]),
    (core.ApprovalClosed(ASKED, "answered", Answer("allow_once", allowed=True)), ["approval_closed"]),
    (core.Note("the user undid it"), ["note"]),
    (core.TurnEnded(TURN, "end_turn"), ["turn_ended"]),
]


def told(event: core.Event, replay: bool = False) -> list[dict[str, Any]]:
    """The updates of an event, held to the published models."""
    session = cast("Session", FakeSession(FakeRuntime([HUNK])))
    rows = []
    for update in updates(session, event, str, replay):
        message = SessionNotification(session_id=SESSION, seq=1, update=update).dump()
        held(SessionNotification, message)
        rows.append(message["update"])
    return rows


def held(model: type[Wire], message: dict[str, Any]) -> dict[str, Any]:
    with strict():
        assert model.parse(message).dump() == message
    return message


@pytest.mark.parametrize(("event", "kinds"), CASES, ids=lambda value: type(value).__name__)
def test_an_event_becomes_its_updates(event: core.Event, kinds: list[str]) -> None:
    assert [row["sessionUpdate"] for row in told(event)] == kinds


def test_there_is_a_case_for_every_event() -> None:
    assert {type(event) for event, _ in CASES} == set(core.EVENTS)


def test_a_finished_message_stands_for_its_pieces_when_a_session_is_replayed() -> None:
    (row,) = told(core.ItemDone(TURN, 1, ITEM), replay=True)
    assert (row["content"]["text"], row["messageId"]) == ("one two", "m")
    assert told(core.ItemDone(TURN, 1, {"type": "function_call", "call_id": "c"}), replay=True) == []
    row = SessionNotification(session_id=SESSION, update=delta(TextDelta("m", 0, "one "))).dump()
    assert held(SessionNotification, row)["update"]["messageId"] == "m"


@pytest.mark.parametrize(
    ("status", "shown"), [("ok", "completed"), ("error", "failed"), ("unknown", "failed"), ("cancelled", "failed")]
)
def test_a_call_ends_completed_or_failed(status: core.CallStatus, shown: str) -> None:
    (row,) = told(core.CallEnded(CALL, status, "text"))
    assert row["status"] == shown
    assert "content" not in row


@pytest.mark.parametrize("stop", get_args(core.StopReason))
def test_every_reason_to_stop_is_on_the_wire(stop: core.StopReason) -> None:
    (row,) = told(core.TurnEnded(TURN, stop, "why"))
    assert (row["stopReason"], row["message"]) == (stop, "why")


@pytest.mark.parametrize("kind", get_args(core.ToolKind))
def test_every_kind_of_tool_is_on_the_wire(kind: core.ToolKind) -> None:
    (row,) = told(core.CallOpened(TURN, CALL, "x", kind, "X", {}))
    assert row["kind"] == kind


@pytest.mark.parametrize("state", get_args(ApprovalState))
def test_every_state_of_a_question_is_on_the_wire(state: ApprovalState) -> None:
    view = held(permission.ApprovalView, approval_view(replace(APPROVAL, state=state)).dump())
    assert view["state"] == state
    (row,) = told(core.ApprovalClosed(ASKED, state))
    assert row == {"sessionUpdate": "approval_closed", "approvalId": "a", "state": state}


def test_a_question_is_the_same_question_in_both_of_its_forms() -> None:
    view = held(permission.ApprovalView, approval_view(APPROVAL).dump())
    asked = held(permission.RequestPermissionRequest, request_permission(APPROVAL).dump())
    assert asked["_meta"]["harness"] == {"approvalId": view["approvalId"], "why": view["why"]}
    assert asked["options"] == view["options"]
    assert asked["toolCall"] == view["toolCall"]
    assert view["touches"] == ["reads /etc/hosts"]
    assert view["digest"] == SUBJECT.digest()


def test_a_hunk_is_told_with_its_place_of_now_and_its_number_from_0() -> None:
    moved = replace(HUNK, span=replace(HUNK.span, start=7, end=8), index=2, total=3)
    view = held(review.HunkView, hunk_view(SESSION, moved, "file:///w/A.py").dump())
    assert view["range"] == {"start": {"line": 7, "character": 0}, "end": {"line": 8, "character": 0}}
    assert (view["index"], view["total"], view["uri"]) == (1, 3, "file:///w/A.py")
    assert (view["oldText"], view["newText"]) == ("old\n", "new\nmore\n")
    assert "decision" not in view


@pytest.mark.parametrize("verdict", get_args(Verdict))
@pytest.mark.parametrize("placement", get_args(PlacementKind))
@pytest.mark.parametrize("why", [None, *get_args(StaleReason)])
def test_every_state_of_a_hunk_is_on_the_wire(
    verdict: Verdict, placement: PlacementKind, why: StaleReason | None
) -> None:
    state = HunkState(Decision(verdict, Actor("person", "editor")), why, placement)
    view = held(review.HunkView, hunk_view(SESSION, replace(HUNK, state=state), "file:///w/a.py").dump())
    assert (view["decision"], view["placement"]) == (verdict, placement)
    assert (view["fit"], view.get("staleReason")) == ("stale" if why else "clean", why)


@pytest.mark.parametrize("kind", get_args(HunkOutcome.__annotations__["outcome"]))
def test_every_outcome_is_on_the_wire_and_only_a_stale_one_has_the_text_of_now(kind: Any) -> None:
    told_ = held(review.HunkOutcome, outcome(HunkOutcome(HunkId("h"), kind, "why", "now\n")).dump())
    assert told_["outcome"] == kind
    assert told_.get("currentText") == ("now\n" if kind == "stale" else None)
    assert "message" not in outcome(HunkOutcome(HunkId("h"), kind)).dump()


def test_an_update_of_a_hunk_that_is_not_known_is_left_out() -> None:
    session = cast("Session", FakeSession(FakeRuntime([])))
    assert isinstance(session.review, FakeReview)
    assert list(updates(session, core.HunkFresh(HunkId("x")), str, replay=False)) == []
