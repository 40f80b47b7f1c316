"""What a service may not have, how its refusal is recognised, and what is asked for instead.

A server that lacks a feature answers 400 (or 422) and names the parameter. The adapter then asks without it, from then
on, and says so (`Lowered`). Nothing is tried in advance: the probe is the first real call.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bridge.harness.models.catalogue import WORDS
from bridge.harness.models.service.faults import Refusal

Feature = Literal[
    "carried reasoning",
    "effort",
    "reasoning summaries",
    "encrypted reasoning",
    "reasoning",
    "parallel calls",
    "prompt cache key",
    "background mode",
    "stored responses",
    "fast tier",
    "strict schemas",
    "structured output",
    "built-in tools",
]
"""What can be done without, in the order in which a refusal is tried on them: the narrower ones first."""

# For each feature: how the parameter begins that the refusal names, and how its words do where it names none.
_SIGNS: Mapping[Feature, tuple[tuple[str, ...], str]] = {
    "carried reasoning": ((), r"(?!)"),
    "effort": (("reasoning.effort", "reasoning_effort"), r"reasoning[._]effort|\beffort\b"),
    "reasoning summaries": (
        ("reasoning.summary", "reasoning.generate_summary"),
        r"reasoning[._]summar|\bsummar(?:y|ies)\b",
    ),
    "encrypted reasoning": (("include",), r"[eE]ncrypted content|encrypted_content|['\"`]include['\"`]|\binclude\["),
    "reasoning": (("reasoning",), r"\breasoning\b"),
    "parallel calls": (("parallel_tool_calls",), r"parallel_tool_calls|[pP]arallel tool calls?"),
    "prompt cache key": (("prompt_cache_key",), r"prompt_cache_key"),
    "background mode": (("background",), r"\b[bB]ackground\b"),
    "stored responses": (
        ("store", "previous_response_id"),
        r"['\"`]store['\"`]|\bstore=|previous_response_id|[sS]toring",
    ),
    "fast tier": (("service_tier",), r"service_tier|[sS]ervice tier"),
    "strict schemas": (("text.format.schema", "text.format.strict"), r"\bstrict\b|Invalid schema for"),
    "structured output": (
        ("text", "response_format"),
        r"text\.format|response_format|json_schema|[sS]tructured output",
    ),
    "built-in tools": ((), r"(?!)"),
}
_NO = re.compile(
    r"(?i)unknown|unsupported|unrecogni[sz]ed|unexpected|invalid|extra|must be verified|does not|cannot|can't|only"
    r"|not \w*\s?(?:support|allow|permit|available|enabled|valid|implement|recogni)"
)
_CARRIED = re.compile(
    r"(?i)encrypted content.*(?:could not be|cannot be|failed)|of type '?reasoning'? was provided without"
)
_STRICT_TOOL = re.compile(r"tools\[\d+\](?:\.function)?\.(?:strict|parameters)")
_TOOL = re.compile(r"tools\[(\d+)\]")
_WORD = re.compile("|".join(rf"\b{word}\b" for word in WORDS))


def lacking(
    refusal: Refusal, options: Mapping[str, Any], tools: Sequence[Mapping[str, Any]], own: int
) -> Feature | None:
    """Which feature of a call the service has refused; None: it is something else.

    `options` are the keys of the request but instructions, tools and input; the first `own` of `tools` are ours, the
    others are the service's built-in ones.
    """
    if refusal.status not in {400, 422, 501}:
        return None
    if refusal.code == "invalid_encrypted_content" or _CARRIED.search(refusal.message):
        return "carried reasoning"
    used = used_features(options, tools, own)
    special = _of_tools(refusal, tools, own)
    if special in used:
        return special
    for feature, (params, spoken) in _SIGNS.items():
        if feature not in used:
            continue
        if refusal.param:
            named = any(refusal.param == param or refusal.param.startswith(f"{param}.") for param in params)
            if named or (feature == "encrypted reasoning" and refusal.param.startswith("include[")):
                return feature
        elif re.search(spoken, refusal.message) and _NO.search(refusal.message):
            return feature
    return None


def used_features(options: Mapping[str, Any], tools: Sequence[Mapping[str, Any]], own: int) -> set[Feature]:
    """What a call asks for that a service may lack."""
    reasoning: Mapping[str, Any] = options.get("reasoning", {})
    form: Mapping[str, Any] = options.get("text", {}).get("format", {})
    strict = bool(form.get("strict")) or any(tool.get("strict") for tool in tools)
    asked: tuple[tuple[Feature, object], ...] = (
        ("effort", "effort" in reasoning),
        ("reasoning summaries", "summary" in reasoning),
        ("encrypted reasoning", "include" in options),
        ("reasoning", reasoning),
        ("parallel calls", "parallel_tool_calls" in options),
        ("prompt cache key", "prompt_cache_key" in options),
        ("background mode", "background" in options),
        ("stored responses", "store" in options or "previous_response_id" in options),
        ("fast tier", "service_tier" in options),
        ("strict schemas", strict),
        ("structured output", form),
        ("built-in tools", len(tools) > own),
    )
    return {feature for feature, used in asked if used}


def _of_tools(refusal: Refusal, tools: Sequence[Mapping[str, Any]], own: int) -> Feature | None:
    """A refusal of the tools: of a built-in one, or of strictness."""
    place = f"{refusal.param} {refusal.message}"
    if _STRICT_TOOL.search(place) or refusal.code == "invalid_function_parameters":
        return "strict schemas"
    number = _TOOL.search(place)
    if number and int(number[1]) >= own:
        return "built-in tools"
    named = any(re.search(rf"\b{re.escape(str(tool.get('type', '?')))}\b", refusal.message) for tool in tools[own:])
    return "built-in tools" if named and _NO.search(refusal.message) else None


def weaker_effort(word: str, refusal: Refusal) -> str:
    """The word to try after a refused one: the strongest below it that the refusal names, or none ("")."""
    named = {each for each in _WORD.findall(refusal.message) if each != word}
    below = WORDS[: WORDS.index(word)] if word in WORDS else ()
    return next((each for each in reversed(below) if each in named and each != "none"), "")
