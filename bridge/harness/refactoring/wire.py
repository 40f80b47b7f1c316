"""Requests and answers as lines of JSON, for both ends of the worker's pipe. Standard library alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bridge.harness.refactoring.values import Answer, Request

T = TypeVar("T")


class BadLine(Exception):
    """A line that is not what was to come; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, with the number of the request that it is for."""

    id: int
    answer: Answer


def encode(value: Request | Reply) -> bytes:
    """One line, ASCII, with its end: whatever a text holds, half surrogate pairs included, comes through."""
    return json.dumps(value, default=_plain, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def decode(kind: type[T], line: bytes) -> T:
    """The value on a line; BadLine where it is none of this kind."""
    try:
        value = _build(kind, json.loads(line))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadLine(f"not a {kind.__name__}: {error!r}") from error
    if not isinstance(value, kind):
        raise BadLine(f"not a {kind.__name__}")
    return value


def _plain(value: Any) -> dict[str, Any]:
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} does not travel")
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _build(kind: Any, data: Any) -> Any:
    """`data` as the type says. A union of dataclasses is told apart by the one literal field that they all have."""
    origin = get_origin(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(data, dict):
            raise TypeError(f"{data!r:.80} is no object")
        hints = _hints(kind)
        return kind(**{name: _build(hints[name], value) for name, value in data.items()})
    if origin in (Union, UnionType):
        return _build_one_of(get_args(kind), data)
    if origin is tuple:
        inner = get_args(kind)[0]
        return tuple(data) if inner is str else tuple(_build(inner, one) for one in data)
    if origin is dict:
        return {str(key): _build(get_args(kind)[1], value) for key, value in data.items()}
    if origin is Literal:
        if data not in get_args(kind):
            raise ValueError(f"{data!r} is none of {get_args(kind)}")
        return data
    wanted = getattr(kind, "__supertype__", kind)
    if not isinstance(data, wanted):
        raise TypeError(f"{data!r:.80} is no {wanted.__name__}")
    return data


def _build_one_of(kinds: tuple[Any, ...], data: Any) -> Any:
    if NoneType in kinds and data is None:
        return None
    chosen = [kind for kind in kinds if kind is not NoneType]
    if isinstance(data, dict) and len(chosen) > 1:
        chosen = [kind for kind in chosen if all(data[name] == only for name, only in _labels(kind).items())]
    if not chosen:
        raise ValueError("it has none of the known labels")
    return _build(chosen[0], data)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    """The types of a dataclass's fields; looked up once, as an answer may hold tens of thousands of places."""
    return get_type_hints(kind)


@cache
def _labels(kind: Any) -> Mapping[str, str]:
    """The fields that have one value for all of a kind: `action`, `outcome`."""
    return {
        name: get_args(hint)[0]
        for name, hint in _hints(kind).items()
        if get_origin(hint) is Literal and len(get_args(hint)) == 1
    }
