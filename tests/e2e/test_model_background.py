"""The service's background mode: a call goes on while the daemon is dead, and is taken up where it was left."""

from pathlib import Path

import pytest

from tests.support import model_answers as answers
from tests.support.eventually import eventually
from tests.support.model_answers import Answer, Call, Message, calls, said, text
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, OnModel, outputs

LOOK = ("read_file", {"path": "a.txt"})
BACKGROUND = {"BACKGROUND": "1"}

WHOLE = said(Message("First I say this."), Call(*LOOK), Message("Then I say that."))


def killed_at(folder: Path, server: ModelServer, events: int, done: int = 0) -> str:
    """A daemon is killed after so many events of the first answer, with so many items in its log; the session."""
    gate = server.gate()
    server.add(answers.held(WHOLE, gate, events))
    with OnModel(folder, server, BACKGROUND) as on:
        on.bridge.file("a.txt", "this is a\n")
        on.prompt("do it")
        gate.reached()
        eventually(lambda: bool(on.records("ResponseBegun")) and len(on.records("ItemDone")) == done)
        session = on.session
        on.kill()
    return session


@pytest.mark.parametrize(
    ("events", "done"),
    [
        (5, 0),
        (-3, 2),
        *(pytest.param(*point, marks=pytest.mark.slow) for point in ((2, 0), (9, 1), (12, 1), (-1, 3))),
    ],
)
def test_an_answer_is_taken_up_after_the_daemon_was_killed(tmp_path: Path, events: int, done: int) -> None:
    with ModelServer() as server:
        session = killed_at(tmp_path, server, events, done)
        server.add(text("Done."))
        with OnModel(tmp_path, server, BACKGROUND, session=session) as again:
            assert again.ended() == FINE
            (resumed,) = server.others("/responses/resp_0001")
            assert resumed.method == "GET"
            assert resumed.query["stream"] == "true"
            messages = [
                record["item"]["content"][0]["text"]
                for record in again.records("ItemDone")
                if "content" in record["item"]
            ]
            assert messages == ["First I say this.", "Then I say that.", "Done."], "all of it, and nothing twice"
            assert len(again.runs()) == 1
            assert len(server.asked) == 2, "the call was not made again"
            second = server.asked[-1]
            assert second.body["previous_response_id"] == "resp_0001"
            assert list(outputs(second.items)) == ["call_0001_1"]


def test_what_the_log_has_is_not_asked_for_again(tmp_path: Path) -> None:
    with ModelServer() as server:
        session = killed_at(tmp_path, server, -3, 2)
        server.add(text("Done."))
        with OnModel(tmp_path, server, BACKGROUND, session=session) as again:
            assert again.ended() == FINE
            (resumed,) = server.others("/responses/resp_0001")
            assert int(resumed.query["starting_after"]) > 8


@pytest.mark.parametrize("how", ["reset", "closed"])
def test_a_stream_that_breaks_is_taken_up(tmp_path: Path, how: str) -> None:
    cut: Answer = answers.cut_at(WHOLE, 12, reset=how == "reset")
    with ModelServer([cut, text("Done.")]) as server, OnModel(tmp_path, server, BACKGROUND) as on:
        on.bridge.file("a.txt", "this is a\n")
        assert on.ask("do it") == FINE
        messages = [record["item"] for record in on.records("ItemDone") if record["item"]["type"] == "message"]
        assert [one["content"][0]["text"] for one in messages if one["status"] == "completed"][-1] == "Done."
        assert len(on.runs()) == 1


def test_a_service_that_does_not_have_it_any_more_is_asked_again(tmp_path: Path) -> None:
    with ModelServer() as server:
        session = killed_at(tmp_path, server, 5)
        server.forget()
        server.add(calls(LOOK), text("Done."))
        with OnModel(tmp_path, server, BACKGROUND, session=session) as again:
            assert again.ended() == FINE
            assert again.text().endswith("Done.")
            assert len(again.runs()) == 1


def test_a_turn_that_is_stopped_is_stopped_at_the_service(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server, BACKGROUND) as on:
        gate = server.gate()
        server.add(answers.held(WHOLE, gate, 5))
        on.prompt("do it")
        gate.reached()
        eventually(lambda: bool(on.records("ResponseBegun")))
        on.cancel()
        assert on.ended().stop == "cancelled"
        server.wait(lambda one: one.path.endswith("/responses/resp_0001/cancel"), "the cancel")
        server.add(text("Still here."))
        assert on.ask("and now?") == FINE
