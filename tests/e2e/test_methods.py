"""Every method of the table on the real daemon, each message held to its published model."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bridge.protocol.methods import METHODS
from bridge.protocol.row import Method
from bridge.protocol.update import ToolCallProgress, ToolCallStart, TurnEnded, TurnStarted
from tests.support.bridge import Bridge
from tests.support.editor import catalogued
from tests.support.raw_client import Message
from tests.support.script import call, edit, step
from tests.support.wired import CAPABILITIES, FULL, UPDATE, Wired

LINES = "".join(f"line {n}\n" for n in range(1, 21))
TWO = (("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\nand more\n"))
OUTSIDE = "outside.txt"


def script(folder: Path) -> Mapping[str, list[Message]]:
    read_outside = step(call("read_file", path=str(folder / OUTSIDE)))
    return {
        "say": [step(say="Nothing to do.")],
        "hold": [{"hold": True}],
        "fail": [{"fail": "the model service is down"}],
        "edit two": [step(edit("a.py", *TWO), say="I change two lines."), step(say="Settled.")],
        "ask": [read_outside, step(say="Read.")],
        "look": [step(call("read_file", path="a.py"), call("list_dir", path=".")), step(say="Looked.")],
    }


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("methods")
    (folder / OUTSIDE).write_text("outside\n")
    with Bridge(folder, script(folder), FULL) as bridge:
        yield bridge


@pytest.fixture
def wired(shared: Bridge) -> Iterator[Wired]:
    """The shared daemon; afterwards all that it sent was right, and it has logged no fault."""
    shared.alive()
    shared.client.forget()
    shared.file("a.py", LINES)
    wired = Wired(shared)
    yield wired
    shared.alive()
    wired.audit()
    assert "incident" not in shared.client.log()


def a_question(wired: Wired) -> tuple[str, int | str, Message]:
    """A session whose turn waits for a yes: (session, the prompt's id, the request to us)."""
    session = wired.new()
    asking = wired.prompt(session, "ask")
    return session, asking, wired.asked("harness/session/request_permission")


def approval_id(question: Message) -> str:
    return str(question["params"]["_meta"]["harness"]["approvalId"])


def under_review(wired: Wired) -> tuple[str, int | str, list[Message]]:
    """A session whose turn waits for the decision on two hunks of a file that is not open."""
    session = wired.new()
    asking = wired.prompt(session, "edit two")
    return session, asking, wired.hunks(session, 2)


# One case a row.


def new(wired: Wired) -> None:
    assert wired.new() != wired.new()
    relative = wired.refused("harness/session/new", cwd="work", mcpServers=[])
    missing = wired.refused("harness/session/new", cwd="/no/such/folder", mcpServers=[])
    assert (relative.data.kind, missing.data.kind) == ("file_missing", "file_missing")
    assert wired.refused("harness/session/new", mcpServers=[]).data.kind == "invalid_params"
    wired.refused("harness/session/new", cwd="/tmp\0x", mcpServers=[])


def prompt(wired: Wired) -> None:
    session = wired.new()
    assert wired.stopped(wired.prompt(session, "say")) == "end_turn"
    failed = wired.refused("harness/session/prompt", sessionId=session, prompt=[{"type": "text", "text": "fail"}])
    assert (failed.data.kind, failed.message) == ("model_failed", "the model service is down")
    empty = wired.refused("harness/session/prompt", sessionId=session, prompt=[])
    assert empty.data.errors
    image = {"type": "image", "data": "", "mimeType": "image/png"}
    text = {"type": "text", "text": "say"}
    refused = wired.refused("harness/session/prompt", sessionId=session, prompt=[text, image])
    assert refused.data.kind == "invalid_params"
    link = {"type": "resource_link", "uri": (wired.bridge.work / "a.py").as_uri(), "name": "a.py"}
    asking = wired.start("harness/session/prompt", sessionId=session, prompt=[text, link])
    assert wired.stopped(asking) == "end_turn"
    bad = wired.refused("harness/session/prompt", sessionId=session, prompt=[text, link | {"uri": "file://["}])
    assert bad.data.errors is not None
    assert bad.data.errors[0].path == "prompt.1.uri"
    unknown = wired.refused("harness/session/prompt", sessionId="nobody", prompt=[text])
    assert unknown.data.kind == "unknown_session"


def cancel(wired: Wired) -> None:
    session = wired.new()
    wired.notify("harness/session/cancel", sessionId=session)  # nothing runs: nothing happens
    asking = wired.prompt(session, "hold")
    wired.update(session, "turn_started")
    wired.notify("harness/session/cancel", sessionId=session)
    assert wired.stopped(asking) == "cancelled"


def update(wired: Wired) -> None:
    session = wired.new()
    wired.stopped(wired.prompt(session, "look"))
    kinds = {row.update.session_update for row in wired.stream(session)}
    assert kinds >= {"turn_started", "agent_message_chunk", "tool_call", "tool_call_update", "turn_ended"}


def load(wired: Wired) -> None:
    session = wired.new()
    wired.stopped(wired.prompt(session, "say"))
    wired.call("harness/session/close", sessionId=session)
    wired.client.forget()
    wired.call("harness/session/load", sessionId=session, cwd=str(wired.bridge.work), mcpServers=[])
    assert wired.stream(session)
    for unknown in ("nobody", "../../etc/passwd", "*", ""):
        error = wired.refused("harness/session/load", sessionId=unknown, cwd="/", mcpServers=[])
        assert error.data.kind == "unknown_session"


def list_(wired: Wired) -> None:
    session = wired.new()
    found = wired.call("harness/session/list", cwd=str(wired.bridge.work))["sessions"]
    assert found[0]["sessionId"] == session
    assert wired.call("harness/session/list", cwd="/no/such/folder") == {"sessions": []}
    for cursor in ("x", "-1", "9" * 5000, "\N{ARABIC-INDIC DIGIT ONE}", ""):
        error = wired.refused("harness/session/list", cursor=cursor)
        assert error.data.errors is not None
        assert error.data.errors[0].path == "cursor"


def close(wired: Wired) -> None:
    session = wired.new()
    asking = wired.prompt(session, "hold")
    wired.update(session, "turn_started")
    assert wired.call("harness/session/close", sessionId=session) == {}
    assert wired.stopped(asking) == "cancelled"
    assert wired.refused("harness/session/close", sessionId=session).data.kind == "unknown_session"


def list_review(wired: Wired) -> None:
    session, asking, hunks = under_review(wired)
    listed = wired.call("harness/review/list", sessionId=session)["hunks"]
    assert [hunk["hunkId"] for hunk in listed] == [hunk["hunkId"] for hunk in hunks]
    assert wired.call("harness/review/list", uri=hunks[0]["uri"])["hunks"] == listed
    assert wired.call("harness/review/list", uri="file:///nowhere")["hunks"] == []
    assert wired.refused("harness/review/list", sessionId="nobody").data.kind == "unknown_session"
    assert wired.refused("harness/review/list", uri="file://[").data.kind == "invalid_params"
    assert wired.refused("harness/review/list", cursor="9" * 5000).data.kind == "invalid_params"
    wired.notify("harness/session/cancel", sessionId=session)
    wired.stopped(asking)


def decide(wired: Wired) -> None:
    _, asking, (first, second) = under_review(wired)
    choices = [
        {"hunkId": first["hunkId"], "verdict": "accept"},
        {"hunkId": second["hunkId"], "verdict": "reject", "reason": "not this"},
        {"hunkId": "nobody", "verdict": "accept"},
    ]
    outcomes = wired.call("harness/review/decide", decisions=choices)["outcomes"]
    assert [one["outcome"] for one in outcomes] == ["present", "rejected", "unknown"]
    assert wired.stopped(asking) == "end_turn"
    again = wired.call("harness/review/decide", decisions=choices[:1])["outcomes"]
    assert [one["outcome"] for one in again] == ["already_decided"]
    assert (wired.bridge.work / "a.py").read_text() == LINES.replace(*TWO[0])
    assert wired.call("harness/review/decide", decisions=[]) == {"outcomes": []}
    wrong = wired.refused("harness/review/decide", decisions=[{"hunkId": "x", "verdict": "maybe"}])
    assert wrong.data.errors is not None
    assert wrong.data.errors[0].path == "decisions.0.verdict"
    both = {"hunkId": "x", "verdict": "reject", "text": "y"}
    assert wired.refused("harness/review/decide", decisions=[both]).data.kind == "invalid_params"


def get(wired: Wired) -> None:
    _, asking, (first, second) = under_review(wired)
    found = wired.call("harness/review/get", hunkId=second["hunkId"])
    assert found == {
        "hunk": second,
        "currentText": "line 10\n",
        "siblings": [first["hunkId"], second["hunkId"]],
    }
    assert wired.refused("harness/review/get", hunkId="nobody").data.kind == "unknown_hunk"
    rejected = [{"hunkId": hunk["hunkId"], "verdict": "reject"} for hunk in (first, second)]
    wired.call("harness/review/decide", decisions=rejected)
    assert wired.stopped(asking) == "end_turn"
    assert wired.call("harness/review/get", hunkId=first["hunkId"])["hunk"]["decision"] == "rejected"


def undo(wired: Wired) -> None:
    _, asking, (first, second) = under_review(wired)
    wired.call("harness/review/decide", decisions=[{"hunkId": first["hunkId"], "verdict": "accept"}])
    ids = [first["hunkId"], second["hunkId"], "nobody"]
    outcomes = wired.call("harness/review/undo", hunkIds=ids, reason="no")["outcomes"]
    assert [one["outcome"] for one in outcomes] == ["removed", "refused", "unknown"]
    assert outcomes[1]["message"]
    assert (wired.bridge.work / "a.py").read_text() == LINES
    wired.call("harness/review/decide", decisions=[{"hunkId": second["hunkId"], "verdict": "reject"}])
    assert wired.stopped(asking) == "end_turn"
    assert wired.call("harness/review/undo", hunkIds=[]) == {"outcomes": []}


def comment(wired: Wired) -> None:
    session, asking, (first, second) = under_review(wired)
    remarks = [
        {"hunkId": first["hunkId"], "text": "why in capitals?"},
        {"hunkId": second["hunkId"], "text": "and this?", "lines": {"start": 1, "end": 2}},
    ]
    assert wired.call("harness/review/comment", comments=remarks) == {}
    note = wired.update(session, "note")["text"]
    assert "why in capitals?" in note
    assert "> and more\nand this?" in note
    lines = {"start": 0, "end": 3}
    wrong = wired.refused("harness/review/comment", comments=[{**remarks[0], "lines": lines}])
    assert wrong.data.errors is not None
    assert wrong.data.errors[0].path == "comments.0.lines"
    unknown = wired.refused("harness/review/comment", comments=[{"hunkId": "nobody", "text": "x"}])
    assert unknown.data.kind == "unknown_hunk"
    choices = [{"hunkId": hunk["hunkId"], "verdict": "reject"} for hunk in (first, second)]
    wired.call("harness/review/decide", decisions=choices)
    assert wired.stopped(asking) == "end_turn"


def set_config_option(wired: Wired) -> None:
    method = "harness/session/set_config_option"
    opened = wired.call("harness/session/new", cwd=str(wired.bridge.work), mcpServers=[])
    session, (option, *others) = opened["sessionId"], opened["configOptions"]
    assert [one["id"] for one in others] == ["model", "effort", "fast"]
    assert (option["id"], option["currentValue"]) == ("review_policy", "ask")
    assert [one["value"] for one in option["options"]] == ["ask", "keep"]
    changed = wired.call(method, sessionId=session, configId="review_policy", value="keep")["configOptions"]
    assert changed == [option | {"currentValue": "keep"}, *others]
    assert wired.update(session, "config_option_update")["configOptions"] == changed
    changed = wired.call(method, sessionId=session, configId="effort", value="high")["configOptions"]
    assert [one["currentValue"] for one in changed] == ["keep", "scripted", "high", "off"]
    wired.call("harness/session/close", sessionId=session)
    loaded = wired.call("harness/session/load", sessionId=session, cwd=str(wired.bridge.work), mcpServers=[])
    assert loaded["configOptions"] == changed
    for params, path in (({"configId": "x", "value": "ask"}, "configId"), ({"value": "allow"}, "value")):
        wrong = wired.refused(method, **{"sessionId": session, "configId": "review_policy"} | params)
        assert wrong.data.errors is not None
        assert wrong.data.errors[0].path == path
    unknown = wired.refused(method, sessionId="nobody", configId="review_policy", value="ask")
    assert unknown.data.kind == "unknown_session"


def steer(wired: Wired) -> None:
    session, method = wired.new(), "harness/session/steer"
    said = [{"type": "text", "text": "leave the tests"}]
    early = wired.refused(method, sessionId=session, turnId="none", prompt=said)
    assert early.data.kind == "stale"
    asking = wired.prompt(session, "hold")
    turn = wired.update(session, "turn_started")["turnId"]
    wired.update(session, "user_message_chunk")
    assert wired.call(method, sessionId=session, turnId=turn, prompt=said) == {}
    assert wired.update(session, "user_message_chunk")["content"]["text"] == "leave the tests"
    assert wired.refused(method, sessionId=session, turnId="another", prompt=said).data.kind == "stale"
    assert wired.refused(method, sessionId=session, turnId=turn, prompt=[]).data.errors
    assert wired.refused(method, sessionId="nobody", turnId=turn, prompt=said).data.kind == "unknown_session"
    wired.notify("harness/session/cancel", sessionId=session)
    assert wired.stopped(asking) == "cancelled"
    assert wired.refused(method, sessionId=session, turnId=turn, prompt=said).data.kind == "stale"


def unqueue(wired: Wired) -> None:
    session, method = wired.new(), "harness/session/unqueue"
    asking = wired.prompt(session, "hold")
    said = [{"type": "text", "text": "say"}]
    first = wired.start("harness/session/prompt", sessionId=session, prompt=said, queue=True)
    second = wired.start("harness/session/prompt", sessionId=session, prompt=said, queue=True)
    (waits,) = wired.update(session, "queue_update")["queue"]
    assert wired.call(method, sessionId=session, promptId=waits["promptId"]) == {}
    assert wired.stopped(first) == "cancelled"
    gone = wired.refused(method, sessionId=session, promptId=waits["promptId"])
    assert gone.data.kind == "already_resolved"
    wired.notify("harness/session/cancel", sessionId=session)
    assert (wired.stopped(asking), wired.stopped(second)) == ("cancelled", "end_turn")


def compact(wired: Wired) -> None:
    session, method = wired.new(), "harness/session/compact"
    assert wired.call(method, sessionId=session) == {"compacted": False}, "there is nothing yet"
    asking = wired.prompt(session, "hold")
    wired.update(session, "turn_started")
    assert wired.refused(method, sessionId=session).data.kind == "busy"
    wired.notify("harness/session/cancel", sessionId=session)
    wired.stopped(asking)
    assert wired.refused(method, sessionId="nobody").data.kind == "unknown_session"


def usage(wired: Wired) -> None:
    session = wired.new()
    before = wired.call("harness/usage/get", sessionId=session)
    assert (before["sessionId"], before["total"]["calls"], before["lines"]) == (session, 0, [])
    wired.stopped(wired.prompt(session, "say"))
    after = wired.call("harness/usage/get", sessionId=session)
    assert (after["total"]["calls"], after["budgets"]) == (1, [])
    assert wired.refused("harness/usage/get", sessionId="nobody").data.kind == "unknown_session"


def models(wired: Wired) -> None:
    found = {one["id"]: one for one in wired.call("harness/model/list")["models"]}
    assert {"offline", "scripted"} <= set(found)
    priced = [one["price"]["source"] for one in found.values() if "price" in one]
    assert all(priced)


def apply_and_save(wired: Wired) -> None:
    uri = wired.bridge.open("a.py", LINES)
    _, asking, (first, second) = under_review(wired)
    deciding = wired.start("harness/review/decide", decisions=[{"hunkId": first["hunkId"], "verdict": "accept"}])
    request = wired.asked("harness/editor/apply")
    assert (request["params"]["uri"], request["params"]["version"]) == (uri, 1)
    (change,) = request["params"]["edits"]
    assert change == {"range": first["range"], "newText": first["newText"]}
    wired.bridge.change(uri, 2, {"range": change["range"], "text": change["newText"]})
    wired.answer(request, applied=True, version=2)
    saving = wired.asked("harness/editor/save")
    assert saving["params"] == {"uris": [uri]}
    wired.answer(saving, saved=[uri])
    (outcome,) = wired.result("harness/review/decide", deciding)["outcomes"]
    assert outcome["outcome"] == "present"
    wired.call("harness/review/decide", decisions=[{"hunkId": second["hunkId"], "verdict": "reject"}])
    assert wired.stopped(asking) == "end_turn"
    wired.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def request_permission(wired: Wired) -> None:
    _, asking, question = a_question(wired)
    assert question["params"]["toolCall"]["title"].startswith("Read ")
    wired.answer(question, outcome={"outcome": "selected", "optionId": question["params"]["options"][0]["optionId"]})
    assert wired.stopped(asking) == "end_turn"
    wired.checked.add(question["method"])


def pending(wired: Wired) -> None:
    session, asking, question = a_question(wired)
    (approval,) = wired.call("harness/permission/pending", sessionId=session)["approvals"]
    assert approval["approvalId"] == approval_id(question)
    assert approval["state"] == "open"
    wired.answer(question, outcome={"outcome": "cancelled"})
    wired.stopped(asking)
    assert wired.call("harness/permission/pending") == {"approvals": []}
    assert wired.refused("harness/permission/pending", sessionId="nobody").data.kind == "unknown_session"


def answer(wired: Wired) -> None:
    _, asking, question = a_question(wired)
    known = approval_id(question)
    wrong = wired.refused("harness/permission/answer", approvalId=known, optionId="no such")
    assert wrong.data.kind == "invalid_params"
    no = next(o["optionId"] for o in question["params"]["options"] if o["kind"] == "reject_once")
    said = wired.call("harness/permission/answer", approvalId=known, optionId=no, reason="not now")
    assert said == {"state": "answered"}
    assert wired.client.asked("$/cancelRequest")["params"] == {"id": question["id"]}
    wired.stopped(asking)
    late = wired.refused("harness/permission/answer", approvalId=known, optionId=no)
    assert late.data.kind == "already_resolved"
    assert wired.refused("harness/permission/answer", approvalId="x", optionId=no).data.kind == "unknown_approval"


def shown(wired: Wired) -> None:
    _, asking, question = a_question(wired)
    wired.notify("harness/editor/shown", approvalId=approval_id(question))
    wired.answer(question, outcome={"outcome": "cancelled"})
    assert wired.stopped(asking) == "end_turn"


CASES: Mapping[str, Callable[[Wired], None]] = {
    "harness/session/new": new,
    "harness/session/load": load,
    "harness/session/list": list_,
    "harness/session/close": close,
    "harness/session/prompt": prompt,
    "harness/session/cancel": cancel,
    "harness/session/update": update,
    "harness/review/list": list_review,
    "harness/session/set_config_option": set_config_option,
    "harness/session/steer": steer,
    "harness/session/unqueue": unqueue,
    "harness/session/compact": compact,
    "harness/usage/get": usage,
    "harness/model/list": models,
    "harness/review/decide": decide,
    "harness/review/get": get,
    "harness/review/undo": undo,
    "harness/review/comment": comment,
    "harness/editor/apply": apply_and_save,
    "harness/editor/save": apply_and_save,
    "harness/session/request_permission": request_permission,
    "harness/permission/pending": pending,
    "harness/permission/answer": answer,
    "harness/editor/shown": shown,
}


@pytest.mark.parametrize("row", METHODS, ids=lambda row: row.name.removeprefix("harness/"))
def test_a_method_of_the_table_does_what_it_says(row: Method, wired: Wired) -> None:
    CASES[row.name](wired)
    wired.audit()
    assert row.name in wired.checked


def test_no_case_is_of_a_method_that_is_gone() -> None:
    assert set(CASES) == {row.name for row in METHODS}


# The stream of updates.


def test_seq_rises_a_call_comes_before_its_updates_and_the_end_of_the_turn_is_last(wired: Wired) -> None:
    session = wired.new()
    for text in ("look", "say"):
        wired.stopped(wired.prompt(session, text))
    rows = wired.stream(session)
    numbers = [row.seq for row in rows if row.seq is not None]
    assert numbers == sorted(numbers)
    known: set[str] = set()
    for row in rows:
        match row.update:
            case ToolCallStart(tool_call_id=id_):
                assert id_ not in known
                known.add(id_)
            case ToolCallProgress(tool_call_id=id_):
                assert id_ in known
    assert len(known) == 2
    turns = [row.update for row in rows if isinstance(row.update, TurnStarted | TurnEnded)]
    assert [type(turn) for turn in turns] == [TurnStarted, TurnEnded] * 2
    assert turns[0].turn_id == turns[1].turn_id != turns[2].turn_id == turns[3].turn_id
    assert rows[-1].update is turns[-1]


def test_the_pieces_of_a_message_have_no_seq_and_are_the_message(wired: Wired) -> None:
    session = wired.new()
    wired.stopped(wired.prompt(session, "edit nothing, say"))
    pieces = [row for row in wired.stream(session) if row.update.session_update == "agent_message_chunk"]
    assert "".join(row.dump()["update"]["content"]["text"] for row in pieces) == "Nothing to do."
    assert {row.seq for row in pieces} == {None}


def test_everything_in_the_stream_was_in_the_log_before(wired: Wired) -> None:
    session = wired.new()
    wired.stopped(wired.prompt(session, "look"))
    (path,) = wired.bridge.state.glob(f"sessions/*/{session}.jsonl")
    logged = {json.loads(line)["seq"] for line in path.read_text().splitlines()}
    assert {row.seq for row in wired.stream(session) if row.seq is not None} <= logged


def test_a_loaded_session_tells_its_history_before_the_answer_and_then_asks_what_is_open(wired: Wired) -> None:
    session, asking, hunks = under_review(wired)
    before = [row.dump() for row in wired.stream(session) if row.seq is not None]
    wired.client.forget()
    wired.call("harness/session/load", sessionId=session, cwd=str(wired.bridge.work), mcpServers=[])
    answered = next(n for n, m in enumerate(wired.client.seen) if "method" not in m)
    told = [m["params"] for m in wired.client.seen[:answered] if m.get("method") == UPDATE]
    numbers = [row["seq"] for row in told]
    assert numbers == sorted(numbers)
    chunks = [row for row in told if row["update"]["sessionUpdate"] == "agent_message_chunk"]
    assert [row["update"]["content"]["text"] for row in chunks] == ["I change two lines."]
    assert [row for row in told if row not in chunks] == before
    choices = [{"hunkId": hunk["hunkId"], "verdict": "reject"} for hunk in hunks]
    wired.call("harness/review/decide", decisions=choices)
    assert wired.stopped(asking) == "end_turn"


def test_a_loaded_session_of_before_a_restart_goes_on_with_the_hunks_and_the_question_it_had(tmp_path: Path) -> None:
    (tmp_path / OUTSIDE).write_text("outside\n")
    with Bridge(tmp_path, script(tmp_path), CAPABILITIES) as bridge:
        bridge.file("a.py", LINES)
        first = Wired(bridge)
        session, _, hunks = under_review(first)
        asked, _, question = a_question(first)
        bridge.client.process.kill()
    with Bridge(tmp_path, script(tmp_path), CAPABILITIES) as bridge:
        second = Wired(bridge)
        second.call("harness/session/load", sessionId=session, cwd=str(bridge.work), mcpServers=[])
        replayed = second.hunks(session, 2)
        assert [h["hunkId"] for h in replayed] == [h["hunkId"] for h in hunks]
        assert [h["range"] for h in replayed] == [h["range"] for h in hunks]
        listed = second.call("harness/review/list", sessionId=session)["hunks"]
        assert [h["range"] for h in listed] == [h["range"] for h in hunks]
        choices = [{"hunkId": hunk["hunkId"], "verdict": "accept"} for hunk in hunks]
        outcomes = second.call("harness/review/decide", decisions=choices)["outcomes"]
        assert [one["outcome"] for one in outcomes] == ["present", "present"]
        assert second.update(session, "turn_ended")["stopReason"] == "end_turn"

        second.call("harness/session/load", sessionId=asked, cwd=str(bridge.work), mcpServers=[])
        again = second.asked("harness/session/request_permission")
        assert approval_id(again) == approval_id(question)
        second.answer(again, outcome={"outcome": "cancelled"})
        assert second.update(asked, "turn_ended")["stopReason"] == "end_turn"
        second.audit()
        assert "incident" not in bridge.client.log()


# Cancelling.


def test_the_cancellation_of_a_prompt_is_its_result(wired: Wired) -> None:
    session = wired.new()
    asking = wired.prompt(session, "hold")
    wired.update(session, "turn_started")
    wired.client.notify("$/cancelRequest", {"id": asking})
    assert wired.stopped(asking) == "cancelled"
    assert wired.update(session, "turn_ended")["stopReason"] == "cancelled"
    assert wired.stopped(wired.prompt(session, "say")) == "end_turn"


def test_a_cancellation_as_quick_as_the_prompt_is_its_result_too(wired: Wired) -> None:
    session = wired.new()
    for number in range(5):
        params = {"sessionId": session, "prompt": [{"type": "text", "text": "hold"}]}
        prompt_ = {"jsonrpc": "2.0", "id": f"quick-{number}", "method": "harness/session/prompt", "params": params}
        cancel_ = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": f"quick-{number}"}}
        bodies = [json.dumps(message).encode() for message in (prompt_, cancel_)]
        wired.client.raw(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies))
        assert wired.stopped(f"quick-{number}") == "cancelled"
    assert wired.stopped(wired.prompt(session, "say")) == "end_turn"


def test_a_decision_that_is_under_way_is_carried_out_although_its_request_is_cancelled(wired: Wired) -> None:
    uri = wired.bridge.open("a.py", LINES)
    session, asking, (first, second) = under_review(wired)
    choices = [{"hunkId": first["hunkId"], "verdict": "accept"}]
    deciding = wired.start("harness/review/decide", decisions=choices)
    request = wired.asked("harness/editor/apply")
    wired.client.notify("$/cancelRequest", {"id": deciding})
    wired.client.call("ping")
    (change,) = request["params"]["edits"]
    wired.bridge.change(uri, 2, {"range": change["range"], "text": change["newText"]})
    wired.answer(request, applied=True)
    saving = wired.asked("harness/editor/save")
    wired.answer(saving, saved=[uri])
    assert catalogued(wired.client.response(deciding)).data.kind == "cancelled"
    while wired.update(session, "hunk_update")["hunk"]["placement"] != "present":
        pass
    wired.call("harness/review/decide", decisions=[{"hunkId": second["hunkId"], "verdict": "reject"}])
    assert wired.stopped(asking) == "end_turn"
    wired.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def test_a_prompt_in_a_session_that_was_closed_says_so_and_a_command_opens_a_new_one(wired: Wired) -> None:
    session = wired.new()
    wired.call("harness/session/close", sessionId=session)
    params = {"command": "harness.prompt", "arguments": [{"text": "say"}]}
    started = wired.client.call("workspace/executeCommand", params)["result"]["sessionId"]
    assert started != session
    wired.update(started, "turn_ended")


def test_of_two_prompts_at_once_one_is_told_that_the_session_is_busy(wired: Wired) -> None:
    session = wired.new()
    asking = wired.prompt(session, "hold")
    wired.update(session, "turn_started")
    busy = wired.refused("harness/session/prompt", sessionId=session, prompt=[{"type": "text", "text": "say"}])
    assert busy.data.kind == "busy"
    wired.notify("harness/session/cancel", sessionId=session)
    assert wired.stopped(asking) == "cancelled"


def test_the_first_decision_of_two_that_meet_wins(wired: Wired) -> None:
    _, asking, (first, second) = under_review(wired)
    verdicts = [("accept", first), ("reject", first), ("reject", second), ("accept", second)]
    requests = [
        wired.start("harness/review/decide", decisions=[{"hunkId": hunk["hunkId"], "verdict": verdict}])
        for verdict, hunk in verdicts
    ]
    outcomes = [wired.result("harness/review/decide", one)["outcomes"][0]["outcome"] for one in requests]
    assert outcomes == ["present", "already_decided", "rejected", "already_decided"]
    assert wired.stopped(asking) == "end_turn"


def test_sessions_are_listed_page_by_page_each_once(tmp_path: Path) -> None:
    with Bridge(tmp_path, [step(say="x")], CAPABILITIES) as bridge:
        wired = Wired(bridge)
        opened = [wired.new() for _ in range(102)]
        for session in opened[2:]:
            wired.call("harness/session/close", sessionId=session)
        found: list[str] = []
        page: dict[str, Any] = {"nextCursor": None}
        while "nextCursor" in page:
            cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else {}
            page = wired.call("harness/session/list", cwd=str(bridge.work), **cursor)
            assert len(page["sessions"]) <= 100
            found += [info["sessionId"] for info in page["sessions"]]
        assert sorted(found) == sorted(opened)


def test_a_client_that_wants_no_updates_is_sent_none_even_of_a_session_that_it_loads(tmp_path: Path) -> None:
    capabilities = {"experimental": {"harness": {"protocolVersion": 1, "permissions": True}}}
    with Bridge(tmp_path, [step(say="x")], capabilities) as bridge:
        wired = Wired(bridge)
        session = wired.new()
        wired.stopped(wired.prompt(session, "say"))
        wired.call("harness/session/close", sessionId=session)
        wired.call("harness/session/load", sessionId=session, cwd=str(bridge.work), mcpServers=[])
        wired.call("harness/permission/pending")
        assert not [m for m in bridge.client.seen if m.get("method") == UPDATE]


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_five_thousand_hunks_are_listed_in_small_pages_each_once(tmp_path: Path) -> None:
    lines = [f"line {n}\n" for n in range(10_000)]
    new = "".join(line.upper() if number % 2 else line for number, line in enumerate(lines))
    with Bridge(tmp_path, [step(call("write_file", path="a.py", content=new)), step(say="x")], CAPABILITIES) as bridge:
        bridge.file("a.py", "".join(lines))
        wired = Wired(bridge)
        session = wired.new()
        wired.prompt(session, "rewrite")
        told = [hunk["hunkId"] for hunk in wired.hunks(session, 5000)]
        found: list[str] = []
        page: dict[str, Any] = {"nextCursor": None}
        while "nextCursor" in page:
            cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else {}
            page = wired.call("harness/review/list", sessionId=session, **cursor)
            assert len(json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()) < 64 << 10
            found += [hunk["hunkId"] for hunk in page["hunks"]]
        assert found == told
        assert len(set(found)) == 5000
