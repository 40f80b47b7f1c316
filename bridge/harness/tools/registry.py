"""The session's tools, in one deterministic order, as the model is told of them."""

from collections.abc import Iterable
from typing import Any

from bridge.harness.tools.contract import Tool
from bridge.harness.values.model import Item


class Registry:
    """Built-ins sorted by name. The same set always serialises to the same bytes."""

    def __init__(self, tools: Iterable[Tool[Any]]) -> None:
        """Names and aliases have to be unique."""
        self._tools = tuple(sorted(tools, key=lambda tool: tool.spec.name))
        self._by_name = {name: tool for tool in self._tools for name in (tool.spec.name, *tool.spec.aliases)}

    def get(self, name: str) -> Tool[Any] | None:
        """The tool of that name or alias."""
        return self._by_name.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, sorted."""
        return tuple(tool.spec.name for tool in self._tools)

    def specs(self) -> tuple[Item, ...]:
        """The tools as Responses-API function tools, with strict schemas."""
        return tuple(_function(tool) for tool in self._tools)


def _function(tool: Tool[Any]) -> Item:
    schema = tool.spec.inputs.model_json_schema()
    _make_strict(schema)
    return {
        "type": "function",
        "name": tool.spec.name,
        "description": tool.spec.description,
        "strict": True,
        "parameters": schema,
    }


def _make_strict(schema: dict[str, Any]) -> None:
    """Strict mode wants every property required, and no titles or defaults; optional ones are nullable instead."""
    schema.pop("title", None)
    schema.pop("default", None)
    if schema.get("type") == "object":
        schema["additionalProperties"] = False
        schema["required"] = list(schema.get("properties", {}))
    for part in ("properties", "$defs"):
        for inner in schema.get(part, {}).values():
            _make_strict(inner)
    if "items" in schema:
        _make_strict(schema["items"])
