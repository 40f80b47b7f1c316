"""Decisions of the person at this client."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

from bridge.harness.errors import BridgeError
from bridge.harness.ids import HunkId
from bridge.harness.isolate import isolate
from bridge.harness.values.proposals import Actor, HunkOutcome, Part, Verdict
from bridge.surfaces.lsp.context import Context

PERSON = Actor("person", "editor")

T = TypeVar("T")
Outcomes = tuple[HunkOutcome, ...]


async def decide(context: Context, ids: Sequence[HunkId], verdict: Verdict, reason: str = "") -> Outcomes:
    """Decide, and wait for what comes of it; see `Runtime.decide`."""
    return await carried_out(context, lambda: context.runtime.decide(ids, verdict, PERSON, reason))


async def undo(context: Context, ids: Sequence[HunkId], reason: str = "") -> Outcomes:
    """Take hunks out of the text again, and wait for what comes of it; see `Runtime.undo`."""
    return await carried_out(context, lambda: context.runtime.undo(ids, PERSON, reason))


async def apply_anyway(context: Context, id_: HunkId) -> HunkOutcome:
    """Accept a stale hunk over what stands there now; the outcome is that of the hunk that this makes."""

    async def carve_and_accept() -> HunkOutcome:
        made = await context.runtime.carve(id_, Part(anyway=True))
        (found,) = await context.runtime.decide([made], "accepted", PERSON, "")
        return found

    return await carried_out(context, carve_and_accept)


def stood_on(outcomes: Sequence[HunkOutcome]) -> tuple[list[HunkId], str]:
    """The hunks that were not taken out, together with the later ones that stand on them; and why, in words."""
    refused = [one for one in outcomes if one.outcome == "refused" and one.blockers]
    ids = dict.fromkeys(id_ for one in refused for id_ in (one.hunk, *one.blockers))
    return list(ids), refused[0].message if refused else ""


async def carried_out(context: Context, work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives or raises; it is done although the request that asks for it is cancelled.

    A decision that is broken off in the middle would leave hunks that are accepted and that nobody applies.
    """
    done = anyio.Event()
    results: list[T] = []
    problems: list[Exception] = []

    async def carry_out() -> None:
        try:
            with isolate("a decision") as fault:
                try:
                    results.append(await work())
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
    return results[0]
