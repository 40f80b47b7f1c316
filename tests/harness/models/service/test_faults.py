"""What goes wrong, as a sentence, a kind and a fault; and that no key is ever repeated."""

import json
import socket
import ssl
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from bridge.harness.models.service.faults import (
    WAIT_LIMIT,
    WORDS,
    Refusal,
    fault_of,
    refused,
    retry_after,
    unreachable,
    words,
)


def answered(status: int, error: dict[str, Any] | str, headers: dict[str, str] | None = None) -> Refusal:
    """The refusal of an HTTP answer."""
    body = error if isinstance(error, str) else json.dumps({"error": error})
    return Refusal.of_response(status, headers or {}, body.encode())


@pytest.mark.parametrize(
    ("status", "error", "fault", "kind"),
    [
        (401, {"message": "no", "code": "invalid_api_key"}, "auth", "model_auth"),
        (403, {"message": "no"}, "auth", "model_auth"),
        (402, {"message": "pay"}, "quota", "model_quota"),
        (404, {"message": "no such model"}, "gone", "model_unavailable"),
        (400, {"message": "x", "code": "model_not_found"}, "gone", "model_unavailable"),
        (429, {"message": "slow down", "code": "rate_limit_exceeded"}, "rate_limited", "model_failed"),
        (429, {"message": "no money", "code": "insufficient_quota"}, "quota", "model_quota"),
        (429, {"message": "no money", "type": "insufficient_quota"}, "quota", "model_quota"),
        (429, {"message": "no more", "type": "usage_limit_reached"}, "quota", "model_quota"),
        (408, {"message": "late"}, "server", "model_failed"),
        (409, {"message": "busy"}, "server", "model_failed"),
        (500, {"message": "oops"}, "server", "model_failed"),
        (503, "<html>down</html>", "server", "model_failed"),
        (529, {"message": "overloaded"}, "server", "model_failed"),
        (400, {"message": "long", "code": "context_length_exceeded"}, "context_too_long", "model_failed"),
        (400, {"message": "This model's maximum context length is 8192 tokens"}, "context_too_long", "model_failed"),
        (400, {"message": "Your input exceeds the context window of this model"}, "context_too_long", "model_failed"),
        (
            429,
            {"message": "Request too large: Limit 30000, Requested 35364.", "code": "rate_limit_exceeded"},
            "context_too_long",
            "model_failed",
        ),
        (413, {"message": "big"}, "context_too_long", "model_failed"),
        (400, {"message": "x", "code": "previous_response_not_found"}, "forgotten", "model_failed"),
        (400, {"message": "what?"}, "bad_request", "model_failed"),
        (
            422,
            '{"detail": [{"loc": ["body", "store"], "msg": "Extra", "type": "extra"}]}',
            "bad_request",
            "model_failed",
        ),
    ],
)
def test_each_failure_has_its_fault_and_kind(status: int, error: Any, fault: str, kind: str) -> None:
    problem = refused(answered(status, error))
    assert (problem.fault, problem.kind) == (fault, kind)
    assert problem.message.endswith((".", "?")) or ": " in problem.message
    assert str(status) in problem.message
    assert problem.hint


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "error", "code": "server_error", "message": "m", "param": None}, ("server_error", "", "", "m")),
        ({"type": "error", "error": {"type": "t", "code": None, "message": "m"}}, ("", "t", "", "m")),
        ({"error": "just words"}, ("", "", "", "just words")),
        ({"error": {"message": "m", "code": 429}}, ("429", "", "", "m")),
        ({"detail": "words"}, ("", "", "", "words")),
        ({"detail": [{"loc": ["body", "text", "format"], "msg": "m", "type": "t"}]}, ("", "t", "text.format", "m")),
        ({"detail": []}, ("", "", "", "")),
        ("words", ("", "", "", "words")),
        (None, ("", "", "", "")),
    ],
)
def test_errors_are_read_in_every_form(value: Any, expected: tuple[str, str, str, str]) -> None:
    refusal = Refusal.of_error(value)
    assert (refusal.code, refusal.type, refusal.param, refusal.message) == expected


def test_a_failure_in_a_stream_is_the_servers() -> None:
    assert fault_of(Refusal(message="anything")) == "server"
    assert fault_of(Refusal(code="rate_limit_exceeded")) == "rate_limited"
    assert fault_of(Refusal(code="context_length_exceeded")) == "context_too_long"


NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "99999999"}, WAIT_LIMIT),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, WAIT_LIMIT),
        ({}, None),
    ],
)
def test_how_long_the_service_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds
    assert refused(answered(429, {"message": "m"}, {"retry-after": "7"})).retry_after == 7.0


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Please try again in 20s. Visit", 20.0),
        ("try again in 250ms", 0.25),
        ("try again in 1.5m", 90.0),
        ("later", None),
    ],
)
def test_how_long_to_wait_may_stand_in_the_words(said: str, seconds: float | None) -> None:
    assert refused(answered(429, {"message": said})).retry_after == seconds
    assert refused(answered(429, {"message": said}, {"retry-after": "7"})).retry_after == 7.0
    assert refused(answered(500, {"message": said})).retry_after is None


@pytest.mark.parametrize(
    "said",
    [
        "Incorrect API key provided: {key}. You can find",
        "Bearer {key} is not valid",
        "no such key {key}",
    ],
)
@pytest.mark.parametrize("key", ["sk-" + "abcdefgh12345678", "plain" + "9f8e7d6c5b4a"])
def test_a_key_is_never_repeated(said: str, key: str) -> None:
    assert key not in words(said.format(key=key), key)
    assert key not in refused(answered(401, {"message": said.format(key=key)}), key).message


def test_what_looks_like_a_key_is_not_repeated_either() -> None:
    assert words("bad key sk-proj-" + "a1b2c3d4e5 and abc****wxyz!") == "bad key [key] and [key]!"


def test_an_address_is_repeated_without_its_password() -> None:
    assert words("http://me:pass@host/v1 is down") == "http://[key]@host/v1 is down"


def test_the_words_are_bounded_and_on_one_line() -> None:
    said = words("a\nb\t" + "x" * 1000)
    assert len(said) == WORDS
    assert said.startswith("a b x")


def chained(*causes: BaseException) -> BaseException:
    """An error with its causes, the innermost last."""
    for error, cause in pairwise(causes):
        error.__cause__ = cause
    return causes[0]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ConnectionRefusedError(111, "refused"), "Nothing listens at host:8080."),
        (
            ExceptionGroup("all", [OSError(1, "x"), ConnectionRefusedError(111, "refused")]),
            "Nothing listens at host:8080.",
        ),
        (socket.gaierror(-2, "unknown"), "There is no address for host:8080."),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version"), "No safe connection to host:8080: "),
        (ConnectionResetError(104, "reset"), "The connection to host:8080 was cut before the model answered."),
    ],
)
def test_why_a_service_is_not_reached(cause: BaseException, said: str) -> None:
    error = chained(RuntimeError("Connection error."), OSError("All connection attempts failed"), cause)
    problem = unreachable(error, "http://me:secret@host:8080/v1")
    assert problem.message.startswith(said)
    assert "secret" not in problem.message
    assert (problem.fault, problem.kind) == ("network", "model_unavailable")


def test_errors_that_cause_each_other_end() -> None:
    one, two = OSError("one"), OSError("two")
    one.__context__, two.__context__ = two, one
    assert unreachable(one, "http://host").fault == "network"
