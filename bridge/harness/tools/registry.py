"""The session's tools, in one deterministic order, as the model is told of them."""

from collections.abc import Iterable
from typing import Any

from bridge.harness.tools.contract import Tool
from bridge.harness.values.model import Item


class Registry:
    """Built-ins sorted by name. The same set always serialises to the same bytes."""

    def __init__(self, tools: Iterable[Tool[Any]]) -> None:
        """Names and aliases have to be unique; ValueError names one that is not."""
        self._tools = tuple(sorted(tools, key=lambda tool: tool.spec.name))
        self._by_name: dict[str, Tool[Any]] = {}
        for tool in self._tools:
            for name in (tool.spec.name, *tool.spec.aliases):
                if self._by_name.setdefault(name, tool) is not tool:
                    raise ValueError(f"two tools have the name {name!r}")

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
    """Strict mode wants every property required, and no titles, defaults or lengths of strings; optional ones are
    nullable instead. What is left out here is still checked when the call comes.
    """
    for word in ("title", "default", "minLength", "maxLength"):
        schema.pop(word, None)
    if schema.get("type") == "object":
        schema["additionalProperties"] = False
        schema["required"] = list(schema.get("properties", {}))
    for part in ("properties", "$defs"):
        for inner in schema.get(part, {}).values():
            _make_strict(inner)
    for inner in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])):
        _make_strict(inner)
