"""Server-sent events: however the bytes are cut, the events are the same; what is no stream is said to be broken."""

import json
from collections.abc import AsyncIterator, Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.errors import ModelProblem
from bridge.harness.models.service.sse import Splitter, batches, decoded

EVENTS: list[dict[str, Any]] = [
    {"type": "a", "text": "Zürich 東京 🙂"},
    {"type": "b", "text": "line\nbreak\r and \u2028 separators"},
    {"type": "c", "nested": {"list": [1, 2.5, None, True]}},
]


def stream(end: str) -> bytes:
    """EVENTS with lines that end so, a comment, an id, and data over two lines."""
    blocks = []
    for event in EVENTS:
        data = json.dumps(event, ensure_ascii=False)
        head, tail = data[: data.index(",") + 1], data[data.index(",") + 1 :]
        blocks.append(f": ping{end}event: {event['type']}{end}id: 7{end}data: {head}{end}data:{tail}{end}{end}")
    return "".join(blocks).encode()


def split(pieces: Iterable[bytes], limit: int = 1 << 20) -> list[dict[str, Any]]:
    """All events of these pieces."""
    splitter = Splitter(limit)
    found: list[dict[str, Any]] = []
    for piece in pieces:
        found += splitter.feed(piece)
    return found + splitter.finish()


@given(
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    cuts=st.lists(st.integers(min_value=0, max_value=400), max_size=30),
)
def test_the_events_are_the_same_however_the_bytes_are_cut(end: str, cuts: list[int]) -> None:
    raw = stream(end)
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    pieces = [raw[start:stop] for start, stop in pairwise(edges)]
    assert split(pieces) == EVENTS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_one_byte_at_a_time(end: str) -> None:
    raw = stream(end)
    assert split(raw[at : at + 1] for at in range(len(raw))) == EVENTS


def test_a_last_event_without_a_blank_line_counts() -> None:
    assert split([b'data: {"a": 1}']) == [{"a": 1}]
    assert split([b'data: {"a": 1}\r']) == [{"a": 1}]


def test_the_name_of_an_event_is_its_type_where_it_has_none() -> None:
    assert split([b'event: error\ndata: {"message": "no"}\n\nevent: x\ndata: {"type": "y"}\n\n']) == [
        {"message": "no", "type": "error"},
        {"type": "y"},
    ]


def test_nothing_is_read_behind_done() -> None:
    splitter = Splitter()
    assert splitter.feed(b'data: {"a": 1}\n\ndata: [DONE]\n\nrubbish\n\ndata: {') == [{"a": 1}]
    assert splitter.done
    assert splitter.finish() == []


def test_a_byte_order_mark_and_empty_events_are_nothing() -> None:
    assert split([b"\xef\xbb\xbf", b'data: {"a": 1}\n\n\n\nevent: ping\n\ndata:\n\n']) == [{"a": 1}]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"data: not json\n\n", "not JSON"),
        (b"data: [1]\n\n", "no JSON object"),
        (b'data: "\xff"\n\n', "not UTF-8"),
        (b"data: " + b"[" * 100_000 + b"\n\n", "not JSON"),
        (b'data: {"a": ' + b"9" * 5000 + b"}\n\n", "not JSON"),
    ],
)
def test_garbage_is_broken(raw: bytes, why: str) -> None:
    with pytest.raises(ModelProblem, match=why) as caught:
        split([raw])
    assert caught.value.fault == "broken"


def test_a_huge_line_is_broken_before_it_is_held() -> None:
    splitter = Splitter(limit=1000)
    for _ in range(10):
        splitter.feed(b"x" * 100)
    with pytest.raises(ModelProblem, match="longer than 1000 bytes") as caught:
        splitter.feed(b"x")
    assert caught.value.fault == "broken"
    assert sum(map(len, splitter._pieces)) <= 1000


def test_a_huge_event_of_many_lines_is_broken() -> None:
    with pytest.raises(ModelProblem, match="longer than 1000"):
        split([b"data: aaaaaaaaaa\n"] * 200, limit=1000)
    with pytest.raises(ModelProblem, match="longer than 1000"):
        split([b"data:\n"] * 201, limit=1000)


def test_a_line_up_to_the_limit_is_read() -> None:
    line = b'data: {"a": "' + b"x" * 980 + b'"}'
    assert len(line) == 995
    assert split([line[:500], line[500:], b"\n\n"], limit=1000) == [{"a": "x" * 980}]


def test_half_of_a_surrogate_pair_becomes_a_mark() -> None:
    assert decoded('{"a": ["\\ud83d", "\\ud83d\\ude00"], "\\uDE00": 1}') == {"a": ["\ufffd", "😀"], "\ufffd": 1}


@pytest.mark.anyio
async def test_the_events_of_one_chunk_come_together() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'data: {"a": 1}\n\ndata: {"a": 2}\n\ndata: {"a'
        yield b'": 3}'
        yield b"\n\n"
        yield b'data: {"a": 4}'

    assert [batch async for batch in batches(chunks())] == [[{"a": 1}, {"a": 2}], [{"a": 3}], [{"a": 4}]]
