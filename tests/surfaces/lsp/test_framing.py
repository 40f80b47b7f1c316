from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.surfaces.lsp.framing import MAX_BODY, MAX_HEADER, MAX_SKIPPED, FrameDecoder, FrameError, frame


def decode(*pieces: bytes) -> list[bytes | FrameError]:
    decoder, items = FrameDecoder(), []
    for piece in pieces:
        decoder.feed(piece)
        while (item := decoder.take()) is not None:
            items.append(item)
    return items


def only_error(*pieces: bytes) -> FrameError:
    (item,) = decode(*pieces)
    assert isinstance(item, FrameError)
    return item


@given(bodies=st.lists(st.binary(max_size=60), max_size=6), cuts=st.lists(st.integers(0, 500), max_size=8))
def test_bodies_come_out_as_they_went_in_wherever_the_stream_is_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(frame, bodies))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert decode(*(stream[a:b] for a, b in pairwise(edges))) == bodies


@given(noise=st.binary(max_size=400))
def test_no_bytes_at_all_raise(noise: bytes) -> None:
    decode(noise)


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 2\r\n\r\n",
        b"CONTENT-LENGTH:2\r\n\r\n",
        b"Content-Length:\t2 \r\n\r\n",
        b"Content-Length: 2\n\n",
        b"X-Other: a: b\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n",
        b'Content-Type: x; a=b; Charset="UTF-8"\r\nContent-Length: 2\r\n\r\n',
        b"Content-Type: application/vscode-jsonrpc\r\nContent-Length: 002\r\n\r\n",
    ],
)
def test_a_header_that_can_be_read_in_one_way_only_is_accepted(header: bytes) -> None:
    assert decode(header + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n",
        b"Content-Length: +2\r\n\r\n",
        b"Content-Length: 2_0\r\n\r\n",
        b"Content-Length: 0x2\r\n\r\n",
        b"Content-Length: -2\r\n\r\n",
        b"Content-Length: 2.0\r\n\r\n",
        b"Content-Length: \xd9\xa2\r\n\r\n",
        b"Content-Length: \r\n\r\n",
        b"Content-Length: 2, 2\r\n\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (MAX_SKIPPED + 1),
        b"Content-Length: 2\r\nContent-Type: x; charset=utf-16\r\n\r\n",
        b"Content-Type: x\r\n\r\n",
        b"\r\n",
        b"hello\n",
        b": 2\r\n\r\n",
        b"C\xc3\xb6ntent-Length: 2\r\n\r\n",
        b"A" * MAX_HEADER,
        b"A: b\r\n" * MAX_HEADER,
    ],
)
def test_a_header_that_gives_no_trustworthy_length_ends_the_stream(header: bytes) -> None:
    assert only_error(header + b"{}", frame(b"{}")).fatal


def test_an_endless_header_is_refused_without_being_kept() -> None:
    decoder = FrameDecoder()
    decoder.feed(b"A" * MAX_HEADER)
    error = decoder.take()
    assert isinstance(error, FrameError)
    decoder.feed(b"A" * 1_000_000)
    assert decoder.take() is None
    assert len(decoder._buffer) == 0


def test_an_oversized_body_is_read_past_without_being_kept_and_the_next_frame_is_in_step() -> None:
    decoder = FrameDecoder()
    decoder.feed(b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1))
    error = decoder.take()
    assert isinstance(error, FrameError)
    assert not error.fatal
    piece = bytes(1024 * 1024)
    for _ in range(16):
        decoder.feed(piece)
        assert len(decoder._buffer) == 0
    decoder.feed(b"x" + frame(b"{}"))
    assert decoder.take() == b"{}"


def test_an_oversized_body_that_is_there_already_is_read_past_too() -> None:
    body = bytes(MAX_BODY + 1)
    error, after = decode(frame(body) + frame(b"{}"))
    assert isinstance(error, FrameError)
    assert after == b"{}"


def test_the_largest_body_is_delivered() -> None:
    body = bytes(MAX_BODY)
    assert decode(frame(body)) == [body]
