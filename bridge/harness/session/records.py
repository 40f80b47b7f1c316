"""One line of the log: `{"v", "seq", "t", "kind", "data", "crc"}`.

`crc` is the CRC-32, in hex, of all bytes of the line before it: a line that was torn or overwritten is seen.
Lines end in \\n and in nothing else; U+2028 and its like are escaped by the encoder.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from bridge.harness.errors import InternalError
from bridge.harness.values.events import EVENTS, Event, Recorded

VERSION = 1
"""Of the format: one event a line, fields by name. A file with a higher one opens read-only."""

_KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in EVENTS}
_ADAPTERS: dict[str, TypeAdapter[Event]] = {}

_CRC = b',"crc":"'
_END = len(_CRC) + 8 + len(b'"}')


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is not an event we know: kept in the file, skipped by folds. `seq` is 0 where it can't be told."""

    reason: str
    newer: bool = False
    seq: int = 0


def _adapter(kind: str) -> TypeAdapter[Event]:
    """Adapters are built when first used: a session touches few kinds at its start."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(_KINDS[kind])
    return _ADAPTERS[kind]


def encode(record: Recorded) -> bytes:
    """The record as one line, ASCII, with its \\n. InternalError for data that JSON has no words for."""
    kind = type(record.event).__name__
    try:
        plain = _adapter(kind).dump_python(record.event, mode="json", warnings=False)
        data = json.dumps(plain, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise InternalError(f"an event {kind} can't be written to the log: {error}") from error
    head = f'{{"v":{VERSION},"seq":{record.seq},"t":{record.at:.6f},"kind":"{kind}","data":{data}'.encode("ascii")
    return head + _CRC + b'%08x"}\n' % zlib.crc32(head)


def decode(line: bytes) -> Recorded | Unreadable:
    """One line without its \\n. Never raises: what can't be read is said."""
    try:
        row = json.loads(line)
        version, seq, kind = int(row["v"]), int(row["seq"]), str(row["kind"])
        at, data = row["t"], row["data"]
    except (ValueError, ArithmeticError, KeyError, TypeError, RecursionError) as error:
        return Unreadable(f"not a record: {type(error).__name__}")
    if version > VERSION:
        return Unreadable(f"written by a newer version ({version})", newer=True, seq=seq)
    if line[-_END:] != _CRC + b'%08x"}' % zlib.crc32(line[:-_END]):
        return Unreadable("its checksum does not match")
    if kind not in _KINDS:
        return Unreadable(f"unknown kind {kind}", seq=seq)
    try:
        return Recorded(seq, at, _adapter(kind).validate_python(data))
    except ValidationError as error:
        return Unreadable(f"{kind}: {error.error_count()} fields do not fit", seq=seq)
