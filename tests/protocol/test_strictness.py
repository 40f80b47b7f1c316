"""Strict where types matter, tolerant of what is new."""

from typing import Any

import pytest
from pydantic import ValidationError

from bridge.protocol import config, editor, handshake, permission, review, session, update
from bridge.protocol.base import Wire, strict
from bridge.protocol.export import examples, parts
from tests.protocol.catalogue import all_examples

TEXT = {"type": "text", "text": "hello"}


def prompt(**changes: object) -> dict[str, object]:
    return {"sessionId": "s", "prompt": [TEXT], **changes}


def hunk(**changes: object) -> dict[str, object]:
    return {**parts.HUNK_VIEW, **changes}


WRONG: list[tuple[str, type[Wire], Any, str]] = [
    ("not an object", session.PromptRequest, [], ""),
    ("null", session.PromptRequest, None, ""),
    ("a missing field", session.PromptRequest, {"prompt": []}, "sessionId"),
    ("a number for a string", session.PromptRequest, prompt(sessionId=5), "sessionId"),
    ("null for a string", session.PromptRequest, prompt(sessionId=None), "sessionId"),
    ("a list for a string", session.PromptRequest, prompt(sessionId=["s"]), "sessionId"),
    ("a string for a list", session.PromptRequest, prompt(prompt="hello"), "prompt"),
    ("an object for a list", session.PromptRequest, prompt(prompt={"0": TEXT}), "prompt"),
    ("a string for a block", session.PromptRequest, prompt(prompt=["hello"]), "prompt.0"),
    ("no tag", session.PromptRequest, prompt(prompt=[{"text": "x"}]), "prompt.0"),
    ("an unknown tag", session.PromptRequest, prompt(prompt=[{"type": "video"}]), "prompt.0"),
    ("a tag of another type", session.PromptRequest, prompt(prompt=[{"type": 1}]), "prompt.0"),
    (
        "a wrong field deep inside",
        session.PromptRequest,
        prompt(prompt=[TEXT, {**TEXT, "text": 1}]),
        "prompt.1.text.text",
    ),
    ("a fraction as token", session.PromptRequest, prompt(workDoneToken=1.5), "workDoneToken.int"),
    ("true as token", session.PromptRequest, prompt(workDoneToken=True), "workDoneToken.int"),
    (
        "a resource that is neither text nor bytes",
        session.PromptRequest,
        prompt(prompt=[{"type": "resource", "resource": {"uri": "file:///a"}}]),
        "prompt.0.resource.resource",
    ),
    ("our own spelling", session.CloseSessionRequest, {"session_id": "s"}, "sessionId"),
    ("another case", session.CloseSessionRequest, {"sessionID": "s"}, "sessionId"),
    (
        "a string for true",
        handshake.HarnessClientCapabilities,
        {"protocolVersion": 1, "updates": "yes"},
        "updates",
    ),
    ("one for true", handshake.HarnessClientCapabilities, {"protocolVersion": 1, "updates": 1}, "updates"),
    ("true for one", handshake.HarnessClientCapabilities, {"protocolVersion": True}, "protocolVersion"),
    ("digits for a number", handshake.HarnessClientCapabilities, {"protocolVersion": "1"}, "protocolVersion"),
    ("a fraction for a version", handshake.HarnessClientCapabilities, {"protocolVersion": 1.5}, "protocolVersion"),
    (
        "an unknown verdict",
        review.DecideReviewRequest,
        {"decisions": [{"hunkId": "h", "verdict": "maybe"}]},
        "decisions.0.verdict",
    ),
    ("a verdict's past tense", review.HunkChoice, {"hunkId": "h", "verdict": "accepted"}, "verdict"),
    ("a reason to reject as text", review.HunkChoice, {"hunkId": "h", "verdict": "reject", "text": "x"}, ""),
    ("a rejection anyway", review.HunkChoice, {"hunkId": "h", "verdict": "reject", "anyway": True}, ""),
    (
        "lines above the first",
        review.HunkChoice,
        {"hunkId": "h", "verdict": "accept", "lines": {"start": -1, "end": 1}},
        "lines.start",
    ),
    ("a list for lines", review.HunkChoice, {"hunkId": "h", "verdict": "accept", "lines": [0, 1]}, "lines"),
    ("a value that is no name", config.SetSessionConfigOptionRequest, {"value": True}, "value"),
    ("an applied edit in words", editor.ApplyEditorResponse, {"applied": "yes"}, "applied"),
    ("an answer that says nothing", editor.ApplyEditorResponse, {}, "applied"),
    ("a version in words", editor.ApplyEditorResponse, {"applied": True, "version": "8"}, "version"),
    ("one saved document for a list", editor.SaveEditorResponse, {"saved": "file:///a"}, "saved"),
    ("an unknown policy", handshake.InitializationOptions, {"review": "allow"}, "review"),
    ("an unknown placement", review.HunkView, hunk(placement="there"), "placement"),
    ("a line below zero", review.Position, {"line": -1, "character": 0}, "line"),
    ("true for a line", review.Position, {"line": True, "character": 0}, "line"),
    (
        "an infinite priority",
        session.PromptRequest,
        prompt(prompt=[{**TEXT, "annotations": {"priority": float("inf")}}]),
        "prompt.0.text.annotations.priority",
    ),
    (
        "an answer without its option",
        permission.RequestPermissionResponse,
        {"outcome": {"outcome": "selected"}},
        "outcome.selected.optionId",
    ),
    ("a bare answer", permission.RequestPermissionResponse, {"outcome": "selected"}, "outcome"),
    ("an unknown outcome", permission.RequestPermissionResponse, {"outcome": {"outcome": "maybe"}}, "outcome"),
    (
        "a sequence number of zero",
        update.SessionNotification,
        {**examples.PARAMS["harness/session/update"], "seq": 0},
        "seq",
    ),
]


@pytest.mark.parametrize(("model", "raw", "path"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_message_is_refused_at_the_field_that_is_wrong(model: type[Wire], raw: object, path: str) -> None:
    with pytest.raises(ValidationError) as refused:
        model.parse(raw)

    assert path in {".".join(str(part) for part in problem["loc"]) for problem in refused.value.errors()}


@pytest.mark.parametrize(("model", "raw"), [row[1:] for row in all_examples()], ids=[row[0] for row in all_examples()])
def test_an_example_is_read_strictly_and_written_back_the_same(model: type[Wire], raw: object) -> None:
    with strict():
        assert model.parse(raw).dump() == raw


@pytest.mark.parametrize(("model", "raw"), [row[1:] for row in all_examples()], ids=[row[0] for row in all_examples()])
def test_an_unknown_field_is_ignored_in_use_and_an_error_when_strict(model: type[Wire], raw: dict[str, Any]) -> None:
    from_a_newer_peer = {**raw, "invented": 1}

    assert model.parse(from_a_newer_peer).dump() == raw
    with strict(), pytest.raises(ValidationError, match="invented"):
        model.parse(from_a_newer_peer)


def test_strictness_reaches_nested_objects_and_ends_with_its_block() -> None:
    nested = prompt(prompt=[{**TEXT, "invented": 1}])

    with strict(), pytest.raises(ValidationError, match="invented"):
        session.PromptRequest.parse(nested)

    assert session.PromptRequest.parse(nested).prompt


def test_null_means_absent_and_is_not_written() -> None:
    asked = session.ListSessionsRequest.parse({"cwd": None, "cursor": "c"})

    assert asked.cwd is None
    assert asked.dump() == {"cursor": "c"}


def test_null_inside_of_raw_input_is_kept() -> None:
    raw = {"sessionUpdate": "tool_call", "toolCallId": "c", "title": "t", "rawInput": {"limit": None, "list": [None]}}

    assert update.ToolCallStart.parse(raw).dump() == raw


def test_a_message_cannot_be_changed() -> None:
    closing = session.CloseSessionRequest(session_id="s")

    with pytest.raises(ValidationError, match="frozen"):
        closing.session_id = "t"
