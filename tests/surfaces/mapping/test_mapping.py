"""From the harness's values to the wire: every event, and every value that an enumeration can have."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast, get_args

import pytest

from bridge.app.session import Session
from bridge.harness.cost.books import Books, Caps
from bridge.harness.errors import AlreadyResolved, BridgeError, FileProblem, NotFound, Stale, ToolInputError
from bridge.harness.ids import ApprovalId, CallId, FileId, HunkId, IntentId, PromptId, ProposalId, TurnId, Uri
from bridge.harness.values import events as core
from bridge.harness.values.approvals import ALLOW_ONCE, REJECT_ONCE, Answer, Approval, ApprovalState, CallSubject
from bridge.harness.values.events import OptionName
from bridge.harness.values.model import ModelInfo, ReasoningDelta, TextDelta
from bridge.harness.values.policy import Ruling, Why
from bridge.harness.values.proposals import (
    Actor,
    Decision,
    HunkOutcome,
    HunkState,
    Intent,
    Part,
    PlacementKind,
    Policy,
    Proposal,
    ReviewPolicy,
    StaleReason,
    Verdict,
)
from bridge.harness.values.text import Sha, Span
from bridge.harness.values.usage import Spent, Usage
from bridge.protocol import permission, review
from bridge.protocol.base import Wire, strict
from bridge.protocol.config import SetSessionConfigOptionResponse
from bridge.protocol.update import SessionNotification
from bridge.surfaces.mapping.config import Chosen, chosen, config_options, option_value
from bridge.surfaces.mapping.decisions import part, refused, remark
from bridge.surfaces.mapping.permission import approval_view, request_permission
from bridge.surfaces.mapping.review import Seen, hunk_view, outcome
from bridge.surfaces.mapping.updates import delta, updates
from tests.support.fakes import FakePrices
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
CLOSED = Seen(str, lambda _: None)
CHILDREN = tuple(HUNK.hunk.child("", text, Span(3, 3)) for text in ("new\n", "more\n"))
SPENT = Spent("fake", Usage(1000, 400, 0, 50, 20), Decimal("0.00026"))
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
    (core.HunkSplit(HUNK.hunk.id, CHILDREN), ["hunk_update", "hunk_update"]),
    (core.FileFollowed(HUNK.hunk.file, Uri("file:///w/b.py")), ["hunk_update"]),
    (core.FileFollowed(FileId("another"), Uri("file:///w/b.py")), []),
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
    (core.PolicySet("keep"), ["config_option_update"]),
    (core.OptionSet("effort", "high"), ["config_option_update"]),
    (core.Steered(TURN, "leave the tests"), ["user_message_chunk"]),
    (core.Prompt(TURN, "do it", queued=PromptId("q")), ["turn_started", "user_message_chunk", "queue_update"]),
    (core.Queued(PromptId("q"), "then the tests"), ["queue_update"]),
    (core.Unqueued(PromptId("q")), ["queue_update"]),
    (core.ResponseBegun(TURN, 1, "resp_1"), []),
    (core.StepEnded(TURN, 1, "completed", spent=SPENT), ["usage_update"]),
    (core.StepEnded(TURN, 1, "completed", spent=Spent("fake", None, None)), []),
    (core.Retried(TURN, 1, "rate_limited", "the service is busy", 1, 8.0), ["retrying"]),
    (core.ModelSwitched(TURN, "other", "fake is not there"), ["model_switched"]),
    (core.FeatureLowered("fake", "reasoning", "it has none"), ["feature_lowered"]),
    (core.Compacted(TURN, "window", "model", (), 900, 100, ("a.py",), SPENT), ["compacted", "usage_update"]),
    (core.Compacted(None, "command", "rule", ()), ["compacted"]),
    (core.BudgetWarned(TURN, "dollars", Decimal("4.02"), Decimal(5)), ["budget_warning"]),
    (core.Note("the user undid it"), ["note"]),
    (core.TurnEnded(TURN, "end_turn"), ["turn_ended"]),
]


def told(event: core.Event, replay: bool = False) -> list[dict[str, Any]]:
    """The updates of an event, held to the published models."""
    session = cast("Session", FakeSession(FakeRuntime([HUNK])))
    rows = []
    for update in updates(session, event, CLOSED, replay):
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
    assert told(core.ItemDone(TURN, 1, {"type": "what_comes_next", "id": "n"}), replay=True) == []
    row = SessionNotification(session_id=SESSION, update=delta(TextDelta("m", 0, "one "), "one two")).dump()
    shown = held(SessionNotification, row)["update"]
    assert (shown["sessionUpdate"], shown["messageId"], shown["content"]["text"]) == (
        "agent_message_chunk",
        "m",
        "one two",
    )


def test_what_the_model_thinks_is_told_as_it_comes_and_when_a_session_is_replayed() -> None:
    thought = {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "It is nm."}]}
    (row,) = told(core.ItemDone(TURN, 1, thought), replay=True)
    assert (row["sessionUpdate"], row["content"]["text"], row["messageId"]) == ("agent_thought_chunk", "It is nm.", "r")
    assert told(core.ItemDone(TURN, 1, thought)) == [], "its pieces were told"
    assert told(core.ItemDone(TURN, 1, {**thought, "summary": []}), replay=True) == [], "there is nothing to read"
    row = SessionNotification(session_id=SESSION, update=delta(ReasoningDelta("r", 0, "It "), "It ")).dump()
    assert held(SessionNotification, row)["update"]["sessionUpdate"] == "agent_thought_chunk"


def test_a_refusal_is_read_as_what_was_said() -> None:
    item = {**ITEM, "content": [{"type": "refusal", "refusal": "No."}]}
    (row,) = told(core.ItemDone(TURN, 1, item), replay=True)
    assert row["content"]["text"] == "No."


@pytest.mark.parametrize("character", ["x", "\x00", "\N{GRINNING FACE}", '"'])
def test_no_update_is_above_64_kib(character: str) -> None:
    text = character * 150_000
    item = {**ITEM, "content": [{"text": text}]}
    call = core.CallOpened(TURN, CALL, "write_file", "edit", "Write a.py", {"path": "a.py", "content": text})
    events = [
        (core.Prompt(TURN, text), True),
        (core.Steered(TURN, text), False),
        (core.ItemDone(TURN, 1, item), True),
        (core.ItemDone(TURN, 1, {"type": "reasoning", "summary": [{"text": text}]}), True),
        (core.ItemDone(TURN, 1, {"type": "mcp_call", "output": text, "name": text}), False),
        (call, False),
        (core.CallOpened(TURN, CALL, "x", "other", "X", {str(n): n for n in range(30_000)}), False),
        (core.CallEnded(CALL, "ok", "", text), False),
        (core.Note(text), False),
        (core.Retried(TURN, 1, "server", text, 1, 1.0), False),
        (core.TurnEnded(TURN, "failed", text), False),
    ]
    for event, replay in events:
        rows = told(event, replay)
        assert rows
        for row in rows:
            message = {
                "jsonrpc": "2.0",
                "method": "harness/session/update",
                "params": {"sessionId": SESSION, "update": row},
            }
            assert len(json.dumps(message, ensure_ascii=False).encode()) <= 64 << 10
    assert "".join(row["content"]["text"] for row in told(core.Prompt(TURN, text))[1:]) == text
    (shown,) = told(call)
    assert shown["rawInput"]["path"] == "a.py"


def test_usage_is_acps_with_ours_beside_it_and_what_is_unknown_is_absent() -> None:
    spent = core.StepEnded(TURN, 1, "completed", spent=SPENT)
    runtime = FakeRuntime()
    runtime.books.fold(spent)
    session = cast("Session", FakeSession(runtime))
    (one,) = updates(session, spent, CLOSED, replay=False)
    row = held(SessionNotification, SessionNotification(session_id=SESSION, update=one).dump())["update"]
    assert (row["used"], row["size"], row["cost"]) == (1050, 0, {"amount": 0.00026, "currency": "USD"})
    ours = {"tokens": 1050, "turnId": TURN, "turnTokens": 1050, "turnDollars": "0.00026", "unpriced": 0}
    assert row["_meta"]["harness"] == ours
    assert list(updates(session, spent, CLOSED, replay=True)) == [], "a replay tells it once, at its end"
    free = FakeRuntime(books=Books(FakePrices(), Caps()))
    unpriced = replace(spent, spent=replace(SPENT, dollars=None))
    free.books.fold(unpriced)
    (one,) = updates(cast("Session", FakeSession(free)), unpriced, CLOSED, replay=False)
    row = SessionNotification(session_id=SESSION, update=one).dump()["update"]
    assert "cost" not in row
    assert row["_meta"]["harness"]["unpriced"] == 1
    assert "turnDollars" not in row["_meta"]["harness"]


def test_the_queue_is_told_whole_and_bounded() -> None:
    runtime = FakeRuntime()
    runtime.queued = {str(n): core.Queued(PromptId(str(n)), "word " * 1000) for n in range(80)}
    (one,) = updates(cast("Session", FakeSession(runtime)), core.Unqueued(PromptId("x")), CLOSED, replay=False)
    row = held(SessionNotification, SessionNotification(session_id=SESSION, update=one).dump())["update"]
    assert [entry["promptId"] for entry in row["queue"]] == [str(n) for n in range(50)]
    assert len(json.dumps(row)) < 64 << 10


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
    assert "version" not in view
    assert "parentId" not in view


def test_a_hunk_of_an_open_document_has_the_version_of_its_range_and_the_clients_spelling() -> None:
    seen = Seen(lambda uri: uri.upper(), {HUNK.hunk.uri: 7}.get, keeps=True)
    session = cast("Session", FakeSession(FakeRuntime([HUNK])))
    (update,) = updates(session, core.HunkFresh(HUNK.hunk.id), seen, replay=False)
    told_ = SessionNotification(session_id=SESSION, update=update).dump()["update"]["hunk"]
    assert (told_["version"], told_["uri"]) == (7, HUNK.hunk.uri.upper())


@pytest.mark.parametrize("policy", get_args(Policy))
def test_a_hunk_says_under_which_policy_it_is_and_whether_it_is_a_part(policy: Policy) -> None:
    child = replace(HUNK, hunk=CHILDREN[0], policy=policy, atomic=True)
    view = held(review.HunkView, hunk_view(SESSION, child, "file:///w/a.py").dump())
    assert (view["policy"], view["atomic"], view["parentId"]) == (policy, True, "h")
    assert view["digest"] != HUNK.hunk.digest


def test_a_split_tells_of_the_parent_then_of_all_that_have_another_number_now() -> None:
    parent = replace(HUNK, state=HunkState(Decision("withdrawn", Actor("bridge", "b"), "split")))
    parts = [replace(HUNK, hunk=child) for child in CHILDREN]
    other = a_hunk("other", 9)
    session = cast("Session", FakeSession(FakeRuntime([parent, *parts, other])))
    found = list(updates(session, core.HunkSplit(HUNK.hunk.id, CHILDREN), CLOSED, replay=False))
    rows = [SessionNotification(session_id=SESSION, update=one).dump()["update"]["hunk"] for one in found]
    assert [row["hunkId"] for row in rows] == ["h", CHILDREN[0].id, CHILDREN[1].id, "other"]
    assert [row.get("parentId") for row in rows] == [None, "h", "h", None]
    assert [row.get("decision") for row in rows] == ["withdrawn", None, None, None]


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
def test_every_outcome_is_on_the_wire_and_what_was_not_done_has_the_text_of_now(kind: Any) -> None:
    told_ = held(review.HunkOutcome, outcome(HunkOutcome(HunkId("h"), kind, "why", "now\n")).dump())
    assert told_["outcome"] == kind
    assert told_.get("currentText") == ("now\n" if kind in ("stale", "refused") else None)
    assert "message" not in outcome(HunkOutcome(HunkId("h"), kind)).dump()
    assert not {"decidedId", "blockedBy"} & set(told_)


def test_an_outcome_names_the_part_that_was_decided_and_what_stands_in_the_way() -> None:
    found = HunkOutcome(HunkId("child"), "present")
    told_ = held(review.HunkOutcome, outcome(found, HunkId("h")).dump())
    assert told_ == {"hunkId": "h", "outcome": "present", "decidedId": "child"}
    assert "decidedId" not in outcome(found, HunkId("child")).dump(), "it was decided as a whole"
    blocked = HunkOutcome(HunkId("h"), "refused", "others stand on it", blockers=(HunkId("later"),))
    assert held(review.HunkOutcome, outcome(blocked).dump())["blockedBy"] == ["later"]


@pytest.mark.parametrize(
    ("problem", "result", "kind"),
    [
        (NotFound("unknown_hunk", "there is no hunk x"), "unknown", "unknown_hunk"),
        (AlreadyResolved("it is in the file already"), "refused", "already_resolved"),
        (Stale("its place can't be told"), "refused", "stale"),
        (ToolInputError("the hunk brings 2 lines."), "refused", "invalid_params"),
        (FileProblem("disk_full", "/log"), "refused", "disk_full"),
    ],
)
def test_a_decision_that_can_t_be_carried_out_says_why_and_what_to_do(
    problem: BridgeError, result: str, kind: str
) -> None:
    told_ = held(review.HunkOutcome, refused(HunkId("x"), problem).dump())
    assert (told_["hunkId"], told_["outcome"], told_["kind"]) == ("x", result, kind)
    assert told_["message"].startswith(str(problem).rstrip("."))
    assert told_["message"].endswith(problem.hint)
    assert ".." not in told_["message"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, None),
        ({"anyway": False}, None),
        ({"lines": {"start": 0, "end": 2}}, Part(lines=Span(0, 2))),
        ({"text": ""}, Part(text="")),
        ({"anyway": True}, Part(anyway=True)),
        ({"text": "x", "anyway": True}, Part(text="x", anyway=True)),
    ],
)
def test_what_is_decided_of_a_hunk_is_a_part_or_all_of_it(given: dict[str, Any], wanted: Part | None) -> None:
    assert part(review.HunkChoice.parse({"hunkId": "h", "verdict": "accept", **given})) == wanted


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (None, "why?"),
        ((0, 1), "on line 1 of its new text:\n> new\nwhy?"),
        ((0, 2), "on lines 1 to 2 of its new text:\n> new\n> more\nwhy?"),
        ((1, 2), "on line 2 of its new text:\n> more\nwhy?"),
    ],
)
def test_a_remark_quotes_the_lines_that_it_is_about(lines: tuple[int, int] | None, said: str) -> None:
    where = {"lines": {"start": lines[0], "end": lines[1]}} if lines else {}
    given = review.HunkComment.parse({"hunkId": "h", "text": "why?", **where})
    assert remark(given, HUNK.hunk.new) == said


@pytest.mark.parametrize("lines", [(0, 0), (1, 1), (1, 0), (0, 3), (2, 3)])
def test_a_remark_on_lines_that_are_not_there_is_refused(lines: tuple[int, int]) -> None:
    given = review.HunkComment(hunk_id="h", text="why?", lines=review.Lines(start=lines[0], end=lines[1]))
    with pytest.raises(ValueError, match="0 to 2"):
        remark(given, HUNK.hunk.new)


def chosen_options(policy: ReviewPolicy = "ask", keeps: bool = False, **changed: Any) -> dict[str, dict[str, Any]]:
    chosen = Chosen(policy, **{"model": "m", "effort": None, "fast": False} | changed)
    answer = SetSessionConfigOptionResponse(config_options=config_options(chosen, keeps=keeps))
    rows = held(SetSessionConfigOptionResponse, answer.dump())["configOptions"]
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    ("policy", "keeps", "offered"),
    [
        ("ask", False, ["ask"]),
        ("ask", True, ["ask", "keep"]),
        ("keep", True, ["ask", "keep"]),
    ],
)
def test_the_policy_is_offered_as_far_as_the_client_can_do_it(
    policy: ReviewPolicy, keeps: bool, offered: list[str]
) -> None:
    option = chosen_options(policy, keeps)["review_policy"]
    assert (option["id"], option["type"], option["currentValue"]) == ("review_policy", "select", policy)
    assert [one["value"] for one in option["options"]] == offered


def test_model_effort_and_tier_are_options_with_what_they_can_be() -> None:
    models = (ModelInfo("offline"), ModelInfo("m"))
    found = chosen_options(model="m", effort="high", fast=True, models=models)
    values = {name: [one["value"] for one in option["options"]] for name, option in found.items()}
    assert values["model"] == ["m", "offline"]
    assert values["effort"] == ["default", "low", "medium", "high", "max"]
    assert values["fast"] == ["off", "on"]
    now = {name: option["currentValue"] for name, option in found.items()}
    assert now == {"review_policy": "ask", "model": "m", "effort": "high", "fast": "on"}
    assert [option.get("category") for option in found.values()] == [None, "model", "thought_level", "model_config"]
    assert chosen_options()["effort"]["currentValue"] == "default"
    assert chosen_options(model="a-model-of-ones-own")["model"]["options"][0]["value"] == "a-model-of-ones-own"


def test_what_is_chosen_is_the_settings_own_until_it_is_set() -> None:
    session = FakeSession(FakeRuntime())
    assert chosen(cast("Session", session)) == Chosen("ask", "fake", None, False, (ModelInfo("fake"),))


@pytest.mark.parametrize(
    ("option", "value", "kept"),
    [
        ("model", "gpt-5", "gpt-5"),
        ("effort", "max", "max"),
        ("effort", "default", ""),
        ("fast", "on", "on"),
        ("fast", "off", "off"),
    ],
)
def test_a_value_of_an_option_is_kept(option: OptionName, value: str, kept: str) -> None:
    assert option_value(option, value) == kept


@pytest.mark.parametrize(
    ("option", "value"),
    [("model", ""), ("model", "x" * 201), ("model", "a\nb"), ("effort", ""), ("effort", "huge"), ("fast", "true")],
)
def test_a_value_that_an_option_can_t_have_is_refused(option: OptionName, value: str) -> None:
    with pytest.raises(ValueError, match="it is"):
        option_value(option, value)


def test_an_update_of_a_hunk_that_is_not_known_is_left_out() -> None:
    session = cast("Session", FakeSession(FakeRuntime([])))
    assert isinstance(session.review, FakeReview)
    assert list(updates(session, core.HunkFresh(HunkId("x")), CLOSED, replay=False)) == []
