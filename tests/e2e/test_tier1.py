"""Lenses, hints, documents of our own and renames, for an editor with all of LSP, on the real daemon."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bridge import Bridge
from tests.support.editor import FULL, Editor
from tests.support.raw_client import Message
from tests.support.script import call, edit, step

LINES = "".join(f"line {n}\n" for n in range(1, 21))
TWO = (("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\nand more\n"))
BOTH = LINES.replace(*TWO[0]).replace(*TWO[1])
MODERN: Message = FULL | {
    "workspace": {
        "codeLens": {"refreshSupport": True},
        "inlayHint": {"refreshSupport": True},
        "textDocumentContent": {},
        "fileOperations": {"didRename": True, "didDelete": True},
    }
}


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    steps = {
        "new": [step(call("write_file", path="new.py", content="print('new')\n")), step(say="Done.")],
        "": [step(edit("a.py", *TWO)), step(say="Done.")],
    }
    with Bridge(tmp_path, steps, MODERN) as bridge:
        bridge.file("a.py", LINES)
        yield Editor(bridge)
        assert "incident" not in bridge.client.log()


def under_review(editor: Editor) -> tuple[str, list[Message]]:
    """The document, open, with its two hunks."""
    uri = editor.open("a.py", LINES)
    editor.command("harness.prompt", text="go")
    return uri, editor.hunks(uri, 2)


def content(editor: Editor, uri: str) -> str:
    reply = editor.response(editor.bridge.client.start("workspace/textDocumentContent", {"uri": uri}))
    return str(reply["result"]["text"])


def asked(editor: Editor, method: str) -> list[Message]:
    """What the daemon has asked with this method so far."""
    return [message for message in editor.bridge.client.seen if message.get("method") == method]


def hints(editor: Editor, uri: str) -> list[Message]:
    range_ = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    params = {"textDocument": {"uri": uri}, "range": range_}
    found: list[Message] = editor.response(editor.bridge.client.start("textDocument/inlayHint", params))["result"]
    return found


def test_a_hunk_is_shown_in_a_document_of_ours(editor: Editor) -> None:
    uri, (first, _) = under_review(editor)
    (show,) = [lens for lens in editor.lenses(uri) if lens["command"]["title"] == "Show"][:1]
    editor.act(show)
    assert editor.shown == [{"uri": f"harness:/hunk/{first['code']}.diff", "takeFocus": True}]
    assert content(editor, editor.shown[0]["uri"]) == "- line 3\n+ LINE 3\n"
    assert not (editor.bridge.state / "previews").exists()


def test_the_file_as_it_would_be_follows_the_review_and_the_persons_typing(editor: Editor) -> None:
    uri, (first, second) = under_review(editor)
    proposal = f"harness:/proposal/{first['code']}/a.py"
    assert content(editor, proposal) == BOTH
    refresh = "workspace/textDocumentContent/refresh"

    def told_again() -> bool:
        return len(asked(editor, refresh)) > known

    known = 0
    editor.type(uri, 0, "mine\n")
    editor.until(told_again)
    assert asked(editor, refresh)[-1]["params"] == {"uri": proposal}
    assert content(editor, proposal) == "mine\n" + BOTH
    known = len(asked(editor, refresh))
    editor.command("harness.reject", hunkId=first["code"])
    editor.until(told_again)
    assert content(editor, proposal) == "mine\n" + LINES.replace(*TWO[1])
    editor.command("harness.accept", hunkId=second["code"])
    editor.ended()
    assert content(editor, proposal) == editor.text(uri) == "mine\n" + LINES.replace(*TWO[1])


def test_a_new_file_is_shown_whole_under_its_own_name(editor: Editor) -> None:
    editor.picks = ["Show"]
    editor.command("harness.prompt", text="new")
    editor.until(lambda: len(editor.shown) == 1)
    assert editor.shown[0]["uri"].endswith("/new.py")
    assert content(editor, editor.shown[0]["uri"]) == "print('new')\n"


def test_a_document_that_is_not_there_is_said_so(editor: Editor) -> None:
    refused = editor.refused("workspace/textDocumentContent", {"uri": "harness:/hunk/nobody.diff"})
    assert refused.data.kind == "unknown_hunk"


def test_lenses_and_hints_are_asked_for_again_when_hunks_come_and_go(editor: Editor) -> None:
    uri, (first, _) = under_review(editor)

    def told(count: int) -> bool:
        return min(len(asked(editor, f"workspace/{what}/refresh")) for what in ("codeLens", "inlayHint")) >= count

    editor.until(lambda: told(1))
    assert [hint["label"] for hint in hints(editor, uri)] == [
        "▸ agent: change 1 line",
        "▸ agent: replace 1 line with 2",
    ]
    assert [hint["position"] for hint in hints(editor, uri)] == [
        {"line": 2, "character": 6},
        {"line": 9, "character": 7},
    ]
    known = len(asked(editor, "workspace/inlayHint/refresh"))
    editor.command("harness.reject", hunkId=first["code"])
    editor.until(lambda: len(asked(editor, "workspace/inlayHint/refresh")) > known)
    assert [hint["label"] for hint in hints(editor, uri)] == ["▸ agent: replace 1 line with 2"]


def test_an_accepted_hunk_is_undone(editor: Editor) -> None:
    uri, (first, second) = under_review(editor)
    editor.command("harness.accept", hunkId=first["code"])
    assert editor.text(uri) == LINES.replace(*TWO[0])
    assert editor.command("harness.undo", hunkId=first["code"])["outcomes"][0]["outcome"] == "removed"
    assert editor.text(uri) == LINES
    editor.command("harness.reject", hunkId=second["code"])
    editor.ended()


def test_hunks_follow_a_file_that_the_person_renames(editor: Editor) -> None:
    (old, _), new = under_review(editor), (editor.bridge.work / "b.py").as_uri()
    client = editor.bridge.client
    client.notify("textDocument/didClose", {"textDocument": {"uri": old}})
    (editor.bridge.work / "a.py").rename(editor.bridge.work / "b.py")
    client.notify("workspace/didRenameFiles", {"files": [{"oldUri": old, "newUri": new}]})
    editor.open("b.py", LINES)
    hunks = editor.hunks(new, 2)
    editor.until(lambda: editor.diagnostics[old] == [])
    for hunk in hunks:
        editor.command("harness.accept", hunkId=hunk["code"])
    editor.ended()
    assert editor.text(new) == BOTH


def test_hunks_of_a_file_that_the_person_deletes_fit_no_more(editor: Editor) -> None:
    uri, _ = under_review(editor)
    client = editor.bridge.client
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    (editor.bridge.work / "a.py").unlink()
    client.notify("workspace/didDeleteFiles", {"files": [{"uri": uri}]})
    editor.until(lambda: all("no longer fits" in row["message"] for row in editor.diagnostics[uri]))
    assert {lens["command"]["title"] for lens in editor.lenses(uri)} == {"Dismiss", "1/2", "2/2", "Show"}


def test_a_client_that_shows_hunks_itself_is_sent_none_by_lsp(tmp_path: Path) -> None:
    harness = {"experimental": {"harness": {"protocolVersion": 1, "updates": True, "review": True}}}
    with Bridge(tmp_path, [step(edit("a.py", *TWO)), step(say="Done.")], MODERN | harness) as bridge:
        bridge.file("a.py", LINES)
        editor = Editor(bridge)
        uri = editor.open("a.py", LINES)
        editor.command("harness.prompt", text="go")
        editor.until(lambda: len([u for u in _updates(bridge) if u["sessionUpdate"] == "hunk_update"]) == 2)
        titles = list(editor.actions(uri, 2))
        meanwhile = ["Next hunk", "Stop the agent (it waits for you: 2 changes in a.py)"]
        assert (editor.lenses(uri), hints(editor, uri), titles) == ([], [], meanwhile)
        assert asked(editor, "textDocument/publishDiagnostics") == []


def _updates(bridge: Bridge) -> list[Message]:
    return [m["params"]["update"] for m in bridge.client.seen if m.get("method") == "harness/session/update"]
