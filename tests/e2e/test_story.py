"""The whole story by standard LSP alone: asked, seen, decided, applied, told. No message of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bridge import Bridge
from tests.support.editor import FULL, Editor, catalogued
from tests.support.on_model import CLEAN
from tests.support.raw_client import Message
from tests.support.script import call, edit, step

LINES = "".join(f"line {n}\n" for n in range(1, 21))
THREE = (("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\nand more\n"), ("line 15\n", ""))
SCRIPT = {
    "shout": [step(edit("a.py", *THREE)), step(say="All is settled.")],
    "one": [step(edit("b.py", ("line 3\n", "LINE 3\n"))), step(say="One is settled.")],
    "new": [step(call("write_file", path="new.py", content="x = 1\n")), step(say="It is there.")],
    "two at once": [step(edit("c.py", THREE[0]), edit("d.py", THREE[0])), step(say="Both.")],
    "hold": [{"hold": True}],
    "fail": [{"fail": "the model service is down"}],
}
ACCEPT_1, REASON_1 = "Accept hunk 1/3: change 1 line", "Reject hunk 1/1 with reason…"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with Bridge(tmp_path_factory.mktemp("story"), SCRIPT, FULL) as bridge:
        yield bridge


@pytest.fixture
def editor(shared: Bridge) -> Iterator[Editor]:
    """An editor that has nothing open; afterwards the daemon has logged no fault."""
    shared.alive()
    shared.client.forget()
    yield Editor(shared)
    assert "incident" not in shared.client.log()


def test_from_a_comment_to_decided_hunks_and_the_end_of_the_turn(editor: Editor) -> None:
    uri = editor.open("a.py", "# agent: shout\n" + LINES)
    (lens,) = editor.lenses(uri)
    assert lens["command"]["title"] == "Ask agent: shout"
    assert "sessionId" in editor.act(lens)["result"]
    hunks = editor.hunks(uri, 3)
    assert [hunk["range"]["start"]["line"] for hunk in hunks] == [3, 10, 15]
    assert editor.lenses(uri)[0]["command"]["title"] == "Agent is working — stop"

    accepted = editor.act(editor.actions(uri, 3)[ACCEPT_1])
    assert [one["outcome"] for one in accepted["result"]["outcomes"]] == ["present"]
    (change,) = editor.edits[0]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    assert len(change["edits"]) == 1

    editor.type(uri, 0, "# typed above\n")
    editor.until(lambda: [h["range"]["start"]["line"] for h in editor.diagnostics[uri]] == [11, 16])
    editor.picks = ["Out of scope: leave this part as it is"]
    rejected = editor.act(editor.actions(uri, 11)["Reject hunk 2/3 with reason…"])
    assert [one["outcome"] for one in rejected["result"]["outcomes"]] == ["rejected"]
    editor.hunks(uri, 1)
    editor.act(editor.actions(uri, 16)["Accept hunk 3/3: remove 1 line"])

    assert editor.ended() == "All is settled."
    editor.hunks(uri, 0)
    settled = LINES.replace("line 3\n", "LINE 3\n").replace("line 15\n", "")
    assert editor.text(uri) == "# typed above\n# agent: shout\n" + settled
    (told,) = [text for text in editor.bridge.outputs() if "a.py" in text]
    assert "hunk 2 of 3: rejected by the user: Out of scope" in told


def test_the_turn_is_told_as_progress_that_begins_reports_and_ends(editor: Editor) -> None:
    uri = editor.open("b.py", LINES)
    editor.command("harness.prompt", text="one")
    (hunk,) = editor.hunks(uri, 1)
    editor.until(lambda: bool(editor.progress) and "waiting" in editor.progress[-1]["value"]["message"])
    assert editor.progress[-1]["value"]["message"] == "waiting for you: 1 hunk in 1 file"
    editor.command("harness.reject", hunkId=hunk["code"])
    editor.ended()
    kinds = [message["value"]["kind"] for message in editor.progress]
    assert len({message["token"] for message in editor.progress}) == 1
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("begin", "end", {"report"})


def test_all_hunks_of_a_file_are_accepted_in_one_edit(editor: Editor) -> None:
    uri = editor.open("a.py", LINES)
    editor.command("harness.prompt", text="shout")
    editor.hunks(uri, 3)
    result = editor.act(editor.actions(uri, 0)["Accept all in file (3 hunks)"])["result"]
    assert [one["outcome"] for one in result["outcomes"]] == ["present"] * 3
    (one,) = editor.edits
    assert len(one["documentChanges"][0]["edits"]) == 3
    editor.ended()
    assert editor.text(uri) == LINES.replace(*THREE[0]).replace(*THREE[1]).replace(*THREE[2])


def test_a_hunk_that_is_overtyped_is_dismissed_and_the_others_stay(editor: Editor) -> None:
    uri = editor.open("a.py", LINES)
    editor.command("harness.prompt", text="shout")
    (first, *_) = editor.hunks(uri, 3)
    editor.replace(uri, "line 3\n"[:-1], "mine")
    editor.until(lambda: "no longer fits" in editor.diagnostics[uri][0]["message"])
    actions = editor.actions(uri, 2)
    assert "Accept hunk 1/3: change 1 line" not in actions
    (outcome,) = editor.command("harness.accept", hunkId=first["code"])["outcomes"]
    assert (outcome["outcome"], outcome["currentText"]) == ("stale", "mine\n")
    assert editor.said == [f"Not applied: {outcome['message']}"]
    editor.said.clear()
    editor.act(actions["Dismiss hunk 1/3: the text changed here"])
    editor.act(editor.actions(uri, 0)["Reject all in file (2 hunks)"])
    editor.ended()
    assert editor.text(uri) == LINES.replace("line 3\n", "mine\n")


def test_no_choice_of_a_reason_is_no_rejection(editor: Editor) -> None:
    uri = editor.open("b.py", LINES)
    editor.command("harness.prompt", text="one")
    editor.hunks(uri, 1)
    editor.picks = [None]
    assert editor.act(editor.actions(uri, 2)[REASON_1])["result"] == {"outcomes": []}
    (hunk,) = editor.diagnostics[uri]
    (outcome,) = editor.command("harness.reject", hunkId=hunk["code"], reason="not so")["outcomes"]
    assert outcome["outcome"] == "rejected"
    editor.ended()
    assert any("rejected by the user: not so" in text for text in editor.bridge.outputs())


def test_next_and_show_lead_through_the_hunks_and_the_files(editor: Editor) -> None:
    c, d = editor.open("c.py", LINES), editor.open("d.py", LINES)
    editor.command("harness.prompt", text="two at once")
    editor.hunks(c, 1)
    (last,) = editor.hunks(d, 1)
    assert editor.command("harness.next", uri=c, line=0)["hunk"]["uri"] == c
    assert editor.shown[-1]["selection"]["start"] == {"line": 2, "character": 0}
    assert editor.command("harness.next", uri=c, line=2)["hunk"]["uri"] == d
    assert editor.command("harness.next", hunkId=last["code"])["hunk"]["uri"] == c
    assert editor.command("harness.next")["hunk"]["uri"] == c
    assert editor.command("harness.show", hunkId=last["code"]) is None
    preview = Path(editor.shown[-1]["uri"].removeprefix("file://"))
    assert preview.read_text() == "- line 3\n+ LINE 3\n"
    assert preview.stat().st_mode & 0o777 == 0o600
    editor.command("harness.rejectFile", uri=c)
    editor.command("harness.rejectFile", uri=d)
    editor.ended()
    assert editor.command("harness.next") == {}
    assert editor.said == ["No hunk waits for you."]


def test_a_new_file_is_asked_about_shown_and_written(editor: Editor) -> None:
    editor.picks = ["Show", "Accept"]
    editor.command("harness.prompt", text="new")
    assert editor.ended() == "It is there."
    assert [q["params"]["message"] for q in editor.questions] == ["Create new.py: new file, 1 line"] * 2
    (shown,) = editor.shown
    assert Path(shown["uri"].removeprefix("file://")).read_text() == "x = 1\n"
    path = editor.bridge.work / "new.py"
    assert path.read_text() == "x = 1\n"
    path.unlink()


@pytest.mark.parametrize(("pick", "told"), [("Reject", "rejected by the user"), (None, "the question was put away")])
def test_a_new_file_that_is_not_wanted_is_not_written(editor: Editor, pick: str | None, told: str) -> None:
    editor.picks = [pick]
    editor.command("harness.prompt", text="new")
    editor.ended()
    assert not (editor.bridge.work / "new.py").exists()
    assert told in editor.bridge.outputs()[-1]


def test_a_new_file_that_is_decided_by_command_has_its_question_taken_back(editor: Editor) -> None:
    editor.command("harness.prompt", text="new")
    editor.until(lambda: bool(editor.questions))
    hunk = editor.command("harness.next")["hunk"]
    assert editor.command("harness.accept", hunkId=hunk["hunkId"])["outcomes"][0]["outcome"] == "present"
    editor.ended()
    taken = editor.bridge.client.seen
    assert {"id": editor.questions[0]["id"]} in [m["params"] for m in taken if m.get("method") == "$/cancelRequest"]
    (editor.bridge.work / "new.py").unlink()


def test_a_second_prompt_is_refused_with_what_to_do_and_the_turn_can_be_stopped(editor: Editor) -> None:
    editor.open("x.py", "# agent: hold\n")
    editor.command("harness.prompt", text="hold")
    error = editor.refused("workspace/executeCommand", {"command": "harness.prompt", "arguments": [{"text": "one"}]})
    assert error.data.kind == "busy"
    assert error.message == "a turn is running in this session"
    editor.until(lambda: bool(editor.progress))
    token = editor.progress[0]["token"]
    editor.bridge.client.notify("window/workDoneProgress/cancel", {"token": token})
    editor.until(lambda: editor.progress[-1]["value"]["kind"] == "end")
    assert editor.progress[-1]["value"]["message"] == "stopped"


def test_a_model_that_fails_is_told_to_the_person_in_its_words(editor: Editor) -> None:
    editor.command("harness.prompt", text="fail")
    assert editor.ended() == "the model service is down"


def test_a_stopped_turn_withdraws_its_hunks_and_puts_the_diagnostics_away(editor: Editor) -> None:
    uri = editor.open("b.py", LINES)
    editor.command("harness.prompt", text="one")
    (hunk,) = editor.hunks(uri, 1)
    editor.act(editor.actions(uri, 5)["Stop the agent (it waits for you: 1 change in b.py)"])
    editor.hunks(uri, 0)
    (outcome,) = editor.command("harness.accept", hunkId=hunk["code"])["outcomes"]
    assert outcome["outcome"] == "already_decided"


# A client that can do little.


def test_a_client_without_documents_and_progress_is_served_by_messages(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT) as bridge:
        editor = Editor(bridge)
        uri = editor.open("b.py", LINES)
        editor.command("harness.prompt", text="one")
        (hunk,) = editor.hunks(uri, 1)
        assert editor.command("harness.show", hunkId=hunk["code"]) is None
        assert editor.said == ["Edit b.py: hunk 1/1, change 1 line\n- line 3\n+ LINE 3"]
        assert editor.command("harness.next")["hunk"]["hunkId"] == hunk["code"]
        editor.said.clear()
        editor.command("harness.accept", hunkId=hunk["code"])
        assert editor.ended() == "One is settled."
        editor.picks = ["Show", "Accept"]
        editor.command("harness.prompt", text="new")
        assert editor.ended() == "It is there."
        assert (bridge.work / "new.py").read_text() == "x = 1\n"
        asked = {m["method"] for m in bridge.client.seen if "method" in m and "id" in m}
        assert asked == {"workspace/applyEdit", "window/showMessageRequest"}
        assert editor.progress == []


def test_a_model_without_a_key_is_said_with_what_to_do(tmp_path: Path) -> None:
    with Bridge(tmp_path, options={"model": "gpt-0"}, env=CLEAN) as bridge:
        editor = Editor(bridge)
        editor.command("harness.prompt", text="hello")
        said = editor.ended()
        assert said.startswith("there is no key for api.openai.com.")
        assert "harness-bridge key set" in said
        assert said.endswith(".")
        assert "incident" not in bridge.client.log()


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_a_prompt_without_words_is_refused_and_opens_no_session(editor: Editor, text: str) -> None:
    before = len(list(editor.bridge.state.glob("sessions/*/*")))
    params = {"command": "harness.prompt", "arguments": [{"text": text}]}
    error = editor.refused("workspace/executeCommand", params)
    assert error.data.kind == "invalid_params"
    assert len(list(editor.bridge.state.glob("sessions/*/*"))) == before


# What can't be meant.

FILE = "file:///nowhere/x.py"


@pytest.mark.parametrize(
    ("params", "kind", "paths"),
    [
        ({"command": "harness.unknown", "arguments": []}, "invalid_params", ["command"]),
        ({"command": "rm -rf", "arguments": [{}]}, "invalid_params", ["command"]),
        ({"command": 3}, "invalid_params", ["command"]),
        ({}, "invalid_params", ["command"]),
        ({"command": "harness.accept"}, "invalid_params", ["arguments"]),
        ({"command": "harness.accept", "arguments": None}, "invalid_params", ["arguments"]),
        ({"command": "harness.accept", "arguments": "x"}, "invalid_params", ["arguments"]),
        ({"command": "harness.accept", "arguments": []}, "invalid_params", ["arguments"]),
        ({"command": "harness.accept", "arguments": [{}]}, "invalid_params", ["arguments.0.hunkId"]),
        ({"command": "harness.accept", "arguments": [{"hunk_id": "x"}]}, "invalid_params", ["arguments.0.hunkId"]),
        ({"command": "harness.accept", "arguments": [{"hunkId": 3}]}, "invalid_params", ["arguments.0.hunkId"]),
        ({"command": "harness.accept", "arguments": ["x"]}, "invalid_params", ["arguments.0"]),
        ({"command": "harness.accept", "arguments": [{"hunkId": "x"}, {}]}, "invalid_params", ["arguments"]),
        ({"command": "harness.next", "arguments": [{"line": -1}]}, "invalid_params", ["arguments.0.line"]),
        ({"command": "harness.next", "arguments": [{"uri": "file://["}]}, "invalid_params", ["arguments.0.uri"]),
        ({"command": "harness.acceptFile", "arguments": [{"uri": "http://["}]}, "invalid_params", ["arguments.0.uri"]),
        ({"command": "harness.rejectFile", "arguments": [{"uri": "http://["}]}, "invalid_params", ["arguments.0.uri"]),
        (
            {"command": "harness.prompt", "arguments": [{"text": "x", "uri": "//["}]},
            "invalid_params",
            ["arguments.0.uri"],
        ),
        ({"command": "harness.accept", "arguments": [{"hunkId": "x"}]}, "unknown_hunk", []),
        ({"command": "harness.reject", "arguments": [{"hunkId": "x", "reason": "y"}]}, "unknown_hunk", []),
        ({"command": "harness.rejectWithReason", "arguments": [{"hunkId": ""}]}, "unknown_hunk", []),
        ({"command": "harness.show", "arguments": [{"hunkId": "../../x"}]}, "unknown_hunk", []),
        ({"command": "harness.next", "arguments": [{"hunkId": "x"}]}, "unknown_hunk", []),
        ({"command": "harness.prompt", "arguments": [{"text": "x", "sessionId": "x"}]}, "unknown_session", []),
        ({"command": "harness.cancel", "arguments": [{"sessionId": "../x"}]}, "unknown_session", []),
    ],
)
def test_a_command_that_can_t_be_meant_is_refused_by_the_catalogue(
    params: dict[str, object], kind: str, paths: list[str], editor: Editor
) -> None:
    uri = editor.open("b.py", LINES)
    editor.command("harness.prompt", text="one")
    (hunk,) = editor.hunks(uri, 1)
    error = editor.refused("workspace/executeCommand", params)
    assert error.data.kind == kind
    problems = [problem.path for problem in error.data.errors or ()]
    assert [path for path in problems if path.startswith(tuple(paths))] == problems
    assert bool(problems) == bool(paths)
    editor.command("harness.reject", hunkId=hunk["code"])
    editor.ended()


@pytest.mark.parametrize(
    ("method", "params", "path"),
    [
        ("textDocument/codeAction", {}, "textDocument"),
        ("textDocument/codeAction", {"textDocument": {"uri": FILE}, "range": {}, "context": {}}, "range.start"),
        ("textDocument/codeLens", {"textDocument": {"uri": None}}, "textDocument.uri"),
        ("textDocument/codeLens", {"textDocument": {"uri": "file://["}}, "textDocument.uri"),
        ("textDocument/codeLens", [], ""),
    ],
)
def test_params_that_can_t_be_meant_are_refused_by_field(
    method: str, params: object, path: str, editor: Editor
) -> None:
    error = editor.refused(method, params)
    assert error.data.kind == "invalid_params"
    assert path in [problem.path for problem in error.data.errors or ()]


def test_malformed_notifications_are_left_out_and_the_document_stays_as_it_was(editor: Editor) -> None:
    uri = editor.open("a.py", "# agent: shout\n")
    client = editor.bridge.client
    bad: list[Message] = [{}, {"textDocument": {}}, {"textDocument": {"uri": uri, "version": 2}, "contentChanges": "x"}]
    for params in bad:
        client.notify("textDocument/didChange", params)
    client.notify("textDocument/didOpen", {"textDocument": {"uri": "file://[", "version": 1, "text": ""}})
    client.notify("textDocument/didClose", {"textDocument": None})
    client.notify("window/workDoneProgress/cancel", {"token": None})
    client.notify("workspace/didChangeWorkspaceFolders", [])
    assert len(editor.lenses(uri)) == 1
    editor.bridge.alive()


def test_an_unknown_method_is_refused_by_the_catalogue(editor: Editor) -> None:
    assert catalogued(editor.bridge.client.call("textDocument/hover", {})).data.kind == "unknown_method"


@pytest.mark.parametrize("root", ["file://[", "untitled:x", "", 3, None])
def test_a_workspace_that_can_t_be_read_is_none_and_the_person_is_told_when_it_matters(
    root: object, tmp_path: Path
) -> None:
    bridge = Bridge(tmp_path, SCRIPT)
    with bridge.client as client:
        assert "result" in client.call("initialize", bridge.initialize_params() | {"rootUri": root})
        client.notify("initialized", {})
        params = {"command": "harness.prompt", "arguments": [{"text": "one"}]}
        error = catalogued(client.call("workspace/executeCommand", params))
        assert error.data.errors is not None
        assert error.data.errors[0].path == "arguments.0.uri"
        assert "no workspace folder" in error.data.errors[0].message
