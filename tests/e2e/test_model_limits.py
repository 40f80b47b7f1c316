"""Where it ends: steps, time, money and the model's window; and what the person says while it goes on."""

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support import model_answers as answers
from tests.support.bridge import BRIDGE
from tests.support.corpora import PROJECT
from tests.support.model_answers import Answer, Request, calls, text, tokens
from tests.support.model_server import ModelServer
from tests.support.on_model import CLEAN, FINE, KEY, OnModel, outputs, spoken

LOOK = ("read_file", {"path": "a.txt"})
PRICES = {"prices": {"a-model": {"input": 1.0, "output": 10.0}}}
"""US dollars for a million tokens, in this file."""


def forever(_: Request) -> Answer:
    return calls(("list_dir", {"path": "."}))


def test_a_model_that_never_ends_its_turn_is_stopped_at_the_limit(tmp_path: Path) -> None:
    with ModelServer(forever) as server, OnModel(tmp_path, server, {"STEPS": "4"}) as on:
        ended = on.ask("do it")
        assert ended.stop == "max_turn_requests"
        assert "4" in ended.message
        assert len(server.asked) == 4
        assert on.ask("and on").stop == "max_turn_requests"
        assert len(server.asked) == 8, "each turn has its own steps"


def test_a_turn_that_lasts_too_long_is_stopped(tmp_path: Path) -> None:
    with ModelServer(forever) as server, OnModel(tmp_path, server, {"MINUTES": "0.04", "STEPS": "100000"}) as on:
        ended = on.ask("do it")
        assert ended.stop == "max_turn_requests"
        assert ended.message
        assert server.asked


def usage_of(on: OnModel) -> answers.Json:
    found: answers.Json = on.wired.call("harness/usage/get", sessionId=on.session)
    return found


def test_money_is_counted_warned_of_and_stops_the_next_call(tmp_path: Path) -> None:
    """Each call costs half a dollar: the budget of two is at 80 % with the fourth, and no call is made after it."""
    half = tokens(400_000, 10_000)
    with ModelServer([calls(LOOK, usage=half)] * 4) as server:
        with OnModel(tmp_path, server, {"BUDGET": "2"}, options=PRICES) as on:
            on.bridge.file("a.txt", "a\n")
            ended = on.ask("do it")
            assert ended.stop == "max_turn_requests"
            assert "$2" in ended.message
            (warned,) = on.updates("budget_warning")
            assert warned["unit"] == "dollars"
            assert Decimal(warned["limit"]) == 2
            assert len(server.asked) == 4
            got = usage_of(on)
            assert Decimal(got["total"]["dollars"]) == 2
            assert (got["total"]["calls"], got["total"]["unpriced"]) == (4, 0)
            assert got["total"]["tokens"]["input"] == 1_600_000
            assert {row["kind"] for row in got["lines"]} >= {"turn", "model", "tool", "part"}
            assert on.updates("usage_update")
        with OnModel(tmp_path, server, {"BUDGET": "2"}, session=on.session, options=PRICES) as again:
            assert usage_of(again)["total"] == got["total"], "what was spent stays spent"
            assert again.ask("go on").stop == "max_turn_requests"
            assert len(server.asked) == 4


def test_tokens_are_a_limit_too(tmp_path: Path) -> None:
    script = [calls(LOOK, usage=tokens(900, 100)) for _ in range(3)]
    with ModelServer(script) as server, OnModel(tmp_path, server, {"TOKEN_BUDGET": "3000"}) as on:
        on.bridge.file("a.txt", "a\n")
        ended = on.ask("do it")
        assert ended.stop == "max_turn_requests"
        assert "3.0k tokens" in ended.message
        (warned,) = on.updates("budget_warning")
        assert warned["unit"] == "tokens"
        assert len(server.asked) <= 3
        assert usage_of(on)["total"].get("dollars") is None, "the price is not known"


def test_a_call_that_would_pass_the_limit_is_not_made(tmp_path: Path) -> None:
    with ModelServer([text("Fine.")]) as server, OnModel(tmp_path, server, {"TOKEN_BUDGET": "10000"}) as on:
        ended = on.ask("some words " * 10_000)
        assert ended.stop == "max_turn_requests"
        assert "10.0k tokens" in ended.message
        assert not server.asked


def test_the_bill_is_right_to_the_cent(tmp_path: Path) -> None:
    """What was read from the cache costs its own price; what the model thought is a part of what it put out."""
    prices = {"prices": {"a-model": {"input": 2.5, "cached": 0.25, "output": 15.0, "request": 0.01}}}
    used = [tokens(52_341, 1_234, cached=40_960, reasoning=960), tokens(60_001, 77)]
    dollars = Decimal(0)
    for one in used:
        cached = one["input_tokens_details"]["cached_tokens"]
        kinds = (one["input_tokens"] - cached, "2.5"), (cached, "0.25"), (one["output_tokens"], "15")
        dollars += sum((count * Decimal(price) / 1_000_000 for count, price in kinds), Decimal("0.01"))
    script = [calls(LOOK, usage=used[0]), text("Fine.", used[1])]
    with ModelServer(script) as server, OnModel(tmp_path, server, options=prices) as on:
        on.bridge.file("a.txt", "a\n")
        assert on.ask("do it") == FINE
        got = usage_of(on)
        total, lines = got["total"], got["lines"]
        assert Decimal(total["dollars"]) == dollars
        assert total["tokens"]["cached"] == 40_960
        assert total["tokens"]["reasoning"] == 960
        for kind in ("turn", "model", "agent", "part"):
            rows = [row["total"] for row in lines if row["kind"] == kind]
            assert sum(row["tokens"]["input"] for row in rows) == 52_341 + 60_001, kind
            assert sum(Decimal(row["dollars"]) for row in rows) == dollars, kind
        tool = [row for row in lines if row["kind"] == "tool"]
        assert [row["name"] for row in tool] == ["read_file"]
        assert tool[0]["estimated"]


def test_a_call_that_failed_costs_nothing_that_nobody_knows(tmp_path: Path) -> None:
    script: list[Answer] = [answers.rate_limited(retry_after="0"), text("Fine.", tokens(1000, 100))]
    with ModelServer(script) as server, OnModel(tmp_path, server, options=PRICES) as on:
        assert on.ask("do it") == FINE
        got = usage_of(on)
        assert Decimal(got["total"]["dollars"]) == Decimal("0.002")
        assert got["total"]["unpriced"] == 0


# The model's window.

BIG = "".join(f"{number}: some words that stand in this file\n" for number in range(700))
"""About 30 kB."""


def summary_or(limit: int, words: str = "Done.") -> Any:
    """Conversations of more than `limit` bytes are refused, as by a service whose window is full."""

    def script(request: Request) -> Answer:
        if len(json.dumps(request.history)) > limit:
            return answers.too_long()
        last = request.items[-1]
        if last.get("role") == "user" and (asked := spoken([last])) and asked[-1].startswith("read "):
            return calls(("read_file", {"path": asked[-1].removeprefix("read ")}))
        return text(words)

    return script


def filled(on: OnModel, count: int) -> None:
    """Turns that each read a long file."""
    for number in range(count):
        on.bridge.file(f"{number}.txt", BIG)
        assert on.ask(f"read {number}.txt") == FINE


@pytest.mark.parametrize("env", [{}, {"STORE": "1"}, {"BACKGROUND": "1"}], ids=["stateless", "stored", "background"])
def test_a_service_that_refuses_what_is_too_long_gets_less(tmp_path: Path, env: dict[str, str]) -> None:
    with ModelServer(summary_or(150_000)) as server, OnModel(tmp_path, server, env) as on:
        filled(on, 6)
        (compacted,) = on.updates("compacted")
        assert compacted["cause"] == "overflow"
        refused = [request for request in server.asked if len(json.dumps(request.history)) > 150_000]
        assert len(refused) == 1
        last = json.dumps(server.asked[-1].history)
        assert len(last) < 100_000
        assert [f"read {number}.txt" for number in range(6) if f"read {number}.txt" not in last] == []
        assert len(on.records("Prompt")) == 6, "the log keeps everything"


def test_a_window_that_fills_up_is_made_room_in_before_it_is_full(tmp_path: Path) -> None:
    with ModelServer(summary_or(150_000)) as server, OnModel(tmp_path, server, {"WINDOW": "30000"}) as on:
        filled(on, 6)
        made = on.updates("compacted")
        assert made
        assert {one["cause"] for one in made} == {"window"}
        assert all(one["after"] < one["before"] for one in made)
        assert not [request for request in server.asked if len(request.raw) > 150_000]


def test_the_service_makes_it_smaller_where_it_can(tmp_path: Path) -> None:
    kept = {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAA-compacted"}
    whole = {"id": "resp_c", "object": "response.compaction", "output": [kept], "usage": tokens(9000, 50)}
    compact = answers.status(200, {}, whole)
    with ModelServer(summary_or(10**9), compact=compact) as server, OnModel(tmp_path, server) as on:
        filled(on, 3)
        got = on.wired.call("harness/session/compact", sessionId=on.session)
        assert got["compacted"] is True
        assert len(server.others("/responses/compact")) == 1
        assert on.update("compacted")["by"] == "service"
        assert on.ask("and now?") == FINE
        assert server.asked[-1].holds("gAAA-compacted")
        assert usage_of(on)["total"]["tokens"]["input"] >= 9000, "it is on the bill"


def test_the_person_makes_it_smaller(tmp_path: Path) -> None:
    with ModelServer(summary_or(10**9)) as server:
        with OnModel(tmp_path, server) as on:
            filled(on, 3)
            before = len(server.asked[-1].raw)
            assert on.wired.call("harness/session/compact", sessionId=on.session)["compacted"] is True
            assert on.ask("and now?") == FINE
            last = server.asked[-1]
            assert len(last.raw) < before
            on.kill()
        with OnModel(tmp_path, server, session=on.session) as again:
            assert again.ask("and after the restart?") == FINE
            assert server.asked[-1].items[: len(last.items)] == last.items


# What the person says meanwhile.


def words(said_: str) -> list[answers.Json]:
    return [{"type": "text", "text": said_}]


def test_what_is_said_while_it_works_is_told_at_the_next_step(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.held(calls(LOOK), gate, 3), text("By schema, then."))
    on.bridge.file("a.txt", "a\n")
    on.prompt("do it")
    turn = on.update("turn_started")["turnId"]
    gate.reached()
    on.wired.call("harness/session/steer", sessionId=on.session, turnId=turn, prompt=words("By schema, please."))
    gate.open()
    assert on.ended() == FINE
    second = server.holding("By schema, please.")
    assert second.number == 2
    assert spoken(second.items) == ["do it", "By schema, please."]
    assert list(outputs(second.items)) == ["call_0001_0"]
    stale = on.wired.refused("harness/session/steer", sessionId=on.session, turnId=turn, prompt=words("too late"))
    assert stale.data is not None
    assert stale.data.kind == "stale"


def test_what_is_said_while_the_last_answer_comes_is_still_heard(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.held(text("I am done."), gate, 6), text("I do that too."))
    on.prompt("do it")
    turn = on.update("turn_started")["turnId"]
    gate.reached()
    on.wired.call("harness/session/steer", sessionId=on.session, turnId=turn, prompt=words("And that, please."))
    gate.open()
    assert on.ended() == FINE
    assert on.text() == "I am done.I do that too."
    assert server.holding("And that, please.").number == 2


def test_what_waits_is_a_turn_of_its_own(on: OnModel, server: ModelServer) -> None:
    gate = server.gate()
    server.add(answers.held(text("First."), gate, 6), text("Second."))
    on.prompt("do this")
    gate.reached()
    ids = []
    for ask in ("and then that", "and this never"):
        params = {"sessionId": on.session, "prompt": words(ask), "queue": True}
        ids.append(on.wired.start("harness/session/prompt", **params))
    on.update("queue_update")
    waiting = on.update("queue_update")["queue"]
    assert [one["text"] for one in waiting] == ["and then that", "and this never"]
    on.wired.call("harness/session/unqueue", sessionId=on.session, promptId=waiting[1]["promptId"])
    assert on.wired.stopped(ids[1]) == "cancelled"
    gate.open()
    assert on.ended() == FINE
    assert on.ended() == FINE
    assert on.wired.stopped(ids[0]) == "end_turn"
    assert spoken(server.request(2).items) == ["do this", "and then that"]
    assert not any(request.holds("and this never") for request in server.asked)
    assert on.text() == "First.Second."


# For scripts.

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["name", "count"],
    "additionalProperties": False,
}


def run(folder: Path, server: ModelServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`harness-bridge run`, from outside."""
    env = {"MODEL": "a-model", "API_KEY": KEY, "BASE_URL": server.base_url, "STATE_DIR": str(folder / "state")}
    named = {f"HARNESS_BRIDGE_{name}": value for name, value in env.items()}
    (folder / "work").mkdir(exist_ok=True)
    command = [*BRIDGE, "run", *arguments]
    around = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(PROJECT)} | CLEAN | named
    place = folder / "work"
    return subprocess.run(command, cwd=place, env=around, capture_output=True, text=True, timeout=50, check=False)


def test_a_script_gets_the_form_that_it_asks_for(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(SCHEMA))
    answer = {"name": "ä", "count": 3}
    with ModelServer([text("no JSON at all"), text(json.dumps(answer))], key=KEY) as server:
        done = run(tmp_path, server, "--schema", str(schema), "count them")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == answer
        assert len(server.asked) == 2, "an answer in another form is asked for again"
        sent = server.request(1).body["text"]["format"]
        assert sent["type"] == "json_schema"
        assert sent["schema"]["required"] == ["name", "count"]
        assert KEY not in done.stdout + done.stderr


def test_a_script_is_told_what_it_cost(tmp_path: Path) -> None:
    with ModelServer([text("Done.", tokens(1234, 56))]) as server:
        done = run(tmp_path, server, "do it")
        assert done.returncode == 0, done.stderr
        assert "Done." in done.stdout
        assert "1 model call, 1.2k in, 56 out, price unknown" in done.stderr


def test_the_form_over_the_wire(on: OnModel, server: ModelServer) -> None:
    """Asked for again three times, then the turn has failed; the next turn is free again."""
    server.add(*([text("no JSON")] * 4))
    params = {"sessionId": on.session, "prompt": words("count"), "outputSchema": SCHEMA}
    on.wired.start("harness/session/prompt", **params)
    ended = on.ended()
    assert ended.stop == "failed"
    assert "form" in ended.message
    assert len(server.asked) == 4
    server.add(text("Any words."))
    assert on.ask("and now?") == FINE
    assert "format" not in (server.asked[-1].body.get("text") or {})


def test_what_is_said_while_a_question_waits(on: OnModel, server: ModelServer) -> None:
    script = [calls(("shell", {"command": "touch made"})), text("Then so.")]
    server.add(*script)
    on.prompt("do it")
    turn = on.update("turn_started")["turnId"]
    question = on.question()
    on.wired.call("harness/session/steer", sessionId=on.session, turnId=turn, prompt=words("By schema, no."))
    on.wired.answer(question, outcome={"outcome": "selected", "optionId": "reject_once"})
    assert on.ended() == FINE
    second = server.holding("By schema, no.")
    assert list(outputs(second.items)) == ["call_0001_0"]
    assert spoken(second.items) == ["do it", "By schema, no."]
