"""A summary of the conversation, written by the model that has it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.harness.engine.recover import Failure
from bridge.harness.engine.streams import closing
from bridge.harness.errors import ModelProblem
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.model import Model
from bridge.harness.session.compaction import CUT_SUMMARY, asking
from bridge.harness.session.pieces import role_of
from bridge.harness.values.model import Ended, Item, ItemReady, ModelRequest
from bridge.harness.values.usage import Usage


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of asking. `text` empty: there is none; `failure` says why, where the service could not be had.

    `heard`: the service took the call on, so that it costs. `model` and `tier` are what it says that it used; `seconds`
    is how long it took.
    """

    text: str = ""
    usage: Usage | None = None
    seconds: float = 0.0
    model: str = ""
    tier: str = ""
    failure: Failure | None = None
    heard: bool = True

    @property
    def too_long(self) -> bool:
        """Whether the service refused what it was to be made from."""
        return self.failure is not None and self.failure.fault == "context_too_long"


async def ask_for_summary(model: Model, request: ModelRequest, items: Sequence[Item], clock: Clock) -> Summary:
    """One call with `items` as its history. Tools are sent as always, for the prompt cache; calls are not run."""
    began = clock.monotonic()
    asked = replace(request, items=(*items, asking()), schema=None, continues=None, resume=None)
    said: list[str] = []
    heard = False
    end = Ended("failed", "the model's stream broke off", fault="broken")
    retry_after = None
    try:
        async with closing(model.stream(asked)) as events:
            async for event in events:
                heard = True
                match event:
                    case ItemReady(item=item):
                        said += _words(item)
                    case Ended():
                        end = event
    except ModelProblem as problem:
        end, retry_after = Ended("failed", str(problem), fault=problem.fault), problem.retry_after
    seconds = clock.monotonic() - began
    failure = Failure(end.message, end.fault or "server", "", retry_after) if end.status == "failed" else None
    return Summary(_text(said, end), end.usage, seconds, end.model, end.tier, failure, heard)


def _words(item: Item) -> list[str]:
    """What it says; a refusal says nothing."""
    if role_of(item) != "assistant":
        return []
    return [str(part["text"]) for part in item.get("content") or () if part.get("type") == "output_text"]


def _text(said: Sequence[str], end: Ended) -> str:
    text = "\n".join(said).strip()
    if not text or end.status == "completed":
        return text
    return text + CUT_SUMMARY if end.reason == "max_output_tokens" else ""
