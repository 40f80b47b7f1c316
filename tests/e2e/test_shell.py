"""Commands on the production daemon: the question, the answer, and the end of what was started."""

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge import Bridge
from tests.support.eventually import eventually
from tests.support.processes import gone, pids_in
from tests.support.raw_client import PATIENCE_S, Message
from tests.support.script import call, edit, step
from tests.support.wired import CAPABILITIES, Wired

ASKED = "harness/session/request_permission"
YES: Message = {"outcome": {"outcome": "selected", "optionId": "allow_once"}}
NO: Message = {"outcome": {"outcome": "selected", "optionId": "reject_once"}}
WHY = "it is not known to only read: it holds words that the shell expands"
AT_ONCE_S = 0.5
"""Within which a turn has ended that was stopped (issue "The loop"; T19 of the field)."""

TREE = """
echo $$ >> pids
bash -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 1; done' &
setsid bash -c 'echo $$ >> pids; exec sleep 60' > /dev/null 2>&1 &
wait
"""
"""The shell, a child that is deaf to SIGTERM, and one that has left its group."""

SCRIPT: Mapping[str, list[Message]] = {
    "make a file": [
        step(call("shell", command="echo made | tee made.txt; echo $OPENAI_API_KEY; exit 3")),
        step(say="Done."),
    ],
    "hidden": [step(call("shell", command="echo \x1b[2K\x1b[1G ls")), step()],
    "a tree": [step(call("shell", command=TREE)), step(say="never said")],
    "for ever": [step(call("shell", command="echo $$ >> pids; yes")), step(say="never said")],
    "too long": [step(call("shell", command="echo $$ >> pids; sleep 60", timeout_seconds=1)), step()],
    "edit, then run": [step(edit("a.txt", ("one", "two")), call("shell", command="cat a.txt")), step()],
}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    env = {"OPENAI_API_KEY": "a key of the person's"}
    with Bridge(tmp_path_factory.mktemp("shell"), SCRIPT, CAPABILITIES, env=env) as bridge:
        yield bridge


@pytest.fixture
def client(daemon: Bridge) -> Iterator[Wired]:
    """With a workspace that holds no file. Afterwards the daemon lives, and no process of a command does."""
    daemon.alive()
    daemon.client.forget()
    for path in daemon.work.iterdir():
        path.unlink()
    client = Wired(daemon)
    yield client
    client.audit()
    assert "incident" not in daemon.client.log()
    assert [pid for pid in pids_in(daemon.work / "pids") if not gone(pid)] == []


def asked(client: Wired, words: str) -> tuple[str, int | str, Message]:
    """(session, the prompt's id, the question)."""
    session = client.new()
    asking = client.prompt(session, words)
    return session, asking, client.asked(ASKED)


def ended(bridge: Bridge, session: str) -> list[Message]:
    """The ends of the session's calls, as they are in the log."""
    (path,) = bridge.state.glob(f"sessions/*/{session}.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["data"] for row in rows if row["kind"] == "CallEnded"]


def running(bridge: Bridge, count: int) -> list[int]:
    """Wait until so many processes have told their ids."""

    def found() -> list[int]:
        pids = pids_in(bridge.work / "pids")
        assert len(pids) == count
        return pids

    return eventually(found, PATIENCE_S)


def stop(client: Wired, session: str) -> float:
    """Stop the turn; the seconds until its end is told."""
    began = time.monotonic()
    client.notify("harness/session/cancel", sessionId=session)
    update = client.update(session, "turn_ended")
    took = time.monotonic() - began
    assert update["stopReason"] == "cancelled"
    return took


def test_it_runs_once_the_person_has_said_yes_to_just_this_command(client: Wired) -> None:
    session, asking, question = asked(client, "make a file")
    made = client.bridge.work / "made.txt"
    call_id = question["params"]["toolCall"]["toolCallId"]
    title = question["params"]["toolCall"]["title"]
    assert title == f"Run in {client.bridge.work}: {SCRIPT['make a file'][0]['calls'][0]['args']['command']}"
    assert question["params"]["_meta"]["harness"]["why"] == WHY
    assert not made.exists()
    (pending,) = client.call("harness/permission/pending", sessionId=session)["approvals"]
    assert pending["touches"] == [f"execute {client.bridge.work}"]
    client.answer(question, **YES)
    assert client.stopped(asking) == "end_turn"
    assert made.read_text(encoding="utf-8") == "made\n"
    (end,) = ended(client.bridge, session)
    assert (end["call"], end["status"], end["shown"]) == (call_id, "error", "exit code 3")
    assert end["output"] == "Exit code 3.\nmade\n\n", "and not a word of the key"


def test_the_person_is_asked_each_time(client: Wired) -> None:
    session, asking, question = asked(client, "make a file")
    client.answer(question, **YES)
    assert client.stopped(asking) == "end_turn"
    asking = client.prompt(session, "make a file")
    client.answer(client.asked(ASKED), **NO)
    assert client.stopped(asking) == "end_turn"
    assert [end["status"] for end in ended(client.bridge, session)] == ["error", "error"]


def test_it_does_not_run_where_the_person_says_no(client: Wired) -> None:
    session, asking, question = asked(client, "make a file")
    client.answer(question, **NO)
    assert client.stopped(asking) == "end_turn"
    assert list(client.bridge.work.iterdir()) == []
    (end,) = ended(client.bridge, session)
    assert "the user said no" in end["output"]


def test_what_can_not_be_seen_in_a_command_is_shown(client: Wired) -> None:
    _, asking, question = asked(client, "hidden")
    title = question["params"]["toolCall"]["title"]
    assert title.endswith("(characters that can't be seen are escaped) echo \\x1b[2K\\x1b[1G ls")
    client.answer(question, **NO)
    assert client.stopped(asking) == "end_turn"


def test_a_turn_that_is_stopped_at_the_question_runs_nothing(client: Wired) -> None:
    session, asking, _ = asked(client, "make a file")
    assert stop(client, session) < AT_ONCE_S
    assert client.stopped(asking) == "cancelled"
    assert list(client.bridge.work.iterdir()) == []
    assert [end["status"] for end in ended(client.bridge, session)] == ["cancelled"]


@pytest.mark.parametrize(("words", "count"), [("a tree", 3), ("for ever", 1)])
def test_a_turn_that_is_stopped_while_a_command_runs_ends_at_once_with_all_its_processes(
    client: Wired, words: str, count: int
) -> None:
    session, asking, question = asked(client, words)
    client.answer(question, **YES)
    pids = running(client.bridge, count)
    assert not any(map(gone, pids))
    took = stop(client, session)
    assert all(map(gone, pids)), "the end is told when they have ended"
    assert took < AT_ONCE_S
    assert client.stopped(asking) == "cancelled"
    (end,) = ended(client.bridge, session)
    assert end["status"] == "cancelled"
    assert "It had begun" in end["output"]


def test_after_a_stop_the_session_goes_on(client: Wired) -> None:
    session, asking, question = asked(client, "for ever")
    client.answer(question, **YES)
    running(client.bridge, 1)
    stop(client, session)
    assert client.stopped(asking) == "cancelled"
    asking = client.prompt(session, "make a file")
    client.answer(client.asked(ASKED), **YES)
    assert client.stopped(asking) == "end_turn"
    assert (client.bridge.work / "made.txt").exists()


def test_the_time_limit_ends_it_and_the_turn_goes_on(client: Wired) -> None:
    session, asking, question = asked(client, "too long")
    client.answer(question, **YES)
    assert client.stopped(asking) == "end_turn"
    assert [end["output"] for end in ended(client.bridge, session)] == [
        "Stopped at its time limit of 1 s.\n[no output]"
    ]


def test_a_command_waits_for_the_edits_of_its_step_and_sees_what_became_of_them(client: Wired) -> None:
    client.bridge.file("a.txt", "one\n")
    session = client.new()
    asking = client.prompt(session, "edit, then run")
    (hunk,) = client.hunks(session, 1)
    client.answer(client.asked(ASKED), **YES)
    decision = {"hunkId": hunk["hunkId"], "verdict": "accept"}
    client.call("harness/review/decide", decisions=[decision])
    assert client.stopped(asking) == "end_turn"
    assert ended(client.bridge, session)[-1]["output"] == "Exit code 0.\ntwo\n"


@pytest.mark.parametrize("way", ["stdin ends", "both pipes end", "the daemon is terminated"])
def test_when_the_editor_or_the_daemon_goes_away_nothing_goes_on_running(tmp_path: Path, way: str) -> None:
    with Bridge(tmp_path, SCRIPT, CAPABILITIES) as bridge:
        client = Wired(bridge)
        _, _, question = asked(client, "a tree")
        client.answer(question, **YES)
        pids = running(bridge, 3)
        match way:
            case "stdin ends":
                bridge.client.close_input()
            case "both pipes end":
                bridge.client.close_output()
                bridge.client.close_input()
            case _:
                bridge.client.process.terminate()
        bridge.client.exit_code()
        assert all(map(gone, pids))


def test_a_command_that_ran_when_the_daemon_was_killed_is_not_repeated(tmp_path: Path) -> None:
    """It may go on running, as no sandbox ends it yet; the model is told that it may have happened."""
    with Bridge(tmp_path, SCRIPT, CAPABILITIES) as bridge:
        client = Wired(bridge)
        session, _, question = asked(client, "for ever")
        client.answer(question, **YES)
        (pid,) = running(bridge, 1)
        bridge.client.process.kill()
        bridge.client.exit_code()
    try:
        with Bridge(tmp_path, SCRIPT, CAPABILITIES) as bridge:
            client = Wired(bridge)
            client.call("harness/session/load", sessionId=session, cwd=str(bridge.work), mcpServers=[])
            assert client.update(session, "turn_ended")["stopReason"] == "end_turn"
            (end,) = ended(bridge, session)
            assert (end["status"], pids_in(bridge.work / "pids")) == ("unknown", [pid])
    finally:
        if not gone(pid):
            os.kill(pid, signal.SIGKILL)


def test_any_other_editor_asks_by_a_message_whose_first_choice_shows_it(tmp_path: Path) -> None:
    shows: Message = {"window": {"showDocument": {"support": True}}}
    with Bridge(tmp_path, SCRIPT, shows) as bridge:
        asking = bridge.command("harness.prompt", text="make a file")
        question = bridge.client.asked("window/showMessageRequest")
        titles = [action["title"] for action in question["params"]["actions"]]
        assert titles == ["Show", "Allow once", "Reject"]
        command: Any = SCRIPT["make a file"][0]["calls"][0]["args"]["command"]
        assert question["params"]["message"] == f"Run in {bridge.work}: {command}? ({WHY})"
        bridge.client.answer(question, result={"title": "Allow once"})
        bridge.client.response(asking)
        bridge.said()
        assert (bridge.work / "made.txt").exists()
        assert bridge.outputs() == ["Exit code 3.\nmade\n\n"]
