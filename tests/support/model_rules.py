"""What the Responses API refuses: parameters it does not know, and conversations that do not hold together."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

KNOWN = frozenset(
    {
        "background",
        "background_options",
        "context_management",
        "conversation",
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "model",
        "parallel_tool_calls",
        "previous_response_id",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    }
)

OUTPUTS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}


def faults(body: Json, conversation: Sequence[Json]) -> str:
    """What is wrong with a request, in the service's words; empty where it can be taken."""
    if unknown := sorted(set(body) - KNOWN):
        return f"Unknown parameter: '{unknown[0]}'."
    if not isinstance(body.get("model"), str) or not body["model"]:
        return "Missing required parameter: 'model'."
    if not conversation:
        return "Missing required parameter: 'input'."
    return _calls(conversation) or _reasoning(conversation) or _tools(body.get("tools") or [])


def _calls(conversation: Sequence[Json]) -> str:
    """Each call has one output after it, and no output is without a call."""
    waiting: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for item in conversation:
        kind = item.get("type", "message")
        if kind in OUTPUTS:
            call = str(item.get("call_id"))
            if call in seen:
                return f"Duplicate item found with call_id {call}."
            seen.add(call)
            waiting.add((OUTPUTS[kind], call))
        elif kind in OUTPUTS.values():
            if (kind, item.get("call_id")) not in waiting:
                return f"No tool call found for function call output with call_id {item['call_id']}."
            waiting.discard((kind, item.get("call_id")))
    return f"No tool output found for function call {min(waiting)[1]}." if waiting else ""


def _reasoning(conversation: Sequence[Json]) -> str:
    """A reasoning item stands before what it led to, which nobody else has said."""
    for item, after in zip(conversation, (*conversation[1:], {}), strict=True):
        others = after.get("role") in ("user", "developer", "system") or after.get("type") in OUTPUTS.values()
        if item.get("type") == "reasoning" and (not after or others):
            return f"Item '{item.get('id')}' of type 'reasoning' was provided without its required following item."
    return ""


def _tools(tools: Sequence[Json]) -> str:
    for number, tool in enumerate(tools):
        if tool.get("type") == "function" and not {"name", "parameters"} <= set(tool):
            return f"Missing required parameter: 'tools[{number}].name'."
    return ""
