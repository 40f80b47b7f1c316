"""The turn loop."""

from collections.abc import Callable

import anyio

from bridge import lazy
from bridge.harness.engine.closing import close_open_work, take_up
from bridge.harness.engine.engine import Engine, Progress
from bridge.harness.engine.gates import Stop, gate
from bridge.harness.engine.mending import mend
from bridge.harness.engine.step import Step
from bridge.harness.errors import BridgeError
from bridge.harness.ids import TurnId
from bridge.harness.isolate import Fault, isolate
from bridge.harness.values.events import Note, Prompt, TurnEnded

ASK_AGAIN = "Your answer does not have the form that was asked for: {misfit}. Answer again, with nothing but that JSON."


async def run_turn(engine: Engine, prompt: Prompt | None, interrupted: Callable[[], bool]) -> TurnEnded:
    """One turn, from the person's words (None: go on with the open turn) to its end, which is in the log.

    Cancelled by the person, `interrupted` is true: the turn is closed in the log. Cancelled otherwise (the bridge
    stops), nothing is written: the log is enough to go on. Whatever else goes wrong ends the turn as `failed`; raises
    `BridgeError` only where even that can't be recorded.
    """
    turn = await engine.steering.begin(prompt)
    stop: Stop | None = None
    try:
        with isolate("a turn") as fault:
            stop = await _loop(engine, turn)
    except anyio.get_cancelled_exc_class():
        if interrupted():
            with anyio.CancelScope(shield=True):
                await _end(engine, turn, Stop("cancelled", ""), "Cancelled by the user")
        raise
    # From here on the turn ends, interrupted or not: a turn that is not closed in the log takes no new prompt.
    with anyio.CancelScope(shield=True):
        if stop is None:
            ended = await _end(engine, turn, _failed(fault), "Not done: the turn failed")
        else:
            ended = await _end(engine, turn, stop)
    return ended


async def close_turn(engine: Engine, why: str) -> None:
    """Close a turn that nobody runs any more: its end could not be recorded when it came."""
    if engine.transcript.turn is not None:
        await _end(engine, engine.transcript.turn, Stop("failed", why), why)


async def _loop(engine: Engine, turn: TurnId) -> Stop:
    progress = Progress(engine.clock.monotonic())
    await take_up(engine, turn)
    while True:
        if said := engine.review.news():
            await engine.journal.append(Note(said))
        asking = engine.requests.next()
        if stop := gate(progress.standing(engine, asking), engine.limits):
            return stop
        if asking.request.resume is None and await engine.compactor.if_due(turn, asking.request, asking.model):
            continue
        step = await engine.stepper.run(turn, asking, progress.room(engine))
        progress = progress.after(step)
        if step.failure is not None:
            mended = await mend(engine, turn, asking, step, step.failure, progress)
            if isinstance(mended, Stop):
                return mended
            progress = mended
        elif not step.called:  # it asks for nothing more: this is its last answer
            if misfit := _misfit(engine, step):
                await engine.journal.append(Note(ASK_AGAIN.format(misfit=misfit)))
                progress = progress.after_misfit(misfit)
            elif await engine.steering.all_heard(asking.request):
                return Stop("refusal", step.refusal) if step.refusal else Stop("end_turn", "")


def _misfit(engine: Engine, step: Step) -> str:
    """Why the answer is not in the form that was asked for; empty where it is, or none was."""
    wanted = engine.transcript.schema
    return lazy.load("bridge.harness.engine.schema").misfit(wanted, step.text) if wanted and not step.refusal else ""


async def _end(engine: Engine, turn: TurnId, stop: Stop, unfinished: str = "") -> TurnEnded:
    """`unfinished` says why work may be open, and is told of it."""
    if unfinished:
        await close_open_work(engine, turn, unfinished)
    await engine.steering.end()
    ended = TurnEnded(turn, stop.reason, stop.message)
    await engine.journal.append(ended)
    return ended


def _failed(fault: Fault) -> Stop:
    """In our words where the failure has any; a defect is named by its place in the log."""
    error = fault.error
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, BridgeError):
        return Stop("failed", str(error))
    return Stop("failed", f"the bridge failed (incident {fault.incident}); its log has more")
