"""`harness-bridge run` on a model service: its options, what it tells beside the words, and how it exits."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.app.settings import Settings, environment_settings
from bridge.harness.cost import wording
from bridge.harness.models.catalogue import effort_word, info
from bridge.protocol.base import strict
from bridge.protocol.update import SessionNotification, SessionUpdate
from bridge.surfaces.terminal import cli
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.options import BUDGET, out_of_place, run_settings
from bridge.surfaces.terminal.run import NO_ANSWER, OF_BUDGET
from bridge.surfaces.terminal.teller import around_calls
from tests.support import model_answers as answers
from tests.support.corpora import PROJECT
from tests.support.model_answers import Message, Raw, calls, said, text, tokens
from tests.support.model_server import ModelServer
from tests.support.on_model import CLEAN, KEY, MODEL
from tests.surfaces.terminal.terminal_child import CTRL_C, TerminalChild

SCHEMA = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}


def run(folder: Path, server: ModelServer, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command, in a workspace of its own."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    where = ["--cwd", str(work), "--state-dir", str(folder / "state"), "--base-url", server.base_url]
    command = [sys.executable, "-m", "bridge", "run", *where, "--model", MODEL, *more]
    around = os.environ | CLEAN | {"HARNESS_BRIDGE_API_KEY": KEY} | env
    return subprocess.run(
        command, cwd=PROJECT, env=around, input="", capture_output=True, encoding="utf-8", timeout=50, check=False
    )


def schema_file(folder: Path) -> str:
    path = folder / "schema.json"
    path.write_text(json.dumps(SCHEMA))
    return str(path)


def test_the_words_are_on_stdout_and_what_it_took_in_one_line_beside(tmp_path: Path) -> None:
    with ModelServer([text("Hello.", tokens(1000, 50))], key=KEY) as server:
        done = run(tmp_path, server, "--effort", "high", "--fast", "greet me")
        assert (done.returncode, done.stdout) == (0, "Hello.\n")
        assert "1 model call, 1.0k in, 50 out, price unknown" in done.stderr
        assert server.request(1).body["service_tier"] == "priority"


def test_calls_that_were_all_cut_are_on_the_bill_too(tmp_path: Path) -> None:
    with ModelServer(lambda _: answers.cut_at(text("Hello there, all of you."), 6)) as server:
        done = run(tmp_path, server, "--steps", "1", "greet me")
        assert done.returncode == Exit.FAILED
        assert "1 model call, 0 in, 0 out, price unknown" in done.stderr
        assert "The service did not tell what " in done.stderr


def test_a_first_answer_that_the_person_stopped_is_on_the_bill_too(tmp_path: Path) -> None:
    arguments = [
        "-m",
        "bridge",
        "run",
        "--cwd",
        str(tmp_path),
        "--state-dir",
        str(tmp_path / "state"),
        "--model",
        MODEL,
    ]
    with ModelServer([answers.endless()]) as server:
        env = CLEAN | {"HARNESS_BRIDGE_API_KEY": KEY, "HARNESS_BRIDGE_BASE_URL": server.base_url}
        with TerminalChild([*arguments, "talk"], env) as child:
            child.shows("on and on")
            child.press(CTRL_C)
            assert child.exit_code() == Exit.CANCELLED
            text = child.text().rpartition("The turn was cancelled.")[2]
    assert "1 model call, 0 in, 0 out, price unknown" in text
    assert "The service did not tell what 1 model call used" in text


@pytest.mark.parametrize("answer", [said(), text("")])
def test_that_nothing_was_answered_is_said(tmp_path: Path, answer: answers.Answer) -> None:
    with ModelServer([answer]) as server:
        done = run(tmp_path, server, "greet me")
        assert (done.returncode, done.stdout.strip()) == (0, "")
        assert done.stderr.count(NO_ANSWER) == 1


def test_a_budget_that_nobody_set_is_not_talked_about(tmp_path: Path) -> None:
    with ModelServer(lambda _: text("Hello.")) as server:
        unsaid, option = run(tmp_path, server, "greet me"), run(tmp_path, server, "--budget", "3", "greet me")
        around = run(tmp_path, server, "greet me", HARNESS_BRIDGE_BUDGET="4")
        assert "price unknown" in unsaid.stderr
        assert "budget" not in unsaid.stderr
        assert "so the budget of $3.00 can't be held: set a limit in tokens (`--token-budget`" in option.stderr
        assert "so the budget of $4.00 can't be held" in around.stderr


def test_a_refusal_is_said_once(tmp_path: Path) -> None:
    with ModelServer([said(Message("I can't help with that.", refusal=True))]) as server:
        done = run(tmp_path, server, "do harm")
        assert (done.returncode, (done.stdout + done.stderr).count("I can't help")) == (Exit.FAILED, 1)
        assert "The turn ended early: the model refused." in done.stderr


def test_what_happens_to_the_models_calls_is_told_beside_the_words(tmp_path: Path) -> None:
    search = Raw({"id": "ws", "type": "web_search_call", "status": "completed", "action": {"query": "pep 8"}})
    script: list[answers.Answer] = [answers.rate_limited(retry_after="1"), said(search, Message("Found."))]
    with ModelServer(script) as server:
        done = run(tmp_path, server, "look it up")
        assert (done.returncode, done.stdout) == (0, "Found.\n")
        assert "; next try in " in done.stderr
        assert "· Search the web: pep 8" in done.stderr


def test_every_line_of_json_is_of_the_protocol_with_what_it_cost_in_it(tmp_path: Path) -> None:
    with ModelServer([answers.reasoning("Hm.", Message("Hello."))]) as server:
        done = run(tmp_path, server, "--json", "greet me")
        with strict():
            rows = [SessionNotification.parse(json.loads(line)) for line in done.stdout.splitlines()]
        kinds = {row.update.session_update for row in rows}
        assert {"agent_thought_chunk", "agent_message_chunk", "usage_update", "turn_ended"} <= kinds


def test_an_answer_in_a_form_is_all_that_is_printed(tmp_path: Path) -> None:
    with ModelServer() as server:
        server.add(calls(("list_dir", {"path": "."}), say="I look."), text('{"count": 0}'))
        done = run(tmp_path, server, "--schema", schema_file(tmp_path), "how many files?")
        assert (done.returncode, json.loads(done.stdout)) == (0, {"count": 0})
        assert done.stdout.count("\n") == 1
        assert "I look." in done.stderr
        assert server.request(2).body["text"]["format"]["type"] == "json_schema"


def test_an_answer_that_is_not_in_the_form_is_not_printed_and_the_exit_code_says_so(tmp_path: Path) -> None:
    with ModelServer(lambda _: text("I would say three?")) as server:
        done = run(tmp_path, server, "--schema", schema_file(tmp_path), "how many files?")
        assert (done.returncode, done.stdout) == (Exit.FAILED, "")
        assert "the form that was asked for" in done.stderr


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "can't be read as JSON"),
        ("{", "can't be read as JSON"),
        ("[]", "holds no JSON object, which a JSON Schema is."),
        ('{"type": "objekt"}', "is no JSON Schema: $.type: "),
    ],
)
def test_a_form_that_can_t_be_used_is_a_wrong_command_line(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "schema.json"
    if content is not None:
        path.write_text(content)
    with ModelServer() as server:
        done = run(tmp_path, server, "--schema", str(path), "how many files?")
        assert done.returncode == Exit.USAGE
        assert "--schema" in done.stderr
        assert why in done.stderr
        assert done.stderr.endswith(".\n") or "as JSON" in why
        assert server.requests == []


def test_a_budget_that_is_spent_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    again = calls(("list_dir", {"path": "."}), usage=tokens(4000, 100))
    with ModelServer(lambda _: again) as server:
        done = run(tmp_path, server, "--token-budget", "10000", "look around")
        assert done.returncode == Exit.BUDGET
        assert "of the session's budget of 10.0k tokens are spent" in done.stderr
        assert "The turn ended early: " in done.stderr
        assert len(server.asked) <= 3
        steps = run(tmp_path, server, "--steps", "2", "look around")
        assert steps.returncode == Exit.FAILED


def test_every_sentence_of_a_spent_budget_is_known_as_one() -> None:
    one, two = Decimal(1), Decimal(2)
    sentences = [
        wording.spent_dollars(two, one),
        wording.spent_tokens(2, 1),
        wording.next_dollars(one, one, two),
        wording.next_tokens(1, 1, 2),
    ]
    assert all(OF_BUDGET in sentence for sentence in sentences)


def settings(*more: str, around: Settings | None = None) -> Settings:
    parsed = cli.parser().parse_args(["run", "--state-dir", "/s", *more, "do it"])
    return run_settings(parsed, around or Settings(Path("/s")))


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        ([], "budget", BUDGET),
        (["--budget", "0.5"], "budget", Decimal("0.5")),
        (["--budget", "$2"], "budget", Decimal(2)),
        (["--budget", "none"], "budget", None),
        (["--token-budget", "100_000"], "token_budget", 100_000),
        (["--steps", "7"], "steps", 7),
        (["--minutes", "1.5"], "minutes", 1.5),
        (["--base-url", "http://localhost:8000/v1/"], "base_url", "http://localhost:8000/v1"),
        (["--api", "chat"], "api", "chat"),
        (["--effort", "max"], "effort", "max"),
        (["--fast"], "fast", True),
        ([], "fast", False),
        (["--fallback", "other"], "fallback", "other"),
        (["--script", "s.json"], "model", "scripted"),
    ],
)
def test_an_option_is_a_setting(arguments: list[str], name: str, value: object) -> None:
    assert getattr(settings(*arguments), name) == value


def test_what_is_not_said_is_the_environments() -> None:
    around = Settings(Path("/s"), model="m", api="chat", effort="low", fast=True, budget=Decimal(9), steps=3)
    found = settings(around=around)
    kept = ("m", "chat", "low", True, Decimal(9), 3)
    assert (found.model, found.api, found.effort, found.fast, found.budget, found.steps) == kept
    assert settings("--budget", "none", around=around).budget is None


def test_a_budget_of_the_environment_may_be_none_and_else_it_is_the_default() -> None:
    none, unsaid = environment_settings({"HARNESS_BRIDGE_BUDGET": "none"}), environment_settings({})
    assert (settings(around=none).budget, settings(around=none).budget_said) == (None, True)
    assert (settings(around=unsaid).budget, settings(around=unsaid).budget_said) == (BUDGET, False)
    assert settings("--budget", "2", around=none).budget == Decimal(2)
    assert settings("--budget", "none").budget_said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--base-url", "http://localhost:1/v1"],
        ["--api", "chat"],
        ["--effort", "high"],
        ["--fast"],
        ["--fallback", "other"],
        ["--budget", "2"],
        ["--budget", "none"],
        ["--token-budget", "100"],
    ],
)
def test_an_option_for_a_language_model_needs_one(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_BRIDGE_MODEL", raising=False)
    assert cli.main(["run", *arguments, "do it"]) == Exit.USAGE
    said = f"harness-bridge: {arguments[0]} is for a language model: name a model with --model.\n"
    assert capsys.readouterr().err == said


def test_a_model_may_be_named_by_the_environment_and_a_form_is_not_for_the_offline_engine(tmp_path: Path) -> None:
    parsed = cli.parser().parse_args(["run", "--schema", schema_file(tmp_path), "--fast", "do it"])
    around = Settings(tmp_path)
    assert out_of_place(parsed, replace(around, model="m")) == ""
    assert out_of_place(parsed, replace(around, model="scripted")) == ""
    assert out_of_place(parsed, replace(around, model="offline")).startswith("--schema is for a language model")
    assert out_of_place(parsed, around).startswith("--fast, --schema are for a language model")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--budget", "much"],
        ["--budget", "-1"],
        ["--steps", "0"],
        ["--minutes", "nan"],
        ["--base-url", "ftp://host"],
        ["--api", "soap"],
        ["--effort", "huge"],
        ["--json", "--schema", "x.json"],
    ],
)
def test_a_value_that_an_option_can_t_have_is_a_wrong_command_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", *arguments, "do it"]) == Exit.USAGE
    assert arguments[-2] in capsys.readouterr().err


def update(**fields: object) -> SessionUpdate:
    return SessionNotification.parse({"sessionId": "s", "update": fields}).update


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"sessionUpdate": "retrying", "turnId": "t", "attempt": 1, "waitSeconds": 8.2, "message": "It is busy."},
            "It is busy; next try in 8 s",
        ),
        (
            {"sessionUpdate": "retrying", "turnId": "t", "attempt": 1, "waitSeconds": 0.25, "message": "Gone\n\x1b"},
            "Gone \\x1b; next try in 0.2 s",
        ),
        (
            {"sessionUpdate": "retrying", "turnId": "t", "attempt": 1, "waitSeconds": 601, "message": "It failed: no."},
            "It failed: no; next try in 10 min",
        ),
        (
            {
                "sessionUpdate": "feature_lowered",
                "model": "gpt-5",
                "feature": "effort",
                "why": effort_word(info("gpt-5"), "max").why,
            },
            "gpt-5 has no max: effort high is used",
        ),
        (
            {"sessionUpdate": "budget_warning", "turnId": "t", "unit": "dollars", "spent": "0.012345", "limit": "0.01"},
            "$0.0123 of the session's budget of $0.01 are spent",
        ),
        (
            {"sessionUpdate": "budget_warning", "turnId": "t", "unit": "tokens", "spent": "8012", "limit": "10000"},
            "8.0k of the session's budget of 10.0k tokens are spent",
        ),
        (
            {"sessionUpdate": "model_switched", "turnId": "t", "model": "other", "why": "one is not there."},
            "the agent goes on with other: one is not there",
        ),
        (
            {"sessionUpdate": "feature_lowered", "model": "m", "feature": "reasoning", "why": "it has none"},
            "m goes on without reasoning: it has none",
        ),
        (
            {
                "sessionUpdate": "compacted",
                "cause": "window",
                "by": "model",
                "before": 181_000,
                "after": 24_000,
                "files": [],
            },
            "the conversation was made smaller: 181.0k to 24.0k tokens",
        ),
        (
            {"sessionUpdate": "compacted", "cause": "command", "by": "rule", "files": []},
            "the conversation was made smaller",
        ),
        (
            {"sessionUpdate": "budget_warning", "turnId": "t", "unit": "dollars", "spent": "4.02", "limit": "5"},
            "$4.02 of the session's budget of $5.00 are spent",
        ),
        ({"sessionUpdate": "note", "text": "x"}, ""),
    ],
)
def test_what_happens_to_calls_in_words(fields: dict[str, object], words: str) -> None:
    assert around_calls(update(**fields)) == words
