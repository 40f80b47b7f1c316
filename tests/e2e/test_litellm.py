"""A server of somebody else's that really speaks both APIs: the LiteLLM proxy, driven by the real command.

Behind it stands a model server of ours that speaks Chat Completions, so that the proxy makes the Responses API itself.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.surfaces.terminal.exits import Exit
from tests.support import model_answers as answers
from tests.support.corpora import PROJECT
from tests.support.litellm_proxy import KEY, MODEL, START_S, Proxy, running
from tests.support.model_answers import Answer, Json, Request
from tests.support.model_server import ModelServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(START_S + 700)]

WORDS = "Grüße aus der Ferne, 世界."
EDIT = {"path": "a.txt", "edits": [{"old_text": "one", "new_text": "ONE"}]}


def answer(request: Request) -> Answer:
    """What the model says to the last message; each call costs 100 tokens in (20 of them cached) and 10 out."""
    last = request.items[-1]
    words, usage = words_of(last), answers.tokens(100, 10, cached=20, reasoning=4)
    if last["role"] == "tool":
        results = [words_of(each) for each in request.items if each["role"] == "tool"]
        return answers.text(f"Seen: {' | '.join(results)}", usage)
    if "change" in words:
        return answers.calls(("edit_file", EDIT), say="I change it.", usage=usage)
    if "look" in words:
        both = ("read_file", {"path": "a.txt"}), ("list_dir", {"path": "."})
        return answers.calls(*both, say="I look.", usage=usage)
    if "think" in words:
        return answers.Said((answers.Thought("Well, now. "), answers.Message("Thought.")), usage)
    if "long" in words:
        return answers.too_long()
    return answers.text(WORDS, usage)


def words_of(message: Json) -> str:
    """Its text, which the proxy sends in either form."""
    content = message["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


@pytest.fixture(scope="module")
def upstream() -> Iterator[ModelServer]:
    """The model behind the proxy."""
    with ModelServer(answer) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(upstream: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """One for all: it takes half a minute to start."""
    with running(upstream.base_url, tmp_path_factory.mktemp("litellm")) as proxy:
        yield proxy


@dataclass(frozen=True)
class Told:
    """What the command printed: the updates, the words of the model, how the turn ended, and the exit code."""

    updates: list[Json]
    words: str
    end: Json
    code: int

    @property
    def tokens(self) -> list[int]:
        """Of the turn, as they grew."""
        found = [one for one in self.updates if one["sessionUpdate"] == "usage_update"]
        return [one["_meta"]["harness"]["turnTokens"] for one in found]


@pytest.fixture(params=["responses", "chat"])
def ask(request: pytest.FixtureRequest, proxy: Proxy, tmp_path: Path) -> Any:
    """`harness-bridge run` on the proxy, in a workspace with the file a.txt."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "a.txt").write_text("one\ntwo\n")

    def run(prompt: str, **settings: str) -> Told:
        chosen = {"MODEL": MODEL, "API": request.param, "BASE_URL": proxy.base_url, "API_KEY": KEY} | settings
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)}
        env |= {f"HARNESS_BRIDGE_{name}": value for name, value in chosen.items()}
        options = ["--cwd", str(work), "--state-dir", str(tmp_path / "state"), "--approve", "edits", "--json"]
        argv = [sys.executable, "-P", "-m", "bridge", "run", *options, prompt]
        done = subprocess.run(argv, env=env, capture_output=True, encoding="utf-8", timeout=120, check=False)
        rows = [json.loads(line)["update"] for line in done.stdout.splitlines()]
        chunks = (row["content"]["text"] for row in rows if row["sessionUpdate"] == "agent_message_chunk")
        assert rows, done.stderr
        return Told(rows, "".join(chunks), rows[-1], done.returncode)

    return run


def test_text_and_its_tokens(ask: Any) -> None:
    told = ask("hello")
    assert (told.words, told.code) == (WORDS, Exit.DONE)
    assert told.end["stopReason"] == "end_turn"
    assert told.tokens == [110]


def test_calls_are_run_together_and_their_results_go_back(ask: Any, upstream: ModelServer) -> None:
    told = ask("look around")
    assert told.words.startswith("I look.")
    assert "one\n" in told.words
    assert "a.txt" in told.words.partition(" | ")[2]
    assert told.tokens == [110, 220]
    messages = upstream.asked[-1].items
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "tool", "tool"]
    asked = [call["id"] for call in messages[2]["tool_calls"]]
    assert [message["tool_call_id"] for message in messages[3:]] == asked


def test_a_change_is_made(ask: Any, tmp_path: Path) -> None:
    told = ask("change it")
    assert (told.code, told.end["stopReason"]) == (Exit.DONE, "end_turn")
    assert (tmp_path / "work" / "a.txt").read_text() == "ONE\ntwo\n"


def test_reasoning_does_not_get_into_the_answer(ask: Any) -> None:
    told = ask("think first")
    assert (told.words, told.code) == ("Thought.", Exit.DONE)


def test_what_it_refuses_is_left_out_and_said(ask: Any, upstream: ModelServer) -> None:
    """It takes no effort for this provider, and says so with status 400."""
    told = ask("hello again", EFFORT="low", FAST="1")
    assert (told.words, told.code) == (WORDS, Exit.DONE)
    assert [one["feature"] for one in told.updates if one["sessionUpdate"] == "feature_lowered"] == ["effort"]
    body = upstream.asked[-1].body
    assert body["model"] == MODEL
    assert "reasoning_effort" not in body
    assert body["parallel_tool_calls"] is True
    assert {"read_file", "edit_file"} <= {tool["function"]["name"] for tool in body["tools"]}


def test_a_key_that_it_does_not_take(ask: Any, upstream: ModelServer) -> None:
    """Where it has no database, it says so with status 400."""
    before = len(upstream.asked)
    told = ask("hello", API_KEY="another-key")
    assert (told.code, told.end["stopReason"]) == (Exit.FAILED, "failed")
    assert "(HTTP 40" in told.end["message"]
    assert "another-key" not in json.dumps(told.updates)
    assert len(upstream.asked) == before


def test_a_model_that_it_does_not_have(ask: Any) -> None:
    told = ask("hello", MODEL="nobody")
    assert (told.code, told.end["stopReason"]) == (Exit.FAILED, "failed")
    assert "nobody" in told.end["message"]


def test_a_conversation_that_is_too_long(ask: Any) -> None:
    told = ask("a long story")
    assert (told.code, told.end["stopReason"]) == (Exit.FAILED, "failed")
    assert "longer than the model can take" in told.end["message"]
