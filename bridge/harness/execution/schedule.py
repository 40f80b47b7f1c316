"""The calls of one step: safe ones together, the others one after another, edits all shown before any is waited for."""

from collections.abc import Iterator, Sequence
from itertools import groupby

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


async def run_calls(pipeline: Pipeline, calls: Sequence[CallOpened]) -> None:
    """Run the calls of one step; when it returns each has its `CallEnded`."""
    async with anyio.create_task_group() as group:
        settling = Settling(pipeline, group)
        for safe, batch in _batches(pipeline, calls):
            if safe:
                await _together(pipeline, batch)
                continue
            for call in batch:
                await _alone(pipeline, call, settling)


async def _alone(pipeline: Pipeline, call: CallOpened, settling: Settling) -> None:
    try:
        ready = await pipeline.approve(call)
    except OverlapsPending:
        await settling.all_done()
        ready = await pipeline.approve(call, waited=True)
    if ready is None:
        return
    if ready.proposal is not None:
        settling.start(ready)
        return
    await settling.all_done()
    await pipeline.execute(ready)


async def _together(pipeline: Pipeline, calls: Sequence[CallOpened]) -> None:
    room = anyio.Semaphore(TOGETHER)

    async def one(call: CallOpened) -> None:
        async with room:
            if (ready := await pipeline.approve(call)) is not None:
                await pipeline.execute(ready)

    async with anyio.create_task_group() as group:
        for call in calls:
            group.start_soon(one, call)


def _batches(pipeline: Pipeline, calls: Sequence[CallOpened]) -> Iterator[tuple[bool, list[CallOpened]]]:
    for safe, batch in groupby(calls, key=pipeline.is_safe):
        yield safe, list(batch)
