"""The calls of one step: safe ones together, the others one after another, edits all shown before any is waited for.

Calls are given one by one, while the model still streams; each begins as soon as those before it let it.
"""

from collections import deque
from collections.abc import Sequence

import anyio
from anyio.abc import TaskGroup

from bridge.harness.errors import OverlapsPending
from bridge.harness.execution.pipeline import Pipeline, Ready
from bridge.harness.values.events import CallOpened

TOGETHER = 8
"""Safe calls at once (design, "Numbers")."""


class Settling:
    """The edits of this step that people are deciding on."""

    def __init__(self, pipeline: Pipeline, group: TaskGroup) -> None:
        """None yet."""
        self._pipeline = pipeline
        self._group = group
        self._open: list[anyio.Event] = []

    def start(self, ready: Ready) -> None:
        """Wait for its hunks without holding back the calls behind it."""
        done = anyio.Event()
        self._open.append(done)
        self._group.start_soon(self._run, ready, done)

    async def all_done(self) -> None:
        """Until every edit so far is settled."""
        for done in self._open:
            await done.wait()

    async def _run(self, ready: Ready, done: anyio.Event) -> None:
        await self._pipeline.execute(ready)
        done.set()


class Schedule:
    """Runs calls in `group`, in the order in which they are added. Leaving the group waits for all that have begun."""

    def __init__(self, pipeline: Pipeline, group: TaskGroup) -> None:
        """No call yet."""
        self._pipeline = pipeline
        self._group = group
        self._settling = Settling(pipeline, group)
        self._waiting: deque[CallOpened] = deque()
        self._begins = False
        self._running = 0
        self._less = anyio.Event()

    def add(self, call: CallOpened) -> None:
        """It begins as soon as it may."""
        self._waiting.append(call)
        if not self._begins:
            self._begins = True
            self._group.start_soon(self._begin)

    def drop(self) -> tuple[CallOpened, ...]:
        """Those that have not begun never will; they are the caller's to end."""
        dropped = tuple(self._waiting)
        self._waiting.clear()
        return dropped

    async def _begin(self) -> None:
        """One call after another, as long as there are any. Room comes first: a call that waits here can be dropped."""
        while self._waiting:
            safe = self._pipeline.is_safe(self._waiting[0])
            await self._until_running(TOGETHER - 1 if safe else 0)
            if not self._waiting:
                break
            call = self._waiting.popleft()
            if safe:
                self._running += 1
                self._group.start_soon(self._beside, call)
            else:
                await self._alone(call)
        self._begins = False

    async def _until_running(self, most: int) -> None:
        while self._running > most:
            self._less = anyio.Event()
            await self._less.wait()

    async def _beside(self, call: CallOpened) -> None:
        if (ready := await self._pipeline.approve(call)) is not None:
            await self._pipeline.execute(ready)
        self._running -= 1
        self._less.set()

    async def _alone(self, call: CallOpened) -> None:
        try:
            ready = await self._pipeline.approve(call)
        except OverlapsPending:
            await self._settling.all_done()
            ready = await self._pipeline.approve(call, waited=True)
        if ready is None:
            return
        if ready.proposal is not None:
            self._settling.start(ready)
            return
        await self._settling.all_done()
        await self._pipeline.execute(ready)


async def run_calls(pipeline: Pipeline, calls: Sequence[CallOpened]) -> None:
    """Run calls that are all there; when it returns each has its `CallEnded`."""
    async with anyio.create_task_group() as group:
        schedule = Schedule(pipeline, group)
        for call in calls:
            schedule.add(call)
