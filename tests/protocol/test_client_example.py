"""The client in the reference is what it says: 40 lines that work."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from bridge.protocol.base import Wire, strict
from bridge.protocol.methods import BY_NAME

ROOT = Path(__file__).resolve().parents[2]
DAEMON = ROOT / "tests" / "protocol" / "scripted_daemon.py"


def client_source() -> str:
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "protocol" / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) == 1
    source: str = blocks[0]
    return source


def run_client(tmp_path: Path, answers: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    client, report = tmp_path / "client.py", tmp_path / "report.json"
    client.write_text(client_source(), encoding="utf-8")
    command = [sys.executable, str(client), str(tmp_path), "Change it", sys.executable, str(DAEMON), str(report)]
    done = subprocess.run(command, input=answers, capture_output=True, text=True, timeout=30, check=False)
    return done, json.loads(report.read_text()) if report.exists() else []


def test_the_client_has_no_more_than_forty_lines() -> None:
    assert len([line for line in client_source().splitlines() if line.strip()]) <= 40


def test_the_client_uses_nothing_but_the_standard_library() -> None:
    imports = re.findall(r"^(?:import|from) (.+)$", client_source(), re.MULTILINE)

    assert {name.strip() for line in imports for name in line.split(",")} <= set(sys.stdlib_module_names)


def test_the_client_lets_the_person_decide_each_hunk_and_ends_well(tmp_path: Path) -> None:
    done, heard = run_client(tmp_path, answers="y\nn\n")

    assert done.stderr == ""
    assert done.returncode == 0
    decided = [
        message["params"]["decisions"][0] for message in heard if message.get("method") == "harness/review/decide"
    ]
    assert decided == [{"hunkId": "h1", "verdict": "accept"}, {"hunkId": "h2", "verdict": "reject"}]
    assert "end_turn" in done.stdout


def test_the_client_answers_every_request_once(tmp_path: Path) -> None:
    _, heard = run_client(tmp_path, answers="y\nn\n")

    answers = {message["id"]: message["result"] for message in heard if "method" not in message}

    assert answers == {"q1": {"outcome": {"outcome": "cancelled"}}, 1: None}


def test_what_the_client_sends_is_of_the_protocol(tmp_path: Path) -> None:
    _, heard = run_client(tmp_path, answers="y\nn\n")
    ours = [message for message in heard if message.get("method", "").startswith("harness/")]

    with strict():
        parsed: list[Wire] = [row_params(message["method"]).parse(message["params"]) for message in ours]

    assert len(parsed) == 4


def row_params(method: str) -> type[Wire]:
    params = BY_NAME[method].params
    assert params is not None
    return params
