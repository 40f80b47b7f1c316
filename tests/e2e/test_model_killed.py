"""A daemon that is killed again and again, at any moment of a turn: it gets to its end, and nothing is done twice."""

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.model_answers import Answer, Request, calls, text
from tests.support.model_server import ModelServer
from tests.support.on_model import PERMISSION, OnModel, outputs
from tests.support.raw_client import Message
from tests.support.wired import UPDATE

STEPS = 5
MODES: Mapping[str, Mapping[str, str]] = {"stateless": {}, "stored": {"STORE": "1"}, "background": {"BACKGROUND": "1"}}


def script(request: Request) -> Answer:
    """The next step of five, each of which leaves a line; which one is known by what the model was told so far."""
    commands = {item["call_id"] for item in request.history if item.get("name") == "shell"}
    step = len(commands & set(outputs(list(request.history))))
    if step == STEPS:
        return text("All done.")
    return calls(("shell", {"command": f"echo {step} >> ran"}), ("list_dir", {"path": "."}), say=f"Step {step}.")


def lived_through(on: OnModel, most: int) -> bool:
    """Say yes to every question, for so many messages of the daemon; whether the turn came to its end."""

    def seen(message: Message) -> bool:
        if message.get("method") == PERMISSION:
            on.wired.answer(message, outcome={"outcome": "selected", "optionId": "allow_once"})
        return message.get("method") == UPDATE and message["params"]["update"]["sessionUpdate"] == "turn_ended"

    return any(seen(on.client.wait_for(lambda _: True)) for _ in range(most))


def a_life(folder: Path, server: ModelServer, mode: str, session: str, most: int) -> tuple[OnModel, bool]:
    """A daemon on that session, from its start to its end; whether the turn had ended by then."""
    with OnModel(folder, server, MODES[mode], session=session) as on:
        if not session:
            on.prompt("do all of it")
        ended = lived_through(on, most)
        if not ended:
            on.kill()
    return on, ended


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", range(2))
def test_it_gets_to_its_end_and_does_nothing_twice(tmp_path: Path, mode: str, seed: int) -> None:
    luck = random.Random(seed)
    with ModelServer(script) as server:
        on, ended = a_life(tmp_path, server, mode, "", luck.randrange(2, 30))
        lives = 1
        while not ended:
            on, ended = a_life(tmp_path, server, mode, on.session, luck.randrange(2, 30) if lives < 5 else 1000)
            lives += 1
        assert lives > 1
        rows = on.records()
        told = outputs(list(server.asked[-1].history))
        assert [row["stop"] for row in rows if row["kind"] == "TurnEnded"] == ["end_turn"]
        assert len([row for row in rows if row["kind"] == "Prompt"]) == 1
        done = (on.work / "ran").read_text().split()
        assert done == sorted(set(done)), "each at most once, and in order"
        lost = [output for output in told.values() if "nknown" in output]
        assert len(done) + len(lost) >= STEPS, "what is not done was said to be unknown"
