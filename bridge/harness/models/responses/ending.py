"""How a response ended: its status, its bill, and what failed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from bridge.harness.models.service.faults import Refusal, refused
from bridge.harness.values.model import Ended
from bridge.harness.values.usage import Usage

UNFINISHED = frozenset({"queued", "in_progress"})

_STATUS: Mapping[str, Literal["completed", "incomplete", "failed"]] = {
    "completed": "completed",
    "complete": "completed",
    "incomplete": "incomplete",
    "failed": "failed",
    "cancelled": "failed",
}


def ended(response: Mapping[str, Any], event: str, secret: str = "") -> Ended:
    """The end that a response object stands for; `event` is the last word of the event that brought it."""
    status = _STATUS.get(str(response.get("status")), _STATUS.get(event, "completed"))
    common = Ended(
        status,
        usage=usage(response.get("usage")),
        response=_text(response.get("id")),
        model=_text(response.get("model")),
        tier=_text(response.get("service_tier")),
    )
    if status == "incomplete":
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, Mapping) else ""
        return replace(common, reason=_text(reason) or "unknown")
    if status == "failed":
        error = response.get("error") or {"message": f"the service says that the response has {response.get('status')}"}
        return failed(error, common, secret)
    return common


def failed(error: Any, common: Ended | None = None, secret: str = "") -> Ended:
    """The end that an error event, flat or nested, or the `error` of a failed response stands for."""
    problem = refused(Refusal.of_error(error), secret)
    return replace(common or Ended("failed"), message=problem.message, fault=problem.fault)


def usage(value: Any) -> Usage | None:
    """The service's own count; None where it is missing or all zero.

    No call costs nothing: a service that says so has not counted (one incomplete stream of OpenAI's does).
    """
    if not isinstance(value, Mapping):
        return None
    inward, outward = value.get("input_tokens_details"), value.get("output_tokens_details")
    inward = inward if isinstance(inward, Mapping) else {}
    outward = outward if isinstance(outward, Mapping) else {}
    found = Usage(
        input=_count(value, "input_tokens"),
        cached=_count(inward, "cached_tokens"),
        cache_write=_count(inward, "cache_write_tokens"),
        output=_count(value, "output_tokens"),
        reasoning=_count(outward, "reasoning_tokens"),
    )
    return found if found != Usage() else None


def _count(value: Mapping[str, Any], key: str) -> int:
    number = value.get(key)
    return max(number, 0) if isinstance(number, int) else 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
