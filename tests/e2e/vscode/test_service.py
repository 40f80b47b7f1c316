"""A model at a service, in a real VS Code: the agent is told something while it works, and what it cost is seen."""

import pytest

from tests.e2e.vscode.conftest import Opening
from tests.e2e.vscode.steps import TWENTY, ask, ready
from tests.support import model_answers as answers
from tests.support.corpora import PROJECT
from tests.support.model_answers import text, tokens
from tests.support.model_server import ModelServer
from tests.support.nvim import Place
from tests.support.on_model import CLEAN, KEY, MODEL
from tests.support.vscode import STATUS

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(120)]


def test_the_agent_is_steered_and_what_it_cost_is_in_the_status_bar(opened: Opening, place: Place) -> None:
    place.file("a.txt", TWENTY)
    with ModelServer(key=KEY) as server:
        gate = server.gate()
        server.add(answers.held(text("I go on.", tokens(4000, 100)), gate, 5), text("Heard.", tokens(8000, 200)))
        environment = {**CLEAN, "HARNESS_BRIDGE_API_KEY": KEY, "PYTHONPATH": str(PROJECT)}
        window = opened(
            **{
                "harnessBridge.model": MODEL,
                "harnessBridge.baseUrl": server.base_url,
                "harnessBridge.effort": "high",
                "harnessBridge.env": environment,
            }
        )
        window.open("a.txt")
        ready(window)
        ask(window, "do it")
        gate.reached()
        window.command("Harness: Steer the running turn")
        window.answer("leave the tests", "Tell the agent while it works")
        window.until(lambda: place.records("Steered"))
        gate.open_all()
        window.ended()
        assert server.request(2).holds("leave the tests")
        window.shows(STATUS, "12.3k tokens")
        window.screenshot("cost")
        window.command("Harness: Show usage")
        window.notified("2 model calls, 12.0k in, 300 out")
