"""A daemon that is killed, and two daemons on one workspace: nothing undecided is lost, no log is mixed up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bridge import Bridge
from tests.support.editor import FULL, Editor, catalogued
from tests.support.raw_client import Message, RawClient
from tests.support.script import call, edit, step
from tests.support.wired import CAPABILITIES, Wired

LINES = "".join(f"line {n}\n" for n in range(1, 21))
TWO = (("line 3\n", "LINE 3\n"), ("line 15\n", "LINE 15\n"))
ABOVE = "# one\n# two\n"


def script(folder: Path) -> dict[str, list[Message]]:
    return {
        "edit": [step(edit("a.py", *TWO)), step(say="Settled.")],
        "new": [step(call("write_file", path="new.py", content="x = 1\n")), step(say="Settled.")],
        "ask": [step(call("read_file", path=str(folder / "outside.txt"))), step(say="Read.")],
        "say": [step(say="Yes.")],
    }


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, list[str]]:
    """A folder whose daemon was killed while two hunks waited; their ids."""
    with Bridge(tmp_path, script(tmp_path), FULL) as bridge:
        editor = Editor(bridge)
        bridge.file("a.py", LINES)
        uri = editor.open("a.py", LINES)
        editor.command("harness.prompt", text="edit")
        ids = [str(hunk["code"]) for hunk in editor.hunks(uri, 2)]
        bridge.client.process.kill()
        bridge.client.process.wait()
    return tmp_path, ids


def restarted(folder: Path) -> Bridge:
    return Bridge(folder, script(folder), FULL)


def test_hunks_come_back_with_their_ids_where_they_belong_in_the_text_of_now(killed: tuple[Path, list[str]]) -> None:
    folder, ids = killed
    with restarted(folder) as bridge:
        editor = Editor(bridge)
        now = ABOVE + LINES.replace("line 10\n", "")
        uri = editor.open("a.py", now)
        hunks = editor.hunks(uri, 2)
        assert [hunk["code"] for hunk in hunks] == ids
        assert [hunk["range"]["start"]["line"] for hunk in hunks] == [4, 15]
        editor.until(lambda: bool(editor.said))
        assert editor.said[0].startswith("A review goes on: 2 hunks wait for you")
        editor.until(lambda: bool(editor.progress) and editor.progress[0]["value"]["kind"] == "begin")
        editor.command("harness.accept", hunkId=ids[0])
        editor.command("harness.reject", hunkId=ids[1])
        assert editor.ended() == "Settled."
        assert editor.text(uri) == now.replace("line 3\n", "LINE 3\n")
        kinds = [row["kind"] for row in bridge.log()]
        assert kinds.count("Proposed") == 1
        assert kinds[-1] == "TurnEnded"
        assert "incident" not in bridge.client.log()


def test_a_hunk_whose_lines_were_changed_in_between_is_stale(killed: tuple[Path, list[str]]) -> None:
    folder, ids = killed
    with restarted(folder) as bridge:
        editor = Editor(bridge)
        uri = editor.open("a.py", LINES.replace("line 3\n", "mine\n"))
        editor.until(lambda: "no longer fits" in str(editor.diagnostics.get(uri)))
        stale, fresh = editor.hunks(uri, 2)
        assert "no longer fits" in stale["message"]
        assert "no longer fits" not in fresh["message"]
        editor.command("harness.acceptFile", uri=uri)
        editor.command("harness.reject", hunkId=ids[0])
        editor.ended()
        assert editor.text(uri) == LINES.replace("line 3\n", "mine\n").replace("line 15\n", "LINE 15\n")


def test_without_the_document_the_file_is_what_counts(killed: tuple[Path, list[str]]) -> None:
    folder, ids = killed
    with restarted(folder) as bridge:
        editor = Editor(bridge)
        path = bridge.file("a.py", ABOVE + LINES)
        editor.hunks(path.as_uri(), 2)
        for id_ in ids:
            (outcome,) = editor.command("harness.accept", hunkId=id_)["outcomes"]
            assert outcome["outcome"] == "present"
        editor.ended()
        assert path.read_text() == ABOVE + LINES.replace(*TWO[0]).replace(*TWO[1])


def test_a_question_about_a_new_file_is_asked_again(tmp_path: Path) -> None:
    with restarted(tmp_path) as bridge:
        editor = Editor(bridge)
        editor.command("harness.prompt", text="new")
        editor.until(lambda: bool(editor.questions))
        bridge.client.process.kill()
        bridge.client.process.wait()
    with restarted(tmp_path) as bridge:
        editor = Editor(bridge)
        editor.picks = ["Accept"]
        assert editor.ended() == "Settled."
        assert (bridge.work / "new.py").read_text() == "x = 1\n"


def test_a_question_of_a_tool_is_asked_again_and_no_means_no(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("outside\n")
    with restarted(tmp_path) as bridge:
        editor = Editor(bridge)
        editor.command("harness.prompt", text="ask")
        editor.until(lambda: bool(editor.questions))
        bridge.client.process.kill()
        bridge.client.process.wait()
    with restarted(tmp_path) as bridge:
        editor = Editor(bridge)
        editor.picks = ["Show", None]
        assert editor.ended() == "Read."
        assert "outside\n" not in bridge.outputs()[0]
        shown = Path(editor.shown[0]["uri"].removeprefix("file://")).read_text()
        assert str(tmp_path / "outside.txt") in shown


MOMENTS = ["workspace/codeLens/refresh", "window/workDoneProgress/create", "textDocument/publishDiagnostics"]


@pytest.mark.slow
def by_signal(client: RawClient) -> None:
    client.process.terminate()


def by_shutdown(client: RawClient) -> None:
    client.start("shutdown")
    client.notify("exit")


@pytest.mark.parametrize("leaves", [RawClient.close_input, by_signal, by_shutdown])
def test_who_goes_while_a_prompt_is_unanswered_finds_its_turn_again(
    leaves: Callable[[RawClient], None], tmp_path: Path
) -> None:
    """A window that is reloaded is no wish to stop the agent."""
    with Bridge(tmp_path, script(tmp_path), CAPABILITIES) as first:
        wired = Wired(first)
        first.file("a.py", LINES)
        session = wired.new()
        wired.prompt(session, "edit")
        wired.hunks(session, 2)
        leaves(first.client)
        first.client.exit_code()
        kinds = [row["kind"] for row in first.log()]
        assert "Decided" not in kinds
        assert "TurnEnded" not in kinds, "it is suspended"
    with restarted(tmp_path) as bridge:
        editor = Editor(bridge)
        assert len(editor.hunks(editor.open("a.py", LINES), 2)) == 2


@pytest.mark.parametrize("moment", [*MOMENTS, "the answer"])
def test_killed_at_any_moment_the_log_is_whole_and_the_turn_goes_on(moment: str, tmp_path: Path) -> None:
    with restarted(tmp_path) as bridge:
        bridge.file("a.py", LINES)
        asking = bridge.command("harness.prompt", text="edit")
        if moment in MOMENTS:
            bridge.client.asked(moment)
        else:
            bridge.client.response(asking)
        bridge.client.process.kill()
        bridge.client.process.wait()
    with restarted(tmp_path) as bridge:
        editor = Editor(bridge)
        uri = (bridge.work / "a.py").as_uri()
        if any(row["kind"] == "Prompt" for row in bridge.log()):
            editor.hunks(uri, 2)
            editor.command("harness.rejectFile", uri=uri)
            editor.ended()
        bridge.alive()
        numbers = [row["seq"] for row in bridge.log()]
        assert numbers == sorted(set(numbers))


# Two daemons.


def test_a_second_daemon_leaves_the_session_of_the_first_alone_and_opens_its_own(tmp_path: Path) -> None:
    with restarted(tmp_path) as first, restarted(tmp_path) as second:
        one, two = Editor(first), Editor(second)
        first.file("a.py", LINES)
        session = one.command("harness.prompt", text="edit")["sessionId"]
        uri = (first.work / "a.py").as_uri()
        one.hunks(uri, 2)
        own = two.command("harness.prompt", text="say")["sessionId"]
        assert two.ended() == "Yes."
        assert own != session
        assert two.diagnostics == {}
        load = {"sessionId": session, "cwd": str(second.work), "mcpServers": []}
        assert catalogued(second.client.call("harness/session/load", load)).data.kind == "session_locked"
        unknown = two.refused("workspace/executeCommand", _accept(one.diagnostics[uri][0]))
        assert unknown.data.kind == "unknown_hunk"
        one.command("harness.acceptFile", uri=uri)
        assert one.ended() == "Settled."
        for log in first.state.glob("sessions/*/*.jsonl"):
            rows = [json.loads(line) for line in log.read_text().splitlines()]
            assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))


def test_a_daemon_that_starts_beside_a_review_does_not_take_it_up(tmp_path: Path) -> None:
    with restarted(tmp_path) as first:
        one = Editor(first)
        first.file("a.py", LINES)
        uri = one.open("a.py", LINES)
        one.command("harness.prompt", text="edit")
        one.hunks(uri, 2)
        with restarted(tmp_path) as second:
            two = Editor(second)
            two.open("a.py", LINES)
            second.client.logged("not resumed")
            second.alive()
            assert not [title for title in two.actions(uri, 2) if "hunk" in title]
            assert "incident" not in second.client.log()
        first.alive()
        one.command("harness.rejectFile", uri=uri)
        assert one.ended() == "Settled."


def test_a_session_that_another_daemon_has_let_go_of_can_be_loaded(tmp_path: Path) -> None:
    with (
        Bridge(tmp_path, script(tmp_path), CAPABILITIES) as first,
        Bridge(tmp_path, script(tmp_path), CAPABILITIES) as second,
    ):
        session = Wired(first).new()
        load = {"sessionId": session, "cwd": str(second.work), "mcpServers": []}
        assert Wired(second).refused("harness/session/load", **load).data.kind == "session_locked"
        Wired(first).call("harness/session/close", sessionId=session)
        wired = Wired(second)
        wired.call("harness/session/load", **load)
        assert wired.stopped(wired.prompt(session, "say")) == "end_turn"


def _accept(hunk: Message) -> Message:
    return {"command": "harness.accept", "arguments": [{"hunkId": hunk["code"]}]}
