"""From a request to its hunks on a project of 300 files: cold (the worker starts, every file is read), then warm."""

import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.client import OURS, Client

FILES = 300
USERS = 20
"""Files that use the function which is renamed."""

WARM = 5
"""Times that it is asked again, of the same daemon."""

OURS_TOO = {"harness": {"protocolVersion": 1, "permissions": False, "updates": True}}


def make_project(root: Path) -> None:
    """Modules of some 40 lines; one in fifteen uses the function that is renamed."""
    package = root / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "prices.py").write_text("def total(items):\n    return sum(items)\n")
    body = "".join(f"def step_{n}(value):\n    return value + {n}\n\n\n" for n in range(10))
    for number in range(FILES - 2):
        uses = number % ((FILES - 2) // USERS) == 0 and number // ((FILES - 2) // USERS) < USERS
        head = "from shop.prices import total\n\n\n" if uses else ""
        tail = f"def all_{number}(items):\n    return total(items)\n" if uses else ""
        (package / f"module_{number}.py").write_text(f'"""Module {number}."""\n\n{head}{body}{tail}')


def measure() -> dict[str, float]:
    """Seconds from the prompt to the last of its hunks, cold and warm (the median), and their ratio."""
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as folder:
        root = Path(folder, "work")
        make_project(root)
        options = {"model": "offline", "stateDir": str(Path(folder, "state"))}
        capable = {"window": {"workDoneProgress": True}, "experimental": OURS_TOO}
        with Client(OURS) as client:
            client.call(
                "initialize",
                {
                    "processId": None,
                    "rootUri": root.as_uri(),
                    "capabilities": capable,
                    "initializationOptions": options,
                },
            )
            client.notify("initialized")
            new = client.send("harness/session/new", {"cwd": str(root), "mcpServers": []})
            session = client.answers(new)[new]["sessionId"]
            cold = _ask(client, session)
            warm = statistics.median(_ask(client, session) for _ in range(WARM))
    return {
        "rename in 300 files, cold, s": cold,
        "rename in 300 files, warm, s": warm,
        "rename, warm / cold": warm / cold,
    }


def _ask(client: Client, session: str) -> float:
    """One rename, asked for and rejected: the seconds until all of its hunks are told."""
    text = "rename `total` in shop/prices.py to `grand_total`"
    begun = perf_counter()
    asked = client.send("harness/session/prompt", {"sessionId": session, "prompt": [{"type": "text", "text": text}]})
    hunks: dict[str, dict[str, Any]] = {}
    while not hunks or len(hunks) < next(iter(hunks.values()))["total"]:
        message = client.receive()
        update = message["params"]["update"] if message.get("method") == "harness/session/update" else {}
        if update.get("sessionUpdate") == "hunk_update":
            hunks[update["hunk"]["hunkId"]] = update["hunk"]
        elif message.get("id") == asked:
            raise RuntimeError(f"the turn ended with {len(hunks)} hunks: {message}")
    took = perf_counter() - begun
    if len({hunk["uri"] for hunk in hunks.values()}) != USERS + 1:
        raise RuntimeError(f"hunks in the wrong files: {sorted({hunk['uri'] for hunk in hunks.values()})}")
    rejected = [{"hunkId": hunk, "verdict": "reject"} for hunk in hunks]
    client.answers(client.send("harness/review/decide", {"decisions": rejected}), asked)
    return took
