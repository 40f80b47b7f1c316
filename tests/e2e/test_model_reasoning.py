"""What models say beside text and calls: reasoning, refusals, answers that are cut off, tools of the service's own."""

from pathlib import Path

import pytest

from tests.support import model_answers as answers
from tests.support.model_answers import Call, Message, Raw, Request, Said, Thought, calls, said, text
from tests.support.model_server import ModelServer
from tests.support.on_model import FINE, OnModel

LOOK = ("read_file", {"path": "a.txt"})


def kinds(request: Request) -> list[str]:
    return [str(item.get("type", "message")) for item in request.items]


def test_reasoning_is_shown_as_thoughts_and_carried_on(on: OnModel, server: ModelServer) -> None:
    thought = Thought("First I look, then I leap. " * 4, "gAAA-first")
    script = [said(thought, Call(*LOOK)), said(Thought("", "gAAA-second"), Message("Done."))]
    server.add(*script, text("More."))
    on.bridge.file("a.txt", "a\n")
    assert on.ask("do it") == FINE
    assert on.text("agent_thought_chunk") == thought.summary
    assert on.text() == "Done."
    assert on.ask("more") == FINE
    last = server.asked[-1]
    assert kinds(last)[:6] == [
        "message",
        "reasoning",
        "function_call",
        "function_call_output",
        "reasoning",
        "message",
    ]
    assert [item["encrypted_content"] for item in last.items if item["type"] == "reasoning"] == [
        "gAAA-first",
        "gAAA-second",
    ]


@pytest.mark.parametrize("events", [4, 7, 10])
def test_reasoning_that_led_to_nothing_is_left_out(on: OnModel, server: ModelServer, events: int) -> None:
    """The server refuses reasoning without what follows it, as the real one does."""
    broken = answers.cut_at(said(Thought("I think", "gAAA-lost"), Message("Half of it")), events)
    server.add(broken, text("Fine."), text("More."))
    assert on.ask("do it") == FINE
    assert on.ask("more") == FINE
    assert not any(request.holds("gAAA-lost") for request in server.asked)


def test_a_refusal(on: OnModel, server: ModelServer) -> None:
    script = [said(Message("I can't help with that.", refusal=True)), text("Fine.")]
    server.add(*script)
    ended = on.ask("do it")
    assert ended.stop == "refusal"
    assert "I can't help with that." in on.text() + ended.message
    assert on.ask("something else") == FINE


def test_an_answer_that_is_cut_off_is_continued(on: OnModel, server: ModelServer) -> None:
    script = [answers.incomplete("max_output_tokens", Message("The first half, ")), text("the second half.")]
    server.add(*script, text("More."))
    assert on.ask("do it") == FINE
    assert on.text() == "The first half, the second half."
    assert len(server.asked) == 2
    assert server.request(2).holds("The first half, ")
    assert on.ask("more") == FINE


def test_it_is_continued_three_times_and_no_more(on: OnModel, server: ModelServer) -> None:
    cut = answers.incomplete("max_output_tokens", Message("on and on, "))
    server.add(*([cut] * 4))
    ended = on.ask("do it")
    assert ended.stop == "max_tokens"
    assert ended.message
    assert len(server.asked) == 4
    server.add(text("Fine."))
    assert on.ask("more") == FINE


def test_a_call_that_was_cut_off_does_not_run(on: OnModel, server: ModelServer) -> None:
    cut = answers.incomplete("max_output_tokens", Message("I write."), Call("list_dir", '{"path": "'))
    server.add(cut, text("Fine."), text("More."))
    assert on.ask("do it") == FINE
    assert not on.runs()
    assert on.ask("more") == FINE


def test_what_a_content_filter_stops(on: OnModel, server: ModelServer) -> None:
    filtered = answers.incomplete("content_filter", Message("Well, "))
    server.add(filtered)
    ended = on.ask("do it")
    assert ended.stop == "refusal"
    assert "filter" in ended.message
    assert len(server.asked) == 1
    server.add(text("Fine."))
    assert on.ask("something else") == FINE


SEARCH = Raw(
    {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
    ("response.web_search_call.in_progress", "response.web_search_call.completed"),
)
NEW = Raw({"type": "brand_new_item", "id": "bn_1", "payload": {"deep": [1, {"x": "ü"}]}}, ("response.brand_new.x",))


@pytest.mark.parametrize("strange", [SEARCH, NEW], ids=["web_search", "unknown"])
def test_items_that_we_do_not_know_pass_through_unharmed(tmp_path: Path, strange: Raw) -> None:
    env = {"HOSTED_TOOLS": "web_search"}
    with ModelServer([said(strange, Message("Found.")), text("More.")]) as server, OnModel(tmp_path, server, env) as on:
        assert on.ask("search") == FINE
        assert on.ask("more") == FINE
        assert strange.item in server.request(2).items
        assert {"type": "web_search"} in server.request(1).body["tools"]


def test_annotations_come_back_as_they_were(on: OnModel, server: ModelServer) -> None:
    cite = {"type": "url_citation", "start_index": 0, "end_index": 4, "url": "https://example.org", "title": "T"}
    part = {"type": "output_text", "text": "Cited.", "annotations": [cite], "logprobs": []}
    message = Raw({"type": "message", "id": "msg_c", "role": "assistant", "status": "completed", "content": [part]})
    server.add(said(message), text("More."))
    assert on.ask("do it") == FINE
    assert on.text() == "Cited.", "it came without deltas"
    assert on.ask("more") == FINE
    (back,) = [item for item in server.request(2).items if item.get("id") == "msg_c"]
    assert back["content"][0]["annotations"] == [cite]


def test_effort_and_the_fast_tier_are_asked_for(tmp_path: Path) -> None:
    env = {"EFFORT": "high", "FAST": "1", "MODEL": "gpt-5"}
    with ModelServer([text("Fine.")]) as server, OnModel(tmp_path, server, env) as on:
        assert on.ask("do it") == FINE
        body = server.request(1).body
        assert body["reasoning"]["effort"] == "high"
        assert body["service_tier"] == "priority"
        assert on.records("StepEnded")[0]["spent"]["tier"] == "priority"


def test_the_fast_tier_is_left_alone_after_429(tmp_path: Path) -> None:
    script: list[answers.Answer] = [answers.rate_limited(retry_after="0"), calls(LOOK), text("Fine.")]
    with ModelServer(script) as server, OnModel(tmp_path, server, {"FAST": "1"}) as on:
        on.bridge.file("a.txt", "a\n")
        assert on.ask("do it") == FINE
        tiers = [request.body.get("service_tier") for request in server.asked]
        assert tiers[0] == "priority"
        assert "priority" not in tiers[1:]


def refuses(name: str, words: str) -> answers.Answer:
    body = {"message": words, "type": "invalid_request_error", "param": name, "code": "unsupported_parameter"}
    return answers.status(400, {}, {"error": body})


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("reasoning.effort", lambda body: "effort" in (body.get("reasoning") or {})),
        ("include", lambda body: "reasoning.encrypted_content" in (body.get("include") or ())),
        ("prompt_cache_key", lambda body: "prompt_cache_key" in body),
        ("service_tier", lambda body: "service_tier" in body),
    ],
)
def test_what_a_service_can_not_do_is_left_out_and_said_once(tmp_path: Path, name: str, sent: object) -> None:
    assert callable(sent)

    def script(request: Request) -> answers.Answer | Said:
        if sent(request.body):
            return refuses(name, f"Unsupported parameter: '{name}' is not supported with this model.")
        return text("Fine.")

    env = {"EFFORT": "high", "FAST": "1"}
    with ModelServer(script) as server, OnModel(tmp_path, server, env) as on:
        assert on.ask("do it") == FINE
        assert on.ask("and again") == FINE
        assert len(server.asked) == 3
        (lowered,) = on.updates("feature_lowered")
        assert lowered["feature"]
        assert lowered["why"]
