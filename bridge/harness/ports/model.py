"""The model port."""

from collections.abc import AsyncIterator
from typing import Protocol

from bridge.harness.values.model import ModelEvent, ModelRequest


class Model(Protocol):
    """A model, or something that plans tool calls as one would."""

    @property
    def name(self) -> str:
        """How people call it."""
        ...

    @property
    def free_words(self) -> bool:
        """Whether it can be asked anything; one that can't understands the requests of a list."""
        ...

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """One call. Ends with `Ended`; raises `ModelProblem` when the model cannot be reached."""
        ...
