"""A whole offline turn, in a fresh process, loads no network client."""

import subprocess
import sys

from tests.support.corpora import PROJECT

TURN = """
import sys
import anyio
from bridge.harness.models.offline.model import OfflineModel
from bridge.harness.session.transcript import user_message
from bridge.harness.values.model import ItemReady, ModelRequest

async def turn():
    items = [user_message("rename total to grand_total and then organise imports of a.py", None)]
    outputs = {
        "find_usages": "[definitions]\\na.py:1:5: function a.total: def total():",
        "refactor": "Rename: 1 accepted\\n- hunk 1 of 1: accepted and applied",
        "glob": "a.py",
    }
    while True:
        request = ModelRequest("", tuple(items), ())
        made = [e.item async for e in OfflineModel("no").stream(request) if isinstance(e, ItemReady)]
        items += made
        calls = [item for item in made if item["type"] == "function_call"]
        if not calls:
            return
        for call in calls:
            output = outputs[call["name"]]
            items.append({"type": "function_call_output", "call_id": call["call_id"], "output": output})

anyio.run(turn)
print(" ".join(sorted(sys.modules)))
"""
CLIENTS = {
    "aiohttp",
    "http.client",
    "httpcore",
    "httpx",
    "openai",
    "requests",
    "urllib.request",
    "urllib3",
    "websockets",
}


def test_a_whole_turn_loads_no_network_client() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TURN], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=50
    )
    loaded = set(done.stdout.split())
    assert "bridge.harness.models.offline.talking" in loaded
    assert not loaded & CLIENTS


def test_the_daemon_with_the_offline_engine_loads_no_network_client() -> None:
    code = "import bridge.app.bootstrap, sys; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=50
    )
    loaded = set(done.stdout.split())
    assert "bridge.harness.models.offline.model" in loaded
    assert not loaded & CLIENTS
