"""Bytes and text, both ways."""

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.workspace.text import decode, encode, form_of, sha, sha_bytes, split_lines

FIRST_BYTES = [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]


@given(st.sampled_from(FIRST_BYTES), st.binary(max_size=200))
def test_whatever_is_read_as_text_is_written_back_byte_for_byte(first: bytes, rest: bytes) -> None:
    raw = first + rest
    text = form = None
    with contextlib.suppress(FileProblem):
        text, form = decode(raw, "f")
    if text is not None and form is not None:
        assert encode(text, form) == raw
        assert "".join(split_lines(text)) == text
    else:
        assert b"\0" in raw or first in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@pytest.mark.parametrize("raw", [b"\0\1\2bin", b"a\0", codecs.BOM_UTF16_LE + b"a", codecs.BOM_UTF32_LE + b"a\0\0\0"])
def test_bytes_that_are_no_text_are_refused_with_their_path(raw: bytes) -> None:
    with pytest.raises(FileProblem, match=r"dir/f: ") as refused:
        decode(raw, "dir/f")
    assert refused.value.kind == "file_binary"


@pytest.mark.parametrize(
    ("raw", "encoding", "bom", "eol", "final"),
    [
        (b"", "utf-8", False, "lf", False),
        (b"a\nb", "utf-8", False, "lf", False),
        (b"a\r\nb\r\n", "utf-8", False, "crlf", True),
        (b"a\r\nb\n", "utf-8", False, "mixed", True),
        (b"a\rb", "utf-8", False, "lf", False),
        (codecs.BOM_UTF8 + b"a\n", "utf-8", True, "lf", True),
        (b"caf\xe9\n", "latin-1", False, "lf", True),
        (codecs.BOM_UTF16_BE + b"\0a\0\n", "utf-16-be", True, "lf", True),
    ],
)
def test_the_form_says_how_the_file_holds_its_text(raw: bytes, encoding: str, bom: bool, eol: str, final: bool) -> None:
    text, form = decode(raw, "f", 0o640)
    assert (form.encoding, form.bom, form.eol, form.final_newline, form.mode) == (encoding, bom, eol, final, 0o640)
    assert not text.startswith("\ufeff")


def test_lines_end_after_a_newline_only() -> None:
    text = "a\rb\x0bc\x0cd\x85e\u2028f\r\ng\n\nh"
    assert split_lines(text) == ["a\rb\x0bc\x0cd\x85e\u2028f\r\n", "g\n", "\n", "h"]
    assert split_lines("") == []


def test_a_character_that_the_encoding_lacks_is_named() -> None:
    with pytest.raises(ToolInputError, match=r"latin-1, can't hold the character U\+20AC"):
        encode("€", form_of("", encoding="latin-1"))
    with pytest.raises(ToolInputError, match=r"U\+D800"):
        encode("\ud800", form_of(""))


def test_a_text_and_its_bytes_have_one_hash() -> None:
    assert sha("é\n") == sha_bytes("é\n".encode())
    assert len(sha("\ud800")) == 64
