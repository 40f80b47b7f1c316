"""What the light side of the model layer needs from the SDK's side (`sdk`, which is loaded at the first call)."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call. `path` is below the endpoint's base URL; `seconds` is how long may pass without a byte."""

    method: Literal["GET", "POST"]
    path: str
    body: bytes = b""
    query: Mapping[str, str] | None = None
    seconds: float = 60.0


class Answer(Protocol):
    """An HTTP answer with a good status whose body is still to be read."""

    @property
    def content_type(self) -> str:
        """Lower case, without parameters; empty where the server does not say."""
        ...

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes in; can be taken once, or in several goes.

        Raises `ModelProblem`: timeout, network (nothing had come yet) or broken.
        """
        ...


class Wire(Protocol):
    """An open way to a service."""

    def call(self, call: Call) -> AbstractAsyncContextManager[Answer]:
        """Make a call. Raises `Refused` for a bad status, else `ModelProblem`."""
        ...

    async def aclose(self) -> None:
        """Give the connections back."""
        ...
