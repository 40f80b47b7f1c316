"""The review at full depth, by an editor of ours on the production daemon: parts, texts, stale hunks, undo, keep."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge import Bridge
from tests.support.our_editor import Manner, OurEditor, makes
from tests.support.raw_client import Message
from tests.support.script import call, edit, step
from tests.support.wired import CAPABILITIES, FULL, Wired

LINES = "".join(f"line {n}\n" for n in range(1, 21))
FOUR = "ONE\nTWO\nTHREE\nFOUR\n"
LATER = ("ONE\n", "UNO\n")

SCRIPT: Mapping[str, list[Message]] = {
    "edit two": [
        step(edit("a.py", ("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\nand more\n"))),
        step(say="Settled."),
    ],
    "edit four": [step(edit("a.py", ("line 5\nline 6\nline 7\nline 8\n", FOUR))), step(say="Settled.")],
    "twice": [
        step(edit("a.py", ("line 5\n", "ONE\n"))),
        step(edit("a.py", LATER)),
        step(say="Settled."),
    ],
    "new file": [step(call("write_file", path="new.py", content="new\n")), step(say="Settled.")],
    "protected": [step(call("write_file", path=".env", content="KEY=2\n")), step(say="Settled.")],
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with Bridge(tmp_path_factory.mktemp("full"), SCRIPT, FULL) as bridge:
        yield bridge


@pytest.fixture
def editor(shared: Bridge) -> Iterator[OurEditor]:
    """An editor with a.py open and saved.

    Afterwards the daemon has logged no fault, and has left the showing of hunks to the editor.
    """
    shared.alive()
    shared.client.forget()
    shared.file("a.py", LINES)
    editor = OurEditor(shared)
    editor.open("a.py", LINES)
    yield editor
    for uri in editor.documents:
        shared.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.until_answered("ping")
    assert not any(editor.diagnostics.values())
    assert editor.questions == []
    assert "incident" not in shared.client.log()


def uri_of(editor: OurEditor) -> str:
    return (editor.bridge.work / "a.py").as_uri()


def text_of(editor: OurEditor) -> str:
    return editor.text(uri_of(editor))


def proposed(editor: OurEditor, words: str, count: int, policy: str = "ask") -> tuple[str, int | str, list[Message]]:
    """(session, the prompt's id, the hunks that wait)."""
    session = editor.new()
    if policy == "keep":
        editor.ask("harness/session/set_config_option", sessionId=session, configId="review_policy", value="keep")
    asking = editor.prompt(session, words)
    return session, asking, editor.waiting(count)


def accept(hunk: Message, **how: Any) -> Message:
    return {"hunkId": hunk["hunkId"], "verdict": "accept", **how}


def reject(hunk: Message, **how: Any) -> Message:
    return {"hunkId": hunk["hunkId"], "verdict": "reject", **how}


def model_was_told(editor: OurEditor, session: str) -> list[str]:
    """The outputs of the session's calls."""
    (path,) = editor.bridge.state.glob(f"sessions/*/{session}.jsonl")
    return [row["data"]["output"] for row in rows(path) if row["kind"] == "CallEnded"]


def rows(path: Path) -> list[Message]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# Looking at a hunk, and deciding a part of it.


def test_a_hunk_has_the_text_at_its_place_and_its_siblings_while_the_person_types_above(editor: OurEditor) -> None:
    _, asking, (first, second) = proposed(editor, "edit two", 2)
    editor.type(uri_of(editor), 0, "typed\n")
    found = editor.ask("harness/review/get", hunkId=second["hunkId"])
    assert found["currentText"] == "line 10\n"
    assert found["siblings"] == [first["hunkId"], second["hunkId"]]
    assert (second["range"]["start"]["line"], second["version"]) == (9, 1)
    assert (found["hunk"]["range"]["start"]["line"], found["hunk"]["version"]) == (10, 2)
    editor.decide(reject(first), reject(second))
    assert editor.stopped(asking) == "end_turn"


def test_lines_of_a_hunk_are_accepted_the_rest_stays_and_is_decided_later(editor: OurEditor) -> None:
    session, asking, (whole,) = proposed(editor, "edit four", 1)
    (outcome,) = editor.decide(accept(whole, lines={"start": 1, "end": 3}))
    assert (outcome["hunkId"], outcome["outcome"]) == (whole["hunkId"], "present")
    assert text_of(editor) == LINES.replace("line 6\nline 7\n", "TWO\nTHREE\n")
    first, last = editor.waiting(2)
    chosen = editor.views[outcome["decidedId"]]
    assert {view["parentId"] for view in (first, chosen, last)} == {whole["hunkId"]}
    assert editor.views[whole["hunkId"]]["decision"] == "withdrawn"
    assert [(view["newText"], view["index"], view["total"]) for view in (first, chosen, last)] == [
        ("ONE\n", 0, 3),
        ("TWO\nTHREE\n", 1, 3),
        ("FOUR\n", 2, 3),
    ]
    family = editor.ask("harness/review/get", hunkId=whole["hunkId"])["siblings"]
    assert family == [view["hunkId"] for view in (first, chosen, last)]
    again = editor.decide(accept(whole, lines={"start": 0, "end": 1}))
    assert [one["outcome"] for one in again] == ["already_decided"]
    outcomes = editor.decide(accept(last), reject(first, reason="not the first"))
    assert [one["outcome"] for one in outcomes] == ["present", "rejected"]
    assert editor.stopped(asking) == "end_turn"
    assert text_of(editor) == LINES.replace("line 6\nline 7\nline 8\n", "TWO\nTHREE\nFOUR\n")
    (told,) = model_was_told(editor, session)
    assert "not the first" in told


def test_lines_that_are_not_there_are_refused_with_a_sentence_and_nothing_is_split(editor: OurEditor) -> None:
    _, asking, (whole,) = proposed(editor, "edit four", 1)
    for start, end in ((0, 5), (4, 4), (3, 2)):
        (outcome,) = editor.decide(accept(whole, lines={"start": start, "end": end}))
        assert (outcome["outcome"], outcome["kind"]) == ("refused", "invalid_params")
        assert "4 lines" in outcome["message"]
    assert [view["hunkId"] for view in editor.waiting(1)] == [whole["hunkId"]]
    assert (editor.decide(reject(whole, lines={"start": 0, "end": 4})))[0]["outcome"] == "rejected"
    assert editor.stopped(asking) == "end_turn"
    assert text_of(editor) == LINES


def test_another_text_is_accepted_as_a_hunk_of_its_own_and_the_model_is_told_it(editor: OurEditor) -> None:
    session, asking, (first, second) = proposed(editor, "edit two", 2)
    mine = {"text": "my own line\n"}
    outcomes = editor.decide(accept(first, **mine), reject(second))
    assert [one["outcome"] for one in outcomes] == ["present", "rejected"]
    made = editor.views[outcomes[0]["decidedId"]]
    assert (made["newText"], made["parentId"]) == ("my own line\n", first["hunkId"])
    assert made["digest"] != first["digest"]
    assert editor.stopped(asking) == "end_turn"
    assert text_of(editor) == LINES.replace("line 3\n", "my own line\n")
    (told,) = model_was_told(editor, session)
    assert "my own line" in told


def test_plain_decisions_next_to_each_other_travel_in_one_edit_and_a_part_in_its_own(editor: OurEditor) -> None:
    _, asking, hunks = proposed(editor, "edit two", 2)
    editor.decide(*map(accept, hunks))
    assert [len(one["edits"]) for one in editor.applies] == [2]
    assert editor.stopped(asking) == "end_turn"
    _, asking, hunks = proposed(editor, "edit four", 1)
    editor.decide(accept(hunks[0], lines={"start": 0, "end": 1}))
    editor.decide(*map(accept, editor.waiting(1)))
    assert editor.stopped(asking) == "end_turn"
    assert len({one["undoGroup"] for one in editor.applies}) == len(editor.applies) == 3
    assert all(one["label"] for one in editor.applies)


def test_a_stale_hunk_is_put_over_what_stands_there_once_the_person_wants_it_anyway(editor: OurEditor) -> None:
    _, asking, (first, second) = proposed(editor, "edit two", 2)
    editor.replace(uri_of(editor), "line 3", "line three")
    editor.until(lambda: editor.views[first["hunkId"]]["fit"] == "stale")
    (plain,) = editor.decide(accept(first))
    assert (plain["outcome"], plain["currentText"]) == ("stale", "line three\n")
    assert editor.ask("harness/review/get", hunkId=first["hunkId"])["currentText"] == "line three\n"
    (outcome,) = editor.decide(accept(first, anyway=True))
    assert outcome["outcome"] == "present"
    made = editor.views[outcome["decidedId"]]
    assert (made["oldText"], made["newText"], made["parentId"]) == ("line three\n", "LINE 3\n", first["hunkId"])
    assert text_of(editor) == LINES.replace("line 3\n", "LINE 3\n")
    editor.decide(reject(second))
    assert editor.stopped(asking) == "end_turn"


# Undoing.


def test_an_accepted_hunk_is_taken_out_again_around_what_the_person_wrote_since(editor: OurEditor) -> None:
    _, asking, (first, second) = proposed(editor, "edit two", 2)
    editor.decide(accept(first), accept(second))
    assert editor.stopped(asking) == "end_turn"
    editor.type(uri_of(editor), 0, "typed\n")
    editor.type(uri_of(editor), 6, "typed too\n")
    assert [one["outcome"] for one in editor.undo(second["hunkId"])] == ["removed"]
    assert text_of(editor) == "typed\n" + LINES.replace("line 3\n", "LINE 3\n").replace(
        "line 6\n", "typed too\nline 6\n"
    )
    (again,) = editor.undo(second["hunkId"])
    assert again["outcome"] == "refused"
    assert again["message"]
    assert [one["outcome"] for one in editor.undo(first["hunkId"], "nobody")] == ["removed", "unknown"]


def test_a_hunk_on_which_a_later_one_stands_names_it_and_both_go_together(editor: OurEditor) -> None:
    _, asking, (first,) = proposed(editor, "twice", 1)
    editor.decide(accept(first))
    (later,) = editor.waiting(1)
    editor.decide(accept(later))
    assert editor.stopped(asking) == "end_turn"
    assert text_of(editor) == LINES.replace("line 5\n", "UNO\n")
    (refused,) = editor.undo(first["hunkId"])
    assert (refused["outcome"], refused["blockedBy"]) == ("refused", [later["hunkId"]])
    assert text_of(editor) == LINES.replace("line 5\n", "UNO\n"), "nothing was done"
    both = editor.undo(first["hunkId"], *refused["blockedBy"])
    assert [one["outcome"] for one in both] == ["removed", "removed"]
    assert text_of(editor) == LINES


# Remarks.


def test_remarks_reach_the_model_as_one_note_before_its_next_step(editor: OurEditor) -> None:
    session, asking, (first, second) = proposed(editor, "edit two", 2)
    comments = [
        {"hunkId": first["hunkId"], "text": "why in capitals?"},
        {"hunkId": second["hunkId"], "text": "drop it", "lines": {"start": 1, "end": 2}},
    ]
    assert editor.ask("harness/review/comment", comments=comments) == {}
    editor.until(lambda: any(one["sessionUpdate"] == "note" for one in editor.updates))
    assert len(editor.waiting(2)) == 2, "a remark decides nothing"
    editor.decide(reject(first), reject(second))
    assert editor.stopped(asking) == "end_turn"
    (path,) = editor.bridge.state.glob(f"sessions/*/{session}.jsonl")
    kinds = [row["kind"] for row in rows(path)]
    (note,) = [row["data"]["text"] for row in rows(path) if row["kind"] == "Note"]
    assert kinds.index("Note") < len(kinds) - 1 - kinds[::-1].index("StepStarted")
    assert note.index("why in capitals?") < note.index("> and more\ndrop it")


# Keep: applied at once, then kept or undone.


def test_under_keep_hunks_stand_before_anybody_decides_and_the_turn_goes_on(editor: OurEditor) -> None:
    session, asking, (first, second) = proposed(editor, "edit two", 2, "keep")
    assert [(one["policy"], one["placement"]) for one in (first, second)] == [("keep", "present")] * 2
    assert editor.stopped(asking) == "end_turn"
    after = LINES.replace("line 3\n", "LINE 3\n").replace("line 10\n", "LINE 10\nand more\n")
    assert text_of(editor) == after
    assert second["range"] == {"start": {"line": 9, "character": 0}, "end": {"line": 11, "character": 0}}
    listed = editor.ask("harness/review/list", sessionId=session)["hunks"]
    assert [one["hunkId"] for one in listed] == [first["hunkId"], second["hunkId"]]
    outcomes = editor.decide(accept(first), reject(second, reason="too much"))
    assert [one["outcome"] for one in outcomes] == ["present", "rejected"]
    assert text_of(editor) == LINES.replace("line 3\n", "LINE 3\n")
    assert editor.ask("harness/review/list", sessionId=session)["hunks"] == []
    assert [one["outcome"] for one in editor.undo(first["hunkId"])] == ["removed"], "a kept one too"
    assert text_of(editor) == LINES


def test_lines_that_stand_are_undone_one_by_one_under_keep(editor: OurEditor) -> None:
    _, asking, (whole,) = proposed(editor, "edit four", 1, "keep")
    assert editor.stopped(asking) == "end_turn"
    (outcome,) = editor.decide(reject(whole, lines={"start": 0, "end": 1}))
    assert outcome["outcome"] == "rejected"
    assert text_of(editor) == LINES.replace("line 6\nline 7\nline 8\n", "TWO\nTHREE\nFOUR\n")
    (rest,) = editor.waiting(1)
    assert editor.decide(accept(rest))[0]["outcome"] == "present"


def test_each_edit_under_keep_is_a_step_of_the_editors_undo_which_the_review_notices(editor: OurEditor) -> None:
    _, asking, (first, _) = proposed(editor, "edit two", 2, "keep")
    assert editor.stopped(asking) == "end_turn"
    editor.take_back(uri_of(editor))
    editor.until(lambda: editor.views[first["hunkId"]]["placement"] == "removed")
    assert text_of(editor) == LINES


def test_under_keep_a_protected_file_is_asked_about_all_the_same(editor: OurEditor) -> None:
    path = editor.bridge.file(".env", "KEY=1\n")
    _, asking, (hunk,) = proposed(editor, "protected", 1, "keep")
    assert (hunk["policy"], hunk["placement"]) == ("ask", "absent")
    assert path.read_text() == "KEY=1\n"
    editor.decide(reject(hunk))
    assert editor.stopped(asking) == "end_turn"
    assert path.read_text() == "KEY=1\n"


def test_a_file_that_is_not_open_is_written_at_once_under_keep_and_undone_on_disk(editor: OurEditor) -> None:
    path = editor.bridge.work / "new.py"
    path.unlink(missing_ok=True)
    _, asking, (hunk,) = proposed(editor, "new file", 1, "keep")
    assert path.read_text() == "new\n"
    assert "version" not in hunk
    assert editor.stopped(asking) == "end_turn"
    assert editor.decide(reject(hunk))[0]["outcome"] == "rejected"
    assert not path.exists()


def test_the_policy_of_new_sessions_is_a_setting(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, FULL, {"review": "keep", "save": "never"}) as bridge:
        editor = OurEditor(bridge)
        bridge.file("a.py", LINES)
        editor.open("a.py", LINES)
        opened = editor.ask("harness/session/new", cwd=str(bridge.work), mcpServers=[])
        assert opened["configOptions"][0]["currentValue"] == "keep"
        asking = editor.prompt(opened["sessionId"], "edit two")
        assert [one["policy"] for one in editor.waiting(2)] == ["keep", "keep"]
        assert editor.stopped(asking) == "end_turn"
        assert editor.saves == []
        assert "incident" not in bridge.client.log()


def test_a_client_that_makes_no_undo_steps_is_refused_keep_with_what_it_takes(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, CAPABILITIES, {"review": "keep"}) as bridge:
        wired = Wired(bridge)
        said = bridge.client.asked("window/showMessage")["params"]["message"]
        assert "`editorApply`" in said
        opened = wired.call("harness/session/new", cwd=str(bridge.work), mcpServers=[])
        option = opened["configOptions"][0]
        assert (option["currentValue"], [one["value"] for one in option["options"]]) == ("ask", ["ask"])
        refused = wired.refused(
            "harness/session/set_config_option",
            sessionId=opened["sessionId"],
            configId="review_policy",
            value="keep",
        )
        assert refused.data.kind == "not_allowed"
        assert "editorApply" in refused.data.hint
        assert refused.message
        again = wired.call(
            "harness/session/set_config_option",
            sessionId=opened["sessionId"],
            configId="review_policy",
            value="ask",
        )
        assert again["configOptions"] == opened["configOptions"]


# Saving.


def test_a_document_without_unsaved_work_is_saved_after_an_accept_and_a_dirty_one_is_not(editor: OurEditor) -> None:
    _, asking, (first, second) = proposed(editor, "edit two", 2)
    editor.decide(accept(first))
    assert editor.saves == [uri_of(editor)]
    assert (editor.bridge.work / "a.py").read_text() == text_of(editor)
    editor.type(uri_of(editor), 0, "typed\n")
    editor.decide(accept(second))
    assert editor.saves == [uri_of(editor)]
    assert editor.stopped(asking) == "end_turn"


# What an editor can answer to an edit. Whatever it says, the text that follows counts.


def wrong_but_done(editor: OurEditor, params: Message) -> Message:
    editor.make(params)
    return {"applied": "yes"}


def nothing_and_malformed(editor: OurEditor, params: Message) -> Message:
    return {"done": True}


def refuses(editor: OurEditor, params: Message) -> Message:
    return {"applied": False, "reason": "the document is read-only"}


def lies(editor: OurEditor, params: Message) -> Message:
    return {"applied": True, "version": params["version"]}


def overtaken(editor: OurEditor, params: Message) -> Message | None:
    editor.type(params["uri"], 0, "typed meanwhile\n")
    return makes(editor, params)


def accepted(editor: OurEditor, *manners: Manner) -> Message:
    """Accept the first hunk of two; its outcome. The other one is rejected."""
    _, asking, (first, second) = proposed(editor, "edit two", 2)
    editor.manners = list(manners)
    (outcome,) = editor.decide(accept(first))
    editor.decide(reject(second))
    assert editor.stopped(asking) == "end_turn"
    return outcome


def test_an_edit_that_typing_has_overtaken_is_sent_again_for_the_version_of_now(editor: OurEditor) -> None:
    outcome = accepted(editor, overtaken)
    assert outcome["outcome"] == "present"
    assert [one["version"] for one in editor.applies] == [1, 2]
    assert editor.applies[1]["edits"][0]["range"]["start"]["line"] == 3
    assert text_of(editor) == "typed meanwhile\n" + LINES.replace("line 3\n", "LINE 3\n")


def test_a_malformed_answer_to_an_edit_that_was_made_does_not_undo_it(editor: OurEditor) -> None:
    assert accepted(editor, wrong_but_done)["outcome"] == "present"
    assert text_of(editor) == LINES.replace("line 3\n", "LINE 3\n")
    assert len(editor.applies) == 1


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        (nothing_and_malformed, "malformed"),
        (refuses, "the document is read-only"),
        (lies, "that the version is 1"),
    ],
)
def test_an_edit_that_was_not_made_is_told_with_the_reason(editor: OurEditor, manner: Manner, why: str) -> None:
    outcome = accepted(editor, manner)
    assert outcome["outcome"] == "absent"
    assert why in outcome["message"]
    assert text_of(editor) == LINES


def test_an_answer_that_comes_late_is_waited_for(editor: OurEditor) -> None:
    _, asking, (first, second) = proposed(editor, "edit two", 2)
    editor.manners = [lambda _, params: None]
    deciding = editor.bridge.client.start("harness/review/decide", {"decisions": [accept(first)]})
    editor.until(lambda: bool(editor.unanswered))
    editor.bridge.alive()  # the daemon serves others meanwhile
    editor.answer_edit(editor.make(editor.applies[0]))
    reply = editor.response(deciding)
    assert reply["result"]["outcomes"][0]["outcome"] == "present"
    editor.decide(reject(second))
    assert editor.stopped(asking) == "end_turn"
