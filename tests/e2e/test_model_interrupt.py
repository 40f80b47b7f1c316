"""The person stops the agent, whatever it is at: it ends in half a second, leaves nothing behind, and goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import model_answers as answers
from tests.support.eventually import eventually
from tests.support.model_answers import Call, Message, calls, said, text
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, OnModel, outputs

LIMIT_S = 0.5
"""From the person's word to the end of the turn, as the client sees it, where the machine does nothing else."""

STUBBORN = "(trap '' TERM INT; echo $BASHPID > pid; while :; do sleep 1; done) & wait"
"""A command that does not end when it is asked to."""

LINES = "".join(f"line {n}\n" for n in range(1, 9))


@pytest.fixture
def on(daemon: OnModel) -> Iterator[OnModel]:
    """A session of its own in the daemon that the tests here share, in an empty workspace."""
    for path in daemon.work.iterdir():
        path.unlink()
    yield daemon.anew()
    daemon.check()


def stopped(on: OnModel) -> float:
    """Cancel, and see the turn end; how many seconds that took. Tests that run beside this one take time too."""
    began = time.monotonic()
    on.cancel()
    ended = on.ended()
    took = time.monotonic() - began
    assert ended.stop == "cancelled"
    assert took <= 4 * LIMIT_S, f"it took {took:.3f} s"
    return took


def goes_on(on: OnModel, server: ModelServer) -> list[answers.Json]:
    """A prompt after all that works; its input, which the server has found to be a history that can be taken."""
    server.add(text("Still here."))
    assert on.ask("By schema, what now?") == FINE
    assert on.text().endswith("Still here.")
    return server.holding("By schema, what now?").items


def shell(command: str) -> tuple[str, answers.Json]:
    return "shell", {"command": command}


def alive(pid: int) -> bool:
    """Whether a process runs: one that has ended and that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pid_in(path: Path) -> int:
    """The process id that a command has written there; waits for it."""
    return int(eventually(lambda: path.read_text().strip() if path.exists() else None))


def test_while_the_model_has_said_nothing(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.stall(gate))
    on.prompt("do it")
    gate.reached()
    stopped(on)
    assert server.request(1).left.wait(5), "the connection is let go of"
    goes_on(on, server)


def test_while_the_model_speaks(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.held(text("I was about to say something"), gate, 7))
    on.prompt("do it")
    gate.reached()
    on.update("agent_message_chunk")
    stopped(on)
    assert server.request(1).left.wait(5)
    (half,) = [record["item"] for record in on.records("ItemDone")]
    assert half["status"] == "incomplete"
    assert "I was about to say something".startswith(half["content"][0]["text"])
    assert any(item.get("role") == "assistant" for item in goes_on(on, server)), "what was said is known"


def test_a_model_that_never_stops(on: OnModel, server: ModelServer) -> None:
    server.add(answers.endless("more and more " * 8))
    on.prompt("do it")
    on.update("agent_message_chunk")
    on.update("agent_message_chunk")
    stopped(on)
    assert server.request(1).left.wait(5)
    goes_on(on, server)


def test_while_the_model_writes_a_call(on: OnModel, server: ModelServer) -> None:
    """One call is complete and has begun; of another one half has come."""
    both = said(Message("Two."), Call(*shell("echo $$ > pid; exec sleep 1000")), Call("list_dir", {"path": "x" * 99}))
    gate = server.gate()
    server.add(answers.held(both, gate, -6))
    on.prompt("do it")
    gate.reached()
    on.allow()
    pid = pid_in(on.work / "pid")
    stopped(on)
    eventually(lambda: not alive(pid))
    told = outputs(goes_on(on, server))
    assert "call_0001_1" in told
    assert "call_0001_2" not in told, "it was never whole"


def test_while_it_waits_to_ask_again(on: OnModel, server: ModelServer) -> None:
    server.add(answers.rate_limited(retry_after="30"))
    on.prompt("do it")
    assert on.update("retrying")["waitSeconds"] >= 30
    stopped(on)
    goes_on(on, server)
    assert [request.holds("By schema, what now?") for request in server.asked] == [False, True]


def test_while_a_question_waits(on: OnModel, server: ModelServer) -> None:
    server.add(calls(shell("echo never > ran")))
    on.prompt("do it")
    on.question()
    stopped(on)
    assert on.update("approval_closed")["state"] == "cancelled"
    assert list(outputs(goes_on(on, server))) == ["call_0001_0"]
    assert not (on.work / "ran").exists()


def test_while_a_change_waits(on: OnModel, server: ModelServer) -> None:
    edit = ("edit_file", {"path": "a.txt", "edits": [{"old_text": "line 3\n", "new_text": "LINE 3\n"}]})
    server.add(calls(edit))
    path = on.bridge.file("a.txt", LINES)
    on.prompt("do it")
    on.wired.hunks(on.session, 1)
    stopped(on)
    assert list(outputs(goes_on(on, server))) == ["call_0001_0"]
    assert path.read_text() == LINES


@pytest.mark.parametrize(
    "command",
    [
        "echo $$ > pid; exec sleep 1000",
        "echo $$ > pid; sleep 1000 | cat",
        STUBBORN,
    ],
    ids=["one", "pipe", "stubborn"],
)
def test_while_a_command_runs(on: OnModel, server: ModelServer, command: str) -> None:
    server.add(calls(shell(command)))
    on.prompt("do it")
    on.allow()
    pid = pid_in(on.work / "pid")
    stopped(on)
    eventually(lambda: not alive(pid))
    eventually(lambda: not children_of(on.client.process.pid))
    (told,) = outputs(goes_on(on, server)).values()
    assert "Cancelled" in told or "stopped" in told


def children_of(parent: int) -> list[int]:
    """The processes below one that still run."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            stat = (folder / "stat").read_text() if folder.name.isdecimal() else ""
        except OSError:
            continue
        state = stat.rpartition(")")[2].split()
        if state and state[0] != "Z" and int(state[1]) == parent:
            found.append(int(folder.name))
    return found


def test_several_calls_at_once(on: OnModel, server: ModelServer) -> None:
    """One is done, one runs, one asks."""
    three = calls(("list_dir", {"path": "."}), shell("echo $$ > pid; exec sleep 1000"), shell("echo never > ran"))
    server.add(three)
    on.prompt("do it")
    on.allow()
    pid = pid_in(on.work / "pid")
    stopped(on)
    eventually(lambda: not alive(pid))
    assert list(outputs(goes_on(on, server))) == ["call_0001_0", "call_0001_1", "call_0001_2"]
    assert not (on.work / "ran").exists()


def test_while_the_conversation_is_made_smaller(on: OnModel, server: ModelServer) -> None:
    """The person asks for it, and takes it back; and it stands as it was."""
    for number in range(6):
        on.bridge.file(f"{number}.txt", f"{number} and some more\n" * 1000)
        server.add(calls(("read_file", {"path": f"{number}.txt"})), text("Read."))
        assert on.ask(f"read {number}.txt") == FINE
    gate = server.gate()
    server.add(answers.stall(gate))
    asking = on.wired.start("harness/session/compact", sessionId=on.session)
    gate.reached()
    on.client.notify("$/cancelRequest", {"id": asking})
    assert "error" in on.client.response(asking, 4 * LIMIT_S)
    assert not on.records("Compacted")
    assert server.asked[-1].left.wait(5)
    assert len(outputs(goes_on(on, server))) == 6


def test_stopped_twice_and_when_nothing_runs(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.stall(gate))
    on.cancel()
    on.prompt("do it")
    gate.reached()
    on.cancel()
    on.cancel()
    assert on.ended().stop == "cancelled"
    goes_on(on, server)
    assert len(on.records("TurnEnded")) == 2


@pytest.mark.slow
@pytest.mark.parametrize("state", ["silent", "speaking", "waiting", "asking", "running", "stubborn"])
def test_how_long_it_takes(on: OnModel, server: ModelServer, state: str) -> None:
    """The best of three, so that it tells of us and not of what else this machine does."""
    took = []
    for _ in range(3):
        (on.work / "pid").unlink(missing_ok=True)
        gate = server.gate()
        states: dict[str, answers.Answer] = {
            "silent": answers.stall(gate),
            "speaking": answers.held(text("I was about to say"), gate, 7),
            "waiting": answers.rate_limited(retry_after="30"),
            "asking": calls(shell("echo never > ran")),
            "running": calls(shell("echo $$ > pid; exec sleep 1000")),
            "stubborn": calls(shell(STUBBORN)),
        }
        server.add(states[state])
        on.prompt("do it")
        match state:
            case "silent" | "speaking":
                gate.reached()
            case "waiting":
                on.update("retrying")
            case "asking":
                on.question()
            case _:
                on.allow()
                pid_in(on.work / "pid")
        took.append(stopped(on))
    assert min(took) <= LIMIT_S, took
