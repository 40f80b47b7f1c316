"""What every message shares: the base model, strictness, and the protocol version."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, TypeAdapter
from pydantic.alias_generators import to_camel

PROTOCOL_VERSION = 1
"""Raised only by a change that an older peer can't live with; protocol/CHANGELOG.md has a line for each."""

T = TypeVar("T")

Many = Annotated[tuple[T, ...], Strict(False)]
"""A JSON array. Lax on the container alone (a parsed array is a `list`, ours is a tuple), strict on its items."""

_unknown_fields: ContextVar[Literal["ignore", "forbid"]] = ContextVar("unknown_fields", default="ignore")


class Wire(BaseModel):
    """A JSON object of the protocol: frozen, camelCase on the wire, no coercion.

    Unknown fields are ignored, so that a newer peer does not break an older one; under `strict()` they are errors.
    A default is `None` or the one value of a tag: what is left out of a message means nothing else than null.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        allow_inf_nan=False,
        # Validators are built at first use: importing the table stays cheap.
        defer_build=True,
        extra="ignore",
        frozen=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    @classmethod
    def parse(cls, raw: object) -> Self:
        """A message from decoded JSON, by its wire names only. Raises `pydantic.ValidationError`."""
        return cls.model_validate(raw, by_alias=True, by_name=False, extra=_unknown_fields.get())

    def dump(self) -> dict[str, Any]:
        """The JSON object to send. A field that is null is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class AcpWire(Wire):
    """A type of the Agent Client Protocol, with ACP's room for extensions."""

    meta: dict[str, Any] | None = Field(
        default=None,
        validation_alias="_meta",
        serialization_alias="_meta",
        description="ACP's room for extensions. Ignored, but for the keys documented here.",
    )


def parse_with(adapter: TypeAdapter[T], raw: object) -> T:
    """Like `Wire.parse`, for what is not a single model. Raises `pydantic.ValidationError`."""
    return adapter.validate_python(raw, by_alias=True, by_name=False, extra=_unknown_fields.get())


@contextmanager
def strict() -> Iterator[None]:
    """Make unknown fields an error inside the block, for the current task and those it starts. For tests."""
    token = _unknown_fields.set("forbid")
    try:
        yield
    finally:
        _unknown_fields.reset(token)
