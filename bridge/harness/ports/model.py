"""The model port."""

from collections.abc import AsyncIterator
from typing import Protocol

from bridge.harness.values.model import ModelEvent, ModelInfo, ModelRequest, ServiceCompaction
from bridge.harness.values.usage import Price


class Model(Protocol):
    """A model, or something that plans tool calls as one would."""

    @property
    def name(self) -> str:
        """How people call it."""
        ...

    @property
    def info(self) -> ModelInfo:
        """What is known of it."""
        ...

    @property
    def free_words(self) -> bool:
        """Whether it can be asked anything; one that can't understands the requests of a list."""
        ...

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """One call. Ends with `Ended`; raises `ModelProblem` when the model cannot be reached, or its stream breaks."""
        ...

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """The service's own compaction of the request's items; None where it has none, or can't do it now.

        Raises `ModelProblem` where the service cannot be reached.
        """
        ...


class Models(Protocol):
    """The models that can be had, by name."""

    def named(self, name: str) -> Model:
        """Never fails: a model that can't be had says so when it is called. Empty: the one that the settings name."""
        ...

    def known(self) -> tuple[ModelInfo, ...]:
        """Those to choose from; others can be had where the service has them."""
        ...


class Prices(Protocol):
    """What model calls cost."""

    def price(self, model: str, tier: str, input_tokens: int = 0) -> Price | None:
        """The price now, for a service tier ("" is the usual one) and a call of that much input. None: not known."""
        ...
