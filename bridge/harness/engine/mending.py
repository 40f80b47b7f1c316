"""What is done about a model call that gave no whole answer."""

from dataclasses import replace

from bridge.harness.engine.engine import Engine, Progress
from bridge.harness.engine.gates import Stop
from bridge.harness.engine.recover import Compact, Failure, GiveUp, GoOn, Switch, Wait, recover
from bridge.harness.engine.request import Asking
from bridge.harness.engine.step import Step
from bridge.harness.ids import TurnId
from bridge.harness.values.events import ModelSwitched, Note, Retried

CUT_OFF = "Your answer was cut off at the limit of its length. Go on exactly where it stopped, and repeat nothing."
BROKEN = "The connection broke in the middle of your last message. Go on where it stopped, and repeat nothing."


async def mend(
    engine: Engine, turn: TurnId, asking: Asking, step: Step, failure: Failure, progress: Progress
) -> Progress | Stop:
    """Do what helps, so that the next call can be made; or the reason why the turn ends."""
    fallback = "" if engine.fallback == asking.model.name else engine.fallback
    remedy = recover(failure, progress.tries, fallback, engine.luck())
    if isinstance(remedy, GiveUp):
        return remedy.stop
    match remedy:
        case Wait():
            await _wait(engine, turn, asking, failure, remedy)
        case Compact():
            now = engine.requests.next().request  # with what the answer brought before it failed
            if await engine.compactor.now(turn, "overflow", now, asking.model) is None:
                return Stop("failed", f"{failure.message} The conversation can't be made smaller.")
        case GoOn():
            await engine.journal.append(Note(CUT_OFF))
        case Switch(model=model):
            await engine.journal.append(ModelSwitched(turn, model, failure.message))
    if step.partial and not isinstance(remedy, GoOn):
        await engine.journal.append(Note(BROKEN))
    return replace(progress, tries=remedy.tries)


async def _wait(engine: Engine, turn: TurnId, asking: Asking, failure: Failure, wait: Wait) -> None:
    """Said before it is done."""
    fault = failure.fault or "broken"
    await engine.journal.append(Retried(turn, asking.number, fault, failure.message, wait.attempt, wait.seconds))
    await engine.clock.sleep(wait.seconds)
