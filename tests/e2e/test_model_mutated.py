"""Streams with random defects, as no service should send them: the turn ends, nothing breaks, history stays valid."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import model_answers as answers
from tests.support.model_answers import Act, Answer, Call, Message, Raw, Reply, Request, Thought, said, text
from tests.support.model_server import ModelServer
from tests.support.on_model import OnModel

JUNK: tuple[Any, ...] = (
    *(None, True, -1, 10**18, 1.5, float("nan"), "", "x", "\ud800", "9" * 50),
    *([], {}, [1], {"a": 1}, [[[]]], {"type": "message"}, {"type": "function_call"}),
)
WHOLE = said(
    Thought("I think about it", "gAAA"),
    Message("Some text that goes on for a while"),
    Call("read_file", {"path": "a.txt"}),
    Raw({"type": "web_search_call", "status": "completed"}),
    usage=answers.tokens(5, 5, cached=1, reasoning=1),
)


def mutated(value: Any, luck: random.Random) -> Any:
    """The value with one thing in it left out, or another thing in its place."""
    if not value or not isinstance(value, dict | list) or luck.random() < 0.1:
        return luck.choice(JUNK)
    copy = value.copy()
    key = luck.choice(list(value)) if isinstance(value, dict) else luck.randrange(len(value))
    match luck.randrange(4):
        case 0:
            del copy[key]
        case 1:
            copy[key] = luck.choice(JUNK)
        case _:
            copy[key] = mutated(copy[key], luck)
    return copy


def defective(luck: random.Random) -> Answer:
    """The answer with one to three of its events changed."""

    def answer(request: Request) -> Reply:
        reply = WHOLE(request)
        acts = list[Act](reply.acts)
        for _ in range(luck.choice((1, 1, 2, 3))):
            place = luck.randrange(len(acts))
            act = acts[place]
            assert isinstance(act, bytes)
            head, _, data = act.partition(b"data: ")
            event = json.loads(data) if data.startswith(b"{") else {}
            acts[place] = head + b"data: " + json.dumps(mutated(event, luck)).encode() + b"\n\n"
        return Reply(headers=answers.SSE, acts=tuple(acts))

    return answer


@pytest.fixture(scope="module", params=["responses", "chat"])
def daemon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnModel]:
    folder: Path = tmp_path_factory.mktemp("mutated")
    with ModelServer(last=text("Fine.")) as server, OnModel(folder, server, {"API": request.param}) as on:
        on.bridge.file("a.txt", "this is a\n")
        yield on


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_the_turn_ends_and_the_next_one_works(daemon: OnModel, seed: int) -> None:
    on, server, luck = daemon.anew(), daemon.server, random.Random(seed)
    assert server
    for number in range(20):
        server.add(defective(luck))
        ended = on.ask(f"prompt {number}")
        assert ended.stop in ("end_turn", "max_tokens", "refusal"), ended
    on.check()
