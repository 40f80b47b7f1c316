import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.surfaces.lsp import strictjson
from bridge.surfaces.lsp.jsonrpc import Invalid, Notification, Request, Response, parse

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(JSON)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert strictjson.loads(strictjson.dumps(value)) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"NaN",
        b"[-Infinity]",
        b"1e999",
        b"-1e999",
        b'{"a":1,"a":1}',
        b'{"x":[{"a":1,"b":2,"a":3}]}',
        b'"\\ud800"',
        b'"\\uDC00\\uD83D"',
        b'"\xed\xa0\x80"',
        b'"\xc0\xaf"',
        b'"\xff"',
        '{"a":1}'.encode("utf-16"),
        b"[" * 100_000,
        b"9" * 5000,
        b"{'a':1}",
        b"[1,]",
        b"{} {}",
        b'"\n"',
    ],
)
def test_what_two_readers_could_take_differently_is_refused(body: bytes) -> None:
    with pytest.raises(strictjson.BadJson):
        strictjson.loads(body)


def test_a_byte_order_mark_and_an_escaped_pair_are_read() -> None:
    assert strictjson.loads(b'\xef\xbb\xbf"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": object()}, "\ud800"])
def test_what_is_not_json_is_not_written(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        strictjson.dumps(value)


def read(value: Any) -> Any:
    return parse(json.dumps(value).encode())


@pytest.mark.parametrize("request_id", [0, -1, 7, "7", "", 2**63])
def test_an_id_keeps_its_value_and_type(request_id: Any) -> None:
    message = read({"jsonrpc": "2.0", "id": request_id, "method": "m"})
    assert message == Request(request_id, "m", None)
    assert type(message.id) is type(request_id)


@pytest.mark.parametrize("request_id", [None, True, 1.0, 1.5, [], {}])
def test_an_id_that_is_neither_string_nor_integer_is_refused_with_null(request_id: Any) -> None:
    assert read({"jsonrpc": "2.0", "id": request_id, "method": "m"}) == Invalid(
        None, -32600, "An id is a string or an integer"
    )


@pytest.mark.parametrize(
    ("member", "value"), [("jsonrpc", 2.0), ("jsonrpc", None), ("method", 5), ("method", ["m"]), ("params", 7)]
)
def test_a_malformed_request_is_refused_with_its_own_id(member: str, value: Any) -> None:
    message = read({"jsonrpc": "2.0", "id": 9, "method": "m", member: value})
    assert isinstance(message, Invalid)
    assert (message.id, message.code) == (9, -32600)


@pytest.mark.parametrize("params", [{"a": 1}, [1], None])
def test_params_are_given_as_they_came(params: Any) -> None:
    assert read({"jsonrpc": "2.0", "method": "m", "params": params}) == Notification("m", params)


@pytest.mark.parametrize("value", [[], [1], [{"jsonrpc": "2.0", "id": 1, "method": "m"}], {}, 1, None, "x", True])
def test_what_is_no_single_message_is_refused_with_null(value: Any) -> None:
    message = read(value)
    assert isinstance(message, Invalid)
    assert (message.id, message.code) == (None, -32600)


def test_unreadable_bytes_are_a_parse_error() -> None:
    message = parse(b"{")
    assert isinstance(message, Invalid)
    assert (message.id, message.code) == (None, -32700)


@pytest.mark.parametrize("result", [None, 0, False, {"a": 1}])
def test_a_result_may_be_anything_even_with_a_null_error_beside_it(result: Any) -> None:
    assert read({"jsonrpc": "2.0", "id": "x", "result": result}) == Response("x", result)
    assert read({"jsonrpc": "2.0", "id": "x", "result": result, "error": None}) == Response("x", result)


def test_an_error_is_given_as_it_came() -> None:
    error = {"code": -32601, "message": "no", "data": {"a": 1}}
    assert read({"jsonrpc": "2.0", "id": "x", "error": error}) == Response("x", error=error)
    assert read({"jsonrpc": "2.0", "id": None, "error": error}) == Response(None, error=error)


@pytest.mark.parametrize(
    "value",
    [
        {"jsonrpc": "2.0", "id": "x", "error": "boom"},
        {"jsonrpc": "2.0", "id": "x", "error": {"code": "1", "message": "m"}},
        {"jsonrpc": "2.0", "id": "x", "error": {"code": True, "message": "m"}},
        {"jsonrpc": "2.0", "id": "x", "error": {"code": 1}},
        {"jsonrpc": "2.0", "id": "x", "error": None},
        {"jsonrpc": "2.0", "id": "x", "result": 1, "error": {"code": 1, "message": "m"}},
        {"id": "x", "result": 1},
    ],
)
def test_a_malformed_answer_says_so(value: Any) -> None:
    message = read(value)
    assert isinstance(message, Response)
    assert message.id == "x"
    assert message.fault
