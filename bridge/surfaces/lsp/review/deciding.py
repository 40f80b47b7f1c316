"""Decisions of the person at this client."""

from collections.abc import Sequence

import anyio

from bridge.harness.errors import BridgeError
from bridge.harness.ids import HunkId
from bridge.harness.isolate import isolate
from bridge.harness.values.proposals import Actor, HunkOutcome, Verdict
from bridge.surfaces.lsp.context import Context

PERSON = Actor("person", "editor")


async def decide(
    context: Context, ids: Sequence[HunkId], verdict: Verdict, reason: str = ""
) -> tuple[HunkOutcome, ...]:
    """Decide, and wait for what comes of it; see `Runtime.decide`.

    Carried out although the request that asks for it is cancelled: a decision that is broken off in the middle would
    leave hunks that are accepted and that nobody applies.
    """
    done = anyio.Event()
    outcomes: list[HunkOutcome] = []
    problems: list[Exception] = []

    async def carry_out() -> None:
        try:
            with isolate("a decision") as fault:
                try:
                    outcomes.extend(await context.runtime.decide(ids, verdict, PERSON, reason))
                except BridgeError as problem:
                    problems.append(problem)
            if fault.error is not None:
                problems.append(fault.error)
        finally:
            done.set()

    context.tasks.start_soon(carry_out)
    await done.wait()
    for problem in problems:
        raise problem
    return tuple(outcomes)
