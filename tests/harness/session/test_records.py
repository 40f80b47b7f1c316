"""Events to lines and back."""

import json
import zlib
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.errors import InternalError
from bridge.harness.session.records import VERSION, Unreadable, decode, encode
from bridge.harness.values.events import EVENTS, Event, ItemDone, Note, Prompt, Recorded
from tests.harness.session.samples import FULL, TURN


def back(event: Event) -> Recorded | Unreadable:
    line = encode(Recorded(7, 12.5, event))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    return decode(line[:-1])


def sealed(row: dict[str, Any]) -> bytes:
    """A line as another version of the bridge might write it, with a right checksum."""
    head = json.dumps(row, separators=(",", ":")).encode()[:-1]
    return head + b',"crc":"%08x"}' % zlib.crc32(head)


def test_every_kind_of_event_has_a_sample() -> None:
    assert [type(event) for event in FULL] == list(EVENTS)


@pytest.mark.parametrize("event", FULL, ids=lambda event: type(event).__name__)
def test_every_kind_of_event_comes_back_as_it_was(event: Event) -> None:
    assert back(event) == Recorded(7, 12.5, event)


def test_the_samples_leave_no_field_at_its_default() -> None:
    defaults = [
        f"{type(event).__name__}.{field.name}"
        for event in FULL
        for field in fields(event)
        if getattr(event, field.name) == field.default
    ]
    assert defaults == []


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_comes_back_even_half_a_surrogate_pair(text: str) -> None:
    assert back(Prompt(TURN, text)) == Recorded(7, 12.5, Prompt(TURN, text))


@pytest.mark.parametrize("char", list("\u2028\u2029\x85\x0b\x0c\x1c\r\0\udcff\U0001f600"))
def test_what_other_readers_take_for_a_line_end_is_escaped(char: str) -> None:
    line = encode(Recorded(1, 0.0, Note(f"a{char}b\n")))
    assert line.isascii()
    assert len(line.decode().splitlines()) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_json_of_a_model_comes_back(item: dict[str, Any]) -> None:
    assert back(ItemDone(TURN, 1, item)) == Recorded(7, 12.5, ItemDone(TURN, 1, item))


def test_what_json_can_not_hold_is_an_error_of_ours_and_no_torn_line() -> None:
    deep: dict[str, Any] = {}
    for _ in range(2_000):
        deep = {"x": deep}
    with pytest.raises(InternalError, match="ItemDone"):
        encode(Recorded(1, 0.0, ItemDone(TURN, 1, deep)))


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_a_line_with_one_changed_byte_is_never_taken_for_a_record(where: int, byte: int) -> None:
    line = bytearray(encode(Recorded(7, 12.5, FULL[1]))[:-1])
    where %= len(line)
    changed = line[where] != byte
    line[where] = byte
    assert isinstance(decode(bytes(line)), Unreadable) is changed


@given(st.binary(max_size=200))
def test_garbage_never_raises(raw: bytes) -> None:
    assert isinstance(decode(raw), Unreadable)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b'"v"',
        b"{}",
        b"\0" * 64,
        b"[" * 100_000,
        b'{"v":[],"seq":1,"kind":"Note","t":0,"data":{}}',
        b'{"v":1e999,"seq":1,"kind":"Note","t":0,"data":{}}',
        b'{"v":null,"seq":{},"kind":[]}',
        b'{"v":1,"seq":' + b"9" * 5000 + b"}",
    ],
    ids=lambda line: repr(line[:30]),
)
def test_what_is_no_record_is_said_and_not_raised(line: bytes) -> None:
    found = decode(line)
    assert isinstance(found, Unreadable)
    assert not found.newer


def test_an_unknown_kind_is_named_with_its_number() -> None:
    line = sealed({"v": VERSION, "seq": 9, "t": 1.0, "kind": "Telepathy", "data": {}})
    assert decode(line) == Unreadable("unknown kind Telepathy", seq=9)


def test_a_record_with_fields_that_do_not_fit_is_named_with_its_number() -> None:
    line = sealed({"v": VERSION, "seq": 9, "t": 1.0, "kind": "Note", "data": {"text": 5}})
    assert decode(line) == Unreadable("Note: 1 fields do not fit", seq=9)


def test_a_newer_version_is_known_by_its_number_whatever_else_it_changed() -> None:
    found = decode(b'{"v":2,"seq":3,"kind":"Note","t":0,"data":"anything","crc64":"?"}')
    assert isinstance(found, Unreadable)
    assert found.newer
