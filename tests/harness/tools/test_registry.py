"""The tools as the model is told of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bridge.app.bootstrap import build_refactorer, build_registry
from bridge.harness.tools.registry import Registry
from bridge.harness.values.tools import Flags
from tests.support.fakes import FakeTool, Given

TOOLS = {spec["name"]: spec for spec in build_registry(build_refactorer()).specs()}


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object schema, at any depth."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    if isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


def keywords(schema: Any) -> Iterator[str]:
    """The words of JSON Schema that are used, at any depth; names of properties are none."""
    if isinstance(schema, list):
        for inner in schema:
            yield from keywords(inner)
    if isinstance(schema, dict):
        for word, inner in schema.items():
            yield word
            yield from keywords(list(inner.values()) if word in ("properties", "$defs") else inner)


@pytest.mark.parametrize("spec", TOOLS.values(), ids=TOOLS)
def test_every_schema_is_valid_and_strict(spec: dict[str, Any]) -> None:
    parameters = spec["parameters"]
    Draft202012Validator.check_schema(parameters)
    assert parameters["type"] == "object"
    for one in objects(parameters):
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    assert not {"default", "minLength", "maxLength"} & set(keywords(parameters))
    assert spec["strict"] is True


def test_the_same_tools_always_serialise_to_the_same_bytes() -> None:
    first, second = (build_registry(build_refactorer()).specs() for _ in range(2))
    assert json.dumps(first) == json.dumps(second)
    one, two = FakeTool("b"), FakeTool("a")
    assert json.dumps(Registry([one, two]).specs()) == json.dumps(Registry([two, one]).specs())
    assert list(TOOLS) == sorted(TOOLS)


def test_a_tool_is_found_by_its_aliases() -> None:
    registry = build_registry(build_refactorer())
    assert registry.get("edit") is registry.get("edit_file")
    assert registry.get("bash") is registry.get("shell")
    assert registry.get("no_tool") is None


def test_two_tools_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="'look'"):
        Registry([FakeTool("look"), FakeTool("look")])


def test_a_tool_that_declares_nothing_is_taken_for_the_worst() -> None:
    assert Flags() == Flags(read_only=False, concurrency_safe=False, destructive=True)


def test_only_what_reads_runs_beside_others() -> None:
    registry = build_registry(build_refactorer())
    looking = ("read_file", "list_dir", "glob", "grep", "find_usages")
    for tool in registry.names:
        found = registry.get(tool)
        assert found is not None
        assert found.flags(Given()).concurrency_safe is (tool in looking)
