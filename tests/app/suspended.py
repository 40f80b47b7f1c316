"""A process with a turn that waits for the person, to be killed: `python -m tests.app.suspended FOLDER PROMPT`.

Says the session's id and the id of the open question or hunk, then waits.
"""

import sys
from pathlib import Path

import anyio

from bridge.app.bus import Bus, Update
from bridge.harness.ids import SessionId
from bridge.harness.values.events import ApprovalOpened, Proposed, Recorded
from tests.app.desk import runtime


async def wait(base: Path, prompt: str) -> None:
    opened = anyio.Event()
    bus = Bus()
    found: list[str] = []

    def listen(session: SessionId, update: Update) -> None:
        if isinstance(update, Recorded) and isinstance(update.event, ApprovalOpened | Proposed):
            event = update.event
            found.append(event.approval.id if isinstance(event, ApprovalOpened) else event.hunks[0].id)
            opened.set()

    bus.subscribe(listen)
    async with runtime(base, bus) as made:
        session = await made.new_session(str(base / "ws"))
        await made.prompt(session.id, prompt)
        await opened.wait()
        sys.stdout.write(f"{session.id} {found[0]}\n")
        sys.stdout.flush()
        await anyio.sleep_forever()


if __name__ == "__main__":
    anyio.run(wait, Path(sys.argv[1]), sys.argv[2])
