"""A conversation that outgrows the model's window, on the production daemon and a real server."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import model_answers as answers
from tests.support.model_answers import Answer, Request, calls, text
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, OnModel, spoken

ASKED = "This conversation is about to be compacted."
SUMMARY = "Goal: look at all files. Done: some were read."
LONG = "".join(f"this is line {number} of a long file\n" for number in range(300))
"""About 11 kB, 14 kB as it is shown: some 3,500 tokens, as the server counts them."""

WINDOW = {"WINDOW": "20000"}


class Reader:
    """Reads one file after another, in one turn, and writes a summary when it is asked for one."""

    def __init__(self, files: int, summary: Answer | None = None) -> None:
        self._left = [f"f{number}.py" for number in range(files)]
        self.summary = summary or text(SUMMARY)
        self.summaries: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        if request.holds(ASKED):
            self.summaries.append(request)
            return self.summary
        if self._left:
            return calls(("read_file", {"path": self._left.pop(0)}))
        return text("All read.")


def filled(on: OnModel, count: int) -> None:
    for number in range(count):
        on.bridge.file(f"f{number}.py", LONG)


def made(on: OnModel) -> list[Any]:
    """What the log says of compactions."""
    return on.records("Compacted")


def after(server: ModelServer, reader: Reader) -> Request:
    """The first request after the first summary."""
    return server.request(reader.summaries[0].number + 1)


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_long_turn_makes_room_by_itself_says_so_and_goes_on(tmp_path: Path, api: str) -> None:
    reader = Reader(9)
    with ModelServer(reader) as server, OnModel(tmp_path, server, WINDOW | {"API": api}) as on:
        filled(on, 9)
        assert on.ask("look at all files") == FINE
        assert on.text() == "All read."
        told, logged = on.updates("compacted"), made(on)
        assert len(told) == len(logged) == len(reader.summaries) > 0
        for one in told:
            assert (one["cause"], one["by"]) == ("window", "model")
            assert one["after"] < 0.7 * one["before"]
            assert one["before"] > 16_000
        summary, then = reader.summaries[0], after(server, reader)
        before = server.request(summary.number - 1)
        assert summary.items[: len(before.items)] == before.items, "the prompt cache is used"
        assert len(then.raw) < 0.7 * len(summary.raw)
        assert then.holds(SUMMARY)
        assert then.holds("look at all files")
        assert not then.holds(ASKED)
        assert len(on.runs()) == 9, "each file was read once"
        assert {len(request.raw) < 20_000 * 4 for request in server.asked} == {True}, "the window was never full"
        assert len(on.records("ItemDone")) == 10, "the log keeps all, and the summary is no step"


def test_what_it_took_is_on_the_bill(tmp_path: Path) -> None:
    reader = Reader(6)
    with ModelServer(reader) as server, OnModel(tmp_path, server, WINDOW) as on:
        filled(on, 6)
        assert on.ask("look at all files") == FINE
        (logged,) = made(on)
        assert logged["spent"]["purpose"] == "compaction"
        usage = on.wired.call("harness/usage/get", sessionId=on.session)["total"]
        assert usage["calls"] == len(server.asked)
        steps = sum(one["spent"]["usage"]["input"] for one in on.records("StepEnded"))
        assert usage["tokens"]["input"] == steps + logged["spent"]["usage"]["input"]


def test_files_are_shown_again_as_the_editor_has_them_and_no_secret_is(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server) as on:
        on.bridge.file("a.py", "on disk\n")
        on.bridge.file(".env", "TOKEN=shown-by-nobody\n")
        on.bridge.open("a.py", "not saved yet\n")
        server.add(calls(("read_file", {"path": "a.py"}), ("read_file", {"path": ".env"})), text("Read."))
        on.prompt("read both")
        on.allow()
        assert on.ended() == FINE
        for number in range(3):
            on.bridge.file(f"f{number}.py", LONG)
            server.add(calls(("read_file", {"path": f"f{number}.py"})), text("Read."))
            assert on.ask(f"read {number}") == FINE
        server.add(text(SUMMARY), text("Here I am."))
        assert on.wired.call("harness/session/compact", sessionId=on.session)["compacted"] is True
        assert on.ask("and now?") == FINE
        last = server.asked[-1]
        assert '<file path="a.py">\n1\tnot saved yet\n</file>' in spoken(last.items)
        assert not last.holds("shown-by-nobody")
        assert on.updates("compacted")[0]["files"] == ["f0.py", "a.py"]


def test_changes_that_wait_for_the_person_are_not_forgotten(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server, options={"review": "keep"}) as on:
        on.bridge.file("a.py", "one\ntwo\nthree\n")
        edit = {"path": "a.py", "edits": [{"old_text": "two", "new_text": "zwei"}]}
        server.add(calls(("edit_file", edit)), text("Changed."))
        assert on.ask("translate") == FINE
        for number in range(3):
            on.bridge.file(f"f{number}.py", LONG)
            server.add(calls(("read_file", {"path": f"f{number}.py"})), text("Read."))
            assert on.ask(f"read {number}") == FINE
        server.add(text(SUMMARY), text("It waits."))
        assert on.wired.call("harness/session/compact", sessionId=on.session)["compacted"] is True
        assert on.ask("what waits?") == FINE
        (change,) = [one for one in spoken(server.asked[-1].items) if one.startswith("a.py lines 2 to 2")]
        assert change.endswith("\nold:\ntwo\n\nnew:\nzwei\n")


@pytest.mark.parametrize("answer", [answers.incomplete("content_filter"), calls(("read_file", {"path": "f0.py"}))])
def test_without_a_summary_the_turn_goes_on_all_the_same(tmp_path: Path, answer: Answer) -> None:
    reader = Reader(7, answer)
    with ModelServer(reader) as server, OnModel(tmp_path, server, WINDOW) as on:
        filled(on, 7)
        assert on.ask("look at all files") == FINE
        assert {one["by"] for one in made(on)} == {"rule"}
        assert len(reader.summaries) == len(made(on)), "it is asked for once"
        assert after(server, reader).holds("look at all files")
        assert len(on.runs()) == 7


def test_a_service_that_refuses_again_ends_the_turn(tmp_path: Path) -> None:
    """Once it is made smaller, and no more: what is still too long stays so."""

    def script(request: Request) -> Answer:
        if request.holds(ASKED):
            return text(SUMMARY)
        return text("Read.") if len(request.raw) < 24_000 else answers.too_long()

    with ModelServer(script) as server, OnModel(tmp_path, server) as on:
        assert on.ask("first " + "x" * 2_000) == FINE
        ended = on.ask("look " + "y" * 90_000)
        assert ended.stop == "failed"
        assert "context window" in ended.message
        assert len(made(on)) <= 1
        assert on.ask("something short") == FINE
        assert len(made(on)) <= 2


def test_stopped_while_the_summary_is_written_the_conversation_stands(tmp_path: Path) -> None:
    reader = Reader(7)
    with ModelServer(reader) as server:
        gate = server.gate()
        reader.summary = answers.stall(gate)
        with OnModel(tmp_path, server, WINDOW) as on:
            filled(on, 7)
            on.prompt("look at all files")
            gate.reached()
            on.cancel()
            assert on.ended().stop == "cancelled"
            assert made(on) == []
            (asked,) = reader.summaries
            gate.open_all()
            assert on.ask("go on") == FINE
            again = reader.summaries[1]
            assert again.items[: len(asked.items) - 1] == asked.items[:-1], "all of it is still there"


def test_what_is_said_while_the_summary_is_written_is_heard(tmp_path: Path) -> None:
    reader = Reader(6)
    with ModelServer(reader) as server:
        gate = server.gate()
        reader.summary = answers.stall(gate, text(SUMMARY))
        with OnModel(tmp_path, server, WINDOW) as on:
            filled(on, 6)
            on.prompt("look at all files")
            gate.reached()
            turn = on.records("Prompt")[0]["turn"]
            words = [{"type": "text", "text": "and be quick"}]
            on.wired.call("harness/session/steer", sessionId=on.session, turnId=turn, prompt=words)
            gate.open_all()
            assert on.ended() == FINE
            assert spoken(after(server, reader).items)[-1] == "and be quick"


def test_without_any_model_a_rule_makes_it_smaller(tmp_path: Path) -> None:
    with OnModel(tmp_path, env={"MODEL": ""}) as on:
        on.bridge.file("a.py", "x = 1\n" * 400)
        for number in range(12):
            on.bridge.file(f"m{number}.py", f"def name_{number}():\n    return {number}\n" * 60)
            on.ask(f"find usages of name_{number}")
        got = on.wired.call("harness/session/compact", sessionId=on.session)
        assert got["compacted"] is True
        assert got["after"] < got["before"]
        assert [one["by"] for one in made(on)] == ["rule"]
        assert on.ask("find usages of name_3") == FINE
