"""One conversation over many calls, services that remember or forget, and daemons that die."""

from pathlib import Path

from tests.support import model_answers as answers
from tests.support.eventually import eventually
from tests.support.model_answers import Call, Thought, calls, said, text
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, OnModel, outputs, sent_input, spoken

LOOK = ("read_file", {"path": "a.txt"})
STORE = {"STORE": "1"}


def kinds(request: answers.Request) -> list[str]:
    return [str(item.get("type", "message")) for item in request.items]


def test_a_service_that_stores_is_sent_only_what_is_new(tmp_path: Path) -> None:
    script = [said(Thought("Hm."), Call(*LOOK)), text("Read."), text("Again.")]
    with ModelServer(script) as server, OnModel(tmp_path, server, STORE) as on:
        on.bridge.file("a.txt", "this is a\n")
        assert on.ask("read a") == FINE
        assert on.ask("and again") == FINE
        first, second, third = server.asked
        assert "previous_response_id" not in first.body or first.body["previous_response_id"] is None
        assert second.body["previous_response_id"] == "resp_0001"
        assert kinds(second) == ["function_call_output"]
        assert third.body["previous_response_id"] == "resp_0002"
        assert spoken(third.items) == ["and again"]
        assert len(third.items) == 1
        assert all(request.body["store"] is True for request in server.asked)


def test_a_service_that_has_forgotten_is_sent_everything_and_it_is_said(tmp_path: Path) -> None:
    script = [calls(LOOK), text("Read."), text("Again."), text("More.")]
    with ModelServer(script) as server, OnModel(tmp_path, server, STORE) as on:
        on.bridge.file("a.txt", "this is a\n")
        assert on.ask("read a") == FINE
        server.forget()
        assert on.ask("and again") == FINE
        lost, whole = server.asked[2:]
        assert lost.body["previous_response_id"] == "resp_0002"
        assert not whole.body.get("previous_response_id")
        assert spoken(whole.items) == ["read a", "and again"]
        assert list(outputs(whole.items)) == ["call_0001_0"]
        told = [*on.updates("retrying"), *on.updates("feature_lowered"), *on.updates("note")]
        assert told, "it is said openly"
        assert on.ask("more") == FINE
        assert server.asked[-1].body["previous_response_id"] == "resp_0004"


def test_a_conversation_goes_on_after_the_daemon_has_died(tmp_path: Path) -> None:
    script = [said(Thought("Hm.", "gAAA-kept"), Call(*LOOK)), text("Read."), text("Again.")]
    with ModelServer(script) as server:
        with OnModel(tmp_path, server) as on:
            on.bridge.file("a.txt", "this is a\n")
            assert on.ask("read a") == FINE
            session = on.session
            on.kill()
        with OnModel(tmp_path, server, session=session) as again:
            assert again.ask("and again") == FINE
            before, after = server.asked[1:]
            assert sent_input(after).startswith(sent_input(before)), "the cached prefix counts after a restart too"
            assert after.holds("gAAA-kept")
            assert after.body["prompt_cache_key"] == before.body["prompt_cache_key"]


def test_a_stored_conversation_goes_on_after_the_daemon_has_died(tmp_path: Path) -> None:
    with ModelServer([text("One."), text("Two.")]) as server:
        with OnModel(tmp_path, server, STORE) as on:
            assert on.ask("one") == FINE
            session = on.session
            on.kill()
        with OnModel(tmp_path, server, STORE, session=session) as again:
            assert again.ask("two") == FINE
        last = server.asked[-1]
        assert last.body["previous_response_id"] == "resp_0001"
        assert spoken(last.items) == ["two"]


def test_a_turn_whose_call_was_under_way_goes_on_without_a_second_call(tmp_path: Path) -> None:
    """The daemon dies while the model answers: the answer is asked for again, and the call before it is not."""
    with ModelServer() as server:
        gate = server.gate()
        server.add(calls(("shell", {"command": "echo once >> ran"})), answers.stall(gate), text("Finished."))
        with OnModel(tmp_path, server) as on:
            on.prompt("do it")
            on.allow()
            gate.reached()
            session = on.session
            on.kill()
        with OnModel(tmp_path, server, session=session) as again:
            assert again.ended() == FINE
            assert (again.work / "ran").read_text() == "once\n"
            assert again.text().endswith("Finished.")
            assert list(outputs(server.asked[-1].items)) == ["call_0001_0"]
            assert len(again.records("Prompt")) == 1
            assert len(again.records("TurnEnded")) == 1


def test_a_command_that_ran_when_the_daemon_died_is_not_run_again(tmp_path: Path) -> None:
    with ModelServer([calls(("shell", {"command": "echo once >> ran; exec sleep 1000"})), text("I look.")]) as server:
        with OnModel(tmp_path, server) as on:
            on.prompt("do it")
            on.allow()
            eventually((on.work / "ran").exists)
            session = on.session
            on.kill()
        with OnModel(tmp_path, server, session=session) as again:
            assert again.ended() == FINE
            (told,) = outputs(server.asked[-1].items).values()
            assert "nknown" in told
            assert (again.work / "ran").read_text() == "once\n"


def test_a_daemon_that_dies_while_it_waits_to_ask_again(tmp_path: Path) -> None:
    with ModelServer([answers.rate_limited(retry_after="30"), text("Finished.")]) as server:
        with OnModel(tmp_path, server) as on:
            on.prompt("do it")
            on.update("retrying")
            on.kill()
        with OnModel(tmp_path, server, session=on.session) as again:
            assert again.ended() == FINE
            assert again.text().endswith("Finished.")
        assert len(server.asked) == 2


def test_what_waits_for_its_turn_waits_through_a_restart(tmp_path: Path) -> None:
    with ModelServer() as server:
        gate = server.gate()
        server.add(answers.stall(gate), text("First."), text("Second."))
        with OnModel(tmp_path, server) as on:
            on.prompt("do this")
            gate.reached()
            ask = {"sessionId": on.session, "prompt": [{"type": "text", "text": "and then that"}], "queue": True}
            on.wired.start("harness/session/prompt", **ask)
            on.update("queue_update")
            on.kill()
        with OnModel(tmp_path, server, session=on.session) as again:
            assert again.ended() == FINE
            assert again.ended() == FINE
            assert spoken(server.asked[-1].items) == ["do this", "and then that"]
            assert len(again.records("Prompt")) == 2
