"""The turn loop."""

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

from bridge.harness.engine.gates import Limits, Stop, gate
from bridge.harness.engine.prompt import instructions
from bridge.harness.engine.step import Stepper
from bridge.harness.errors import BridgeError
from bridge.harness.execution.pipeline import Pipeline
from bridge.harness.execution.results import tell_outcomes
from bridge.harness.execution.schedule import run_calls
from bridge.harness.ids import TurnId
from bridge.harness.isolate import Fault, isolate
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.journal import Journal
from bridge.harness.ports.review import Review
from bridge.harness.session.transcript import Transcript
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import CallEnded, CallOpened, Note, Prompt, TurnEnded
from bridge.harness.values.model import ModelRequest


@dataclass(frozen=True, slots=True)
class Engine:
    """What a turn runs on: all of one session."""

    root: str
    transcript: Transcript
    journal: Journal
    registry: Registry
    stepper: Stepper
    pipeline: Pipeline
    approvals: Approvals
    review: Review
    clock: Clock
    limits: Limits = field(default_factory=Limits)


async def run_turn(engine: Engine, prompt: Prompt | None, interrupted: Callable[[], bool]) -> TurnEnded:
    """One turn, from the person's words (None: go on with the open turn) to its end, which is in the log.

    Cancelled by the person, `interrupted` is true: the turn is closed in the log. Cancelled otherwise (the bridge
    stops), nothing is written: the log is enough to go on. Whatever else goes wrong ends the turn as `failed`; raises
    `BridgeError` only where even that can't be recorded.
    """
    if prompt is not None:
        with anyio.CancelScope(shield=True):  # what was said stands, however soon it is taken back
            await engine.journal.append(prompt)
    turn = engine.transcript.turn
    if turn is None:
        raise ValueError("there is no open turn")
    stop: Stop | None = None
    try:
        with isolate("a turn") as fault:
            stop = await _loop(engine, turn)
    except anyio.get_cancelled_exc_class():
        if interrupted():
            with anyio.CancelScope(shield=True):
                await _close_open_work(engine, "Cancelled by the user")
                await engine.journal.append(TurnEnded(turn, "cancelled"))
        raise
    # From here on the turn ends, interrupted or not: a turn that is not closed in the log takes no new prompt.
    with anyio.CancelScope(shield=True):
        if stop is None:
            stop = _failed(fault)
            await _close_open_work(engine, "Not done: the turn failed")
        ended = TurnEnded(turn, stop.reason, stop.message)
        await engine.journal.append(ended)
    return ended


async def close_turn(engine: Engine, why: str) -> None:
    """Close a turn that nobody runs any more: its end could not be recorded when it came."""
    if engine.transcript.turn is not None:
        await _close_open_work(engine, why)
        await engine.journal.append(TurnEnded(engine.transcript.turn, "failed", why))


def _failed(fault: Fault) -> Stop:
    """In our words where the failure has any; a defect is named by its place in the log."""
    error = fault.error
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, BridgeError):
        return Stop("failed", str(error))
    return Stop("failed", f"the bridge failed (incident {fault.incident}); its log has more")


async def _loop(engine: Engine, turn: TurnId) -> Stop:
    began = engine.clock.monotonic()
    await _finish_open_calls(engine)
    while True:
        number = engine.transcript.step
        if stop := gate(number, engine.clock.monotonic() - began, engine.limits):
            return stop
        if said := engine.review.news():
            await engine.journal.append(Note(said))
        request = ModelRequest(instructions(engine.root), tuple(engine.transcript.items), engine.registry.specs())
        step = await engine.stepper.run(turn, number + 1, request)
        if step.status == "failed":
            return Stop("failed", step.message)
        if step.status == "incomplete":
            return Stop("max_tokens", step.message)
        if not step.calls:
            return Stop("end_turn", "")
        await run_calls(engine.pipeline, step.calls)


async def _finish_open_calls(engine: Engine) -> None:
    """A resumed turn: calls that may have happened are never repeated; the others run, with the same approval."""
    again: list[CallOpened] = []
    for call in tuple(engine.transcript.calls.values()):
        if call.started:
            lost = "Unknown: the bridge stopped while this ran. It may have happened: look before you repeat it."
            await engine.journal.append(CallEnded(call.opened.call, "unknown", lost))
        else:
            again.append(call.opened)
    await run_calls(engine.pipeline, again)


async def _close_open_work(engine: Engine, why: str) -> None:
    """Valid history after an interruption: questions closed, undecided hunks withdrawn, every call with an output."""
    await engine.approvals.cancel(engine.approvals.pending())
    for call in tuple(engine.transcript.calls.values()):
        said = f"{why}. It had begun: look what it has done." if call.started else f"{why}."
        if (proposal := engine.review.proposal_of(call.opened.call)) is not None:
            await engine.review.withdraw(proposal.id, "the turn was stopped")
            told = tell_outcomes(proposal.title, engine.review.outcomes(proposal.id), proposal.remarks)
            said = f"{said}\n{told.model}"
        await engine.journal.append(CallEnded(call.opened.call, "cancelled", said))
