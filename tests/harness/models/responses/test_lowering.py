"""How a service's refusal is understood, and which effort is asked for."""

from typing import Any

import pytest

from bridge.harness.models.responses.lowering import lacking, weaker_effort
from bridge.harness.models.service.faults import Refusal

EVERYTHING: dict[str, Any] = {
    "parallel_tool_calls": True,
    "reasoning": {"effort": "high", "summary": "auto"},
    "text": {"format": {"type": "json_schema", "strict": True}},
    "include": ["reasoning.encrypted_content"],
    "store": True,
    "background": True,
    "service_tier": "priority",
    "prompt_cache_key": "s",
    "previous_response_id": "resp_1",
}
TOOLS = ({"type": "function", "name": "look", "strict": True}, {"type": "web_search"})


@pytest.mark.parametrize(
    ("param", "message", "feature"),
    [
        (
            "reasoning.effort",
            "Unsupported value: 'reasoning.effort' does not support 'high' with this model.",
            "effort",
        ),
        (
            "reasoning.summary",
            "Your organization must be verified to generate reasoning summaries.",
            "reasoning summaries",
        ),
        ("reasoning", "Unknown parameter: 'reasoning'.", "reasoning"),
        ("", "reasoning is not supported by this server", "reasoning"),
        ("include", "Encrypted content is not supported with this model.", "encrypted reasoning"),
        ("include[0]", "Invalid value: 'reasoning.encrypted_content'.", "encrypted reasoning"),
        ("", "Encrypted content is not supported with this model.", "encrypted reasoning"),
        ("parallel_tool_calls", "Unknown parameter", "parallel calls"),
        ("", "got an unexpected keyword argument 'parallel_tool_calls'", "parallel calls"),
        ("prompt_cache_key", "Extra inputs are not permitted", "prompt cache key"),
        ("", "Unrecognized request argument supplied: prompt_cache_key", "prompt cache key"),
        ("background", "Background mode is not supported", "background mode"),
        ("store", "store is not supported", "stored responses"),
        ("previous_response_id", "previous_response_id is not supported", "stored responses"),
        ("service_tier", "Invalid service_tier argument", "fast tier"),
        ("text.format.schema", "Invalid schema for response_format 'x': In context=()", "strict schemas"),
        ("text.format", "json_schema is not supported with this model", "structured output"),
        ("text", "Extra inputs are not permitted", "structured output"),
        ("tools[0].parameters", "Invalid schema for function 'look': 'required' is required", "strict schemas"),
        ("tools[0].strict", "Extra inputs are not permitted", "strict schemas"),
        ("tools[1].type", "Invalid value: 'web_search'. Supported values are: 'function'.", "built-in tools"),
        ("", "tool type web_search is not supported", "built-in tools"),
        ("input[3]", "of type 'reasoning' was provided without its required following item.", "carried reasoning"),
        ("", "The encrypted content gAAA could not be verified.", "carried reasoning"),
        ("input", "No tool output found for function call call_1.", None),
        ("input[3].reasoning", "Unknown parameter: 'input[3].reasoning'", None),
        ("model", "The model does not exist", None),
        ("", "Something went wrong", None),
        ("", "the reasoning is fine, the store is open, the text is long", None),
    ],
)
def test_a_refusal_names_a_feature(param: str, message: str, feature: str | None) -> None:
    assert lacking(Refusal(400, param=param, message=message), EVERYTHING, TOOLS, 1) == feature


def test_only_what_was_asked_for_can_be_refused() -> None:
    refusal = Refusal(400, param="service_tier", message="no")
    assert lacking(refusal, {"stream": True}, (), 0) is None
    assert lacking(Refusal(500, param="service_tier"), EVERYTHING, TOOLS, 1) is None
    assert lacking(Refusal(404, message="unknown: reasoning"), EVERYTHING, TOOLS, 1) is None


FULL = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def test_the_strongest_effort_that_a_refusal_names_is_next() -> None:
    said = Refusal(message="'max' is not supported. Supported values are: 'low', 'medium', and 'high'.")
    assert weaker_effort("max", said) == "high"
    assert weaker_effort("low", said) == ""
    assert weaker_effort("max", Refusal(message="no")) == ""
    assert weaker_effort("strange", said) == ""
