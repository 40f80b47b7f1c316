"""A process that keeps a session's log, to be killed: `python -m tests.harness.session.writer PATH COUNT`.

Creates or resumes the log, says "open", then appends durable events and says the number of each when it is
acknowledged. What it can't do it says in words of ours, as `refused KIND`.
"""

# ruff: noqa: ASYNC240 - nothing else runs in this event loop

import sys
from pathlib import Path

import anyio

from bridge.harness.errors import BridgeError
from bridge.harness.ids import TurnId
from bridge.harness.session.log import SessionLog
from bridge.harness.values.events import Prompt
from tests.support.fakes import FakeClock


async def write(path: Path, count: int) -> None:
    log = SessionLog.resume(path, FakeClock())[0] if path.exists() else SessionLog.create(path, FakeClock())
    say("open")
    for _ in range(count):
        try:
            (record,) = await log.append(Prompt(TurnId(f"t{log.seq + 1}"), "x" * 200))
            say(str(record.seq))
        except BridgeError as problem:
            say(f"refused {problem.kind}")
    log.close()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        anyio.run(write, Path(sys.argv[1]), int(sys.argv[2]))
    except BridgeError as problem:
        say(f"refused {problem.kind}")
