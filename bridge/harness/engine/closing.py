"""Work that is left open by a turn that was stopped, or by the bridge's end: taken up again, or closed."""

from bridge.harness.engine.engine import Engine
from bridge.harness.execution.results import tell_outcomes
from bridge.harness.execution.schedule import run_calls
from bridge.harness.ids import TurnId
from bridge.harness.values.events import CallEnded, CallOpened

LOST = "Unknown: the bridge stopped while this ran. It may have happened: look before you repeat it."


async def take_up(engine: Engine, turn: TurnId) -> None:
    """A resumed turn: calls that may have happened are never repeated; the others run, with the same approval.

    An answer that went on in the background stays open: the next step is to go on with it.
    """
    step = engine.transcript.open_step
    if step is not None and step.resume is None:
        await engine.stepper.break_off(turn, "the bridge stopped while the model answered")
    again: list[CallOpened] = []
    for call in tuple(engine.transcript.calls.values()):
        if call.started:
            await engine.journal.append(CallEnded(call.opened.call, "unknown", LOST))
        else:
            again.append(call.opened)
    await run_calls(engine.pipeline, again)


async def close_open_work(engine: Engine, turn: TurnId, why: str) -> None:
    """Valid history after an interruption: questions closed, undecided hunks withdrawn, every call with an output."""
    await engine.stepper.break_off(turn, why)
    await engine.approvals.cancel(engine.approvals.pending())
    for call in tuple(engine.transcript.calls.values()):
        said = f"{why}. It had begun: look what it has done." if call.started else f"{why}."
        if (proposal := engine.review.proposal_of(call.opened.call)) is not None:
            await engine.review.withdraw(proposal.id, "the turn was stopped")
            told = tell_outcomes(proposal.title, engine.review.outcomes(proposal.id), proposal.remarks)
            said = f"{said}\n{told.model}"
        await engine.journal.append(CallEnded(call.opened.call, "cancelled", said))
