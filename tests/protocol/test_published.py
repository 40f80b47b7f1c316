"""What is published is what the models say, and a stranger can rely on it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bridge.protocol.base import PROTOCOL_VERSION, Wire
from bridge.protocol.export.files import METHODS_JSON, README, SCHEMA, TEMPLATE, TYPESCRIPT, published
from bridge.protocol.export.schema import bundle
from bridge.protocol.export.typescript import type_expression
from bridge.protocol.methods import METHODS
from tests.protocol.catalogue import all_examples

ROOT = Path(__file__).resolve().parents[2]
CHANGELOG = ROOT / "protocol" / "CHANGELOG.md"
FILES = published((ROOT / TEMPLATE).read_text(encoding="utf-8"))
DECLARATION = re.compile(r"^export (?:interface|type|const) (\w+)", re.MULTILINE)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": bundle()["$defs"]})


def typescript_code() -> str:
    """generated.ts without comments and string literals."""
    without_blocks = re.sub(r"/\*\*.*?\*/", "", FILES[TYPESCRIPT], flags=re.DOTALL)
    without_comments = re.sub(r"^//.*$", "", without_blocks, flags=re.MULTILINE)
    return re.sub(r'"[^"\n]*"', '""', without_comments)


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_published_file_is_up_to_date(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == FILES[path], f"{path} is out of date: run `make gen`"


def test_the_changelog_has_a_line_for_the_protocol_version() -> None:
    assert re.search(rf"^- \*\*{PROTOCOL_VERSION}\*\* — \S", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_schema_is_a_valid_schema_whose_references_lead_somewhere() -> None:
    schema = json.loads(FILES[SCHEMA])
    Draft202012Validator.check_schema(schema)

    references = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', FILES[SCHEMA]))

    assert references <= set(schema["$defs"])


@pytest.mark.parametrize(("model", "raw"), [row[1:] for row in all_examples()], ids=[row[0] for row in all_examples()])
def test_an_example_is_valid_by_the_published_schema(model: type[Wire], raw: object) -> None:
    assert list(validator(model.__name__).iter_errors(raw)) == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("HunkView", {"hunkId": 5}),
        ("ContentBlock", {"text": "no tag"}),
        ("ContentBlock", {"type": "video"}),
        ("HarnessClientCapabilities", {"protocolVersion": "1"}),
        ("RequestPermissionOutcome", {"outcome": "selected"}),
        ("Position", {"line": -1, "character": 0}),
        ("HunkChoice", {"hunkId": "h", "verdict": "maybe"}),
    ],
)
def test_the_published_schema_refuses_what_the_models_refuse(name: str, wrong: dict[str, Any]) -> None:
    assert list(validator(name).iter_errors(wrong))


def test_methods_json_names_types_of_the_schema() -> None:
    table = json.loads(FILES[METHODS_JSON])
    defs = json.loads(FILES[SCHEMA])["$defs"]
    references = re.findall(r'"\$ref": "schema/v1.json#/\$defs/(\w+)"', FILES[METHODS_JSON])

    assert table["protocolVersion"] == PROTOCOL_VERSION
    assert [row["name"] for row in table["methods"]] == [row.name for row in METHODS]
    assert set(references) <= set(defs)


def test_typescript_declares_every_type_once_and_uses_only_those() -> None:
    code = typescript_code()
    declared = DECLARATION.findall(code)
    used = set(re.findall(r"\b[A-Z]\w+\b", code))

    assert len(declared) == len(set(declared))
    assert set(bundle()["$defs"]) <= set(declared)
    assert used - set(declared) == {"Array", "Record"}, "neither ours nor TypeScript's'"


def test_typescript_is_balanced() -> None:
    code = typescript_code()

    for opening, closing in ("{}", "[]", "<>", "()"):
        assert code.count(opening) == code.count(closing)
    assert FILES[TYPESCRIPT].count("/**") == FILES[TYPESCRIPT].count("*/")


def test_typescript_maps_every_method_to_its_types() -> None:
    methods = FILES[TYPESCRIPT].split("export interface Methods {")[1].split("\n}\n")[0]

    for row in METHODS:
        result = row.result.__name__ if row.result else "null"
        assert row.params is not None
        assert f'"{row.name}": {{ params: {row.params.__name__}; result: {result} }};' in methods


def test_a_tagged_union_is_a_union_of_interfaces_with_a_literal_tag() -> None:
    assert "export type ToolCallContent = Content | Diff;" in FILES[TYPESCRIPT]
    assert re.search(r'export interface Diff \{\n  /\*\* The tag\. \*/\n  type: "diff";', FILES[TYPESCRIPT])


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"const": "x"}, '"x"'),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, 'Array<"a" | "b">'),
        ({"anyOf": [{"$ref": "#/$defs/Role"}, {"type": "null"}]}, "Role | null"),
        ({"type": "object", "additionalProperties": True}, "Record<string, unknown>"),
        ({}, "unknown"),
    ],
)
def test_a_schema_becomes_its_typescript_type(schema: dict[str, Any], expected: str) -> None:
    assert type_expression(schema) == expected


def test_every_link_in_the_reference_leads_somewhere() -> None:
    text = FILES[README]
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    targets = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    targets |= set(re.findall(r'<a id="([^"]+)">', prose))

    linked = re.findall(r"\]\((\S+?)\)", prose)

    assert {link[1:] for link in linked if link.startswith("#")} <= targets
    assert all((ROOT / "protocol" / link).is_file() for link in linked if not link.startswith("#"))


def test_every_anchor_of_the_reference_is_there_once() -> None:
    anchors = re.findall(r'<a id="([^"]+)">', FILES[README])

    assert len(anchors) == len(set(anchors))


def test_the_reference_tells_of_every_method_type_command_and_error() -> None:
    table = json.loads(FILES[METHODS_JSON])
    names = [entry["name"] for entry in (*table["methods"], *table["commands"])]

    for heading in names:
        assert f"\n### `{heading}`\n" in FILES[README]
    for name in json.loads(FILES[SCHEMA])["$defs"]:
        assert f"`{name}`" in FILES[README] or f"\n### {name}\n" in FILES[README], name
    for error in table["errors"]:
        assert f"| `{error['kind']}` |" in FILES[README]


def test_every_json_block_of_the_reference_is_json() -> None:
    blocks = re.findall(r"```json\n(.*?)```", FILES[README], re.DOTALL)

    assert len(blocks) > len(METHODS)
    for block in blocks:
        json.loads(block)


def test_the_frame_shown_in_the_reference_has_the_right_length() -> None:
    shown = re.search(r"Content-Length: (\d+)\\r\\n\n\\r\\n\n(.+)\n", FILES[README])

    assert shown is not None
    assert int(shown[1]) == len(shown[2].encode())
