"""What went wrong at a model service, as a `ModelProblem`: one plain sentence, what to do next, and the fault.

Nothing here knows the SDK: the input is a status with its headers and body, an error object of a stream, or an
exception with its causes. No key is ever repeated.
"""

import json
import math
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

from bridge.harness.errors import ModelFault, ModelKind, ModelProblem

WORDS = 300
"""Characters of a service's own words that are repeated."""

_READ = 4096  # characters of a service's words that are looked at

WAIT_LIMIT = 3600.0
"""Seconds: a service that asks to wait longer is not waited for so long."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a service said, as far as it did: the HTTP status (0: in a stream), and the fields of its error object."""

    status: int = 0
    code: str = ""
    type: str = ""
    param: str = ""
    message: str = ""
    retry_after: float | None = None

    @classmethod
    def of_response(cls, status: int, headers: Mapping[str, str], body: bytes) -> Self:
        """From an HTTP answer; a body that is no JSON is taken as words."""
        text = body[: 64 * 1024].decode(errors="replace")
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = {"message": "" if text.lstrip().startswith("<") else text}
        found = cls.of_error(value, status, retry_after(headers))
        again = _AGAIN.search(found.message) if found.retry_after is None and status == 429 else None
        return replace(found, retry_after=float(again[1]) * _SECONDS[again[2]]) if again else found

    @classmethod
    def of_error(cls, value: Any, status: int = 0, wait: float | None = None) -> Self:
        """From an error object, flat or nested in `error`; servers also say `detail` or a mere string."""
        inner = value.get("error") or value if isinstance(value, Mapping) else value
        if isinstance(inner, Mapping) and isinstance(inner.get("detail"), list):
            inner = _first_detail(inner["detail"])
        if not isinstance(inner, Mapping):
            return cls(status, message=_text(inner), retry_after=wait)
        words = inner.get("message") or inner.get("detail") or inner.get("msg")
        kind = "" if inner.get("type") == "error" else _text(inner.get("type"))
        return cls(status, _text(inner.get("code")), kind, _text(inner.get("param")), _text(words), wait)

    def __post_init__(self) -> None:
        """However much a service says, a part of it is enough to understand it."""
        object.__setattr__(self, "message", self.message[:_READ])


class Refused(ModelProblem):
    """The service answered with a failure; `refusal` has its own words for the adapter that can mend the call."""

    def __init__(self, message: str, refusal: Refusal, *, kind: ModelKind, fault: ModelFault, hint: str | None) -> None:
        super().__init__(message, kind=kind, hint=hint, fault=fault, retry_after=refusal.retry_after)
        self.refusal = refusal


def refused(refusal: Refusal, secret: str = "") -> Refused:
    """The problem that a refusal stands for. `secret` is the key, which must not be repeated."""
    fault = fault_of(refusal)
    said = words(refusal.message or refusal.code or refusal.type, secret)
    status = f" (HTTP {refusal.status})" if refusal.status else ""
    sentence, kind, hint = _SAYINGS[fault]
    message = f"{sentence}{status}: {said}" if said else f"{sentence}{status}."
    return Refused(message, refusal, kind=kind, fault=fault, hint=hint)


def broken(why: str) -> ModelProblem:
    """The stream ended, was cut or was garbage; `why` completes "The model's answer broke off: …"."""
    return ModelProblem(f"The model's answer broke off: {why}.", fault="broken")


def stalled(seconds: float) -> ModelProblem:
    """The service said nothing for too long."""
    return ModelProblem(f"The model service said nothing for {seconds:g} seconds.", fault="timeout")


def unreachable(error: BaseException, url: str, secret: str = "") -> ModelProblem:
    """The service could not be reached, or cut the connection before it answered: which of these, from the causes."""
    host = _host(url)
    message, hint = f"The connection to {host} was cut before the model answered.", None
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            why = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or "no TLS"
            message = f"No safe connection to {host}: {words(str(why), secret)}."
            hint = "Check the address (http or https) and the certificates that this machine trusts."
        elif isinstance(cause, socket.gaierror):
            message, hint = f"There is no address for {host}.", "Check the network and the model's base URL."
        elif isinstance(cause, ConnectionRefusedError):
            message, hint = f"Nothing listens at {host}.", "Start the server, or correct the model's base URL."
        else:
            continue
        break
    return ModelProblem(message, kind="model_unavailable", hint=hint, fault="network")


def unanswered(url: str, seconds: float) -> ModelProblem:
    """No connection within the time limit."""
    message = f"{_host(url)} did not answer within {seconds:g} seconds."
    return ModelProblem(message, kind="model_unavailable", fault="network")


def not_http(url: str) -> ModelProblem:
    """What came is no HTTP: something else listens there."""
    hint = "Check the model's base URL, its port, and whether it is http or https."
    message = f"What {_host(url)} answers is not HTTP."
    return ModelProblem(message, kind="model_unavailable", hint=hint, fault="network")


def moved(url: str) -> ModelProblem:
    """The service sends the call on to `url`, another origin, which has not been sent anything."""
    return ModelProblem(
        f"The service sends the call on to {words(_host(url))}, which was not chosen.",
        kind="model_unavailable",
        hint="Set that address as the base URL, if you trust it.",
        fault="bad_request",
    )


def fault_of(refusal: Refusal) -> ModelFault:
    """Which fault this is: by the service's code, else by the status.

    Its words count first where they say that the request is too long: services say so with many codes, and with 429
    where one request is more than a minute's tokens, which waiting does not mend.
    """
    if _LONG.search(refusal.message) and refusal.status in {0, 400, 413, 422, 429, 500}:
        return "context_too_long"
    for name in (refusal.code, refusal.type):
        if name in _BY_CODE:
            return _BY_CODE[name]
    if refusal.status in _BY_STATUS:
        return _BY_STATUS[refusal.status]
    if 400 <= refusal.status < 500:
        return "bad_request"
    return "server"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """How many seconds the service asks to wait (`retry-after-ms`, then `retry-after` in seconds or as an HTTP date).

    None where it does not say, or says what can't be read; never negative, at most WAIT_LIMIT.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    seconds = _number(lower.get("retry-after-ms"))
    seconds = None if seconds is None else seconds / 1000
    date = lower.get("retry-after")
    if seconds is None:
        seconds = _number(date)
    if seconds is None and date:
        try:
            when = parsedate_to_datetime(date)
        except ValueError:
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (when - (now or datetime.now(UTC))).total_seconds()
    return None if seconds is None else min(max(seconds, 0.0), WAIT_LIMIT)


def words(said: str, secret: str = "") -> str:
    """A service's words as they may be repeated: one line, no keys, at most WORDS characters."""
    if secret:
        said = said.replace(secret, "[key]")
    if len(said) > _LOOKED_AT:
        said = said[:_LOOKED_AT].rpartition(" ")[0] or said[:WORDS]  # not in a word: it may be a key
    line = _KEYS.sub("[key]", " ".join(said.split()))
    return line if len(line) <= WORDS else line[: WORDS - 1] + "…"


def _host(url: str) -> str:
    """Host and port, without the name and the password that may stand before them."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def _first_detail(details: list[Any]) -> Any:
    """What servers say that check with pydantic: where it is wrong becomes `param`, without what was sent there."""
    first = details[0] if details else ""
    if not isinstance(first, Mapping):
        return first
    where = [str(step) for step in first.get("loc", ()) if step != "body"]
    return {"message": first.get("msg"), "type": first.get("type"), "param": ".".join(where)}


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, the members of groups too; an error is looked at once."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        waiting.extend(cause for cause in (one.__cause__, one.__context__) if cause is not None)


_LOOKED_AT = 4 * WORDS  # characters that are searched for keys

# What looks like a key, whole or half covered with stars by the service itself.
_KEYS = re.compile(
    r"(?i)\b(?:sk|pk|rk|key|gsk|xai)-[\w*.-]{6,}|\bbearer\s+\S+|[\w-]*\*{3,}[\w*-]*|(?<=//)[^/\s@]+(?=@)"
)

# OpenAI says it in words too, and some servers only there.
_AGAIN = re.compile(r"try again in (\d{1,4}(?:\.\d{1,3})?) ?(ms|s|m)\b")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}

_LONG = re.compile(
    r"(?i)request too large|context[ _](?:length|window)|maximum context|prompt is too long|too many (?:input )?tokens"
    r"|exceeds? the (?:model'?s )?(?:context|max(?:imum)? (?:input|model) (?:length|len))"
)

_BY_CODE: Mapping[str, ModelFault] = {
    "context_length_exceeded": "context_too_long",
    "string_above_max_length": "context_too_long",
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "billing_not_active": "quota",
    "usage_limit_reached": "quota",
    "rate_limit_exceeded": "rate_limited",
    "rate_limit_error": "rate_limited",
    "server_error": "server",
    "overloaded_error": "server",
    "model_not_found": "gone",
    "previous_response_not_found": "forgotten",
    "invalid_api_key": "auth",
    "invalid_prompt": "bad_request",
}

_BY_STATUS: Mapping[int, ModelFault] = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "gone",
    408: "server",
    409: "server",
    413: "context_too_long",
    429: "rate_limited",
}

_SAYINGS: Mapping[ModelFault, tuple[str, ModelKind, str | None]] = {
    "context_too_long": (
        "The conversation is longer than the model can take",
        "model_failed",
        "Compact the session, or choose a model with a larger window.",
    ),
    "rate_limited": ("The model service asks to send less", "model_failed", "Wait a while, then send it again."),
    "quota": ("The account at the model service has nothing left", "model_quota", None),
    "server": ("The model service failed", "model_failed", None),
    "auth": (
        "The model service does not take the key",
        "model_auth",
        "Set HARNESS_BRIDGE_API_KEY (OPENAI_API_KEY: for OpenAI and OPENAI_BASE_URL), or run `harness-bridge key set`.",
    ),
    "gone": ("The model is not there", "model_unavailable", "Check the model's name and its base URL."),
    "forgotten": ("The service does not have the response any more that the call builds on", "model_failed", None),
    "bad_request": ("The model service did not take the request", "model_failed", None),
}
