"""A model at a real service: what it says and asks for, what it is sent, and where the key goes."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support import model_answers as answers
from tests.support.eventually import eventually
from tests.support.model_answers import Call, Message, Raw, Request, Thought, calls, said, text, tokens
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, KEY, MODEL, OnModel, outputs, sent_input, spoken


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnModel]:
    with ModelServer(key=KEY) as server, OnModel(tmp_path_factory.mktemp("daemon"), server) as on:
        yield on


def test_text_comes_in_pieces_and_is_in_the_log(tmp_path: Path) -> None:
    words = "Grüße aus dem Modell: " + "eins, zwei, drei. " * 20
    with ModelServer([text(words)], key=KEY) as server, OnModel(tmp_path, server) as on:
        assert on.ask("By schema, greet me") == FINE
        assert on.text() == words
        (item,) = on.records("ItemDone")
        assert item["item"]["content"][0]["text"] == words
        (request,) = server.asked
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.body["model"] == MODEL
        assert request.body["stream"] is True
        assert request.body["store"] is False
        assert request.holds("By schema, greet me")
        assert on.records("StepEnded")[0]["spent"]["usage"]["output"] > 0


def test_calls_of_one_answer_run_and_are_answered_in_their_order(on: OnModel, server: ModelServer) -> None:
    three = calls(*(("read_file", {"path": f"{name}.txt"}) for name in "abc"), say="I look at three.")
    server.add(three, text("Read."))
    for name in "abc":
        on.bridge.file(f"{name}.txt", f"this is {name}\n")
    assert on.ask("read them") == FINE
    assert on.text() == "I look at three.Read."
    told = outputs(server.request(2).items)
    assert list(told) == ["call_0001_1", "call_0001_2", "call_0001_3"]
    assert [f"this is {name}" in output for name, output in zip("abc", told.values(), strict=True)] == [True] * 3
    assert sorted(on.runs()) == sorted(told)


def test_each_request_begins_with_the_bytes_of_the_one_before(tmp_path: Path) -> None:
    look = said(Thought("Where is it?", "gAAA"), Message("Lücke – „x“"), Call("read_file", '{ "path" : "a.txt" }'))
    script = [look, calls(("list_dir", {"path": "."})), text("Done."), look, text("Again.")]
    with ModelServer(script) as server, OnModel(tmp_path, server) as on:
        on.bridge.file("a.txt", "a\n")
        assert on.ask("first\nwith a 💡") == FINE
        assert on.ask("second") == FINE
        heads = [sent_input(request) for request in server.asked]
        for earlier, later in pairwise(heads):
            assert later.startswith(earlier)
            assert len(later) > len(earlier)
        fixed = [
            {name: request.body.get(name) for name in ("instructions", "tools", "prompt_cache_key")}
            for request in server.asked
        ]
        assert all(one == fixed[0] for one in fixed)
        assert fixed[0]["prompt_cache_key"]
        assert server.connections == 1


def test_items_go_back_as_they_came(on: OnModel, server: ModelServer) -> None:
    first = said(Thought("Hm.", "gAAAA-secret"), Call("read_file", {"path": "a.txt"}), usage=tokens(50, 7))
    server.add(first, text("Done."))
    on.bridge.file("a.txt", "a\n")
    assert on.ask("go") == FINE
    back = server.request(2).items
    (thought,) = [item for item in back if item["type"] == "reasoning"]
    assert thought["encrypted_content"] == "gAAAA-secret"
    assert thought["summary"] == [{"type": "summary_text", "text": "Hm."}]
    assert "reasoning.encrypted_content" in server.request(1).body["include"]
    (call,) = [item for item in back if item["type"] == "function_call"]
    assert (call["call_id"], call["name"], call["arguments"]) == ("call_0001_1", "read_file", '{"path": "a.txt"}')
    assert on.text("agent_thought_chunk") == "Hm."


def test_a_connection_that_was_closed_meanwhile_is_opened_again_without_a_word(
    on: OnModel, server: ModelServer
) -> None:
    server.add(text("One."), text("Two."))
    assert on.ask("one") == FINE
    server.hang_up()
    assert on.ask("two") == FINE
    assert on.text() == "One.Two."
    assert len(server.asked) == 2
    assert not on.updates("retrying")


def test_another_key_is_not_taken_and_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with ModelServer([text("never")], key="another") as server, OnModel(tmp_path, server) as on:
        ended = on.ask("hello")
        assert ended.stop == "failed"
        assert "key" in ended.message
        assert KEY not in ended.message
        assert len(server.requests) <= 2


@pytest.mark.parametrize("key", ["", KEY])
def test_a_server_that_takes_no_key_is_sent_none_that_is_not_set(tmp_path: Path, key: str) -> None:
    with ModelServer([text("Fine.")]) as server, OnModel(tmp_path, server, {"API_KEY": key}) as on:
        assert on.ask("hello") == FINE
        sent = server.request(1).headers.get("authorization", "")
        assert sent == (f"Bearer {key}" if key else "")


def test_a_key_alone_sends_nothing_anywhere(tmp_path: Path) -> None:
    with ModelServer([text("Fine.")]) as server, OnModel(tmp_path, server, {"MODEL": ""}) as on:
        ended = on.ask("hello")
        assert ended.stop == "end_turn"
        assert not server.requests, "without a model's name nothing is sent anywhere"


def test_chat_completions(tmp_path: Path) -> None:
    script = [calls(("read_file", {"path": "a.txt"}), say="I look."), text("It says a.")]
    with ModelServer(script, key=KEY) as server, OnModel(tmp_path, server, {"API": "chat"}) as on:
        on.bridge.file("a.txt", "only a\n")
        assert on.ask("what is in a.txt?") == FINE
        assert on.text() == "I look.It says a."
        second = server.request(2)
        assert second.path.endswith("/chat/completions")
        roles = [message["role"] for message in second.items]
        assert roles[0] in ("system", "developer")
        assert roles[-3:] == ["user", "assistant", "tool"]
        assert "only a" in json.dumps(second.items[-1]["content"])
        assert second.items[-1]["tool_call_id"] == second.items[-2]["tool_calls"][0]["id"]
        assert all(row["spent"]["usage"]["input"] > 0 for row in on.records("StepEnded"))


def test_a_call_begins_while_the_model_still_speaks(on: OnModel, server: ModelServer) -> None:
    answer = said(Call("read_file", {"path": "a.txt"}), Message("And now something long."))
    gate = server.gate()
    on.bridge.file("a.txt", "this is a\n")
    server.add(answers.held(answer, gate, -3), text("Done."))
    on.prompt("do it")
    gate.reached()
    eventually(lambda: on.runs() == ["call_0001_0"])
    assert not on.records("StepEnded")
    gate.open()
    assert on.ended() == FINE
    assert list(outputs(server.request(2).items)) == ["call_0001_0"]


def test_the_first_piece_is_seen_before_the_second_is_sent(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.held(said(Message("One, two.", size=4)), gate, 5))
    on.prompt("do it")
    assert on.update("agent_message_chunk")["content"]["text"] == "One,"
    gate.open()
    assert on.ended() == FINE
    assert on.text() == "One, two."


def test_a_service_that_numbers_its_calls_anew_each_time(on: OnModel, server: ModelServer) -> None:
    """By the id a call is approved: a second one of the same id is another call."""
    same = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed", "name": "shell"}
    script = [said(Raw(same | {"arguments": json.dumps({"command": f"echo {word} >> ran"})})) for word in ("a", "b")]
    server.add(*script, text("Done."))
    on.prompt("do it")
    for word in ("echo a", "echo b"):
        assert word in json.dumps(on.allow())
    assert on.ended() == FINE
    assert (on.work / "ran").read_text() == "a\nb\n"
    told = outputs(server.request(3).items)
    assert len(told) == 2
    assert "call_1" in told


def test_another_model_is_chosen_in_the_middle_of_a_session(on: OnModel, server: ModelServer) -> None:
    server.add(text("One."), text("Two."))
    assert on.ask("one") == FINE
    on.wired.call("harness/session/set_config_option", sessionId=on.session, configId="model", value="another-model")
    assert on.ask("two") == FINE
    assert [request.body["model"] for request in server.asked] == [MODEL, "another-model"]
    assert server.request(2).holds("One.")


def test_a_service_that_tells_the_key_in_its_own_words(tmp_path: Path) -> None:
    """What every test here ends with: the key is in no log, no line of stderr, and no message to the client."""
    told = answers.error(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key")
    with ModelServer([told]) as server, OnModel(tmp_path, server, {"LOG": "debug"}) as on:
        ended = on.ask("hello")
        assert ended.stop == "failed"
        assert KEY not in ended.message
        assert "Incorrect API key provided" in ended.message


def test_the_bytes_hold_through_everything_that_can_happen(on: OnModel, server: ModelServer) -> None:
    """Steering, a broken stream, a call that can't be read, an interruption, a change that waits and is rejected."""
    edit = ("edit_file", {"path": "a.txt", "edits": [{"old_text": "a\n", "new_text": "b\n"}]})
    script: list[answers.Answer] = [
        answers.cut_at(text("Half of it"), 5),
        calls(("read_file", "{not json"), ("read_file", {"path": "a.txt"}), ("nothing", {})),
        calls(edit),
        text("It was rejected."),
    ]
    server.add(*script)
    on.bridge.file("a.txt", "a\n")
    on.prompt("ä – “do” it\u2028\x07")
    turn = on.update("turn_started")["turnId"]
    words = [{"type": "text", "text": "and 漢字"}]
    on.wired.call("harness/session/steer", sessionId=on.session, turnId=turn, prompt=words)
    (hunk,) = on.wired.hunks(on.session, 1)
    decision = {"hunkId": hunk["hunkId"], "verdict": "reject", "reason": "no “that”"}
    on.wired.call("harness/review/decide", decisions=[decision])
    assert on.ended() == FINE
    gate = server.gate()
    server.add(answers.held(text("I was saying something"), gate, 6), text("Fine."))
    on.prompt("second")
    gate.reached()
    on.cancel()
    assert on.ended().stop == "cancelled"
    assert on.ask("third") == FINE
    heads = [sent_input(request) for request in server.asked]
    assert len(heads) == 6
    assert all(later.startswith(earlier) for earlier, later in pairwise(heads))


def test_sessions_at_once_are_not_mixed_up(tmp_path: Path) -> None:
    """Eight conversations over one daemon: each gets its own answer, whatever the order in which they come."""

    def script(request: Request) -> answers.Answer:
        (mark,) = {word for word in spoken(request.items)[-1].split() if word.startswith("mark-")}
        return (
            answers.held(calls(("list_dir", {"path": "."}), say=mark), gate, 3)
            if len(request.items) < 3
            else text(mark)
        )

    with ModelServer(script) as server, OnModel(tmp_path, server) as on:
        gate = server.gate()
        sessions = [on.session, *(on.wired.new() for _ in range(7))]
        asked = [on.wired.prompt(session, f"say mark-{number} please") for number, session in enumerate(sessions)]
        gate.reached(8)
        gate.open_all()
        assert [on.wired.stopped(one) for one in asked] == ["end_turn"] * 8
        for number, session in enumerate(sessions):
            on.session = session
            assert on.text() == f"mark-{number}" * 2
        assert server.connections <= 8
