"""What a client sees of a model at a service: the production daemon on a server of the tests."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support import model_answers as answers
from tests.support.bridge import Bridge
from tests.support.model_answers import Message, Raw, Thought, said, text, tokens
from tests.support.model_server import ModelServer
from tests.support.on_model import CLEAN, FINE, KEY, MODEL, OnModel

PRICES = {MODEL: {"input": 1.0, "output": 4.0, "cached": 0.1}}
USAGE = tokens(1000, 50, cached=400, reasoning=20)


def words(content: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}]


def ask(on: OnModel, content: str, **more: Any) -> int | str:
    """Send a prompt; the request's id."""
    return on.wired.start("harness/session/prompt", sessionId=on.session, prompt=words(content), **more)


def test_thoughts_words_and_calls_of_the_service_are_shown_in_their_order(tmp_path: Path) -> None:
    search = {"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "pep 8"}}
    answer = said(Thought("It wants a style guide.", "gAAAA"), Raw({"id": "ws_1", **search}), Message("Read PEP 8."))
    with ModelServer([answer]) as server, OnModel(tmp_path, server) as on:
        assert on.ask("look it up") == FINE
        kinds = [update["sessionUpdate"] for update in on.updates()]
        order = [
            "turn_started",
            "agent_thought_chunk",
            "tool_call",
            "agent_message_chunk",
            "usage_update",
            "turn_ended",
        ]
        assert [kind for kind in dict.fromkeys(kinds) if kind in order] == order
        assert on.text("agent_thought_chunk") == "It wants a style guide."
        assert on.text() == "Read PEP 8."
        (call,) = on.updates("tool_call")
        assert (call["title"], call["kind"], call["status"]) == ("Search the web: pep 8", "search", "completed")


def test_thousands_of_pieces_reach_the_client_in_few_updates_and_whole(tmp_path: Path) -> None:
    words = "".join(f"{n:04} " for n in range(4000))
    with ModelServer([said(Message(words, size=1))]) as server, OnModel(tmp_path, server) as on:
        assert on.ask("count") == FINE
        pieces = [update["content"]["text"] for update in on.updates("agent_message_chunk")]
        assert "".join(pieces) == words
        assert pieces[0] == "0", "the first one goes at once"
        assert len(pieces) < 1000, f"{len(pieces)} updates for 20,000 pieces"


def test_what_a_call_cost_is_told_after_it_and_all_of_it_when_asked(tmp_path: Path) -> None:
    options = {"prices": PRICES, "budget": 0.5, "window": 128_000}
    with ModelServer([text("One.", USAGE), text("Two.", USAGE)]) as server:
        with OnModel(tmp_path, server, options=options) as on:
            assert on.ask("first") == FINE
            update = on.update("usage_update")
            bill = Decimal("600e-6") + Decimal("400e-7") + Decimal("200e-6")
            assert (update["used"], update["size"]) == (1050, 128_000)
            assert update["cost"] == {"amount": float(bill), "currency": "USD"}
            assert on.ask("second") == FINE
            view = on.wired.call("harness/usage/get", sessionId=on.session)
            assert view["total"]["calls"] == 2
            assert Decimal(view["total"]["dollars"]) == 2 * bill
            assert view["total"]["tokens"] == {
                "input": 2000,
                "cached": 800,
                "cacheWrite": 0,
                "output": 100,
                "reasoning": 40,
            }
            for kind in ("turn", "model", "part"):
                lines = [line["total"] for line in view["lines"] if line["kind"] == kind]
                assert sum(Decimal(line["dollars"]) for line in lines) == 2 * bill, kind
            assert view["budgets"] == [{"unit": "dollars", "limit": "0.5", "spent": view["total"]["dollars"]}]
            assert "2 model calls" in view["summary"]
            session = on.session
        with OnModel(tmp_path, server, options=options, session=session) as again:
            told = again.updates("usage_update")
            assert [row["cost"]["amount"] for row in told] == [float(2 * bill)], "once, as it is now"
            assert again.wired.call("harness/usage/get", sessionId=session) == view


def test_the_agent_is_told_something_while_it_works_and_not_when_that_turn_is_over(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server) as on:
        gate = server.gate()
        server.add(answers.held(text("I go on."), gate, 5), text("Without the tests, then."))
        on.prompt("do it")
        turn = on.update("turn_started")["turnId"]
        gate.reached()
        params = {"sessionId": on.session, "turnId": turn, "prompt": words("leave the tests")}
        assert on.wired.call("harness/session/steer", **params) == {}
        gate.open_all()
        assert on.ended() == FINE
        assert [one["content"]["text"] for one in on.updates("user_message_chunk")] == ["do it", "leave the tests"]
        assert server.request(2).holds("leave the tests")
        refused = on.wired.refused("harness/session/steer", **params)
        assert refused.data.kind == "stale"


def test_a_prompt_waits_for_its_turn_and_is_answered_when_that_ends(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server) as on:
        gate = server.gate()
        server.add(answers.held(text("First."), gate, 5), text("Second."))
        first = ask(on, "first")
        gate.reached()
        assert on.wired.refused("harness/session/prompt", sessionId=on.session, prompt=words("x")).data.kind == "busy"
        second, third = ask(on, "second", queue=True), ask(on, "third", queue=True)
        on.update("queue_update")
        waits = on.update("queue_update")["queue"]
        assert [one["text"] for one in waits] == ["second", "third"]
        on.wired.call("harness/session/unqueue", sessionId=on.session, promptId=waits[1]["promptId"])
        assert on.wired.stopped(third) == "cancelled", "it is answered at once"
        gone = on.wired.refused("harness/session/unqueue", sessionId=on.session, promptId=waits[1]["promptId"])
        assert gone.data.kind == "already_resolved"
        gate.open_all()
        assert (on.wired.stopped(first), on.wired.stopped(second)) == ("end_turn", "end_turn")
        assert on.text() == "First.Second."
        assert on.updates("queue_update")[-1]["queue"] == []


def test_a_prompt_that_waits_is_taken_back_by_cancelling_its_request(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server) as on:
        gate = server.gate()
        server.add(answers.held(text("First."), gate, 5))
        first = ask(on, "first")
        gate.reached()
        waiting = ask(on, "second", queue=True)
        on.update("queue_update")
        on.client.notify("$/cancelRequest", {"id": waiting})
        assert on.wired.stopped(waiting) == "cancelled"
        assert on.update("queue_update")["queue"] == []
        gate.open_all()
        assert on.wired.stopped(first) == "end_turn"


def test_who_waits_in_a_session_that_is_closed_is_answered_and_its_prompt_is_taken_back(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server) as on:
        gate = server.gate()
        server.add(answers.held(text("First."), gate, 5), text("Third."))
        first, waiting = ask(on, "first"), ask(on, "second", queue=True)
        gate.reached()
        on.update("queue_update")
        on.wired.call("harness/session/close", sessionId=on.session)
        assert (on.wired.stopped(first), on.wired.stopped(waiting)) == ("cancelled", "cancelled")
        assert [row["id"] for row in on.records("Unqueued")] == [row["id"] for row in on.records("Queued")]
        on.wired.call("harness/session/load", sessionId=on.session, cwd=str(on.work), mcpServers=[])
        assert on.wired.stopped(ask(on, "third")) == "end_turn"
        assert [row["text"] for row in on.records("Prompt")] == ["first", "third"]


@pytest.mark.parametrize("orderly", [True, False])
def test_a_prompt_that_waits_when_the_bridge_ends_has_its_turn_after_the_restart(tmp_path: Path, orderly: bool) -> None:
    with ModelServer() as server:
        gate = server.gate()
        server.add(answers.held(text("Never heard."), gate, 5), text("First."), text("Second."))
        with OnModel(tmp_path, server) as on:
            ask(on, "first")
            gate.reached()
            ask(on, "second", queue=True)
            on.update("queue_update")
            if orderly:
                on.client.call("shutdown")
            on.client.close_input()
            assert on.client.exit_code() == (0 if orderly else 1)
            assert on.records("Unqueued") == []
            session = on.session
        with OnModel(tmp_path, server, session=session) as again:
            assert (again.ended(), again.ended()) == (FINE, FINE)
            assert again.text() == "First.Second."


def test_an_answer_in_the_form_that_was_asked_for(tmp_path: Path) -> None:
    schema = {
        "title": "The count of files",
        "type": "object",
        "properties": {"count": {"type": "integer"}},
        "required": ["count"],
        "additionalProperties": False,
    }
    with ModelServer([text('{"count": 3}')]) as server, OnModel(tmp_path, server) as on:
        asking = ask(on, "how many?", outputSchema=schema)
        assert on.wired.stopped(asking) == "end_turn"
        form = server.request(1).body["text"]["format"]
        assert (form["name"], form["schema"]) == ("The_count_of_files", schema)
        assert on.text() == '{"count": 3}'


def test_the_model_and_how_it_is_asked_are_options_of_the_session(tmp_path: Path) -> None:
    with ModelServer([text("One."), text("Two.")]) as server, OnModel(tmp_path, server) as on:

        def choose(option: str, value: str) -> dict[str, Any]:
            answer = on.wired.call(
                "harness/session/set_config_option", sessionId=on.session, configId=option, value=value
            )
            return {one["id"]: one["currentValue"] for one in answer["configOptions"]}

        assert choose("effort", "high")["effort"] == "high"
        assert choose("fast", "on")["fast"] == "on"
        assert on.ask("first") == FINE
        first = server.request(1).body
        assert (first["model"], first["service_tier"]) == (MODEL, "priority")
        assert choose("model", "another-model")["model"] == "another-model"
        assert choose("fast", "off")["fast"] == "off"
        assert choose("effort", "default")["effort"] == "default"
        assert on.ask("second") == FINE
        second = server.request(2).body
        assert second["model"] == "another-model"
        assert "service_tier" not in second
        assert len(on.updates("config_option_update")) == 5
        for option, value in (("effort", "huge"), ("model", ""), ("fast", "1"), ("colour", "red")):
            refused = on.wired.refused(
                "harness/session/set_config_option", sessionId=on.session, configId=option, value=value
            )
            assert refused.data.kind == "invalid_params"


def test_a_session_that_began_offline_goes_on_with_the_model_that_is_chosen_for_it(tmp_path: Path) -> None:
    with ModelServer([text("From afar.")]) as server, OnModel(tmp_path, server, env={"MODEL": ""}) as on:
        assert on.ask("write me a poem") == FINE
        assert "I don't understand that" in on.text()
        assert server.requests == [], "nobody has named a model"
        on.wired.call(
            "harness/session/set_config_option", sessionId=on.session, configId="model", value="a-model-of-mine"
        )
        assert on.ask("write me a poem") == FINE
        assert on.text().endswith("From afar.")
        assert server.request(1).body["model"] == "a-model-of-mine"
        uri = on.bridge.open("a.py", "x = 1\n")
        span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
        asked = {
            "textDocument": {"uri": uri},
            "range": span,
            "context": {"diagnostics": [{"message": "odd", "range": span}]},
        }
        offered = [one["title"] for one in on.client.call("textDocument/codeAction", asked)["result"]]
        assert "Fix with agent: odd" in offered, "it can be asked anything now"


def test_the_models_that_are_known_are_listed_with_their_prices(tmp_path: Path) -> None:
    with ModelServer() as server, OnModel(tmp_path, server, options={"prices": PRICES, "window": 64_000}) as on:
        models = {one["id"]: one for one in on.wired.call("harness/model/list")["models"]}
        assert set(models) == {"offline", MODEL}
        assert models[MODEL]["window"] == 64_000
        assert models[MODEL]["price"]["input"] == "1"
        assert server.requests == [], "nothing is asked of any service"


def test_a_call_that_is_made_again_is_told_with_how_long_it_waits(tmp_path: Path) -> None:
    with ModelServer([answers.rate_limited(retry_after="1"), text("Now.")]) as server, OnModel(tmp_path, server) as on:
        assert on.ask("do it") == FINE
        (told,) = on.updates("retrying")
        assert told["attempt"] == 1
        assert told["waitSeconds"] >= 1, "as the service asks"
        assert told["message"]
        assert on.text() == "Now."


def test_a_conversation_is_made_smaller_at_the_persons_wish(tmp_path: Path) -> None:
    with ModelServer([text("word " * 4000), text("They greeted me.")]) as server, OnModel(tmp_path, server) as on:
        assert on.ask("greet me at length") == FINE
        answer = on.wired.call("harness/session/compact", sessionId=on.session)
        told = on.updates("compacted")
        assert answer["compacted"] is bool(told)
        assert [one["cause"] for one in told] == ["command"] * len(told)


# A stock editor: nothing but LSP.


def stock(folder: Path, server: ModelServer, **options: Any) -> Bridge:
    environment = {"HARNESS_BRIDGE_API_KEY": KEY}
    chosen = {"model": MODEL, "script": None, "baseUrl": server.base_url, **options}
    return Bridge(folder, (), {"window": {"workDoneProgress": True}}, chosen, CLEAN | environment)


def result(bridge: Bridge, name: str, **argument: Any) -> Any:
    return bridge.client.response(bridge.command(name, **argument))


def messages(bridge: Bridge) -> list[str]:
    return [m["params"]["message"] for m in bridge.client.seen if m.get("method") == "window/showMessage"]


def test_an_editor_without_our_messages_steers_and_sees_what_it_cost(tmp_path: Path) -> None:
    with ModelServer() as server, stock(tmp_path, server, prices=PRICES) as bridge:
        nothing = result(bridge, "harness.usage")
        assert nothing["error"]["data"]["kind"] == "unknown_session"
        gate = server.gate()
        server.add(answers.held(text("I go on.", USAGE), gate, 5), text("Without the tests.", USAGE))
        session = result(bridge, "harness.prompt", text="do it")["result"]["sessionId"]
        gate.reached()
        assert result(bridge, "harness.steer", text="leave the tests")["result"] == {"taken": True}
        assert messages(bridge)[-1] == "The agent hears of it at its next step."
        assert result(bridge, "harness.steer", text=" ")["error"]["data"]["kind"] == "invalid_params"
        assert result(bridge, "harness.steer", text="x", turnId="another")["result"] == {"taken": False}
        assert messages(bridge)[-1] == "That turn has ended: send it as a prompt of its own."
        assert result(bridge, "harness.prompt", text="and then", queue=True)["result"] == {"sessionId": session}
        server.add(text("Then.", USAGE))
        gate.open_all()
        bridge.client.wait_for(lambda m: m.get("params", {}).get("message") == "Agent: Then.")
        assert server.request(2).holds("leave the tests")
        assert result(bridge, "harness.steer", text="too late")["result"] == {"taken": False}
        assert messages(bridge)[-1].endswith("does not work on anything now: send it as a prompt of its own.")
        view = result(bridge, "harness.usage")["result"]
        assert view["total"]["calls"] == 3
        assert any(view["summary"] in said for said in messages(bridge))
        compacted = result(bridge, "harness.compact")["result"]
        assert isinstance(compacted["compacted"], bool)
        assert "the conversation" in messages(bridge)[-1]


def test_progress_tells_of_a_busy_service(tmp_path: Path) -> None:
    with (
        ModelServer([answers.rate_limited(retry_after="1"), text("Now.")]) as server,
        stock(tmp_path, server) as bridge,
    ):
        result(bridge, "harness.prompt", text="do it")
        create = bridge.client.asked("window/workDoneProgress/create")
        bridge.client.answer(create, result=None)
        bridge.client.wait_for(
            lambda m: m.get("method") == "$/progress" and "; next try in " in m["params"]["value"].get("message", "")
        )
        bridge.client.wait_for(lambda m: m.get("params", {}).get("message") == "Agent: Now.")


def test_the_end_of_a_turn_is_told_once_and_whole(tmp_path: Path) -> None:
    cut = answers.incomplete("max_output_tokens", Message("This is the start, "))
    script: list[answers.Answer] = [
        *(answers.cut_at(text("Broken off, here"), 6), text(" and this is the rest of it.")),
        *(cut, text("and this is the end.")),
        *(said(), text("")),
        said(Message("I won't do that.", refusal=True)),
    ]
    with ModelServer(script) as server, stock(tmp_path, server) as bridge:
        for _ in range(5):
            result(bridge, "harness.prompt", text="do it")
            create = bridge.client.asked("window/workDoneProgress/create")
            bridge.client.answer(create, result=None)
            bridge.client.wait_for(lambda m: m.get("params", {}).get("value", {}).get("kind") == "end")
            assert result(bridge, "harness.usage")["result"]["total"]["calls"], "what was said is here by now"
        none = "The model gave no answer. Ask again, or choose another model."
        told = [line for line in messages(bridge) if " model call" not in line]
        assert told[0].startswith("Agent: Broken")
        assert told[0].endswith(" and this is the rest of it.")
        assert told[1:] == ["Agent: This is the start, and this is the end.", none, none, "Agent: I won't do that."]


def test_a_refusal_is_said_once_to_a_client_that_shows_messages_itself(tmp_path: Path) -> None:
    script: list[answers.Answer] = [
        said(Message("I won't do that.", refusal=True)),
        answers.incomplete("content_filter", Message("Well, ")),
    ]
    with ModelServer(script) as server, OnModel(tmp_path, server) as on:
        ended = on.ask("do it")
        assert (ended.stop, ended.message, on.text()) == ("refusal", "", "I won't do that.")
        ended = on.ask("do it now")
        assert ended.stop == "refusal"
        assert "filter" in ended.message, "the service says this, which the model has not"


def test_settings_that_can_t_be_used_are_told_and_no_key_is_taken(tmp_path: Path) -> None:
    wrong = {"api": "soap", "budget": -1, "apiKey": "very-private", "effort": "high"}
    with ModelServer([text("Hi.")], key=KEY) as server, stock(tmp_path, server, **wrong) as bridge:
        result(bridge, "harness.prompt", text="greet me")
        bridge.client.wait_for(lambda m: m.get("params", {}).get("message") == "Agent: Hi.")
        told = " ".join(messages(bridge))
        assert "initializationOptions.api" in told
        assert "initializationOptions.budget: -1 is not a number of dollars above 0; there is no budget now" in told
        assert "initializationOptions.apiKey: keys are not taken from here" in told
        assert "very-private" not in told + bridge.client.log()
