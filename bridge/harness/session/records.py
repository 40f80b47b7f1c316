"""One line of the log: `{"v", "seq", "t", "kind", "data", "crc"}`.

`crc` is the CRC-32 of `seq`, `kind` and the data as written, in hex: a line that was torn or overwritten is seen.
Lines end in \\n and in nothing else; U+2028 and its like are escaped by the encoder.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bridge.harness.values.events import EVENTS, Event, Recorded

VERSION = 1
VERSIONS: Mapping[int, str] = {1: "first format: one event a line, fields by name"}
"""Each version of the format in a line. A file with a version that is not here opens read-only."""

_KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in EVENTS}
_ADAPTERS: dict[str, TypeAdapter[Event]] = {}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is not an event we know: kept in the file, skipped by folds."""

    reason: str
    newer: bool = False


def _adapter(kind: str) -> TypeAdapter[Event]:
    """Adapters are built when first used: a session touches few kinds at its start."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(_KINDS[kind])
    return _ADAPTERS[kind]


def _crc(seq: int, kind: str, data: str) -> str:
    return f"{zlib.crc32(f'{seq} {kind} {data}'.encode()):08x}"


def encode(record: Recorded) -> bytes:
    """The record as one line, ASCII, with its \\n."""
    kind = type(record.event).__name__
    plain = _adapter(kind).dump_python(record.event, mode="json", warnings=False)
    data = json.dumps(plain, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    head = f'{{"v":{VERSION},"seq":{record.seq},"t":{record.at:.6f},"kind":"{kind}"'
    return f'{head},"data":{data},"crc":"{_crc(record.seq, kind, data)}"}}\n'.encode("ascii")


def decode(line: bytes) -> Recorded | Unreadable:
    """One line without its \\n. Never raises: what can't be read is said."""
    try:
        row: dict[str, Any] = json.loads(line)
        version, seq, kind = row["v"], row["seq"], row["kind"]
        data = json.dumps(row["data"], ensure_ascii=True, separators=(",", ":"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Unreadable(f"not a record: {type(error).__name__}")
    if version not in VERSIONS:
        return Unreadable(f"written by a newer version ({version})", newer=True)
    if row.get("crc") != _crc(seq, kind, data):
        return Unreadable("its checksum does not match")
    if kind not in _KINDS:
        return Unreadable(f"unknown kind {kind}")
    try:
        return Recorded(seq, row["t"], _adapter(kind).validate_python(row["data"]))
    except ValidationError as error:
        return Unreadable(f"{kind}: {error.error_count()} fields do not fit")
